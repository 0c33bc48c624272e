"""What other users of the machine may read about our processes holds no secret, whatever we are doing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import environment
from tests.publishers.test_secrets import forms, house
from tests.servers import processes

SECRET = "123456:planted-telegram-token"


def tree(root: int) -> set[int]:
    """Returns a process and all that it started."""
    found, waiting = set[int](), [root]
    while waiting:
        pid = waiting.pop()
        found.add(pid)
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                waiting += map(int, children.read_text(encoding="ascii").split())
            except OSError:
                continue  # the thread ended a moment ago
    return found


def listed(root: int) -> dict[str, bytes]:
    """Returns the command line, the name and the environment of a process and of all that it started."""
    told = {}
    for pid in tree(root):
        for name in ("cmdline", "comm", "environ"):
            try:
                told[f"{pid} {name}"] = Path(f"/proc/{pid}/{name}").read_bytes()
            except OSError:
                continue  # it ended a moment ago
    return told


def watched(folder: Path, *arguments: str, given: str = "") -> tuple[int, dict[str, bytes], str]:
    """Runs the command to its end and looks at the process list all the while; returns its code, all that was listed, what it said."""
    command = [sys.executable, "-m", "scheduler", *arguments]
    with (folder / "said").open("w+b") as said, (folder / "typed").open("w+b") as typed:
        typed.write(given.encode())
        typed.seek(0)
        told: dict[str, bytes] = {}
        process = subprocess.Popen(command, cwd=folder, env=environment(), stdin=typed, stdout=said, stderr=said)
        while process.poll() is None:
            told |= {f"{name} {len(text)}": text for name, text in listed(process.pid).items()}
        said.seek(0)
        words = said.read().decode()
    for name in ("said", "typed"):
        (folder / name).unlink()
    return process.returncode, told, words


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="this system shows its processes in another way")
def test_no_secret_stands_in_the_process_list(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    secrets = house(folder, f"http://127.0.0.1:{processes.free_port()}")
    unsaid = {form.encode() for secret in (*secrets.values(), SECRET) for form in forms(secret)}
    adding = ("accounts", "add", "telegram", "--secret-stdin")
    for arguments, given in ((adding, SECRET), (("run", "--once"), ""), (("accounts", "test"), "")):
        _, told, words = watched(folder, *arguments, given=given)
        assert any(b"scheduler" in text for name, text in told.items() if "cmdline" in name), f"the list was read: {words}"
        assert any(b"PYTHONUTF8" in text for name, text in told.items() if "environ" in name)
        assert {name: form for name, text in told.items() for form in unsaid if form in text} == {}


def test_a_secret_is_never_taken_as_an_argument(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    house(folder, "http://127.0.0.1:9")
    for arguments in (("accounts", "add", "telegram", SECRET), ("accounts", "add", "telegram", "--secret", SECRET)):
        code, _, words = watched(folder, *arguments)
        assert code == os.EX_USAGE or code == 2, words  # noqa: PLR1714 - a wrong use, however it is numbered
