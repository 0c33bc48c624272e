"""What ``accounts add`` takes, writes and sends: a new account is in config.toml once it works, a known one goes where the file says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.config.secrets import find_secret, store_secret
from tests.cli.running import inside
from tests.serving import Answering, serving

HEAD = """\
[organisation]
name = "Harbour Workers"
timezone = "Europe/Berlin"

[policy]
settle = "0s"
quiet_before_publish = "0s"
"""
RIGHT, WRONG, PLANTED = "right-token-0815", "wrong-token-0815", "planted-4711-4711"


class Toots(Answering):
    """Says whose a token is, as a server that speaks Mastodon's language does, and keeps all tokens that it was sent."""

    seen: list[str]

    def get(self) -> None:
        self.seen.append(str(self.headers.get("Authorization")))
        known = {"/api/v1/accounts/verify_credentials": {"id": "7", "username": "comms", "acct": "comms"}, "/api/v2/instance": {}}
        if self.headers.get("Authorization") == f"Bearer {WRONG}":
            return self.say(401, {"error": "The access token is invalid"})
        return self.say(200, known[self.path]) if self.path in known else self.say(404, {"error": "Record not found"})


@pytest.fixture
def server() -> Iterator[str]:
    with serving(Toots, seen=[]) as address:
        yield address


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "posts").mkdir()
    (tmp_path / "config.toml").write_text(HEAD, encoding="utf-8")
    return tmp_path


def config(folder: Path) -> str:
    return (folder / "config.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("live=true", "only  scheduler accounts go-live NAME  lets"),
        ("network=bluesky", "--network NAME"),
        ("sever=https://social.example", "Did you mean “server”?"),
        (f"access_token={PLANTED}", "a secret never stands in config.toml"),
        (f"apiKey={PLANTED}", "a secret never stands in config.toml"),
        (f"note={PLANTED}", "Mastodon has no setting “note”"),
        (PLANTED, "--set takes KEY=VALUE"),
        ("visibility=publik", "“publik”"),
        ("languages=en,es", "languages is one of: one, thread"),
        ("hand_over=2 days", "keeps no posts until their time"),
        ("language=", ""),
    ],
)
def test_a_setting_that_cannot_be_is_told_before_anything_is_written_or_sent(
    folder: Path, server: str, monkeypatch: pytest.MonkeyPatch, given: str, told: str
) -> None:
    monkeypatch.setenv("SCHEDULER_SECRET_TOOTS", WRONG)
    added = inside(folder, "accounts", "add", "toots", "--network", "mastodon", "--set", f"server={server}", "--set", given)
    assert (added.code, config(folder)) == (2 if told else 1, HEAD)
    assert told in added.err
    assert PLANTED not in added.out + added.err


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("ftp://x", "no web address"),
        ("http://social.example", "not encrypted"),
        (f"https://u:{PLANTED}@social.example", "more than"),
        ("", "which"),
    ],
)
def test_an_address_that_cannot_be_is_told_before_a_secret_is_looked_for(folder: Path, place: str, told: str) -> None:
    added = inside(folder, "accounts", "add", "toots", "--network", "mastodon", "--set", f"server={place}", "--secret-stdin")
    assert (added.code, config(folder)) == (2, HEAD)
    assert told in added.err
    assert "Nothing was written" in added.err
    assert PLANTED not in added.err


