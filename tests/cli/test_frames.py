"""A finding fits into the terminal, and the caret stands under what it is about."""

import os
from pathlib import Path

import click
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from scheduler.cli.screen.frames import frame
from scheduler.model.finding import Finding, Severity, Span

LINE = "We ask every one of you to come to the pier at {event.tiem}, with friends, neighbours and everybody who works at the harbor."


def shown(folder: Path, line: str, word: str, *, width: int | None, label: str = "did you mean “{event.time}”?") -> list[str]:
    (folder / "post.md").write_text(f"{line}\n", encoding="utf-8")
    start = line.index(word) + 1
    span = Span(1, start, start + len(word))
    finding = Finding(rule="rule", severity=Severity.ERROR, message="wrong", path="post.md", span=span, label=label)
    return click.unstyle(frame(finding, folder, width)).splitlines()[3:]


def test_a_short_line_is_shown_whole_with_the_label_beside_the_caret(tmp_path: Path) -> None:
    assert shown(tmp_path, "Come at {tiem}", "{tiem}", width=80) == [
        "1 | Come at {tiem}",
        "  |         ^^^^^^ did you mean “{event.time}”?",
    ]


def test_a_long_line_is_cut_around_the_place(tmp_path: Path) -> None:
    assert shown(tmp_path, LINE, "{event.tiem}", width=80) == [
        "1 | … to come to the pier at {event.tiem}, with friends, neighbours and everybo…",
        "  |                          ^^^^^^^^^^^^ did you mean “{event.time}”?",
    ]


def test_a_label_that_does_not_fit_beside_the_caret_goes_below(tmp_path: Path) -> None:
    line, caret, label = shown(tmp_path, "We meet tomorrow at the pier, at {tiem}", "{tiem}", width=60)
    assert line == "1 | We meet tomorrow at the pier, at {tiem}"
    assert caret.endswith(" ^^^^^^")
    assert label.endswith("  did you mean “{event.time}”?")
    assert len(label) <= 60


def test_without_a_terminal_the_line_is_whole(tmp_path: Path) -> None:
    assert shown(tmp_path, LINE, "{event.tiem}", width=None)[0] == f"1 | {LINE}"


@given(
    before=st.text("aé語👍🏽 x", max_size=200),
    after=st.text("aé語👍🏽 x", max_size=200),
    width=st.integers(40, 120),
)
def test_the_caret_stands_under_the_word_in_any_width(tmp_path_factory: object, before: str, after: str, width: int) -> None:
    assert hasattr(tmp_path_factory, "mktemp")
    line, caret = shown(tmp_path_factory.mktemp("any"), f"{before}WORD{after}", "WORD", width=width, label="")
    assert wcswidth(line) <= width
    column = wcswidth(line[: line.index("WORD")])
    assert caret.index("^^^^") == column
    assert caret.count("^") == 4


def pointed_at(folder: Path, path: str) -> str:
    return click.unstyle(frame(Finding(rule="rule", severity=Severity.ERROR, message="wrong", path=path), folder))


def test_nothing_is_shown_of_a_file_outside_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (tmp_path / "secret.md").write_text("secret", encoding="utf-8")
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    assert "secret" not in pointed_at(folder, "link.md")
    assert "secret" not in pointed_at(folder, "../secret.md").replace("secret.md", "")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    assert pointed_at(tmp_path, "pipe.md") == "error: wrong  (rule)\n --> pipe.md:1:1\n"


def test_a_name_with_control_characters_stays_on_its_line(tmp_path: Path) -> None:
    (tmp_path / "a\n\x1b[31m.md").write_text("x", encoding="utf-8")
    assert pointed_at(tmp_path, "a\n\x1b[31m.md").splitlines()[1] == " --> a··[31m.md:1:1"


def test_a_line_of_a_whole_book_is_cut_where_there_is_no_terminal_too(tmp_path: Path) -> None:
    line, caret = shown(tmp_path, f"{'word ' * 9_000}{{tiem}}{' word' * 9_000}", "{tiem}", width=None)
    assert len(line) <= 1_000
    assert line[caret.index("^") : caret.index("^") + 6] == "{tiem}"


def test_a_file_that_was_saved_meanwhile_is_read_anew(tmp_path: Path) -> None:
    assert shown(tmp_path, "Come at {tiem}", "{tiem}", width=80)[0] == "1 | Come at {tiem}"
    assert shown(tmp_path, "We meet at {tiem}", "{tiem}", width=80)[0] == "1 | We meet at {tiem}"


def test_the_caret_is_as_wide_as_an_emoji_in_its_coloured_form(tmp_path: Path) -> None:
    line, caret = shown(tmp_path, "Come ❤\ufe0f {tiem}", "❤\ufe0f", width=80)
    assert wcswidth("❤\ufe0f") == caret.count("^")
    assert line.startswith("1 | Come ❤")
