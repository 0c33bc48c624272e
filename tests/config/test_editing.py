import signal
import stat
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.config.editing import CannotEdit, IsThere, add_account, set_handle, set_live, with_account, with_live
from scheduler.config.secrets import SecretsExposed, find_secret, given_elsewhere, keep_secret, store_secret
from scheduler.config.withholding import redacted
from scheduler.model.errors import SchedulerError

TEXT = (
    '# ours ✊\n[organisation]\nname = "H" # a note\n\n[accounts.sky]   # the club\nnetwork = "bluesky"\n\n'
    '[accounts.sky2]\nlive = false # not yet\nnetwork = "mastodon"\n'
)


def write(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_going_live_writes_one_line_and_leaves_every_other_byte(tmp_path: Path, newline: str, mark: str) -> None:
    before = mark + TEXT.replace("\n", newline)
    path = write(tmp_path, before)
    path.chmod(0o640)
    set_live(tmp_path, "sky")
    assert path.read_bytes().decode() == before.replace("# the club" + newline, f"# the club{newline}live = true{newline}")
    set_live(tmp_path, "sky2")
    assert "live = true # not yet" in path.read_bytes().decode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize(
    "text",
    [
        'accounts.sky.network = "bluesky"\n',
        'accounts = { sky = { network = "bluesky" } }\n',
        '[accounts]\nsky = { network = "bluesky", live = false }\n',
        'a = """\n[accounts.sky]\n"""\n[accounts]\n[accounts."sky"]\nlive = "no"\n',
    ],
)
def test_a_form_that_cannot_be_changed_safely_is_left_alone_and_said(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(CannotEdit) as caught:
        set_live(tmp_path, "sky")
    assert "live = true" in caught.value.hint
    assert path.read_text() == text


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_another_handle_takes_the_place_of_the_old_one_and_nothing_else_moves(tmp_path: Path, newline: str) -> None:
    text = '[organisation]\nname = "H"\n[accounts.a]\nhandle = "@x"\n[accounts."sky"]\nhandle=\'@x\' # ours ✊\nlive = true\n'
    path = write(tmp_path, text.replace("\n", newline))
    set_handle(tmp_path, "sky", "@y.example")
    assert path.read_bytes().decode() == text.replace("'@x'", '"@y.example"').replace("\n", newline)


@pytest.mark.parametrize("table", ['[accounts.sky]\nhandle = """\n@x"""\n', '[accounts]\nsky = { handle = "@x" }\n', "[accounts.sky]\n"])
def test_a_handle_in_another_form_is_left_alone_and_said(tmp_path: Path, table: str) -> None:
    path = write(tmp_path, table)
    with pytest.raises(CannotEdit) as caught:
        set_handle(tmp_path, "sky", "@y")
    assert 'handle = "@y"  below [accounts.sky]' in caught.value.hint
    assert path.read_text() == table


def test_a_new_account_stands_at_the_end(tmp_path: Path) -> None:
    path = write(tmp_path, TEXT.rstrip("\n"))
    add_account(tmp_path, "toots", {"network": "mastodon", "server": "https://a.example"})
    assert path.read_text().startswith(TEXT)
    assert tomllib.loads(path.read_text())["accounts"]["toots"] == {"network": "mastodon", "server": "https://a.example"}
    with pytest.raises(IsThere):
        add_account(tmp_path, "toots", {"network": "mastodon"})


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=3
    )
)
def test_any_setting_is_written_so_that_it_is_read_back(settings: dict[str, str]) -> None:
    assert tomllib.loads(with_account("", "a", settings))["accounts"]["a"] == settings
    assert with_live("", "a") == ""


def test_a_secret_is_kept_beside_the_others_and_for_its_owner_alone(tmp_path: Path) -> None:
    for name, secret in (("sky", 'one "quoted" \\ two'), ("toots", "two"), ("sky", "three")):
        path = store_secret(name, secret, tmp_path)
        assert find_secret(name, tmp_path, {}) == secret
    assert find_secret("toots", tmp_path, {}) == "two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["secrets.toml"]


