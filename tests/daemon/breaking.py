"""Runs tests on a copy of the program in which something is broken: `python -m tests.daemon.breaking`.

A line of JSON on the input, ``[copy, [test, ...], log]``, runs the tests in a process forked from this one, which has loaded everything but
the program itself; the answer is what pytest ended with: 0 where they pass, 1 where one fails, more where they cannot be run.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import alembic.autogenerate
import hypothesis.stateful
import psycopg
import pytest
import sqlalchemy.dialects.sqlite
import watchfiles

ROOT = Path(__file__).parents[2]
LOADED = (alembic.autogenerate, hypothesis.stateful, psycopg, sqlalchemy.dialects.sqlite, watchfiles)
PATIENCE, EACH = 60, 10
"""Are the seconds that a run has, and those more for each test: a test that hangs on a broken program has noticed it, too."""

PASSED, FAILED = 0, 1


@dataclass(frozen=True)
class Edit:
    """Is one change of a source file; ``old`` stands there exactly once."""

    file: str
    old: str
    new: str


class Workshop:
    """Is a copy of the program, and the process that runs tests on it."""

    def __init__(self, folder: Path, process: subprocess.Popen[str]) -> None:
        self.folder = folder
        self.process = process
        shutil.copytree(ROOT / "scheduler", folder / "scheduler")

    def outcome(self, edits: Sequence[Edit], tests: Sequence[str]) -> int:
        """Breaks the copy, runs the tests on it, mends it again and returns what pytest ended with."""
        with self.broken(edits):
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            print(json.dumps([str(self.folder), list(tests), str(self.log)]), file=self.process.stdin, flush=True)
            return int(self.process.stdout.readline())

    @contextmanager
    def broken(self, edits: Sequence[Edit]) -> Iterator[None]:
        """Breaks the copy for the length of a block; fails where a text to be replaced is not there any more."""
        with contextlib.ExitStack() as mending:
            for edit in edits:
                mending.enter_context(self._broken(edit))
            yield

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @contextmanager
    def _broken(self, edit: Edit) -> Iterator[None]:
        path = self.folder / "scheduler" / edit.file
        sound = path.read_text("utf-8")
        assert sound.count(edit.old) == 1, f"{edit.file} does not hold this once any more; find the guard's new place:\n{edit.old}"
        path.write_text(sound.replace(edit.old, edit.new), "utf-8")
        try:
            yield
        finally:
            path.write_text(sound, "utf-8")


@contextmanager
def workshop(folder: Path) -> Iterator[Workshop]:
    command = [sys.executable, "-m", "tests.daemon.breaking"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Workshop(folder, process)
        assert process.stdin is not None
        process.stdin.close()


def child(copy: str, tests: list[str], log: str) -> int:
    """Runs the tests on the copy; never returns 0 unless it was the copy that they ran on."""
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    signal.alarm(PATIENCE + EACH * len(tests))
    sys.dont_write_bytecode = True
    sys.path.insert(0, copy)
    os.environ["PYTHONPATH"] = copy  # for the processes that a test starts
    import scheduler  # noqa: PLC0415 - the broken copy, in this process alone

    assert Path(scheduler.__file__).is_relative_to(copy)
    loaded_before = "ignore::pytest.PytestAssertRewriteWarning"
    return int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", "-W", loaded_before, *tests]))


def serve() -> None:
    for line in sys.stdin:
        copy, tests, log = json.loads(line)
        pid = os.fork()
        if not pid:
            code = 99
            try:
                code = child(copy, tests, log)
            finally:
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        print(FAILED if code == -signal.SIGALRM else code, flush=True)


if __name__ == "__main__":
    serve()
