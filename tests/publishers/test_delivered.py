"""What networks really got of a post's alt texts, focus, language, content warning and poll, and why the others got none of it.

Each row is what an emulator, or a real server where there is one, holds after a post was published there.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from scheduler.clock import SystemClock
from scheduler.model.network import Network
from scheduler.model.outcome import Published
from scheduler.model.outgoing import Envelope, Media, Outgoing
from scheduler.model.poll import Poll
from scheduler.planning.composing.polls import asked, timed
from scheduler.publishers.contract import Deletes, Edits, Publisher, ReadsFeed
from scheduler.publishers.discovery import known_networks
from scheduler.publishers.hosting.own import OwnHost, Shelf
from scheduler.publishers.hosting.server import serving
from tests.emulators import mastodon as mastodon_server
from tests.emulators.emulating import running
from tests.films import Film, measured
from tests.publishers import (
    test_bluesky,
    test_facebook,
    test_instagram,
    test_linkedin,
    test_mastodon,
    test_messages,
    test_slack,
    test_threads,
    test_website,
    test_wordpress,
    test_x,
)
from tests.publishers.emulated import Emulated
from tests.publishers.posts import Memory, post
from tests.servers import bluesky_pds, processes

QUESTION, OPTIONS = "Shall we strike at the harbour?", ("Strike now", "Talk first")
FOCUS = (0.25, -0.5)
LANGUAGE, WARNING, ALTS = "gd", "nudity", ("A banner that says Unity", "A crowd at the harbour")
OF_FILM = "A crowd walks by, singing"
REMOTE: tuple[Emulated, ...] = (
    test_facebook.TestFacebook(),
    test_instagram.TestInstagram(),
    test_threads.TestThreads(),
    test_linkedin.TestLinkedIn(),
    test_messages.TestDiscord(),
    test_slack.TestSlack(),
    test_messages.TestTelegram(),
    test_wordpress.TestWordPress(),
    test_x.TestX(),
)
ABLE: dict[str, Callable[[Network, Publisher], bool]] = {
    "alt_text": lambda facts, _: facts.abilities.alt_text,
    "alt_text_of_films": lambda facts, _: facts.limits.video is None or facts.abilities.alt_text_of_films,
    "focus": lambda facts, _: facts.abilities.focus,
    "content_warning": lambda facts, _: facts.abilities.content_warning or bool(facts.abilities.warning_labels),
    "language": lambda facts, _: facts.abilities.language,
    "threads": lambda facts, _: facts.abilities.threads,
    "polls": lambda facts, _: facts.abilities.polls,
    "feed": lambda _, publisher: isinstance(publisher, ReadsFeed),
    "edit": lambda _, publisher: isinstance(publisher, Edits),
    "delete": lambda _, publisher: isinstance(publisher, Deletes),
}
DELIVERED = ("alt_text", "focus", "content_warning", "language", "polls")


@dataclass(frozen=True)
class Row:
    """Is what one network got: each thing with whether it arrived; ``film`` is the description of one, None where none was sent."""

    facts: Network
    publisher: Publisher
    got: dict[str, bool]
    film: bool | None


@contextmanager
def remote(test: Emulated, folder: Path) -> Iterator[tuple[Publisher, Callable[[], Any]]]:
    """Yields the publisher of an emulated network and what tells the emulator's state."""
    listen = f"127.0.0.1:{processes.free_port()}"
    shelf = Shelf(folder / "shelf", SystemClock())
    test.host = lambda folder: OwnHost(shelf, f"http://{listen}", listen)  # type: ignore[method-assign] # noqa: ARG005 - the contract's name
    with serving(shelf, listen), running(test.emulator, folder / "emulator") as server:
        yield (
            test.publisher(server, folder),
            # What readers see stands for alt texts: a field that the network does not know would be kept with a call's others.
            lambda: {**_without_alts(server.state), "calls": [], "shown": [each.alts for each in test.shown(server)]},
        )


def _without_alts(state: Any) -> Any:
    """Returns what an emulator keeps without the words of alt texts, wherever they stand."""
    text = json.dumps(state, ensure_ascii=False)
    for alt in (*ALTS, OF_FILM):
        text = text.replace(alt, "")
    return json.loads(text)


@contextmanager
def bluesky(folder: Path) -> Iterator[tuple[Publisher, Callable[[], Any]]]:
    with bluesky_pds.running(folder) as server:
        profile = test_bluesky.Profile(server)
        yield profile.publisher(folder), profile.records


@contextmanager
def mastodon(folder: Path) -> Iterator[tuple[Publisher, Callable[[], Any]]]:
    with mastodon_server.running(folder) as server:
        yield test_mastodon.on_emulator(server, folder), server.seen


@contextmanager
def website(folder: Path) -> Iterator[tuple[Publisher, Callable[[], Any]]]:
    yield test_website.website(folder), lambda: [json.loads(path.read_text()) for path in (folder / "public/.items").glob("*.json")]


NETWORKS: dict[str, Callable[[Path], Any]] = {
    **{test.network: partial(remote, test) for test in REMOTE},
    "bluesky": bluesky,
    "mastodon": mastodon,
    "website": website,
}


def filled(facts: Network, folder: Path) -> Outgoing:
    """Returns a post with all of them, as far as compose hands them to this network."""
    outgoing = post(folder, facts.name, "Unity at the harbour", pictures=min(2, facts.limits.pictures))
    focus = FOCUS if facts.abilities.focus else None
    media = tuple(replace(item, alt=alt, focus=focus) for item, alt in zip(outgoing.media, ALTS, strict=False))
    warned = ABLE["content_warning"](facts, test_website.website(folder))
    return replace(outgoing, media=media, language=LANGUAGE, content_warning=WARNING if warned else None)


