"""A real organisation's spring becomes post files, is checked, previewed, rehearsed, and published for real to a website."""

import json
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import inside, scheduler
from tests.story import items, make_project, soon, write_post

REAL = Path(__file__).resolve().parents[2] / "shared" / "real"
PHOTOS = {"care": "coffee.png", "may-day": "rocket.jpg", "gala": "astronaut.png"}
CONFIG = """\
[organisation]
name = "Working Families"
timezone = "America/Los_Angeles"
link_in_bio = "Link in bio"

[accounts.instagram]
network = "instagram"

[accounts.facebook]
network = "facebook"

[accounts.site]
network = "website"
url = "https://families.example/news/"

[policy]
settle = "0s"
quiet_before_publish = "0s"
"""

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the real captions and photographs are not beside this checkout")


class PageText(HTMLParser):
    """Collects what a reader of an item's page sees as the post's text."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        if self.depth or "text" in classes:
            self.depth += tag not in {"br", "img", "wbr", "hr", "meta", "link"}

    def handle_endtag(self, tag: str) -> None:
        self.depth -= bool(self.depth and tag not in {"br", "img", "wbr", "hr", "meta", "link"})

    def handle_data(self, data: str) -> None:
        if self.depth:
            self.text.append(data)


def captions() -> dict[str, str]:
    return {item["id"]: item["text"] for item in json.loads((REAL / "captions.json").read_text(encoding="utf-8"))}


@pytest.fixture
def spring(tmp_path: Path) -> Path:
    project = make_project(tmp_path / "project", CONFIG)
    (project / "assets").mkdir()
    for name, text in captions().items():
        photo = PHOTOS.get(name)
        settings = f"timezone: UTC\ntitle: {name}\nwhere: [site, instagram, facebook]\n"
        picture = f"\n\n![A photograph that stands in for the {name} picture]({photo})" if photo else ""
        if photo:
            shutil.copy(REAL / "photos" / photo, project / "assets" / photo)
        write_post(project, f"{name}.md", text + picture, due=soon(), settings=settings)
    return project


def outgoing(project: Path, name: str) -> dict[str, Any]:
    return {item["account"]: item for item in inside(project, "show", name, "--json").json["outgoing"]}


def test_the_captions_reach_feed_and_pages_to_the_code_point(spring: Path) -> None:
    assert scheduler(spring, "preview", "--export", "out.html").code == 0
    for name, text in captions().items():
        assert {item["text"] for item in outgoing(spring, name).values()} == {text}
    run = scheduler(spring, "run", "--once")
    assert run.code == 0, run.err
    published = {item["content_text"]: item for item in items(spring)}
    assert set(published) == set(captions().values())
    for page in (spring / "public" / "posts").glob("*.html"):
        parser = PageText()
        parser.feed(page.read_text(encoding="utf-8"))
        assert "".join(parser.text) in captions().values(), page.name


def test_a_rehearsal_holds_them_to_the_networks_limits(spring: Path) -> None:
    run = scheduler(spring, "rehearse", "--json", "--from", soon(-60).isoformat())
    states = {(item["post"], item["account"]): item["state"] for item in run.json["deliveries"]}
    assert all(state == "sent" for (_, account), state in states.items() if account in {"site", "facebook"})
    assert {post for (post, account), state in states.items() if account == "instagram" and state == "sent"} == set(PHOTOS)
    assert run.code == 1


def test_the_checks_name_what_is_wrong_with_them_and_nothing_else(spring: Path) -> None:
    found = scheduler(spring, "check", "--json").json["findings"]
    assert {(item["rule"], item["path"].split("/")[1].removesuffix(".md"), item["network"]) for item in found} == {
        ("picture-missing", "hiring", "instagram"),
        ("picture-missing", "workers-memorial", "instagram"),
        ("hashtag-count", "care", "instagram"),
    }
