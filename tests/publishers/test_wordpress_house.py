"""The real command and a real WordPress: connected by the README, published to, and compared with what ``show`` says."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from scheduler.clock import SystemClock
from tests.cli.running import Run, inside, scheduler
from tests.films import Film, box
from tests.publishers.online import line_to
from tests.publishers.posts import png
from tests.publishers.visiting import Page
from tests.servers import wordpress
from tests.servers.wordpress import WordPress

CONFIG = """\
[organisation]
name = "Harbour Workers"
timezone = "Europe/Berlin"
languages = ["en"]

[policy]
settle = "0s"
quiet_before_publish = "0s"
"""
TEXT = 'Wordpress says "march" -- now... :) [sic]\n\nSign at https://example.org/a?x[]=1&y=2 #Rent #rent'


@pytest.fixture
def site(tmp_path: Path) -> Iterator[WordPress]:
    with wordpress.running(tmp_path) as running:
        running.reset()
        yield running


class House:
    """Is a project folder of somebody who follows the README."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "posts").mkdir(parents=True)
        (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
        for number in range(2):
            (folder / f"{number}.png").write_bytes(png(600, 400 + number))
        Film(notes=box("udta", b"somewhere secret")).write(folder / "march.mp4")

    def run(self, *words: str, given: str = "") -> Run:
        return scheduler(self.folder, *words, given=given)

    def connect(self, address: str, site: WordPress) -> None:
        given = ("--set", f"url={address}", "--set", f"user={site.user}", "--set", "categories=Strikes & actions")
        assert self.run("accounts", "add", "blog", "--network", "wordpress", *given, "--secret-stdin", given=site.password).code == 0
        assert self.run("accounts", "go-live", "blog", "--yes", "blog").code == 0

    def write(self, text: str) -> None:
        when = (SystemClock().now() - timedelta(minutes=1)).astimezone(ZoneInfo("Europe/Berlin"))
        front = f"---\ntitle: March\nwhen: {when:%Y-%m-%d %H:%M}\nwhere: [blog]\n---\n"
        (self.folder / "posts/march.md").write_text(front + text, encoding="utf-8")

    def outgoing(self) -> dict[str, Any]:
        [shown] = inside(self.folder, "show", "posts/march.md", "--json").json["outgoing"]
        found: dict[str, Any] = shown
        return found


def test_what_is_shown_is_what_visitors_see_field_by_field_also_after_a_lost_answer(site: WordPress, tmp_path: Path) -> None:
    house = House(tmp_path / "project")
    with line_to(site.address, "") as line:
        house.connect(line.address, site)
        house.write(f'{TEXT}\n\n![A grey "flyer" & <more> C:\\new](../0.png)\n![Another](../1.png)\n\n![The "march" comes](../march.mp4)\n')
        line.fault(r"POST /wp-json/wp/v2/posts/\d+", "drop")
        assert house.run("run", "--once").code == 0
        assert house.run("run", "--once").code == 0
        assert line.drops == []
    shown = house.outgoing()
    assert (shown["state"], shown["text"]) == ("sent", TEXT)
    [row] = site.get("posts", status="publish,draft,pending,private,future", context="edit")
    page = site.page(row["link"])
    seen = Page(page)
    assert seen.text == shown["text"]
    links = [facet for facet in shown["facets"] if facet["kind"] == "link"]
    assert seen.links == [(facet["value"], shown["text"][facet["start"] : facet["end"]]) for facet in links] != []
    assert [alt for _, alt in (*seen.pictures, *seen.films)] == [item["alt"] for item in shown["media"]]
    there = [httpx.get(address).content for address, _ in (*seen.pictures, *seen.films)]
    assert there == [(house.folder / item["path"]).read_bytes() for item in shown["media"]]
    assert b"secret" not in there[2]
    assert shown["media"][2]["video"]["seconds"] == 12
    [cover] = re.findall(r'<img[^>]*\bwp-post-image\b[^>]*?\balt="([^"]*)"', page)
    assert html.unescape(cover) == shown["media"][0]["alt"]
    assert [tag["name"] for tag in site.get("tags")] == ["Rent"]
    assert [html.unescape(each["name"]) for each in site.get("categories") if each["id"] in row["categories"]] == ["Strikes & actions"]
    assert len(site.get("media")) == 3
    assert row["link"] in inside(house.folder, "history", "--json").out
