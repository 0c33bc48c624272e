from collections.abc import Callable
from pathlib import Path

import pytest

from scheduler.model.post import PostFile, Reading
from scheduler.postfiles import PostFolder

ACCOUNTS = {"our-insta": "instagram", "fb": "facebook", "masto": "mastodon", "bsky": "bluesky"}
NETWORKS = ("instagram", "facebook", "mastodon", "bluesky", "website")


def folder_at(root: Path) -> PostFolder:
    return PostFolder(root, accounts=ACCOUNTS, networks=NETWORKS, languages=("en", "es"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "posts").mkdir()
    return tmp_path


@pytest.fixture
def write(project: Path) -> Callable[[str, str | bytes], Path]:
    def write(path: str, content: str | bytes) -> Path:
        file = project / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return write


@pytest.fixture
def read(project: Path) -> Callable[[], Reading]:
    return lambda: folder_at(project).read()


@pytest.fixture
def read_one(project: Path, write: Callable[[str, str | bytes], Path]) -> Callable[[str | bytes], PostFile]:
    def read_one(content: str | bytes) -> PostFile:
        write("posts/post.md", content)
        (file,) = folder_at(project).read().files
        return file

    return read_one
