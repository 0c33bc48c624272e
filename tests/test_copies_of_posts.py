"""A copy with the same ``id:`` costs nothing twice: not while it stands there, not once it is gone, whatever was edited meanwhile."""

from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.clock import SystemClock
from tests.cli.running import inside

CONFIG = (
    '[organisation]\nname = "Hall"\ntimezone = "UTC"\n\n[policy]\nlate_after = "30 days"\nsettle = "0s"\nquiet_before_publish = "0s"\n\n'
)
SITE = '[accounts.site]\nnetwork = "website"\ntitle = "Hall"\nurl = "https://hall.example.org"\n'
POST = f"---\nid: w1\nwhen: {SystemClock().now() - timedelta(days=2):%Y-%m-%d} 12:00\n---\n{{words}}\n"
FIRST, EDITED = "We march on Saturday at noon.", "We march on Sunday at two, in another place, with other words."


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "posts").mkdir()
    (tmp_path / "config.toml").write_text(CONFIG + SITE, encoding="utf-8")
    write(tmp_path, "march", FIRST)
    assert once(tmp_path) == ["sent"]
    return tmp_path


def write(project: Path, name: str, words: str, *, key: bool = True) -> None:
    text = POST.format(words=words)
    (project / "posts" / f"{name}.md").write_text(text if key else text.replace("id: w1\n", ""), encoding="utf-8")


def once(project: Path) -> list[str]:
    """Returns how what is known of stands after a run of the daemon."""
    inside(project, "run", "--once")
    return sorted(item["state"] for item in inside(project, "list", "--from", "2026-01-01T00:00:00Z", "--json").json["deliveries"])


def out(project: Path) -> int:
    return (project / "public" / "feed.json").read_text(encoding="utf-8").count('"content_html"')


@pytest.mark.parametrize("copy", ["a-copy", "march-two"])
@pytest.mark.parametrize("edited_first", [True, False])
def test_a_copy_that_comes_and_goes_sends_nothing_again(project: Path, copy: str, edited_first: bool) -> None:
    if edited_first:
        write(project, "march", EDITED)
        once(project)
    write(project, copy, FIRST)
    once(project)
    once(project)
    write(project, "march", EDITED)
    (project / "posts" / f"{copy}.md").unlink()
    assert once(project) == ["sent"]
    assert once(project) == ["sent"]
    assert out(project) == 1


@pytest.mark.parametrize("copy", ["a-copy", "march-two"])
def test_the_original_that_goes_leaves_its_post_to_the_copy(project: Path, copy: str) -> None:
    write(project, copy, EDITED)
    once(project)
    (project / "posts" / "march.md").unlink()
    assert once(project) == ["sent"]
    assert out(project) == 1


@pytest.mark.parametrize("copy", ["a-copy", "march-two"])
def test_a_copy_that_loses_its_id_is_a_post_of_its_own_and_the_original_stays_what_it_was(project: Path, copy: str) -> None:
    write(project, copy, FIRST)
    once(project)
    write(project, "march", EDITED)
    write(project, copy, "Something else altogether: the choir sings on Friday.", key=False)
    assert once(project) == ["sent", "sent"]
    assert out(project) == 2
