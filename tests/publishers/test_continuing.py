"""A thread of which a later post is refused for good, on every network that has threads: what is out is known and never sent again."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from scheduler.clock import SystemClock
from scheduler.model.outcome import Halted, Placed, Published, Uncertain, placed_text
from scheduler.model.outgoing import STANDING, Envelope, Outgoing, Reply
from scheduler.publishers.discovery import known_networks
from tests.emulators.emulating import Answer, Call, Running
from tests.publishers.forbidding import NO
from tests.publishers.posts import Killed, Memory, post
from tests.publishers.staging import Stage, staged, stages

WITH_THREADS = {name: kind for name, kind in stages().items() if known_networks()[kind.network].facts.abilities.threads}
WORDS = ("One", "Two", "Three", "Four")


@dataclass
class Told:
    """Is a network that refuses posts for good from the ``refuses``-th on that readers would see; 0 for none."""

    stage: Stage
    folder: Path
    refuses: int = 0
    seen: list[Call] = field(default_factory=list)

    @property
    def network(self) -> str:
        return self.stage.suite.network

    def publish(self, envelope: Envelope, memory: Memory) -> Any:
        return self.publisher().publish(Envelope(envelope.outgoing, dict(memory.ids)), memory.remember)

    def find(self, envelope: Envelope, memory: Memory) -> Any:
        return self.publisher().find(Envelope(envelope.outgoing, dict(memory.ids)))

    def publisher(self) -> Any:
        return self.stage.suite.publisher(self.running, self.folder)

    @property
    def running(self) -> Running:
        return self.stage  # type: ignore[return-value] # address and state are all that is asked for

    def prepared(self, outgoing: Outgoing) -> Envelope:
        return Envelope(outgoing, dict(self.publisher().prepare(outgoing, SystemClock().now())))

    def thread(self, *words: str, language: str | None = None) -> Outgoing:
        first, *others = words
        return replace(
            post(self.folder, self.network, first, pictures=0),
            replies=tuple(Reply(word, language=language) for word in others),
            language="en",
        )

    @property
    def texts(self) -> list[str]:
        return [re.sub("<[^>]+>", "", each.text) for each in self.stage.suite.shown(self.running)]

    def above(self, word: str) -> str:
        """Returns everything that was said to the network to make this post."""
        return " ".join(f"{call.body!r} {call.fields}" for call in self.seen if word in f"{call.body!r} {call.fields}")


@pytest.fixture(params=sorted(WITH_THREADS))
def told(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    """Gives each network that has threads."""
    with staged(WITH_THREADS[request.param], tmp_path / "emulator", monkeypatch) as stage:
        told, visible, genuine = Told(stage, tmp_path), re.compile(stage.suite.visible), stage.emulator.serve

        def serve(call: Call) -> Answer | None:
            if call.method == "POST":
                told.seen.append(call)
            is_visible = visible.fullmatch(f"{call.method} {call.path}")
            is_refused = is_visible and told.refuses and len(told.texts) >= told.refuses - 1
            return NO[told.network] if is_refused else genuine(call)

        monkeypatch.setattr(stage.emulator, "serve", serve)
        yield told


def test_every_network_with_threads_that_is_on_somebody_else_s_server_is_among_them() -> None:
    there = {name for name, adapter in known_networks().items() if adapter.facts.abilities.threads and not adapter.facts.local}
    assert {kind.network for kind in WITH_THREADS.values()} == there == set(NO)


@pytest.mark.parametrize("refused", [2, 3])
def test_what_is_out_is_known_and_the_mended_rest_follows_below_it(told: Told, refused: int) -> None:
    envelope = told.prepared(told.thread(*WORDS))
    memory, told.refuses = Memory(dict(envelope.ids)), refused
    halted = told.publish(envelope, memory)
    assert isinstance(halted, Halted), halted
    assert told.texts == list(WORDS[: refused - 1])
    assert len(halted.out) == refused - 1
    assert all(each.remote_id and each.url for each in halted.out)
    assert f"Post {refused} of the thread was refused" in halted.told
    assert all(each.url in halted.told for each in halted.out)

    mended = (*WORDS[: refused - 1], "Mended", "Last")
    known = Envelope(envelope.outgoing, {**memory.ids, STANDING: placed_text(halted.out)})
    after = told.prepared(told.thread(*mended)).after(known)
    again, told.refuses, told.seen = Memory(dict(after.ids)), 0, []
    done = told.publish(after, again)
    assert isinstance(done, Published), done
    assert (done.remote_id, done.url) == (halted.out[0].remote_id, halted.out[0].url)
    assert told.texts == list(mended)
    assert halted.out[-1].remote_id in told.above("Mended")
    assert all(word not in told.above(word) for word in WORDS[: refused - 1]), "what is out is not sent again"


def test_a_rest_that_was_taken_away_leaves_what_is_out(told: Told) -> None:
    envelope = told.prepared(told.thread(*WORDS))
    memory, told.refuses = Memory(dict(envelope.ids)), 3
    halted = told.publish(envelope, memory)
    known = Envelope(envelope.outgoing, {**memory.ids, STANDING: placed_text(halted.out)})
    told.refuses = 0
    for fewer in (WORDS[:2], WORDS[:1]):
        after = told.prepared(told.thread(*fewer)).after(known)
        assert isinstance(told.publish(after, Memory(dict(after.ids))), Published)
    assert told.texts == list(WORDS[:2])


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_killed_at_any_id_of_a_thread_that_is_refused_in_the_middle_it_is_halted_and_nothing_is_out_twice(
    told: Told,
    before: bool,
) -> None:
    dies, fresh = 0, told.stage.kept()
    while True:
        dies += 1
        told.stage.put_back(fresh)
        envelope = told.prepared(replace(told.thread(*WORDS), delivery=f"{dies:012}"))
        memory = Memory(dict(envelope.ids), dies, before)
        told.refuses = 3
        ended = None
        with suppress(Killed):
            ended = told.publish(envelope, memory)
        if ended is None:
            memory = Memory(memory.ids)
            found = told.find(envelope, memory)
            ended = found if isinstance(found, Halted) else told.publish(envelope, memory)
            if isinstance(ended, Uncertain):
                ended = told.find(envelope, memory)
        assert told.texts == list(WORDS[:2]), (dies, ended)
        assert isinstance(ended, Halted), (dies, ended)
        assert len(ended.out) == len(WORDS[:2])
        if memory.dies and memory.commits < memory.dies:
            return


def test_an_answer_in_another_language_says_so(told: Told) -> None:
    if not known_networks()[told.network].facts.abilities.language:
        return
    envelope = told.prepared(told.thread("Good morning", "Buenos", language="es"))
    assert isinstance(told.publish(envelope, Memory(dict(envelope.ids))), Published)
    assert ('"es"' in told.above("Buenos"), '"en"' in told.above("Buenos")) == (True, False)
    assert ('"es"' in told.above("Good morning"), '"en"' in told.above("Good morning")) == (False, True)


def test_what_is_out_is_kept_as_it_was_told() -> None:
    out = (Placed("1", "https://social.example/1", "mark"), Placed("2"))
    envelope = Envelope(post(Path(), "x", pictures=0), {STANDING: placed_text(out)})
    assert envelope.out == out
    assert Envelope(envelope.outgoing, {"key": "new"}).after(envelope).out == out
    assert Envelope(envelope.outgoing, {}).out == ()
