"""Finds an account's secret by reference; secrets never stand in config.toml."""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from scheduler.config.keychain import KEYCHAIN, KeyringTrouble
from scheduler.config.private import draft_of, one_at_a_time, remedy, write_private
from scheduler.model.errors import SchedulerError

_OTHERS_MAY_READ = 0o077
_SYSTEMD = "the credentials of systemd"
SECRETS_FILE = ".scheduler/secrets.toml"
_UNSEEN = r"[\s\ufeff\u200b-\u200d\u2060]+"
_EDGES = re.compile(rf"\A{_UNSEEN}|{_UNSEEN}\Z")
_LOCK = ".scheduler/secrets.lock"


MEDIA = "media"
"""The name under which the keys of the bucket in ``[media]`` are looked for, as an account's secret would be; no account has it."""
MEDIA_KEYS = (
    "Give them as KEY-ID:SECRET-KEY in SCHEDULER_SECRET_MEDIA, or in a file that SCHEDULER_SECRET_MEDIA_FILE names, "
    'or write  media = "KEY-ID:SECRET-KEY"  into .scheduler/secrets.toml, a file that only you may read.'
)


class SecretTrouble(SchedulerError):
    """Is a secret that cannot be had now, although other accounts' may be fine: a person has to mend where it stands."""


class SecretMissing(SecretTrouble):
    """Is an account, or the bucket of ``[media]``, without a secret in any of the places that could be looked at.

    ``trouble`` is why one of them could not.
    """

    def __init__(self, account: str, trouble: str = "") -> None:
        if account == MEDIA:
            lacking, hint = "[media] in config.toml names a bucket, and its keys are nowhere.", MEDIA_KEYS
        else:
            lacking = f"There is no secret for the account “{account}”."
            hint = f"Connect it with  scheduler accounts add {account}  or set {' or '.join(variables(account))}."
        super().__init__(f"{lacking} {trouble}".strip(), hint)


class SecretUnreadable(SecretTrouble):
    """Is a place that a secret should be read from and that is no such thing; it is not quoted."""


