"""What is wrong with config.toml, in the words of the person who typed it."""

import difflib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from scheduler.config.durations import duration
from scheduler.config.positions import place_of
from scheduler.config.redacting import without_tokens
from scheduler.config.schema import BY_KIND, ConfigFile
from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.settings import Kind

FILE = "config.toml"
Places = dict[tuple[str, ...], Span]

_BELOW = {"slots": 'tuesday = ["12:00", "18:00"]', "accounts": 'network = "…"', "organisation": 'name = "…"'}
_LIST = ("{key} is a list, and a list stands in brackets", "{key} = [{typed}]")
_NUMBER = ("{key} is a whole number, without quotes", "{key} = 3")
_EITHER = ("{key} is either true or false, in small letters and without quotes", "{key} = true  or  {key} = false")
_TABLE = ("“{table}” is a table: its settings stand below it, one to a line", "[{table}]\n{below}")
_EMPTY = ("{key} is empty", '{key} = "…"')
_SAID = {
    "string_type": ("{key} is text, and text stands in quotes", "{key} = {typed}"),
    "bool_type": _EITHER,
    "bool_parsing": _EITHER,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "int_type": _NUMBER,
    "int_parsing": _NUMBER,
    "int_from_float": _NUMBER,
    "finite_number": _NUMBER,
    "greater_than_equal": ("{key} cannot be less than 0", "{key} = 0"),
    "string_too_short": _EMPTY,
    "too_short": _EMPTY,
    "model_type": _TABLE,
    "dict_type": _TABLE,
    "model_attributes_type": _TABLE,
}
_FREE, _DEPTH = ("preview", "archive"), 2  # tables whose values are a text, a number, or true or false
_LATE = ("hold", "skip", "publish")
_ONE_TEXT = ("{key} takes one text, not several", '{key} = "…"')


def mistakes(error: ValidationError, found: Places) -> Iterator[Finding]:
    """Yields a finding for each thing that pydantic complains of; ``found`` tells where each key stands."""
    seen = set()
    for problem in error.errors():
        path = tuple(str(step) for step in problem["loc"])
        if path[0] == "policy" and path[1:2] and path[1] in BY_KIND:
            yield _of_lateness(problem, (*path[:2], *path[3:]), found)
            continue
        if path[0] in _FREE and len(path) > _DEPTH:
            if path[:_DEPTH] not in seen:
                yield several(path[:_DEPTH], found)
            seen.add(path[:_DEPTH])
            continue
        if problem["type"] == "extra_forbidden":
            yield unknown(path, found, _known_keys(path[:-1]))
        elif problem["type"] == "missing":
            message = f"the table [{path[0]}] is missing" if len(path) == 1 else f"[{'.'.join(path[:-1])}] needs {path[-1]}"
            fix = f'[{path[0]}]\nname = "…"' if len(path) == 1 else f'{path[-1]} = "…"'
            yield finding("missing-setting", message, place_of(found, path[:-1]), fix=fix)
        else:
            message, proposal = _in_words(problem, path)
            yield finding("bad-setting", message, place_of(found, path), fix=proposal)


def _of_lateness(problem: ErrorDetails, path: tuple[str, ...], found: Places) -> Finding:
    """Returns what is wrong with ``late`` or ``late_after``, whether one holds for all or they are tables by kind."""
    setting, key, typed = path[1], path[-1], problem["input"]
    word = typed if isinstance(typed, str) else ""
    meant = _a_length(typed) if setting == "late_after" else _closest(word, _LATE) or _LATE[0]
    if problem["type"] == "extra_forbidden":
        kind = _closest(key, Kind)
        message = f"“{key}” is no kind of post that {setting} knows"
        fix = f'{kind} = "{meant}"' if kind else f"one of: {', '.join(Kind)}"
        return finding("unknown-setting", message, place_of(found, path, key=True), label=did_you_mean(key, Kind), fix=fix)
    what = " for ".join(path[1:])
    message, label = f"{what} is one of: {', '.join(_LATE)}", did_you_mean(word, _LATE)
    if setting == "late_after":
        is_one = not isinstance(typed, list | dict)
        message, label = _of_a_value(problem["msg"], path) if is_one else f"{what} takes one length of time, not several", ""
    return finding("bad-setting", message, place_of(found, path), label=label, fix=f'{key} = "{meant}"')


