"""Decides what goes out when and in which words; pure functions, no input or output."""
