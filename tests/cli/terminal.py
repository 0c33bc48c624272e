"""A real pseudo-terminal of 80 columns, with somebody who answers what is asked."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from scheduler.clock import SystemClock
from tests.cli.running import environment

PATIENCE = 180.0
_ASKED = re.compile(r":[ ]*\Z")
"""A question stands in a line that has not ended yet."""

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class Typed:
    """Is what stood on the screen, without colours, and how the command ended; ``arguments`` are those in the list of processes."""

    code: int
    screen: str
    arguments: str


def at_terminal(folder: Path, *arguments: str, answers: Iterable[str] = (), columns: int = 80) -> Typed:
    """Runs the command at a terminal and types an answer each time it asks and waits."""
    child, line = pty.fork()
    if not child:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # as a shell leaves it; what runs the tests may be deaf to Ctrl-C itself
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        os.chdir(folder)
        os.execve(sys.executable, [sys.executable, "-m", "scheduler", *arguments], environment())
    listed = Path(f"/proc/{child}/cmdline")
    screen, answered, left, clock = "", 0, list(answers), SystemClock()
    until, told = clock.monotonic() + PATIENCE, ""
    while True:
        ready, _, _ = select.select([line], [], [], 0.2)
        if ready:
            told = told or (listed.read_text() if listed.exists() else "")  # it is the command's own once that has said something
            piece = _read(line)
            if not piece:
                break
            screen += piece
        elif clock.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            until += PATIENCE
        elif left and _ASKED.search(_COLOUR.sub("", screen[answered:])):
            answered = len(screen)
            clock.wait(threading.Event(), 0.05)
            os.write(line, f"{left.pop(0)}\n".encode())
    _, status = os.waitpid(child, 0)
    os.close(line)
    assert os.waitstatus_to_exitcode(status) != -signal.SIGKILL, f"it never came to its end:\n{screen}"
    return Typed(os.waitstatus_to_exitcode(status), _COLOUR.sub("", screen).replace("\r\n", "\n"), told)


def _read(line: int) -> str:
    try:
        return os.read(line, 65_536).decode(errors="replace")
    except OSError:  # Linux says so when the other side has ended
        return ""
