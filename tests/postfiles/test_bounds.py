"""What no author means, in masses: it is held, told in few words, and costs neither time nor another post."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scheduler.model.post import PostFile, Reading
from tests.postfiles.conftest import folder_at

Write = Callable[[str, str | bytes], Path]
SETTINGS = "---\nwhen: 2026-04-14 12:00\n{}---\n{}\n"
MOST = 130

MASSES = {
    "settings that nobody knows": SETTINGS.format("".join(f"key{number}: x\n" for number in range(900)), "Text"),
    "settings that cannot be read": SETTINGS.format("title: x: y\n" * 900, "Text"),
    "lists that never end": SETTINGS.format("title: [x\n" * 900, "Text"),
    "lines of a list": SETTINGS.format("- x\n" * 6_000, "Text"),
    "names of no account": SETTINGS.format(f"where: [{', '.join(f'masto{number}x' for number in range(1_500))}]\n", "Text"),
    "headings": SETTINGS.format("", "".join(f"### chapter {number}\n" for number in range(9_000))),
    "headings without a space": SETTINGS.format("", "##chapter one\n" * 9_000),
    "parts without a time": "---\nkind: series\n---\n" + "".join(f"## Part {number} {'a ' * 40}\nText\n" for number in range(900)),
    "a part of very many words": "---\nkind: series\n---\n## " + "a " * 100_000 + "\nText\n",
    "braces": SETTINGS.format("", "{evnt.date} " * 9_000),
    "control characters": SETTINGS.format("", "\x01\n" * 90_000),
    "hidden characters": SETTINGS.format("", "a\u200bb\n" * 40_000) + "{x}",
    "letters without a shape": SETTINGS.format("", "a\ue000b\n" * 40_000) + "{x}",
    "a time of many digits": SETTINGS.format("expires: " + "9" * 5_000 + "-01-01\n", "Text"),
    "a rhythm of many digits": "---\nrepeat: every " + "9" * 5_000 + " weeks on Tuesday at 12:00\n---\nText\n",
}


@pytest.mark.parametrize("mass", MASSES)
def test_masses_of_mistakes_are_held_and_told_in_few_words(mass: str, write: Write, read: Callable[[], Reading]) -> None:
    write("posts/mass.md", MASSES[mass])
    write("posts/other.md", SETTINGS.format("", "Text"))
    files = {file.id: file for file in read().files}
    found = files["mass"].findings
    assert any(finding.is_error for finding in found)
    assert len(found) <= MOST
    assert files["other"].findings == ()


def test_a_file_of_which_too_much_is_wrong_is_held_as_a_whole(read_one: Callable[[str | bytes], PostFile]) -> None:
    bad = "".join(f"## Part {number}\nText\n" for number in range(150))
    file = read_one(f"---\nkind: series\n---\n## Good | 2026-04-14 12:00\nText\n{bad}")
    assert [finding.rule for finding in file.findings if finding.is_error and finding.part is None] == ["too-many-mistakes"]


def test_the_same_slip_twice_in_a_line_is_shown_at_both_places_and_mended_at_both(project: Path, write: Write) -> None:
    file = write("posts/post.md", SETTINGS.format("", "%% a note %% {evnt.date} and {evnt.date}, {evnt.time}"))
    folder = folder_at(project)
    found = folder.read().all_findings
    line = file.read_text(encoding="utf-8").splitlines()[3]
    assert [(one.span.column - 1, line[one.span.column - 1 : one.span.end_column - 1]) for one in found] == [
        (13, "{evnt.date}"),
        (29, "{evnt.date}"),
        (42, "{evnt.time}"),
    ]
    for mended in folder.mends(found, unsafe=True):
        folder.write(mended)
    assert file.read_text(encoding="utf-8").splitlines()[3] == "%% a note %% {event.date} and {event.date}, {event.time}"


def test_a_house_series_is_not_read_from_outside_the_project(project: Path, write: Write, read: Callable[[], Reading]) -> None:
    outside = project.parent / f"{project.name}-outside.md"
    outside.write_text("---\nkind: series\n---\n## Secret | 1 day before, 10:00\nSecret words\n", encoding="utf-8")
    write("posts/march/_campaign.md", "---\nkind: event\ntitle: March\nstarts: 2026-05-01 14:00\nseries: house\n---\n")
    (project / "assets/series").mkdir(parents=True)
    (project / "assets/series/house.md").symlink_to(outside)
    (file,) = read().files
    assert file.post is None
    assert any(finding.is_error for finding in file.findings)
