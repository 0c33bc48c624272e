"""How the ledger's database is used: connections, one writer for many threads, copies, the emergency journal."""
