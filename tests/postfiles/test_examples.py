"""The six kinds of posts, as whole files: they are read without a mistake, and what was understood is what was meant."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from scheduler.model.finding import Span
from scheduler.model.post import At, NextSlot, Post, Reading, Relative, Repeat, When
from tests.postfiles.conftest import folder_at

EXAMPLES = Path(__file__).parent / "examples"
GOLDEN = EXAMPLES / "understood.json"
PICTURES = (
    "posts/episode-12.jpg",
    *(f"posts/slides/{number}.jpg" for number in range(1, 6)),
    "posts/wanted.jpg",
    "posts/together.jpg",
    "posts/evergreen/sick-pay.png",
    "posts/2027-05-01-spring-march/photos/2.jpg",
    "posts/2027-05-01-spring-march/photos/10.jpg",
)
NOT_YET = {"held-by-setting", "not-used-yet", "not-sent-yet"}


@pytest.fixture
def examples(project: Path) -> Path:
    shutil.copytree(EXAMPLES / "posts", project / "posts", dirs_exist_ok=True)
    for name in (*PICTURES, "assets/logos/tenants-union.png"):
        file = project / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"a picture")
    return project


def plain(value: object) -> Any:
    """Returns what was understood without places, paths of this machine and what is empty."""
    if isinstance(value, At | Relative | NextSlot | Repeat | datetime | date | time):
        return when(value)
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        fields = {name: getattr(value, name) for name in asdict(value) if name not in {"lines", "sha256", "spans"}}
        kept = {name: one for name, one in fields.items() if one not in (None, "", (), {}, False) and not isinstance(one, Span)}
        return {name: plain(one) for name, one in kept.items()}
    return value


def when(value: When | Repeat | date | time) -> str:
    if isinstance(value, Repeat):
        return f"every {value.every} {value.unit} {value.weekdays} at {value.at}, {value.start} to {value.until}"
    if isinstance(value, At):
        return str(value.local)
    if isinstance(value, Relative):
        return f"{value.days} days, {value.minutes} minutes from the start, at {value.time}"
    return "next slot" if isinstance(value, NextSlot) else str(value)


def understood(post: Post, project: Path) -> Any:
    return json.loads(json.dumps(plain(post), ensure_ascii=False).replace(f"{project}/", ""))


def test_the_examples_are_read_without_a_mistake(examples: Path, read: Callable[[], Reading]) -> None:
    assert len(list(examples.glob("posts/**/[!_]*.md"))) == 6
    found = {finding.rule for finding in read().all_findings}
    assert found - NOT_YET == set()


def test_what_was_understood_is_what_was_meant(examples: Path, read: Callable[[], Reading]) -> None:
    found = {file.id: understood(file.post, examples) for file in read().files if file.post is not None}
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_windows_line_endings_and_a_mark_change_nothing_of_them(examples: Path) -> None:
    before = {file.id: understood(file.post, examples) for file in folder_at(examples).read().files if file.post is not None}
    for file in examples.glob("posts/**/*.md"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    after = {file.id: understood(file.post, examples) for file in folder_at(examples).read().files if file.post is not None}
    assert after == before
