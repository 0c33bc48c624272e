"""Reads the settings on top of a post file: where they begin and end, what people mistype there, and what each value means."""
