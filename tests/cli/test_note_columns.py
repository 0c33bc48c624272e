"""Where the caret stands on a line with notes: below the words that are meant, whatever was taken out before, between or behind them."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.clock import SystemClock
from tests.cli.running import inside

CONFIG = """\
[organisation]
name = "Harbor Workers"
timezone = "UTC"
languages = ["en"]

[accounts.masto]
network = "mastodon"
server = "https://social.example"

[accounts.insta]
network = "instagram"
user_id = "1"
"""
HASHTAGS = '[mayday]\ntags = ["MayDay2027"]\n'
LINES = {
    "Come **now** please": ("markdown-left-over", "**now**"),
    "Come TODO please": ("leftover-note", "TODO"),
    "On {evnt.date} we meet": ("unknown-placeholder", "{evnt.date}"),
    "On {event.date} we meet": ("unfilled-placeholder", "{event.date}"),
    "By {mention.nobody} here": ("unfilled-placeholder", "{mention.nobody}"),
    r"See \[the notes\] here": ("escape-left-over", r"\[the notes\]"),
    "March #mayday2027 now": ("hashtag-spelling", "mayday2027"),
    "With @choir@far.example now": ("mention-elsewhere", "@choir@far.example"),
    "See ![what](photo.jpg) here": ("picture-in-text", "![what](photo.jpg)"),
    "See [[photo.jpg]] here": ("broken-picture", "[[photo.jpg]]"),
    "![what it shows](photo.jpg)": ("waiting-for-picture", "photo.jpg"),
    "![a TODO of ours](photo.jpg)": ("leftover-note", "TODO"),
    "when: 2027-03-01 09:00": ("setting-in-text", "when: 2027-03-01 09:00"),
    "### mastodno": ("unknown-section", "mastodno"),
}
NOTES = ["%% x %%", "%%{evnt.date} **now** TODO%%", "<!-- @choir@far.example #mayday2027 -->", "%%%%", "%%🚩 ü%%"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("columns")
    (made / "config.toml").write_text(CONFIG, encoding="utf-8")
    (made / "posts").mkdir()
    (made / "posts/_hashtags.toml").write_text(HASHTAGS, encoding="utf-8")
    return made


def pointed(folder: Path, line: str, rule: str, *, before: str = "Come.\n\n") -> list[str]:
    """Returns what the carets of a rule stand below."""
    day = f"{SystemClock().now() + timedelta(days=9):%Y-%m-%d}"
    text = f"---\nwhen: {day} 12:30\n---\n{before}{line}\n"
    (folder / "posts/post.md").write_text(text, encoding="utf-8")
    lines = text.split("\n")
    findings = inside(folder, "check", "--json").json["findings"]
    found = {(each["line"], each["column"], each["end_column"]) for each in findings if each["rule"] == rule}
    return [lines[number - 1][column - 1 : end - 1] for number, column, end in sorted(found)]


@pytest.mark.parametrize("line", LINES)
def test_a_note_before_the_words_moves_the_caret_with_them(folder: Path, line: str) -> None:
    rule, words = LINES[line]
    assert pointed(folder, line, rule) == [words]
    for note in NOTES[:3]:
        assert pointed(folder, f"{note}{line}", rule) == [words]
        assert pointed(folder, f"{line} {note}", rule)[0].rstrip().startswith(words)


def test_the_first_line_of_a_text_is_pointed_at_without_the_note_before_it(folder: Path) -> None:
    assert pointed(folder, "%% ask Kim %%" + "Long. " * 90, "too-long", before="")[0].startswith("Long. Long.")


def test_several_notes_and_several_mistakes_on_one_line_are_each_pointed_at(folder: Path) -> None:
    line = "%%a%% One **two** %%b%% {evnt.date}, <!-- c -->**three** %%d%% and #mayday2027 %%e%%"
    assert pointed(folder, line, "markdown-left-over") == ["**two**", "**three**"]
    assert pointed(folder, line, "unknown-placeholder") == ["{evnt.date}"]
    assert pointed(folder, line, "hashtag-spelling") == ["mayday2027"]


def test_a_note_that_ends_on_the_line_moves_its_words(folder: Path) -> None:
    assert pointed(folder, "Come %% this\nand that %% **now**", "markdown-left-over") == ["**now**"]


def test_a_note_within_the_words_is_under_their_caret_and_they_are_not_mended_blindly(folder: Path) -> None:
    assert pointed(folder, "Come **n%%a%%ow** please", "markdown-left-over") == ["**n%%a%%ow**"]
    assert pointed(folder, "March #may%%a%%day2027 now", "hashtag-spelling") == ["may%%a%%day2027"]
    assert pointed(folder, "On {evnt.%%a%%date} now", "unknown-placeholder") == ["{evnt.%%a%%date}"]
    assert inside(folder, "check", "--fix", "--unsafe", "--yes").code == 1
    assert "On {evnt.%%a%%date} now" in (folder / "posts/post.md").read_text(encoding="utf-8")


def test_what_is_mended_beside_notes_is_what_the_caret_stands_below(folder: Path) -> None:
    pointed(folder, "%%{evnt.date} #mayday2027%% On {evnt.date} <!-- {evnt.date} --> {evnt.date} #mayday2027 %%b%%", "")
    inside(folder, "check", "--fix", "--unsafe", "--yes")
    mended = (folder / "posts/post.md").read_text(encoding="utf-8").split("\n")[5]
    assert mended == "%%{evnt.date} #mayday2027%% On {event.date} <!-- {evnt.date} --> {event.date} #MayDay2027 %%b%%"


def test_the_time_in_a_heading_is_pointed_at_beside_its_notes(folder: Path) -> None:
    text = "---\nkind: series\n---\n## %%a%%Save the date%%b%% | %%c%% 2027-13-01 09:00\nCome.\n"
    (folder / "posts/post.md").write_text(text, encoding="utf-8")
    found = inside(folder, "check", "--json").json["findings"][0]
    assert text.split("\n")[found["line"] - 1][found["column"] - 1 : found["end_column"] - 1] == "2027-13-01"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*NOTES, "One ", " **two** ", "three", "🚩", " **vier**, "]), min_size=1, max_size=8))
def test_every_caret_stands_below_its_words_wherever_notes_stand(folder: Path, pieces: list[str]) -> None:
    found = pointed(folder, "x " + " ".join(pieces), "markdown-left-over")
    assert found == [piece.strip(" ,") for piece in pieces if piece.strip(" ,").startswith("**")]
