"""Running the commands of an installation: quiet while they succeed, exact when they do not."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


class CannotInstallError(Exception):
    """Carries what is missing and which command a person can run to get it."""


def say(line: str) -> None:
    """Prints one line of progress at once."""
    print(line, file=sys.stderr, flush=True)


def attempt(
    command: Sequence[str | Path], *, folder: Path | None = None, extra: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end without a terminal and returns what it wrote."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", **(extra or {})}
    return subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def run(command: Sequence[str | Path], *, folder: Path | None = None, extra: Mapping[str, str] | None = None) -> str:
    """Runs a command that has to succeed and returns what it wrote."""
    done = attempt(command, folder=folder, extra=extra)
    if done.returncode:
        words = " ".join(str(word) for word in command)
        last = "\n".join(f"    {line}" for line in done.stdout.splitlines()[-12:])
        message = f"`{words}` ended with code {done.returncode}:\n{last}"
        raise CannotInstallError(message)
    return done.stdout
