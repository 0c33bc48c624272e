"""Keeps the facts: what is queued, what went out, what is uncertain; the only user of SQL."""

from scheduler.ledger.ledger import Ledger
from scheduler.ledger.opening import open_ledger
from scheduler.ledger.sending.claims import Claim
from scheduler.ledger.sending.pace import Terms
from scheduler.ledger.trouble import LedgerBusyError, LedgerError, LostClaimError

__all__ = ["Claim", "Ledger", "LedgerBusyError", "LedgerError", "LostClaimError", "Terms", "open_ledger"]
