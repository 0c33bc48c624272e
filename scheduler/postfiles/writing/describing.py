"""What each setting of a post file takes and means, for editors: as a JSON Schema, and as shapes that other forms are made from."""

import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Any

from scheduler.model.post import At
from scheduler.postfiles.names import OBSIDIAN, SWITCHED_OFF
from scheduler.postfiles.settings.fields import KINDS, NEEDED

ABOUT: Mapping[str, str] = {
    "title": "What you call this post among yourselves; never published. An event’s title is its name, and is.",
    "when": "When it goes out: 2027-04-14 12:00, 14 April 2027 12:00, next slot, or beside an event 1 week before, 18:00.",
    "where": "Networks or accounts; without it the post goes everywhere.",
    "status": "draft and review keep the post back, ready lets it go.",
    "link": "The address that {link} stands for.",
    "hashtags": "Sets from posts/_hashtags.toml, or single hashtags, without #.",
    "campaign": "The campaign that it belongs to; usually that of its folder.",
    "expires": "After this it is not sent any more.",
    "lang": "The language of the text, as a short code: en, de, es, pt-BR.",
    "content-warning": "What people should know before they see the post.",
    "graphic": "The template of a picture that is drawn for the post: event-card, countdown-card or co-branded.",
    "first-comment": "A comment of your own below the post.",
    "photo-consent": "Whether the people in the picture have agreed; no keeps the post back.",
    "partners": "Organisations from posts/_partners.toml that post this with you.",
    "collab": "Accounts that are invited as co-authors.",
    "approve-by": "Who has to agree before it goes out.",
    "hold-until": "What it waits for: approved.",
    "location": "The place that is shown with the post: its name, and in brackets its number, where a network goes by numbers.",
    "poll": "The answers that people can choose from.",
    "poll-question": "The question, where it is not the text itself: some networks show it apart.",
    "poll-for": "How long people can vote: 3 days.",
    "poll-multiple": "Whether people may choose more than one answer.",
    "repeat": "How often it comes again: every 6 weeks on Tuesday at 12:30.",
    "repeat-from": "The first day of the repetition.",
    "repeat-until": "The last day of the repetition.",
    "pool": "The pool of evergreen posts that it belongs to.",
    "review-by": "When somebody has to read it again; after that day it waits.",
    "timezone": "The time zone of its times, by continent and city: Europe/Berlin.",
    "owner": "Who looks after it.",
    "allow": "Rules that are switched off for this post.",
    "allow-because": "Why those rules are switched off.",
    "id": "A name that stays when the file is renamed.",
    "kind": "What this file is: a post, an event or a series.",
    "series": "The series of posts that an event takes: standard, or one of your own from assets/series/.",
    "starts": "When the event starts: 2027-05-01 14:00.",
    "ends": "When it ends: a time, or a date and time.",
    "doors": "When the doors open: a time, or a date and time.",
    "place": "Where people meet.",
    "address": "The address of the place.",
    "online": "Whether it takes place online.",
    "access": "What helps people to take part: ramps, interpreters, childcare.",
    "url": "The page about the event.",
    "cancelled": "yes holds every post about the event.",
    "postponed-to": "The new time of an event.",
}
"""Is a sentence about each setting; a test asks for one where a setting is added."""

_WITH_TIME = ("when", "starts", "postponed-to")
_DIGITS = r"\d"


class Shape(StrEnum):
    """Is what the value of a setting looks like."""

    TEXT = "text"
    LIST = "list"
    MOMENT = "moment"
    DAY = "day"
    YES_NO = "yes or no"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Described:
    """Is one setting; ``choices`` are the words that it takes, where it takes some words only."""

    name: str
    shape: Shape
    about: str
    choices: tuple[str, ...] = ()