def test_a_new_account_is_written_when_it_works_and_not_before(folder: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    adding = ("accounts", "add", "toots", "--network", "mastodon", "--set", f"server={server}", "--set", "handle=@comms")
    monkeypatch.setenv("SCHEDULER_SECRET_TOOTS", WRONG)
    refused = inside(folder, *adding)
    assert (refused.code, config(folder)) == (1, HEAD)
    assert "nothing was written into config.toml" in refused.err
    monkeypatch.setenv("SCHEDULER_SECRET_TOOTS", RIGHT)
    added = inside(folder, *adding)
    assert added.code == 0, added.err
    assert "It is rehearsed until you go live" in added.err
    assert config(folder) == f'{HEAD}\n[accounts.toots]\nnetwork = "mastodon"\nserver = "{server}"\nhandle = "@comms"\n'
    assert inside(folder, "check").code == 0


def test_a_server_that_is_none_of_the_network_leaves_no_account(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHEDULER_SECRET_TOOTS", RIGHT)
    with serving(Answering) as address:
        added = inside(folder, "accounts", "add", "toots", "--network", "mastodon", "--set", f"server={address}")
    assert (added.code, config(folder)) == (1, HEAD)
    assert "toots" not in inside(folder, "accounts", "list").out


def test_a_file_that_was_broken_meanwhile_is_left_as_it_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "config.toml"

    class Editing(Toots):
        def get(self) -> None:
            path.write_text(f"{HEAD}[accounts.\n", encoding="utf-8")
            super().get()

    monkeypatch.setenv("SCHEDULER_SECRET_TOOTS", RIGHT)
    with serving(Editing, seen=[]) as address:
        added = inside(folder, "accounts", "add", "toots", "--network", "mastodon", "--set", f"server={address}")
    assert (added.code, config(folder)) == (2, f"{HEAD}[accounts.\n")
    assert "not TOML any more" in added.err


def test_an_account_that_was_added_meanwhile_keeps_its_secret(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "config.toml"
    table = '[accounts.toots]\nnetwork = "mastodon"\n'

    class Adding(Toots):
        def get(self) -> None:
            path.write_text(HEAD + table, encoding="utf-8")
            super().get()

    monkeypatch.setenv("SCHEDULER_SECRET_TOOTS", RIGHT)
    with serving(Adding, seen=[]) as address:
        added = inside(folder, "accounts", "add", "toots", "--network", "Mastodon", "--set", f"server={address}")
    assert (added.code, config(folder)) == (2, HEAD + table)
    assert "has an account toots by now" in added.err


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            ("--set", "server=https://new.example"),
            'If yours is right, change line 11 there to  server = "https://new.example"  and connect',
        ),
        (("--network", "bluesky"), "If yours is right, change line 10 there to"),
        (("--set", "language=es"), 'If yours is right, write below line 9 there  language = "es"'),
        (("--set", "live=true"), "go-live"),
        (("--set", f"token={PLANTED}"), "must be a secret"),
    ],
)
def test_a_known_account_gets_its_secret_where_the_file_says_or_not_at_all(folder: Path, given: tuple[str, ...], told: str) -> None:
    seen: list[str] = []
    with serving(Toots, seen=seen) as address:
        text = f'{HEAD}\n[accounts.toots]\nnetwork = "mastodon"\nserver = "{address}"\n'
        (folder / "config.toml").write_text(text, encoding="utf-8")
        store_secret("toots", RIGHT, folder)
        added = inside(folder, "accounts", "add", "toots", *given, "--secret-stdin")
    assert (added.code, seen, config(folder)) == (2, [], text)
    assert told in added.err
    assert PLANTED not in added.err
    assert find_secret("toots", folder, {}) == RIGHT


