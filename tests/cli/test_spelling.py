"""What the house says once holds for every post: the spelling of hashtags, quiet days, and an account's own pace, by the commands."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.running import inside

CONFIG = """[organisation]
name = "Dockers' Branch"
[accounts.site]
network = "website"
[accounts.toots]
network = "mastodon"
server = "https://social.example"
[policy]
minimum_gap = "10m"
[slots.default]
daily = ["09:00", "09:30"]
[slots.toots]
minimum_gap = "2h"
"""
SETS = '[core]\ntags = ["MayDay2027", "Solidarity"]\n[march]\ntags = ["mayday2027", "FairPay"]\n'
TYPED = "---\nwhen: 2150-05-01 12:00\nhashtags: [march, solidarity]\n---\nCome\\! \\#mayday2027 now %% Kim\\! %% at C:\\new\n"
MEANT = "---\nwhen: 2150-05-01 12:00\nhashtags: [march, solidarity]\n---\nCome! #MayDay2027 now %% Kim\\! %% at C:\\new\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "posts").mkdir()
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "posts/_hashtags.toml").write_text(SETS, encoding="utf-8")
    return tmp_path


def texts(folder: Path, post: str) -> set[str]:
    return {delivery["text"] for delivery in inside(folder, "show", post, "--json").json["outgoing"]}


def rules(folder: Path) -> list[str]:
    return sorted(finding["rule"] for finding in inside(folder, "check", "--format", "json").json["findings"])


def test_what_goes_out_has_one_spelling_and_no_text_is_changed_before_its_author_says_so(project: Path) -> None:
    post = project / "posts/march.md"
    post.write_text(TYPED, encoding="utf-8")
    assert rules(project) == ["escape-left-over", "hashtag-spelling", "hashtag-two-spellings"]
    assert texts(project, "march") == {"Come\\! \\#mayday2027 now at C:\\new\n\n#FairPay #Solidarity"}
    assert post.read_text(encoding="utf-8") == TYPED
    inside(project, "check", "--fix")
    inside(project, "check", "--fix")
    assert post.read_text(encoding="utf-8") == MEANT
    assert texts(project, "march") == {"Come! #MayDay2027 now at C:\\new\n\n#FairPay #Solidarity"}
    assert rules(project) == ["hashtag-two-spellings"]


def test_quiet_days_are_told_and_left_out_by_next_slot_and_each_account_keeps_its_gap(project: Path) -> None:
    (project / "posts/march.md").write_text("---\nwhen: 2150-05-01 12:00\n---\nHi\n", encoding="utf-8")
    for name in "ab":
        (project / f"posts/{name}.md").write_text("---\nwhen: next slot\n---\nHi\n", encoding="utf-8")
    first, second = planned(project)["toots"]
    assert second - first >= timedelta(hours=2)
    day = min(at.date() for times in planned(project).values() for at in times)
    (project / "posts/_words.toml").write_text(f'[quiet]\n"Labour Day" = "every 1 May"\nnow = {day}\n', encoding="utf-8")
    assert rules(project) == ["hashtag-two-spellings", "quiet-day"]
    assert all(at.date() > day for times in planned(project).values() for at in times)


def planned(folder: Path) -> dict[str, list[datetime]]:
    found: dict[str, list[datetime]] = {}
    for delivery in inside(folder, "list", "--json").json["deliveries"]:
        if delivery["post"] in {"a", "b"}:
            found.setdefault(delivery["account"], []).append(datetime.fromisoformat(delivery["due"]))
    return found
