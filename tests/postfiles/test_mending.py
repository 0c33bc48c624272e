"""``check --fix`` on the bytes: what is typed, and everything else that stays."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.model.finding import Edit
from scheduler.model.post import PostFile
from scheduler.postfiles.writing.mending import ChangedMeanwhile, NotWritten, typed
from tests.postfiles.conftest import folder_at

Write = Callable[[str, str | bytes], Path]

MENDED = {
    "title: Rally #3 tomorrow": 'title: "Rally #3 tomorrow"',
    "title: Reminder: strike #3": 'title: "Reminder: strike #3"',
    "title: “Hello: world”": 'title: "Hello: world"',
    'title: "Fight" for 15': "title: '\"Fight\" for 15'",
    "title: @union: it’s on": 'title: "@union: it’s on"',
    "title:\u00a0Reminder: strike": 'title:\u00a0"Reminder: strike"',
    "title:Hello": "title: Hello",
    "title:Hello: world": 'title: "Hello: world"',
    "titel: Hello": "title: Hello",
    "hashtags: #MayDay #Strike": "hashtags: [MayDay, Strike]",
    "hashtags: [#MayDay, #Strike]": "hashtags: [MayDay, Strike]",
    "hashtags:\n  - #MayDay\n  - Strike": "hashtags:\n  - MayDay\n  - Strike",
    "where: [instagram, mastodon": "where: [instagram, mastodon]",
    "lang: en # for the north": "# for the north\nlang: en",
    "where: [mastodon] #only": "where: [mastodon] #only",
    "link: https://example.org/ #a": "link: https://example.org/ #a",
    "status: darft": "status: darft",
}


@pytest.mark.parametrize("line", MENDED)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("mark", "encoding"), [(b"", "utf-8"), (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le")])
def test_a_slip_is_mended_and_every_other_byte_stays(
    line: str, ending: str, mark: bytes, encoding: str, project: Path, write: Write
) -> None:
    def bytes_of(settings: str) -> bytes:
        text = f"---\nwhen: 2026-04-14 12:00 \n{settings}\n---\nÄ “text”  \n\n\n### mastodon\nlast line"
        return mark + text.replace("\n", ending).encode(encoding)

    file = write("posts/post.md", bytes_of(line))
    folder = folder_at(project)
    for mended in folder.mends(folder.read().all_findings):
        folder.write(mended)
    assert file.read_bytes() == bytes_of(MENDED[line])


@pytest.mark.parametrize("line", MENDED)
def test_what_is_typed_says_what_the_preview_has_shown(line: str, read_one: Callable[[str | bytes], PostFile]) -> None:
    before, after = (read_one(f"---\nwhen: 2026-04-14 12:00\n{one}\n---\nText\n").post for one in (line, MENDED[line]))
    assert before is not None
    assert after is not None
    if not line.startswith(("titel", "title:Hello: ")) and "#" not in line:
        assert (after.title, after.hashtags, after.where, after.language) == (before.title, before.hashtags, before.where, before.language)
    assert "#" not in after.title or after.title in line


def test_a_file_keeps_its_rights(project: Path, write: Write) -> None:
    file = write("posts/post.md", "---\nwhen:2026-04-14 12:00\n---\nText\n")
    file.chmod(0o640)
    folder = folder_at(project)
    (mended,) = folder.mends(folder.read().all_findings)
    folder.write(mended)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [path.name for path in file.parent.iterdir()] == ["post.md"]


def test_a_file_that_somebody_saved_meanwhile_is_left_alone(project: Path, write: Write) -> None:
    file = write("posts/post.md", "---\nwhen:2026-04-14 12:00\n---\nText\n")
    folder = folder_at(project)
    (mended,) = folder.mends(folder.read().all_findings)
    file.write_text("---\nwhen:2026-04-14 12:00\n---\nText, longer\n")
    with pytest.raises(ChangedMeanwhile):
        folder.write(mended)
    assert file.read_text() == "---\nwhen:2026-04-14 12:00\n---\nText, longer\n"
    file.unlink()
    with pytest.raises(NotWritten):
        folder.write(mended)
    assert list(file.parent.iterdir()) == []


def test_a_linked_post_is_mended_where_it_really_lies(project: Path, write: Write) -> None:
    real = write("drafts/post.md", "---\nwhen:2026-04-14 12:00\n---\nText\n")
    link = project / "posts" / "post.md"
    link.symlink_to(real)
    folder = folder_at(project)
    for mended in folder.mends(folder.read().all_findings):
        folder.write(mended)
    assert link.is_symlink()
    assert real.read_text() == "---\nwhen: 2026-04-14 12:00\n---\nText\n"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Für “alle” – ✊".replace(" ✊", "").encode("cp1252"), "Für “alle” –"),
        ("Für ".encode() + "für".encode("cp1252"), "Für für"),
    ],
)
def test_bytes_that_are_no_utf_8_become_it_as_they_were_shown(data: bytes, text: str) -> None:
    assert typed(data, [Edit(1, 1, 1, "")]).decode() == text


def test_bytes_that_mean_nothing_stay() -> None:
    assert typed(b"a \x81 b", [Edit(1, 1, 2, "x")]) == b"a \x81 b"


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        ("Come **now**", "Come now"),
        ("%% note %% Come **now**", "%% note %% Come now"),
        ("%% **now** %% Come **now**", "%% **now** %% Come **now**"),
        ("Come soon, all", "Come soon, all"),
    ],
)
def test_a_change_is_typed_where_its_words_stand_and_nowhere_else(line: str, becomes: str) -> None:
    assert typed(line.encode(), [Edit(1, 6, 13, "now", was="**now**")]).decode() == becomes


def test_a_line_that_becomes_empty_goes_with_its_ending() -> None:
    assert typed(b"a\r\nid: x\r\nb\r\n", [Edit(2, 1, 100, "")]) == b"a\r\nb\r\n"


@given(st.binary(max_size=60), st.lists(st.builds(Edit, *[st.integers(1, 9)] * 3, st.text(max_size=3)), max_size=4))
def test_no_change_to_any_bytes_raises(data: bytes, edits: list[Edit]) -> None:
    typed(data, edits)


@given(st.text(max_size=60))
def test_nothing_to_type_changes_nothing(text: str) -> None:
    data = text.encode("utf-8", errors="ignore")
    assert typed(data, []) == data


FOLDED = [
    "where: mastodon\n  instagram",
    "where:\n instagram\n fb",
    "when: 14.4.26\n  12:00",
    "link: www.example.org/\n  rally",
    "lang: Deutsch\n  land",
    "link: 'www.example.org/it''s'",
]


@pytest.mark.parametrize("settings", FOLDED)
def test_a_value_that_is_not_there_letter_for_letter_is_left_to_its_author(settings: str, project: Path, write: Write) -> None:
    more = "" if settings.startswith("when") else "when: 2026-04-14 12:00\n"
    file = write("posts/post.md", f"---\n{more}{settings}\n---\nText\n")
    before = file.read_bytes()
    folder = folder_at(project)
    found = folder.read().all_findings
    assert any(finding.is_error for finding in found)
    for mended in folder.mends(found, unsafe=True):
        folder.write(mended)
    assert file.read_bytes() == before
