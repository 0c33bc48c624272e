"""A folder that people work in while engines run, stop, crash, stand still and start again, and what must never be seen meanwhile."""

import hashlib
import random
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from scheduler.clock import VirtualClock
from scheduler.daemon import Engine, Settings, delivering
from scheduler.daemon.seats import Alone
from scheduler.ledger import Ledger, open_ledger
from scheduler.ledger.database.copies import put_back
from scheduler.ledger.pauses import Scope
from scheduler.model.delivery import Facts
from scheduler.model.outgoing import Envelope
from scheduler.model.plan import Agenda, Entry
from scheduler.model.settings import Config, Organisation
from scheduler.planning.context import Context
from scheduler.planning.identity import identities
from scheduler.planning.present import Present
from tests.daemon.booked import ABILITIES, Book, CrashError, Points
from tests.daemon.witness import Row, Witness, reading
from tests.ledger.making import LATE, NOON, agenda, entry

CONFIG = Config(folder="/project", organisation=Organisation(name="Us"))
MINUTE = timedelta(minutes=1)
LEASE = timedelta(minutes=10)
PATIENCE = 300.0


@dataclass(frozen=True)
class Written:
    """Is a post file; ``number`` stays with it through edits and renames."""

    number: int
    account: str
    edition: int
    due: datetime
    broken: bool = False
    read: bool = False

    @property
    def words(self) -> str:
        """Returns its text: files are nothing like each other, editions of one are."""
        return f"{hashlib.sha256(str(self.number).encode()).hexdigest()} edition {self.edition}"

    def entry(self, name: str) -> Entry:
        made = entry(name, account=self.account, text=self.words, due=self.due)
        post = replace(made.delivery.post, sha256=hashlib.sha256(self.words.encode()).hexdigest())
        return replace(made, delivery=replace(made.delivery, post=post))


@dataclass(frozen=True)
class Copy:
    """Is a copy of the ledger with what was known when it was made; ``numbers`` is the number of the last file by then."""

    path: Path
    made_at: datetime
    seen: tuple[dict[str, Row], list[Row], list[Row]]
    out: dict[str, int]
    numbers: int


class Seat(Alone):
    """Is the place of a process beside others; the dead are known where they died on this machine."""

    def __init__(self, dead: set[str]) -> None:
        self._dead = dead

    def is_dead(self, owner: str) -> bool:
        return owner in self._dead


@dataclass
class Sleeper:
    """Is a process that stands still at a point, in a thread of its own; ``holds`` are the deliveries that it was sending then."""

    thread: threading.Thread
    wake: threading.Event
    owner: str
    point: str
    since: float
    errors: list[BaseException]
    holds: set[str] = field(default_factory=set)

    def ends(self) -> None:
        self.wake.set()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
        assert self.errors == []


def fresh_template() -> Path:
    """Returns an empty ledger to copy, since making one takes longer than a whole run of the machine."""
    path = Path(tempfile.mkdtemp()) / "ledger.sqlite"
    open_ledger(path, VirtualClock(NOON), durable=False).close()
    return path


