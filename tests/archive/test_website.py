from pathlib import Path

import pytest

from scheduler.archive.contract import FeedError
from scheduler.archive.discovery import known_sources
from scheduler.model.network import Account
from tests.cli.running import scheduler
from tests.story import make_project, soon, write_post

ACCOUNT = Account(name="site", network="website")


def test_what_was_published_is_read_back_to_the_code_point(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    texts = ["Ça va? 🏳️‍🌈\n\n— “quoted”", "A second one"]
    for number, text in enumerate(texts):
        write_post(project, f"{number}.md", text, due=soon())
    assert scheduler(project, "run", "--once").code == 0
    records = list(known_sources()["website"].read(ACCOUNT, project))
    assert {record.text for record in records} == set(texts)
    assert all(record.url.startswith("https://harbor.example/") and record.account == "site" for record in records)


def test_a_site_that_has_published_nothing_has_no_records(tmp_path: Path) -> None:
    assert list(known_sources()["website"].read(ACCOUNT, tmp_path)) == []


def test_a_damaged_feed_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "feed.json").write_text("{", encoding="utf-8")
    with pytest.raises(FeedError, match="cannot be read as a JSON Feed"):
        list(known_sources()["website"].read(ACCOUNT, tmp_path))
