"""A config.toml that changes while a daemon runs is taken over like a post file, and nothing goes out by what it said before."""

import json
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.assembly import open_project
from scheduler.clock import VirtualClock
from scheduler.daemon.following import BeingSaved, Broken, NeedsRestart, Outfit
from scheduler.daemon.report import Settings
from scheduler.model.delivery import State
from scheduler.model.errors import SchedulerError
from scheduler.model.outcome import Absent, Uncertain
from scheduler.model.outgoing import REHEARSED, Envelope
from tests.cli.running import inside, scheduler
from tests.daemon.conftest import Desk
from tests.daemon.network import Network
from tests.emulators import mastodon
from tests.ledger.making import agenda, entry
from tests.serving import Answering, serving
from tests.story import daemon, soon, write_post

START = datetime(2027, 4, 14, 10, tzinfo=UTC)
CONFIG = """\
[organisation]
name = "Harbour Workers"

[accounts.toots]
network = "mastodon"
server = "{server}"
live = {live}

[policy]
quiet_before_publish = "0s"
"""
A_WHILE = timedelta(seconds=5)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[mastodon.Emulator]:
    with mastodon.running(tmp_path_factory.mktemp("network")) as running:
        yield running


class House:
    """Is a project folder with one account, and the engine of a daemon that serves it."""

    def __init__(self, folder: Path, network: mastodon.Emulator, *, live: bool) -> None:
        self.folder, self.network, self.clock = folder, network, VirtualClock(START)
        (folder / "posts").mkdir(parents=True)
        self.says(live=live)
        self.started: set[str] = {status["content"] for status in network.seen()}
        private = folder / ".scheduler" / "secrets.toml"
        private.parent.mkdir(mode=0o700)
        private.write_text(f'toots = "{mastodon.TOKEN}"\n', encoding="utf-8")
        private.chmod(0o600)
        self._hired = open_project(folder, self.clock)._engine()  # noqa: SLF001 - the engine as the daemon has it
        self.engine, _, self.following = self._hired.__enter__()

    def close(self) -> None:
        self._hired.__exit__(None, None, None)

    def says(self, *, live: bool, more: str = "", saved: timedelta = -A_WHILE) -> None:
        """Writes config.toml, as if it had been saved that long after now."""
        path = self.folder / "config.toml"
        path.write_text(CONFIG.format(server=self.network.address, live=str(live).lower()) + more, encoding="utf-8")
        os.utime(path, ((self.clock.now() + saved).timestamp(),) * 2)

    def post(self, name: str, words: str) -> None:
        path = self.folder / "posts" / f"{name}.md"
        path.write_text(f"---\nwhen: {self.clock.now():%Y-%m-%d %H:%M:%S}\n---\n{words}\n", encoding="utf-8")
        os.utime(path, ((self.clock.now() - A_WHILE).timestamp(),) * 2)

    def looks(self) -> None:
        self.clock.advance(A_WHILE)
        self.engine.refresh()
        report = self.engine.tick()
        if report.trouble is not None:
            raise report.trouble

    def out(self) -> list[str]:
        """Returns what readers see that they had not seen at the beginning, the oldest first."""
        return sorted({status["content"] for status in self.network.seen()} - self.started)

    def stands(self) -> dict[str, str]:
        done = inside(self.folder, "list", "--json", "--from", "2027-04-01")
        return {item["post"]: "rehearsed" if item["rehearsed"] else item["state"] for item in done.json["deliveries"]}


@pytest.fixture
def house(tmp_path: Path, network: mastodon.Emulator, request: pytest.FixtureRequest) -> Iterator[House]:
    made = House(tmp_path / "project", network, live=request.param)
    yield made
    made.close()


rehearsed_first = pytest.mark.parametrize("house", [False], indirect=True, ids=["rehearsed"])
live_first = pytest.mark.parametrize("house", [True], indirect=True, ids=["live"])


@rehearsed_first
def test_what_is_due_after_going_live_goes_out_and_what_was_rehearsed_stays_so(house: House) -> None:
    house.post("before", "Same words, going live.")
    house.looks()
    house.says(live=True)
    house.post("after", "Same words, going live.")
    house.looks()
    assert house.out() == ["<p>Same words, going live.</p>"], "what was rehearsed stands in nobody's way"
    assert house.stands() == {"before": "rehearsed", "after": "sent"}
    told = json.loads(inside(house.folder, "status", "--json").out)
    assert told["counts"] == {"rehearsed": 1, "sent": 1}


