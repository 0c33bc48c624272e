"""The only place that joins the pieces."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from scheduler.checks.explaining import pages
from scheduler.checks.review import compare, known_rules, review
from scheduler.checks.rule import Around, Subject
from scheduler.clock import Clock, SystemClock, VirtualClock
from scheduler.config.private import keep_private
from scheduler.config.reading import read_config
from scheduler.daemon.agendas import Live
from scheduler.daemon.engine import Engine
from scheduler.daemon.fleet.starting import carry, dispatcher_for
from scheduler.daemon.following import Following, Outfit
from scheduler.daemon.housekeeping import all_of
from scheduler.daemon.instance import Holder
from scheduler.daemon.loop import Daemon
from scheduler.daemon.rehearsing import play
from scheduler.daemon.report import Settings
from scheduler.daemon.sweeping import sweep_pictures
from scheduler.graphics.artist import Artist
from scheduler.graphics.studio import Studio
from scheduler.graphics.thumbnail import thumbnail
from scheduler.ledger.ledger import Ledger
from scheduler.ledger.opening import open_ledger
from scheduler.model.delivery import Delivery, Facts, State
from scheduler.model.finding import Finding
from scheduler.model.network import Network
from scheduler.model.outgoing import Outgoing
from scheduler.model.plan import Agenda, Entry, Plan
from scheduler.model.post import Reading
from scheduler.model.settings import Config
from scheduler.planning.agenda import Draw, Tools, build, with_facts, with_results
from scheduler.planning.changes import Change, changes
from scheduler.planning.composing.cards import SEEN_AHEAD, pages_of
from scheduler.planning.composing.people import known_people
from scheduler.planning.composing.pictures import graphic_for, named_media
from scheduler.planning.context import Context
from scheduler.planning.holding import is_meant_to_go
from scheduler.planning.plan import plan
from scheduler.planning.witness import Witness
from scheduler.postfiles.folder.reading import PostFolder
from scheduler.publishers.accounts import Accounts
from scheduler.publishers.cards.shelf import PageShelf
from scheduler.publishers.contract import Adapter
from scheduler.publishers.discovery import known_networks

STATE_FOLDER = ".scheduler"


def open_project(folder: Path, clock: Clock | None = None) -> "Project":
    """Returns the project of a folder with a config.toml; raises what is wrong with it as a SchedulerError."""
    adapters = known_networks()
    config = read_config(folder, {name: adapter.facts for name, adapter in adapters.items()})
    keep_private(Path(config.folder) / STATE_FOLDER)
    return Project(config, adapters, clock or SystemClock())


@dataclass(frozen=True, slots=True)
class Played:
    """Is a finished rehearsal; times are aware UTC, ``folder`` holds what each account would have got."""

    start: datetime
    until: datetime
    folder: str
    entries: tuple[Entry, ...]
    unreadable: Mapping[str, str]

    @property
    def failures(self) -> tuple[Entry, ...]:
        """Returns what should have gone out and did not; a draft or a cancelled event is no failure."""
        return tuple(entry for entry in self.entries if entry.state is not State.SENT and is_meant_to_go(entry.delivery))


class Project:
    """Is an opened project folder and everything that works on it."""

    def __init__(self, config: Config, adapters: Mapping[str, Adapter], clock: Clock) -> None:
        self.config = config
        self.clock = clock
        self.folder = Path(config.folder)
        self.state_folder = self.folder / STATE_FOLDER
        self.adapters = adapters
        self.networks: Mapping[str, Network] = {name: adapter.facts for name, adapter in adapters.items()}
        self.accounts = Accounts(config, adapters, clock, self.state_folder)
        self.pages = PageShelf(self.state_folder / "cards", clock)
        self.posts = PostFolder(
            self.folder,
            accounts={account.name: account.network for account in config.accounts.values()},
            networks=self.networks,
            languages=config.organisation.languages,
            settle=config.policy.settle,
        )
        self.posts.remember_in(self.state_folder)
        self._studio = Studio(
            Artist(self.state_folder / "graphics", config.brand, self.folder / "assets" / "templates", self.folder),
            self.state_folder / "pictures",
        )

    @property
    def ledger_address(self) -> str | Path:
        """Returns where the facts are kept: the configured database, else a file in the project folder."""
        return self.config.database or self.state_folder / "ledger.sqlite"

    def open_ledger(self) -> Ledger:
        """Returns the project's ledger, made first where there is none."""
        return open_ledger(self.ledger_address, self.clock, folder=self.state_folder)

    @property
    def has_run(self) -> bool:
        """Tells whether there is a ledger, so that something may already be out."""
        return not isinstance(self.ledger_address, Path) or self.ledger_address.exists()

    def facts(self) -> Facts:
        """Returns what the ledger knows; nothing where the project has never run."""
        if not self.has_run:
            return Facts()
        ledger = self.open_ledger()
        try:
            return ledger.facts()
        finally:
            ledger.close()

    def agenda(
        self, now: datetime, facts: Facts, *, sketched: bool = False, until: datetime | None = None, quiet: timedelta | None = None
    ) -> Agenda:
        """Returns the plan, composed and reviewed at ``now``, up to ``until``.

        ``sketched``, graphics are not drawn for it: whether they can be is known, and what they look like is not.
        With ``quiet`` it says when what was saved just now takes effect.
        """
        reading = self.posts.read()
        context = self._context(reading, facts, until)
        sketch = self._studio.sketch if sketched else None
        agenda = build(reading, context, now, self._tools(context, self._studio.picture, sketch), quiet)
        return replace(agenda, findings=(*agenda.findings, *self.accounts.findings(agenda.entries, now)))

    def live_agenda(self, now: datetime, facts: Facts, reading: Reading, witness: Witness) -> Agenda:
        """Returns the plan that is sent, of a reading without files that are being written; the witness hears what else it is of."""
        context = self._context(reading, facts)
        own, templates = witness.hears(self.accounts.facts)(), witness.hears(self._studio.templates)()
        context = replace(context, accounts=own, page=witness.hears(self.pages.page), templates=templates)
        tools = self._tools(context, witness.hears(self._studio.picture))
        return build(reading, context, now, tools, self.config.policy.quiet_before_publish)

    def _context(self, reading: Reading, facts: Facts, until: datetime | None = None) -> Context:
        own, page = self.accounts.facts(), self.pages.page
        people = known_people(self.config, reading.partners, reading.words.handles)
        told = Context(self.config, self.networks, reading.hashtag_sets, facts, reading.partners, people=people)
        return replace(told, accounts=own, page=page, until=until, quiet=reading.words.quiet, templates=self._studio.templates())

    def draft(self, now: datetime, facts: Facts, until: datetime | None = None) -> tuple[Reading, Plan]:
        """Returns what the files say and when it would go out; nothing is drawn or reviewed, so it is quick and not the last word."""
        reading = self.posts.read()
        return reading, plan(reading.files, self._context(reading, facts, until), now, reading.unsettled)

    def shown_agenda(self, now: datetime, until: datetime | None = None, *, sketched: bool = False) -> Agenda:
        """Returns the agenda as people see it, with the ledger's word on what it has taken over; the rest as for :meth:`agenda`."""
        facts = self.facts()
        quiet = self.config.policy.quiet_before_publish
        return with_facts(self.agenda(now, facts, sketched=sketched, until=until, quiet=quiet), facts)

    def changes(self, now: datetime) -> tuple[Change, ...]:
        """Returns what the post files change against what the ledger has queued."""
        facts = self.facts()
        return changes(self.agenda(now, facts, quiet=self.config.policy.quiet_before_publish), facts, self.sent)

    def sent(self, delivery: str) -> Outgoing | None:
        """Returns what a delivery sent; None where the ledger knows of nothing."""
        if not self.has_run:
            return None
        ledger = self.open_ledger()
        try:
            return ledger.frozen(delivery)
        finally:
            ledger.close()

    def campaigns(self) -> frozenset[str]:
        """Returns the names of the campaigns, which are those of their folders."""
        return frozenset(file.post.campaign for file in self.posts.read().files if file.post and file.post.campaign)

    def export_preview(self, target: Path) -> None:
        """Writes the preview to a file ending in .html, or to a folder."""
        from scheduler.preview.export import export_page  # noqa: PLC0415 - its templates are slow to load, and needed here alone

        now = self.clock.now()
        agenda = self.shown_agenda(now)
        agenda = self.shown_agenda(now) if self.read_pages(agenda.entries, now + SEEN_AHEAD) else agenda
        export_page(agenda, self.config, self.networks, now, target, thumbnail)

    def run(self, *, once: bool, fleet: bool = False) -> None:
        """Publishes on time until SIGTERM or SIGINT; with ``once``, sends what is due now and returns; with ``fleet``, workers send."""
        fleet = fleet or self.config.fleet
        with self._engine() as (engine, holder, following), dispatcher_for(engine.ledger, self.clock, fleet=fleet) as dispatcher:
            watched = (self.folder / "posts", self.folder / "assets")
            daemon = Daemon(engine, self.clock, self.state_folder, watched, holder, dispatcher)
            (daemon.run_once if once else daemon.run)(lambda: following.setup.keep_house(engine.ledger))

    def work(self, at_once: int) -> None:
        """Sends what a daemon hands out, that many deliveries at once, until SIGTERM or SIGINT."""
        with self._engine() as (engine, holder, _):
            carry(engine, self.clock, holder, at_once)

    @contextmanager
    def _engine(self) -> Iterator[tuple[Engine, Holder, "Following[Project]"]]:
        ledger = self.open_ledger()
        try:
            holder = Holder.here(self.clock.now())
            following = Following(self, holder.owner, self.clock)
            with following.serving() as outfit:
                engine = Engine(ledger, self.clock, outfit.publishers, outfit.agenda, outfit.settings)
                engine.follow(following)
                engine.keep_up()  # what a crash left is taken up before the folder is looked at for the first time
                yield engine, holder, following
        finally:
            ledger.close()

    def again(self) -> "Project":
        """Returns the project of the same folder opened anew, as its configuration says by now."""
        return open_project(self.folder, self.clock)

    def outfit(self, owner: str) -> Outfit:
        """Returns what an engine of that name works with."""
        early = {account.name: account.hand_over for account in self.accounts.live if account.hand_over}
        settings = Settings(owner=owner, policy=self.config.policy, abilities=self.accounts.abilities(), early=early)
        return Outfit(self.accounts.publishers(), Live(self), settings)

    def serve(self) -> AbstractContextManager[None]:
        """Returns what shows pictures to networks while it lasts, where config.toml asks for that."""
        return self.accounts.places.serve()

    def told(self) -> Mapping[str, object]:
        """Returns by account the limits that its own server told, and which secret it has."""
        return self.accounts.told()

    def settled(self, before: datetime) -> Reading:
        """Returns what the files say that were changed no later than that, aware UTC."""
        return self.posts.read(before)

    def keep_house(self, ledger: Ledger) -> None:
        """Looks after the accounts, and takes away the pictures that no network needs to fetch any more."""
        all_of(
            self.accounts.renewal().look_after,
            self.accounts.asking().look_after,
            partial(sweep_pictures, ledger, self.accounts.places.emptying),
        )()

    def read_pages(self, entries: Iterable[Entry], until: datetime) -> bool:
        """Reads the pages that cards of connected accounts are made of; returns whether anything new is known."""
        connected = frozenset(name for name, account in self.config.accounts.items() if account.live or self.accounts.standings.of(name))
        return self.pages.read(pages_of(entries, self.networks, connected, until))

    def rehearse(self, start: datetime | None, until: datetime | None, progress: Callable[[int, int], None]) -> Played:
        """Plays the plan through the real engine on a virtual clock, with every account rehearsed; nothing leaves this machine.

        It starts now, or before the first post where this folder has never run, and ends after the last one.
        """
        now, known = self.clock.now(), self.facts()
        first = start or now
        drafted = self.draft(first, known, until)[1]
        times = [each.due.utc for each in (*drafted.deliveries, *(held.delivery for held in drafted.held))]
        if start is None and not self.has_run and times:
            first = min(now, min(times) - timedelta(minutes=1))
        last = until or max([first, *times]) + timedelta(minutes=1)
        folder = self.state_folder / "rehearse"
        shutil.rmtree(folder, ignore_errors=True)
        clock = VirtualClock(first)
        ledger = open_ledger(folder / "ledger.sqlite", clock, durable=False)
        expected = sum(first <= time <= last for time in times)
        try:
            played = partial(self._played_agenda, known, until=last)
            engine = Engine(ledger, clock, self.accounts.publishers(folder), played, Settings(owner="rehearsal", workers=1))
            play(engine, clock, first, last, lambda done, _: progress(done, expected))
            facts = ledger.facts()
        finally:
            ledger.close()
        agenda = with_results(played(first, facts), facts)
        entries = tuple(entry for entry in agenda.entries if first <= entry.delivery.due.utc <= last)
        return Played(first, last, str(folder), entries, agenda.unreadable)

    def _played_agenda(self, known: Facts, now: datetime, played: Facts, until: datetime) -> Agenda:
        """Returns the agenda of a rehearsal: what is really out stays out, all else is as the rehearsal has it."""
        out = {name: fact for name, fact in known.deliveries.items() if not fact.state.is_open and not fact.is_rehearsed}
        return self.agenda(now, replace(known, deliveries={**known.deliveries, **played.deliveries, **out}), until=until)

    def _tools(self, context: Context, picture: Draw, sketch: Draw | None = None) -> Tools:
        compared = partial(compare, known_rules(), Around(context.network, self.config, context.facts))
        return Tools(picture, partial(self._review, context), pages, sketch, compared)

    def _review(self, context: Context, delivery: Delivery, outgoing: Outgoing) -> tuple[Finding, ...]:
        draws = graphic_for(delivery, context) is not None
        subject = Subject(delivery, outgoing, context.network(delivery.account), self.config, named_media(delivery, context), draws)
        return review(subject, known_rules())
