"""The files of ``broken/``: what ``scheduler check`` prints for each is in the file of the same name that ends in .txt.

``UPDATE_GOLDEN=1 pytest tests/postfiles/test_broken.py`` writes those anew; then read the difference.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from scheduler.cli.screen.frames import frame
from scheduler.cli.screen.reports import in_order
from scheduler.model.post import Reading
from tests.postfiles.conftest import folder_at

BROKEN = Path(__file__).parent / "broken"
CASES = sorted(path for path in BROKEN.iterdir() if path.suffix != ".txt")
FEWEST = 60
FIXED_TIME = 1_775_000_000


def laid_out(case: Path, project: Path) -> Path:
    """Returns the project with the files of the case in it, all of one age."""
    if case.is_dir():
        shutil.copytree(case, project, dirs_exist_ok=True)
    else:
        shutil.copy(case, project / "posts" / case.name)
    for file in project.rglob("*.*"):
        os.utime(file, (FIXED_TIME, FIXED_TIME))
    return project


def printed(reading: Reading, project: Path) -> str:
    return "\n".join(frame(finding, project) for finding in in_order(reading.all_findings))


def without_colours(text: str) -> str:
    return click.unstyle(text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_each_broken_file_is_explained_in_these_words(case: Path, project: Path, read: Callable[[], Reading]) -> None:
    laid_out(case, project)
    said = without_colours(printed(read(), project))
    golden = case.with_name(f"{case.stem}.txt")
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(said, encoding="utf-8", newline="\n")
    assert said == golden.read_text(encoding="utf-8")
    assert said


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_what_can_be_mended_is_mended_for_good(case: Path, project: Path) -> None:
    laid_out(case, project)
    folder = folder_at(project)
    for unsafe in (False, True):
        before = folder.read()
        for mended in folder.mends(before.all_findings, unsafe=unsafe):
            folder.write(mended)
            assert (project / mended.path).read_bytes() == mended.after
        after = folder.read()
        able = [finding.rule for finding in after.all_findings if finding.edit is not None and (finding.edit.safe or unsafe)]
        assert able == []
        assert len(after.all_findings) <= len(before.all_findings)
        assert folder.mends(after.all_findings, unsafe=unsafe) == []


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= FEWEST
