"""Keeps every secret of a project out of what is shown to others, such as the report of a crash."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from scheduler.config.keychain import KEYCHAIN
from scheduler.config.redacting import forms_of, without
from scheduler.config.secrets import SECRETS_FILE, bare, text_or_nothing

_SHORTEST_PART = 8
"""Is how long a part of a secret is at least that is one by itself; numbers of bots and words such as https are shorter, or public."""


def redacted(text: str, folder: Path | None, environment: Mapping[str, str] | None = None) -> str:
    """Returns the text with every secret that can be found for the project replaced by ``[secret]``, also one that is part of another."""
    env = os.environ if environment is None else environment
    secrets = {*_given(env), *KEYCHAIN.words}
    if folder is not None:
        secrets |= set(_stored(folder / SECRETS_FILE))
        secrets |= {word for path in (folder / ".scheduler" / "sessions").glob("*.json") for word in _tokens(path)}
    return without(text, (form for secret in secrets for word in _words(secret) for form in forms_of(word)))


def _given(env: Mapping[str, str]) -> Iterator[str]:
    """Yields what the environment gives, itself or as files, and what systemd does."""
    for name, value in env.items():
        if name.startswith("SCHEDULER_SECRET_"):
            yield text_or_nothing(Path(value)) if name.endswith("_FILE") else value
    if folder := env.get("CREDENTIALS_DIRECTORY"):
        yield from (text_or_nothing(path) for path in Path(folder).glob("*"))


def _words(secret: str) -> Iterator[str]:
    """Yields a secret as it is used, and each part of one that consists of several keys."""
    if whole := bare(secret):
        yield whole
        yield from (part for part in map(str.strip, whole.split(":")) if len(part) >= _SHORTEST_PART)


def _stored(path: Path) -> Iterator[str]:
    text = text_or_nothing(path)
    try:
        yield from _strings(tomllib.loads(text))
    except tomllib.TOMLDecodeError:
        yield from re.findall(rf"[^\s\"'=]{{{_SHORTEST_PART},}}", text)  # whatever could be one


def _tokens(path: Path) -> Iterator[str]:
    """Yields the long words of a kept session: handles and addresses are short and no secret."""
    yield from re.findall(r"[A-Za-z0-9_.-]{64,}", text_or_nothing(path))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