@rehearsed_first
def test_what_was_rehearsed_goes_out_at_a_later_time_that_its_file_gives_it_once_its_account_is_live(house: House) -> None:
    house.post("march", "March with us, and bring a neighbour.")
    house.looks()
    house.says(live=True)
    house.looks()
    assert (house.out(), house.stands()) == ([], {"march": "rehearsed"}), "the old time brings nothing out"
    house.post("march", "March with us, and bring a neighbour.")
    house.looks()
    assert house.out() == ["<p>March with us, and bring a neighbour.</p>"]
    assert house.stands() == {"march": "sent"}
    assert json.loads(inside(house.folder, "status", "--json").out)["counts"] == {"sent": 1}
    house.post("march", "March with us, and bring a neighbour.")
    house.looks()
    assert len(house.out()) == 1, "what is out stays out, whatever time its file gives it"
    told = [record["became"] for record in inside(house.folder, "history", "march", "--json").json["events"]]
    assert told == ["queued", "claimed", "sending", "sent", "queued", "claimed", "sending", "sent"]


@rehearsed_first
def test_what_was_rehearsed_is_rehearsed_again_at_a_later_time_and_not_at_an_earlier_one(house: House) -> None:
    def rehearsals() -> int:
        told = inside(house.folder, "history", "march", "--json").json["events"]
        return sum(record["became"] == "sent" for record in told)

    house.post("march", "March with us, rain or shine.")
    house.looks()
    house.looks()
    house.post("march", "March with us, rain or shine.")
    house.looks()
    assert (rehearsals(), house.stands()) == (2, {"march": "rehearsed"})
    path = house.folder / "posts" / "march.md"
    path.write_text(path.read_text(encoding="utf-8").replace("when: 2027-04-14", "when: 2027-04-13"), encoding="utf-8")
    os.utime(path, ((house.clock.now() - A_WHILE).timestamp(),) * 2)
    house.says(live=True)
    house.looks()
    assert (rehearsals(), house.stands(), house.out()) == (2, {"march": "rehearsed"}, [])


@live_first
def test_an_account_whose_live_was_taken_out_sends_nothing_more(house: House) -> None:
    house.looks()
    house.post("off", "Never to be seen.")
    house.says(live=False)
    house.looks()
    assert house.out() == []
    assert house.stands() == {"off": "rehearsed"}


@live_first
def test_a_post_that_is_out_is_not_sent_again_because_its_account_gets_another_name(house: House) -> None:
    house.says(live=True)
    house.looks()
    house.post("march", "Out before the account got another name.")
    house.looks()
    once = ["<p>Out before the account got another name.</p>"]
    assert house.out() == once
    secrets, config = house.folder / ".scheduler" / "secrets.toml", house.folder / "config.toml"
    secrets.write_text(secrets.read_text("utf-8").replace("toots", "news"), encoding="utf-8")
    config.write_text(config.read_text("utf-8").replace("[accounts.toots]", "[accounts.news]"), encoding="utf-8")
    os.utime(config, ((house.clock.now() - A_WHILE).timestamp(),) * 2)
    house.engine.keep_up()
    house.looks()
    listed = inside(house.folder, "list", "--json", "--from", "2027-04-01").json["deliveries"]
    assert [(item["account"], item["state"]) for item in listed] == [("news", "uncertain")]
    assert "It went out on toots, which config.toml has no more" in listed[0]["reason"]
    house.post("meeting", "Written after it.")
    house.looks()
    assert len([status for status in house.network.seen() if status["content"] in once]) == 1
    assert house.out() == [*once, "<p>Written after it.</p>"]


@live_first
def test_nothing_goes_out_while_config_is_broken_and_all_of_it_once_it_is_mended(house: House) -> None:
    house.looks()
    house.post("waits", "Waits for a mended file.")
    house.says(live=True, more="nonsense\n")
    with pytest.raises(Broken, match=r"config\.toml:11: this line is not TOML"):
        house.looks()
    assert not house.engine.tick().done
    (house.folder / "config.toml").rename(house.folder / "away.toml")
    with pytest.raises(SchedulerError, match=r"no config\.toml"):
        house.looks()
    assert house.out() == []
    house.says(live=True)
    house.looks()
    assert house.out() == ["<p>Waits for a mended file.</p>"]


@live_first
def test_a_file_that_is_being_saved_keeps_everything_back_until_it_is_left_alone(house: House) -> None:
    house.looks()
    house.post("off", "Not by an old file.")
    house.says(live=False, saved=A_WHILE)
    with pytest.raises(BeingSaved):
        house.looks()
    assert house.out() == []
    house.looks()
    assert house.stands() == {"off": "rehearsed"}


