"""Finds an account's secret by reference; secrets never stand in config.toml."""

import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from scheduler.config.private import write_private
from scheduler.config.redacting import forms_of, without
from scheduler.model.errors import SchedulerError

_OTHERS_MAY_READ = 0o077


class SecretMissing(SchedulerError):
    """Is an account without a secret in any of the places."""

    def __init__(self, account: str) -> None:
        super().__init__(
            f"There is no secret for the account “{account}”.",
            f"Connect it with  scheduler accounts add {account}  or set {_variable(account)} or {_variable(account)}_FILE.",
        )


class SecretsExposed(SchedulerError):
    """Is a secrets file that other people on the machine may read."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} can be read by other people on this machine; it is not used.", f"Run  chmod 600 {path}")


def find_secret(account: str, folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """Returns the secret of an account: systemd's credential, then the environment, then ``.scheduler/secrets.toml``."""
    env = os.environ if environment is None else environment
    name = _variable(account)
    credentials = env.get("CREDENTIALS_DIRECTORY")
    if credentials and (Path(credentials) / account).is_file():
        return (Path(credentials) / account).read_text("utf-8").strip()
    if env.get(name):
        return env[name].strip()
    if env.get(f"{name}_FILE"):
        return _read(Path(env[f"{name}_FILE"]), account)
    return _from_file(folder / ".scheduler" / "secrets.toml", account)


def given_elsewhere(account: str, environment: Mapping[str, str] | None = None) -> str:
    """Returns where a secret that comes before the file is given; empty where the file decides."""
    env = os.environ if environment is None else environment
    name, credentials = _variable(account), env.get("CREDENTIALS_DIRECTORY")
    if credentials and (Path(credentials) / account).is_file():
        return "the credentials of systemd"
    return next((each for each in (name, f"{name}_FILE") if env.get(each)), "")


def store_secret(account: str, secret: str, folder: Path) -> Path:
    """Writes the secret into ``.scheduler/secrets.toml``, readable by its owner alone; what stands there of others stays. Returns the file.

    Raises:
        SecretsExposed: Other people may read the file as it is now.
        SchedulerError: The file is not TOML, or cannot be written.
    """
    path = folder / ".scheduler" / "secrets.toml"
    if path.is_file() and os.name == "posix" and path.stat().st_mode & _OTHERS_MAY_READ:
        raise SecretsExposed(path)
    old = path.read_text("utf-8") if path.is_file() else ""
    try:
        wanted = {**tomllib.loads(old), account: secret}
        new = _with_line(old, account, f"{account} = {json.dumps(secret)}")
        same = tomllib.loads(new) == wanted
    except tomllib.TOMLDecodeError:
        same = False
    if not same:
        raise SchedulerError(
            f"{path} is written in a way that is not changed for you.", f'Write the secret there by hand:  {account} = "…"'
        )
    try:
        write_private(path, new)
    except OSError as error:
        raise SchedulerError(f"{path} cannot be written: {error.strerror}.", "Check who may write there.") from error
    return path


def _with_line(text: str, account: str, line: str) -> str:
    """Returns the text with the account's line in place of what it said of it before: a line of its own or a table."""
    name = re.escape(account)
    table = re.compile(rf'^[ \t]*\[[ \t]*"?{name}"?[ \t]*\][^\n]*\n?(?:(?![ \t]*\[)[^\n]*(?:\n|\Z))*?(?=[ \t]*\[|\Z)', re.MULTILINE)
    own = re.compile(rf'^[ \t]*"?{name}"?[ \t]*=[^\n]*\n?', re.MULTILINE)
    return f"{line}\n{own.sub('', table.sub('', text), count=1)}"


def _read(path: Path, account: str) -> str:
    try:
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise SchedulerError(f"The secret of “{account}” cannot be read from {path}: {error.strerror}.", "Check the path.") from error


def _from_file(path: Path, account: str) -> str:
    if not path.is_file():
        raise SecretMissing(account)
    if os.name == "posix" and path.stat().st_mode & _OTHERS_MAY_READ:
        raise SecretsExposed(path)
    try:
        value = tomllib.loads(_read(path, account)).get(account)
    except tomllib.TOMLDecodeError as error:
        raise SchedulerError(f"{path} is not TOML: {error}.", f'Write one line an account:  {account} = "…"') from error
    token = value.get("token") if isinstance(value, dict) else value
    if not isinstance(token, str) or not token:
        raise SecretMissing(account)
    return token


def _variable(account: str) -> str:
    return f"SCHEDULER_SECRET_{account.upper().replace('-', '_')}"


def redacted(text: str, folder: Path | None, environment: Mapping[str, str] | None = None) -> str:
    """Returns the text with every secret that can be found for the project replaced by ``[secret]``."""
    env = os.environ if environment is None else environment
    secrets = {value for name, value in env.items() if name.startswith("SCHEDULER_SECRET_") and not name.endswith("_FILE")}
    named = [Path(value) for name, value in env.items() if name.startswith("SCHEDULER_SECRET_") and name.endswith("_FILE")]
    secrets |= {_text_or_nothing(path).strip() for path in named}
    if folder is not None:
        secrets |= set(_stored(folder / ".scheduler" / "secrets.toml"))
        secrets |= {word for path in (folder / ".scheduler" / "sessions").glob("*.json") for word in _tokens(path)}
    return without(text, (form for secret in secrets if secret for form in forms_of(secret)))


def _text_or_nothing(path: Path) -> str:
    """Returns a file's text; what cannot be read now was not read before, so it cannot stand in the text either."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _stored(path: Path) -> Iterator[str]:
    text = _text_or_nothing(path)
    try:
        yield from _strings(tomllib.loads(text))
    except tomllib.TOMLDecodeError:
        yield from (line.strip() for line in text.splitlines() if "=" in line)


def _tokens(path: Path) -> Iterator[str]:
    """Yields the long words of a kept session: handles and addresses are short and no secret."""
    yield from re.findall(r"[A-Za-z0-9_.-]{64,}", _text_or_nothing(path))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
