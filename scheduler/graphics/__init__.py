"""Draws and measures pictures; the only user of Pillow."""
