"""What a person sees of slots, renamed files, edits after sending and events that move, with the real command on a real ledger."""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from scheduler.clock import SystemClock
from tests.cli.running import inside, scheduler

CONFIG = """\
[organisation]
name = "Harbor Workers"
timezone = "UTC"
languages = ["en", "es"]

[accounts.masto]
network = "mastodon"
server = "https://social.example"

[accounts.noticias]
network = "mastodon"
server = "https://social.example"
language = "es"

[accounts.website]
network = "website"
languages = "thread"

[slots.default]
daily = ["12:00"]

[policy]
settle = "0s"
quiet_before_publish = "0s"
"""
MARCH = "---\nkind: event\ntitle: March\nstarts: {day} 14:00\nplace: Pier Square\nwhere: [masto]\n---\n"
SERIES = """\
---
kind: series
---
## Save the date | 6 weeks before, 10:00
Save {event.date}.

## Tomorrow | 1 day before, 17:30
Tomorrow at {event.time}.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    today.cache_clear()
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "posts").mkdir()
    return tmp_path


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / "posts" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


@cache
def today() -> datetime:
    """Returns when the test began, so that midnight never falls between two of its lines."""
    return SystemClock().now()


def day(ahead: int) -> str:
    return f"{today() + timedelta(days=ahead):%Y-%m-%d}"


def sent_now(where: str) -> str:
    return f"---\nwhen: {today():%Y-%m-%d %H:%M}\nwhere: [{where}]\n---\nThe first words of this post.\n"


def run_once(folder: Path) -> None:
    done = scheduler(folder, "run", "--once")
    assert done.code == 0, done.err


def test_an_event_that_moves_shows_the_new_plan_before_it_takes_effect(folder: Path) -> None:
    write(folder, "march/_campaign.md", MARCH.format(day=day(60)))
    write(folder, "march/series.md", SERIES)
    run_once(folder)
    assert inside(folder, "list", "--changes").out == "The plan is what the ledger has; nothing changes.\n"
    write(folder, "march/_campaign.md", MARCH.format(day=day(67)))
    write(folder, "new.md", "---\nwhen: next slot\nwhere: [masto]\n---\nNew.\n")
    found = inside(folder, "list", "--changes", "--json").json
    assert found["schema"] == "scheduler.changes/1"
    changes = {(change["post"], change["part"]): change for change in found["changes"]}
    assert {key: change["change"] for key, change in changes.items()} == {
        ("march/series", "Save the date"): "moved",
        ("march/series", "Tomorrow"): "moved",
        ("new", None): "new",
    }
    moved = changes["march/series", "Tomorrow"]
    assert (moved["due_before"], moved["due"]) == (f"{day(59)}T17:30:00+00:00", f"{day(66)}T17:30:00+00:00")
    said = inside(folder, "list", "--changes").out
    assert "Moves to another time:" in said
    assert "march/series · Tomorrow: " in said
    run_once(folder)
    assert inside(folder, "list", "--changes", "--json").json["changes"] == []


def test_a_cancelled_event_says_what_is_held_and_what_is_out_already(folder: Path) -> None:
    march = MARCH.replace("masto", "website").format(day=day(42))
    write(folder, "march/_campaign.md", march)
    soon = f"{today():%H:%M}"
    write(folder, "march/series.md", SERIES.replace("10:00", soon))
    run_once(folder)
    campaign = march.replace("place:", "cancelled: yes\nplace:")
    write(folder, "march/_campaign.md", campaign)
    changes = inside(folder, "list", "--changes", "--json").json["changes"]
    assert {(change["part"], change["change"]) for change in changes} == {("Tomorrow", "held"), ("Save the date", "out")}
    states = {item["part"]: item["state"] for item in inside(folder, "list", "--json").json["deliveries"]}
    assert states == {"Save the date": "sent", "Tomorrow": "held"}
    rules = {finding["rule"] for finding in inside(folder, "check", "--json").json["findings"]}
    assert "already-out" in rules
    write(folder, "march/_campaign.md", campaign.replace("cancelled: yes", f"postponed-to: {day(50)} 14:00"))
    moved = {change["part"]: change for change in inside(folder, "list", "--changes", "--json").json["changes"]}
    assert moved["Tomorrow"]["due"] == f"{day(49)}T17:30:00+00:00"
    assert moved["Save the date"]["change"] == "out"


def test_what_was_only_rehearsed_moves_with_its_event(folder: Path) -> None:
    write(folder, "march/_campaign.md", MARCH.format(day=day(42)))
    write(folder, "march/series.md", SERIES.replace("10:00", f"{today():%H:%M}"))
    run_once(folder)
    assert {item["part"]: item["rehearsed"] for item in inside(folder, "list", "--json").json["deliveries"]}["Save the date"]
    write(folder, "march/_campaign.md", MARCH.format(day=day(50)))
    moved = {change["part"]: change for change in inside(folder, "list", "--changes", "--json").json["changes"]}
    assert (moved["Save the date"]["change"], moved["Save the date"]["due_before"][:10]) == ("moved", day(0))
    assert moved["Save the date"]["due"][:10] == day(8)


def test_a_post_that_is_out_is_not_sent_again_after_it_was_renamed_and_edited_and_the_edit_is_shown(folder: Path) -> None:
    file = write(folder, "now.md", sent_now("masto, website"))
    run_once(folder)
    file.rename(file.with_name("then.md"))
    write(folder, "then.md", file.with_name("then.md").read_text(encoding="utf-8").replace("first", "very first"))
    run_once(folder)
    (one, two) = inside(folder, "list", "--json").json["deliveries"]
    assert {one["post"], two["post"]} == {"then"}
    assert (one["state"], one["changed"], two["state"], two["changed"]) == ("sent", True, "sent", True)
    assert len(inside(folder, "history", "then", "--json").json["attempts"]) == 2
    listed = " ".join(inside(folder, "list").out.split())
    assert "was changed since it was rehearsed for masto;" in listed
    assert "was changed since it went out on website;" in listed
    assert "  Changed since it was rehearsed; nothing of it is out." in inside(folder, "show", "then", "--network", "masto").out
    shown = inside(folder, "show", "then", "--network", "website").out
    assert "  Changed since it went out; the network still shows what was sent." in shown
    assert "lets the words of a post be changed: do that there." in shown
    assert "- The first words of this post." in shown
    assert "+ The very first words of this post." in shown


def test_a_post_in_two_languages_goes_to_each_account_in_its_own_and_to_the_website_in_both(folder: Path) -> None:
    write(folder, "hello.md", f"---\nwhen: {day(3)} 10:00\n---\nHello!\n\n### lang es\n¡Hola!\n")
    found = {item["account"]: item for item in inside(folder, "show", "hello", "--json").json["outgoing"]}
    assert {name: (item["text"], item["language"]) for name, item in found.items()} == {
        "masto": ("Hello!", "en"),
        "noticias": ("¡Hola!", "es"),
        "website": ("Hello!", "en"),
    }
    assert [reply["text"] for reply in found["website"]["replies"]] == ["¡Hola!"]
    run_once(folder)
    assert "Answer 1" in inside(folder, "show", "hello", "--network", "website").out


def test_a_repeated_post_is_listed_with_its_days_and_rehearsed_on_each(folder: Path) -> None:
    days = f"repeat-from: {day(1)}\nrepeat-until: {day(7)}"
    write(folder, "rights.md", f"---\nrepeat: every 2 days at 12:30\n{days}\nwhere: [masto]\n---\nOne.\n\n### variation\nTwo.\n")
    found = inside(folder, "rehearse", "--json")
    assert found.code == 0, found.err
    assert [(item["occurrence"], item["state"]) for item in found.json["deliveries"]] == [(day(ahead), "sent") for ahead in (1, 3, 5, 7)]
    texts = {path.read_text(encoding="utf-8") for path in (folder / ".scheduler/rehearse/masto").glob("*/post.txt")}
    assert texts == {"One.", "Two."}


def test_an_evergreen_with_the_same_words_each_time_is_no_double(folder: Path) -> None:
    write(
        folder,
        "rights.md",
        f"---\nrepeat: every day at 12:30\nrepeat-from: {day(1)}\nrepeat-until: {day(3)}\nwhere: [masto]\n---\nThe same.\n",
    )
    assert [item["state"] for item in inside(folder, "rehearse", "--json").json["deliveries"]] == ["sent"] * 3


def test_the_queue_stays_as_it_was_seen_when_a_post_comes_before_it(folder: Path) -> None:
    write(folder, "m.md", "---\nwhen: next slot\nwhere: [masto]\n---\nSeen first.\n")
    run_once(folder)
    before = inside(folder, "list", "--json").json["deliveries"]
    write(folder, "a.md", "---\nwhen: next slot\nwhere: [masto]\n---\nWritten later.\n")
    after = {item["post"]: item["due"] for item in inside(folder, "list", "--json").json["deliveries"]}
    assert after["m"] == before[0]["due"]
    assert after["a"] > after["m"]


def test_a_post_that_comes_again_is_listed_and_rehearsed_as_far_ahead_as_was_asked(folder: Path) -> None:
    write(folder, "rights.md", f"---\nrepeat: every 6 weeks at 12:30\nrepeat-from: {day(1)}\nwhere: [masto]\n---\nOne.\n")
    near = inside(folder, "list")
    assert "Posts that come again are shown up to" in near.err
    assert "--until shows more" in near.err
    far = inside(folder, "list", "--from", day(300), "--until", day(400), "--json").json
    assert [item["occurrence"] for item in far["deliveries"]] == [day(1 + 42 * times) for times in (8, 9)]
    without_end = inside(folder, "list", "--from", day(300), "--json").json
    assert [item["occurrence"] for item in without_end["deliveries"]] == [day(1 + 42 * 8)]
    played = inside(folder, "rehearse", "--from", day(300), "--until", day(400), "--json").json
    assert [(item["occurrence"], item["state"]) for item in played["deliveries"]] == [(day(1 + 42 * times), "sent") for times in (8, 9)]


def test_what_nobody_plans_yet_is_said_and_not_silently_left_out(folder: Path) -> None:
    write(folder, "rights.md", f"---\nrepeat: every 6 weeks at 12:30\nrepeat-from: {day(1)}\nwhere: [masto]\n---\nOne.\n")
    done = inside(folder, "list", "--from", day(3000))
    assert "Nothing is planned in that time." in done.out
    assert f"Posts that come again are shown up to {day(731)}" in done.err


def test_a_language_in_a_file_of_its_own_is_one_post_before_and_after_it_went_out(folder: Path) -> None:
    write(folder, "hello.md", f"---\nwhen: {day(3)} 10:00\nwhere: [masto, noticias]\n---\nHello!\n")
    write(folder, "hello.es.md", "¡Hola!\n")
    found = {item["account"]: (item["text"], item["language"]) for item in inside(folder, "show", "hello.es.md", "--json").json["outgoing"]}
    assert found == {"masto": ("Hello!", "en"), "noticias": ("¡Hola!", "es")}
    run_once(folder)
    write(folder, "hello.md", f"---\nwhen: {day(4)} 10:00\nwhere: [masto, noticias]\n---\nHello!\n")
    moved = inside(folder, "list", "--changes", "--json").json["changes"]
    assert [(item["change"], item["account"]) for item in moved] == [("moved", "masto"), ("moved", "noticias")]
    for name in ("hello.md", "hello.es.md"):
        (folder / "posts" / name).rename(folder / "posts" / name.replace("hello", "greeting"))
    assert {item["change"] for item in inside(folder, "list", "--changes", "--json").json["changes"]} == {"moved"}
    (folder / "posts/greeting.es.md").write_text("¡Hola a todas!\n", encoding="utf-8")
    assert "¡Hola a todas!" in inside(folder, "show", "greeting", "--network", "noticias").out
    exported = folder / "preview.html"
    inside(folder, "preview", "--export", str(exported))
    assert "¡Hola a todas!" in exported.read_text(encoding="utf-8")


def test_an_edit_of_a_language_file_after_it_went_out_is_shown_for_its_account_alone(folder: Path) -> None:
    write(folder, "now.md", sent_now("masto, noticias"))
    other = write(folder, "now.es.md", "Las primeras palabras.\n")
    run_once(folder)
    other.write_text("Otras palabras.\n", encoding="utf-8")
    run_once(folder)
    changed = {item["account"]: item["changed"] for item in inside(folder, "list", "--json").json["deliveries"]}
    assert changed == {"masto": False, "noticias": True}
    assert "+ Otras palabras." in inside(folder, "show", "now", "--network", "noticias").out