def test_a_known_account_takes_what_the_file_says_once_more(folder: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f'{HEAD}\n[accounts.toots]\nnetwork = "mastodon"\nserver = "{server}"\n'
    (folder / "config.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("SCHEDULER_SECRET_TOOTS", RIGHT)
    same = ("--network", "mastodon", "--set", f"server={server}", "--set", "visibility=public")
    assert inside(folder, "accounts", "add", "toots", *same).code == 0
    assert config(folder) == text


def test_the_keys_of_a_bucket_are_no_account_and_say_how_they_are_given(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = '[media]\nhost = "s3"\nbucket = "b"\nendpoint_url = "https://s3.example"\n'
    gram = '[accounts.gram]\nnetwork = "instagram"\nuser_id = "1"\nlive = true\n'
    (folder / "config.toml").write_text(f"{HEAD}\n{bucket}\n{gram}", encoding="utf-8")
    monkeypatch.setenv("SCHEDULER_SECRET_GRAM", RIGHT)
    told = {verb: inside(folder, "accounts", *verb) for verb in (("test",), ("add", "media"), ("add", "gram"))}
    assert [run.code for run in told.values()] == [1, 2, 1]
    for run in told.values():
        said = run.out + run.err
        assert "[media]" in said
        assert "in SCHEDULER_SECRET_MEDIA, or in a file that SCHEDULER_SECRET_MEDIA_FILE names" in said
        assert 'media = "KEY-ID:SECRET-KEY"' in said
        assert "accounts add media" not in said


def test_the_line_of_a_mistake_shows_no_secret(folder: Path) -> None:
    text = f'{HEAD}\n[accounts.toots]\nnetwork = "mastodon"\naccess_token = "{PLANTED}"\n'
    for typed in (text, f'{HEAD}\n[accounts]\ntoots = {{ network = "mastodn", access_token = "{PLANTED}" }}\n'):
        (folder / "config.toml").write_text(typed, encoding="utf-8")
        told = inside(folder, "check")
        assert told.code == 2
        assert "config.toml:" in told.err
        assert PLANTED not in told.out + told.err
        assert PLANTED not in inside(folder, "check", "--format", "json").out


def with_handle(folder: Path, address: str, handle: str) -> str:
    text = f'{HEAD}\n[accounts.toots]\nnetwork = "mastodon"\nserver = "{address}"\nhandle = "{handle}" # ours\n'
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return text


def test_a_handle_that_the_network_does_not_tell_is_told_and_checked(folder: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHEDULER_SECRET_TOOTS", RIGHT)
    text = with_handle(folder, server, "@harborworkers@union.example")
    assert "handle-differs" not in inside(folder, "check").out, "nobody asked the network yet"
    for verb in ("add", "test"):
        told = inside(folder, "accounts", verb, "toots")
        assert told.code == 0
        assert "line 12 that its handle is @harborworkers@union.example" in told.out + told.err
        assert 'Write there  handle = "@comms"' in told.out + told.err
    assert config(folder) == text, "nobody was there to say yes"
    found = [item for item in inside(folder, "check", "--format", "json").json["findings"] if item["rule"] == "handle-differs"]
    assert [(item["path"], item["line"], item["column"], item["severity"], item["fix"]) for item in found] == [
        ("config.toml", 12, 10, "warning", 'handle = "@comms"')
    ]
    for same in ("@comms", "comms@union.example", "@Comms", "Harbour Workers"):
        with_handle(folder, server, same)
        assert "handle" not in inside(folder, "accounts", "test").out
        assert "handle-differs" not in inside(folder, "check").out


def test_accounts_that_were_never_connected_are_told_and_no_failure(folder: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    others = '[accounts.gram]\nnetwork = "instagram"\nuser_id = "1"\n\n[accounts.sky]\nnetwork = "bluesky"\nidentifier = "a.example"\n'
    monkeypatch.setenv("SCHEDULER_SECRET_TOOTS", RIGHT)
    (folder / "config.toml").write_text(f"{with_handle(folder, server, '@comms')}\n{others}", encoding="utf-8")
    tested = inside(folder, "accounts", "test")
    assert tested.code == 0, tested.out
    assert "· gram: not connected yet, and rehearsed until then. Connect it with  scheduler accounts add gram" in tested.out
    assert "toots: may publish as @comms" in tested.out
    listed = inside(folder, "accounts", "list").out
    assert "· gram " in listed
    assert "✓ toots" in listed
    assert listed.count("Not connected yet. Connect it with") == 2
    assert len(inside(folder, "accounts", "test", "--json").json["accounts"]) == 3
    named = inside(folder, "accounts", "test", "sky")
    assert (named.code, "There is no secret for the account “sky”" in named.out) == (1, True)
    live = config(folder).replace('network = "bluesky"', 'network = "bluesky"\nlive = true')
    (folder / "config.toml").write_text(live, encoding="utf-8")
    assert inside(folder, "accounts", "test").code == 1


@pytest.mark.parametrize(
    ("network", "setting"),
    [("threads", "user_id"), ("facebook", "page_id"), ("linkedin", "author"), ("telegram", "chat"), ("wordpress", "url")],
)
def test_what_an_account_lacks_is_said_before_its_secret_is_read(folder: Path, network: str, setting: str) -> None:
    (folder / "config.toml").write_text(f'{HEAD}\n[accounts.a]\nnetwork = "{network}"\nlive = true\n', encoding="utf-8")
    told = inside(folder, "accounts", "test")
    assert told.code == 1
    assert f"The account a has no {setting}." in told.out
    assert "There is no secret" not in told.out
