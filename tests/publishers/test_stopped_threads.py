"""The real command, and a thread of which a later post is refused for good: known, mended and gone on with, killed anywhere."""

from typing import Any

import pytest

from tests.emulators import graph
from tests.publishers.graph_house import House

THREAD = "One\n\n### reply\nTwo\n\n### reply\nBad\n\n### reply\nFour\n"
NO = {"error": {"message": "No", "code": 100, "error_subcode": 1404102}}
OUT = [("One", ""), ("Two", "One")]
WHOLE = [*OUT, ("Good", "Two"), ("Four", "Good")]


def refuse(house: House, after: int = 2) -> None:
    """Lets the network refuse for good what would be shown after so many posts."""
    if after:
        house.server.fault(f"POST {graph.VERSION}/.*/threads_publish", "slow", seconds=0, times=after)
    house.server.fault(f"POST {graph.VERSION}/.*/threads_publish", "answer", status=400, body=NO, times=9)


def chain(house: House) -> list[tuple[str, str]]:
    """Returns each post with what it answers, as readers see it."""
    media = house.server.state["media"]
    return [(each["text"], media[each["reply_to"]]["text"] if each["reply_to"] else "") for each in media.values()]


def mend(house: House, was: str = "Bad", becomes: str = "Good") -> None:
    path = house.folder / "posts/march.md"
    path.write_text(path.read_text("utf-8").replace(was, becomes), encoding="utf-8")
    house.server.switch(faults=[])


def told(house: House) -> dict[str, Any]:
    (found,) = house.inside("queue", "--json").json["deliveries"]
    return dict(found)


def go_on(house: House) -> None:
    delivery = told(house)["delivery"]
    assert "the rest of the thread is sent from its post 3 on" in house.inside("resolve", delivery[:8], "--not-sent").err
    house.inside("run", "--once")


def test_what_is_out_is_told_everywhere_and_only_the_rest_is_sent(house: House) -> None:
    house.write("march", THREAD, "threads")
    refuse(house)
    house.inside("run", "--once")
    assert chain(house) == OUT
    found = told(house)
    assert (found["state"], found["thread"]["next"], [each["post"] for each in found["thread"]["out"]]) == ("refused", 3, [1, 2])
    addresses = [each["url"] for each in found["thread"]["out"]]
    assert "Post 3 of the thread was refused: Threads says that the post goes against its community standards." in found["why"]
    assert "sends only what lacks, below what is out" in found["step"]
    for command in (("queue",), ("history",), ("history", "march"), ("list", "--json"), ("show", "march", "--json")):
        said = "".join(house.inside(*command).out.split())
        assert all(address in said for address in addresses), command
    status = house.inside("status", "--json")
    assert (status.code, [each["next"] for each in status.json["in_part"]]) == (1, [3])
    assert "One is a thread of which only the beginning is out." in house.inside("status").out
    (shown,) = house.inside("show", "march", "--json").json["outgoing"]
    assert shown["thread"] == found["thread"]
    assert [each["out"] for each in house.inside("history", "--json").json["in_part"]] == [found["thread"]["out"]]

    mend(house)
    house.inside("run", "--once")
    assert chain(house) == OUT, "a person has the word"
    go_on(house)
    assert (chain(house), house.states()) == (WHOLE, ["sent"])


@pytest.mark.long
def test_words_that_are_out_and_were_changed_hold_the_rest_until_they_are_back(house: House) -> None:
    house.write("march", THREAD, "threads")
    refuse(house)
    house.inside("run", "--once")
    mend(house)
    mend(house, "Two", "Another")
    go_on(house)
    assert (chain(house), house.states()) == (OUT, ["held"])
    assert "Post 2 of the thread is out and reads differently in the file now" in told(house)["why"]
    mend(house, "Another", "Two")
    house.inside("run", "--once")
    assert (chain(house), house.states()) == (WHOLE, ["sent"])


@pytest.mark.parametrize("number", [4, *(pytest.param(each, marks=pytest.mark.long) for each in (3, 5, 6, 7))])
def test_killed_in_a_thread_that_is_refused_in_the_middle_nothing_of_it_is_out_twice(house: House, number: int) -> None:
    house.write("march", THREAD, "threads")
    refuse(house)
    assert house.run("run", "--once", env={"SCHEDULER_FAULT": f"after_step:kill:{number}"}).code != 0
    house.inside("run", "--once")
    if house.states() != ["refused"]:
        refuse(house, 0)
        house.inside("run", "--once")
    assert house.states() == ["refused"]
    assert chain(house) == OUT
    mend(house)
    go_on(house)
    assert (chain(house), house.states()) == (WHOLE, ["sent"])


@pytest.mark.long
def test_a_thread_that_a_person_finished_by_hand_is_out(house: House) -> None:
    house.write("march", THREAD, "threads")
    refuse(house)
    house.inside("run", "--once")
    assert house.inside("resolve", told(house)["delivery"], "--sent", "https://threads.example/1").code == 0
    house.inside("run", "--once")
    assert (chain(house), house.states()) == (OUT, ["sent"])


def test_a_wait_that_the_network_asks_for_is_kept_by_each_start_and_told(house: House) -> None:
    house.write("march", THREAD, "threads")
    house.server.fault(f"POST {graph.VERSION}/.*/threads_publish", "slow", seconds=0)
    house.server.fault(f"POST {graph.VERSION}/.*/threads_publish", "answer", status=429, headers={"Retry-After": "7200"}, body={})
    house.inside("run", "--once")
    assert house.states() == ["uncertain"]
    calls = len(house.server.state["calls"])
    for _ in range(2):
        house.inside("run", "--once")
    assert len(house.server.state["calls"]) == calls, "nobody is asked in the middle of the wait"
    assert "threads asks to be left alone; it is asked again" in told(house)["why"]
