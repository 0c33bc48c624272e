"""Every network with a server that is broken or means harm: each answer that it gives is made bad in every way, one at a time.

Whatever it answers, no method raises, nobody is told what it should not be, no secret goes to another host, and what readers see is
known or asked about: a post that is out is never called refused because of an answer that nobody can read.
"""

import logging
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from scheduler.clock import SystemClock
from scheduler.model.network import Recovery
from scheduler.model.outcome import Absent, Handed, Published, Refused
from scheduler.publishers.contract import Deletes, Edits, HandsOver, KnowsKeys, ReadsFeed, Renews, TellsEnd, Verifies
from scheduler.publishers.discovery import known_networks
from tests.publishers.filming import Films, FilmsInPieces
from tests.publishers.posts import post, with_film
from tests.publishers.rubbish import ELSEWHERE, Bad, bad_answers
from tests.publishers.scene import Scene
from tests.publishers.staging import staged, stages

STAGES = stages()
USUAL = 60
"""Is the share of the bad answers that every run tries: one in so many, each run the same ones."""
COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
HIDDEN = re.compile(COMMANDS.pattern[:-1] + "\t\n\u200e\u200f\u2028-\u202e\u2066-\u2069]")
KNOWS_ITS_OWN = {Recovery.CLIENT_ID, Recovery.TWO_PHASE, Recovery.IDEMPOTENCY_KEY}
"""Are the networks that a person's order to send again can bring to no second post."""
OF_AUTHORS = frozenset({"text", "content_warning", "pictures"})
"""Are what people wrote in their languages, some of which need signs that turn the direction."""
LONGEST = {"reason": 1_000, "handle": 300, "remote_id": 300, "url": 2_100, "text": 2_000_000}


def test_every_network_is_among_them() -> None:
    assert {kind.network for kind in STAGES.values()} == {name for name, adapter in known_networks().items() if not adapter.facts.local}


def _published(scene: Scene) -> object:
    return scene.publisher().publish(scene.envelope(), scene.ids.__setitem__)


def _found(scene: Scene) -> object:
    return scene.publisher().find(scene.envelope())


def _ability(kind: type, act: Callable[[Any, Scene], object]) -> Callable[[Scene], object]:
    def acted(scene: Scene) -> object:
        publisher = scene.publisher()
        return act(publisher, scene) if isinstance(publisher, kind) else None

    return acted


def _handed(publisher: HandsOver, scene: Scene) -> object:
    envelope = scene.envelope().going_out(SystemClock().now() + timedelta(hours=2))
    handed = publisher.hand_over(envelope, scene.ids.__setitem__)
    known = envelope.kept_under(handed.remote_id) if isinstance(handed, Handed) else envelope
    return handed, publisher.where_is(known), publisher.where_is(envelope), publisher.take_back(known)


FRESH: Mapping[str, Callable[[Scene], object]] = {
    "verify": _ability(Verifies, lambda publisher, _: publisher.verify()),
    "publish": _published,
    "renew": _ability(Renews, lambda publisher, _: publisher.renew()),
    "ends": _ability(TellsEnd, lambda publisher, _: publisher.ends()),
    "key life": _ability(KnowsKeys, lambda publisher, _: publisher.key_life()),
    "hand over": _ability(HandsOver, _handed),
}
AFTERWARDS: Mapping[str, Callable[[Scene], object]] = {
    "find": _found,
    "publish again": _published,
    "feed": _ability(ReadsFeed, lambda publisher, _: publisher.feed(5)),
    "edit": _ability(Edits, lambda publisher, scene: publisher.edit(scene.remote_id, replace(scene.outgoing, text="Mended"))),
    "delete": _ability(Deletes, lambda publisher, scene: publisher.delete(scene.remote_id)),
}


