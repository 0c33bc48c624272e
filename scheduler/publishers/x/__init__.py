"""Speaks with X."""
