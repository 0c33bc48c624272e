"""The real command against real servers: what ``show`` says is what arrives, once, wherever the process is killed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from scheduler.assembly import open_project
from scheduler.clock import SystemClock
from scheduler.config.secrets import store_secret
from scheduler.daemon.faults import PASSED
from scheduler.model.outcome import Refused
from scheduler.publishers.contract import Deletes, ReadsFeed
from scheduler.publishers.counting import graphemes
from tests.cli.running import Run, environment, inside, scheduler
from tests.publishers.later import later
from tests.publishers.online import line_to
from tests.publishers.pages import web
from tests.publishers.posts import png
from tests.publishers.test_bluesky import Profile
from tests.servers import bluesky_pds, snac
from tests.servers.bluesky_pds import BlueskyServer
from tests.servers.faketime import Hands
from tests.servers.snac import Snac

CONFIG = """\
# A comment that stays.
[organisation]
name = "Harbour Workers"
timezone = "Europe/Berlin"
languages = ["en"]

[policy]
settle = "0s"
quiet_before_publish = "0s"
"""


@dataclass
class Servers:
    bluesky: BlueskyServer
    snac: Snac


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with (
        bluesky_pds.running(tmp_path_factory.mktemp("bluesky")) as bluesky,
        snac.running(tmp_path_factory.mktemp("snac")) as other,
    ):
        yield Servers(bluesky, other)


class House:
    """Is a project folder with two real accounts, and what their servers keep."""

    def __init__(self, folder: Path, servers: Servers) -> None:
        self.folder, self.servers = folder, servers
        self.profile = Profile(servers.bluesky)
        (folder / "posts").mkdir(parents=True)
        (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
        (folder / "flyer.png").write_bytes(png(600, 400))

    def run(self, *arguments: str, given: str = "", **environment: str) -> Run:
        return scheduler(self.folder, *arguments, given=given, env=environment)

    def run_later(self, after: timedelta) -> Run:
        """Runs as if that much time had passed: what a network does not show yet is believed to be missing only after a while."""
        hands = Hands(self.folder.with_name("hands"))
        hands.set(after)
        return self.run("run", "--once", **hands.environment)

    def connect(self) -> None:
        sky = ("--set", f"identifier={self.profile.handle}", "--set", f"service={self.servers.bluesky.address}")
        assert self.run("accounts", "add", "sky", "--network", "bluesky", *sky, "--secret-stdin", given=self.profile.secret).code == 0
        toots = ("--set", f"server={self.servers.snac.address}")
        assert (
            self.run("accounts", "add", "toots", "--network", "mastodon", *toots, "--secret-stdin", given=self.servers.snac.token).code == 0
        )

    def go_live(self) -> None:
        for name in ("sky", "toots"):
            done = self.run("accounts", "go-live", name, "--yes", name)
            assert done.code == 0, done.err

    def write_accounts(self) -> None:
        """Leaves what connecting and going live leave."""
        sky = f'identifier = "{self.profile.handle}"\nservice = "{self.servers.bluesky.address}"\n'
        toots = f'server = "{self.servers.snac.address}"\n'
        tables = f'\n[accounts.sky]\nlive = true\nnetwork = "bluesky"\n{sky}\n[accounts.toots]\nlive = true\nnetwork = "mastodon"\n{toots}'
        (self.folder / "config.toml").write_text(CONFIG + tables, encoding="utf-8")
        for name, secret in (("sky", self.profile.secret), ("toots", self.servers.snac.token)):
            store_secret(name, secret, self.folder)

    def write(self, name: str, text: str, extra: str = "", minutes: float = -1) -> None:
        when = (SystemClock().now() + timedelta(minutes=minutes)).astimezone(ZoneInfo("Europe/Berlin"))
        front = f"---\ntitle: {name}\nwhen: {when:%Y-%m-%d %H:%M}\nwhere: [sky, toots]\n{extra}---\n"
        (self.folder / "posts" / f"{name}.md").write_text(front + text, encoding="utf-8")

    def outgoing(self, post: str) -> dict[str, dict[str, Any]]:
        return {item["account"]: item for item in inside(self.folder, "show", post, "--json").json["outgoing"]}

    def toots(self) -> list[dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.servers.snac.token}"}
        once = httpx.Limits(max_keepalive_connections=0)
        with httpx.Client(base_url=self.servers.snac.address, headers=headers, timeout=60, limits=once) as client:
            me = client.get("/api/v1/accounts/verify_credentials").json()["id"]
            found: list[dict[str, Any]] = client.get(f"/api/v1/accounts/{me}/statuses").json()
        return found


@pytest.fixture
def house(servers: Servers, tmp_path: Path) -> House:
    return House(tmp_path / "project", servers)


def test_what_is_shown_is_what_arrives_field_by_field(house: House) -> None:
    house.write_accounts()
    mark = os.urandom(4).hex()
    (house.folder / "posts/_words.toml").write_text(f'[handles]\nkim = {{ name = "Kim Ito", bluesky = "@{house.profile.handle}" }}\n')
    flyer = '![A grey flyer](../flyer.png "focus 0.2 -0.5")'
    text = f"March {mark} ✊🏾 on Saturday, {{mention.kim}}: https://example.org/a #MayDay\n\n{flyer}\n"
    house.write("march", text, "content-warning: nudity\nlang: es\n")
    house.write("podcast", f"Listen {mark}\n", "link: https://example.org/podcast/12\n")
    shown = house.outgoing("march")
    assert house.run("run", "--once").code == 0
    assert {item["state"] for item in inside(house.folder, "list", "--json").json["deliveries"]} == {"sent"}
    records = {record["text"]: record for record in house.profile.records()}
    sky = records[shown["sky"]["text"]]
    [image] = sky["embed"]["images"]
    [media] = shown["sky"]["media"]
    assert image["alt"] == media["alt"] == "A grey flyer"
    assert image["aspectRatio"] == {"width": media["width"], "height": media["height"]}
    assert house.profile.blob(image) == (house.folder / media["path"]).read_bytes()
    assert sky["langs"] == [shown["sky"]["language"]] == ["es"]
    assert sky["labels"]["values"] == [{"val": shown["sky"]["content_warning"]}] == [{"val": "nudity"}]
    assert marks(sky) == told(shown["sky"], {f"@{house.profile.handle}": house.profile.did})
    assert (shown["sky"]["length"], shown["sky"]["limit"]) == (graphemes(sky["text"]), 300)
    card = house.outgoing("podcast")["sky"]["link_card"]
    assert records[f"Listen {mark}"]["embed"]["external"]["uri"] == card["url"] == "https://example.org/podcast/12"
    [toot] = [status for status in house.toots() if f"March {mark}" in status["text"]]
    assert toot["text"] == shown["toots"]["text"]
    assert f"March {mark} ✊🏾 on Saturday, Kim Ito: " in toot["text"]
    assert toot["sensitive"] is True
    [attached], [media] = toot["media_attachments"], shown["toots"]["media"]
    assert media["focus"] == [0.2, -0.5]
    assert httpx.get(attached["url"]).content == (house.folder / media["path"]).read_bytes()
    assert toot["spoiler_text"] == shown["toots"]["content_warning"] == "nudity"
    assert [item["description"] for item in toot["media_attachments"]] == [item["alt"] for item in shown["toots"]["media"]]


def marks(record: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Returns what a record marks: the stretch of text, the kind, and where it leads."""
    found = []
    for facet in record.get("facets", []):
        [feature] = facet["features"]
        stretch = record["text"].encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode()
        kind = feature["$type"].partition("#")[2]
        found.append((stretch, kind, feature.get("uri") or feature.get("tag") or feature["did"]))
    return found


