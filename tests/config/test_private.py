"""What a project keeps for itself is its owner's alone, whoever makes it first; what is for readers stays for everybody."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scheduler.clock import SystemClock
from scheduler.config.private import keep_private
from scheduler.disk import private_file, private_folder, tightened
from tests.cli.running import environment, inside, scheduler
from tests.publishers.posts import jpeg

pytestmark = pytest.mark.skipif(os.name != "posix", reason="this system has no such rights")
CONFIG = """\
[organisation]
name = "Harbour Workers"
timezone = "Europe/Berlin"
languages = ["en", "de"]

[policy]
settle = "0s"
quiet_before_publish = "0s"

[accounts.site]
network = "website"

[accounts.chat]
network = "telegram"
chat = "@harbour"
"""
FIRST = (
    ("check",),
    ("show", "march"),
    ("preview", "--export", "preview.html"),
    ("rehearse",),
    ("run", "--once"),
    ("backup",),
    ("pause", "--account", "chat"),
)
MAY_BE_READ = {"rehearse", "rehearsal", "graphics", "pictures"}
"""Are the folders inside the private one whose files may have the rights that the user's mask leaves: nobody else gets there."""


AS_ANOTHER = """
import os
from pathlib import Path
from tests.cli.running import inside

commands = (["list"], ["check"], ["status"], ["accounts", "list"], ["run", "--once"], [])
for words in commands:
    inside(Path.cwd(), *words)  # all that they import is read now: another user may not even have this Python
os.setgroups([])
os.setresgid(12345, 12345, 12345)
os.setresuid(12345, 12345, 12345)
for words in commands:
    run = inside(Path.cwd(), *words)
    assert (run.code, run.out) == (1, ""), (words, run)
    assert "is for another user of this machine alone" in run.err, (words, run)
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "posts").mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    jpeg(folder, "flyer.jpg", (800, 1000))
    when = (SystemClock().now() - timedelta(minutes=1)).astimezone(ZoneInfo("Europe/Berlin"))
    front = f"---\ntitle: March\nwhen: {when:%Y-%m-%d %H:%M}\nwhere: [site, chat]\n---\n"
    (folder / "posts" / "march.md").write_text(
        f"{front}Come to the march.\n\n![A flyer](../flyer.jpg)\n\n### lang de\n\nKommt zur Demo.\n", encoding="utf-8"
    )
    return folder


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=lambda mask: f"umask {mask:03o}")
def mask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.fixture
def open_to_all() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def rights(path: Path) -> int:
    return path.stat().st_mode & 0o777


def open_to_others(state: Path) -> dict[str, str]:
    """Returns what of a project's own folder has rights for others, those apart that only its own folder guards."""
    everything = [state, *(path for path in state.rglob("*") if path.relative_to(state).parts[0] not in MAY_BE_READ)]
    return {str(path.relative_to(state)): f"{rights(path):o}" for path in everything if rights(path) & 0o077}


@pytest.mark.usefixtures("open_to_all")
@pytest.mark.parametrize("first", FIRST, ids=lambda words: words[0])
def test_whatever_is_done_first_makes_a_folder_for_its_owner_alone(house: Path, first: tuple[str, ...]) -> None:
    run = inside(house, *first)
    assert run.code == 0, run.err + run.out
    assert rights(house / ".scheduler") == 0o700
    assert open_to_others(house / ".scheduler") == {}


def test_all_that_is_kept_is_private_and_what_is_for_readers_is_not(house: Path, mask: int) -> None:
    for words in (["run", "--once"], ["backup"], ["rehearse"], ["preview", "--export", "preview.html"], ["status"]):
        inside(house, *words)
    state = house / ".scheduler"
    names = {path.relative_to(state).as_posix() for path in state.rglob("*")}
    assert {"ledger.sqlite", "backups", "daemon.lock", "ledger-seen.json", "unsaved-results.jsonl", "unsaved-results.lock"} <= names
    assert open_to_others(state) == {}
    public = [house / "public", *(path for path in (house / "public").rglob("*") if ".items" not in path.parts)]
    assert {"public", "index.html", "feed.json"} <= {path.name for path in public}
    assert {
        path: f"{rights(path):o}" for path in public if rights(path) & 0o555 & ~mask != (0o555 if path.is_dir() else 0o444) & ~mask
    } == {}


