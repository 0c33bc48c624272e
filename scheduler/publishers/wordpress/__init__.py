"""Speaks with WordPress sites."""
