"""The steps that bring a ledger of any earlier release to this one; alembic reads this folder."""