def told(shown: dict[str, Any], identities: Mapping[str, str] | None = None) -> list[tuple[str, str, str]]:
    """Returns what ``show --json`` marks, in the same form."""
    return [
        (stretch, facet["kind"], (identities or {}).get(stretch, facet["value"]))
        for facet in shown["facets"]
        for stretch in [shown["text"][facet["start"] : facet["end"]]]
    ]


COVER = '<meta property="og:title" content="Why we strike"><meta name="description" content="Six questions">'


def test_a_thread_four_pictures_and_a_card_arrive_field_by_field_and_are_taken_back(house: House) -> None:
    house.write_accounts()
    mark = os.urandom(4).hex()
    with web() as pages:
        pages.picture("/cover.png", png(1200, 630))
        link = pages.page("/strike", COVER + '<meta property="og:image" content="/cover.png">')
        house.write("card", f"Read {mark}\n", f"link: {link}\n", minutes=60)
        for number in range(4):
            (house.folder / f"{number}.png").write_bytes(png(600, 400 + number))
        four = "".join(f"![Picture {number} ✊🏾](../{number}.png)\n" for number in range(4))
        answers = f"### reply\nSecond {mark} #MayDay\n\n![A grey flyer](../flyer.png)\n\n### reply\nThird {mark} https://example.org/a\n"
        house.write("thread", f"First {mark}\n\n{four}\n{answers}", "lang: es\n", minutes=60)
        card, shown = house.outgoing("card")["sky"]["link_card"], house.outgoing("thread")
        assert (card["title"], card["description"], card["thumbnail"]["width"]) == ("Why we strike", "Six questions", 1200)
        for name, text, extra in (
            ("card", f"Read {mark}\n", f"link: {link}\n"),
            ("thread", f"First {mark}\n\n{four}\n{answers}", "lang: es\n"),
        ):
            house.write(name, text, extra)
        asked = len(pages.asked)
        assert house.run("run", "--once").code == 0
        assert len(pages.asked) == asked, "what was shown is what is sent: the page is not asked again"
    assert {item["state"] for item in inside(house.folder, "list", "--json").json["deliveries"]} == {"sent"}
    records = {record["text"]: record for record in house.profile.records()}
    uris = house.profile.uris()
    external = records[f"Read {mark}"]["embed"]["external"]
    assert {key: external[key] for key in ("uri", "title", "description")} == {
        "uri": card["url"],
        "title": card["title"],
        "description": card["description"],
    }
    assert house.profile.blob({"image": external["thumb"]}) == (house.folder / card["thumbnail"]["path"]).read_bytes()
    sky = [shown["sky"], *shown["sky"]["replies"]]
    toots = {status["text"]: status for status in house.toots() if mark in status["text"]}
    for number, part in enumerate(sky):
        record, toot = records[part["text"]], toots[part["text"]]
        images = record.get("embed", {}).get("images", [])
        assert [image["alt"] for image in images] == [item["alt"] for item in part["media"]]
        assert [house.profile.blob(image) for image in images] == [(house.folder / item["path"]).read_bytes() for item in part["media"]]
        assert record["langs"] == [shown["sky"]["language"]] == ["es"]
        assert marks(record) == told(part)
        assert [item["description"] for item in toot["media_attachments"]] == [item["alt"] for item in part["media"]]
        assert toot["in_reply_to_id"] == (toots[sky[number - 1]["text"]]["id"] if number else None)
        above = [uris[sky[0]["text"]], uris[sky[number - 1]["text"]]] if number else []
        assert [record["reply"][which]["uri"] for which in ("root", "parent") if "reply" in record] == above
    project = open_project(house.folder)
    publisher = project.accounts.connect(project.config.accounts["sky"])
    assert isinstance(publisher, ReadsFeed)
    assert isinstance(publisher, Deletes)
    feed = publisher.feed(9)
    assert not isinstance(feed, Refused)
    assert {item.text for item in feed} == set(records)
    assert [publisher.delete(item.remote_id) for item in feed] == [None] * 4
    assert house.profile.records() == []


