"""The fixtures that every test may ask for do what they say."""

import os
from datetime import timedelta
from pathlib import Path

from scheduler.clock import VirtualClock


def test_the_docstring_is_the_post_file(posts_folder: Path) -> None:
    """
    ---
    when: 2026-03-02 09:00
    ---
    March on Saturday ✊

      two spaces stay
    """
    text = "---\nwhen: 2026-03-02 09:00\n---\nMarch on Saturday ✊\n\n  two spaces stay\n"
    assert (posts_folder / "posts/post.md").read_text(encoding="utf-8") == text
    assert 'timezone = "Europe/Berlin"' in (posts_folder / "config.toml").read_text(encoding="utf-8")


def test_a_docstring_can_hold_several_files(posts_folder: Path) -> None:
    """
    === posts/march/event.md
    ---
    kind: event
    ---
    === config.toml
    [organisation]
    name = "Another one"
    """
    assert not (posts_folder / "posts/post.md").exists()
    assert (posts_folder / "posts/march/event.md").read_text(encoding="utf-8") == "---\nkind: event\n---\n"
    assert (posts_folder / "config.toml").read_text(encoding="utf-8") == '[organisation]\nname = "Another one"\n'


def test_a_test_without_a_docstring_gets_an_empty_folder(posts_folder: Path) -> None:
    assert list((posts_folder / "posts").iterdir()) == []


def test_the_clock_moves_only_when_told_to(virtual_clock: VirtualClock) -> None:
    before = virtual_clock.now()
    assert virtual_clock.now() == before
    virtual_clock.advance(timedelta(hours=1))
    assert virtual_clock.now() - before == timedelta(hours=1)


def test_nothing_of_the_person_who_runs_the_tests_is_left() -> None:
    assert "TZ" not in os.environ
    assert not [name for name in os.environ if name.startswith("SCHEDULER_")]
