"""Meta says with each answer how much of its calls is used: near the end posts wait, before it refuses them."""

import json
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.assembly import open_project
from scheduler.clock import SystemClock, VirtualClock
from scheduler.publishers.graph.usage import Usage
from tests.cli.running import environment
from tests.emulators import graph
from tests.publishers.graph_house import House

FLYER = "March\n\n![A flyer](../flyer.jpg)\n"
NOW = datetime(2027, 3, 1, tzinfo=UTC)
FIVE = timedelta(minutes=5)


def used(percent: int, **more: int) -> dict[str, int]:
    return {"call_count": 3, "total_time": percent, "total_cputime": 1, **more}


def business(kind: str, row: dict[str, int]) -> dict[str, str]:
    return {"x-business-use-case-usage": json.dumps({"17841400000000001": [{"type": kind, **row}]})}


def regained(percent: int, minutes: int) -> dict[str, int]:
    return used(percent, estimated_time_to_regain_access=minutes)


@pytest.mark.parametrize(
    ("headers", "percent", "rest"),
    [
        ({}, None, None),
        ({"x-app-usage": json.dumps(used(28))}, 28, None),
        ({"x-app-usage": json.dumps(used(89))}, 89, None),
        ({"x-app-usage": json.dumps(used(90))}, 90, FIVE),
        ({"x-page-usage": json.dumps(used(100))}, 100, FIVE),
        ({"x-app-usage": json.dumps(used(2)), "x-page-usage": json.dumps(used(97))}, 97, FIVE),
        (business("pages", used(12)), 12, None),
        (business("instagram", regained(100, 42)), 100, timedelta(minutes=42)),
        (business("pages", regained(3, 7)), 3, timedelta(minutes=7)),
        (business("ads_insights", regained(100, 42)), None, None),
        (business("pages", regained(99, 10**9)), 99, timedelta(days=1)),
        ({"x-app-usage": json.dumps(used(10**9))}, 999, FIVE),
        ({"x-app-usage": '{"call_count": "95"}'}, None, None),
        ({"x-app-usage": '{"call_count": true, "total_time": null, "total_cputime": -4}'}, None, None),
        ({"x-app-usage": '{"call_count": NaN, "total_time": 1e999}'}, None, None),
        ({"x-app-usage": "95"}, None, None),
        ({"x-app-usage": "[" * 100_000}, None, None),
        ({"x-app-usage": '{"call_count": ' + "9" * 5_000 + "}"}, None, None),
        ({"x-business-use-case-usage": '{"a": {"call_count": 95}}'}, None, None),
        ({"x-business-use-case-usage": '{"a": [null, 3, [], {"call_count": 91}]}'}, 91, FIVE),
    ],
)
def test_what_the_headers_say_is_how_long_posts_wait(headers: dict[str, str], percent: int | None, rest: timedelta | None) -> None:
    usage = Usage(VirtualClock(NOW))
    usage.hear(headers)
    assert (usage.percent, usage.rest()) == (percent, rest)


@given(st.dictionaries(st.sampled_from(["x-app-usage", "x-page-usage", "x-business-use-case-usage"]), st.text()))
def test_a_header_that_is_none_is_passed_over(headers: dict[str, str]) -> None:
    usage = Usage(VirtualClock(NOW))
    usage.hear(headers)
    assert usage.percent is None or 0 <= usage.percent < 1_000


WHATEVER = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5), lambda x: st.lists(x, max_size=3))


@given(st.dictionaries(st.sampled_from(["call_count", "total_time", "type", "estimated_time_to_regain_access"]), WHATEVER))
def test_no_value_of_a_header_makes_posts_wait_for_more_than_a_day(row: dict[str, object]) -> None:
    for headers in ({"x-app-usage": json.dumps(row)}, {"x-business-use-case-usage": json.dumps({"1": [row]})}):
        usage = Usage(VirtualClock(NOW))
        usage.hear(headers)
        assert (usage.rest() or timedelta(0)) <= timedelta(days=1)


def test_an_app_that_others_keep_busy_is_slowed_down_and_not_stopped() -> None:
    clock = VirtualClock(NOW)
    usage, free = Usage(clock), 0
    for _ in range(60):
        usage.hear({"x-app-usage": json.dumps(used(93))})
        free += usage.rest() is None
        clock.advance(timedelta(minutes=1))
    assert 30 <= free <= 45, "minutes of an hour in which posts go out"
    usage.hear({"x-app-usage": json.dumps(used(100))})
    assert usage.rest() is not None, "and where nothing is left there is no such minute"