@pytest.mark.parametrize(("part", "when"), [(1, "before"), (1, "after"), (2, "before"), (3, "after")])
def test_killed_between_the_posts_of_a_thread_it_is_out_whole_and_once(house: House, part: int, when: str) -> None:
    """Both accounts are killed at once: at the call that makes this part of the thread visible on the one that comes to it first."""
    house.write_accounts()
    mark = os.urandom(4).hex()
    house.write("thread", f"First {mark}\n\n![A grey flyer](../flyer.png)\n\n### reply\nSecond {mark}\n\n### reply\nThird {mark}\n")
    wanted = sorted(f"{word} {mark}" for word in ("First", "Second", "Third"))
    with line_to(house.servers.bluesky.address, "") as sky, line_to(house.servers.snac.address, "") as toots:
        config = (house.folder / "config.toml").read_text()
        for address, line in ((house.servers.bluesky.address, sky), (house.servers.snac.address, toots)):
            config = config.replace(address, line.address)
        (house.folder / "config.toml").write_text(config)
        started: list[subprocess.Popen[bytes]] = []

        def watch(moment: str, call: str) -> None:
            visible = "putRecord" in call or call.startswith("POST /api/v1/statuses")
            if visible and moment == when and ("First", "Second", "Third")[part - 1] in call and started:
                started[0].kill()
                started[0].wait()

        sky.watch = toots.watch = watch
        command = [sys.executable, "-m", "scheduler", "run", "--once"]
        started.append(subprocess.Popen(command, cwd=house.folder, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        assert started[0].wait(300) == -signal.SIGKILL
        started.clear()
        for _ in range(2):
            assert house.run("run", "--once").code == 0
    assert sorted(record["text"] for record in house.profile.records()) == wanted
    assert sorted(status["text"] for status in house.toots() if mark in status["text"]) == wanted


@pytest.mark.parametrize("point", PASSED)
def test_killed_at_any_point_each_post_is_out_exactly_once(house: House, point: str) -> None:
    house.write_accounts()
    mark = os.urandom(4).hex()
    house.write("words", f"Words {mark}\n")
    house.write("flyer", f"Flyer {mark}\n\n![A grey flyer](../flyer.png)\n")
    killed = house.run("run", "--once", SCHEDULER_FAULT=f"{point}:kill:{1 if point == 'record' else 2}")
    assert killed.code == -signal.SIGKILL
    for minutes in (0, 2, 5):
        assert house.run_later(timedelta(minutes=minutes)).code == 0
    wanted = sorted([f"Flyer {mark}", f"Words {mark}"])
    assert sorted(record["text"] for record in house.profile.records()) == wanted
    assert sorted(status["text"] for status in house.toots() if mark in status["text"]) == wanted
    assert {item["state"] for item in inside(house.folder, "list", "--json").json["deliveries"]} == {"sent"}


ANSWERS = "### reply\nSecond {mark}\n\n![A green flyer](../other.png)\n\n### reply\nThird {mark}\n"
THREAD_STEPS = 5
"""Is how many steps of their own the two networks take for such a thread together; one more is never reached."""
USUAL = [("after_step", 5), ("after_send", 1)]
EVERY = [(point, number) for point in PASSED for number in ((1,) if point == "record" else (1, 2))]
EVERY += [("after_step", number) for number in range(1, THREAD_STEPS + 1)]


def thread_heals(house: House, *faults: str) -> None:
    """Kills one run after the other at these points; afterwards both networks show the thread whole, in order and once.

    What a list does not show is looked for three times within some minutes before it is sent again: so the clock is put forward.
    """
    house.write_accounts()
    mark = os.urandom(4).hex()
    (house.folder / "other.png").write_bytes(png(600, 401))
    house.write("thread", f"First {mark}\n\n![A grey flyer](../flyer.png)\n\n{ANSWERS.format(mark=mark)}")
    for fault in faults:
        killed = house.run("run", "--once", SCHEDULER_FAULT=fault)
        assert killed.code == -signal.SIGKILL, f"{fault} was not reached: {killed.err}"
    assert later(house.folder, lambda env: house.run("run", "--once", **env)) == {"sent"}
    wanted = [f"{word} {mark}" for word in ("First", "Second", "Third")]
    records = sorted(house.profile.records(), key=lambda record: wanted.index(record["text"]))
    toots = sorted((each for each in house.toots() if mark in each["text"]), key=lambda toot: wanted.index(toot["text"]))
    assert [record["text"] for record in records] == [toot["text"] for toot in toots] == wanted
    alts = [["A grey flyer"], ["A green flyer"], []]
    assert [[image["alt"] for image in record.get("embed", {}).get("images", [])] for record in records] == alts
    assert [[item["description"] for item in toot["media_attachments"]] for toot in toots] == alts
    assert [toot["in_reply_to_id"] for toot in toots] == [None, toots[0]["id"], toots[1]["id"]]
    roots = {record["reply"]["root"]["uri"] for record in records[1:]}
    assert "reply" not in records[0]
    assert {records[1]["reply"]["parent"]["uri"]} == roots
    assert records[2]["reply"]["parent"]["uri"] not in roots


@pytest.mark.parametrize(("point", "number"), USUAL)
def test_killed_anywhere_a_thread_is_out_whole_and_once(house: House, point: str, number: int) -> None:
    thread_heals(house, f"{point}:kill:{number}")


@pytest.mark.long
@pytest.mark.parametrize(("point", "number"), EVERY)
def test_killed_at_every_point_a_thread_is_out_whole_and_once(house: House, point: str, number: int) -> None:
    thread_heals(house, f"{point}:kill:{number}")


@pytest.mark.long
@pytest.mark.parametrize("again", ["before_look:kill:1", "after_look:kill:1"])
@pytest.mark.parametrize("number", range(1, 6))
def test_killed_again_while_it_looks_after_a_thread_it_is_out_whole_and_once(house: House, number: int, again: str) -> None:
    thread_heals(house, f"after_step:kill:{number}", again)


def test_a_planted_secret_is_found_nowhere(house: House) -> None:
    house.write_accounts()
    house.write("words", f"Words {os.urandom(4).hex()}\n")
    wrong = "planted-secret-0815-0815"
    talk = [
        house.run("run", "--once"),
        house.run("accounts", "test", "--json"),
        house.run("status", "--json"),
        house.run("history", "--json"),
        house.run("accounts", "add", "sky", "--secret-stdin", given=wrong),
        house.run("accounts", "test", SCHEDULER_SECRET_SKY=wrong, SCHEDULER_SECRET_TOOTS=wrong),
    ]
    secrets = [house.profile.secret, house.servers.snac.token, wrong]
    session = json.loads((house.folder / ".scheduler/sessions/sky.json").read_text())
    secrets += [session["access"], session["refresh"]]
    told = "".join(run.out + run.err for run in talk)
    assert told
    assert [secret for secret in secrets if secret in told] == []
    private = {".scheduler/secrets.toml", ".scheduler/sessions/sky.json"}
    for path in house.folder.rglob("*"):
        name = path.relative_to(house.folder).as_posix()
        if path.is_file() and name not in private:
            assert [secret for secret in secrets if secret.encode() in path.read_bytes()] == [], name
    assert all((house.folder / name).stat().st_mode & 0o077 == 0 for name in private)
    assert wrong not in (house.folder / ".scheduler/secrets.toml").read_text(), "what does not work is not kept"
    assert house.profile.secret in (house.folder / ".scheduler/secrets.toml").read_text(), "and what works is not lost"


def test_an_account_is_connected_tested_and_let_out_by_hand(house: House) -> None:
    asks = house.run("accounts", "add", "sky")
    assert (asks.code, "--network" in asks.err) == (2, True)
    house.connect()
    listed = {record["account"]: record for record in house.run("accounts", "list", "--json").json["accounts"]}
    assert {name: (record["live"], record["ok"]) for name, record in listed.items()} == {"sky": (False, True), "toots": (False, True)}
    assert listed["sky"]["handle"] == f"@{house.profile.handle}"
    house.write("words", "Tomorrow\n", minutes=60 * 24)
    nobody = house.run("accounts", "go-live", "sky")
    assert (nobody.code, "--yes sky" in nobody.err) == (2, True)
    other = house.run("accounts", "go-live", "sky", "--yes", "toots")
    assert (other.code, "stays rehearsed" in other.err) == (1, True)
    before = (house.folder / "config.toml").read_bytes()
    done = house.run("accounts", "go-live", "sky", "--yes", "sky")
    assert done.code == 0
    assert "Tomorrow" in done.out
    after = (house.folder / "config.toml").read_bytes()
    assert after == before.replace(b"[accounts.sky]\n", b"[accounts.sky]\nlive = true\n")
    assert house.run("accounts", "go-live", "sky", "--yes", "sky").code == 0
    assert (house.folder / "config.toml").read_bytes() == after


def test_an_account_that_lost_its_right_is_shown_by_status_and_mended_by_connecting_anew(house: House) -> None:
    house.write_accounts()
    house.write("words", f"Words {os.urandom(4).hex()}\n")
    broken = {"SCHEDULER_SECRET_SKY": "planted-secret-0815-0815"}
    assert house.run("run", "--once", **broken).code == 0
    states = {item["account"]: (item["ok"], item["reason"]) for item in inside(house.folder, "status", "--json").json["accounts"]}
    assert states["toots"] == (True, None)
    assert states["sky"][0] is False
    assert "does not accept the account’s secret" in states["sky"][1]
    assert house.run("accounts", "add", "sky", "--secret-stdin", given=house.profile.secret).code == 0
    assert all(item["ok"] for item in inside(house.folder, "status", "--json").json["accounts"])
