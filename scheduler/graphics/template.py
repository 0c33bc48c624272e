"""Reads templates: TOML files that say which blocks stand where, in which formats, filled with which fields."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from scheduler.graphics import wording
from scheduler.graphics.block import Block, Settings, find_blocks
from scheduler.graphics.problem import Undrawable, did_you_mean

_OWN_KEYS: Mapping[str, type] = {"block": str, "id": str, "at": str, "gap": float, "flexible": bool, "between": bool}
_TOP: Mapping[str, type] = {"template": dict, "fields": dict, "formats": dict, "layer": list, "stack": dict}
_TEMPLATE: Mapping[str, type] = {"summary": str, "alt": str, "encoding": str, "version": int}
_FIELD: Mapping[str, type] = {"required": bool, "sample": str, "summary": str, "lack": str, "fix": str}
_FORMAT: Mapping[str, type] = {"size": list, "clear": list, "margin": float, "unit": int}
_STACK: Mapping[str, type] = {"item": list, "gap": float, "width": float, "anchor": str, "below": float}
_SIZES = range(200, 4097)


@dataclass(frozen=True, slots=True)
class Item:
    """Is one block of a template with its settings in one format."""

    id: str
    block: str
    settings: Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Is a template in one format; lengths are pixels, the ``stack``'s are fractions of ``unit``."""

    size: tuple[int, int]
    clear: tuple[int, int]
    margin: float
    unit: int
    layers: tuple[Item, ...]
    stack: Settings
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Is a template that was understood; ``source`` is its bytes, ``samples`` a value for each field.

    ``lacks`` says of required fields why they are empty, where a template knows more of that than their names.
    """

    name: str
    source: bytes
    alt: str
    encoding: str
    fields: tuple[str, ...]
    required: tuple[str, ...]
    samples: Mapping[str, str]
    lacks: Mapping[str, Undrawable]
    forms: Mapping[str, Form]


def _shelf(own: Path | None) -> dict[str, Any]:
    shipped = {entry.name.removesuffix(".toml"): entry for entry in files("scheduler.graphics").joinpath("templates").iterdir()}
    mine = {path.stem: path for path in sorted(own.glob("*.toml"))} if own and own.is_dir() else {}
    return {**{name: entry for name, entry in shipped.items() if entry.name.endswith(".toml")}, **mine}


def known_templates(own: Path | None = None) -> tuple[str, ...]:
    """Returns the names of all templates, those in the project's own folder ``own`` and those that are shipped."""
    return tuple(sorted(_shelf(own)))


def formats(template: str, own: Path | None = None) -> tuple[str, ...] | Undrawable:
    """Returns the formats that a template can be drawn in."""
    found = load(template, own)
    return found if isinstance(found, Undrawable) else tuple(found.forms)


def load(name: str, own: Path | None = None) -> Template | Undrawable:
    """Returns the template of that name, the project's own before the shipped one, or what is wrong with it."""
    shelf = _shelf(own)
    if name not in shelf:
        return Undrawable(f"There is no template “{name}”.", did_you_mean(name, shelf, "templates"))
    try:
        source = shelf[name].read_bytes()
        data = tomllib.loads(source.decode())
    except OSError as error:
        return Undrawable(f"The template {name}.toml cannot be read: {error.strerror or error}.")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return Undrawable(f"The template {name}.toml is not valid TOML: {error}.")
    return _Reader(name, source).template(data)


class _Fault(Exception):
    """Carries what is wrong out of the nested tables."""

    def __init__(self, reason: str, fix: str = "") -> None:
        super().__init__(reason)
        self.found = Undrawable(reason, fix)


