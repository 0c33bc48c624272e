"""Keeps the facts: what is queued, what went out, what is uncertain; the only user of SQL."""
