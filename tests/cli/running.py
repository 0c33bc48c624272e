"""Runs the real command in a process of its own, as a person or a script would."""

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def inside(folder: Path, *arguments: str) -> Run:
    """Runs a verb inside the folder without a process of its own, which is many times quicker; there is no terminal either."""
    from scheduler.cli.screen.boundary import guarded  # noqa: PLC0415 - tests that only start processes need none of it
    from scheduler.cli.screen.verbs import Verbs  # noqa: PLC0415 - as above

    out, err, stdin = io.StringIO(), io.StringIO(), sys.stdin
    sys.stdin = io.StringIO("")
    try:
        with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = guarded(Verbs(), list(arguments))
    finally:
        sys.stdin = stdin
    return Run(code, out.getvalue(), err.getvalue())


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    return {**os.environ, "PYTHONUTF8": "1", "PYTHONWARNINGS": "error", **(more or {})}


def scheduler(folder: Path, *arguments: str, env: Mapping[str, str] | None = None, given: str | None = None) -> Run:
    """Runs ``scheduler`` inside the folder, with no terminal anywhere."""
    done = subprocess.run(
        [sys.executable, "-m", "scheduler", *arguments],
        cwd=folder,
        env=environment(env),
        input=given if given is not None else "",
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr)