def run(house: House, minutes: float) -> None:
    """Lets the scheduler do what is due so many minutes from now."""
    house.server.switch(later=minutes * 60)
    open_project(house.folder, VirtualClock(SystemClock().now() + timedelta(minutes=minutes))).run(once=True)


def posted(house: House) -> list[str]:
    calls: list[str] = house.server.state["calls"]
    return [call for call in calls if call.startswith("POST")]


@pytest.mark.parametrize(("account", "calls"), [("gram", 0), ("page", 1)])
def test_posts_wait_before_the_visible_call_as_long_as_the_network_says(house: House, account: str, calls: int) -> None:
    house.write("march", FLYER, account)
    row = {"type": "pages", **regained(96, 12)}
    house.server.switch(usage={"headers": {"X-Business-Use-Case-Usage": {"1": [row]}, "X-App-Usage": "{broken"}})
    run(house, 0)
    assert len(posted(house)) == calls, "at most the first call of all, whose answer said it"
    assert house.states() == ["queued"]
    queue = house.inside("queue").out
    assert "counts 96 % of the calls that it allows as used" in " ".join(queue.split())
    house.server.switch(usage={})
    run(house, 10)
    assert house.states() == ["queued"]
    run(house, 14)
    assert house.states() == ["sent"]
    assert len([call for call in posted(house) if call.endswith(("photos", "media"))]) == 1, "what was handed over is used"


def test_a_post_that_is_handed_over_early_waits_as_well(house: House) -> None:
    config = house.folder / "config.toml"
    text = config.read_text("utf-8").replace('network = "facebook"\n', 'network = "facebook"\nhand_over = "2 days"\n')
    config.write_text(text, encoding="utf-8")
    house.write("march", FLYER, "page", days=1)
    house.server.switch(usage={"headers": {"X-Page-Usage": used(100)}})
    run(house, 0)
    assert [call.rpartition("/")[2] for call in posted(house)] == ["photos"]
    assert house.states() == ["queued"]
    house.server.switch(usage={})
    run(house, 70)
    assert house.states() == ["handed"]


def test_a_visible_call_whose_answer_says_it_lets_the_next_post_wait(house: House) -> None:
    house.write("first", FLYER, "gram", days=-2 / 1440)
    house.write("second", FLYER.replace("March", "April"), "gram")
    house.server.switch(usage={"after": "POST .*/media_publish", "headers": {"X-App-Usage": used(95)}})
    run(house, 0)
    assert house.states() == ["queued", "sent"]
    house.server.switch(usage={})
    run(house, 8)
    assert house.states() == ["sent", "sent"]


def test_a_refusal_for_too_many_calls_waits_as_long_as_its_header_says(house: House) -> None:
    house.write("march", FLYER, "gram")
    error = {"error": {"message": "(#4) Application request limit reached", "code": 4, "is_transient": True}}
    headers = business("instagram", regained(100, 17))
    house.server.fault(f"GET {graph.VERSION}/.*publishing_limit", "answer", status=400, body=error, headers=headers)
    run(house, 0)
    assert house.states() == ["queued"]
    run(house, 15)
    assert house.states() == ["queued"]
    run(house, 19)
    assert house.states() == ["sent"]


THREAD = "One\n\n### reply\nTwo\n\n### reply\nThree\n"
CHAIN = [("One", ""), ("Two", "One"), ("Three", "Two")]
MADE, SHOWN = "POST .*/threads", "POST .*/threads_publish"


def chain(house: House) -> list[tuple[str, str]]:
    """Returns each post with what it answers, as readers see it."""
    media = house.server.state["media"]
    return [(each["text"], media[each["reply_to"]]["text"] if each["reply_to"] else "") for each in media.values()]


def full(house: House, after: str, times: int) -> None:
    """Lets the network say, from that call on, that its calls are used up for twelve minutes."""
    row = {"type": "threads", **regained(100, 12)}
    house.server.switch(usage={"after": after, "times": times, "headers": {"X-Business-Use-Case-Usage": {"1": [row]}}})


