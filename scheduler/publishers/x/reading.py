"""Reads an account's posts back: X gives links as its own short ones, adds one for each post's pictures, and escapes three signs.

Source: xdevplatform/docs (2026-08-22), "User posts timeline", "Post" and "Media" and "Poll" objects.
"""

import html
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from scheduler.publishers.contract import FeedItem
from scheduler.publishers.exchange import Call
from scheduler.publishers.x.api import Api

LEAST, MOST = 5, 100
_PARTS = {
    "tweet.fields": "created_at,entities,attachments,lang,referenced_tweets",
    "expansions": "attachments.media_keys,attachments.poll_ids",
    "media.fields": "url,alt_text",
    "poll.fields": "options",
}
_UNTOLD = frozenset({"und", "zxx", "qme", "qst"})
"""Are the codes for posts whose language X does not tell."""


def timeline(api: Api, most: int, since: str = "") -> list[dict[str, Any]]:
    """Returns the account's own posts, newest first, with their media under ``_media``, their poll under ``_poll``; raises Stopped.

    ``since`` is RFC 3339 in UTC. Reading one's own posts costs a tenth of a cent each.
    """
    me = str(api.me().get("id", ""))
    params = {"max_results": str(min(max(most, LEAST), MOST)), "exclude": "retweets", **_PARTS, **({"start_time": since} if since else {})}
    answer = api.table(Call(path=f"/2/users/{me}/tweets", params=params))
    includes = answer.get("includes") or {}
    media = {str(each.get("media_key")): each for each in _tables(includes.get("media"))}
    polls = {str(each.get("id")): each for each in _tables(includes.get("polls"))}
    return [
        {
            **row,
            "_media": [media[key] for key in _keys(row, "media_keys") if key in media],
            "_poll": next((polls[key] for key in _keys(row, "poll_ids") if key in polls), {}),
        }
        for row in _tables(answer.get("data"))
    ]


def address(number: str) -> str:
    """Returns where people see a post."""
    return f"https://x.com/i/status/{number}"


def expanded(row: Mapping[str, Any]) -> str:
    """Returns a post's words as they were typed."""
    text = str(row.get("text", ""))
    for url in _tables((row.get("entities") or {}).get("urls")):
        is_picture = bool(url.get("media_key"))
        text = text.replace(
            str(url.get("url", "")) or "\0", "" if is_picture else html.escape(str(url.get("expanded_url", "")), quote=False)
        )
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def words(text: str) -> str:
    """Returns a text for comparing: composed, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def answers(row: Mapping[str, Any]) -> str:
    """Returns the number of the post that this one answers, or nothing."""
    found = (each for each in _tables(row.get("referenced_tweets")) if each.get("type") == "replied_to")
    return str(next(found, {}).get("id", ""))


def item(row: Mapping[str, Any]) -> FeedItem:
    """Returns a post of a feed."""
    number, language = str(row.get("id", "")), str(row.get("lang") or "")
    return FeedItem(
        remote_id=number,
        url=address(number),
        text=expanded(row).rstrip(),
        published=_moment(str(row.get("created_at", ""))),
        pictures=tuple((str(each.get("url") or ""), str(each.get("alt_text") or "")) for each in row.get("_media", ())),
        language=None if not language or language in _UNTOLD else language,
        poll=tuple(str(each.get("label", "")) for each in _tables((row.get("_poll") or {}).get("options"))),
    )


def _keys(row: Mapping[str, Any], kind: str) -> list[str]:
    found = (row.get("attachments") or {}).get(kind)
    return [str(key) for key in found] if isinstance(found, list) else []


def _tables(found: object) -> list[dict[str, Any]]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
