"""The real command hands posts over to a Page as the emulator plays it: killed at every point, it is out once and at its time."""

import signal
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.daemon.faults import PASSED
from tests.emulators.emulating import Running
from tests.publishers.graph_house import House
from tests.servers.faketime import Hands, library

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
POINTS = ("before_look", "after_look", *PASSED, "after_step")


class Early(House):
    """Is a project whose Page gets its posts two days ahead; all clocks but the machine's are moved together."""

    def __init__(self, folder: Path, server: Running) -> None:
        super().__init__(folder, server, ("page",))
        config = folder / "config.toml"
        config.write_text(
            config.read_text("utf-8").replace('network = "facebook"\n', 'network = "facebook"\nhand_over = "2 days"\n'), "utf-8"
        )
        if not library():
            pytest.skip("libfaketime is not installed: python -m tests.servers")
        self.hands = Hands(folder / "clock")
        self.passed = timedelta(0)

    def later(self, length: timedelta) -> None:
        self.passed += length
        self.hands.set(self.passed)
        self.server.advance(hours=length / HOUR)

    def once(self, fault: str = "") -> None:
        if not fault and not self.passed:
            assert self.inside("run", "--once").code == 0
            return
        done = self.run("run", "--once", env={**self.hands.environment, **({"SCHEDULER_FAULT": fault} if fault else {})})
        assert done.code == 0 or (fault and done.code == -signal.SIGKILL), done.err

    def texts(self) -> list[str]:
        return [each["text"] for each in self.server.state["posts"].values() if each["is_published"]]

    def kept(self) -> list[str]:
        return [each["text"] for each in self.server.state["posts"].values() if not each["is_published"] and each["scheduled"]]


@pytest.fixture
def house(meta: Running, tmp_path: Path) -> Early:
    made = Early(tmp_path / "project", meta)
    made.write("march", "March\n\n![A flyer](../flyer.jpg)\n", "page", days=1)
    return made


def settles(house: Early, text: str) -> None:
    for _ in range(8):
        house.later(2 * MINUTE)
        house.once()
        if (house.states(), house.kept()) == (["handed"], [text]):
            return


def heals(house: Early, point: str) -> None:
    """Hands over, takes an edit back, hands over again, and lets it go out with nobody running; the point is broken each time."""
    house.once(f"{point}:kill:1")
    settles(house, "March")
    assert (house.states(), house.kept(), house.texts()) == (["handed"], ["March"], [])
    house.write("march", "March on\n\n![A flyer](../flyer.jpg)\n", "page", days=1)
    house.once(f"{point}:kill:1")
    settles(house, "March on")
    assert (house.states(), house.kept(), house.texts()) == (["handed"], ["March on"], [])
    house.later(25 * HOUR)
    assert house.texts() == []
    house.once(f"{point}:kill:1")
    house.once()
    assert (house.states(), house.texts()) == (["sent"], ["March on"])


@pytest.mark.long
@pytest.mark.parametrize("point", POINTS)
def test_killed_anywhere_it_is_out_once(house: Early, point: str) -> None:
    heals(house, point)


@pytest.mark.long
@pytest.mark.parametrize("late", [True, False])
@pytest.mark.parametrize("on", [r"POST /v[^/]*/\d+/feed", r"DELETE /v[^/]*/\d+_\d+"])
def test_an_error_of_the_server_meanwhile_is_one_post(house: Early, on: str, *, late: bool) -> None:
    house.server.fault(on, "answer", status=500, body={"error": {"code": 2}}, late=late)
    house.server.fault(on, "drop", early=not late)
    heals(house, "before_claim")


def test_what_is_handed_over_is_shown_everywhere(house: Early) -> None:
    house.write("sign", "Sign\n\n### first comment\n\nSign here\n", "page", days=1)
    assert "not handed over to Facebook early: its first comment" in house.inside("check").out
    house.once()
    assert house.states() == ["handed", "queued"]
    assert "Facebook has it and sends it at its time" in house.inside("show", "march").out
    assert "Not handed over early: its first comment" in house.inside("show", "sign").out
    assert "» handed" in house.inside("list").out
    assert "page has it and sends it at its time, even where this machine is off." in house.inside("queue").out
    assert "1 handed, 1 queued" in house.inside("status").out
    assert "handed over: its network keeps it" in " ".join(house.inside("history", "march").out.split())
    house.inside("preview", "--export", str(house.folder / "page.html"))
    assert "Handed over" in (house.folder / "page.html").read_text("utf-8")
    house.write("march", "March on\n\n![A flyer](../flyer.jpg)\n", "page", days=1)
    assert "changed since it was handed over" in " ".join(house.inside("list").out.split())
    shown = house.inside("show", "march").out
    assert "takes that back before it sends this" in shown
    assert "- March" in shown
    assert [change["change"] for change in house.inside("list", "--changes", "--json").json["changes"]] in (["edited"], ["moved"])


def test_pausing_says_what_the_network_has_already(house: Early) -> None:
    house.once()
    said = house.inside("pause", "--account", "page")
    assert "One post is with the network already" in said.err
    house.once()
    assert (house.states(), house.kept()) == (["queued"], [])


def test_a_network_that_cannot_be_reached_is_told_with_the_time_and_the_address(house: Early) -> None:
    house.once()
    (house.folder / "posts/march.md").unlink()
    house.server.fault(".*", "drop", early=True, times=99)
    house.once()
    queue = " ".join(house.inside("queue").out.split())
    assert "Needs a person" in queue
    assert "goes out at" in queue
    assert "https://www.facebook.com/" in queue
    status = house.inside("status")
    assert status.code == 1
    assert "a person should look at" in status.out


@pytest.mark.parametrize(
    ("line", "says"), [('hand_over = "5 minutes"', "15 minutes to 29 days"), ('hand_over = "60 days"', "15 minutes to 29 days")]
)
def test_a_time_that_the_network_does_not_take_is_a_mistake_with_its_line(house: Early, line: str, says: str) -> None:
    config = house.folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace('hand_over = "2 days"', line), "utf-8")
    found = house.inside("check")
    assert found.code == 2
    assert says in found.err + found.out


def test_a_network_that_keeps_nothing_cannot_be_handed_anything(house: Early) -> None:
    config = house.folder / "config.toml"
    config.write_text(config.read_text("utf-8") + '\n[accounts.site]\nnetwork = "website"\nhand_over = "2 days"\n', "utf-8")
    found = house.inside("check")
    assert found.code == 2
    assert "keeps no posts until their time" in found.err + found.out


def test_what_a_page_keeps_is_taken_back_when_its_account_is_live_no_more(house: Early) -> None:
    house.once()
    assert len(house.kept()) == 1
    config = house.folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace("live = true", "live = false"), "utf-8")
    house.once()
    assert (house.kept(), house.texts()) == ([], []), "the network would have sent it by itself"