def words_in(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Yields every text in what a publisher told, with the name of its field."""
    if isinstance(value, str):
        yield name, value
    elif is_dataclass(value):
        for each in fields(value):
            yield from words_in(getattr(value, each.name), each.name)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from words_in(each, f"id {key}")
    elif isinstance(value, tuple | list | set):
        for each in value:
            yield from words_in(each, name)


def faults_of(told: object, secret: str) -> Iterator[str]:
    """Yields what is wrong with what a publisher told or kept."""
    for name, text in words_in(told):
        if (COMMANDS if name in OF_AUTHORS else HIDDEN).search(text):
            yield f"{name} holds hidden characters: {text[:200]!r}"
        if len(text) > LONGEST.get(name, 2_000_000 if name in OF_AUTHORS else 5_000):
            yield f"{name} has {len(text)} characters"
        if name == "url" and text and urlsplit(text).scheme not in {"http", "https"}:
            yield f"url is none: {text[:200]!r}"
        if secret in text and name != "secret":
            yield f"{name} tells the secret"


def lies(outcome: object, bad: Bad, *, out: bool, visible: bool) -> Iterator[str]:
    """Yields how an outcome differs from what readers see."""
    if isinstance(outcome, Published) and not out and not bad.label.endswith(" = true"):  # that is a lie, and no rubbish
        yield f"called published, and is not out: {outcome}"
    changed = " = " in bad.label or " is missing" in bad.label  # what still is an answer may be of another post
    if isinstance(outcome, Absent) and out and not changed:
        yield "called absent, and is out"
    said_no = visible and 300 <= bad.status < 500
    if isinstance(outcome, Refused) and out and not said_no:
        yield f"called refused, and is out: {outcome}"


def is_shown_otherwise(scene: Scene) -> bool:
    """Tells whether a post has a film, which may be shown by another call than pictures."""
    return any(item.picture.video for item in scene.outgoing.media)


def tried(scene: Scene, act: Callable[[Scene], object], number: int, bad: Bad, ids: Mapping[str, str], *, judged: bool) -> Iterator[str]:
    """Does it once with the answer of that number made bad; yields what went wrong."""
    stage = scene.stage
    scene.ids = dict(ids)
    stage.twists = {number: bad.twist}
    try:
        told = act(scene)
    except Exception as error:  # noqa: BLE001 - that nothing at all is raised is what is tested
        yield f"raised {type(error).__name__}: {str(error)[:200]}"
        return
    secret = stage.suite.secret.rpartition("/")[2]
    yield from faults_of((told, scene.ids), secret)
    yield from (f"the secret went to {ELSEWHERE}" for each in stage.elsewhere if secret in each)
    if judged:
        call = stage.heard[number][0] if number < len(stage.heard) else ""
        visible = stage.suite.shows_films if isinstance(stage.suite, Films) and is_shown_otherwise(scene) else stage.suite.visible
        yield from lies(told, bad, out=stage.out() > 0, visible=re.fullmatch(visible, call) is not None)
    if stage.out() > 1 and (judged or known_networks()[stage.suite.network].facts.abilities.recovery in KNOWS_ITS_OWN):
        yield "it is out twice"


def wrong_ones(scene: Scene, act: Callable[[Scene], object], share: int, log: pytest.LogCaptureFixture, *, judged: bool) -> list[str]:
    """Tries the bad answers of each call, one in ``share``; returns what went wrong."""
    stage, ids, before, found = scene.stage, dict(scene.ids), scene.stage.kept(), []
    stage.put_back(before)
    act(scene)
    genuine = list(stage.heard)
    for number, (call, reply) in enumerate(genuine):
        for bad in bad_answers(reply, stage.suite.secret.rpartition("/")[2]):
            label = f"{number} {call} · {bad.label}"
            if zlib.crc32(label.encode(errors="replace")) % share:
                continue
            stage.put_back(before)
            log.clear()
            found += [f"{label}: {fault}" for fault in tried(scene, act, number, bad, ids, judged=judged)]
            found += [f"{label}: log: {fault}" for fault in faults_of(log.text.replace("\n", " "), stage.suite.secret.rpartition("/")[2])]
    return found


def hold(kind: str, folder: Path, patch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture, share: int, *, film: bool = False) -> None:
    log.set_level(logging.DEBUG, "scheduler")
    with staged(STAGES[kind], folder / "emulator", patch) as stage:
        outgoing = post(folder, stage.suite.network, pictures=min(stage.suite.pictures, 1))
        if film:
            beside = () if issubclass(STAGES[kind], FilmsInPieces) else outgoing.media  # theirs stand alone
            outgoing = with_film(replace(outgoing, media=beside), folder)
        wrong = []
        for name, act in {**FRESH, **AFTERWARDS}.items():
            stage.put_back(stage.emulator.__class__(folder / "emulator", stage.address).state)
            scene = Scene(stage, folder, outgoing)
            scene.ids = dict(scene.publisher().prepare(outgoing, SystemClock().now()))
            if name in AFTERWARDS:
                scene.remote_id = scene.settle().remote_id
            wrong += [f"{name}: {fault}" for fault in wrong_ones(scene, act, share, log, judged=name in {"publish", "find"})]
    assert wrong == [], "\n".join([f"{len(wrong)} wrong", *wrong[:80]])


@pytest.mark.parametrize("kind", STAGES)
def test_no_answer_brings_it_off_its_way(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hold(kind, tmp_path, monkeypatch, caplog, USUAL)


@pytest.mark.long
@pytest.mark.parametrize("kind", STAGES)
def test_no_answer_at_all_brings_it_off_its_way(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hold(kind, tmp_path, monkeypatch, caplog, 1)


@pytest.mark.parametrize("share", [USUAL, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("kind", [name for name, kind in STAGES.items() if issubclass(kind, Films)])
def test_no_answer_brings_a_film_off_its_way(
    kind: str, share: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hold(kind, tmp_path, monkeypatch, caplog, share, film=True)
