"""What is said to the server about a post, and how a thread becomes posts of their own."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scheduler.model.outgoing import Outgoing


def answers_of(outgoing: Outgoing) -> list[Outgoing]:
    """Returns the answers of a thread as posts; the content warning of the first stands before each of them."""
    alone = replace(outgoing, replies=(), poll=None, link_card=None)
    return [each.beneath(alone) for each in outgoing.replies]


def ids_of(ids: Mapping[str, str], number: int) -> dict[str, str]:
    """Returns the ids of a thread's answer: a key of its own, and what was kept of it under names that end in its number."""
    ending = f"-{number}"
    own = {name.removesuffix(ending): value for name, value in ids.items() if name.endswith(ending)}
    return {"prepared": ids["prepared"], "key": hashlib.sha256(f"{ids['key']}{ending}".encode()).hexdigest(), **own}


def words_of(outgoing: Outgoing) -> dict[str, Any]:
    """Returns a post's words with all that stands beside them (mastodon/documentation, methods/statuses, 2026-07-02)."""
    words: dict[str, Any] = {"status": outgoing.text, "sensitive": bool(outgoing.content_warning)}
    if outgoing.content_warning:
        words["spoiler_text"] = outgoing.content_warning
    if outgoing.language:
        words["language"] = outgoing.language
    if outgoing.poll:
        poll = outgoing.poll
        words["poll"] = {"options": list(poll.options), "expires_in": poll.minutes * 60, "multiple": poll.multiple}
    return words
