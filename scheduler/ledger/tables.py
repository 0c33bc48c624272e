"""The tables, the same on SQLite and PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import Column, Dialect, ForeignKey, Index, Integer, MetaData, String, Table, Text, TypeDecorator, UniqueConstraint

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def instant_text(value: datetime) -> str:
    """Returns an aware time as 27 characters of UTC that sort like the times they name."""
    if value.tzinfo is None:
        raise ValueError(f"The ledger keeps instants; {value} has no time zone.")
    in_utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    return in_utc.isoformat(timespec="microseconds")[:26] + "Z"


@lru_cache(maxsize=1024)
def _stored(value: datetime | None) -> str | None:
    return None if value is None else instant_text(value)


class Instant(TypeDecorator[datetime]):
    """Is an instant as text in UTC: one form for both databases, read by any tool, sorted by any collation."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Returns what is stored; a time without a zone is a programming error."""
        del dialect
        return None if value is None else instant_text(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], str | None]:
        """Returns the same as one function: texts go to both databases as they are."""
        del dialect
        return _stored

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Returns the aware UTC time that was stored."""
        del dialect
        return _read(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], datetime | None]:
        """Returns the same as one function: a look at a large folder reads a million of them."""
        del dialect, coltype
        return _read


def _read(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


class Words(TypeDecorator[str]):
    """Is text from people and networks; what a database cannot hold (NUL, half a surrogate pair) is replaced."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Returns what is stored."""
        del dialect
        return _storable(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:
        """Returns the same as one function: texts go to both databases as they are."""
        del dialect
        return _storable


def _storable(value: str | None) -> str | None:
    if value is None or (value.isascii() and "\x00" not in value):
        return value
    return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


METADATA = MetaData(naming_convention=NAMING)

# `draft_fingerprint` is what the file says now, `fingerprint` what was frozen for sending. `held_for` is the draft that
# the engine itself held: such a delivery stays held until its content is another one. `not_before` is what the plan
# asked for, `next_at` what became of it after back-off and gaps; for an uncertain delivery it is the next look.
# `late_state` is what becomes of it when it is too late; `released` says that a person lets it go out late;
# `unproven` that the process which was sending it may still be alive on another machine. `ahead_at` is when to try again to
# hand it over early, or to take back what was; nothing where that is for now to decide.
DELIVERY = Table(
    "delivery",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("post", Words, nullable=False),
    Column("part", Words, nullable=False),
    Column("account", Words, nullable=False),
    Column("occurrence", Words, nullable=False),
    Column("network", Words, nullable=False),
    Column("campaign", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("due_utc", Instant, nullable=False),
    Column("due_local", Words, nullable=False),
    Column("zone", Words, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("late_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("event_ends", Instant),
    Column("late_state", String(16), nullable=False, server_default="missed"),
    Column("released", Integer, nullable=False, server_default="0"),
    Column("unproven", Integer, nullable=False, server_default="0"),
    Column("state", String(16), nullable=False),
    Column("reason", Words, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("owner", Words, nullable=False),
    Column("lease_until", Instant),
    Column("sending_since", Instant),
    Column("attempts", Integer, nullable=False),
    Column("checks", Integer, nullable=False),
    Column("first_attempt_at", Instant),
    Column("draft_fingerprint", String(64), nullable=False),
    Column("held_for", String(64), nullable=False),
    Column("payload", Text),
    Column("payload_sha256", String(64), nullable=False),
    Column("ids", Text, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("remote_id", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("sent_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("hashtags", Words, nullable=False, server_default=""),
    Column("ahead_at", Instant),
    UniqueConstraint("post", "part", "account", "occurrence"),
    Index(None, "state", "next_at"),
    Index(None, "state", "late_at"),
    Index(None, "account", "state", "sent_at"),
    Index(None, "fingerprint"),
)

ATTEMPT = Table(
    "attempt",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("delivery", String(64), ForeignKey(DELIVERY.c.id), nullable=False),
    Column("fence", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("step", Words, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant, nullable=False),
    Column("outcome", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("remote_id", Words, nullable=False),
    Column("url", Words, nullable=False),
    Index(None, "delivery"),
)

EVENT = Table(
    "event",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("delivery", String(64), ForeignKey(DELIVERY.c.id), nullable=False),
    Column("at", Instant, nullable=False),
    Column("was", String(16), nullable=False),
    Column("became", String(16), nullable=False),
    Column("fence", Integer, nullable=False),
    Column("reason", Words, nullable=False),
    Index(None, "delivery"),
)

PAUSE = Table(
    "pause",
    METADATA,
    Column("scope", String(16), primary_key=True),
    Column("name", Words, primary_key=True),
    Column("reason", Words, nullable=False),
    Column("since", Instant, nullable=False),
)

INSTANCE = Table(
    "instance",
    METADATA,
    Column("owner", String(200), primary_key=True),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("boot", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("last_tick", Instant, nullable=False),
)

HASHTAG = Table(
    "hashtag",
    METADATA,
    Column("name", Words, primary_key=True),
    Column("last_used", Instant, nullable=False),
)

# A post file by the name its deliveries were made under; `post` is where it was last, `gone_at` since when it is missed.
SOURCE = Table(
    "source",
    METADATA,
    Column("identity", Words, primary_key=True),
    Column("post", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("text", Words, nullable=False),
    Column("gone_at", Instant),
)

META = Table(
    "meta",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
