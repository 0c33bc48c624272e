"""``series: standard`` makes an event's posts in a folder that has no series of its own, in the languages it writes in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scheduler.postfiles.folder.shipped import shipped
from tests.cli.running import inside

CONFIG = """\
[organisation]
name = "Harbour Workers"
timezone = "Europe/Berlin"
languages = [{languages}]

[accounts.sky]
network = "bluesky"

[accounts.cielo]
network = "mastodon"
server = "https://social.example.org"
language = "es"
"""
EVENT = """\
---
kind: event
title: March for a Living Wage
starts: 2027-05-01 14:00
{more}series: standard
---
"""
FULL = "place: Pier Square\naccess: Step-free\nurl: https://example.org/march\n"
TIMES = ["2027-04-03T10:00:00+02:00", "2027-04-24T17:30:00+02:00", "2027-04-30T17:30:00+02:00", "2027-05-01T11:00:00+02:00"]
TIMES += ["2027-05-02T11:00:00+02:00"]
Project = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    def make(more: str = FULL, languages: str = '"en", "es"', name: str = "posts/march/_campaign.md") -> Path:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "config.toml").write_text(CONFIG.format(languages=languages), encoding="utf-8")
        (tmp_path / name).write_text(EVENT.format(more=more), encoding="utf-8")
        return tmp_path

    return make


def texts(folder: Path, account: str = "sky", post: str = "march/series") -> list[str]:
    shown = inside(folder, "show", post, "--json").json["outgoing"]
    return [item["text"] for item in shown if item["account"] == account]


def findings(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = inside(folder, "check", "--now", "2027-01-10T12:00:00Z", "--format", "json").json["findings"]
    return found


def test_an_event_gets_its_five_posts(project: Project) -> None:
    folder = project()
    assert findings(folder) == []
    listed = inside(folder, "list", "--json").json["deliveries"]
    assert [item["due"] for item in listed if item["account"] == "sky"] == TIMES
    first, second, *_ = texts(folder)
    assert first == (
        "Save the date: March for a Living Wage\n\nSaturday, May 1, 2 PM\nPier Square\n\n"
        "Tell a friend today, and come together.\n\nhttps://example.org/march"
    )
    assert "Step-free" in second
    assert all("https://example.org/march" in text for text in texts(folder))


def test_each_account_reads_it_in_its_language(project: Project) -> None:
    first, *_ = texts(project(), "cielo")
    assert first.startswith("Reserva la fecha: March for a Living Wage\n\nsábado, 1 de mayo, 14:00\nPier Square")


def test_what_the_event_does_not_say_leaves_no_hole(project: Project) -> None:
    folder = project(more="")
    assert findings(folder) == []
    assert texts(folder)[0] == "Save the date: March for a Living Wage\n\nSaturday, May 1, 2 PM\n\nTell a friend today, and come together."


def test_an_event_without_a_title_is_held_until_it_has_one(project: Project) -> None:
    folder = project()
    event = folder / "posts" / "march" / "_campaign.md"
    event.write_text(event.read_text(encoding="utf-8").replace("title: March for a Living Wage\n", ""), encoding="utf-8")
    assert {item["rule"] for item in findings(folder)} == {"unfilled-placeholder"}
    assert {item["state"] for item in inside(folder, "list", "--json").json["deliveries"]} == {"held"}


def test_an_event_in_one_file_takes_it_too(project: Project) -> None:
    folder = project(name="posts/march.md")
    assert findings(folder) == []
    assert len(texts(folder, post="march")) == len(TIMES)


@pytest.mark.parametrize("language", sorted(shipped()["standard"]))
def test_it_reads_well_in_each_language_that_it_is_written_in(project: Project, language: str) -> None:
    folder = project(languages=f'"{language}"')
    assert findings(folder) == []
    for text in texts(folder):
        assert len(text) <= 300
        assert "{" not in text
        assert "\n\n\n" not in text
        assert "March for a Living Wage" in text


def test_a_language_that_it_is_not_written_in_is_said_and_nothing_goes_out_in_another(project: Project) -> None:
    folder = project(languages='"pl", "en"')
    (finding,) = findings(folder)
    assert (finding["rule"], finding["path"], finding["line"]) == ("missing-series", "posts/march/_campaign.md", 8)
    assert "“pl”" in finding["message"]
    assert inside(folder, "list", "--json").json["deliveries"] == []


def test_the_language_of_the_event_is_that_of_its_posts(project: Project) -> None:
    first, *_ = texts(project(more="lang: de\n" + FULL))
    assert first.startswith("Zum Vormerken: March for a Living Wage\n\nSamstag, 1. Mai")


def test_a_series_of_the_house_wins(project: Project) -> None:
    folder = project()
    (folder / "assets" / "series").mkdir(parents=True)
    (folder / "assets" / "series" / "standard.md").write_text(
        "---\nkind: series\n---\n## Once | 1 day before, 10:00\nOurs.\n", encoding="utf-8"
    )
    assert texts(folder) == ["Ours."]


def test_what_is_wrong_with_it_is_found_where_it_is_asked_for(project: Project) -> None:
    folder = project()
    with (folder / "config.toml").open("a", encoding="utf-8") as config:
        config.write('\n[accounts.insta]\nnetwork = "instagram"\n')
    found = findings(folder)
    assert {(item["path"], item["line"], item["column"]) for item in found} == {("posts/march/_campaign.md", 8, 9)}
    assert {item["rule"] for item in found} == {"unfilled-placeholder", "picture-missing"}


def test_a_cancelled_event_holds_all_of_it(project: Project) -> None:
    folder = project(more=FULL + "cancelled: yes\n")
    assert {item["state"] for item in inside(folder, "list", "--json").json["deliveries"]} == {"held"}


def test_two_events_have_posts_of_their_own(project: Project) -> None:
    folder = project()
    project(name="posts/rally/_campaign.md", more="place: City Hall\n")
    listed = inside(folder, "list", "--json").json["deliveries"]
    assert len({item["delivery"] for item in listed}) == len(listed) == 2 * 2 * len(TIMES)
