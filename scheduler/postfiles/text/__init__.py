"""Reads the text below the settings: its parts, sections, pictures, placeholders and notes."""
