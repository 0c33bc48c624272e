"""The guards that keep the rooms apart pass on the source, and each one bites when it should."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
LINTER = (BIN / "lint-imports", "--no-cache")
RUFF = (BIN / "ruff", "check", "--no-cache", "--output-format", "concise")
MYPY = (sys.executable, "-m", "mypy", "--no-incremental")


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gives a copy of the source that a test may spoil and has to mend."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "scheduler", folder / "scheduler", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def run(command: tuple[Path | str, ...], folder: Path) -> tuple[int, str]:
    done = subprocess.run([str(word) for word in command], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def spoil(folder: Path, files: dict[str, str], command: tuple[Path | str, ...]) -> tuple[int, str]:
    """Runs a tool while the files are there, and takes them away again."""
    paths = [folder / "scheduler" / name for name in files]
    assert not any(path.exists() for path in paths)
    try:
        for path, text in zip(paths, files.values(), strict=True):
            path.write_text(f'"""Is a trespasser."""\n\n{text}', encoding="utf-8")
        return run(command, folder)
    finally:
        for path in paths:
            path.unlink(missing_ok=True)


def test_the_rooms_keep_to_their_layers(copied: Path) -> None:
    code, output = run(LINTER, copied)
    assert code == 0, output


@pytest.mark.parametrize(
    ("contract", "files"),
    [
        ("rooms", {"planning/trespasser.py": "from scheduler import ledger\n"}),
        ("rooms", {"planning/trespasser.py": "def trespass() -> None:\n    from scheduler import daemon\n"}),
        ("rooms", {"planning/trespasser.py": "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from scheduler import cli\n"}),
        ("rooms", {"ledger/trespasser.py": "from scheduler import publishers\n"}),
        ("rooms", {"model/trespasser.py": "from scheduler import clock\n"}),
        ("rooms", {"utils.py": "ANSWER = 42\n"}),
        ("inner rooms of the post files", {"postfiles/lines/trespasser.py": "from scheduler.postfiles import settings\n"}),
        ("inner rooms of the post files", {"postfiles/trespasser.py": "ANSWER = 42\n"}),
        ("SQL in the ledger only", {"cli/trespasser.py": "import sqlalchemy\n"}),
        ("SQL in the ledger only", {"cli/trespasser.py": "def trespass() -> None:\n    import sqlite3\n"}),
        ("Pillow in graphics only", {"preview/trespasser.py": "from PIL import Image\n"}),
        ("click and rich in the command line only", {"daemon/trespasser.py": "import click\n"}),
        ("the timer library in the daemon only", {"planning/trespasser.py": "import apscheduler\n"}),
        ("HTTP in the publishers and archive sources only", {"graphics/trespasser.py": "import httpx\n"}),
        ("the core does no input or output", {"checks/trespasser.py": "from pathlib import Path\n"}),
        (
            "networks do not know each other",
            {
                "publishers/networks/trespasser.py": "from scheduler.publishers.networks import neighbour\n",
                "publishers/networks/neighbour.py": "NETWORK = None\n",
            },
        ),
        (
            "rules do not know each other",
            {
                "checks/rules/trespasser.py": "from scheduler.checks.rules import neighbour\n",
                "checks/rules/neighbour.py": "RULE = None\n",
            },
        ),
    ],
)
def test_a_trespasser_is_refused(contract: str, files: dict[str, str], copied: Path) -> None:
    code, output = spoil(copied, files, LINTER)
    assert code == 1, output
    assert f"{contract} BROKEN" in output
    assert "1 broken" in output


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("TID251", "import datetime\n\nNOW = datetime.datetime.now(datetime.UTC)\n"),
        ("TID251", "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n"),
        ("TID251", "from datetime import date\n\nTODAY = date.today()\n"),
        ("TID251", "import time\n\nNOW = time.time()\n"),
        ("TID251", "import time\n\ntime.sleep(1)\n"),
        ("TID251", "from time import sleep\n\nsleep(1)\n"),
        ("TID251", "from unittest import mock\n\nFAKE = mock\n"),
        ("TID251", "from unittest.mock import Mock\n\nFAKE = Mock()\n"),
        ("BLE001", "try:\n    NUMBER = int('x')\nexcept Exception:\n    NUMBER = 0\n"),
        ("PGH004", "import os  # noqa\n"),
        ("PGH003", "NUMBER: int = 'one'  # type: ignore\n"),
    ],
)
def test_the_linter_refuses(code: str, text: str, copied: Path) -> None:
    exit_code, output = spoil(copied, {"planning/trespasser.py": text}, (*RUFF, "scheduler/planning/trespasser.py"))
    assert exit_code == 1, output
    assert f" {code} " in output


def test_the_type_checker_makes_a_caller_treat_every_answer_of_a_network(copied: Path) -> None:
    text = (
        "from typing import assert_never\n\n"
        "from scheduler.model.outcome import Outcome, Published, Refused\n\n\n"
        "def settle(outcome: Outcome) -> str:\n"
        '    """Forgets the third case."""\n'
        "    match outcome:\n"
        "        case Published(url=url):\n"
        "            return url\n"
        "        case Refused(reason=reason):\n"
        "            return reason\n"
        "        case _:\n"
        "            assert_never(outcome)\n"
    )
    exit_code, output = spoil(copied, {"planning/trespasser.py": text}, (*MYPY, "scheduler/planning/trespasser.py"))
    assert exit_code == 1, output
    assert '"Uncertain | Halted"' in output
