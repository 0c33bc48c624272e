"""What is unfinished in a draft is a reminder: it holds nothing but the draft, and `check` goes on being green."""

from pathlib import Path

import pytest

from tests.cli.running import inside

CONFIG = '[organisation]\nname = "Us"\ntimezone = "Europe/Berlin"\n\n[accounts.site]\nnetwork = "website"\n'
UNFINISHED = "Thank you, all {count} of you.\n\n![TODO say what it shows](photos/*.jpg)\n"
NAMES = ["waiting-for-picture", "unfilled-placeholder", "leftover-note"]


def project(folder: Path, post: str) -> Path:
    (folder / "posts").mkdir()
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    (folder / "posts/a.md").write_text(post, encoding="utf-8")
    return folder


def severities(folder: Path) -> dict[str, str]:
    return {finding["rule"]: finding["severity"] for finding in inside(folder, "check", "--json").json["findings"]}


def test_an_unfinished_draft_is_reminded_of_and_held(tmp_path: Path) -> None:
    folder = project(tmp_path, f"---\nwhen: 2030-04-14 12:00\nstatus: draft\n---\n{UNFINISHED}")
    assert severities(folder) == dict.fromkeys(NAMES, "hint")
    assert inside(folder, "check").code == 0
    assert [entry["state"] for entry in inside(folder, "list", "--json").json["deliveries"]] == ["held"]


def test_a_draft_is_held_as_a_draft_before_all_that_it_lacks(tmp_path: Path) -> None:
    folder = project(tmp_path, f"---\nwhen: 2030-04-14 12:00\nstatus: draft\n---\n{UNFINISHED}")
    [entry] = inside(folder, "list", "--json").json["deliveries"]
    assert (entry["state"], entry["reason"]) == ("held", "Its status is “draft”; only posts that are ready go out.")
    (folder / "posts/b.jpg").write_bytes(b"")
    text = f"---\nwhen: 2030-04-14 12:00\nstatus: review\n---\n{UNFINISHED.replace('photos/*.jpg', 'B.jpg')}"
    (folder / "posts/a.md").write_text(text, encoding="utf-8")
    [entry] = inside(folder, "list", "--json").json["deliveries"]
    assert "there is no picture" in entry["reason"]


@pytest.mark.parametrize("status", ["ready", "review"])
def test_what_others_are_to_read_is_finished(tmp_path: Path, status: str) -> None:
    folder = project(tmp_path, f"---\nwhen: 2030-04-14 12:00\nstatus: {status}\n---\n{UNFINISHED}")
    assert severities(folder) == {**dict.fromkeys(NAMES, "error"), "waiting-for-picture": "warning"}


def test_a_draft_part_is_reminded_of_and_the_part_beside_it_is_not_let_off(tmp_path: Path) -> None:
    parts = f"## First | 2030-04-14 12:00\nCome, all {{count}} of you.\n\n## Recap | 2030-04-16 12:00\nstatus: draft\n{UNFINISHED}"
    folder = project(tmp_path, f"---\nkind: series\n---\n{parts}")
    found = [(finding["line"], finding["severity"]) for finding in inside(folder, "check", "--json").json["findings"]]
    assert sorted(found) == [(5, "error"), (9, "hint"), (11, "hint"), (11, "hint")]


def test_a_slip_in_the_settings_of_a_draft_stays_a_mistake(tmp_path: Path) -> None:
    folder = project(tmp_path, "---\nwhen: Tue 14 Apr 2027 12:00\nstatus: draft\n---\nHello\n")
    assert severities(folder) == {"weekday-mismatch": "error"}


def test_a_draft_may_wait_for_its_picture(tmp_path: Path) -> None:
    folder = project(tmp_path, "---\nwhen: 2030-04-14 12:00\nstatus: draft\n---\nHello\n")
    (folder / "config.toml").write_text(CONFIG.replace("website", "instagram"), encoding="utf-8")
    assert severities(folder) == {"picture-missing": "hint"}
    post = folder / "posts/a.md"
    post.write_text(post.read_text(encoding="utf-8").replace("status: draft\n", ""), encoding="utf-8")
    assert severities(folder) == {"picture-missing": "error"}
