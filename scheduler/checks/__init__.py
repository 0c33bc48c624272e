"""Finds the mistakes that people make in posts; pure, one rule a file."""
