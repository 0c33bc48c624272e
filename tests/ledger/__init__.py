"""The ledger at its contract, on both databases."""
