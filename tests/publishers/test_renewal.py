"""Access tokens that end: renewed in time, never lost, and told where a person is needed."""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from scheduler.assembly import Project, open_project
from scheduler.clock import SystemClock, VirtualClock
from scheduler.config.secrets import find_secret, keep_secret
from scheduler.model.network import Account
from scheduler.model.outcome import Refused
from scheduler.publishers.contract import Publisher, Renewed, Renews
from scheduler.publishers.hosting.own import OwnHost
from scheduler.publishers.renewal import ending
from scheduler.publishers.standing import Standing, mark_of
from tests.emulators import graph
from tests.emulators.emulating import Running
from tests.publishers.graph_house import House

BERLIN = ZoneInfo("Europe/Berlin")
FLYER = "March\n\n![A flyer](../flyer.jpg)\n"


@pytest.fixture
def house(meta: Running, tmp_path: Path) -> House:
    return House(tmp_path / "project", meta, ("gram",))


def project(house: House, days: float) -> Project:
    """Returns the project that many days from now; the network's clock goes with it."""
    house.server.switch(later=days * 86400)
    return open_project(house.folder, VirtualClock(SystemClock().now() + timedelta(days=days)))


def looked_after(house: House, days: float) -> None:
    project(house, days).accounts.renewal().look_after()


def standing(house: House) -> dict[str, object]:
    found: dict[str, object] = json.loads((house.folder / ".scheduler/accounts/gram.json").read_text("utf-8"))
    return found


def refreshes(house: House) -> int:
    calls: list[str] = house.server.state["calls"]
    return calls.count("GET /refresh_access_token")


def ends_in(house: House) -> float:
    ends = datetime.fromisoformat(str(standing(house)["token_expires"]))
    return round((ends - SystemClock().now()).total_seconds() / 86400, 1)


def test_a_token_is_renewed_once_it_is_a_day_old_and_then_every_week(house: House) -> None:
    looked_after(house, 0)
    assert (refreshes(house), house.secret("gram"), ends_in(house)) == (0, graph.INSTAGRAM_TOKEN, 60)
    looked_after(house, 0.5)
    assert refreshes(house) == 0
    looked_after(house, 1.1)
    first = f"{graph.INSTAGRAM_TOKEN}-next"
    assert (refreshes(house), house.secret("gram"), ends_in(house)) == (1, first, 61.1)
    for day in (2, 3, 5, 8):
        looked_after(house, day)
    assert (refreshes(house), house.secret("gram")) == (1, first)
    looked_after(house, 8.3)
    looked_after(house, 9.1)
    assert (refreshes(house), house.secret("gram")) == (2, f"{first}-next")


@pytest.mark.parametrize("renewed_before", [False, True])
def test_a_clock_that_was_far_ahead_for_a_while_ends_no_renewal(house: House, renewed_before: bool) -> None:
    days = (400, 401.5, 2) if renewed_before else (400, 2)
    for day in days:
        looked_after(house, day)
    assert refreshes(house) == len(days) - 1
    looked_after(house, 9.5)
    assert refreshes(house) == len(days)


