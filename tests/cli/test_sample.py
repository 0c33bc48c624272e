"""Whenever ``init`` is run, the sample that it writes lies ahead, names the right weekdays, is clean and can be played."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from babel.dates import get_day_names, get_month_names

from scheduler.assembly import Project, open_project
from scheduler.cli.screen.files.sample import WRITTEN_FOR, Sample
from scheduler.clock import VirtualClock
from scheduler.model.delivery import Facts, State
from tests.cli.running import inside

DAYS = [
    date(2026, 11, 22),
    date(2026, 12, 31),
    date(2027, 3, 3),
    date(2027, 3, 14),  # clocks go forward in Los Angeles, and a fortnight later in Berlin
    date(2027, 4, 30),
    date(2027, 10, 31),  # clocks go back in Berlin, and a week later in Los Angeles
    date(2027, 11, 7),
    date(2028, 1, 1),
    date(2028, 2, 21),
    date(2028, 2, 29),
    date(2029, 3, 25),
    date(2031, 10, 26),
    date(2034, 6, 15),
    date(2099, 12, 31),
]
EVENINGS = timedelta(hours=20)


def sample(folder: Path, today: date, zone: str | None = None) -> Project:
    Sample.found().write(folder, name=None, timezone=zone, today=today)
    return open_project(folder, VirtualClock(datetime.combine(today, datetime.min.time(), UTC) + EVENINGS))


def texts(folder: Path) -> str:
    return "\n".join(f"{path.relative_to(folder)}\n{path.read_text(encoding='utf-8')}" for path in sorted((folder / "posts").rglob("*.*")))


@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_sample_is_clean_and_lies_ahead_on_whatever_day_it_is_written(tmp_path: Path, today: date, zone: str | None) -> None:
    project = sample(tmp_path, today, zone)
    agenda = project.agenda(project.clock.now(), Facts(), sketched=True)
    assert agenda.findings == ()
    assert {entry.state for entry in agenda.entries} == {State.PLANNED}
    assert len(agenda.entries) == 50
    first = min(entry.delivery.due.local.date() for entry in agenda.entries)
    assert timedelta(days=3) <= first - today <= timedelta(days=9)
    assert max(entry.delivery.due.local.date() for entry in agenda.entries) - first == timedelta(days=57)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_every_day_in_its_words_is_the_weekday_written_beside_it(tmp_path: Path, today: date) -> None:
    sample(tmp_path, today)
    written = texts(tmp_path)
    assert not re.search(r"\b2027\b", written) or today.year in {2026, 2027}
    year = today.year
    for tag, form in (("en", r"(\w+day), (\w+) (\d+)\b"), ("es", r"(lunes|martes|miércoles|jueves|viernes|sábado|domingo) (\d+) de (\w+)")):
        months = {name: number for number, name in get_month_names("wide", locale=tag).items()}
        days = {name: number for number, name in get_day_names("wide", locale=tag).items()}
        found = re.findall(form, written)
        assert found
        for weekday, one, other in found:
            month, day = (one, other) if tag == "en" else (other, one)
            possible = (date(number, months[month], int(day)) for number in (year, year + 1) if _is_day(number, months[month], int(day)))
            named = next(at for at in possible if at >= today)
            assert named.weekday() == days[weekday]
            assert named - today < timedelta(days=60)


def _is_day(year: int, month: int, day: int) -> bool:
    return day <= 28 or (date(year, month, 1) + timedelta(days=day - 1)).month == month


@pytest.mark.parametrize("today", [date(2028, 2, 29), pytest.param(date(2027, 10, 31), marks=pytest.mark.long)], ids=str)
def test_it_can_be_played_from_that_day_on(tmp_path: Path, today: date) -> None:
    played = sample(tmp_path, today).rehearse(None, None, lambda _done, _all: None)
    assert played.failures == ()
    assert len(played.entries) == 50


def test_on_the_day_it_stands_for_it_is_the_repository_s_own(tmp_path: Path) -> None:
    found = Sample.found()
    sample(tmp_path, WRITTEN_FOR)
    own = {path.relative_to(found.folder) for path in (found.folder / "posts").rglob("*.*")}
    assert {path.relative_to(tmp_path) for path in (tmp_path / "posts").rglob("*.*")} == own
    assert all((tmp_path / path).read_bytes() == (found.folder / path).read_bytes() for path in own)


def test_the_command_counts_from_the_day_it_is_run(tmp_path: Path) -> None:
    assert inside(tmp_path, "init", "org", "--yes").code == 0
    assert inside(tmp_path / "org", "check", "--json").json["findings"] == []
    assert {item["state"] for item in inside(tmp_path / "org", "list", "--json").json["deliveries"]} == {"planned"}
    assert inside(tmp_path, "init", "org", "--yes").code == 0
    assert len(list((tmp_path / "org/posts").rglob("*.md"))) == 7
