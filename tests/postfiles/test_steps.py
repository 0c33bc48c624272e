"""One language was changed and the other was not: said once it is known, and never because of a copy."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.model.finding import Finding, Severity
from scheduler.postfiles import PostFolder
from tests.postfiles.conftest import folder_at

Write = Callable[[str, str | bytes], Path]
HEAD = "---\nwhen: 2026-04-16 09:30\n---\n"
ENGLISH, SPANISH = f"{HEAD}Apply by Friday.\n", "Hasta el viernes.\n"
INSIDE = f"{HEAD}Apply by Friday.\n\n### lang es\nHasta el viernes.\n"


def remembering(project: Path) -> PostFolder:
    """Returns a folder as a new run of the program sees it."""
    folder = folder_at(project)
    folder.remember_in(project / ".scheduler")
    return folder


def told(project: Path) -> list[Finding]:
    return [finding for finding in remembering(project).read().all_findings if finding.rule == "language-older"]


@pytest.fixture
def two_files(write: Write, project: Path) -> Path:
    write("posts/hiring.md", ENGLISH)
    write("posts/hiring.es.md", SPANISH)
    assert told(project) == []
    return project


def test_a_language_file_is_older_once_the_post_was_changed(two_files: Path, write: Write) -> None:
    write("posts/hiring.md", ENGLISH.replace("Friday", "Sunday"))
    for _ in range(2):
        (finding,) = told(two_files)
        assert (finding.path, finding.span.line, finding.severity) == ("posts/hiring.es.md", 1, Severity.WARNING)
        assert finding.message == "the text in “es” is older: the post’s own text was changed, and this was not"
    write("posts/hiring.es.md", SPANISH.replace("viernes", "domingo"))
    assert told(two_files) == []
    write("posts/hiring.md", ENGLISH.replace("Friday", "Monday"))
    assert len(told(two_files)) == 1


def test_a_section_is_older_once_the_text_above_was_changed(project: Path, write: Write) -> None:
    write("posts/hiring.md", INSIDE)
    assert told(project) == []
    write("posts/hiring.md", INSIDE.replace("Friday", "Sunday"))
    (finding,) = told(project)
    assert (finding.path, finding.span.line) == ("posts/hiring.md", 6)
    assert "note" not in (finding.fix or "")
    write("posts/hiring.md", INSIDE.replace("Friday", "Sunday").replace("viernes", "domingo"))
    assert told(project) == []


def test_the_post_itself_may_be_the_older_one(two_files: Path, write: Write) -> None:
    write("posts/hiring.es.md", SPANISH.replace("viernes", "domingo"))
    (finding,) = told(two_files)
    assert (finding.path, finding.span.line, finding.severity) == ("posts/hiring.md", 4, Severity.HINT)


def test_an_undone_change_accuses_nobody(two_files: Path, write: Write) -> None:
    write("posts/hiring.md", ENGLISH.replace("Friday", "Sunday"))
    assert told(two_files)
    write("posts/hiring.md", ENGLISH)
    assert told(two_files) == []


def test_a_copy_that_changes_nothing_accuses_nobody(two_files: Path, tmp_path: Path) -> None:
    main, other = (two_files / "posts" / name for name in ("hiring.md", "hiring.es.md"))
    os.utime(main, (2_000_000_000, 2_000_000_000))
    os.utime(other, (1, 1))
    assert told(two_files) == []
    shutil.copy(main, tmp_path / "copy")
    shutil.copy(tmp_path / "copy", main)
    assert told(two_files) == []


@pytest.mark.parametrize(
    "saved",
    [
        ENGLISH.replace("\n", "\r\n"),
        "\ufeff" + ENGLISH,
        ENGLISH.replace("Apply by Friday.", "Apply\nby Friday.   \n\n"),
        ENGLISH.replace("when", "title: Jobs\nwhen"),
        ENGLISH + "\n%% Kim asked for this %%\n",
        ENGLISH.replace("2026-04-16", "2026-04-17"),
    ],
)
def test_a_change_of_anything_but_words_accuses_nobody(saved: str, two_files: Path, write: Write) -> None:
    write("posts/hiring.md", saved)
    assert told(two_files) == []


def test_a_note_says_that_somebody_looked(two_files: Path, write: Write) -> None:
    write("posts/hiring.md", ENGLISH.replace("Apply", "Please apply"))
    assert told(two_files)
    write("posts/hiring.es.md", SPANISH + "%% the post’s own text read again %%\n")
    assert told(two_files) == []
    assert told(two_files) == []


def test_a_new_language_is_not_older_than_the_post_and_the_post_not_older_than_it(project: Path, write: Write) -> None:
    write("posts/hiring.md", ENGLISH)
    assert told(project) == []
    write("posts/hiring.es.md", SPANISH)
    write("posts/hiring.de.md", "Bis Freitag.\n")
    assert told(project) == []
    write("posts/hiring.md", ENGLISH.replace("Friday", "Sunday"))
    write("posts/hiring.de.md", "Bis Sonntag.\n")
    assert [finding.path for finding in told(project)] == ["posts/hiring.es.md"]


def test_only_the_part_that_was_changed_is_older(project: Path, write: Write) -> None:
    series = "---\nkind: series\n---\n## One | 2026-04-16 09:30\nFriday.\n## Two | 2026-04-17 09:30\nSaturday.\n"
    write("posts/series.md", series)
    write("posts/series.es.md", "## One\nViernes.\n## Two\nSábado.\n")
    assert told(project) == []
    write("posts/series.md", series.replace("Saturday", "Sunday"))
    assert [(finding.part, finding.path, finding.span.line) for finding in told(project)] == [("Two", "posts/series.es.md", 4)]


def test_a_renamed_post_is_still_left_behind(two_files: Path, write: Write) -> None:
    write("posts/hiring.md", ENGLISH.replace("Friday", "Sunday"))
    assert told(two_files)
    for name in ("hiring.md", "hiring.es.md"):
        (two_files / "posts" / name).rename(two_files / "posts" / name.replace("hiring", "jobs"))
    assert [finding.path for finding in told(two_files)] == ["posts/jobs.es.md"]


@pytest.mark.parametrize(
    "memory", ["", "{", "[]", '{"schema": "scheduler.languages/1", "posts": [1]}', '{"schema": "another", "posts": {}}']
)
def test_a_memory_that_is_no_longer_whole_is_begun_anew(memory: str, two_files: Path, write: Write) -> None:
    (two_files / ".scheduler/languages.json").write_text(memory, encoding="utf-8")
    assert told(two_files) == []
    assert json.loads((two_files / ".scheduler/languages.json").read_text(encoding="utf-8"))["posts"].keys() == {"hiring"}
    write("posts/hiring.md", ENGLISH.replace("Friday", "Sunday"))
    assert len(told(two_files)) == 1


def test_nothing_is_written_where_no_post_has_two_languages(project: Path, write: Write) -> None:
    write("posts/hiring.md", ENGLISH)
    assert told(project) == []
    assert not (project / ".scheduler").exists()


def test_two_programs_that_watch_one_folder_say_the_same(two_files: Path, write: Write) -> None:
    one, two = remembering(two_files), remembering(two_files)
    one.read()
    two.read()
    write("posts/hiring.md", ENGLISH.replace("Friday", "Sunday"))
    assert {len(folder.read().files[0].findings) for folder in (one, two)} == {1}
    write("posts/hiring.es.md", SPANISH.replace("viernes", "domingo"))
    assert {folder.read().files[0].findings for folder in (two, one)} == {()}


WORDS = st.sampled_from(["one", "two", "three"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(changes=st.lists(st.tuples(st.booleans(), WORDS), max_size=8))
def test_it_is_said_exactly_while_one_text_differs_from_when_they_last_went_together(
    changes: list[tuple[bool, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    project = tmp_path_factory.mktemp("steps")
    (project / "posts").mkdir()
    texts = together = ("one", "one")
    for is_main, word in ((True, "one"), *changes):
        texts = (word, texts[1]) if is_main else (texts[0], word)
        (project / "posts/a.md").write_text(HEAD + texts[0], encoding="utf-8")
        (project / "posts/a.es.md").write_text(texts[1], encoding="utf-8")
        moved = [texts[side] != together[side] for side in (0, 1)]
        if all(moved) or not any(moved):
            together = texts
        assert [finding.path for finding in told(project)] == (["posts/a.es.md" if moved[0] else "posts/a.md"] if sum(moved) == 1 else [])
