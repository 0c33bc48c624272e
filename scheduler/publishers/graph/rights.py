"""The permissions that a token needs, named where one is missing: the API itself only says that something is not allowed."""

from collections.abc import Iterable

from scheduler.publishers.graph.api import GraphTrouble


def without_rights(title: str, lacking: Iterable[str]) -> str:
    """Returns in words which permissions a token was not given, and what to do about it."""
    return f"{title}’s access token lacks {_listed(lacking)}: make a new one in Meta’s app dashboard with it ticked."


def with_rights(trouble: GraphTrouble, rights: Iterable[str]) -> str:
    """Returns why a call was refused, with the permissions that it takes where it is for want of one."""
    needed = f" It takes {_listed(rights)}." if trouble.error.is_forbidden else ""
    return f"{trouble.refusal.reason}{needed}"


def without_comments(lacking: Iterable[str]) -> tuple[str, ...]:
    """Returns in words that posts go out and their first comments do not, where the permission for these is missing."""
    return tuple(f"First comments would be missing: the access token lacks {right}." for right in lacking)


def _listed(rights: Iterable[str]) -> str:
    return " and ".join(rights)
