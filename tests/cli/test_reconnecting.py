"""Secrets as people really give them, and an account that gets another one: what works stays, and nothing goes to somebody else."""

import contextlib
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.assembly import open_project
from scheduler.cli.screen.boundary import guarded
from scheduler.cli.screen.verbs import Verbs
from scheduler.config.secrets import find_secret, store_secret
from tests.cli.running import Run, inside
from tests.serving import Answering, serving

OURS, NEWER, ANNAS = "ours-token-0815", "newer-token-0815", "annas-token-0815"
WHOSE = {f"Bearer {OURS}": "comms", f"Bearer {NEWER}": "comms", f"Bearer {ANNAS}": "anna"}
CONFIG = """\
[organisation]
name = "Harbour Workers"
timezone = "Europe/Berlin"

[policy]
settle = "0s"
quiet_before_publish = "0s"

[accounts.toots]
network = "mastodon"
server = "{server}"
live = true
"""


class Toots(Answering):
    """Is a server on which each token is somebody's."""

    def get(self) -> None:
        if self.path.startswith("/api/v2/instance"):
            return self.say(200, {"version": "4.3.0", "configuration": {}})
        who = WHOSE.get(str(self.headers.get("Authorization")))
        if who is None:
            return self.say(401, {"error": "The access token is invalid"})
        return self.say(200, {"id": who, "username": who, "acct": who}) if "accounts" in self.path else self.say(404, {"error": "none"})


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "posts").mkdir()
    with serving(Toots) as address:
        (tmp_path / "config.toml").write_text(CONFIG.format(server=address), encoding="utf-8")
        store_secret("toots", OURS, tmp_path)
        yield tmp_path


def given(folder: Path, data: bytes | None, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Run:
    """Runs the command with these bytes on its standard input; None is one that is closed."""
    monkeypatch.setattr(sys, "stdin", None if data is None else io.TextIOWrapper(io.BytesIO(data), "utf-8"))
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = guarded(Verbs(), list(arguments))
    return Run(code, out.getvalue(), err.getvalue())


@pytest.mark.parametrize(
    "data",
    [
        f"\ufeff{NEWER}\r\n".encode(),
        f"\n  \n{NEWER}\nfor the office\n".encode(),
        f"\u00a0{NEWER}\u200b\u00a0".encode(),
    ],
    ids=["from a Windows editor", "below empty lines", "copied from a page"],
)
def test_what_came_with_a_secret_unseen_is_no_part_of_it(folder: Path, data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    done = given(folder, data, monkeypatch, "accounts", "add", "toots", "--secret-stdin")
    assert done.code == 0, done.err
    assert find_secret("toots", folder) == NEWER


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (NEWER.encode("utf-16"), "not written in UTF-8"),
        (b"n\xe4wer-token", "not written in UTF-8"),
        (None, "Standard input is closed"),
        (b" \n\t\n", "The secret is empty"),
    ],
    ids=["utf-16", "latin-1", "closed", "blank"],
)
def test_what_is_no_text_is_told_as_that_and_the_old_secret_stays(
    folder: Path, data: bytes | None, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = given(folder, data, monkeypatch, "accounts", "add", "toots", "--secret-stdin")
    assert (done.code, told in done.err) == (2, True), done.err
    assert find_secret("toots", folder) == OURS
    assert not list((folder / ".scheduler").glob("crash*"))


def test_somebody_else_s_secret_is_not_kept_unless_config_says_that_it_is_meant(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert inside(folder, "accounts", "test").code == 0
    add = ("accounts", "add", "toots", "--secret-stdin")
    other = given(folder, ANNAS.encode(), monkeypatch, *add)
    assert other.code == 1
    assert "This secret is of @anna, and toots is @comms so far" in other.err
    assert 'handle = "@anna"' in other.err
    assert find_secret("toots", folder) == OURS
    assert given(folder, NEWER.encode(), monkeypatch, *add).code == 0, "another one of the same account is no other account"
    text = (folder / "config.toml").read_text("utf-8")
    (folder / "config.toml").write_text(f'{text}handle = "@anna"\n', encoding="utf-8")
    meant = given(folder, ANNAS.encode(), monkeypatch, *add)
    assert meant.code == 0, meant.err
    assert find_secret("toots", folder) == ANNAS


def test_a_variable_with_somebody_else_s_secret_is_told_by_the_test_and_by_the_daemon(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert "so far" not in inside(folder, "accounts", "test").out
    monkeypatch.setenv("SCHEDULER_SECRET_TOOTS", ANNAS)
    assert "It was @comms so far" in inside(folder, "accounts", "test").out
    monkeypatch.setenv("SCHEDULER_SECRET_TOOTS", OURS)
    project = open_project(folder)
    project.accounts.standings.note("toots", asked_at="")
    project.accounts.asking().look_after()
    assert "toots publishes as @comms now, and was @anna so far" in caplog.text


def test_a_live_account_that_was_never_asked_is_whom_config_says(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (folder / "config.toml").read_text("utf-8")
    (folder / "config.toml").write_text(f'{text}handle = "@comms"\n', encoding="utf-8")
    other = given(folder, ANNAS.encode(), monkeypatch, "accounts", "add", "toots", "--secret-stdin")
    assert (other.code, find_secret("toots", folder)) == (1, OURS), other.err


def test_one_secret_that_cannot_be_read_is_told_and_the_other_accounts_are_tested(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = folder / "config.toml"
    text = config.read_text("utf-8")
    table = text.partition("[accounts.toots]")[2].replace("live = true", "live = false")
    config.write_text(f"{text}\n[accounts.news]{table}", encoding="utf-8")
    monkeypatch.setenv("SCHEDULER_SECRET_NEWS_FILE", str(folder / "news.txt"))
    for data, told in (
        (None, "No such file"),
        (OURS.encode("utf-16"), "not written in UTF-8"),
        (b"\n", "is empty where SCHEDULER_SECRET_NEWS_FILE"),
    ):
        if data is not None:
            (folder / "news.txt").write_bytes(data)
        tested = inside(folder, "accounts", "test")
        assert tested.code == 1
        assert told in tested.out
        assert "✓ toots: may publish" in tested.out
        listed = inside(folder, "accounts", "list")
        assert (listed.code, told in listed.out) == (0, True), listed.err
    (folder / "news.txt").write_bytes(f"\ufeff{NEWER}\r\n".encode())
    assert inside(folder, "accounts", "test").code == 0


@pytest.mark.parametrize(
    ("copied", "told"),
    [
        ('"{}"', "in quotation marks"),
        ("“{}”", "in quotation marks"),
        ("Bearer {}", "More than the secret was copied"),
        ("MASTODON_TOKEN={}", "More than the secret was copied"),
        ("{}-and-wrong==", "The secret is not kept. Try again"),
        ("https://hooks.example/{}?thread_id=1", "The secret is not kept. Try again"),
    ],
)
def test_what_was_copied_with_a_secret_is_told_where_it_is_not_taken(
    folder: Path, copied: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = given(folder, copied.format(NEWER).encode(), monkeypatch, "accounts", "add", "toots", "--secret-stdin")
    assert (done.code, told in done.err) == (1, True), done.err
    assert NEWER not in done.out + done.err
