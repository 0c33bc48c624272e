"""Keeps what went out."""
