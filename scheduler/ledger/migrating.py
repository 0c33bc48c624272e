"""Bringing a ledger of an earlier release to this one."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from scheduler.ledger.trouble import LedgerError

HEAD = "0004"
"""The newest step in ``migrations/versions``."""

KNOWN = frozenset({"0001", "0002", "0003", HEAD})
"""Every step of this release; a ledger at any other was written by a newer one."""


def revision_of(connection: Connection) -> str | None:
    """Returns the step a ledger is at; None where there is no ledger yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def check_revision(revision: str | None) -> None:
    """Refuses a ledger that this release cannot understand.

    Raises:
        LedgerError: a newer release wrote it.
    """
    if revision is not None and revision not in KNOWN:
        raise LedgerError(
            f"The ledger was written by a newer release of scheduler (its form is {revision}, this release knows {HEAD}).",
            "Install that release again, or go back to a copy in .scheduler/backups that was made before it.",
        )


def migrate(connection: Connection, to: str = HEAD) -> None:
    """Runs the missing steps in the connection's transaction, as far as the step ``to``."""
    # alembic takes a third of a second to import and is needed only here.
    from alembic import command  # noqa: PLC0415 - as the line above says
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, to)
