"""The real command against the emulator of Meta's networks, killed at every fault point: each piece of a post is out once."""

import signal
from typing import Any

import pytest

from scheduler.daemon.faults import PASSED
from tests.publishers.graph_house import House
from tests.publishers.later import later

PICTURES = "March\n\n![A flyer](../flyer.jpg)\n\n![Another flyer](../other.jpg)\n"
THREAD = "One\n\n### reply\n\nTwo\n\n### reply\n\nThree\n"
USUAL = [("after_step", 2), ("after_send", 1)]
EVERY = [(point, number) for point in PASSED for number in (1, 2)] + [("after_step", number) for number in range(1, 16)]


@pytest.fixture
def house(house: House) -> House:
    (house.folder / "other.jpg").write_bytes((house.folder / "flyer.jpg").read_bytes()[:-2] + b"\0\xff\xd9")
    house.write("march", PICTURES, "gram, page")
    house.write("thread", THREAD, "threads")
    return house


def heals(house: House, *faults: str) -> None:
    for fault in faults:
        killed = house.run("run", "--once", env={"SCHEDULER_FAULT": fault})
        assert killed.code in {-signal.SIGKILL, 0}, killed.err
    assert later(house.folder, lambda env: house.run("run", "--once", env=env)) == {"sent"}
    assert house.states() == ["sent"] * 3
    assert out(house) == [("", "March", 2), ("", "One", 0), ("One", "Two", 0), ("Two", "Three", 0), ("page", "March", 2)]
    assert [path.name for path in (house.folder / ".scheduler/hosted").iterdir() if path.suffix] == []


def out(house: House) -> list[tuple[str, str, int]]:
    """Returns all that readers see, with what it answers and how many pictures it has."""
    state: dict[str, Any] = house.server.state
    media = state["media"]
    posts = [(media[m["reply_to"]]["text"] if m["reply_to"] else "", m["text"], len(m["alts"])) for m in media.values()]
    return sorted(posts + [("page", each["text"], len(each["alts"])) for each in state["posts"].values() if each["is_published"]])


@pytest.mark.parametrize(("point", "number"), USUAL)
def test_killed_anywhere_everything_is_out_once(house: House, point: str, number: int) -> None:
    heals(house, f"{point}:kill:{number}")


@pytest.mark.long
@pytest.mark.parametrize(("point", "number"), EVERY)
def test_killed_at_every_point_everything_is_out_once(house: House, point: str, number: int) -> None:
    heals(house, f"{point}:kill:{number}", "after_step:kill:1")


@pytest.mark.long
@pytest.mark.parametrize("late", [True, False])
@pytest.mark.parametrize("visible", [r"POST /.*/media_publish", r"POST /.*/threads_publish", r"POST /v[^/]*/\d+_\d+"])
def test_an_error_of_the_server_while_it_publishes_is_one_post(house: House, visible: str, *, late: bool) -> None:
    house.server.fault(visible, "answer", status=500, body={"error": {"code": 2}}, late=late)
    house.server.fault(visible, "drop", early=not late)
    heals(house)
