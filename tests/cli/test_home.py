"""``scheduler`` alone says where one stands and what to do next."""

import re
from pathlib import Path

from tests.cli.running import Run, inside, scheduler

ROOT = Path(__file__).parent.parent.parent


def commands(run: Run) -> list[str]:
    return re.findall(r"^ {4}scheduler (\S+)", run.out, re.MULTILINE)


def test_in_the_sample_it_shows_the_state_in_twelve_lines_of_80_columns(tmp_path: Path) -> None:
    inside(tmp_path, "init", "org", "--yes")
    run = scheduler(tmp_path / "org")
    assert (run.code, run.err) == (0, "")
    lines = run.out.splitlines()
    assert lines[0] == "Harbor Workers Coalition"
    assert len(lines) <= 12
    assert max(map(len, lines)) <= 80
    assert "✓ 5 post files, all of them understood" in run.out
    assert re.search(r"Next: Sat, \w+ \d+,( \d+,)? 10:00 P[SD]T, March for a Living Wage \(5 accounts\)", run.out)
    assert commands(run) == ["preview", "rehearse", "run"]
    assert not (tmp_path / "org/.scheduler").exists()


def test_mistakes_come_first(posts_folder: Path) -> None:
    """
    ---
    wehn: 2030-04-14 12:00
    ---
    Hello.
    """
    run = inside(posts_folder)
    assert run.code == 0
    assert "! 1 post file; 1 file has mistakes, and is held" in run.out
    assert commands(run)[0] == "check"


def test_a_project_without_posts_begins_with_one(posts_folder: Path) -> None:
    run = inside(posts_folder)
    assert (run.code, commands(run)[0]) == (0, "new")
    assert "No posts yet" in run.out
    assert "Nothing is planned" in run.out


def test_outside_of_a_project_it_says_how_to_begin(tmp_path: Path) -> None:
    run = inside(tmp_path)
    assert run.code == 0
    assert commands(run) == ["init", "--help"]
    assert len(run.out.splitlines()) <= 12


def test_a_folder_that_was_named_has_to_be_a_project(tmp_path: Path) -> None:
    assert inside(tmp_path, "-C", str(tmp_path)).code == 2


def test_with_a_folder_it_shows_that_project(posts_folder: Path, tmp_path: Path) -> None:
    assert inside(tmp_path, "-C", str(posts_folder)).out.startswith("Harbour Workers' Coalition\n")


def test_a_project_whose_posts_are_gone_says_so(posts_folder: Path) -> None:
    (posts_folder / "posts").rmdir()
    run = inside(posts_folder)
    assert run.code == 0
    assert "there is no folder “posts”" in run.out
    assert commands(run) == []


def test_help_lists_the_commands_in_the_order_of_the_day(tmp_path: Path) -> None:
    run = inside(tmp_path, "--help")
    headings = re.findall(r"^(\w[\w ]+):$", run.out, re.MULTILINE)
    assert headings == ["Options", "Write", "Look", "Run", "Look after"]
    assert re.search(r"^  new +Begin a post file", run.out, re.MULTILINE)
    assert max(map(len, run.out.splitlines())) <= 80


def test_a_post_for_every_account_says_so_in_one_line(tmp_path: Path) -> None:
    inside(tmp_path, "init", "org", "--yes")
    run = inside(tmp_path / "org", "list")
    assert re.search(r"^09:00 P[SD]T  Report, Wages on the +all 5 accounts +· planned", run.out, re.MULTILINE)


def test_show_knows_a_post_that_comes_again_only_later(posts_folder: Path) -> None:
    """
    ---
    repeat: every 6 weeks on Tuesday at 12:30
    repeat-from: 2090-04-04
    ---
    Again.
    """
    run = inside(posts_folder, "show", "post")
    assert run.code == 0
    assert "Nothing of post is due in the coming weeks" in run.out
    assert inside(posts_folder, "show", "post", "--json").json == {"schema": "scheduler.show/1", "post": "post", "outgoing": []}
