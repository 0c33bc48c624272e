"""The files that make Obsidian and Visual Studio Code know a project: property types, templates, snippets, a schema.

None of them is needed by the program, and none is read by it.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from scheduler.config import describing as config
from scheduler.postfiles.writing import describing as posts
from scheduler.postfiles.writing.describing import Shape
from scheduler.postfiles.writing.starting import OWN_FOLDER, shipped_starters
from scheduler.publishers.discovery import known_networks

CONFIG_SCHEMA = ".scheduler/config.schema.json"
SCHEMA_LINE = f"#:schema ./{CONFIG_SCHEMA}\n"
"""Is the first line of a config.toml by which TOML editors find the schema beside it."""

_OBSIDIAN_TYPES = {Shape.LIST: "multitext", Shape.MOMENT: "datetime", Shape.DAY: "date", Shape.YES_NO: "checkbox"}
_HOLE = re.compile(r"\{\{\s*(title|date|time)\s*\}\}")
_LIVE = {"title": "${1:Title}", "date": "${CURRENT_YEAR}-${CURRENT_MONTH}-${CURRENT_DATE}", "time": "${2:12:00}"}


def schema_of(what: str) -> Mapping[str, Any]:
    """Returns the JSON Schema of ``config`` or of a ``post``'s settings."""
    if what == "post":
        return posts.schema()
    return config.schema({name: adapter.facts for name, adapter in known_networks().items()})


def obsidian_files() -> Mapping[str, str]:
    """Returns what tells Obsidian the types of the settings and gives it a template for each kind of post, by path.

    ``{{title}}``, ``{{date}}`` and ``{{time}}`` in a template are filled in by Obsidian; names in single braces are left to us.
    """
    types = {setting.name: _OBSIDIAN_TYPES.get(setting.shape, "text") for setting in posts.settings()}
    templates = {f"{OWN_FOLDER}/{name}.md": text for name, text in shipped_starters().items()}
    core = {"folder": OWN_FOLDER, "dateFormat": "YYYY-MM-DD", "timeFormat": "HH:mm"}
    return {".obsidian/types.json": _json({"types": types}), ".obsidian/templates.json": _json(core), **templates}


def vscode_files() -> Mapping[str, str]:
    """Returns what makes Visual Studio Code complete config.toml and offer a snippet for each kind of post, by path."""
    settings = {
        "[markdown]": {"editor.quickSuggestions": {"other": "on"}, "editor.wordWrap": "on"},
        "files.encoding": "utf8",
        "files.exclude": {".scheduler": True},
    }
    snippets = {f"Post file: {name}": _snippet(name, text) for name, text in shipped_starters().items()}
    return {
        ".vscode/settings.json": _json(settings),
        ".vscode/scheduler.code-snippets": _json(snippets),
        ".vscode/extensions.json": _json({"recommendations": ["tamasfe.even-better-toml"]}),
        CONFIG_SCHEMA: _json(schema_of("config")),
    }


def _snippet(name: str, starter: str) -> Mapping[str, Any]:
    escaped = starter.replace("\\", "\\\\").replace("$", "\\$")
    body = _HOLE.sub(lambda hole: _LIVE[hole[1]], escaped)
    return {"scope": "markdown", "prefix": f"post-{name}", "description": f"Begins a post file: {name}", "body": body.splitlines()}


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
