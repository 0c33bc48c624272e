"""PostgreSQL for the soak."""

from tests.ledger.conftest import postgresql, postgresql_server

__all__ = ["postgresql", "postgresql_server"]
