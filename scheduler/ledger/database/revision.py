"""Telling whether a server's rows changed of what the plan is made of and compared with, without reading them."""

from sqlalchemy import Connection, text

# PostgreSQL writes at each row which transaction made it; a counter of ours would make processes wait for each other.
_MADE_BY = """
SELECT 'delivery ' || id || ' ' || xmin::text AS made FROM delivery
UNION ALL SELECT 'hashtag ' || name || ' ' || xmin::text FROM hashtag
UNION ALL SELECT 'source ' || identity || ' ' || xmin::text FROM source
UNION ALL SELECT 'meta ' || key || ' ' || xmin::text FROM meta WHERE key = 'restored'
"""
_SUMMED = text(f"SELECT count(*) || ' ' || coalesce(sum(hashtextextended(made, 0)), 0) FROM ({_MADE_BY}) AS rows")  # noqa: S608 - no text from outside is in it


def revision_of_rows(connection: Connection) -> str:
    """Returns a text that is another one after every committed change of deliveries, hashtags, post files and the copy put back."""
    return str(connection.execute(_SUMMED).scalar_one())