def asking(facts: Network, folder: Path) -> Outgoing:
    """Returns a post with a poll, as compose hands it to a network that has polls."""
    words, poll = asked("Unity", timed(Poll(OPTIONS, question=QUESTION), facts.limits.poll), facts.limits.poll)
    return replace(post(folder, facts.name, words, pictures=0, delivery="bbbbbbbbbbbb"), poll=poll)


def sent(publisher: Publisher, outgoing: Outgoing) -> None:
    """Publishes as the engine does, round by round."""
    ids = dict(publisher.prepare(outgoing, SystemClock().now()))
    for _ in range(30):
        if isinstance(publisher.publish(Envelope(outgoing, dict(ids)), Memory(ids).remember), Published):
            return
    raise AssertionError("never published")


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    found = {}
    for name, open_network in NETWORKS.items():
        folder, facts = tmp_path_factory.mktemp(name), known_networks()[name].facts
        with open_network(folder) as (publisher, state):
            sent(publisher, filled(facts, folder))
            if facts.abilities.polls:
                sent(publisher, asking(facts, folder))
            kept = json.dumps(state(), ensure_ascii=False)
            film = None
            if facts.limits.video and name != "bluesky":  # its films go by another service, and have tests of their own
                march = Media(measured(folder / "march.mp4", Film(padding=80_000)), OF_FILM)
                sent(publisher, replace(post(folder, name, "Unity on film", pictures=0, delivery="cccccccccccc"), media=(march,)))
                film = OF_FILM in json.dumps(state(), ensure_ascii=False)
        got = {
            "alt_text": all(alt in kept for alt in ALTS),
            "focus": '"focus": {"x": 0.25, "y": -0.5}' in kept,
            "language": f'"{LANGUAGE}"' in kept,
            "content_warning": f'"{WARNING}"' in kept,
            "polls": all(words in kept for words in (QUESTION, *OPTIONS)),
        }
        found[name] = Row(facts, publisher, got, film)
    return found


def test_every_network_was_tried(rows: dict[str, Row]) -> None:
    assert set(rows) == set(known_networks())


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_what_a_network_takes_has_arrived_and_what_did_not_has_its_reason(rows: dict[str, Row], name: str) -> None:
    row = rows[name]
    assert {thing for thing in DELIVERED if ABLE[thing](row.facts, row.publisher)} == {thing for thing, came in row.got.items() if came}
    lacking = {thing for thing, able in ABLE.items() if not able(row.facts, row.publisher)}
    assert set(row.facts.gaps) == lacking, "every gap has its reason, and no reason is left where there is none"
    assert [reason for reason in row.facts.gaps.values() if not reason.endswith(".")] == []


def test_the_description_of_a_film_arrives_or_is_said_not_to(rows: dict[str, Row]) -> None:
    tried = {name: row.film for name, row in rows.items() if row.film is not None}
    assert set(tried) >= {
        "discord",
        "facebook",
        "instagram",
        "linkedin",
        "mastodon",
        "slack",
        "telegram",
        "threads",
        "website",
        "wordpress",
        "x",
    }
    assert tried == {name: not rows[name].facts.no_alt_text(story=False, film=True) for name in tried}


def line(row: Row) -> str:
    """Returns what a network takes, as its line in the README's table."""
    limits, yes = row.facts.limits, {thing for thing, able in ABLE.items() if able(row.facts, row.publisher)}
    text = "any length" if limits.text is None else f"{limits.text:,} {limits.unit}"
    beside = f", {limits.text_with_pictures:,} beside pictures" if limits.text_with_pictures else ""
    size = f" of {limits.picture_bytes / 1e6:.3g} MB" if limits.picture_bytes and limits.pictures else ""
    pictures = f"{limits.pictures}{size}" if limits.pictures else "none"
    most = limits.video.bytes / 1e6 if limits.video else 0
    films = (
        f"{f'{most:.3g} MB' if most < 1_000 else f'{most / 1_000:.3g} GB'}{', alone' if limits.video.alone else ''}"
        if limits.video
        else "no"
    )
    alt = "no" if "alt_text" not in yes else f"{limits.alt:,}" if limits.alt else "yes"
    warning = "labels" if row.facts.abilities.warning_labels else "yes" if "content_warning" in yes else "no"
    marks = ["yes" if thing in yes else "no" for thing in ("focus", "language", "threads", "polls", "feed", "edit", "delete")]
    return " | ".join([f"| `{row.facts.name}`", f"{text}{beside}", pictures, films, alt, warning, *marks]) + " |"


def test_the_readme_s_table_is_what_networks_take(rows: dict[str, Row]) -> None:
    wanted = [line(row) for _, row in sorted(rows.items())]
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").splitlines()
    assert [row for row in wanted if row not in readme] == [], "\n".join(wanted)


def test_the_table_is_printed(rows: dict[str, Row]) -> None:
    print(f"\n{'':<14}" + "".join(f"{thing:<17}" for thing in (*ABLE, "films")))
    for name, row in sorted(rows.items()):
        marks = ("delivered" if row.got.get(thing) else "yes" if able(row.facts, row.publisher) else "no" for thing, able in ABLE.items())
        films = "delivered" if row.film is not None else "yes" if row.facts.limits.video else "no"
        print(f"{name:<14}" + "".join(f"{mark:<17}" for mark in (*marks, films)))
    for name, row in sorted(rows.items()):
        for thing, reason in row.facts.gaps.items():
            print(f"{name}, {thing}: {reason}")
