"""Which point of a picture stays in sight: in words or in numbers, and never misread."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.model.post import MediaRef, Reading
from scheduler.postfiles.lines.slips import Slip
from scheduler.postfiles.text.focus import read_focus, says_focus

Write = Callable[[str, str | bytes], Path]
POST = "---\nwhen: 2026-04-14 12:00\n---\nHello\n\n{}\n"


@pytest.fixture
def ref(write: Write, read: Callable[[], Reading]) -> Callable[[str], MediaRef]:
    def written(line: str) -> MediaRef:
        write("posts/a.jpg", b"\xff\xd8\xff")
        write("posts/a.md", POST.format(line))
        [file] = read().files
        assert file.post is not None
        [found] = file.post.parts[0].default.media or ()
        assert [finding.rule for finding in file.findings if finding.rule != "picture-title"] == []
        return found

    return written


@pytest.mark.parametrize(
    ("line", "alt", "focus"),
    [
        ('![A flag](a.jpg "focus top")', "A flag", (0, 1)),
        ("![A flag](a.jpg 'focus: bottom left')", "A flag", (-1, -1)),
        ("![A flag](a.jpg “Focus right, top”)", "A flag", (1, 1)),
        ('![A flag](a.jpg "focus top-left")', "A flag", (-1, 1)),
        ('![A flag](a.jpg "focus middle")', "A flag", (0, 0)),
        ('![A flag](<a.jpg> "focus centre right")', "A flag", (1, 0)),
        ('![A flag](a.jpg "focus: 0.2 -0.5")', "A flag", (0.2, -0.5)),
        ('![A flag](a.jpg "focus:0.2,-0.5")', "A flag", (0.2, -0.5)),
        ('![A flag](a.jpg "focus 0,2 −0,5")', "A flag", (0.2, -0.5)),
        ('![A flag](a.jpg "focus 0,2; -0,5")', "A flag", (0.2, -0.5)),
        ('![A flag](a.jpg "focus .5 -1")', "A flag", (0.5, -1)),
        ("![A flag|focus top](a.jpg)", "A flag", (0, 1)),
        ("![A flag|focus top|300](a.jpg)", "A flag", (0, 1)),
        ("![A flag|300|focus top](a.jpg)", "A flag", (0, 1)),
        ("![[a.jpg|A flag|focus: -0.3 0]]", "A flag", (-0.3, 0)),
        ("![[a.jpg|A flag | focus left]]", "A flag", (-1, 0)),
        ('![A flag](a.jpg "The flag of 1912")', "A flag", None),
        ("![Focus on the harbour](a.jpg)", "Focus on the harbour", None),
        ("![[a.jpg|Two|Focus on the harbour]]", "Two|Focus on the harbour", None),
        ("![Focus group at work|300](a.jpg)", "Focus group at work", None),
        ("![Focus: the harbour](a.jpg)", "Focus: the harbour", None),
        ("![Focus top](a.jpg)", "Focus top", None),
        ("![[a.jpg|Focus: the harbour]]", "Focus: the harbour", None),
        ("![[a.jpg|A flag|focus top|300x200]]", "A flag", (0, 1)),
    ],
)
def test_a_focus_is_words_or_numbers_and_no_part_of_the_description(
    line: str, alt: str, focus: tuple[float, float] | None, ref: Callable[[str], MediaRef]
) -> None:
    found = ref(line)
    assert (found.file, found.alt, found.focus) == ("a.jpg", alt, focus)


@pytest.mark.parametrize(
    ("line", "column", "end", "fix"),
    [
        ('![A flag](a.jpg "focus tpo left")', 18, 32, "focus top left"),
        ('![A flag](a.jpg "focus 2 0")', 18, 27, "focus top"),
        ('![A flag](a.jpg "focus left right")', 18, 34, "focus top"),
        ('![A flag](a.jpg "focus 20% 30%")', 18, 31, "focus top"),
        ('![A flag](a.jpg "focus: ")', 18, 24, "focus top"),
        ("![[a.jpg|A flag|focus: nose]]", 17, 28, "focus top"),
        ('![A flag](a.jpg "focus 0.5")', 18, 27, "focus top"),
    ],
)
def test_a_focus_that_cannot_be_understood_is_an_error_where_it_stands(
    line: str, column: int, end: int, fix: str, write: Write, read: Callable[[], Reading]
) -> None:
    write("posts/a.jpg", b"\xff\xd8\xff")
    write("posts/a.md", POST.format(line))
    [finding] = [finding for finding in read().all_findings if finding.rule == "bad-focus"]
    assert finding.is_error
    assert (finding.span.line, finding.span.column, finding.span.end_column, finding.fix) == (6, column, end, fix)


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_every_point_of_a_picture_can_be_said_in_numbers(x: float, y: float) -> None:
    assert read_focus(f"focus {x:.3f} {y:.3f}") == (float(f"{x:.3f}"), float(f"{y:.3f}"))


@given(st.text(max_size=30))
def test_any_words_are_a_point_of_the_picture_or_an_error(words: str) -> None:
    says_focus(words)
    found = read_focus(f"focus {words}")
    assert isinstance(found, Slip) or all(-1 <= number <= 1 for number in found)
