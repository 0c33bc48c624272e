"""The keyring as the program asks it: real to the library that we ask it with, and never waited for without end."""

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.clock import SystemClock, VirtualClock
from scheduler.config import secrets, withholding
from scheduler.config.keychain import Keychain, KeyringTrouble
from scheduler.config.secrets import Place, SecretMissing, find_secret, keep_secret, look_up, renew_secret, store_secret
from scheduler.config.withholding import redacted
from tests.config import keyrings

TROUBLES = {
    "Locked": "it is locked",
    "Broken": "it broke off with an error of its own (ZeroDivisionError)",
    "Unready": "it could not be started",
    "NotThere": "it broke off with an error of its own (AttributeError)",
    "Waiting": "it does not answer; perhaps a window waits for somebody to unlock it",
}


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "keyring"
    folder.mkdir()
    monkeypatch.setenv(keyrings.FOLDER, str(folder))
    return folder


def keychain(monkeypatch: pytest.MonkeyPatch, name: str, clock: VirtualClock | None = None) -> Keychain:
    """Returns the keychain of a process in which this keyring is chosen, as ``find_secret`` asks it too."""
    module = "" if "." in name else "tests.config.keyrings."
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"{module}{name}")
    made = Keychain(clock, patience=0.3 if name == "Waiting" else 20)
    for room in (secrets, withholding):
        monkeypatch.setattr(room, "KEYCHAIN", made)
    return made


