"""What `status`, `queue` and `history` say of everything that can become of a delivery; it all really happens here, on its own time."""

import json
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler import assembly
from scheduler.clock import SystemClock
from scheduler.ledger import Terms
from scheduler.ledger.pauses import Scope
from scheduler.ledger.remembering import TROUBLE
from scheduler.model.delivery import State
from scheduler.model.outgoing import Envelope
from tests.cli.newsroom import ALONE, NINE, Newsroom
from tests.cli.running import inside
from tests.emulators.emulating import Running
from tests.emulators.emulating import running as emulated

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def chat_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with emulated("discord", tmp_path_factory.mktemp("discord")) as server:
        yield server


@pytest.fixture
def chat(chat_server: Running) -> Running:
    chat_server.reset()
    return chat_server


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path)


def golden(name: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Compares what was printed with the screen that is kept, and returns it; a screen that is not kept yet is written."""
    shown = "\n".join(line.rstrip() for line in capsys.readouterr().out.splitlines()).rstrip() + "\n"
    path = GOLDEN / f"{name}.txt"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
        pytest.fail(f"{path} was not there and is now; look at it")
    assert shown == path.read_text(encoding="utf-8")
    assert max(len(line) for line in shown.splitlines()) <= 80
    return shown


def test_before_the_first_run(room: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    assert room.status() == 1
    room.queue()
    room.history()
    golden("first", capsys)


def test_what_becomes_of_posts_on_a_network_that_answers_in_every_way(
    tmp_path: Path, chat: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    room = a_day_with_trouble(tmp_path, chat)
    with room.running():
        assert room.status() == 1
        room.queue()
        room.history()
        room.history("lost")
    shown = golden("answers", capsys)
    assert "Nobody knows whether it is out" in shown


def a_day_with_trouble(folder: Path, chat: Running) -> Newsroom:
    room = Newsroom(folder, chat)
    room.write("old", "08:00", text="Too old")
    room.write("gone", "09:04", text="It goes out", to="chat")
    room.write("wrong", "09:05", text="Refused", to="chat")
    room.write("lost", "09:06", text="Lost", to="chat")
    room.write("busy", "09:07", text="Too many", to="chat")
    room.write("draft", "10:00", more="status: draft\n")
    room.write("later", "12:00", to="site, chat")
    room.run()
    room.at("09:04")
    room.run()
    room.at("09:05")
    chat.fault("POST /.*", "answer", status=400, body={"message": "Invalid Form Body", "code": 50035})
    room.run()
    room.at("09:06")
    chat.fault("POST /.*", "drop")
    room.run()
    room.at("09:07")
    chat.fault("POST /.*", "answer", status=429, body={"message": "slow", "retry_after": 90.0}, headers={"Retry-After": "90"})
    room.run()
    return room


def test_an_account_that_its_network_refuses(tmp_path: Path, chat: Running, capsys: pytest.CaptureFixture[str]) -> None:
    room = Newsroom(tmp_path, chat)
    room.write("first", "09:05", text="One", to="chat")
    room.write("second", "09:10", text="Two", to="chat")
    room.run()
    room.at("09:05")
    chat.fault("POST /.*", "answer", status=401, body={"message": "Invalid Webhook Token", "code": 50027})
    room.run()
    with room.running():
        assert room.status() == 1
        room.queue()
        room.history("first")
    golden("refused-account", capsys)
    room.at("09:50")
    room.run()
    with room.running():
        room.queue()
    assert "The account chat was paused." in " ".join(capsys.readouterr().out.split())


def test_quiet_hours_and_the_gap_between_two_posts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    room = Newsroom(tmp_path, more='quiet_hours = "12:00-13:00"\nminimum_gap = "10m"\n')
    room.write("lunch", "12:10", text="One")
    room.write("one", "14:00", text="Two")
    room.write("two", "14:00", text="Three")
    room.run()
    with room.running():
        room.queue()
    room.at("14:00")
    room.run()
    with room.running():
        room.queue()
    golden("pace", capsys)


def test_quiet_hours_of_one_account_are_named_for_that_account_alone(
    tmp_path: Path, chat: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    slots = '[slots.chat]\nquiet_hours = "12:00-13:30"\nminimum_gap = "1h"\n[slots.site]\nquiet_hours = "none"\n'
    room = Newsroom(tmp_path, chat, more=f'quiet_hours = "12:00-13:00"\n{slots}')
    room.write("lunch", "12:10", to="site, chat")
    room.run()
    with room.running():
        room.queue()
    golden("pace-of-one", capsys)


@pytest.mark.parametrize(
    ("scope", "name", "said"),
    [
        (Scope.ALL, "", "Everything is paused since today, 09:00: waiting for news from the hospital."),
        (Scope.ACCOUNT, "site", "The account site is paused since today, 09:00: waiting for news from the hospital."),
    ],
)
def test_a_pause_says_why_and_how_it_ends(room: Newsroom, capsys: pytest.CaptureFixture[str], scope: Scope, name: str, said: str) -> None:
    room.write("march", "09:30")
    room.run()
    with room.ledger() as ledger:
        ledger.pause(scope, name, "waiting for news from the hospital", room.clock.now())
    with room.running():
        assert room.status() == 0
        room.queue()
    shown = " ".join(capsys.readouterr().out.split())
    assert said in shown
    assert f"To go on: scheduler resume{f' --{scope.value} {name}' if name else ''}" in shown


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ((), "It stays missed; give it a new time in its file if it should go out."),
        (("--skip",), "1 was given up."),
        (("--publish",), "1 goes out now, each account keeping a gap between two posts."),
    ],
)
def test_resume_says_what_became_late_and_what_becomes_of_it(tmp_path: Path, flags: tuple[str, ...], said: str) -> None:
    (tmp_path / "config.toml").write_text(ALONE, encoding="utf-8")
    (tmp_path / "posts").mkdir()
    due = SystemClock().now() - timedelta(hours=2)
    (tmp_path / "posts" / "march.md").write_text(f"---\nwhen: {due:%Y-%m-%d %H:%M}\n---\nWe meet.\n", encoding="utf-8")
    assert inside(tmp_path, "pause", "--reason", "mourning").code == 0
    assert inside(tmp_path, "run", "--once").code == 0
    done = inside(tmp_path, "resume", *flags)
    assert done.code == 0
    assert "1 became late and was not sent:" in done.err
    assert f", {due:%H:%M}  march  site" in done.err
    assert said in done.err


def test_a_post_that_was_being_sent_when_the_scheduler_ended(room: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    room.write("march", "09:05")
    room.run()
    room.at("09:05")
    with room.ledger() as ledger:
        (entry,) = room.project.agenda(room.clock.now(), ledger.facts()).entries
        assert entry.outgoing is not None
        claim = ledger.claim(entry.delivery.id, entry.outgoing.fingerprint, room.clock.now(), Terms(owner="gone/boot/1/x"))
        assert claim is not None
        ledger.begin_sending(claim, Envelope(entry.outgoing, {}), room.clock.now())
    room.at("09:07")
    room.queue()
    with room.running():
        room.queue()
    golden("sending", capsys)


def test_a_post_that_was_changed_or_taken_away(room: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    room.write("changed", "09:05", text="One")
    room.write("gone", "11:00", text="Two")
    room.run()
    room.at("09:05")
    room.run()
    room.write("changed", "09:05", text="Another")
    (room.folder / "posts" / "gone.md").unlink()
    room.run()
    room.queue()
    room.history("changed")
    room.history("gone")
    golden("changed", capsys)


def test_a_clock_that_leapt_holds_back_what_fell_due_by_that(room: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    room.write("march", "10:00")
    room.run()
    room.at("10:01")
    with room.ledger() as ledger:
        ledger.put("clock_jump", [NINE.isoformat(), (NINE + timedelta(hours=1)).isoformat()])
    with room.running():
        room.queue()
    assert "The clock of this machine leapt from today, 09:00 to today, 10:00." in " ".join(capsys.readouterr().out.split())


def test_a_post_that_was_missed_while_the_scheduler_was_off(room: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    room.write("march", "10:00")
    room.run()
    room.at("11:00")
    room.run()
    with room.running():
        room.queue()
    room.history("march")
    shown = " ".join(golden("missed-while-off", capsys).split())
    assert "The scheduler did not run then: it was last heard of today, 09:00 and started again today, 11:00." in shown


KINDS = """
late = { post = "hold", event = "skip", evergreen = "publish" }
late_after = { post = "2h", event = "45m", evergreen = "15m" }
"""


def test_after_an_outage_each_kind_of_post_is_late_by_its_own_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The scheduler does not run from nine to half past one; all three were due at eleven, and the gala is tomorrow."""
    room = Newsroom(tmp_path)
    path = tmp_path / "config.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('late_after = "30m"\n', KINDS), encoding="utf-8")
    room.write("leaflet", "11:00", text="The leaflet is out.")
    room.write("gala", "11:00", text="Come to the gala.", more="kind: event\ntitle: Gala\nstarts: 2027-04-14 19:00\n")
    weekly = "repeat: every week on Tuesday at 11:00\nrepeat-from: 2027-04-13\nrepeat-until: 2027-04-13\nwhere: [site]\n"
    (tmp_path / "posts" / "rights.md").write_text(f"---\n{weekly}---\nKnow your rights.\n", encoding="utf-8")
    room.run()
    with room.ledger() as ledger:
        assert [fact.state for fact in ledger.facts().deliveries.values()] == [State.QUEUED] * 3
    for wall in ("13:30", "13:31", "14:00"):
        room.at(wall)
        room.run()
    with room.ledger() as ledger:
        facts = {fact.post: fact for fact in ledger.facts().deliveries.values()}
        assert {post: fact.state for post, fact in facts.items()} == {
            "leaflet": State.MISSED,
            "gala": State.SKIPPED,
            "rights": State.SENT,
        }
        assert [attempt.delivery for attempt in ledger.attempts()] == [facts["rights"].delivery]
        assert facts["rights"].sent_at == NINE.replace(hour=13, minute=30)
        became = {post: [event.became for event in ledger.events(fact.delivery)] for post, fact in facts.items()}
        assert (became["leaflet"].count(State.MISSED), became["gala"].count(State.SKIPPED)) == (1, 1)
    capsys.readouterr()
    for post in ("leaflet", "gala", "rights"):
        room.history(post)
    with room.running():
        room.queue()
    golden("late-by-kind", capsys)


def test_a_ledger_that_was_put_back_from_a_copy(tmp_path: Path, chat: Running, capsys: pytest.CaptureFixture[str]) -> None:
    room = Newsroom(tmp_path, chat)
    room.write("march", "09:05", to="chat")
    room.run()
    with room.ledger() as ledger:
        copy = ledger.back_up(room.clock.now())
    assert copy is not None
    room.at("09:05")
    room.run()
    room.at("09:20")
    room.put_back(copy)
    room.run()
    with room.running():
        assert room.status() == 1
        room.queue()
    shown = " ".join(capsys.readouterr().out.split())
    assert "The ledger was put back from a copy of 2027-04-13 09:00 UTC, so this may be out already." in shown
    assert len(chat.state["messages"]) == 1


def test_a_post_that_the_copy_does_not_know_waits_for_a_person_who_says_that_none_of_them_is_out(
    room: Newsroom, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assembly, "SystemClock", lambda: room.clock)  # what is planned by now is not so on every day of this test
    room.write("march", "09:05")
    room.run()
    with room.ledger() as ledger:
        copy = ledger.back_up(room.clock.now())
    assert copy is not None
    room.write("rally", "11:00")
    room.write("strike", "11:30")
    room.put_back(copy)
    room.run()
    room.queue()
    done = inside(room.folder, "resolve", "--planned", "--not-sent")
    assert (done.code, done.err.count("goes out at its time")) == (0, 2)
    room.queue()
    shown = golden("put-back", capsys)
    assert "Only a person can tell" in " ".join(shown.split())


def test_a_refused_post_is_tried_once_more_after_it_was_mended(tmp_path: Path, chat: Running, capsys: pytest.CaptureFixture[str]) -> None:
    room = Newsroom(tmp_path, chat)
    room.write("wrong", "09:05", text="Refused", to="chat")
    room.run()
    room.at("09:05")
    chat.fault("POST /.*", "answer", status=400, body={"message": "Invalid Form Body", "code": 50035})
    room.run()
    room.queue()
    shown = " ".join(capsys.readouterr().out.split())
    name = shown.split("scheduler resolve ")[1].split()[0]
    room.at("10:30")
    room.write("wrong", "09:05", text="Mended", to="chat")
    with room.ledger() as ledger:
        (whole,) = [key for key in ledger.facts().deliveries if key.startswith(name)]
        ledger.decide_not_sent(whole, room.clock.now())
    room.run()
    assert [message["text"] for message in chat.state["messages"]] == ["Mended"]
    room.history("wrong")
    assert "A person asks for another try." in " ".join(capsys.readouterr().out.split())


def test_programs_are_told_the_same(tmp_path: Path, chat: Running, capsys: pytest.CaptureFixture[str]) -> None:
    room = a_day_with_trouble(tmp_path, chat)
    with room.running():
        room.queue(as_json=True)
        queue = json.loads(capsys.readouterr().out)["deliveries"]
        room.status(as_json=True)
        status = json.loads(capsys.readouterr().out)
    by_post = {item["post"]: item for item in queue if item["account"] == "chat"}
    assert {name: item["state"] for name, item in by_post.items()} == {
        "wrong": "refused",
        "lost": "uncertain",
        "busy": "queued",
        "later": "queued",
    }
    assert [name for name, item in by_post.items() if item["needs_a_person"]] == ["wrong", "lost"]
    assert status["daemon"] == {"alive": True, "last_tick": "2027-04-13T09:07:00Z"}
    assert status["pulse"]["state"] == "runs"
    assert status["needs_a_person"] == 3
    room.history("busy", as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["attempts"][0]["outcome"] == "refused"
    assert [event["became"] for event in told["events"]] == ["queued", "claimed", "sending", "queued"]


def test_a_scheduler_that_ended_without_a_word_or_does_nothing_any_more(room: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    room.write("march", "12:00")
    room.run()
    room.at("09:10")
    with room.running():
        left = (room.folder / ".scheduler" / "daemon.json").read_text(encoding="utf-8")
        room.at("09:30")
        assert room.status() == 1
    (room.folder / ".scheduler" / "daemon.json").write_text(left, encoding="utf-8")
    assert room.status() == 1
    shown = golden("hangs-and-died", capsys)
    assert "has done nothing for 20 minutes" in shown
    assert "ended without a word" in shown


def test_what_keeps_the_scheduler_from_its_work(room: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    room.run()
    with room.running():
        with room.ledger() as ledger:
            ledger.put(TROUBLE, [NINE.isoformat(), "The folder posts cannot be read.", "Give it back."])
        assert room.status() == 1
        shown = " ".join(capsys.readouterr().out.split())
        assert "✗ Nothing is sent since today, 09:00: The folder posts cannot be read. Give it back." in shown
        with room.ledger() as ledger:
            ledger.put(TROUBLE, [])
        assert room.status() == 0


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("newer", "The ledger was written by a newer release of scheduler"),
        ("damaged", "The ledger file is damaged."),
    ],
)
def test_a_ledger_that_cannot_be_read(room: Newsroom, capsys: pytest.CaptureFixture[str], spoil: str, said: str) -> None:
    room.run()
    path = room.folder / ".scheduler" / "ledger.sqlite"
    if spoil == "newer":
        with closing(sqlite3.connect(path)) as raw:
            raw.execute("UPDATE alembic_version SET version_num = '9999'")
            raw.commit()
    else:
        path.write_bytes(b"not a ledger" * 1000)
    assert room.status() == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert shown.startswith("✗ The scheduler does not run here, and its ledger cannot be read.")
    assert said in shown
    room.status(as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["daemon"] == {"alive": False, "last_tick": None}
    assert said in told["pulse"]["trouble"][0]


def test_a_ledger_that_somebody_writes_to_can_be_looked_at(room: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    room.run()
    with room.running(), closing(sqlite3.connect(room.folder / ".scheduler" / "ledger.sqlite", isolation_level=None)) as raw:
        raw.execute("BEGIN IMMEDIATE")
        assert room.status() == 0
        room.queue()
        room.history()
    assert "The scheduler runs" in capsys.readouterr().out


@pytest.mark.parametrize("way", ["read-only", "full"])
def test_a_disk_that_cannot_be_written_to(tmp_path: Path, capsys: pytest.CaptureFixture[str], way: str) -> None:
    """
    The folder is a file system of a few megabytes; mounting it needs the rights of root.
    """
    small = tmp_path / "small"
    small.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", small], check=False, capture_output=True)
    if done.returncode != 0:
        pytest.skip(f"mounting a small disk needs root: {done.stderr.decode().strip()}")
    try:
        room = Newsroom(small)
        room.write("march", "12:00")
        room.run()
        if way == "full":
            fill(small / "ballast")
        else:
            subprocess.run(["mount", "-o", "remount,ro", small], check=True)
        assert room.status() == 1
        shown = " ".join(capsys.readouterr().out.split())
        assert "Traceback" not in shown
        assert "full" in shown if way == "full" else "can be written to" in shown
    finally:
        subprocess.run(["umount", "-l", small], check=True)


def fill(path: Path) -> None:
    with suppress(OSError), path.open("wb") as file:
        for size in (65536, 4096, 512):
            with suppress(OSError):
                while True:
                    file.write(b"x" * size)
                    file.flush()
