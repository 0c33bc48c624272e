"""Reads an account's posts back: X gives links as its own short ones, adds one for each post's pictures, and escapes three signs.

Source: xdevplatform/docs (2026-08-22), "User posts timeline", "Post" and "Media" and "Poll" objects.
"""

import html
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from scheduler.model.outcome import Refused
from scheduler.publishers import fields
from scheduler.publishers.contract import FeedItem
from scheduler.publishers.exchange import Call
from scheduler.publishers.steps import Stopped
from scheduler.publishers.x.api import Api

LEAST, MOST = 5, 100
_MOST_LINKS, _SHORTEST_LINK, _LONGEST_LINK, _LONGEST = 100, 8, 4_096, 200_000
_SCHEME = re.compile("https?://", re.IGNORECASE)
_PARTS = {
    "tweet.fields": "created_at,entities,attachments,lang,referenced_tweets",
    "expansions": "attachments.media_keys,attachments.poll_ids",
    "media.fields": "url,preview_image_url,alt_text",
    "poll.fields": "options",
}
_UNTOLD = frozenset({"und", "zxx", "qme", "qst"})
"""Are the codes for posts whose language X does not tell."""


def timeline(api: Api, most: int, since: str = "") -> list[dict[str, Any]]:
    """Returns the account's own posts, newest first, with their media under ``_media``, their poll under ``_poll``; raises Stopped.

    ``since`` is RFC 3339 in UTC. Reading one's own posts costs a tenth of a cent each.
    """
    me = fields.name(api.me(), "id")
    params = {"max_results": str(min(max(most, LEAST), MOST)), "exclude": "retweets", **_PARTS, **({"start_time": since} if since else {})}
    answer = api.table(Call(path=f"/2/users/{me}/tweets", params=params))
    rows, told, includes = answer.get("data"), fields.table(answer, "meta"), fields.table(answer, "includes")
    if not isinstance(rows, list | None) or (rows is None and told.get("result_count") != 0):
        raise Stopped(Refused(f"{api.title} lists the account’s posts in a form that is not known.", permanent=False))
    media = {fields.words(each, "media_key"): each for each in fields.tables(includes.get("media"))}
    polls = {fields.words(each, "id"): each for each in fields.tables(includes.get("polls"))}
    return [
        {
            **row,
            "_media": [media[key] for key in _keys(row, "media_keys") if key in media],
            "_poll": next((polls[key] for key in _keys(row, "poll_ids") if key in polls), {}),
        }
        for row in fields.tables(rows)
    ]


def number_of(row: Mapping[str, Any]) -> str:
    """Returns the number of a post or picture; nothing where it has none that is one."""
    found = fields.name(row, "id")
    return found if found.isdigit() else ""


def address(number: str) -> str:
    """Returns where people see a post."""
    return f"https://x.com/i/status/{number}"


def expanded(row: Mapping[str, Any]) -> str:
    """Returns a post's words as they were typed."""
    text = fields.words(row, "text")
    for url in fields.tables(fields.table(row, "entities").get("urls"))[:_MOST_LINKS]:
        short, whole = fields.words(url, "url"), html.escape(fields.words(url, "expanded_url")[:_LONGEST_LINK], quote=False)
        if len(short) >= _SHORTEST_LINK:  # a shorter one would be found in other words
            text = text.replace(short, "" if url.get("media_key") else whole)[:_LONGEST]
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def words(text: str) -> str:
    """Returns a text for comparing: composed, with single spaces, and without ``https://``: X adds a scheme to addresses that lack one."""
    return " ".join(_SCHEME.sub("", unicodedata.normalize("NFC", text)).split())


def answers(row: Mapping[str, Any]) -> str:
    """Returns the number of the post that this one answers, or nothing."""
    found = (each for each in fields.tables(row.get("referenced_tweets")) if each.get("type") == "replied_to")
    return fields.name(next(found, {}), "id")


def item(row: Mapping[str, Any]) -> FeedItem:
    """Returns a post of a feed."""
    number, language = number_of(row), fields.words(row, "lang")
    return FeedItem(
        remote_id=number,
        url=address(number) if number else "",
        text=expanded(row).rstrip(),
        published=fields.moment(row.get("created_at")),
        pictures=tuple((_place(each), fields.words(each, "alt_text")) for each in row.get("_media", ())),
        language=None if not language or language in _UNTOLD else language,
        poll=tuple(fields.words(each, "label") for each in fields.tables(fields.table(row, "_poll").get("options"))),
    )


def _place(media: Mapping[str, Any]) -> str:
    """Returns the address of a picture; of what plays, that of the picture which X shows before it does."""
    return fields.words(media, "url") or fields.words(media, "preview_image_url")


def _keys(row: Mapping[str, Any], kind: str) -> list[str]:
    found = fields.table(row, "attachments").get(kind)
    return [key for key in found if isinstance(key, str)] if isinstance(found, list) else []