@live_first
def test_accounts_lateness_and_zones_are_those_of_the_new_file(house: House) -> None:
    house.looks()
    house.says(
        live=False, more='late_after = "2h"\n\n[accounts.site]\nnetwork = "website"\ntitle = "Harbour"\nurl = "https://harbour.example"\n'
    )
    house.clock.advance(timedelta(minutes=1))
    house.post("both", "On both accounts.")
    house.clock.advance(timedelta(hours=1))
    house.looks()
    states = {fact.account: fact.state for fact in house.engine.ledger.facts().deliveries.values()}
    assert states == {"toots": State.SENT, "site": State.SENT}
    assert (house.folder / "public" / "feed.json").exists()


@live_first
def test_another_database_is_told_to_need_a_restart_and_nothing_goes_out(house: House) -> None:
    house.looks()
    house.post("other", "By no wrong ledger.")
    house.says(live=True, more='\n[database]\nurl = "sqlite:///elsewhere.sqlite"\n')
    with pytest.raises(NeedsRestart):
        house.looks()
    assert house.out() == []


@live_first
def test_the_limits_that_a_server_tells_later_hold_for_what_is_sent_then(house: House) -> None:
    house.network.control(characters=300)
    try:
        project = house.following.setup
        project.accounts.asking().look_after()
        assert project.accounts.asking().due() == ()
        house.post("long", "a" * 400)
        house.looks()
        assert house.stands() == {"long": "held"}
        house.network.control(characters=500)
        house.clock.advance(timedelta(hours=23))
        assert project.accounts.asking().due() == ()
        house.clock.advance(timedelta(hours=1))
        project.accounts.asking().look_after()
        house.post("long", "a" * 400)
        house.looks()
        assert house.stands() == {"long": "sent"}
    finally:
        house.network.control(characters=500)


@live_first
def test_a_refusal_of_the_length_makes_the_server_be_asked_at_once_and_the_check_know(house: House) -> None:
    accounts = house.following.setup.accounts
    accounts.asking().look_after()
    house.network.control(characters=20)
    try:
        house.post("long", "b" * 100)
        house.looks()
        assert house.stands() == {"long": "refused"}
        assert [account.name for account in accounts.asking().due()] == ["toots"]
        accounts.asking().look_after()
        assert accounts.facts()["toots"].limits.text == 20
    finally:
        house.network.control(characters=500)


class Changing:
    """Is a configuration that says something else from one moment on."""

    def __init__(self) -> None:
        self.is_so = True
        self.next: Outfit | None = None

    def look(self) -> Outfit | None:
        found, self.next, self.is_so = self.next, None, True
        return found

    def holds(self) -> bool:
        return self.is_so


def test_what_is_left_of_a_queue_when_the_file_changes_is_sent_by_the_new_one(desk: Desk) -> None:
    config, new = Changing(), {"hall": Network()}
    desk.agenda = agenda(entry("one"), entry("two", minutes=1))
    desk.clock.advance(timedelta(minutes=2))
    desk.engine.follow(config)
    desk.engine.refresh()

    def changed(envelope: Envelope) -> object:
        config.is_so, config.next = False, Outfit(new, desk.make_agenda, Settings(owner="first", workers=1))
        return desk.networks["hall"].accept(envelope)

    desk.networks["hall"].answers = [changed]  # type: ignore[list-item] # it accepts
    desk.engine.tick()
    assert [envelope.outgoing.delivery for envelope in desk.networks["hall"].accepted] == [entry("one").delivery.id]
    desk.engine.tick()
    desk.clock.advance(timedelta(minutes=10))
    desk.engine.tick()
    assert [envelope.outgoing.delivery for envelope in new["hall"].accepted] == [entry("two").delivery.id]


@live_first
def test_a_doubt_about_a_rehearsal_and_one_about_a_real_post_are_never_taken_for_each_other(house: House) -> None:
    outgoing = entry("doubt").outgoing
    assert outgoing is not None
    live = house.following.setup.accounts.publishers()["toots"]
    assert live.find(Envelope(outgoing, {REHEARSED: "yes"})) == Absent(is_uncalled=True), "no network has heard of it"
    house.says(live=False)
    house.looks()
    mere = house.following.setup.accounts.publishers()["toots"]
    assert isinstance(mere.find(Envelope(outgoing, {"idempotency_key": "k"})), Uncertain), "it may be out"