class SecretsExposed(SecretTrouble):
    """Is a secrets file that other people on the machine may read."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} can be read by other people on this machine; it is not used.", f"Run  chmod 600 {path}")


class Place(StrEnum):
    """Is where a secret stands; the first of them that has one decides."""

    SYSTEMD = "systemd"
    ENVIRONMENT = "environment"
    KEYRING = "keyring"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Secret:
    """Is a secret and the place that it was found in, also in words."""

    text: str = field(repr=False)
    place: Place
    told: str


def find_secret(account: str, folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """Returns the secret of an account: systemd's credential, then the environment, the keyring, ``.scheduler/secrets.toml``.

    Raises:
        SecretMissing: None of them has one.
        SecretsExposed: Other people may read the file.
        SecretUnreadable: The file that the environment names, or our own, cannot be understood.
    """
    return look_up(account, folder, environment).text


def look_up(account: str, folder: Path, environment: Mapping[str, str] | None = None) -> Secret:
    """Returns the secret of an account with its place; a keyring in trouble is passed over. Raises what :func:`find_secret` does."""
    env = os.environ if environment is None else environment
    name = _variable(account)
    where = given_elsewhere(account, env)
    if not where:
        return _kept(account, folder)
    path = Path(env["CREDENTIALS_DIRECTORY"]) / account if where == _SYSTEMD else Path(env[where])
    found = bare(env[name] if where == name else _read(path, account))
    if not found:
        raise SecretUnreadable(f"The secret of “{account}” is empty where {where} should give it.", "Put it there, or take the place away.")
    return Secret(found, Place.SYSTEMD if where == _SYSTEMD else Place.ENVIRONMENT, where)


def _kept(account: str, folder: Path) -> Secret:
    trouble = ""
    try:
        if found := KEYCHAIN.find(account, folder):
            return Secret(found, Place.KEYRING, f"the keyring ({KEYCHAIN.title()})")
    except KeyringTrouble as error:
        trouble = error.message
    path = folder / SECRETS_FILE
    if found := _from_file(path, account):
        return Secret(found, Place.FILE, SECRETS_FILE)
    raise SecretMissing(account, trouble)


def given_elsewhere(account: str, environment: Mapping[str, str] | None = None) -> str:
    """Returns where a secret that cannot be rewritten from here is given; empty where the keyring or the file decides."""
    env = os.environ if environment is None else environment
    name, credentials = _variable(account), env.get("CREDENTIALS_DIRECTORY")
    if credentials and (Path(credentials) / account).is_file():
        return _SYSTEMD
    return next((each for each in (name, f"{name}_FILE") if env.get(each)), "")


def place_of(account: str, folder: Path) -> Place | None:
    """Returns where the secret of an account stands now; None where there is none, or it cannot be read."""
    try:
        return look_up(account, folder).place
    except SchedulerError:
        return None


def renew_secret(account: str, old: str, new: str, folder: Path) -> bool:
    """Puts a new secret in the place that the old one came from, and tells whether it did: another one that came meanwhile stays.

    Raises as :func:`keep_secret` and :func:`find_secret` do.
    """
    with one_at_a_time(folder / _LOCK, "the secrets of this project"):
        found = look_up(account, folder)
        if found.text != old:
            return False
        _keep(account, new, folder, in_keyring=found.place is Place.KEYRING)
    return True


def keep_secret(account: str, secret: str, folder: Path, *, in_keyring: bool = False) -> None:
    """Keeps a secret in the keyring or in the file, and takes the one of before away from the other.

    Raises:
        KeyringTrouble: The keyring does not take it, or does not let go of the one that would be found first.
        SecretsExposed: Other people may read the file as it is now.
        SchedulerError: The file is not TOML, or cannot be written, or somebody else has been writing there for long.
    """
    with one_at_a_time(folder / _LOCK, "the secrets of this project"):
        _keep(account, secret, folder, in_keyring=in_keyring)


def _keep(account: str, secret: str, folder: Path, *, in_keyring: bool) -> None:
    if not in_keyring:
        store_secret(account, secret, folder)
        if place_of(account, folder) is Place.KEYRING:
            KEYCHAIN.forget(account, folder)
        return
    KEYCHAIN.keep(account, secret, folder)
    path = folder / SECRETS_FILE
    if account in _tables(path):
        _rewrite(path, account, "")


def store_secret(account: str, secret: str, folder: Path) -> Path:
    """Writes the secret into ``.scheduler/secrets.toml``, readable by its owner alone; what stands there of others stays. Returns the file.

    Raises:
        SecretsExposed: Other people may read the file as it is now.
        SchedulerError: The file is not TOML, or cannot be written.
    """
    path = folder / SECRETS_FILE
    _rewrite(path, account, f"{account} = {json.dumps(secret)}", {account: secret})
    return path


def _rewrite(path: Path, account: str, line: str, wanted: Mapping[str, str] | None = None) -> None:
    """Writes the file with the line in place of what it said of the account, so that it says what is ``wanted`` of it and no other."""
    if path.is_file() and os.name == "posix" and path.stat().st_mode & _OTHERS_MAY_READ:
        raise SecretsExposed(path)
    old = _read(path, account) if path.is_file() else ""
    try:
        others = {name: value for name, value in tomllib.loads(old).items() if name != account}
        new = _with_line(old, account, line)
        same = tomllib.loads(new) == {**others, **(wanted or {})}
    except tomllib.TOMLDecodeError:
        same = False
    if not same:
        what = f'Write the secret there by hand:  {account} = "…"' if wanted else f"Take the secret of {account} out of it by hand."
        raise SchedulerError(f"{path} is written in a way that is not changed for you.", what)
    try:
        write_private(path, new, by_way_of=draft_of(path))
    except OSError as error:
        raise SchedulerError(f"{path} cannot be written: {error.strerror}.", remedy(error)) from error


def _with_line(text: str, account: str, line: str) -> str:
    """Returns the text with the account's line in place of what it said of it before: a line of its own or a table."""
    name = re.escape(account)
    table = re.compile(rf'^[ \t]*\[[ \t]*"?{name}"?[ \t]*\][^\n]*\n?(?:(?![ \t]*\[)[^\n]*(?:\n|\Z))*?(?=[ \t]*\[|\Z)', re.MULTILINE)
    own = re.compile(rf'^[ \t]*"?{name}"?[ \t]*=[^\n]*\n?', re.MULTILINE)
    rest = own.sub("", table.sub("", text), count=1)
    return f"{line}\n{rest}" if line else rest


def _read(path: Path, account: str) -> str:
    told = f"The secret of “{account}” cannot be read from {path}:"
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise SecretUnreadable(f"{told} {error.strerror}.", "Check the path, and who may read there.") from error
    except UnicodeDecodeError as error:
        raise SecretUnreadable(f"{told} it is not written in UTF-8.", "Save it as plain text in UTF-8, without any format.") from error


def _from_file(path: Path, account: str) -> str:
    """Returns what the file says of an account, empty where it says nothing."""
    if not path.is_file():
        return ""
    if os.name == "posix" and path.stat().st_mode & _OTHERS_MAY_READ:
        raise SecretsExposed(path)
    try:
        value = tomllib.loads(_read(path, account)).get(account)
    except tomllib.TOMLDecodeError as error:
        raise SecretUnreadable(f"{path} is not TOML: {error}.", f'Write one line an account:  {account} = "…"') from error
    token = value.get("token") if isinstance(value, dict) else value
    return bare(token) if isinstance(token, str) else ""


def bare(text: str) -> str:
    """Returns a secret without what came with it unseen when it was copied: blanks, ends of lines, marks without width."""
    return _EDGES.sub("", text)


def _tables(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(text_or_nothing(path))
    except tomllib.TOMLDecodeError:
        return {}


def _variable(account: str) -> str:
    return f"SCHEDULER_SECRET_{account.upper().replace('-', '_')}"


def variables(account: str) -> tuple[str, str]:
    """Returns the two variables of the environment that may hold an account's secret: as it is, and as the name of a file."""
    return _variable(account), f"{_variable(account)}_FILE"


def text_or_nothing(path: Path) -> str:
    """Returns a file's text; what cannot be read now was not read before, so it cannot stand in the text either."""
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""
