"""What the ledger remembers of post files, so that a renamed file keeps its deliveries."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from scheduler.ledger.tables import DELIVERY, SOURCE
from scheduler.model.delivery import Source
from scheduler.model.plan import Agenda
from scheduler.model.post import Post
from scheduler.planning.identity import words_of

_NAMES = ("identity", "post", "key", "sha256", "text", "gone_at")


def known_sources(connection: Connection) -> Mapping[str, Source]:
    """Returns every post file that had a delivery, by the name its deliveries were made under."""
    rows = connection.execute(select(*(SOURCE.c[name] for name in _NAMES))).all()
    return {row[0]: Source(**dict(zip(_NAMES, row, strict=True))) for row in rows}


def follow_files(connection: Connection, agenda: Agenda, now: datetime) -> None:
    """Makes the ledger know the files of the agenda by their present names, and since when the others are missed.

    It comes before all else that is written of an agenda: no two files may have one name in between.
    """
    known = known_sources(connection)
    present = _present(agenda)
    renamed = {name: post for name, post in present.items() if name in known and known[name].post != post.id}
    _rename(connection, known, renamed, present, now)
    owners = {source.key: name for name, source in known.items() if source.key}
    changed = [_source(name, post, known.get(name), owners) for name, post in present.items()]
    here = {post.id for post in present.values()} | set(agenda.unreadable) | agenda.unsettled
    gone = [
        replace(source, gone_at=now)
        for name, source in known.items()
        if name not in present and source.gone_at is None and source.post not in here
    ]
    _write(connection, [source for source in (*changed, *gone) if source is not known.get(source.identity)])


def _present(agenda: Agenda) -> dict[str, Post]:
    return {entry.delivery.identity or entry.delivery.post.id: entry.delivery.post for entry in agenda.entries}


def _source(identity: str, post: Post, known: Source | None, owners: Mapping[str, str]) -> Source:
    # A copy with the id of another file is not remembered by it: once one of them is gone, the id must lead to the first.
    had_it = known is not None and known.key == post.key
    key = post.key if had_it or owners.get(post.key, identity) == identity else ""
    if known is not None and (known.sha256, known.key) == (post.sha256, key):
        is_same = known.post == post.id and known.gone_at is None
        return known if is_same else replace(known, post=post.id, gone_at=None)
    return Source(identity=identity, post=post.id, key=key, sha256=post.sha256, text=words_of(post))


def _write(connection: Connection, sources: list[Source]) -> None:
    if sources:
        connection.execute(delete(SOURCE).where(SOURCE.c.identity.in_([source.identity for source in sources])))
        connection.execute(insert(SOURCE), [asdict(source) for source in sources])


def _rename(
    connection: Connection, known: Mapping[str, Source], renamed: Mapping[str, Post], present: Mapping[str, Post], now: datetime
) -> None:
    """Gives deliveries the new names of their files; in two steps, since files may have swapped names."""
    for identity in renamed:
        _move(connection, known[identity].post, _between(identity))
    owners = {post.id: identity for identity, post in present.items()}
    for name in _taken_over(known, renamed, owners):
        earlier = f"{name} (until {now:%Y-%m-%d %H:%M:%S})"
        _move(connection, name, earlier)
        connection.execute(update(SOURCE).where(SOURCE.c.post == name, SOURCE.c.identity != owners[name]).values(post=earlier))
    for identity, post in renamed.items():
        _move(connection, _between(identity), post.id)


def _taken_over(known: Mapping[str, Source], renamed: Mapping[str, Post], owners: Mapping[str, str]) -> Iterable[str]:
    """Returns the names that now belong to another file than the one whose deliveries still have them."""
    new_names = {post.id for post in renamed.values()}
    foreign = {source.post for source in known.values() if owners.get(source.post, source.identity) != source.identity}
    return sorted(new_names | {name for name in foreign if name not in {known[identity].post for identity in renamed}})


def _between(identity: str) -> str:
    return f"{identity} (getting a new name)"


def _move(connection: Connection, old: str, new: str) -> None:
    connection.execute(update(DELIVERY).where(DELIVERY.c.post == old).values(post=new))