@pytest.mark.parametrize(
    ("point", "steps"),
    [("before_send", ["The same call is repeated under the same key, which the network recognises."]), ("after_send", [])],
)
def test_what_a_kill_left_open_is_settled_by_the_very_next_start(
    tmp_path: Path, network: mastodon.Emulator, point: str, steps: list[str]
) -> None:
    folder = tmp_path / "project"
    House(folder, network, live=True).close()
    for path in folder.glob(".scheduler/ledger*"):
        path.unlink()
    post = write_post(folder, "post.md", f"Begun again {point}.", due=soon())
    os.utime(post, (soon(-60).timestamp(),) * 2)
    assert scheduler(folder, "run", "--once", env={"SCHEDULER_FAULT": f"{point}:kill"}).code == -signal.SIGKILL
    assert inside(folder, "run", "--once").code == 0
    told = [event["reason"] for event in inside(folder, "history", "post", "--json").json["events"] if event["reason"]]
    assert told[1:] == steps
    assert [item["state"] for item in inside(folder, "list", "--json").json["deliveries"]] == ["sent"]
    assert [status["content"] for status in network.seen()].count(f"<p>Begun again {point}.</p>") == 1


class Elsewhere(Answering):
    """Is another server, and keeps what it was asked for."""

    asked: list[str]

    def answer(self) -> None:
        self.asked.append(f"{self.command} {self.path}")
        self.say(404, {"error": "Record not found"})


def test_what_was_sent_before_its_account_was_led_to_another_server_is_not_sent_there(tmp_path: Path, network: mastodon.Emulator) -> None:
    folder, words, asked = tmp_path / "project", "Sent before the account moved.", list[str]()
    House(folder, network, live=True).close()
    for path in folder.glob(".scheduler/ledger*"):
        path.unlink()
    post = write_post(folder, "post.md", words, due=soon())
    os.utime(post, (soon(-60).timestamp(),) * 2)
    assert scheduler(folder, "run", "--once", env={"SCHEDULER_FAULT": "after_send:kill"}).code == -signal.SIGKILL
    config = folder / "config.toml"
    right = config.read_text("utf-8")
    with serving(Elsewhere, asked=asked) as address:
        config.write_text(right.replace(network.address, address), encoding="utf-8")
        assert inside(folder, "run", "--once").code == 0
    item = inside(folder, "list", "--json").json["deliveries"][0]
    assert (item["state"], "led toots to another place" in item["reason"]) == ("uncertain", True), item
    assert [call for call in asked if call.startswith("POST")] == []
    config.write_text(right, encoding="utf-8")
    assert inside(folder, "run", "--once").code == 0
    assert [item["state"] for item in inside(folder, "list", "--json").json["deliveries"]] == ["sent"]
    assert [status["content"] for status in network.seen()].count(f"<p>{words}</p>") == 1


@pytest.mark.parametrize("point", [pytest.param("before_send", marks=pytest.mark.long), "after_send"])
def test_killed_while_sending_with_config_edited_around_it_no_post_is_lost_or_doubled(
    tmp_path: Path, network: mastodon.Emulator, point: str
) -> None:
    folder = tmp_path / "project"
    House(folder, network, live=True).close()
    for path in folder.glob(".scheduler/ledger*"):
        path.unlink()
    words = f"Killed {point}."
    with daemon(folder, env={"SCHEDULER_FAULT": f"{point}:kill"}) as first:
        first.says("running as")
        write_post(folder, "post.md", words, due=soon())
        assert first.ends() == -signal.SIGKILL
    config = folder / "config.toml"
    text = config.read_text("utf-8")
    config.write_text(text.replace("live = true", "live = false"), encoding="utf-8")
    with daemon(folder) as second:
        second.says("running as")
        config.write_text(text, encoding="utf-8")
        second.says("toots is live now")
        write_post(folder, "next.md", f"After {point}.", due=soon())
        second.says("next on toots: sent")
        assert second.stop() == 0
    seen = [status["content"] for status in network.seen()]
    assert seen.count(f"<p>{words}</p>") <= 1
    assert seen.count(f"<p>After {point}.</p>") == 1
    found = inside(folder, "list", "--json").json["deliveries"]
    state = {item["post"]: item["state"] for item in found}
    assert state["next"] == "sent"
    assert state["post"] in {"sent", "uncertain"}, "in doubt until the network is asked as a live account, never called absent"
    assert not any(item["rehearsed"] for item in found)
