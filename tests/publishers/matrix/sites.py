"""The networks of the matrix: emulators and real servers, what an account there needs, its ways of posting, and what readers see."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx

from scheduler.clock import SystemClock
from scheduler.model.network import Recovery
from scheduler.publishers.discovery import known_networks
from scheduler.publishers.mastodon.statuses import plain
from tests.emulators import mastodon
from tests.emulators.emulating import Running, running
from tests.publishers import test_facebook, test_instagram, test_linkedin, test_messages, test_slack, test_threads, test_wordpress, test_x
from tests.publishers.emulated import Emulated
from tests.publishers.error_tables import Row, table
from tests.publishers.forbidding import NO
from tests.publishers.online import Line, line_to
from tests.publishers.test_bluesky import COLLECTION, Profile
from tests.publishers.test_wordpress import words
from tests.publishers.visiting import Page
from tests.servers import bluesky_pds, snac, wordpress

Piece = tuple[str, ...]
"""Is one thing that readers see: its kind, its text, the text that it answers, then its alt texts or the answers of its poll."""

TROUBLES = ("drop", "drop before", "500", "500 before", "429", "expired", "slow")
"""What a network does to the call that makes a post visible: it acts and the answer is lost (``drop``), or it does not even act."""

SAID = {"expired": "auth", "quota": "rate", "wrong type": "media"}
"""Are the troubles that a network tells in its own words, with the class of its table of errors."""

OFTEN = 99
"""Is more often than any cell asks for a post that is refused for good."""

LOST = frozenset({"drop", "drop before", "500", "500 before"})
"""Troubles after which nobody knows whether the post is out."""


@dataclass(frozen=True)
class Stage:
    """Is a network that is up, as one cell uses it."""

    settings: Mapping[str, str]
    secret: str
    kept: Callable[[str], list[Piece]]
    """Returns what readers see of the posts with this mark."""
    trouble: Callable[[str, str], None]
    """Orders a trouble for the next visible call of a way of posting."""
    advance: Callable[[float], None]
    reset: Callable[[], None]
    end_trouble: Callable[[], None] = lambda: None
    forbid: Callable[[str], None] = lambda _word: None
    """Lets the network refuse for good each post that holds the word; a network that makes posts visible by their ids, the second post."""


@dataclass(frozen=True)
class Site:
    """Is one network of the matrix; ``open`` runs it in a folder."""

    name: str
    network: str
    ways: tuple[str, ...]
    open: Callable[[Path], Any]
    troubles: tuple[str, ...] = TROUBLES
    hosts: bool = False
    recovery: Recovery | None = None
    without_alts: frozenset[str] = frozenset()
    """Are the kinds of pieces whose alt texts the network has no place for."""
    unproved: frozenset[str] = frozenset()
    """Are the ways of posting after which the network cannot be asked whether a post is out, whatever it can tell of others."""

    @property
    def proof(self) -> Recovery:
        return self.recovery or known_networks()[self.network].facts.abilities.recovery

    def proof_of(self, way: str) -> Recovery:
        """Returns how it is found out what became of a post of this way."""
        return Recovery.NONE if way in self.unproved else self.proof


def of(kind: str, text: str, above: str, *more: str) -> Piece:
    return (kind, text, above, *more)


def media_of(network: str, state: Mapping[str, Any]) -> list[Piece]:
    """Returns what Instagram or Threads show; a story has no words."""
    media = state["media"]
    mine = [each for each in media.values() if each["network"] == network]
    pieces = [
        of("story" if each["kind"] == "STORIES" else "post", each["text"], above(media, each), *each["alts"], *each["poll"].values())
        for each in mine
    ]
    return pieces + [of("comment", each["message"], media[each["media"]]["text"]) for each in state["comments"]]


def above(media: Mapping[str, Any], each: Mapping[str, Any]) -> str:
    return str(media[each["reply_to"]]["text"]) if each["reply_to"] else ""


def page(state: Mapping[str, Any]) -> list[Piece]:
    posts = state["posts"]
    pieces = [of("post", each["text"], "", *each["alts"]) for each in posts.values() if each["is_published"]]
    pieces += [of("story", "", "", state["photos"][each["media_id"]]["alt"]) for each in state["stories"]]
    return pieces + [of("comment", each["message"], posts[each["media"]]["text"]) for each in state["comments"]]


def tweets(state: Mapping[str, Any]) -> list[Piece]:
    texts = {each["id"]: each["text"] for each in state["tweets"]}
    return [of("post", e["text"], texts.get(e["above"], ""), *e["alts"], *(e["poll"] or {}).get("options", ())) for e in state["tweets"]]


def shares(state: Mapping[str, Any]) -> list[Piece]:
    polls = [[option["text"] for option in each["content"].get("poll", {}).get("options", ())] for each in state["posts"]]
    return [of("post", each["text"], "", *each["alts"], *poll) for each, poll in zip(state["posts"], polls, strict=True)]


def telegrams(state: Mapping[str, Any]) -> list[Piece]:
    return [of("post", e["text"], "", *[""] * e["pictures"], *e.get("poll", {}).get("options", ())) for e in state["messages"]]


def messages(state: Mapping[str, Any]) -> list[Piece]:
    asked = [[a["poll_media"]["text"] for a in (each.get("poll") or {}).get("answers", ())] for each in state["messages"]]
    return [of("post", each["text"], "", *each.get("alts", ()), *poll) for each, poll in zip(state["messages"], asked, strict=True)]


def articles(state: Mapping[str, Any]) -> list[Piece]:
    out = [each["content"] for each in state["posts"].values() if each["status"] == "publish"]
    return [of("post", words(content), "", *(unescape(alt) for alt in re.findall(r'alt="([^"]*)"', content))) for content in out]


def rules(module: ModuleType, name: str) -> Emulated:
    made: Emulated = getattr(module, name)()
    return made


def emulated(
    module: ModuleType,
    name: str,
    read: Callable[[Mapping[str, Any]], list[Piece]],
    visible: Mapping[str, str] | None = None,
    *,
    by_id: bool = False,
) -> Callable[[Path], Any]:
    """Returns what runs the emulator that a network's own suite names; ``by_id`` tells that the visible call holds no words."""
    rule = rules(module, name)

    @contextmanager
    def open_in(folder: Path) -> Iterator[Stage]:
        with running(rule.emulator, folder) as server:

            def trouble(what: str, way: str) -> None:
                on = (visible or {}).get(way, rule.visible)
                if what in SAID:
                    row = said(rule.errors or rule.network, SAID[what])
                    server.fault(row.on or on, "answer", **row.answer(SystemClock().now()))
                else:
                    order(server, on, what)

            def forbid(word: str) -> None:
                if by_id:
                    server.fault(rule.visible, "slow", seconds=0)
                held = {} if by_id else {"holding": word}
                server.fault(rule.visible, "answer", status=NO[rule.network].status, body=NO[rule.network].body, times=OFTEN, **held)

            yield Stage(
                rule.settings(server),
                rule.secret.replace("SERVER", server.address),
                lambda _mark: read(server.state),
                trouble,
                lambda seconds: server.advance(hours=seconds / 3600),
                server.reset,
                lambda: server.switch(faults=[]),
                forbid,
            )

    return open_in