def test_no_picture_is_offered_on_trial_but_where_a_person_asks(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def test(host: OwnHost) -> tuple[()]:
        tried.append(host.listen)
        return ()

    monkeypatch.setattr(OwnHost, "test", test)
    for day in (0, 1.1, 2.2):
        looked_after(house, day)
        project(house, day).accounts.asking().look_after()
    assert (refreshes(house), standing(house)["ok"], tried) == (1, True, [])
    assert house.inside("accounts", "test", "gram").code == 0
    assert len(tried) == 1


def test_a_new_token_that_does_not_work_does_not_replace_the_old_one(house: House, caplog: pytest.LogCaptureFixture) -> None:
    looked_after(house, 0)
    house.server.fault(
        "GET /refresh_access_token", "answer", status=200, body={"access_token": "IGAA-broken-token", "expires_in": 9_000_000}
    )
    looked_after(house, 2)
    assert house.secret("gram") == graph.INSTAGRAM_TOKEN
    assert "was not renewed, the old one stays: the new one does not work" in caplog.text
    assert "IGAA-broken-token" not in caplog.text
    looked_after(house, 3.1)
    assert house.secret("gram") == f"{graph.INSTAGRAM_TOKEN}-next"


@pytest.mark.parametrize("fault", [{"do": "drop"}, {"do": "answer", "status": 500}, {"do": "answer", "status": 200, "body": {"ok": 1}}])
def test_a_lost_answer_leaves_the_old_token_and_is_tried_again_the_next_day(house: House, fault: dict[str, object]) -> None:
    looked_after(house, 0)
    house.server.fault("GET /refresh_access_token", **fault, times=2)  # type: ignore[arg-type] # the faults of an emulator are JSON
    looked_after(house, 2)
    assert house.secret("gram") == graph.INSTAGRAM_TOKEN
    assert standing(house)["renewal_trouble"]
    house.server.switch(faults=[])
    looked_after(house, 3.1)
    assert house.secret("gram") == f"{graph.INSTAGRAM_TOKEN}-next"
    assert standing(house)["renewal_trouble"] == ""


class Interrupted:
    """Renews a token, and lets something else happen before the answer is there."""

    lasts = timedelta(days=60)

    def __init__(self, inner: Renews, meanwhile: Callable[[], None]) -> None:
        self._inner, self._meanwhile = inner, meanwhile

    def renew(self) -> Renewed | Refused:
        found = self._inner.renew()
        self._meanwhile()
        return found


@pytest.mark.parametrize("late", ["asking", "refused", "trying"])
def test_a_token_that_a_person_connects_during_a_renewal_stays(house: House, caplog: pytest.LogCaptureFixture, late: str) -> None:
    caplog.set_level(logging.INFO)
    looked_after(house, 0)
    renewal = project(house, 2).accounts.renewal()
    tokens = house.server.state["tokens"]
    house.server.switch(tokens={**tokens, "IGAA-of-a-person": {**tokens[graph.INSTAGRAM_TOKEN], "expires": None}})
    if late == "refused":
        house.token(graph.INSTAGRAM_TOKEN, expires=1.0)

    def by_a_person() -> None:
        keep_secret("gram", "IGAA-of-a-person", house.folder)
        renewal.standings.connected("gram", "IGAA-of-a-person", renewal.connect(renewal.accounts[0], lambda: "IGAA-of-a-person"))

    def connect(account: Account, secret: Callable[[], str]) -> Publisher:
        publisher = renewal.connect(account, secret)
        if secret() != graph.INSTAGRAM_TOKEN and late == "trying":
            by_a_person()
        assert isinstance(publisher, Renews)
        return (
            cast("Publisher", Interrupted(publisher, by_a_person)) if secret() == graph.INSTAGRAM_TOKEN and late != "trying" else publisher
        )

    replace(renewal, connect=connect).look_after()
    assert house.secret("gram") == "IGAA-of-a-person"
    assert "gram was connected anew while its access token was being renewed" in caplog.text
    kept = standing(house)
    assert (kept["mark"], kept["renewal_trouble"], kept["ok"]) == (mark_of("IGAA-of-a-person"), "", True)


def test_a_token_that_the_environment_gives_is_not_renewed_and_a_person_is_told_in_time(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setenv("SCHEDULER_SECRET_GRAM", graph.INSTAGRAM_TOKEN)
    looked_after(house, 0)
    for day in (20, 45, 46.5, 53.5, 57.5, 59.2):
        looked_after(house, day)
    said = [record.message for record in caplog.records if "ends on" in record.message]
    ends = datetime.fromisoformat(str(standing(house)["token_expires"])).astimezone(BERLIN).date()
    seen = [(SystemClock().now() + timedelta(days=day)).astimezone(BERLIN).date() for day in (45, 53.5, 57.5, 59.2)]
    days = [(ends - day).days for day in seen]
    words = ["today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days" for left in days]
    assert len(said) == len(words)
    assert all(f", {word}. It is given" in message for word, message in zip(words, said, strict=True))
    assert all("given by SCHEDULER_SECRET_GRAM, which cannot be rewritten from here" in message for message in said)
    assert all(message.endswith("scheduler accounts add gram") for message in said)
    assert refreshes(house) == 0
    assert graph.INSTAGRAM_TOKEN not in caplog.text


def test_an_end_before_planned_posts_is_a_warning_of_check_with_the_account_s_place(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, days in enumerate((10, 61, 62, 63)):
        house.write(f"post-{number}", f"Number {number}\n\n![A flyer](../flyer.jpg)\n", "gram", days=days)
    looked_after(house, 0)
    assert house.inside("check", "--json").json["findings"] == [], "what is renewed by itself is no trouble"
    monkeypatch.setenv("SCHEDULER_SECRET_GRAM", graph.INSTAGRAM_TOKEN)
    looked_after(house, 1.5)
    checked = house.inside("check", "--json")
    assert checked.code == 0
    [finding] = checked.json["findings"]
    assert (finding["rule"], finding["severity"], finding["path"], finding["account"]) == (
        "token-expires-before",
        "warning",
        "config.toml",
        "gram",
    )
    assert finding["message"].startswith("the access token of gram ends on ")
    assert finding["message"].endswith("; 3 posts are planned after it")
    lines = (house.folder / "config.toml").read_text("utf-8").splitlines()
    assert lines[finding["line"] - 1] == "[accounts.gram]"
    assert "token-expires-before" in house.inside("check").out


def test_status_and_the_list_of_accounts_say_when_a_token_ends(house: House) -> None:
    looked_after(house, 0)
    for verb in (("status",), ("accounts", "list")):
        told = house.inside(*verb).out
        assert "The access token of gram ends on" in told
        assert "in 60 days" in told
        assert "renewed every week while  scheduler run  is running" in told
        assert max(map(len, told.splitlines())) <= 80
    assert house.account("gram")["token_expires"] is not None
    assert house.account("gram")["token_renews"] is True


def test_the_end_of_a_page_s_token_is_what_the_network_says(meta: Running, tmp_path: Path) -> None:
    house = House(tmp_path / "project", meta, ("page",))
    assert house.inside("accounts", "test", "page").code == 0
    assert house.account("page")["token_expires"] is None
    house.server.switch(data_access=int((SystemClock().now() + timedelta(days=5)).timestamp()))
    assert house.inside("accounts", "test", "page").code == 0
    told = house.inside("status").out
    assert "The access token of page ends on" in told
    assert "in 5 days" in told
    assert "Connect it again:  scheduler accounts add page" in told


def test_an_account_whose_token_has_ended_is_not_healthy(house: House) -> None:
    assert house.inside("accounts", "test", "gram").code == 0
    kept = house.folder / ".scheduler/accounts/gram.json"
    known = json.loads(kept.read_text("utf-8"))
    known["token_expires"] = (SystemClock().now() - timedelta(hours=1)).isoformat()
    kept.write_text(json.dumps(known), encoding="utf-8")
    house.write("later", FLYER, "gram", days=3)
    account = house.account("gram")
    assert (account["ok"], str(account["reason"]).startswith("The access token of gram ended on ")) == (False, True)
    listed = house.inside("accounts", "list").out
    assert listed.startswith("✗ gram")
    assert listed.count("The access token of gram ended") == 1
    status = house.inside("status")
    assert status.code == 1
    assert status.out.count("The access token of gram ended on") == 1
    [finding] = house.inside("check", "--json").json["findings"]
    assert finding["message"].startswith("the access token of gram ended on ")


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-11-22T20:00:00+00:00", "ends on November 23, 2026, tomorrow."),
        ("2026-11-22T23:10:00+00:00", "ends on November 23, 2026, today."),
        ("2026-11-20T23:10:00+00:00", "ends on November 23, 2026, in 2 days."),
        ("2026-11-22T23:30:00+00:00", "ended on November 23, 2026."),
    ],
)
def test_an_end_is_told_by_the_calendar_of_the_organisation(now: str, said: str) -> None:
    known = Standing(token_expires="2026-11-22T23:30:00+00:00")
    assert ending("gram", known, datetime.fromisoformat(now), BERLIN) == f"The access token of gram {said}"


def test_a_network_that_gives_the_same_token_again_has_prolonged_it(house: House) -> None:
    looked_after(house, 0)
    same = {"access_token": graph.INSTAGRAM_TOKEN, "expires_in": 60 * 86400}
    house.server.fault("GET /refresh_access_token", "answer", status=200, body=same)
    looked_after(house, 2)
    assert (house.secret("gram"), ends_in(house)) == (graph.INSTAGRAM_TOKEN, 62)
    looked_after(house, 5)
    assert refreshes(house) == 1


def test_the_end_of_a_page_s_token_is_asked_for_once_a_day(meta: Running, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    house = House(tmp_path / "project", meta, ("page",))
    looked_after(house, 0)
    looked_after(house, 0.5)
    calls = house.server.state["calls"]
    assert calls == ["GET /v25.0/debug_token"], "nothing else is asked of an account that nobody can renew"
    now = SystemClock().now()
    ends = now + timedelta(days=4)
    house.server.switch(data_access=int(ends.timestamp()))
    looked_after(house, 1.1)
    # By the calendar: a day and a bit later is late in the evening already the day after.
    days = (ends.astimezone(BERLIN).date() - (now + timedelta(days=1.1)).astimezone(BERLIN).date()).days
    assert f"The access token of page ends on {ends.astimezone(BERLIN):%B} " in caplog.text
    assert f"in {days} days. Connect it again:  scheduler accounts add page" in caplog.text
    house.server.fault("GET .*", "answer", status=500, times=9)
    looked_after(house, 2.2)
    assert house.account("page")["ok"] is True, "a bad hour of the network is no trouble of the account"
    assert house.account("page")["token_expires"] is not None


def test_a_token_that_ends_in_mid_campaign_pauses_the_account_once_and_a_new_one_lets_it_go_on(house: House) -> None:
    for number in range(3):
        house.write(f"post-{number}", f"Number {number}\n\n![A flyer](../flyer.jpg)\n", "gram")
    house.token(graph.INSTAGRAM_TOKEN, expires=1.0)
    assert house.inside("run", "--once").code == 0
    assert house.states() == ["queued"] * 3
    status = house.inside("status", "--json").json
    [pause] = status["paused"]
    assert (pause["scope"], pause["name"]) == ("account", "gram")
    assert "connect the account again" in pause["reason"]
    assert house.account("gram")["ok"] is False
    calls = house.server.state["calls"]
    assert sum("publishing_limit" in call for call in calls) == 1, "one post was tried, not three"
    # The new token is another one; until it works the old one stays where it is.
    tokens = house.server.state["tokens"]
    tokens["IGAA-new-token"] = {**tokens[graph.INSTAGRAM_TOKEN], "expires": None}
    house.server.switch(tokens=tokens)
    wrong = house.run("accounts", "add", "gram", "--secret-stdin", given="IGAA-mistyped\n")
    assert wrong.code == 1
    assert "not kept" in wrong.err
    assert house.secret("gram") == graph.INSTAGRAM_TOKEN
    added = house.run("accounts", "add", "gram", "--secret-stdin", given="IGAA-new-token\n")
    assert added.code == 0, added.err
    assert "gram is paused. Its posts go on with  scheduler resume --account gram" in added.err
    assert house.secret("gram") == "IGAA-new-token"
    assert house.inside("resume", "--account", "gram").code == 0
    assert house.inside("run", "--once").code == 0
    assert house.states() == ["sent"] * 3
    assert sorted(each["text"] for each in house.server.state["media"].values()) == ["Number 0", "Number 1", "Number 2"]
    assert house.account("gram")["ok"] is True


def test_a_daemon_that_runs_takes_the_new_token_without_a_new_start(house: House) -> None:
    opened = open_project(house.folder)
    publisher = opened.accounts.connect(opened.config.accounts["gram"])
    house.token(graph.INSTAGRAM_TOKEN, expires=1.0)
    assert publisher.verify().ok is False  # type: ignore[attr-defined] # this network's publisher verifies
    tokens = house.server.state["tokens"]
    tokens["IGAA-new-token"] = {**tokens[graph.INSTAGRAM_TOKEN], "expires": None}
    house.server.switch(tokens=tokens)
    from scheduler.config.secrets import store_secret  # noqa: PLC0415 - what another process does meanwhile

    store_secret("gram", "IGAA-new-token", house.folder)
    assert publisher.verify().handle == "harbourworkers"  # type: ignore[attr-defined] # as above
    (house.folder / ".scheduler/secrets.toml").unlink()
    assert publisher.verify().handle == "harbourworkers"  # type: ignore[attr-defined] # the last one known is used


def test_no_file_but_the_secrets_holds_a_token(house: House) -> None:
    looked_after(house, 0)
    looked_after(house, 2)
    token = find_secret("gram", house.folder)
    assert token != graph.INSTAGRAM_TOKEN
    for path in (house.folder / ".scheduler").rglob("*"):
        if path.is_file() and path.name != "secrets.toml":
            assert graph.INSTAGRAM_TOKEN.encode() not in path.read_bytes(), path
    assert (house.folder / ".scheduler/secrets.toml").stat().st_mode & 0o077 == 0


def test_accounts_that_are_not_live_are_left_alone(house: House) -> None:
    looked_after(house, 0)
    config = house.folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace("live = true\n", ""), encoding="utf-8")
    looked_after(house, 2)
    assert refreshes(house) == 0
    config.write_text(
        config.read_text("utf-8").replace('network = "instagram"\n', 'network = "instagram"\nlive = true\n'), encoding="utf-8"
    )
    looked_after(house, 2)
    assert refreshes(house) == 1
