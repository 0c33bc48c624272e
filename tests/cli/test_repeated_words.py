"""What a person sees of two posts of equal words on an account of a network that refuses them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from scheduler.clock import SystemClock
from tests.cli.running import inside

CONFIG = """\
[organisation]
name = "Harbor Workers"
timezone = "UTC"
languages = ["en", "es"]

[accounts.company]
network = "linkedin"
author = "urn:li:organization:1"

[accounts.noticias]
network = "linkedin"
author = "urn:li:organization:2"
language = "es"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "posts").mkdir()
    write(tmp_path, "first", 3, "Join us on {link}.", "link: https://example.org/march\n")
    write(tmp_path, "again", 9, "Join us on https://example.org/march.")
    return tmp_path


def day(ahead: int) -> str:
    return f"{SystemClock().now() + timedelta(days=ahead):%Y-%m-%d}"


def write(folder: Path, name: str, ahead: int, text: str, more: str = "") -> None:
    (folder / f"posts/{name}.md").write_text(f"---\nwhen: {day(ahead)} 12:30\n{more}---\n{text}\n", encoding="utf-8")


def told(folder: Path, *names: str) -> list[tuple[str, Any]]:
    findings = inside(folder, "check", *(f"posts/{name}.md" for name in names), "--json").json["findings"]
    return [(found["path"], found["account"]) for found in findings if found["rule"] == "repeated-words"]


def test_check_tells_of_it_whichever_of_the_two_files_it_looks_at(folder: Path) -> None:
    assert told(folder) == told(folder, "first") == told(folder, "again") == [("posts/again.md", None)]
    seen = inside(folder, "check").out
    assert f"“posts/first.md” brings the same to company, noticias on {day(3)} 12:30" in seen
    assert f" --> posts/again.md:4:1\n  |\n4 | Join us on https://example.org/march.\n  | {'^' * 37} this would come after it" in seen
    write(folder, "other", 4, "Something else.")
    assert told(folder, "other") == []


def test_it_is_told_for_the_account_alone_whose_words_are_equal(folder: Path) -> None:
    (folder / "posts/again.es.md").write_text("Ven a la marcha.\n", encoding="utf-8")
    assert told(folder) == [("posts/again.md", "company")]


def test_the_preview_shows_it_on_the_later_card(folder: Path) -> None:
    assert inside(folder, "preview", "--export", "seen.html").code == 0
    page = (folder / "seen.html").read_text(encoding="utf-8")
    assert page.count("brings the same to company, noticias") >= 1


def test_it_can_be_allowed_with_a_reason_and_is_gone_once_a_word_is_another(folder: Path) -> None:
    write(
        folder, "again", 9, "Join us on https://example.org/march.", "allow: repeated-words\nallow-because: the first is deleted by hand\n"
    )
    assert told(folder) == []
    write(folder, "again", 9, "Still: join us on https://example.org/march.")
    assert told(folder) == []


def test_a_rehearsal_shows_what_it_warned_of(folder: Path) -> None:
    played = inside(folder, "rehearse", "--json").json["deliveries"]
    assert [(item["post"], item["account"], item["state"]) for item in played] == [
        ("first", "company", "sent"),
        ("first", "noticias", "sent"),
        ("again", "company", "held"),
        ("again", "noticias", "held"),
    ]