class Scene:
    """Is all there is: the folder, the ledger, five accounts with their books, one engine that works and perhaps one that sleeps."""

    template: Path | None = None

    def __init__(self, *, shared: bool) -> None:
        Scene.template = Scene.template or fresh_template()
        self.shared = shared
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "ledger.sqlite"
        shutil.copy(Scene.template, self.path)
        self.clock = VirtualClock(NOON)
        self.points = Points()
        self.books = {name: Book(name, self.clock, self.points, self.saw) for name in ABILITIES}
        self.witness = Witness(self.path)
        self.files: dict[str, Written] = {}
        self.numbers = 0
        self.runs = 0
        self.dead: set[str] = set()
        self.wrong: list[str] = []
        self.released: set[str] = set()
        self.sleeper: Sleeper | None = None
        self.copy: Copy | None = None
        self.gap: tuple[datetime, datetime] | None = None
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(delivering, "fault", self.points.reach)
        self.patch.setattr("scheduler.daemon.looking.fault", self.points.reach)
        self.ledger = self.open()
        self.engine = self.hire()

    def open(self) -> Ledger:
        return open_ledger(self.path, self.clock, durable=False, chance=random.Random(1))

    def hire(self, ledger: Ledger | None = None) -> Engine:
        self.runs += 1
        settings = Settings(owner=f"run {self.runs}", workers=1, abilities=ABILITIES, lease=LEASE)
        engine = Engine(ledger or self.ledger, self.clock, self.books, self.read, settings)
        engine.join(Seat(self.dead))
        engine.elect()
        return engine

    def read(self, now: datetime, facts: Facts) -> Agenda:
        """Reads the folder as the program does: what a file was called before decides which delivery it is."""
        sound = {name: file.entry(name) for name, file in self.files.items() if not file.broken}
        posts = [made.delivery.post for made in sound.values()]
        names = identities(posts, frozenset(self.files), Context(CONFIG, {}, facts=facts), Present(now))
        self.files = {name: replace(file, read=True) for name, file in self.files.items()}
        broken = {name: "It cannot be understood." for name, file in self.files.items() if file.broken}
        return agenda(*(_named(made, names[name]) for name, made in sound.items()), unreadable=broken)

    # What people and processes do.

    def write(self, name: str, account: str, due: datetime) -> None:
        known = self.files.get(name)
        if known is None:
            self.numbers += 1
            known = Written(self.numbers, account, 0, due)
        self.files[name] = replace(known, edition=known.edition + 1, due=due, broken=False, read=False)

    @staticmethod
    def garbled(file: Written) -> Written:
        return replace(file, broken=True, read=False)

    def new_post(self, account: str) -> str:
        name = f"new-{self.numbers}"
        self.write(name, account, self.clock.now())
        return name

    def work(self) -> None:
        self.engine.refresh()
        assert self.engine.tick().trouble is None
        for book in self.books.values():
            book.script.clear()
        self.after_work()

    def restart(self) -> None:
        self.dead.add(self.engine.owner)
        self.points.forget()
        self.ledger.close()
        self.ledger = self.open()
        self.engine = self.hire()
        for book in self.books.values():
            book.script.clear()
        self.engine.recover(alone=not self.shared)

    def work_and_die(self, point: str) -> None:
        def die() -> None:
            raise CrashError

        self.points.at(point, die)
        try:
            self.work()
        except CrashError:
            self.restart()
        self.points.forget()

    def fall_asleep(self, point: str) -> None:
        """Lets another process begin its work; at the point it stands still until :meth:`wake`."""
        ledger = self.open()
        engine = self.hire(ledger)
        stands, wake, errors = threading.Event(), threading.Event(), list[BaseException]()

        def stand() -> None:
            stands.set()
            wake.wait(PATIENCE)

        def live() -> None:
            self.points.at(point, stand)
            try:
                engine.refresh()
                engine.tick()
            except BaseException as error:  # noqa: BLE001 - told to the thread that waits for it
                errors.append(error)
            self.points.forget()
            stands.set()

        thread = threading.Thread(target=live)
        self.sleeper = Sleeper(thread, wake, engine.owner, point, self.clock.monotonic(), errors)
        thread.start()
        assert stands.wait(PATIENCE)
        with reading(self.path) as raw:
            self.sleeper.holds = {row["id"] for row in raw.execute("SELECT id FROM delivery WHERE owner = ?", (engine.owner,))}

    def wake(self) -> None:
        if self.sleeper is not None:
            self.sleeper.ends()
            self.dead.add(self.sleeper.owner)
            self.sleeper = None

    def save_copy(self) -> None:
        path = self.ledger.back_up(self.clock.now())
        assert path is not None
        self.wrong += self.witness.look()
        seen = (self.witness.rows, self.witness.events, self.witness.attempts)
        self.copy = Copy(path, self.clock.now(), seen, self.times(), self.numbers)

    def restore(self) -> None:
        """Puts the copy back, where what went out since is a file that it does not know, or still asked for at a time of the gap."""
        copy = self.copy
        now = self.clock.now()
        if copy is None or now <= copy.made_at or not self._is_told(copy, now):
            return
        self.ledger.close()
        self.dead.add(self.engine.owner)
        put_back(copy.path, self.path, now)
        self.witness.forget(*copy.seen)
        self.gap = (copy.made_at, now)
        self.copy = None
        self.ledger = self.open()
        self.engine = self.hire()
        self.engine.recover(alone=True)
        self.work()

    def _is_told(self, copy: Copy, now: datetime) -> bool:
        since = set(self.times()) - set(copy.out)
        files = {str(file.number): file for file in self.files.values()}
        return all(
            name not in files or files[name].number > copy.numbers or copy.made_at - MINUTE * 60 < files[name].due <= now for name in since
        )

    def decide(self) -> None:
        """A person looks at each account in doubt and tells the truth; not while somebody may still be sending."""
        if self.sleeper is not None:
            return
        self.wrong += self.witness.look()
        for name, row in self.witness.rows.items():
            if row["state"] != "uncertain":
                continue
            if self.is_out(name, row):
                self.ledger.decide_sent(name, "https://example.org/seen", self.clock.now())
            else:
                self.released.add(name)
                self.ledger.decide_not_sent(name, self.clock.now())

    def resume_all(self) -> None:
        for scope, name in self.witness.pauses():
            self.ledger.resume(Scope(scope), name)

    # What is seen.

    def is_out(self, name: str, row: Row) -> bool:
        """Tells whether a delivery is out, by the account itself: under its own name, or with the words of its file."""
        lines = self.books[row["account"]].lines
        words = {file.words.partition(" ")[0] for file_name, file in self.files.items() if file_name == row["post"]}
        return any(line.delivery == name or line.text.partition(" ")[0] in words for line in lines)

    def times(self) -> Counter[str]:
        """Returns how often each file became visible, by its number, however it was called and whatever it said."""
        numbers = {hashlib.sha256(str(number).encode()).hexdigest(): str(number) for number in range(self.numbers + 1)}
        return Counter(numbers[line.text.partition(" ")[0]] for book in self.books.values() for line in book.lines)

    def saw(self, account: str, envelope: Envelope) -> None:
        """Is called at the moment when a post becomes visible: everything that must be committed before is looked for.

        A sleeper's call is under way already when it falls asleep; what became true meanwhile cannot stop it.
        """
        name = envelope.outgoing.delivery
        if threading.current_thread() is not threading.main_thread():
            self.wrong += [f"{name} on {account}: sent after half of its lease"] if self._overslept(name) else []
            return
        row = self.witness.delivery(name)
        self.wrong += [f"{name} on {account}: {words}" for words in self._objections(account, envelope, row)]

    def _overslept(self, name: str) -> bool:
        """Tells whether a process stood still too long before the call, and was sending this delivery then."""
        sleeper = self.sleeper
        stood = self.clock.monotonic() - sleeper.since if sleeper is not None else 0.0
        late = timedelta(seconds=stood) > LEASE / 2
        return sleeper is not None and late and sleeper.point == "before_send" and name in sleeper.holds

    def _objections(self, account: str, envelope: Envelope, row: Row | None) -> Iterator[str]:
        if row is None or row["state"] != "sending":
            yield f"sent while {row['state'] if row else 'unknown'}"
            return
        if row["payload"] != envelope.outgoing.to_json():
            yield "other bytes were frozen"
        if {("all", ""), ("account", account), ("campaign", row["campaign"])} & self.witness.pauses():
            yield "sent while paused"
        now, due = self.engine.time.now(), datetime.fromisoformat(row["due_utc"])
        if now < due and row["attempts"] == 1:
            yield f"sent at {now} and due at {due}"
        if now > due + LATE and row["id"] not in self.released:
            yield f"sent at {now}, too late for {due}"
        if self._is_held(account):
            yield "another process is sending there"

    def _is_held(self, account: str) -> bool:
        """Tells whether the sleeper has a claim on the account, and its lease is not over."""
        if self.sleeper is None:
            return False
        others = Witness(self.path)
        others.look()
        mine = (row for row in others.rows.values() if row["owner"] == self.sleeper.owner and row["account"] == account)
        return any(datetime.fromisoformat(row["lease_until"]) > self.clock.now() for row in mine if row["lease_until"])

    def after_work(self) -> None:
        """What must be true when an engine has done its work."""
        self.check()
        busy = [
            name for name, row in self.witness.rows.items() if row["state"] in {"claimed", "sending"} and row["owner"] == self.engine.owner
        ]
        self.wrong += [f"{name} was left behind" for name in busy]

    def check(self) -> None:
        """What must be true at any time."""
        self.wrong += self.witness.look()
        out = self.times()
        self.wrong += [f"file {name} is out {number} times" for name, number in out.items() if number > 1]
        for account, book in self.books.items():
            self.wrong += [f"{name} is out {number} times: {self.story(name)}" for name, number in book.times().items() if number > 1]
            self.wrong += list(self._false(account, set(book.times())))
        assert self.wrong == [], "\n".join(self.wrong)

    def _false(self, account: str, out: set[str]) -> Iterator[str]:
        for name, row in self.witness.rows.items():
            if row["account"] != account:
                continue
            if row["state"] == "sent" and not self.is_out(name, row):
                yield f"{name} is called sent and is not out"
            if name in out and row["state"] not in {"sent", "sending", "uncertain"} and self.sleeper is None:
                yield f"{name} is out and called {row['state']}"

    def story(self, name: str) -> str:
        """Returns what the ledger wrote about a delivery."""
        told = (
            f"{event['at']} {event['was']} -> {event['became']} {event['reason']}"
            for event in self.witness.events
            if event["delivery"] == name
        )
        return "\n  ".join([self.witness.rows[name]["account"], *told])

    def is_calm(self, account: str) -> bool:
        """Tells whether nothing stands in the way of a post that is due on an account now."""
        until = self.witness.waits_until(account)
        if until is not None and until > self.clock.now():
            return False
        busy = any(row["state"] in {"claimed", "sending"} for row in self.witness.rows.values())
        believed = self.engine.time.now() == self.clock.now()
        outside = self.gap is None or self.clock.now() > self.gap[1]
        return believed and outside and not busy and self.sleeper is None

    def end(self, *, settle: Callable[[], None]) -> None:
        """Ends all processes; then nothing may be left in the middle, and only what nobody can tell in doubt."""
        try:
            if self.wrong:
                return
            self.wake()
            self.restart()
            for _ in range(5):
                self.clock.advance(timedelta(hours=2))
                self.work()
            settle()
            self.check()
        finally:
            self.patch.undo()
            if self.sleeper is not None:
                self.sleeper.ends()
            self.ledger.close()
            shutil.rmtree(self.folder)


def _named(made: Entry, identity: str) -> Entry:
    """Returns the entry of a file that the ledger may know by another name."""
    named = replace(made.delivery, identity="" if identity == made.delivery.post.id else identity)
    assert made.outgoing is not None
    return replace(made, delivery=named, outgoing=replace(made.outgoing, delivery=named.id))