def settings() -> tuple[Described, ...]:
    """Returns every setting in the order of the reader's own model."""
    found = []
    for attribute, kind in KINDS.items():
        name = attribute.replace("_", "-")
        shape, choices = _shape(kind, name)
        found.append(Described(name, shape, ABOUT.get(name, ""), choices))
    return tuple(found)


def schema() -> Mapping[str, Any]:
    """Returns the JSON Schema of the settings between the dashes, as a YAML reader hands them on.

    It accepts what editors make of a value (``yes`` as true, 2027 as a number), and is as strict as a schema can be: names and choices
    are judged, a date only as far as there is one. What it cannot see, ``scheduler check`` does.
    """
    properties = {setting.name: {"description": setting.about, **_property(setting)} for setting in settings()}
    accepted = {name: {"description": "Written by Obsidian; means nothing here."} for name in OBSIDIAN}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of a post file",
        "type": "object",
        "properties": {**properties, **accepted},
        "additionalProperties": False,
    }


def _shape(annotation: Any, name: str) -> tuple[Shape, tuple[str, ...]]:  # noqa: ANN401 - a type of any kind
    kinds = tuple(_kinds(annotation))
    choices = tuple(str(kind) for kind in kinds if isinstance(kind, str))
    if choices:
        return Shape.CHOICE, choices
    if bool in kinds:
        return Shape.YES_NO, ()
    if At in kinds or (datetime in kinds and name in _WITH_TIME):
        return Shape.MOMENT, ()
    if date in kinds or datetime in kinds:
        return Shape.DAY, ()
    return (Shape.LIST if tuple in kinds else Shape.TEXT), ()


def _kinds(annotation: Any) -> Iterator[Any]:  # noqa: ANN401 - as above
    """Yields the plain types that an annotation is made of, and the words that it allows."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        yield from _kinds(typing.get_args(annotation)[0])
    elif origin in {typing.Union, types.UnionType}:
        for inner in typing.get_args(annotation):
            yield from _kinds(inner)
    elif origin is typing.Literal:
        yield from typing.get_args(annotation)
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        yield from (member.value for member in annotation)
    else:
        yield origin or annotation


def _property(setting: Described) -> Mapping[str, Any]:
    """Returns what a value must be; most settings may be left empty, which is as good as not writing them."""
    return {"anyOf": [*_takes(setting), *(() if setting.name in NEEDED else ({"type": "null"}, {"const": ""}))]}


def _takes(setting: Described) -> tuple[Mapping[str, Any], ...]:
    match setting.shape:
        case Shape.CHOICE:
            said = [value for word, value in (("yes", True), ("no", False)) if word in setting.choices]
            return {"enum": [*setting.choices, *said]}, _in_any_case(setting.choices)
        case Shape.YES_NO:
            words = ("yes", "no", "true", "false")
            return {"enum": [*words, True, False]}, _in_any_case(words)
        case Shape.LIST:
            return {"type": ["string", "number", "boolean"]}, {"type": "array", "items": {"type": ["string", "number", "boolean"]}}
        case Shape.MOMENT:
            slot, before, after = (_letters(word) for word in ("next slot", "before", "after"))
            return ({"type": "string", "pattern": rf"{_DIGITS}|^{slot}$|{before}|{after}"},)
        case Shape.DAY:
            off = f"|^{_letters('none')}$" if setting.name in SWITCHED_OFF else ""
            return ({"type": "string", "pattern": f"{_DIGITS}{off}"}, *(({"type": "array", "maxItems": 0},) if off else ()))
        case Shape.TEXT:
            return ({"type": ["string", "number", "boolean"]},)


def _in_any_case(words: Iterable[str]) -> Mapping[str, Any]:
    return {"type": "string", "pattern": f"^({'|'.join(_letters(word) for word in words)})$"}


def _letters(word: str) -> str:
    """Returns a pattern for the word in capitals or not; the patterns of a JSON Schema have no switch for that."""
    return "".join(f"[{letter.upper()}{letter}]" if letter.isalpha() else letter for letter in word)
