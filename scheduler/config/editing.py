"""Changes config.toml as text: one line or one table is written, every other byte stays as its author left it."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scheduler.config.mistakes import FILE
from scheduler.disk import replace_file
from scheduler.model.errors import ConfigurationError

_LIVE = re.compile(r"^(?P<before>[ \t]*live[ \t]*=[ \t]*)(?P<value>true|false)", re.MULTILINE)
_HEADER = re.compile(r"^[ \t]*\[", re.MULTILINE)


class CannotEdit(ConfigurationError):
    """Is a config.toml in a form that is not changed by a program."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{FILE} is written in a way that is not changed for you.", f"Write this into it by hand:  {what}")


def set_live(folder: Path, account: str) -> None:
    """Writes ``live = true`` into the account's table.

    Raises:
        CannotEdit: The table is written in another form than ``[accounts.NAME]``.
    """
    text = _read(folder)
    wanted = _with_value(tomllib.loads(text), account, {"live": True})
    _write(folder, with_live(text, account), wanted, f"live = true  below [accounts.{account}]")


def add_account(folder: Path, account: str, settings: Mapping[str, str]) -> None:
    """Writes a new ``[accounts.NAME]`` at the end of the file."""
    text = _read(folder)
    wanted = _with_value(tomllib.loads(text), account, dict(settings))
    _write(folder, with_account(text, account, settings), wanted, f"[accounts.{account}]")


def with_live(text: str, account: str) -> str:
    """Returns the text with ``live = true`` in the account's table; unchanged where the table is not found."""
    start = re.search(
        rf"^[ \t]*\[[ \t]*accounts[ \t]*\.[ \t]*(?:{re.escape(account)}|\"{re.escape(account)}\")[ \t]*\][^\r\n]*", text, re.MULTILINE
    )
    if start is None:
        return text
    following = _HEADER.search(text, start.end())
    end = following.start() if following else len(text)
    line = _LIVE.search(text, start.end(), end)
    if line:
        return text[: line.start("value")] + "true" + text[line.end("value") :]
    newline = _newline(text)
    return f"{text[: start.end()]}{newline}live = true{text[start.end() :]}"


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


def _read(folder: Path) -> str:
    return (folder / FILE).read_bytes().decode("utf-8-sig")


def _write(folder: Path, text: str, wanted: Mapping[str, Any], what: str) -> None:
    """Puts the text in place once it is sure to say what was wanted and nothing else."""
    try:
        same = tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        same = False
    if not same:
        raise CannotEdit(what)
    path = folder / FILE
    mark = b"\xef\xbb\xbf" if path.read_bytes().startswith(b"\xef\xbb\xbf") else b""
    try:
        replace_file(path, mark + text.encode())
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}.", "Check who may write there.") from error
