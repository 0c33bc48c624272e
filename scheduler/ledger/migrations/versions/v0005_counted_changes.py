"""Counting every change of what the plan is made of and compared with, whoever makes it."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COUNT = "UPDATE meta SET value = value + 1 WHERE key = 'changes'"
WHOLE = ("delivery", "hashtag", "source")


def upgrade() -> None:
    """Makes SQLite count by itself; PostgreSQL tells by what it writes at each row anyway."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute("INSERT OR IGNORE INTO meta (key, value) VALUES ('changes', '0')")
    for table in WHOLE:
        for verb in ("insert", "update", "delete"):
            op.execute(f"CREATE TRIGGER IF NOT EXISTS counted_{table}_{verb} AFTER {verb} ON {table} BEGIN {COUNT}; END")
    for verb, row in (("insert", "new"), ("update", "new"), ("delete", "old")):
        op.execute(
            f"CREATE TRIGGER IF NOT EXISTS counted_restored_{verb} AFTER {verb} ON meta WHEN {row}.key = 'restored' BEGIN {COUNT}; END"
        )
