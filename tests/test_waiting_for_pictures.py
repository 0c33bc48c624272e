"""A picture that has not come yet: the post waits for it and says so, and goes into the queue by itself as soon as it is here."""

import os
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from scheduler.clock import SystemClock, VirtualClock
from scheduler.model.delivery import State
from tests.cli.running import inside, scheduler
from tests.films import Film
from tests.test_looks import NOON, Desk

CONFIG = """\
[organisation]
name = "Us"
timezone = "UTC"

[accounts.masto]
network = "mastodon"
server = "https://social.example"

[accounts.insta]
network = "instagram"

[policy]
settle = "0s"
quiet_before_publish = "0s"
"""
WAITING = "waiting-for-picture"


def picture(size: int = 800) -> bytes:
    made = BytesIO()
    Image.effect_noise((size, size), 60).convert("RGB").save(made, "PNG")
    return made.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "posts").mkdir()
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def post(folder: Path, body: str, ahead: timedelta = timedelta(hours=3), more: str = "") -> datetime:
    due = (SystemClock().now() + ahead).replace(second=0, microsecond=0)
    (folder / "posts/podcast.md").write_text(f"---\nwhen: {due:%Y-%m-%d %H:%M}\n{more}---\nEpisode twelve.\n\n{body}\n", encoding="utf-8")
    return due


def put(folder: Path, name: str, data: bytes, age: timedelta = timedelta()) -> None:
    path = folder / "posts" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    at = (SystemClock().now() - age).timestamp()
    os.utime(path, (at, at))


def found(folder: Path, *options: str) -> dict[str, str]:
    return {finding["rule"]: finding["severity"] for finding in inside(folder, "check", "--json", *options).json["findings"]}


def states(folder: Path) -> set[tuple[str, str | None]]:
    return {(item["state"], item["reason"]) for item in inside(folder, "list", "--json").json["deliveries"]}


ONE = "![Both hosts laugh into one microphone](podcast-12.jpg)"


def test_a_picture_that_is_not_here_is_waited_for_and_no_error_until_half_an_hour_before(folder: Path) -> None:
    due = post(folder, ONE)
    assert found(folder) == {WAITING: "warning"}
    assert inside(folder, "check").code == 0
    assert states(folder) == {("held", "It is waiting for podcast-12.jpg.")}
    for minutes, severity, rule in ((31, "warning", WAITING), (30, "error", "missing-file"), (1, "error", "missing-file")):
        now = f"{due - timedelta(minutes=minutes):%Y-%m-%d %H:%M}"
        assert found(folder, "--now", now) == {rule: severity}
        assert inside(folder, "check", "--now", now).code == (severity == "error")


def test_every_command_says_what_is_waited_for(folder: Path) -> None:
    post(folder, ONE)
    assert scheduler(folder, "run", "--once").code == 0
    for command in (["list"], ["show", "podcast"], ["queue"], ["status"]):
        assert "waiting for podcast-12.jpg" in " ".join(inside(folder, *command).out.split()), command
    inside(folder, "preview", "--export", str(folder / "preview.html"))
    assert "waiting for podcast-12.jpg" in (folder / "preview.html").read_text(encoding="utf-8")
    put(folder, "podcast-12.jpg", picture())
    assert scheduler(folder, "run", "--once").code == 0
    assert states(folder) == {("queued", None)}
    assert "waiting" not in inside(folder, "status").out


@pytest.mark.parametrize(
    "name",
    [
        ".podcast-12.jpg.icloud",
        "podcast-12.jpg.nextcloud",
        ".syncthing.podcast-12.jpg.tmp",
        ".podcast-12.jpg.~4f2a",
        "podcast-12.jpg.crdownload",
        "podcast-12.jpg",
    ],
)
def test_what_stands_for_a_picture_until_it_has_come_is_no_error(folder: Path, name: str) -> None:
    post(folder, ONE)
    put(folder, name, b"" if name == "podcast-12.jpg" else b"x")
    assert found(folder) == {WAITING: "warning"}
    assert states(folder) == {("held", "It is waiting for podcast-12.jpg.")}


