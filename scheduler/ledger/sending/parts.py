"""Threads that are out in part: what stands is kept among the ids of their delivery, and nothing of it is sent again."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from scheduler.ledger.tables import DELIVERY
from scheduler.model.delivery import State
from scheduler.model.outcome import Placed, out_words, placed_in, placed_text
from scheduler.model.outgoing import STANDING, Envelope, as_json

_IN_PART = select(DELIVERY.c.id, DELIVERY.c.ids).where(
    DELIVERY.c.state != State.SENT.value, DELIVERY.c.ids.contains(f'"{STANDING}"', autoescape=True)
)


def out_in(ids: str) -> tuple[Placed, ...]:
    """Returns the posts of a thread that are out, from the ids as the ledger keeps them."""
    return placed_in(json.loads(ids).get(STANDING, "")) if STANDING in ids else ()


def out_of(row: Row[Any]) -> tuple[Placed, ...]:
    """Returns the posts of a delivery's thread that are out."""
    return out_in(row.ids)


def standing(row: Row[Any], out: Sequence[Placed]) -> dict[str, str]:
    """Returns the columns that keep what is out of a thread; none where nothing is known to be."""
    return {"ids": as_json({**json.loads(row.ids), STANDING: placed_text(out)})} if out else {}


def threads(connection: Connection) -> Mapping[str, tuple[Placed, ...]]:
    """Returns what is out of the threads that are out in part, by delivery."""
    return {row.id: out_in(row.ids) for row in connection.execute(_IN_PART)}


def why_changed(frozen: Envelope | None, wanted: Envelope) -> str:
    """Returns why the rest of a thread cannot follow what is out of it; empty where it can, or nothing is out.

    Readers have seen the first posts: words that stand above others in the file have to be those that they saw.
    """
    if frozen is None or not frozen.out:
        return ""
    out = frozen.out
    seen, now = frozen.outgoing.posts[: len(out)], wanted.outgoing.posts[: len(out)]
    number = next((place for place, post in enumerate(seen, start=1) if now[place - 1 : place] != (post,)), 0)
    if not number:
        return ""
    told = f"Post {number} of the thread is out and reads differently in the file now, or is not there any more."
    return f"{told} Give it the words and pictures that are out, and mend only what follows. {out_words(out)}"