class _Reader:
    """Turns one file's tables into a template."""

    def __init__(self, name: str, source: bytes) -> None:
        self.name, self.source = name, source
        self.blocks = find_blocks()

    def template(self, data: dict[str, Any]) -> Template | Undrawable:
        """Returns the template, or its first fault."""
        try:
            return self._template(data)
        except _Fault as fault:
            return fault.found

    def _fault(self, word: str, reason: str, fix: str = "") -> _Fault:
        lines = self.source.decode().splitlines()
        sought = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
        line = next((f", line {number}" for number, text in enumerate(lines, 1) if sought.search(text)), "")
        return _Fault(f"The template {self.name}.toml{line}: {reason}", fix)

    def _table(self, table: object, keys: Mapping[str, type], where: str) -> dict[str, Any]:
        if not isinstance(table, dict):
            raise self._fault(where, f"{where} must be a table.")
        for key, value in table.items():
            if key not in keys:
                raise self._fault(key, f"nothing is called “{key}” in {where}.", did_you_mean(key, keys, f"keys of {where}"))
            wanted = (int, float) if keys[key] is float else (keys[key],)
            if not isinstance(value, wanted) or (isinstance(value, bool) and keys[key] is not bool):
                raise self._fault(key, f"“{key}” in {where} must be a {_WORDS[keys[key]]}.")
        return table

    def _template(self, data: dict[str, Any]) -> Template:
        self._table(data, _TOP, "a template")
        head = self._table(data.get("template", {}), _TEMPLATE, "[template]")
        fields = {name: self._table(field, _FIELD, f"fields.{name}") for name, field in data.get("fields", {}).items()}
        forms = {name: self._form(data, name) for name in data.get("formats", {})}
        if not forms:
            raise self._fault("formats", "it has no formats.", "Add one like [formats.square] with size = [1080, 1080].")
        for pattern in [head.get("alt", ""), *_texts([form.items + form.layers for form in forms.values()])]:
            for name in wording.names(pattern):
                if name not in fields:
                    raise self._fault(name, f"there is no field “{name}”.", did_you_mean(name, fields, "fields"))
        if head.get("encoding", "jpeg") not in {"jpeg", "png"}:
            raise self._fault("encoding", "“encoding” must be jpeg or png.")
        return Template(
            name=self.name,
            source=self.source,
            alt=head.get("alt", "{title}"),
            encoding=head.get("encoding", "jpeg"),
            fields=tuple(fields),
            required=tuple(name for name, field in fields.items() if field.get("required")),
            samples={name: field.get("sample", "") for name, field in fields.items()},
            lacks={name: Undrawable(field["lack"], field.get("fix", "")) for name, field in fields.items() if "lack" in field},
            forms=forms,
        )

    def _form(self, data: dict[str, Any], name: str) -> Form:
        layers, stack = data.get("layer", []), self._table(data.get("stack", {}), _STACK, "[stack]")
        items = [self._item(table) for table in stack.get("item", [])]
        first = [self._item(table) for table in layers]
        table = dict(data["formats"][name]) if isinstance(data["formats"][name], dict) else {}
        ids = {item.id for item in (*first, *items)} | {"stack"}
        changes = {key: table.pop(key) for key in list(table) if key in ids}
        form = self._table(table, _FORMAT, f"formats.{name}")
        size = self._pair(form.get("size"), _SIZES, f"formats.{name}", "size")
        return Form(
            size=size,
            clear=self._pair(form.get("clear", [0, 0]), range(size[1] // 2), f"formats.{name}", "clear"),
            margin=form.get("margin", 0.08),
            unit=form.get("unit", min(*size, 1080)),
            layers=tuple(self._changed(item, changes) for item in first),
            stack={**stack, **self._table(changes.get("stack", {}), _STACK, f"formats.{name}.stack")},
            items=tuple(self._changed(item, changes) for item in items),
        )

    def _pair(self, pair: object, allowed: range, where: str, key: str) -> tuple[int, int]:
        if isinstance(pair, list) and [type(number) for number in pair] == [int, int] and all(number in allowed for number in pair):
            return pair[0], pair[1]
        raise self._fault(key, f"“{key}” in {where} must be two whole numbers from {allowed.start} to {allowed.stop - 1}.")

    def _block(self, name: object) -> Block:
        if not isinstance(name, str) or name not in self.blocks:
            raise self._fault(str(name), f"there is no block “{name}”.", did_you_mean(str(name), self.blocks, "blocks"))
        return self.blocks[name]

    def _item(self, table: object) -> Item:
        name = table.get("block") if isinstance(table, dict) else None
        settings = self._table(table, {**_OWN_KEYS, **self._block(name).keys}, f"block {name}")
        return Item(settings.get("id", str(name)), str(name), settings)

    def _changed(self, item: Item, changes: Mapping[str, Any]) -> Item:
        keys = {**_OWN_KEYS, **self.blocks[item.block].keys}
        return Item(item.id, item.block, {**item.settings, **self._table(changes.get(item.id, {}), keys, item.id)})


_WORDS = {str: "text in quotes", float: "number", int: "whole number", bool: "true or false", list: "list", dict: "table"}


def _texts(value: object) -> list[str]:
    """Returns every text within nested tables and lists."""
    match value:
        case str():
            return [value]
        case Item():
            return _texts(value.settings)
        case dict():
            return [text for inner in value.values() for text in _texts(inner)]
        case list() | tuple():
            return [text for inner in value for text in _texts(inner)]
        case _:
            return []
