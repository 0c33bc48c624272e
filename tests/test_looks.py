"""A look that is left as it was is the look that would be made: at no time, after no edit and whoever writes to the ledger."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from PIL import Image

from scheduler.assembly import open_project
from scheduler.clock import VirtualClock
from scheduler.daemon.agendas import Live
from scheduler.daemon.engine import Engine
from scheduler.ledger import Ledger
from scheduler.ledger.pauses import Scope
from scheduler.model.delivery import State
from scheduler.model.plan import Agenda
from scheduler.planning.witness import Witness
from scheduler.publishers.contract import FORMAT, Checked

NOON = datetime(2027, 4, 14, 10, tzinfo=UTC)
CONFIG = """\
[organisation]
name = "Harbour Workers"
timezone = "Europe/Berlin"

[accounts.site]
network = "website"
title = "Harbour Workers"
url = "https://harbour.example.org"

[accounts.toots]
network = "mastodon"
server = "https://social.example.org"

[slots.default]
monday = ["09:00", "18:00"]
wednesday = ["12:30", "13:00"]
thursday = ["09:00"]
saturday = ["11:00"]
"""
FILES = {
    "timed": "---\ntitle: March\nwhen: 2027-04-14 {at}\nhashtags: [Strike]\n---\nWe march. {words}\n",
    "event": "---\ntitle: Rally\nkind: event\nstarts: 2027-04-14 {at}\nends: 2027-04-14 20:00\nwhen: 1 hour before\n---\nCome. {words}\n",
    "expiring": "---\nwhen: 2027-04-14 {at}\nexpires: 2027-04-14 14:30\nreview-by: 2027-04-20\n---\nOnly today. {words}\n",
    "repeated": "---\nrepeat: every week\nwhen: wednesday {at}\n---\nEvery week. {words}\n",
    "slot": "---\nwhen: next slot\n---\nWhenever there is room. {words}\n",
    "pool": "---\npool: evergreen\n---\nAlways true. {words}\n",
    "draft": "---\nwhen: 2027-04-15 {at}\nstatus: draft\n---\nNot yet. {words}\n",
    "pictured": "---\nwhen: 2027-04-14 {at}\n---\nLook. {words}\n\n![A banner](../assets/banner.png)\n",
    "awaited": "---\nwhen: 2027-04-14 {at}\n---\nLook. {words}\n\n![A late one](../assets/late.png)\n",
    "broken": "---\nwhen: sometime {at}\n---\n{words}\n",
}
SERIES = b"---\nkind: series\n---\n## Today | 3 hours before\nToday, {event.date}.\n\n## Thanks | 1 day after, 12:00\nThank you.\n"
KINDS = st.sampled_from(sorted(FILES))
TIMES = st.sampled_from(["09:00", "11:15", "12:01", "12:30", "14:00", "18:00"])
STEPS = st.sampled_from(
    [timedelta(seconds=1), timedelta(seconds=30), timedelta(minutes=3), timedelta(minutes=31), timedelta(hours=5), timedelta(days=2)]
)


class Desk:
    """Is a folder, a daemon's engine that may leave looks as they are, and one that never does."""

    def __init__(self, folder: Path, clock: VirtualClock, more: str = "") -> None:
        self.folder, self.clock = folder, clock
        (folder / "posts").mkdir(parents=True)
        (folder / "assets").mkdir()
        (folder / "config.toml").write_text(CONFIG + more, encoding="utf-8")
        self.paint(3)
        self._sit_down()

    @classmethod
    def anew(cls, folder: Path, clock: VirtualClock) -> "Desk":
        """Returns another one at a folder that there is."""
        desk = cls.__new__(cls)
        desk.folder, desk.clock = folder, clock
        desk._sit_down()  # noqa: SLF001 - it is one of these
        return desk

    def _sit_down(self) -> None:
        self.project = open_project(self.folder, self.clock)
        self.full = Live(open_project(self.folder, self.clock))
        self.policy = self.project.config.policy
        self._hired = self.project._engine()  # noqa: SLF001 - the engine as the daemon has it
        self.engine: Engine = self._hired.__enter__()[0]
        self.elsewhere: Ledger = self.project.open_ledger()
        self.last: Agenda | None = None
        self.left = 0

    @property
    def live(self) -> Live:
        """Returns what the engine looks by."""
        live = self.engine._outlook._make_agenda  # noqa: SLF001 - there is one, and it is not handed out
        assert isinstance(live, Live)
        return live

    def close(self) -> None:
        self.elsewhere.close()
        self._hired.__exit__(None, None, None)

    def write(self, kind: str, name: str, at: str, words: str) -> None:
        self.save(self.folder / "posts" / f"{name}.md", FILES[kind].format(at=at, words=words).encode())

    def save(self, path: Path, data: bytes) -> None:
        path.write_bytes(data)
        os.utime(path, (self.clock.now().timestamp(),) * 2)

    def delete(self, name: str) -> None:
        (self.folder / "posts" / f"{name}.md").unlink(missing_ok=True)

    def rename(self, name: str, new: str) -> None:
        path = self.folder / "posts" / f"{name}.md"
        if path.exists():
            path.rename(path.with_name(f"{new}.md"))

    def paint(self, size: int) -> None:
        path = self.folder / "assets" / "banner.png"
        Image.new("RGB", (200 * size, 300)).save(path)
        os.utime(path, (self.clock.now().timestamp() + size,) * 2)

    def banner(self) -> bytes:
        return (self.folder / "assets" / "banner.png").read_bytes()

    def come(self, whole: int) -> None:
        """Lets the late picture come, or a piece of it, or go again."""
        path, data = self.folder / "assets" / "late.png", self.banner()
        if whole:
            self.save(path, data if whole > 1 else data[: len(data) // 2])
        else:
            path.unlink(missing_ok=True)

    def move(self, day: int, key: str = "starts") -> None:
        """Lets the event of a series begin on that day of April."""
        folder = self.folder / "posts" / "fair"
        folder.mkdir(exist_ok=True)
        if not (folder / "series.md").exists():
            self.save(folder / "series.md", SERIES)
        starts = f"{day} 15:00" if key == "starts" else f"17 15:00\n{key}: 2027-04-{day} 15:00"
        self.save(folder / "_campaign.md", f"---\nkind: event\ntitle: Fair\nstarts: 2027-04-{starts}\nplace: Pier\n---\n".encode())

    def decide(self, pick: int) -> None:
        """Does what a command in another process does with what stands in the ledger."""
        now = self.clock.now()
        facts = sorted(self.elsewhere.facts().deliveries.values(), key=lambda fact: fact.delivery)
        missed = [fact.delivery for fact in facts if fact.state is State.MISSED]
        if missed:
            (self.elsewhere.let_go if pick % 2 else self.elsewhere.skip)([missed[pick % len(missed)]], now)
        if pick % 3:
            self.elsewhere.pause(Scope.ALL, "", "a rest", now)
        else:
            self.elsewhere.resume(Scope.ALL)

    def look(self) -> Agenda:
        """Looks, and compares that with a whole look made from the same folder and the same ledger."""
        now, facts = self.engine.time.now(), self.elsewhere.facts()
        wanted = self.full(now, facts)
        found = self.engine.refresh()
        self.left += found is self.last
        assert said(found) == said(wanted)
        settled = self.elsewhere.revision()
        assert not self.elsewhere.record(wanted, now, self.policy), "the ledger does not say what a whole look would have it say"
        assert self.elsewhere.revision() == settled
        self.last = found
        return found


def said(agenda: Agenda) -> tuple[Any, ...]:
    return (agenda.entries, dict(agenda.unreadable), agenda.unsettled, agenda.read, agenda.findings)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOON)


@pytest.fixture
def desk(tmp_path: Path, clock: VirtualClock) -> Iterator[Desk]:
    desk = Desk(tmp_path / "project", clock)
    yield desk
    desk.close()


def at_rest(desk: Desk) -> None:
    """Lets everything be taken over, so that the next look has nothing to do."""
    desk.clock.advance(timedelta(seconds=10))
    for _ in range(3):
        desk.look()
    left = desk.left
    desk.look()
    assert desk.left == left + 1, "nothing changed, and the look was made again"


def test_where_a_server_told_its_lengths_and_nothing_changed_a_look_is_left_as_it_was(desk: Desk) -> None:
    """A way of counting that were another one each time would make every look of such a project anew."""
    told = Checked(ok=True, limits={"text": 1_000, "link_length": 30, "pictures": 6, "poll.options": 5, f"{FORMAT}image/png": 1})
    desk.project.accounts.standings.keep("toots", told)
    assert desk.project.accounts.facts()["toots"].limits.link_length == 30
    desk.write("timed", "march", "18:00", "See https://example.org.")
    at_rest(desk)


def test_where_nothing_changed_a_look_is_left_as_it_was(desk: Desk) -> None:
    for number, kind in enumerate(FILES):
        desk.write(kind, f"post-{number}", "18:00", f"Number {number}.")
    at_rest(desk)
    desk.clock.advance(timedelta(seconds=30))
    left = desk.left
    desk.look()
    assert desk.left == left + 1


def waited(desk: Desk, day: int) -> None:
    """Moves the event and waits until that is in effect; before the last look nothing else changes."""
    desk.move(day)
    desk.clock.advance(timedelta(seconds=5))
    desk.look()
    desk.look()
    desk.clock.advance(timedelta(minutes=2))


CHANGES: dict[str, Callable[[Desk], object]] = {
    "an edit": lambda desk: desk.write("timed", "march", "18:00", "Another text."),
    "a new file": lambda desk: desk.write("timed", "another", "18:00", "Another post."),
    "a deleted file": lambda desk: desk.delete("march"),
    "a renamed file": lambda desk: desk.rename("march", "parade"),
    "another picture under the same name": lambda desk: desk.paint(4),
    "a picture that is gone": lambda desk: (desk.folder / "assets" / "banner.png").unlink(),
    "a picture that comes at last": lambda desk: desk.save(desk.folder / "assets" / "late.png", desk.banner()),
    "a picture that is waited for no longer": lambda desk: desk.clock.advance(timedelta(hours=5, minutes=31)),
    "settings of the whole folder": lambda desk: desk.save(desk.folder / "posts" / "_campaign.md", b"---\nhashtags: [Union]\n---\n"),
    "an event that moves": lambda desk: desk.move(16),
    "a time to move that has come": lambda desk: waited(desk, 16),
    "a post that became too late": lambda desk: desk.clock.advance(timedelta(hours=7)),
    "a clock set back": lambda desk: desk.clock.jump(-timedelta(hours=1)),
    "a word of the ledger in another process": lambda desk: desk.elsewhere.mark_late(desk.clock.now() + timedelta(days=1)),
    "another leader": lambda desk: setattr(desk.engine, "_leads", False),
}


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_changes_the_look_is_made_again(desk: Desk, name: str) -> None:
    desk.write("timed", "march", "18:00", "One text.")
    desk.write("pictured", "look", "18:00", "One picture.")
    desk.write("awaited", "late", "18:00", "A picture that is not here yet.")
    desk.move(15)
    at_rest(desk)
    CHANGES[name](desk)
    left = desk.left
    desk.look()
    assert desk.left == left


@pytest.mark.parametrize("handles", [b"", b"[handles]\nkim = { bluesky = '@kim.example.org' }\n"])
def test_a_handle_in_the_words_of_the_house_changes_the_look_once_it_is_saved(desk: Desk, handles: bytes) -> None:
    words = desk.folder / "posts" / "_words.toml"
    desk.save(words, b"")
    desk.write("timed", "march", "18:00", "One text.")
    at_rest(desk)
    desk.save(words, handles)
    desk.clock.advance(timedelta(seconds=5))
    left = desk.left
    desk.look()
    assert (desk.left == left) == bool(handles)


@pytest.mark.parametrize("broken", ["revision", "is_so_at", "still", "_read"])
def test_this_test_would_notice(desk: Desk, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    """Each thing that is asked before a look is left as it was is needed: without it, a look differs from a whole one."""
    desk.write("timed", "march", "18:00", "One text.")
    desk.write("pictured", "look", "18:00", "One picture.")
    at_rest(desk)
    answer: dict[str, tuple[object, object, str]] = {
        "revision": (desk.engine.ledger, lambda: "1", "a word of the ledger in another process"),
        "is_so_at": (Agenda, lambda *_: True, "a post that became too late"),
        "still": (Witness, lambda *_: True, "another picture under the same name"),
        "_read": (desk.live, None, "an edit"),
    }
    place, instead, change = answer[broken]
    if broken == "_read":
        first = desk.live._last[0]  # type: ignore[index]  # noqa: SLF001 - what it compares the folder with
        instead = lambda _: first  # noqa: E731 - it stands in for a method
    monkeypatch.setattr(place, broken, instead)
    if broken == "revision":
        desk.engine._outlook.forget()  # noqa: SLF001 - what was seen by the true revision
    desk.look()
    CHANGES[change](desk)
    with pytest.raises(AssertionError):
        desk.look()


STEP = st.one_of(
    st.tuples(st.just("write"), KINDS, st.sampled_from("abc"), TIMES, st.sampled_from(["One.", "Two.", "One, and more of it."])),
    st.tuples(st.just("delete"), st.sampled_from("abc")),
    st.tuples(st.just("rename"), st.sampled_from("abc"), st.sampled_from("abcd")),
    st.tuples(st.just("paint"), st.integers(1, 4)),
    st.tuples(st.just("come"), st.integers(0, 2)),
    st.tuples(st.just("move"), st.integers(13, 16), st.sampled_from(["starts", "starts", "postponed-to"])),
    st.tuples(st.just("decide"), st.integers(0, 11)),
    st.tuples(st.just("wait"), STEPS),
    st.tuples(st.just("jump"), STEPS.map(lambda step: -step)),
    st.tuples(st.just("send")),
    st.tuples(st.just("look")),
)


def play(desk: Desk, steps: list[tuple[Any, ...]]) -> None:
    does: dict[str, Callable[..., object]] = {
        **{name: getattr(desk, name) for name in ("write", "delete", "rename", "paint", "come", "move", "decide", "look")},
        "wait": desk.clock.advance,
        "jump": desk.clock.jump,
        "send": lambda: desk.engine.tick(fresh=False),
    }
    for name, *told in steps:
        does[name](*told)
        desk.look()


def compare(folder: Path, steps: list[tuple[Any, ...]]) -> None:
    desk = Desk(folder, VirtualClock(NOON))
    try:
        play(desk, steps)
    finally:
        desk.close()


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, min_size=4, max_size=14))
def test_a_look_never_differs_from_a_whole_one(tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Any, ...]]) -> None:
    compare(tmp_path_factory.mktemp("desk") / "project", steps)


@pytest.mark.long
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, min_size=10, max_size=60))
def test_a_look_never_differs_from_a_whole_one_however_long_it_goes_on(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Any, ...]]
) -> None:
    compare(tmp_path_factory.mktemp("desk") / "project", steps)
