"""What Meta's three networks share: one API, one table of errors, and containers that are published once."""
