"""Speaks with LinkedIn."""
