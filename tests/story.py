"""A real daemon on a real folder, for tests that tell what a person would live through."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scheduler.clock import SystemClock
from tests.cli.running import environment, inside

CONFIG = """\
[organisation]
name = "Harbor Workers"
timezone = "UTC"

[accounts.site]
network = "website"
url = "https://harbor.example/"

[policy]
settle = "0s"
quiet_before_publish = "0s"
"""
PATIENCE = 120.0


def make_project(folder: Path, config: str = CONFIG) -> Path:
    (folder / "posts").mkdir(parents=True)
    (folder / "config.toml").write_text(config, encoding="utf-8")
    return folder


def write_post(folder: Path, name: str, text: str, *, due: datetime, settings: str = "") -> Path:
    path = folder / "posts" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_text(f"---\nwhen: {due:%Y-%m-%d %H:%M:%S}\n{settings}---\n{text}\n", encoding="utf-8")
    unfinished.replace(path)
    return path


def soon(seconds: float = 0.0) -> datetime:
    return SystemClock().now().astimezone(UTC).replace(microsecond=0) + timedelta(seconds=seconds)


def items(folder: Path, account_folder: str = "public") -> list[dict[str, Any]]:
    feed = folder / account_folder / "feed.json"
    return list(json.loads(feed.read_text(encoding="utf-8"))["items"]) if feed.exists() else []


def states(folder: Path) -> dict[str, str]:
    """Returns the state of each delivery as the ledger has it."""
    return {item["post"]: item["state"] for item in inside(folder, "list", "--json").json["deliveries"]}


class Daemon:
    """Is ``scheduler run`` in a process of its own; its log is read line by line, so that no test has to sleep."""

    def __init__(self, folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "scheduler", "run", *arguments],
            cwd=folder,
            env=environment({"PYTHONUNBUFFERED": "1", **(env or {})}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.log: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def says(self, words: str) -> str:
        """Waits until the log holds a line with the words; fails with the whole log where it never does."""
        try:
            while (line := self._lines.get(timeout=PATIENCE)) is not None:
                self.log.append(line)
                if words in line:
                    return line
        except queue.Empty:
            pass
        raise AssertionError(f"the daemon never said “{words}”:\n" + "\n".join(self.log))

    def ends(self) -> int:
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            os.kill(self.process.pid, how)
        return self.ends()


@contextmanager
def daemon(folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Iterator[Daemon]:
    running = Daemon(folder, *arguments, env=env)
    try:
        yield running
    finally:
        running.stop(signal.SIGKILL)