def test_a_table_a_comment_and_an_account_with_a_longer_name_stay(tmp_path: Path) -> None:
    path = tmp_path / ".scheduler/secrets.toml"
    path.parent.mkdir()
    path.write_text('# ours\nsky-two = "x"\n\n[other]\ntoken = "y"\nsince = 2026\n\n[sky]\ntoken = "old"\n\n[last]\ntoken = "z"\n')
    path.chmod(0o600)
    store_secret("sky", "new", tmp_path)
    assert tomllib.loads(path.read_text()) == {
        "sky": "new",
        "sky-two": "x",
        "other": {"token": "y", "since": 2026},
        "last": {"token": "z"},
    }
    assert "# ours" in path.read_text()


def test_a_secrets_file_that_others_read_or_that_is_damaged_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / ".scheduler/secrets.toml"
    path.parent.mkdir()
    path.write_text('sky = "old"\n')
    path.chmod(0o644)
    with pytest.raises(SecretsExposed):
        store_secret("sky", "new", tmp_path)
    path.write_text('sky = "old\n')
    path.chmod(0o600)
    with pytest.raises(SchedulerError, match="not changed"):
        store_secret("sky", "new", tmp_path)
    assert path.read_text() == 'sky = "old\n'


def test_a_secret_from_the_environment_is_known_to_come_first() -> None:
    assert given_elsewhere("my-sky", {"SCHEDULER_SECRET_MY_SKY": "x"}) == "SCHEDULER_SECRET_MY_SKY"
    assert given_elsewhere("sky", {"SCHEDULER_SECRET_SKY_FILE": "/x"}) == "SCHEDULER_SECRET_SKY_FILE"
    assert given_elsewhere("sky", {}) == ""


def test_a_report_holds_no_session_either(tmp_path: Path) -> None:
    token = "eyJ" + "a" * 80 + ".b-_" * 10
    kept = tmp_path / ".scheduler/sessions/sky.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(f'{{"handle": "a.test", "access": "{token}"}}')
    assert redacted(f"a.test failed with {token}", tmp_path) == "a.test failed with [secret]"


def test_accounts_that_are_added_at_one_time_are_all_there(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[organisation]\nname = "Harbour Workers"\n', encoding="utf-8")
    names = [f"toots{number}" for number in range(12)]
    with ThreadPoolExecutor(4) as several:
        list(several.map(lambda name: add_account(tmp_path, name, {"network": "mastodon"}), names))
        list(several.map(lambda name: set_live(tmp_path, name), names))
    found = tomllib.loads((tmp_path / "config.toml").read_text("utf-8"))["accounts"]
    assert found == {name: {"network": "mastodon", "live": True} for name in names}


DIES = """\
import os, signal, sys
from pathlib import Path
from scheduler.config import editing, secrets
sys.addaudithook(lambda event, _: os.kill(os.getpid(), signal.SIGKILL) if event == "os.rename" else None)
folder = Path(sys.argv[1])
if sys.argv[2] == "secret":
    secrets.keep_secret("toots", "the-newer-token", folder)
else:
    editing.set_live(folder, "toots")
"""


@pytest.mark.parametrize("what", ["secret", "live"])
def test_a_death_in_the_middle_leaves_the_old_file_and_nothing_that_stays(tmp_path: Path, what: str) -> None:
    path = write(tmp_path, '[accounts.toots]\nnetwork = "mastodon"\n')
    store_secret("toots", "the-old-token", tmp_path)
    before = path.read_text("utf-8")
    died = subprocess.run([sys.executable, "-c", DIES, str(tmp_path), what], check=False, timeout=60)
    assert died.returncode == -signal.SIGKILL
    assert (path.read_text("utf-8"), find_secret("toots", tmp_path)) == (before, "the-old-token")
    keep_secret("toots", "the-next-token", tmp_path)
    set_live(tmp_path, "toots")
    assert find_secret("toots", tmp_path) == "the-next-token"
    assert list(tmp_path.rglob("*.part")) == [], "a secret would lie there for good"
