"""Telling whether anything changed in what the plan is made of and compared with, without reading it."""

from sqlalchemy import Connection, text

CHANGES = "changes"
"""The key under which SQLite's own triggers count every change, whoever makes it; see ``migrations/versions/v0005``."""

_COUNTED = text("SELECT value FROM meta WHERE key = :key")
# PostgreSQL writes at each row which transaction made it; a counter would make processes wait for each other.
_MADE_BY = """
SELECT 'delivery ' || id || ' ' || xmin::text AS made FROM delivery
UNION ALL SELECT 'hashtag ' || name || ' ' || xmin::text FROM hashtag
UNION ALL SELECT 'source ' || identity || ' ' || xmin::text FROM source
UNION ALL SELECT 'meta ' || key || ' ' || xmin::text FROM meta WHERE key = 'restored'
"""
_SUMMED = text(f"SELECT count(*) || ' ' || coalesce(sum(hashtextextended(made, 0)), 0) FROM ({_MADE_BY}) AS rows")  # noqa: S608 - no text from outside is in it


def revision(connection: Connection) -> str:
    """Returns a text that is another one after every committed change of deliveries, hashtags, post files and the copy put back."""
    if connection.dialect.name == "sqlite":
        return str(connection.execute(_COUNTED, {"key": CHANGES}).scalar_one())
    return str(connection.execute(_SUMMED).scalar_one())
