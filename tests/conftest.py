"""What every test stands on: no way out of this machine, no settings of the person who runs it, a folder and a clock."""

import inspect
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest

from scheduler.clock import VirtualClock
from tests.loopback import refuse_other_machines

CONFIG = """\
[organisation]
name = "Harbour Workers' Coalition"
timezone = "Europe/Berlin"

[accounts.site]
network = "website"
url = "https://coalition.example.org"
"""
PERSONAL = ("TZ", "CREDENTIALS_DIRECTORY", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONDONTWRITEBYTECODE")
"""The last one would have each of the many commands that the tests start compile the whole package again."""


def pytest_configure() -> None:
    """Closes the ways out, and forgets the settings of whoever runs the tests, before any test is read."""
    sys.addaudithook(refuse_other_machines)
    for name in [name for name in os.environ if name in PERSONAL or name.startswith("SCHEDULER_")]:
        del os.environ[name]
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # the one of whoever runs the tests is not asked
    if hasattr(time, "tzset"):
        time.tzset()
    slow = [hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture]
    hypothesis.settings.register_profile("here", deadline=None, suppress_health_check=slow)
    hypothesis.settings.register_profile("ci", hypothesis.settings.get_profile("here"), derandomize=True, print_blob=True)
    hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture
def posts_folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Gives a project folder that holds the files of the test's docstring.

    The docstring is ``posts/post.md``; a line ``=== posts/march/event.md`` begins another file, and ``=== config.toml``
    takes the place of the usual configuration. Names are relative to the project folder.
    """
    folder = tmp_path / "project"
    texts = {"config.toml": CONFIG, **_files(inspect.cleandoc(request.function.__doc__ or ""))}
    (folder / "posts").mkdir(parents=True)
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return folder


@pytest.fixture
def virtual_clock() -> VirtualClock:
    """Gives a clock that stands at nine o'clock in Berlin on a Monday and moves only when told to."""
    return VirtualClock(datetime(2026, 3, 2, 8, 0, tzinfo=UTC))


def _files(docstring: str) -> dict[str, str]:
    first, *others = f"\n{docstring}".split("\n=== ")
    files = {"posts/post.md": first.removeprefix("\n")} if first.strip() else {}
    files |= {name.strip(): text for name, _, text in (other.partition("\n") for other in others)}
    return {name: f"{text.rstrip()}\n" for name, text in files.items()}