@pytest.mark.usefixtures("open_to_all")
def test_what_sqlite_puts_beside_the_ledger_is_private_while_it_is_open(house: Path) -> None:
    script = (
        "from pathlib import Path; from scheduler.assembly import open_project; "
        "project = open_project(Path('.').resolve()); ledger = project.open_ledger(); ledger.facts(); "
        "print(sorted((path.name, oct(path.stat().st_mode & 0o777)) for path in project.state_folder.glob('ledger.sqlite*')))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=house, env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str([(f"ledger.sqlite{ending}", "0o600") for ending in ("", "-shm", "-wal")])


def test_a_folder_that_was_open_to_others_is_closed_and_the_log_says_so_once(house: Path) -> None:
    inside(house, "run", "--once")
    state = house / ".scheduler"
    state.chmod(0o755)
    (state / "ledger.sqlite").chmod(0o644)
    (state / "backups").mkdir(exist_ok=True)
    (state / "backups").chmod(0o755)
    first, second = scheduler(house, "backup"), scheduler(house, "backup")
    assert (first.code, second.code) == (0, 0)
    assert f"{state} could be read by other people" in first.err
    assert "could be read" not in second.err
    assert open_to_others(state) == {}
    assert rights(house) & 0o055 == 0o055, "the project folder itself is its user's matter"


@pytest.mark.usefixtures("open_to_all")
def test_a_report_of_a_mistake_of_ours_is_private_and_in_the_project_that_was_named(house: Path, tmp_path: Path) -> None:
    elsewhere, other = tmp_path / "elsewhere", tmp_path / "other"
    for folder in (elsewhere, other):
        folder.mkdir()
    (other / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "sitecustomize.py").write_text(
        "import scheduler.config.reading as reading\n\n"
        "def broken(folder, networks):\n    raise ZeroDivisionError\n\n"
        "reading.read_config = broken\n",
        encoding="utf-8",
    )
    env = {"PYTHONPATH": f"{tmp_path}:{Path(__file__).parents[2]}"}
    for where, words in ((elsewhere, ("-C", str(house), "status")), (other, ("status", "-C", "../project"))):
        run = scheduler(where, *words, env=env)
        assert run.code == 3, run.err
        (report,) = (house / ".scheduler").glob("crash-*.txt")
        assert str(report.name) in run.err
        assert rights(report) == 0o600
        report.unlink()
    assert not (other / ".scheduler").exists()
    run = scheduler(elsewhere, "-C", str(tmp_path / "nowhere"), "status", env=env)
    assert run.code == 2
    assert not list(tmp_path.rglob("crash-*"))


def test_a_folder_of_another_user_is_left_alone(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only the system's own user can give a folder to somebody else")
    folder = tmp_path / "theirs"
    folder.mkdir(mode=0o755)
    os.chown(folder, 12345, 12345)
    assert not tightened(folder)
    assert rights(folder) == 0o755


def test_another_user_is_told_whose_the_project_is(house: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only the system's own user can become somebody else")
    inside(house, "run", "--once")
    with tempfile.TemporaryDirectory() as place:  # the folders of pytest are closed to others, and have to stay so
        Path(place).chmod(0o755)
        _as_another(Path(shutil.copytree(house, Path(place) / "project")))


def _as_another(house: Path) -> None:
    done = subprocess.run([sys.executable, "-c", AS_ANOTHER], cwd=house, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_disk_without_such_rights_is_no_trouble(tmp_path: Path) -> None:
    assert not tightened(tmp_path / "not-there")
    assert not tightened(Path("/proc/self"))
    keep_private(tmp_path / "not-there")


@pytest.mark.usefixtures("open_to_all")
def test_private_things_are_made_once_and_left_as_they_are(tmp_path: Path) -> None:
    private_folder(tmp_path / "a" / "b" / "c")
    private_folder(tmp_path / "a" / "b" / "c")
    assert [rights(tmp_path / name) for name in ("a", "a/b", "a/b/c")] == [0o700] * 3
    private_file(tmp_path / "a" / "f")
    (tmp_path / "a" / "f").write_text("kept", encoding="utf-8")
    private_file(tmp_path / "a" / "f")
    assert ((tmp_path / "a" / "f").read_text(encoding="utf-8"), rights(tmp_path / "a" / "f")) == ("kept", 0o600)
    with pytest.raises(OSError, match="f"):
        private_folder(tmp_path / "a" / "f")
    with pytest.raises(OSError, match="f"):
        private_folder(tmp_path / "a" / "f" / "below")