def test_a_picture_that_came_by_half_is_waited_for_while_it_is_fresh_and_damaged_after_that(folder: Path) -> None:
    due = post(folder, ONE)
    whole = picture()
    put(folder, "podcast-12.jpg", whole[: len(whole) // 2])
    assert found(folder) == {WAITING: "warning"}
    assert states(folder) == {("held", "It is waiting for podcast-12.jpg.")}
    near = due - timedelta(minutes=20)
    put(folder, "podcast-12.jpg", whole[: len(whole) // 2], SystemClock().now() - near)
    assert found(folder, "--now", f"{near:%Y-%m-%d %H:%M}") == {"missing-file": "error"}
    put(folder, "podcast-12.jpg", whole[: len(whole) // 2], timedelta(minutes=11))
    assert found(folder) == {"picture-unreadable": "error"}
    put(folder, "podcast-12.jpg", whole)
    assert found(folder) == {}


@pytest.mark.parametrize(
    ("there", "typed"),
    [
        ("podcast-hosts.jpg", "podcast-hots.jpg"),
        ("podcast-hosts.jpg", "Podcast-Hosts.jpg"),
        ("podcast-hosts.jpg", "podcast_hosts.jpg"),
        ("podcast-hosts.jpg", "podcast-hosts.png"),
        ("rally.mp4", "ralley.mp4"),
    ],
)
def test_a_slip_of_the_fingers_is_told_at_once(folder: Path, there: str, typed: str) -> None:
    post(folder, f"![Both hosts laugh]({typed})", more="where: [masto]\n")
    put(folder, there, Film().data if there.endswith("mp4") else picture())
    (finding,) = inside(folder, "check", "--json").json["findings"]
    assert (finding["rule"], finding["severity"]) == ("missing-file", "error")
    assert there in finding["label"]


@pytest.mark.parametrize(("there", "typed"), [("podcast-11.jpg", "podcast-12.jpg"), ("hall.jpg", "bus.jpg"), ("march-1.jpg", "march.jpg")])
def test_the_picture_of_another_week_is_no_slip(folder: Path, there: str, typed: str) -> None:
    post(folder, f"![Both hosts laugh]({typed})")
    put(folder, there, picture())
    assert found(folder) == {WAITING: "warning"}


def test_one_of_two_pictures_with_almost_the_same_name_is_waited_for(folder: Path) -> None:
    post(folder, "![One side](banner-a.jpg)\n![The other side](banner-b.jpg)")
    put(folder, "banner-a.jpg", picture())
    assert states(folder) == {("held", "It is waiting for banner-b.jpg.")}
    assert found(folder) == {WAITING: "warning"}


def test_a_pattern_waits_for_all_that_it_names(folder: Path) -> None:
    post(folder, "![The march](photos/*.jpg)")
    assert states(folder) == {("held", "It is waiting for photos/*.jpg.")}
    put(folder, "photos/1.jpg", picture())
    put(folder, "photos/.2.jpg.icloud", b"x")
    assert states(folder) == {("held", "It is waiting for photos/*.jpg.")}
    assert found(folder) == {WAITING: "warning"}
    (folder / "posts/photos/.2.jpg.icloud").unlink()
    put(folder, "photos/2.jpg", b"")
    assert states(folder) == {("held", "It is waiting for photos/*.jpg.")}
    put(folder, "photos/2.jpg", picture(700))
    assert states(folder) == {("planned", None)}


def test_a_film_is_waited_for_as_a_picture_is(folder: Path) -> None:
    post(folder, "![The march](march.mp4)", more="where: [masto]\n")
    assert states(folder) == {("held", "It is waiting for march.mp4.")}
    put(folder, "march.mp4", Film().data[:-40])
    assert states(folder) == {("held", "It is waiting for march.mp4.")}
    put(folder, "march.mp4", Film().data)
    assert states(folder) == {("planned", None)}


def test_only_the_part_or_the_network_whose_picture_is_missing_waits(folder: Path) -> None:
    due = SystemClock().now() + timedelta(days=2)
    one = f"## One | {due:%Y-%m-%d} 09:00\nOne.\n\n![A picture](here.png)\n\n### insta\nOne.\n\n![Another](late.png)\n"
    head = f"---\nkind: series\n---\n{one}"
    (folder / "posts/s.md").write_text(f"{head}\n## Two | {due:%Y-%m-%d} 10:00\nTwo.\n\n![A picture](here.png)\n", encoding="utf-8")
    put(folder, "here.png", picture())
    told = {(item["part"], item["account"]): item["state"] for item in inside(folder, "list", "--json").json["deliveries"]}
    assert told == {("One", "insta"): "held", ("One", "masto"): "planned", ("Two", "insta"): "planned", ("Two", "masto"): "planned"}
    assert found(folder) == {WAITING: "warning"}
    near = f"{due:%Y-%m-%d} 08:45"
    assert found(folder, "--now", near) == {"missing-file": "error"}


def test_the_daemon_queues_it_as_soon_as_it_is_here_and_sends_it_at_its_time(tmp_path: Path) -> None:
    clock = VirtualClock(NOON)
    desk = Desk(tmp_path / "project", clock)
    try:
        desk.write("awaited", "late", "18:00", "")
        clock.advance(timedelta(minutes=5))
        desk.look()
        facts = desk.elsewhere.facts
        assert {(fact.state, fact.reason) for fact in facts().deliveries.values()} == {
            (State.HELD, "It is waiting for ../assets/late.png.")
        }
        clock.advance(timedelta(hours=5, minutes=30))  # 17:35
        desk.look()
        assert {fact.reason for fact in facts().deliveries.values()} == {"posts/late.md:6: still waiting for ../assets/late.png"}
        desk.come(1)
        desk.look()
        desk.come(2)
        desk.look()
        assert {(fact.state, fact.reason) for fact in facts().deliveries.values()} == {(State.QUEUED, "")}
        clock.advance(datetime(2027, 4, 14, 16, 0, 1, tzinfo=UTC) - clock.now())
        desk.engine.tick()
        assert {fact.state for fact in facts().deliveries.values()} == {State.SENT}
    finally:
        desk.close()


def test_one_that_never_came_is_missed_and_the_reason_says_why(tmp_path: Path) -> None:
    clock = VirtualClock(NOON)
    desk = Desk(tmp_path / "project", clock)
    try:
        desk.write("awaited", "late", "18:00", "")
        clock.advance(timedelta(minutes=5))
        desk.look()
        clock.advance(timedelta(hours=7))
        desk.look()
        (fact, *_) = desk.elsewhere.facts().deliveries.values()
        assert fact.state is State.MISSED
        assert fact.reason.endswith("It was waiting for ../assets/late.png.")
    finally:
        desk.close()


def test_a_picture_that_is_taken_away_after_it_went_out_is_nobodys_business(folder: Path) -> None:
    post(folder, ONE, ahead=timedelta(), more="where: [masto]\n")
    put(folder, "podcast-12.jpg", picture())
    assert scheduler(folder, "run", "--once").code == 0
    (folder / "posts/podcast-12.jpg").unlink()
    assert found(folder) == {}
