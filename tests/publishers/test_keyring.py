"""Accounts whose secrets are in the keyring, by the real command and at a real terminal."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.assembly import open_project
from scheduler.clock import SystemClock, VirtualClock
from tests.cli.running import environment, scheduler
from tests.config import keyrings
from tests.emulators import graph
from tests.emulators.emulating import Running
from tests.publishers.graph_house import House
from tests.publishers.test_secrets import forms, house
from tests.servers import processes

pytest.importorskip("pty", reason="pseudo-terminals are Unix’s")

from tests.cli.terminal import at_terminal

ROOT = Path(__file__).parents[2]


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Gives the folder of the keyring that all processes started from here find."""
    folder = tmp_path / "keyring"
    folder.mkdir()
    monkeypatch.setenv(keyrings.FOLDER, str(folder))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.config.keyrings.Filed")
    yield folder
    (folder / "kept.json").unlink(missing_ok=True)


def test_a_secret_that_a_person_puts_into_the_keyring_is_used_listed_renewed_and_nowhere_else(
    meta: Running, tmp_path: Path, ring: Path
) -> None:
    home = House(tmp_path / "project", meta, ("gram",))
    (home.folder / ".scheduler/secrets.toml").unlink()
    typed = at_terminal(home.folder, "accounts", "add", "gram", answers=(graph.INSTAGRAM_TOKEN, "y"))
    assert typed.code == 0, typed.screen
    assert "The secret is in the keyring (Filed Keyring)." in typed.screen
    assert max(len(line) for line in typed.screen.splitlines() if not line.startswith("Access token")) <= 80
    assert not (home.folder / ".scheduler/secrets.toml").exists()
    assert json.loads((ring / "kept.json").read_text()) == {f"scheduler: {home.folder}|gram": graph.INSTAGRAM_TOKEN}
    listed, tested = home.run("accounts", "list"), home.run("accounts", "test")
    assert "Its secret comes from the keyring (Filed Keyring)." in listed.out
    assert (tested.code, "Its secret comes from the keyring (Filed Keyring)." in tested.out) == (0, True)
    home.write("march", "March\n\n![A flyer](../flyer.jpg)\n", "gram")
    sent = home.run("run", "--once")
    assert home.states() == ["sent"], sent.err
    later(home, 2)
    assert list(json.loads((ring / "kept.json").read_text()).values()) == [f"{graph.INSTAGRAM_TOKEN}-next"]
    assert not (home.folder / ".scheduler/secrets.toml").exists()
    everything = b"".join(path.read_bytes() for path in home.folder.rglob("*") if path.is_file())
    said = f"{typed.screen}{typed.arguments}{listed}{tested}{sent}"
    assert graph.INSTAGRAM_TOKEN.encode() not in everything + said.encode()


def later(home: House, days: float) -> None:
    """Looks after the secrets so many days from now, in a process of its own; the network's clock goes with it."""
    home.server.switch(later=days * 86400)
    script = (
        "import sys; from datetime import datetime; from pathlib import Path; from scheduler.clock import VirtualClock; "
        "from scheduler.assembly import open_project; "
        "open_project(Path('.').resolve(), VirtualClock(datetime.fromisoformat(sys.argv[1]))).accounts.renewal().look_after()"
    )
    now = SystemClock().now() + timedelta(days=days)
    subprocess.run([sys.executable, "-c", script, now.isoformat()], cwd=home.folder, env=environment(), check=True)


@pytest.mark.long
def test_for_who_does_not_want_the_keyring_it_is_the_file(meta: Running, tmp_path: Path, ring: Path) -> None:
    home = House(tmp_path / "project", meta, ("gram",))
    (home.folder / ".scheduler/secrets.toml").unlink()
    typed = at_terminal(home.folder, "accounts", "add", "gram", answers=(graph.INSTAGRAM_TOKEN, ""))
    assert (typed.code, "The secret is in .scheduler/secrets.toml" in typed.screen) == (0, True)
    assert home.secret("gram") == graph.INSTAGRAM_TOKEN
    assert not (ring / "kept.json").exists()


def test_without_a_terminal_it_is_the_file(meta: Running, tmp_path: Path, ring: Path) -> None:
    home = House(tmp_path / "project", meta, ("gram",))
    (home.folder / ".scheduler/secrets.toml").unlink()
    given = home.run("accounts", "add", "gram", "--secret-stdin", given=graph.INSTAGRAM_TOKEN)
    assert given.code == 0, given.err
    assert "keyring" not in given.out + given.err
    assert home.secret("gram") == graph.INSTAGRAM_TOKEN
    assert not (ring / "kept.json").exists()