def kept(ring: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((ring / "kept.json").read_text(encoding="utf-8"))
    return found


def test_the_environment_comes_before_the_keyring_and_the_keyring_before_the_file(
    ring: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keychain(monkeypatch, "Filed")
    project = tmp_path / "project"
    store_secret("main", "from-the-file", project)
    assert look_up("main", project) == secrets.Secret("from-the-file", Place.FILE, ".scheduler/secrets.toml")
    (ring / "kept.json").write_text(json.dumps({f"scheduler: {project}|main": "from-the-keyring"}), encoding="utf-8")
    assert look_up("main", project) == secrets.Secret("from-the-keyring", Place.KEYRING, "the keyring (Filed Keyring)")
    given = {"SCHEDULER_SECRET_MAIN": "from-the-environment"}
    assert look_up("main", project, given).text == "from-the-environment"
    (tmp_path / "main").write_text("from-systemd\n", encoding="utf-8")
    found = look_up("main", project, {**given, "CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert (found.text, found.place) == ("from-systemd", Place.SYSTEMD)
    assert "from-systemd" not in repr(found)


def test_projects_with_accounts_of_one_name_have_secrets_of_their_own(ring: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = keychain(monkeypatch, "Filed")
    chain.keep("main", "of-one", tmp_path / "one")
    assert (chain.find("main", tmp_path / "one"), chain.find("main", tmp_path / "two")) == ("of-one", "")
    assert list(kept(ring)) == [f"scheduler: {tmp_path / 'one'}|main"]


@pytest.mark.parametrize("name", TROUBLES)
def test_a_keyring_in_trouble_is_passed_over_and_named_where_no_other_place_has_a_secret(
    ring: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    chain = keychain(monkeypatch, name)
    begun = SystemClock().monotonic()
    with pytest.raises(SecretMissing) as missing:
        find_secret("main", tmp_path)
    assert missing.value.message == f"There is no secret for the account “main”. The keyring cannot be used: {TROUBLES[name]}."
    store_secret("main", "from-the-file", tmp_path)
    assert look_up("main", tmp_path).place is Place.FILE
    assert SystemClock().monotonic() - begun < 15
    assert chain.trouble is not None
    assert chain.trouble.message == f"The keyring cannot be used: {TROUBLES[name]}."
    assert chain.title() in {"", "Filed Keyring"}
    del ring


@pytest.mark.parametrize("name", ["keyring.backends.fail.Keyring", "keyring.backends.null.Keyring"])
def test_where_there_is_no_keyring_nothing_is_said_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    chain = keychain(monkeypatch, name)
    with pytest.raises(SecretMissing) as missing:
        find_secret("main", tmp_path)
    assert missing.value.message == "There is no secret for the account “main”."
    assert (chain.title(), chain.trouble) == ("", None)


def test_after_trouble_a_keyring_is_left_alone_for_a_minute_and_then_asked_again(
    ring: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = VirtualClock(datetime(2027, 3, 1, tzinfo=UTC))
    chain = keychain(monkeypatch, "Locked", clock)
    for _ in range(5):
        with pytest.raises(KeyringTrouble, match="locked"):
            chain.find("main", tmp_path)
    assert (ring / "asked").read_text(encoding="utf-8") == "g", "each question may open a window"
    clock.advance(timedelta(seconds=61))
    with pytest.raises(KeyringTrouble, match="locked"):
        chain.find("main", tmp_path)
    assert (ring / "asked").read_text(encoding="utf-8") == "gg"


def test_where_a_person_is_there_a_keyring_is_asked_anew_at_once(ring: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = keychain(monkeypatch, "Locked", VirtualClock(datetime(2027, 3, 1, tzinfo=UTC)))
    for _ in range(2):
        with pytest.raises(KeyringTrouble, match="locked"):
            chain.find("main", tmp_path)
        chain.wait_for_a_person()
    assert (ring / "asked").read_text(encoding="utf-8") == "gg"


def test_a_keyring_that_waits_for_a_window_holds_up_one_question_and_one_thread(
    ring: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = VirtualClock(datetime(2027, 3, 1, tzinfo=UTC))
    chain = keychain(monkeypatch, "Waiting", clock)
    before = threading.active_count()
    for number in range(3):
        with pytest.raises(KeyringTrouble, match="still busy" if number else "does not answer"):
            chain.find("main", tmp_path)
        clock.advance(timedelta(seconds=61))
    assert threading.active_count() == before + 1
    assert (ring / "asked").read_text(encoding="utf-8") == "g"


def test_two_threads_that_ask_at_once_both_get_their_answers(ring: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chain, answers = keychain(monkeypatch, "Filed"), list[str]()
    chain.keep("main", "of-one", tmp_path)
    threads = [threading.Thread(target=lambda: answers.append(chain.find("main", tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["of-one"] * 8
    del ring


def test_a_secret_is_in_one_place_wherever_it_is_kept_next(ring: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keychain(monkeypatch, "Filed")
    file = tmp_path / ".scheduler/secrets.toml"
    store_secret("other", "of-the-other", tmp_path)
    keep_secret("main", "first", tmp_path)
    assert "first" in file.read_text("utf-8")
    keep_secret("main", "second", tmp_path, in_keyring=True)
    assert file.read_text("utf-8") == 'other = "of-the-other"\n'
    assert list(kept(ring).values()) == ["second"]
    keep_secret("main", "third", tmp_path)
    assert (list(kept(ring).values()), find_secret("main", tmp_path)) == ([], "third")


@pytest.mark.parametrize("in_keyring", [True, False])
def test_a_renewed_secret_goes_where_the_old_one_came_from(
    ring: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_keyring: bool
) -> None:
    keychain(monkeypatch, "Filed")
    keep_secret("main", "old", tmp_path, in_keyring=in_keyring)
    assert not renew_secret("main", "older", "newer", tmp_path), "another one was connected meanwhile"
    assert find_secret("main", tmp_path) == "old"
    assert renew_secret("main", "old", "new", tmp_path)
    assert look_up("main", tmp_path).place is (Place.KEYRING if in_keyring else Place.FILE)
    assert find_secret("main", tmp_path) == "new"
    assert (tmp_path / ".scheduler/secrets.toml").exists() is not in_keyring
    del ring


@pytest.mark.parametrize("name", ["Forgetful", "TakesNothing"])
def test_a_secret_that_the_keyring_does_not_keep_leaves_the_old_one_where_it_is(
    ring: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    keychain(monkeypatch, "Filed")
    keep_secret("main", "old", tmp_path, in_keyring=True)
    keychain(monkeypatch, name)
    with pytest.raises(KeyringTrouble) as trouble:
        renew_secret("main", "old", "planted-new", tmp_path)
    assert "planted" not in f"{trouble.value.message} {trouble.value.hint} {trouble.value.__cause__} {trouble.value.__context__}"
    keychain(monkeypatch, "Filed")
    assert find_secret("main", tmp_path) == "old"
    del ring


def test_what_the_keyring_told_is_known_to_reports(ring: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keychain(monkeypatch, "Filed").keep("main", "planted-word", tmp_path)
    keychain(monkeypatch, "Filed")
    assert find_secret("main", tmp_path) == "planted-word"
    assert redacted("it was planted-word", None) == "it was [secret]"
    del ring