@pytest.mark.parametrize(
    ("after", "times", "out", "calls"),
    [
        (SHOWN, 1, 1, ["threads", "threads_publish"]),
        (MADE, 2, 1, ["threads", "threads_publish", "threads"]),
        (SHOWN, 2, 2, ["threads", "threads_publish"] * 2),
        (MADE, 3, 2, [*["threads", "threads_publish"] * 2, "threads"]),
    ],
)
def test_a_thread_waits_in_the_middle_as_long_as_the_network_says_and_goes_on_where_it_was(
    house: House, after: str, times: int, out: int, calls: list[str]
) -> None:
    house.write("march", THREAD, "threads")
    house.write("later", "Another post\n", "threads", days=3 / 1440)
    full(house, after, times)
    run(house, 0)
    assert (chain(house), [call.rpartition("/")[2] for call in posted(house)]) == (CHAIN[:out], calls)
    assert house.states() == ["queued", "uncertain"]
    (told,) = (item["reason"] for item in house.inside("list", "--json").json["deliveries"] if item["state"] == "uncertain")
    assert told.startswith(f"The thread is out up to its post {out}; the rest follows. Threads counts 100 % of the calls")
    for minutes in (2, 11):
        run(house, minutes)
        assert len(posted(house)) == len(calls), "neither the thread nor the account's next post made a call"
    house.server.switch(usage={})
    run(house, 13)
    assert chain(house)[:3] == CHAIN
    assert len([call for call in posted(house) if call.endswith("/threads")]) <= len(CHAIN) + 1, "what was handed over is used"
    run(house, 24)
    assert [text for text, _ in chain(house)] == ["One", "Two", "Three", "Another post"]
    assert house.states() == ["sent", "sent"]


def test_a_thread_whose_calls_are_still_used_up_at_the_next_look_waits_again(house: House) -> None:
    house.write("march", THREAD, "threads")
    full(house, SHOWN, 1)
    for minutes in (0, 13, 26):
        run(house, minutes)
        assert (chain(house), house.states()) == (CHAIN[:1], ["uncertain"])
    house.server.switch(usage={})
    run(house, 39)
    assert (chain(house), house.states()) == (CHAIN, ["sent"])


def test_a_scheduler_that_is_killed_in_the_pause_of_a_thread_goes_on_after_it(house: House) -> None:
    house.write("march", THREAD, "threads")
    full(house, SHOWN, 2)
    daemon = subprocess.Popen(
        [sys.executable, "-m", "scheduler", "run"],
        cwd=house.folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = SystemClock().monotonic() + 60
        while house.states() != ["uncertain"] and SystemClock().monotonic() < deadline:
            SystemClock().wait(threading.Event(), 0.1)
    finally:
        daemon.kill()
    assert daemon.wait(30) == -signal.SIGKILL
    assert (chain(house), house.states()) == (CHAIN[:2], ["uncertain"])
    before = len(posted(house))
    run(house, 1)
    run(house, 10)
    assert (len(posted(house)), chain(house)) == (before, CHAIN[:2])
    house.server.switch(usage={})
    run(house, 15)
    assert (chain(house), house.states()) == (CHAIN, ["sent"])


@pytest.mark.parametrize("number", [2, 4])
def test_a_scheduler_that_is_killed_before_it_wrote_down_the_pause_asks_and_waits(house: House, number: int) -> None:
    house.write("march", THREAD, "threads")
    full(house, SHOWN, 2)
    killed = house.run("run", "--once", env={"SCHEDULER_FAULT": f"after_step:kill:{number}"})
    assert killed.code in {0, -signal.SIGKILL}
    run(house, 1)
    run(house, 2)
    assert chain(house) == CHAIN[:2]
    house.server.switch(usage={})
    for minutes in (16, 32, 64):
        run(house, minutes)
    assert (chain(house), house.states()) == (CHAIN, ["sent"])


@pytest.mark.parametrize(("account", "title"), [("gram", "Instagram"), ("page", "Facebook")])
def test_a_test_of_the_account_shows_how_much_is_used(house: House, account: str, title: str) -> None:
    assert "of its calls as used" not in house.inside("accounts", "test", account).out
    house.server.switch(usage={"headers": {"X-App-Usage": used(41)}})
    tested = house.inside("accounts", "test", account)
    assert f"{title} counts 41 % of its calls as used; from 90 % on, posts wait." in tested.out