@pytest.mark.long
def test_a_keyring_that_does_not_take_the_secret_loses_none(
    meta: Running, tmp_path: Path, ring: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = House(tmp_path / "project", meta, ("gram",))
    (home.folder / ".scheduler/secrets.toml").unlink()
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.config.keyrings.TakesNothing")
    typed = at_terminal(home.folder, "accounts", "add", "gram", answers=(graph.INSTAGRAM_TOKEN, "y"))
    assert typed.code == 0, typed.screen
    assert "The secret goes into the file." in typed.screen
    assert home.secret("gram") == graph.INSTAGRAM_TOKEN
    assert graph.INSTAGRAM_TOKEN not in typed.screen
    del ring


@pytest.mark.parametrize("name", ["Waiting", pytest.param("Locked", marks=pytest.mark.long)])
def test_a_daemon_sends_with_the_file_s_secret_where_the_keyring_is_of_no_use(
    meta: Running, tmp_path: Path, ring: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    home = House(tmp_path / "project", meta, ("gram",))
    home.write("march", "March\n\n![A flyer](../flyer.jpg)\n", "gram")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"tests.config.keyrings.{name}")
    sent = home.run("run", "--once")
    assert (sent.code, "Traceback" in sent.err) == (0, False), sent.err
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.config.keyrings.Filed")
    assert home.states() == ["sent"], sent.err
    assert (ring / "asked").read_text(encoding="utf-8").startswith("g")


def test_no_keyring_is_loaded_before_a_secret_is_wanted(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom scheduler.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "sys.exit('keyring' in sys.modules or 'scheduler.config.keychain' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_without_the_extra_everything_is_as_if_there_were_no_keyring(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    house(folder, f"http://127.0.0.1:{processes.free_port()}")
    (tmp_path / "sitecustomize.py").write_text("import sys\n\nsys.modules['keyring'] = None\n", encoding="utf-8")
    listed = scheduler(folder, "accounts", "list", env={"PYTHONPATH": f"{tmp_path}:{ROOT}"})
    assert (listed.code, listed.err) == (0, "")
    assert "Its secret comes from .scheduler/secrets.toml." in listed.out
    assert "keyring" not in listed.out.lower()


def test_a_report_of_a_mistake_of_ours_holds_no_secret_of_the_keyring(tmp_path: Path, ring: Path) -> None:
    folder = tmp_path / "project"
    secrets = house(folder, "http://127.0.0.1:9")
    (folder / ".scheduler/secrets.toml").unlink()
    (ring / "kept.json").write_text(json.dumps({f"scheduler: {folder}|{name}": word for name, word in secrets.items()}), encoding="utf-8")
    (tmp_path / "sitecustomize.py").write_text(
        "import scheduler.publishers.exchange as door\n\n"
        "def broken(self, call):\n    raise ZeroDivisionError(f'{call} {self.secrets.words}')\n\n"
        "door.Exchange.show = door.Exchange.ask = door.Exchange.look = broken\n",
        encoding="utf-8",
    )
    run = scheduler(folder, "accounts", "test", env={"PYTHONPATH": f"{tmp_path}:{ROOT}"})
    reports = "".join(path.read_text(encoding="utf-8") for path in (folder / ".scheduler").glob("crash-*.txt"))
    assert "ZeroDivisionError" in reports
    assert "[secret]" in reports
    unsaid = {form for secret in secrets.values() for form in forms(secret)}
    assert {form for form in unsaid if form in reports + run.out + run.err} == set()


@pytest.mark.long
def test_a_moved_project_is_told_to_connect_again(tmp_path: Path, ring: Path) -> None:
    folder = tmp_path / "project"
    house(folder, "http://127.0.0.1:9")
    (folder / ".scheduler/secrets.toml").unlink()
    (ring / "kept.json").write_text(json.dumps({f"scheduler: {folder}|discord": "x"}), encoding="utf-8")
    folder.rename(tmp_path / "moved")
    project = open_project(tmp_path / "moved", VirtualClock(SystemClock().now()))
    assert "discord" in project.config.accounts
    listed = scheduler(tmp_path / "moved", "accounts", "list")
    assert "scheduler accounts add NAME" in listed.out