def said(network: str, lands: str) -> Row:
    """Returns the row of a network's table that stands for its class: of waits, the longest that it asks for when it publishes."""
    rows = [row for row in table(network) if row.lands == lands]
    return max(rows, key=lambda row: (not row.on, row.wait or 0)) if lands == "rate" else rows[0]


def order(server: Running, on: str, what: str) -> None:
    """Orders a trouble that every network can have."""
    if what.startswith("drop"):
        server.fault(on, "drop", early=what.endswith("before"))
    elif what.startswith("500"):
        server.fault(on, "answer", status=500, body={"error": {"code": 2, "message": "oops"}}, late=not what.endswith("before"))
    elif what == "429":
        server.fault(on, "answer", status=429, headers={"Retry-After": "30"}, body={"parameters": {"retry_after": 30}})
    else:
        server.fault(on, "slow", seconds=1)


def fediverse(kind: str) -> Callable[[Path], Any]:
    """Returns what runs our emulator of Mastodon or of a server that speaks as it does."""

    @contextmanager
    def open_in(folder: Path) -> Iterator[Stage]:
        folder.mkdir(parents=True)
        with mastodon.running(folder) as server:
            passed = [0.0]

            def reset() -> None:
                passed[0] = 0.0
                server.control(reset=True, kind=kind)

            def trouble(what: str, _way: str) -> None:
                if what == "expired":
                    server.control(token="another")
                elif what == "wrong type":
                    server.control(types=["image/png"])
                else:
                    server.control(faults=[{"500 before": "503", "drop before": "early", "quota": "429"}.get(what, what)], seconds=1)

            def advance(seconds: float) -> None:
                passed[0] += seconds / 3600
                server.control(hours=passed[0])

            def kept(_mark: str) -> list[Piece]:
                found = [{**each, "text": plain(each["content"])} for each in server.seen()]
                return toots(found)

            yield Stage(
                {"server": server.address},
                mastodon.TOKEN,
                kept,
                trouble,
                advance,
                reset,
                lambda: server.control(token=mastodon.TOKEN, faults=[], types=mastodon.World().types, forbidden=""),
                lambda word: server.control(forbidden=word),
            )

    return open_in


