"""The long answer to “what does this rule mean?”: a page for every rule that can be reported.

A rule of ``checks/rules/`` is explained by its own docstring, every other one by a file ``checks/pages/<group>/<rule>.md``. Both are
written alike: a first line that says what is wrong, a paragraph or more that says why it matters, then the blocks ``Example:`` and
``Use instead:``, indented by four spaces, and ``Turn off:``. What a page does not say of turning off is said by ``_group.md`` beside it.
"""

import inspect
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from scheduler.checks.review import known_rules

_BLOCK = re.compile(r"^(Example|Use instead|Turn off):[ ]*\n*", re.MULTILINE)
_SENT = "What is sent"


@dataclass(frozen=True, slots=True)
class Page:
    """Is what ``scheduler explain`` says of a rule; ``example`` and ``instead`` are lines of a file, or say what to do."""

    rule: str
    group: str
    what: str
    why: str
    example: str
    instead: str
    turn_off: str


@cache
def pages() -> Mapping[str, Page]:
    """Returns the page of every rule by the rule's name, those of one group together."""
    found = [_page(rule.name, _SENT, _docstring(inspect.getmodule(rule.check or rule.compare))) for rule in known_rules()]
    for folder in resources.files(__package__).joinpath("pages").iterdir():
        files = [file for file in folder.iterdir() if file.name.endswith(".md")] if folder.is_dir() else []
        texts = {file.name.removesuffix(".md"): file.read_text(encoding="utf-8") for file in files}
        if not texts:
            continue
        group = texts.pop("_group")
        title, turn_off = group.split("\n", 1)[0], _blocks(group)["Turn off"]
        found += [_page(rule, title, text, turn_off) for rule, text in texts.items()]
    return {page.rule: page for page in sorted(found, key=lambda page: (page.group, page.rule))}


def _docstring(module: object) -> str:
    return inspect.cleandoc(getattr(module, "__doc__", None) or "")


def _page(rule: str, group: str, text: str, turn_off: str = "") -> Page:
    start = _BLOCK.search(text)
    head = text[: start.start()] if start else text
    what, _, why = head.strip().partition("\n\n")
    blocks = _blocks(text)
    return Page(
        rule=rule,
        group=group,
        what=_flowing(what),
        why=_flowing(why),
        example=textwrap.dedent(blocks.get("Example", "")),
        instead=textwrap.dedent(blocks.get("Use instead", "")),
        turn_off=_flowing(blocks.get("Turn off", turn_off)),
    )


def _blocks(text: str) -> dict[str, str]:
    pieces = _BLOCK.split(text)
    return {name: content.rstrip("\n") for name, content in zip(pieces[1::2], pieces[2::2], strict=True)}


def _flowing(text: str) -> str:
    """Returns paragraphs whose lines are joined, so that a screen may break them anew."""
    return "\n\n".join(" ".join(line.strip() for line in paragraph.splitlines()) for paragraph in text.strip().split("\n\n"))
