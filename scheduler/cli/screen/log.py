"""What the daemon says while it works: one line an event, on stderr."""

import logging
import time


def talk() -> None:
    """Sends the log of the program to stderr, each line with its time in UTC."""
    form = logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    form.converter = _utc
    handler = logging.StreamHandler()
    handler.setFormatter(form)
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for chatty in ("apscheduler", "watchfiles", "alembic", "fontTools", "PIL", "httpx", "procrastinate", "psycopg"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _utc(seconds: float | None) -> time.struct_time:
    return time.gmtime(seconds)