def toots(found: list[dict[str, Any]]) -> list[Piece]:
    texts = {each["id"]: each["text"] for each in found}
    return [
        of(
            "post",
            each["text"],
            texts.get(each["in_reply_to_id"], ""),
            *(item["description"] for item in each["media_attachments"]),
            *(option["title"] for option in (each.get("poll") or {}).get("options", ())),
        )
        for each in found
    ]


CUTS = {"drop": "late", "drop before": "early", "500": "500", "429": "429"}


def cutting(line: Line) -> Callable[[str, str], None]:
    return lambda what, _way: line.cuts.append(CUTS[what])


def forbidding(line: Line, network: str) -> Callable[[str], None]:
    """Returns what has a real server's line answer for it."""
    no = NO[network]

    def forbid(word: str) -> None:
        for _ in range(OFTEN):
            line.fault(f"^POST .*{line.where}.*{word}", "answer", status=no.status, body=no.body)

    return forbid


def cleared(line: Line) -> Callable[[], None]:
    def clear() -> None:
        line.cuts.clear()
        line.answers.clear()

    return clear


def nothing(_seconds: float = 0.0) -> None:
    """Is what a real server does when its clock should be moved: nothing."""


def listed(address: str, did: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields all posts of an account with their addresses, a hundred at a time."""
    asked = {"repo": did, "collection": COLLECTION, "limit": "100"}
    while True:
        answer = httpx.get(f"{address}/xrpc/com.atproto.repo.listRecords", params=asked).raise_for_status().json()
        yield from ((each["uri"], each["value"]) for each in answer["records"])
        if not answer.get("cursor"):
            return
        asked["cursor"] = answer["cursor"]


@contextmanager
def real_bluesky(folder: Path) -> Iterator[Stage]:
    folder.mkdir(parents=True)
    with bluesky_pds.running(folder) as server, line_to(server.address, "putRecord") as line:
        profile = Profile(server)

        def kept(mark: str) -> list[Piece]:
            records = dict(listed(server.address, profile.did))
            return [
                of(
                    "post",
                    each["text"],
                    records[each["reply"]["parent"]["uri"]]["text"] if "reply" in each else "",
                    *(image["alt"] for image in each.get("embed", {}).get("images", ())),
                )
                for each in records.values()
                if mark in each["text"]
            ]

        settings = {"identifier": profile.handle, "service": line.address}
        yield Stage(settings, profile.secret, kept, cutting(line), nothing, cleared(line), cleared(line), forbidding(line, "bluesky"))


@contextmanager
def real_snac(folder: Path) -> Iterator[Stage]:
    folder.mkdir(parents=True)
    with snac.running(folder) as server, line_to(server.address, "/api/v1/statuses") as line:
        client = {"Authorization": f"Bearer {server.token}"}

        def get(path: str) -> Any:
            with httpx.Client(limits=httpx.Limits(max_keepalive_connections=0), timeout=60) as asking:
                return asking.get(f"{server.address}/api/v1/{path}", headers=client).json()

        me = get("accounts/verify_credentials")["id"]

        def kept(mark: str) -> list[Piece]:
            found = get(f"accounts/{me}/statuses?limit=40")
            return [piece for piece in toots(found) if mark in piece[1]]

        settings = {"server": line.address}
        yield Stage(settings, server.token, kept, cutting(line), nothing, cleared(line), cleared(line), forbidding(line, "mastodon"))


@contextmanager
def real_wordpress(folder: Path) -> Iterator[Stage]:
    folder.mkdir(parents=True)
    with wordpress.running(folder) as site, line_to(site.address, "/wp-json/wp/v2/posts/") as line:

        def kept(mark: str) -> list[Piece]:
            rows = site.get("posts", per_page="100", search=mark)
            pages = [Page(row["content"]["rendered"], within="") for row in rows]
            return [of("post", page.text, "", *(alt for _, alt in page.pictures)) for page in pages if mark in page.text]

        settings = {"url": line.address, "user": site.user}
        yield Stage(settings, site.password, kept, cutting(line), nothing, line.cuts.clear, line.cuts.clear)


FEW, MANY = ("words", "picture", "carousel"), ("words", "picture", "carousel", "poll")
SITES = {
    site.name: site
    for site in (
        Site(
            "instagram",
            "instagram",
            ("picture", "carousel", "comment", "story"),
            emulated(test_instagram, "TestInstagram", lambda state: media_of("instagram", state)),
            hosts=True,
            without_alts=frozenset({"story"}),
        ),
        Site(
            "threads",
            "threads",
            (*MANY, "thread"),
            emulated(test_threads, "TestThreads", lambda state: media_of("threads", state), by_id=True),
            hosts=True,
        ),
        Site(
            "facebook",
            "facebook",
            (*FEW, "comment", "story"),
            emulated(test_facebook, "TestFacebook", page, {"story": r"POST /v[^/]*/\d+/photo_stories"}),
            unproved=frozenset({"story"}),
        ),
        Site("x", "x", (*MANY, "thread", "film"), emulated(test_x, "TestX", tweets)),
        Site("linkedin", "linkedin", (*MANY, "film"), emulated(test_linkedin, "TestLinkedIn", shares)),
        Site(
            "telegram", "telegram", (*MANY, "mixed"), emulated(test_messages, "TestTelegram", telegrams), without_alts=frozenset({"post"})
        ),
        Site("discord", "discord", (*MANY, "mixed"), emulated(test_messages, "TestDiscord", messages)),
        Site("slack", "slack", (*FEW, "mixed"), emulated(test_slack, "TestSlack", messages, {"mixed": test_slack.TestSlack().shows_films})),
        Site("slack webhook", "slack", ("words",), emulated(test_messages, "TestSlackWebhook", messages), recovery=Recovery.NONE),
        Site("wordpress", "wordpress", FEW, emulated(test_wordpress, "TestWordPress", articles)),
        Site("mastodon", "mastodon", (*MANY, "thread"), fediverse("mastodon")),
        Site("gotosocial", "mastodon", ("words", "carousel", "thread"), fediverse("gotosocial"), recovery=Recovery.READBACK),
        Site("pixelfed", "mastodon", ("picture", "carousel"), fediverse("pixelfed"), recovery=Recovery.READBACK),
        Site("wordpress itself", "wordpress", FEW, real_wordpress, tuple(CUTS)),
        Site("bluesky", "bluesky", (*FEW, "thread"), real_bluesky, tuple(CUTS)),
        Site("snac", "mastodon", (*FEW, "thread"), real_snac, tuple(CUTS), recovery=Recovery.READBACK),
    )
}


def mark() -> str:
    """Returns a word that no other cell has."""
    return os.urandom(5).hex()
