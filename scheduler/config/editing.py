"""Changes config.toml as text: one line or one table is written, every other byte stays as its author left it."""

import re
import tomllib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from scheduler.config.mistakes import FILE
from scheduler.config.private import draft_of, one_at_a_time, remedy
from scheduler.disk import replace_file
from scheduler.model.errors import ConfigurationError

_LIVE = re.compile(r"^(?P<before>[ \t]*live[ \t]*=[ \t]*)(?P<value>true|false)", re.MULTILINE)
_HANDLE = re.compile(r"^[ \t]*handle[ \t]*=[ \t]*(?P<value>\"[^\"\r\n]*\"|'[^'\r\n]*')", re.MULTILINE)
_HEADER = re.compile(r"^[ \t]*\[", re.MULTILINE)


class CannotEdit(ConfigurationError):
    """Is a config.toml in a form that is not changed by a program."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{FILE} is written in a way that is not changed for you.", f"Write this into it by hand:  {what}")


class IsThere(ConfigurationError):
    """Is an account that is to be added, and that somebody has added meanwhile."""

    def __init__(self, account: str) -> None:
        told = f"{FILE} has an account {account} by now, and its secret is not touched."
        super().__init__(told, f"If yours is the right one:  scheduler accounts add {account}")


def set_live(folder: Path, account: str) -> None:
    """Writes ``live = true`` into the account's table.

    Raises:
        CannotEdit: The table is written in another form than ``[accounts.NAME]``.
    """
    with _alone(folder):
        text = _read(folder)
        new, wanted = with_live(text, account), _with_value(_parsed(text), account, {"live": True})
        _hold(new, wanted, f"live = true  below [accounts.{account}]")
        _replace(folder, new)


def add_account(folder: Path, account: str, settings: Mapping[str, str]) -> None:
    """Writes a new ``[accounts.NAME]`` at the end of the file; raises as :func:`proposal` does."""
    with _alone(folder):
        _replace(folder, proposal(folder, account, settings))


def proposal(folder: Path, account: str, settings: Mapping[str, str]) -> str:
    """Returns the text of the file with a new ``[accounts.NAME]`` at its end; nothing is written.

    Raises:
        IsThere: There is such an account.
        CannotEdit: The file's accounts are written in another form.
    """
    text = _read(folder)
    if account in _parsed(text).get("accounts", {}):
        raise IsThere(account)
    new, wanted = with_account(text, account, settings), _with_value(_parsed(text), account, dict(settings))
    _hold(new, wanted, f"[accounts.{account}]")
    return new


def set_handle(folder: Path, account: str, handle: str) -> None:
    """Writes another ``handle`` into the account's table, in the line that has one now.

    Raises:
        CannotEdit: The table is written in another form than ``[accounts.NAME]``, or its handle in more than one line.
    """
    with _alone(folder):
        text = _read(folder)
        new, wanted = with_handle(text, account, handle), _with_value(_parsed(text), account, {"handle": handle})
        _hold(new, wanted, f"handle = {_quoted(handle)}  below [accounts.{account}]")
        _replace(folder, new)


def with_live(text: str, account: str) -> str:
    """Returns the text with ``live = true`` in the account's table; unchanged where the table is not found."""
    place = _table(text, account)
    if place is None:
        return text
    start, end = place
    line = _LIVE.search(text, start, end)
    if line:
        return text[: line.start("value")] + "true" + text[line.end("value") :]
    return f"{text[:start]}{_newline(text)}live = true{text[start:]}"


def with_handle(text: str, account: str, handle: str) -> str:
    """Returns the text with another handle in the account's table; unchanged where the table, or its handle, is not found."""
    place = _table(text, account)
    line = _HANDLE.search(text, *place) if place else None
    return text[: line.start("value")] + _quoted(handle) + text[line.end("value") :] if line else text


def _table(text: str, account: str) -> tuple[int, int] | None:
    """Returns where an account's table begins, behind its name, and where it ends."""
    name = re.escape(account)
    start = re.search(rf"^[ \t]*\[[ \t]*accounts[ \t]*\.[ \t]*(?:{name}|\"{name}\")[ \t]*\][^\r\n]*", text, re.MULTILINE)
    if start is None:
        return None
    following = _HEADER.search(text, start.end())
    return start.end(), following.start() if following else len(text)


def with_account(text: str, account: str, settings: Mapping[str, str]) -> str:
    """Returns the text with one more account at its end."""
    newline = _newline(text)
    lines = [f"[accounts.{account}]", *(f"{name} = {_quoted(value)}" for name, value in settings.items())]
    before = text if not text or text.endswith(("\n", "\r")) else text + newline
    return before + (newline if text else "") + newline.join(lines) + newline


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in escaped) + '"'


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _with_value(data: dict[str, Any], account: str, values: Mapping[str, Any]) -> dict[str, Any]:
    accounts = dict(data.get("accounts", {}))
    return {**data, "accounts": {**accounts, account: {**accounts.get(account, {}), **values}}}


def _alone(folder: Path) -> AbstractContextManager[None]:
    """Keeps other commands from changing the file until the block ends, or what one writes would be lost with what the other read."""
    return one_at_a_time(folder / ".scheduler" / "config.lock", FILE)


def _read(folder: Path) -> str:
    return (folder / FILE).read_bytes().decode("utf-8-sig")


def _parsed(text: str) -> dict[str, Any]:
    """Returns what the file says; it was understood when the command began, and somebody may have typed in it since."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{FILE} is not TOML any more: {error}.", "Mend it; nothing was written into it.") from error


def _hold(text: str, wanted: Mapping[str, Any], what: str) -> None:
    """Raises CannotEdit unless the text says what was wanted and nothing else."""
    try:
        same = tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        same = False
    if not same:
        raise CannotEdit(what)


def _replace(folder: Path, text: str) -> None:
    path = folder / FILE
    mark = b"\xef\xbb\xbf" if path.read_bytes().startswith(b"\xef\xbb\xbf") else b""
    try:
        replace_file(path, mark + text.encode(), by_way_of=draft_of(path))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}.", remedy(error)) from error
