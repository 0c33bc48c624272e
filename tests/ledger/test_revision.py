"""Telling that something changed, whoever changed it, on both databases."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.clock import VirtualClock
from scheduler.ledger import Claim, Ledger, LostClaimError, open_ledger
from scheduler.ledger.database.copies import back_up
from scheduler.ledger.history import Instance
from scheduler.ledger.pauses import Scope
from scheduler.model.outcome import Published, Refused, Uncertain
from scheduler.model.plan import Agenda
from scheduler.model.settings import Policy
from tests.ledger.conftest import OpenAgain
from tests.ledger.making import NOON, POLICY, claimed, entry, envelope, queued, sending

LATE = NOON + timedelta(days=2)


def sent(ledger: Ledger) -> Claim:
    queued(ledger, entry())
    return sending(ledger, entry())


WRITES: dict[str, Callable[[Ledger], object]] = {
    "another post": lambda ledger: queued(ledger, entry(), entry("strike")),
    "another text": lambda ledger: queued(ledger, entry(text="Another text")),
    "lateness": lambda ledger: ledger.mark_late(LATE),
    "a deleted file": lambda ledger: ledger.record(Agenda(), NOON, Policy()),
    "a claim": lambda ledger: claimed(ledger, entry()),
    "sending": lambda ledger: sending(ledger, entry()),
}
ANSWERS: dict[str, Callable[[Ledger, Claim], object]] = {
    "a kept id": lambda ledger, claim: ledger.remember(claim, "id", "7"),
    "published": lambda ledger, claim: ledger.settle(claim, Published("7"), NOON),
    "refused": lambda ledger, claim: ledger.settle(claim, Refused("No.", permanent=True), NOON),
    "uncertain": lambda ledger, claim: ledger.settle(claim, Uncertain("Who knows."), NOON),
    "a crash": lambda ledger, _: ledger.recover(LATE, lambda _: True),
}


@pytest.mark.parametrize("name", WRITES)
def test_whatever_is_written_of_a_post_that_waits_is_seen_from_another_process(ledger: Ledger, open_again: OpenAgain, name: str) -> None:
    queued(ledger, entry())
    other = open_again()
    before, seen = ledger.revision(), other.revision()
    WRITES[name](ledger)
    assert other.revision() != seen
    assert ledger.revision() != before


@pytest.mark.parametrize("name", ANSWERS)
def test_whatever_is_written_of_a_post_that_is_sent_is_seen_from_another_process(ledger: Ledger, open_again: OpenAgain, name: str) -> None:
    claim, other = sent(ledger), open_again()
    before, seen = ledger.revision(), other.revision()
    ANSWERS[name](ledger, claim)
    assert other.revision() != seen
    assert ledger.revision() != before


def test_each_further_step_is_another_revision(ledger: Ledger, open_again: OpenAgain) -> None:
    other, seen = open_again(), []
    seen.append(other.revision())
    queued(ledger, entry())
    seen.append(other.revision())
    held = claimed(ledger, entry())
    seen.append(other.revision())
    assert held is not None
    ledger.release(held, NOON)
    seen.append(other.revision())
    ledger.mark_late(LATE)
    seen.append(other.revision())
    ledger.let_go(ledger.facts().deliveries, LATE)
    seen.append(other.revision())
    assert len(set(seen)) == len(seen)


def test_reading_and_what_is_no_matter_of_the_plan_change_nothing(ledger: Ledger) -> None:
    queued(ledger, entry())
    before, facts = ledger.revision(), ledger.facts()
    ledger.beat(Instance("me", "here", 1, "boot", NOON, NOON))
    ledger.pause(Scope.ALL, "", "a rest", NOON)
    ledger.resume(Scope.ALL)
    ledger.put("trouble", ["none"])
    ledger.record(Agenda((entry(),)), NOON + timedelta(seconds=30), POLICY)
    assert (ledger.revision(), ledger.facts()) == (before, facts)


def test_a_copy_put_back_is_another_revision(ledger: Ledger) -> None:
    before = ledger.revision()
    ledger.put("restored", [NOON.isoformat(), NOON.isoformat()])
    between = ledger.revision()
    ledger.put("restored", [NOON.isoformat(), LATE.isoformat()])
    assert len({before, between, ledger.revision()}) == 3


def test_other_programs_are_seen_too(tmp_path: Path, clock: VirtualClock) -> None:
    ledger = open_ledger(tmp_path / "ledger.sqlite", clock)
    queued(ledger, entry())
    before = ledger.revision()
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as raw:
        raw.execute("UPDATE delivery SET reason = 'by hand'")
        raw.commit()
    assert ledger.revision() != before
    ledger.close()


def test_a_transaction_that_breaks_off_is_no_change_that_can_be_overlooked(ledger: Ledger) -> None:
    queued(ledger, entry())
    before = ledger.revision()
    with pytest.raises(LostClaimError):
        ledger.begin_sending(Claim("nothing", "hall", 1, LATE, 0), envelope(entry()), NOON)
    assert ledger.is_shared or ledger.revision() != before
    ledger.mark_late(LATE)
    assert ledger.revision() != before


def test_what_others_write_while_this_process_writes_too_is_seen(ledger: Ledger, open_again: OpenAgain) -> None:
    queued(ledger, entry(), entry("strike"))
    other = open_again()
    seen = {ledger.revision()}
    for step in range(6):
        ledger.beat(Instance("me", "here", 1, "boot", NOON, NOON + timedelta(seconds=step)))
        queued(other, entry(text=f"Text {step}"), entry("strike"))
        ledger.beat(Instance("me", "here", 1, "boot", NOON, NOON + timedelta(seconds=step)))
        assert ledger.revision() not in seen
        seen.add(ledger.revision())


def test_where_another_file_was_put_in_the_place_of_a_ledger_that_one_is_written_to(tmp_path: Path, clock: VirtualClock) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = open_ledger(path, clock)
    queued(ledger, entry())
    copy = back_up(path, tmp_path / "elsewhere", NOON)
    queued(ledger, entry(), entry("strike"))
    before = ledger.revision()
    copy.replace(path)
    ledger.past.look_back(NOON)
    assert ledger.revision() != before
    ledger.put("trouble", ["in the new file"])
    with closing(sqlite3.connect(path)) as raw:
        assert "in the new file" in raw.execute("SELECT value FROM meta WHERE key = 'trouble'").fetchone()[0]
    ledger.close()
