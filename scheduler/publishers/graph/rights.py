"""The permissions that a token needs, named where one is missing: the API itself only says that something is not allowed.

One kind of token is of a login whose API has no call that lists its permissions ("Debug-Token" is of the other one, and the answer to the
exchange of a code, which does list them, never comes by here). What such a token may do shows from calls that need a permission each:
"IG User Content Publishing Limit" and "IG Media Comments" name theirs in their tables of requirements.
"""

from collections.abc import Iterable

from scheduler.publishers.fields import name as id_of
from scheduler.publishers.fields import number
from scheduler.publishers.graph.api import Graph, GraphTrouble
from scheduler.publishers.graph.dialect import Dialect

_SOME = "25"
_NOT_TOLD = (
    "{title} does not tell what this token may do. That it may publish shows from a call that takes {publishing};"
    " whether it may write first comments does not show yet. {tick}"
)


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


def of_comments(graph: Graph, dialect: Dialect) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns sentences on first comments that would be missing, and on what cannot be known of them.

    Call it once a call has shown that the token may publish.
    """
    if not dialect.comments or graph.tells_rights():
        return without_comments(graph.lacking(dialect.comments)), ()
    may = _may_read_comments(graph, dialect)
    if may is None:
        publishing = dialect.rights[-1]
        return (), (_NOT_TOLD.format(title=graph.exchange.title, publishing=publishing, tick=dialect.tick).strip(),)
    return (() if may else without_comments(dialect.comments)), ()


def _may_read_comments(graph: Graph, dialect: Dialect) -> bool | None:
    """Returns whether the comments below a post of the account can be read, which takes what writing them takes; None where nothing tells.

    A list without a comment in it is no answer: whether that is for want of a permission no page says.
    """
    try:
        posts, _ = graph.listed(f"{graph.user}/{dialect.listing}", fields="id,comments_count", limit=_SOME)
        commented = next((post for post in posts if number(post, "comments_count")), posts[0] if posts else {})
        if not id_of(commented, "id"):
            return None
        rows, _ = graph.listed(f"{id_of(commented, 'id')}/comments", fields="id", limit="1")
    except GraphTrouble as trouble:
        return False if trouble.error.is_forbidden else None
    return True if rows else None


def _listed(rights: Iterable[str]) -> str:
    return " and ".join(rights)
