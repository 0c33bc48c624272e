"""Reads the bytes of a file into lines that know their places, and gives a mistake its place: what all other rooms stand on."""
