"""Several processes on one PostgreSQL ledger: who is alive, and which one of them leads.

Both are locks of a database session, so they end with the process that holds them, however it ends. A leader that stands still
without ending loses its session to the others, by the clock of the database.
"""

import hashlib
import logging
import threading
from datetime import timedelta

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from scheduler.ledger.trouble import LedgerBusyError, explain

LOG = logging.getLogger(__name__)

ALIVE = 0x5C4EE
LEADER = 0x5C4EF
"""The first halves of the lock numbers; the second half names a process, or the schema that the ledger is in."""

_QUIET = ("SET tcp_keepalives_idle = 5", "SET tcp_keepalives_interval = 2", "SET tcp_keepalives_count = 3")
_TAKE = text("SELECT pg_advisory_lock(:kind, :number)")
_LEAD = text("SELECT pg_try_advisory_lock(:kind, hashtext(current_schema()))")
_THEIRS = (
    "locktype = 'advisory' AND classid = :kind AND objid = (hashtext(current_schema())::bigint & 4294967295)::oid AND objsubid = 2"
    " AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_MINE = text(f"SELECT EXISTS (SELECT 1 FROM pg_locks WHERE {_THEIRS} AND pid = :pid)")  # noqa: S608 - no text from outside is in it
_DEPOSE = text(
    "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)"  # noqa: S608 - as above
    f" WHERE {_THEIRS.replace(' AND database', ' AND pg_locks.database')}"
    " AND state = 'idle' AND clock_timestamp() - state_change > make_interval(secs => :lease)"
)
_HELD = text(
    "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = :kind AND objid = :number AND objsubid = 2"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
)


LEAD = timedelta(seconds=60)
"""How long a leader may give no sign of itself; longer than the server lets a process stand still in the middle of writing."""


class Session:
    """Is one connection that stays open as long as a process works on the ledger, under the name it claims with.

    Where the connection is lost, nobody leads from here until there is a new one. Threads may share it.
    """

    def __init__(self, engine: Engine, owner: str, lease: timedelta = LEAD) -> None:
        self._engine = engine
        self._owner = owner
        self._lease = lease.total_seconds()
        self._pid = 0
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._leads = False

    def open(self) -> None:
        """Shows that this process is alive.

        Raises:
            LedgerError: the database does not answer.
        """
        with self._lock:
            try:
                self._connected()
            except DBAPIError as error:
                raise explain(error) from error

    def elect(self) -> bool:
        """Returns whether this process is the one that leads; it stays so until it ends, or asks no more for the time of the lease."""
        with self._lock:
            try:
                connection = self._connected()
                if self._leads:
                    connection.execute(text("SELECT 1"))
                else:
                    self._leads = self._takes_the_lead(connection)
            except DBAPIError as error:
                LOG.warning("%s", explain(error).message)
                self._drop()
            return self._leads

    def _takes_the_lead(self, connection: Connection) -> bool:
        if connection.execute(_LEAD, {"kind": LEADER}).scalar():
            return True
        if connection.execute(_DEPOSE, {"kind": LEADER, "lease": self._lease}).scalar():
            LOG.warning("the process that looked after the folder stands still; another one takes over")
            return bool(connection.execute(_LEAD, {"kind": LEADER}).scalar())
        return False

    def insist(self, writing: Connection) -> None:
        """Makes sure, inside a transaction, that a process which believes to lead still does.

        Raises:
            LedgerBusyError: it stood still for so long that another process leads now.
        """
        if self._leads and not writing.execute(_MINE, {"kind": LEADER, "pid": self._pid}).scalar():
            raise LedgerBusyError(
                "This process stood still, so that another one looks after the folder now.", "What this one had read was not written."
            )

    def is_alive(self, owner: str) -> bool:
        """Tells whether the process of that name still has its session; where the database does not answer, it may."""
        with self._lock:
            try:
                return bool(self._connected().execute(_HELD, {"kind": ALIVE, "number": lock_number(owner)}).scalar())
            except DBAPIError:
                self._drop()
                return True

    def close(self) -> None:
        """Ends the session, and with it the right to lead."""
        with self._lock:
            self._drop()

    def _connected(self) -> Connection:
        if self._connection is None:
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT", reads=True)
            self._connection = connection
            for statement in _QUIET:
                connection.exec_driver_sql(statement)
            connection.execute(_TAKE, {"kind": ALIVE, "number": lock_number(self._owner)})
            self._pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        return self._connection

    def _drop(self) -> None:
        self._leads = False
        if self._connection is not None:
            # The locks belong to the connection: it must end, not go back to the pool.
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


def lock_number(owner: str) -> int:
    """Returns a number for a name that fits the positive half of PostgreSQL's integers."""
    return int.from_bytes(hashlib.sha256(owner.encode()).digest()[:4], "big") >> 1
