"""Puts pictures where networks can fetch them by address, and takes them away again."""