def _a_length(typed: object) -> str:
    """Returns the length of time that was typed, in minutes where it has no unit, or one for an example."""
    try:
        duration(f"{typed}m" if str(typed).isdecimal() else str(typed))
    except ValueError:
        return "30m"
    return f"{typed}m" if str(typed).isdecimal() else str(typed)


def _in_words(problem: ErrorDetails, path: tuple[str, ...]) -> tuple[str, str | None]:
    """Returns what is wrong and what to type instead, as far as that can be known; ``_SAID`` goes by pydantic's own types of errors."""
    typed = problem["input"]
    several = problem["type"] == "string_type" and isinstance(typed, list | dict)
    message, fix = _ONE_TEXT if several else _SAID.get(problem["type"], ("", ""))
    if not message:
        return _of_a_value(problem["msg"], path), None
    key = next((step for step in reversed(path) if not step.isdigit()), FILE)
    words = {"key": key, "typed": _quoted(typed), "table": ".".join(path), "below": _BELOW.get(path[0], "…")}
    return message.format_map(words), fix.format_map(words)


def _quoted(typed: Any) -> str:  # noqa: ANN401 - whatever TOML can hold
    return json.dumps(str(typed).lower() if isinstance(typed, bool) else str(typed), ensure_ascii=False)


def _of_a_value(message: str, path: tuple[str, ...]) -> str:
    if message.startswith("Value error, "):
        return message.removeprefix("Value error, ")
    if "should match pattern" in message and "#" in message:
        return f"{path[-1]} is a colour such as #0b4f6c"
    words = re.search(r"should match pattern '\^\(([a-z|]+)\)\$'", message)
    if words:
        return f"{path[-1]} is one of: {words[1].replace('|', ', ')}"
    return f"{'.'.join(path)}: {message[0].lower()}{message[1:]}"


def _known_keys(path: tuple[str, ...]) -> list[str]:
    model: type[BaseModel] | None = ConfigFile
    for step in path:
        field = model.model_fields.get(step) if model is not None else None
        if field is not None:
            kinds = [field.annotation, *get_args(field.annotation)]
            model = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
    return list(model.model_fields) if model is not None else []


def several(path: tuple[str, ...], found: Places) -> Finding:
    """Returns the finding of a list where one text belongs."""
    message, fix = (words.format(key=path[-1]) for words in _ONE_TEXT)
    return finding("bad-setting", message, place_of(found, path), fix=fix)


def unknown(path: tuple[str, ...], found: Places, known: Iterable[str]) -> Finding:
    """Returns the finding of a key that nobody knows, with the one that may be meant."""
    guess = did_you_mean(path[-1], known)
    return finding("unknown-setting", f"I don’t know the setting “{path[-1]}”", place_of(found, path, key=True), label=guess)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Returns the question whether one of the known words is meant, empty where none is close."""
    close = _closest(word, known)
    return f"did you mean “{close}”?" if close else ""


def _closest(word: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)), "")


def finding(rule: str, message: str, span: Span, *, label: str = "", fix: str | None = None) -> Finding:
    """Returns an error in config.toml; what was typed is quoted in it as far as it can be shown."""
    return Finding(
        rule=rule, severity=Severity.ERROR, message=_legible(message), path=FILE, span=span, label=label, fix=fix and _legible(fix)
    )


def _legible(text: str) -> str:
    printable = "".join(sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in without_tokens(text))
    return re.sub(r"(\S{60})\S{20,}", r"\1…", printable)
