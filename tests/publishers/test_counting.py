"""Our counts against those that servers make by themselves: each emulator counts by its network's documents, and shares nothing with us.

Bluesky's own server is asked in ``test_bluesky.py``, with the same texts.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.clock import SystemClock
from scheduler.model.facets import facets_of
from scheduler.model.outcome import Published, Refused
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.contract import Publisher
from scheduler.publishers.discovery import known_networks
from tests.emulators import mastodon_counting, threads_counting, x_counting
from tests.publishers.posts import Memory, post
from tests.publishers.staging import Stage, staged, stages
from tests.publishers.texts import PIECES, texts

STAGES = stages()
LINK = 23
OUR_OWN_REFUSALS = ("rehearsal", "mastodon.publisher", "bluesky.publisher")
"""Are the rooms where we refuse before anybody is asked; they are silenced here, so that the server decides."""
ROOT = Path(__file__).parents[2]
NO_LIMIT = {"website": "a page has room for any text", "wordpress": "an article has room for any text"}
NOT_TOLD = {
    "slack": "Slack does not say how long words beside pictures may be; near 13,000 programs saw them refused, so we stop at 12,000"
}
"""Are limits beside pictures with a number of our own, which no server's decision can equal."""


@dataclass(frozen=True)
class Limit:
    """Is how long a text may be in one suite's network, alone or beside pictures."""

    kind: str
    most: int
    pictures: int

    def __str__(self) -> str:
        return f"{self.kind}-{self.most}{'-beside-a-picture' * self.pictures}"


def limits() -> Iterator[Limit]:
    """Yields every limit of every network that is reached over the net, once for each door that it has."""
    doors = {(suite.network, suite.visible): (kind, suite) for kind, suite in STAGES.items()}
    for kind, suite in doors.values():
        found = known_networks()[suite.network].facts.limits
        if found.text is not None:
            yield Limit(kind, found.text, int(found.picture_required))
        if found.text_with_pictures is not None and suite.pictures and suite.network not in NOT_TOLD:
            yield Limit(kind, found.text_with_pictures, 1)


def is_taken(publisher: Publisher, outgoing: Outgoing) -> bool:
    """Sends a post until the network has taken or refused it; returns whether it was taken."""
    ids = dict(publisher.prepare(outgoing, SystemClock().now()))
    for _ in range(9):
        outcome = publisher.publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        if isinstance(outcome, Published):
            return True
        assert isinstance(outcome, Refused), outcome
        if outcome.permanent:
            return False
    raise AssertionError(outcome)


def two_hundred(stage: Stage, limit: Limit, folder: Path) -> list[tuple[bool, bool, str]]:
    """Returns for each text whether we say that it fits, whether the network took it, and the text."""
    count = known_networks()[stage.suite.network].facts.limits.count
    one = post(folder, stage.suite.network, pictures=limit.pictures)
    found = []
    for number, (text, fits) in enumerate(texts(count, limit.most)):
        outgoing = replace(one, delivery=f"{number:012x}", text=text, facets=facets_of(text))
        publisher = stage.suite.publisher(stage, folder)  # type: ignore[arg-type] # address and state are all that is asked for
        found.append((fits, is_taken(publisher, outgoing), text))
    return found


@pytest.mark.parametrize("limit", list(limits()), ids=str)
def test_two_hundred_mixed_texts_are_counted_as_the_network_does(limit: Limit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in OUR_OWN_REFUSALS:
        monkeypatch.setattr(f"scheduler.publishers.{room}.exceeded", lambda *_: ())
    with staged(STAGES[limit.kind], tmp_path / "emulator", monkeypatch) as stage:
        stage.emulator.state.update(polls=0, quota=1_000)
        found = two_hundred(stage, limit, tmp_path)
        assert [text for fits, taken, text in found if fits is not taken] == []
        assert [taken for _, taken, _ in found].count(True) == stage.out() == 100


def test_every_network_is_counted_or_has_no_limit() -> None:
    counted = {STAGES[limit.kind].network for limit in limits()}
    assert counted.isdisjoint(NO_LIMIT)
    assert counted | set(NO_LIMIT) == set(known_networks())
    assert {name for name, adapter in known_networks().items() if adapter.facts.limits.text is None} == set(NO_LIMIT)
    print("\n" + "\n".join(f"{name}: {reason}." for name, reason in {**NO_LIMIT, **NOT_TOLD}.items()))


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_whatever_is_put_together_both_count_the_same(text: str) -> None:
    networks = known_networks()
    assert networks["mastodon"].facts.limits.count(text) == mastodon_counting.length(text, LINK)
    assert networks["x"].facts.limits.count(text) == x_counting.weighted_length(text)
    assert networks["threads"].facts.limits.count(text) == threads_counting.length(text)


def test_no_emoji_is_shorter_to_us_than_to_threads() -> None:
    """Signs without a name yet may be emoji one day: those we count as such already."""
    count = known_networks()["threads"].facts.limits.count
    emoji = [chr(code) for code in sorted(threads_counting.EMOJI)]
    assert len(emoji) > 1_000
    assert [sign for sign in emoji for text in (sign, f"x{sign}") if count(text) < threads_counting.length(text)] == []


def imported(path: Path) -> set[str]:
    """Returns the modules of the house that a file asks for, at its top or inside."""
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    found = [[each.name for each in node.names] for node in tree if isinstance(node, ast.Import)]
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    found += [
        [str(node.module), *(f"{node.module}.{each.name}" for each in node.names)] for node in tree if isinstance(node, ast.ImportFrom)
    ]
    return {name for names in found for name in names if name.partition(".")[0] in {"scheduler", "tests"}}


def test_emulators_share_nothing_with_what_they_judge() -> None:
    """Not even by way of other modules of the tests; a clock and the libraries' own words are all that both have."""
    waiting, seen, shared = sorted((ROOT / "tests/emulators").glob("*.py")), set[Path](), set[str]()
    assert len(waiting) > 15
    while waiting:
        path = waiting.pop()
        seen.add(path)
        names = imported(path)
        shared |= {f"{path.name}: {name}" for name in names if name.startswith("scheduler")}
        beside = {ROOT / f"{name.replace('.', '/')}.py" for name in names if name.startswith("tests")}
        waiting += [each for each in beside if each.exists() and each not in seen]
    assert {line.partition(": ")[2].removesuffix(".SystemClock") for line in shared} == {"scheduler.clock"}, sorted(shared)
    counting = [path for path in seen if path.stem in {"clusters", "mastodon_counting", "threads_counting", "x_counting", "x_signing"}]
    assert len(counting) == 5
    assert [path.name for path in seen if "import regex" in path.read_text(encoding="utf-8")] == [], "regex is what we count with"
