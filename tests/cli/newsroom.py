"""A project with its own time, in which everything that can become of a delivery really happens."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scheduler.assembly import Project
from scheduler.cli import history, queue, status
from scheduler.cli.screen.deliveries.situation import situation_of
from scheduler.clock import VirtualClock
from scheduler.config.reading import read_config
from scheduler.daemon.instance import Holder, only_one
from scheduler.ledger import Ledger
from scheduler.ledger.database.copies import put_back
from scheduler.publishers.discovery import known_networks
from tests.emulators import discord
from tests.emulators.emulating import Running

NINE = datetime(2027, 4, 13, 9, tzinfo=UTC)
CONFIG = """
[organisation]
name = "Dockers' Branch"
timezone = "UTC"

[accounts.site]
network = "website"

[accounts.chat]
network = "discord"
live = true

[policy]
late_after = "30m"
quiet_before_publish = "0s"
settle = "0s"
"""

ALONE = CONFIG.replace('\n[accounts.chat]\nnetwork = "discord"\nlive = true\n', "")
"""The same with the website alone."""


class Newsroom:
    """Is a project folder at nine on a Tuesday, with a website and, where ``chat`` is given, a chat that is real."""

    def __init__(self, folder: Path, chat: Running | None = None, more: str = "") -> None:
        self.folder = folder
        self.clock = VirtualClock(NINE)
        config = ALONE if chat is None else CONFIG
        (folder / "config.toml").write_text(config + more, encoding="utf-8")
        (folder / "posts").mkdir()
        if chat is not None:
            self.secret(f"{chat.address}{discord.WEBHOOK}")

    def secret(self, address: str) -> None:
        (self.folder / ".scheduler").mkdir(exist_ok=True)
        path = self.folder / ".scheduler" / "secrets.toml"
        path.touch(0o600)
        path.write_text(f'chat = "{address}"\n', encoding="utf-8")

    def write(self, name: str, when: str, text: str = "We meet at the gate.", to: str = "site", more: str = "") -> None:
        """Writes a post; ``when`` is a wall-clock time of the day."""
        head = f"---\nwhen: 2027-04-13 {when}\nwhere: [{to}]\n{more}---\n"
        (self.folder / "posts" / f"{name}.md").write_text(f"{head}{text}\n", encoding="utf-8")

    @property
    def project(self) -> Project:
        adapters = known_networks()
        config = read_config(self.folder, {name: adapter.facts for name, adapter in adapters.items()})
        return Project(config, adapters, self.clock)

    def at(self, wall: str) -> None:
        """Moves the time on to a wall-clock time of the day."""
        hour, minute = (int(part) for part in wall.split(":"))
        self.clock.advance_to(NINE.replace(hour=hour, minute=minute))

    def put_back(self, copy: Path) -> None:
        """Puts a copy of the ledger back, as `restore` does."""
        put_back(copy, self.folder / ".scheduler" / "ledger.sqlite", self.clock.now())

    def run(self) -> None:
        """Lets the scheduler do what is to be done now, and end."""
        random.seed(1)
        self.project.run(once=True)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Is a scheduler that runs, and has looked a second ago."""
        holder = Holder(4242, "press-room", "", self.clock.now().isoformat(), "n")
        with self.ledger() as ledger, only_one(self.folder / ".scheduler", self.clock, holder):
            ledger.beat(holder.alive_at(self.clock.now() - timedelta(seconds=1)))
            yield

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        opened = self.project.open_ledger()
        try:
            yield opened
        finally:
            opened.close()

    def queue(self, *, as_json: bool = False) -> None:
        queue.tell(situation_of(self.project), as_json=as_json)

    def status(self, *, as_json: bool = False) -> int:
        return status.tell(self.project, as_json=as_json)

    def history(self, post: str | None = None, *, as_json: bool = False) -> None:
        history.tell(self.project, post, as_json=as_json)
