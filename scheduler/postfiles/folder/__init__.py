"""Reads the folder: which files are in it, what changed since the last look, and what one file and its surroundings make together."""
