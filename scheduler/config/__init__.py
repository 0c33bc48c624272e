"""Turns config.toml into records, and finds secrets by reference."""
