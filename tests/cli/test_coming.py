"""What a person is told before an account goes live: what goes out, what at once, and what does not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.cli.screen.deliveries.coming import told
from scheduler.model.delivery import State
from scheduler.model.plan import Entry
from tests.ledger.making import NOON, entry

TOMORROW, BEFORE = NOON + timedelta(days=1), NOON - timedelta(minutes=10)


def to_come(number: int) -> list[Entry]:
    return [entry(f"coming-{index}", due=TOMORROW) for index in range(number)]


def overdue(number: int) -> list[Entry]:
    return [entry(f"overdue-{index}", due=BEFORE) for index in range(number)]


def held(number: int) -> list[Entry]:
    return [entry(f"held-{index}", state=State.HELD, reason="No alt text.") for index in range(number)]


def rehearsed(number: int) -> list[Entry]:
    return [replace(entry(f"rehearsed-{index}", due=BEFORE, state=State.SENT), rehearsed=True) for index in range(number)]


@pytest.mark.parametrize(
    ("entries", "lines"),
    [
        ([], ["hall has no posts to come."]),
        (to_come(1), ["hall has 1 post to come."]),
        (to_come(4), ["hall has 4 posts to come; above are the next 3."]),
        (
            overdue(1),
            ["hall has 1 post to come.", "It is due already, and goes out as soon as the account is live and the scheduler runs."],
        ),
        (
            [*overdue(1), *to_come(1)],
            ["hall has 2 posts to come.", "1 of them is due already, and goes out as soon as the account is live and the scheduler runs."],
        ),
        (
            [*overdue(2), *to_come(1)],
            ["hall has 3 posts to come.", "2 of them are due already, and go out as soon as the account is live and the scheduler runs."],
        ),
        (held(1), ["hall has no posts to come.", "1 post more is held and does not go out; see  scheduler list"]),
        (held(2), ["hall has no posts to come.", "2 posts more are held and do not go out; see  scheduler list"]),
        (rehearsed(1), ["hall has no posts to come.", "1 post was only rehearsed: it goes out if its file gets a later time."]),
        (rehearsed(2), ["hall has no posts to come.", "2 posts were only rehearsed: each goes out if its file gets a later time."]),
        ([entry("elsewhere", account="pier", due=TOMORROW)], ["hall has no posts to come."]),
        ([entry("out", due=BEFORE, state=State.SENT)], ["hall has no posts to come."]),
    ],
)
def test_what_goes_out_and_what_does_not_is_counted(entries: Sequence[Entry], lines: list[str]) -> None:
    assert list(told(entries, "hall", NOON, shown=3)) == lines
