"""Bringing the ledger up to what the folder says."""
