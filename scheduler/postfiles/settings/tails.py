"""Text after a ``#`` that YAML would drop without a word though the author meant it."""

import re
from collections.abc import Collection, Iterator

from scheduler.model.finding import Finding
from scheduler.postfiles.lines.quoting import DOUBLE, ITEM, LISTS, SETTING, SINGLE, TAIL, as_typed, quoted
from scheduler.postfiles.lines.slips import Mend, Slip
from scheduler.postfiles.lines.source import Source
from scheduler.postfiles.names import SETTINGS

_CHANGED = "what is published would not be what you wrote, so the post is held"
_TEXTS = ("title", "place", "address", "access", "content-warning", "first-comment", "owner", "location", "allow-because")
_NEVER_WITH_HASH = (
    *("when", "status", "lang", "timezone", "kind", "starts", "ends", "doors", "expires", "review-by", "cancelled", "online"),
    *("photo-consent", "postponed-to", "repeat", "repeat-from", "repeat-until", "hold-until"),
)


def lost_tails(source: Source, first: int, lines: list[str], whole: Collection[int]) -> Iterator[Finding]:
    """Yields a finding for everything that YAML takes for a comment though the author meant it.

    A comment on a line of its own, ``# like this``, is left alone, and so are the lines in ``whole``: they belong to a long quoted text.
    """
    for index, line in enumerate(lines):
        if "#" not in line or index in whole:
            continue
        start = _tail_of(line)
        if start is not None:
            yield _lost(line, start).found(source.path, source.span(first + index))


def _tail_of(line: str) -> int | None:
    """Returns where the part of the line begins that YAML drops, or None where it drops nothing that was meant."""
    stripped = line.strip()
    if stripped.startswith("#"):
        return len(line) - len(line.lstrip()) if line[0].isspace() or re.match(r"#[^\s#]", stripped) else None
    value = ITEM.match(line) or SETTING.match(line)
    if value is None or not value["value"]:
        return _plain_tail(line, 0)
    start = value.start("value")
    first = line[start]
    if first in "\"'":
        closed = (DOUBLE if first == '"' else SINGLE).match(line[start:])
        return _plain_tail(line, line.rfind(first) + 1) if closed else None
    return _plain_tail(line, start - 1)


def _plain_tail(line: str, start: int) -> int | None:
    tail = TAIL.search(line, start)
    return tail.end() - 1 if tail is not None else None


def _lost(line: str, start: int) -> Slip:
    key, _, value = line.strip().partition(":")
    known = key in SETTINGS and key not in _NEVER_WITH_HASH
    return Slip(
        rule="text-after-hash",
        message=f"this part of {f'the {key}' if known else 'this line'} would be lost",
        label="everything after “ #” is thrown away here"
        if start and line[start - 1].isspace() and line[:start].strip(" -")
        else "a # makes the rest of the line a comment",
        consequence=_CHANGED,
        fix=_fix_of_tail(key, value.strip(), line, start),
        start=start,
        end=len(line.rstrip()),
        mend=_mend_of_tail(line, start),
    )


def _fix_of_tail(key: str, value: str, line: str, start: int) -> str:
    attached = re.match(r"#\w", line[start:]) is not None
    if (key in LISTS and attached) or line.lstrip().startswith(("-", "#")):
        words = (value if key in LISTS else line).replace(",", " ").split()
        names = [word.strip("#,[]\"'-") for word in words]
        return f"drop the # →  {key + ': ' if key in LISTS else ''}[{', '.join(name for name in names if name)}]"
    if key in _TEXTS:
        return f"put the {key} in quotes →  {key}: {quoted(value)}"
    if key in _NEVER_WITH_HASH or key in LISTS:
        return f"put the note on a line of its own →\n# {line[start:].strip('# ')}\n{line[:start].strip()}"
    return f"put the note on a line of its own, or the value in quotes →  {key}: {quoted(value)}"


def _mend_of_tail(line: str, start: int) -> Mend | None:
    """Returns what keeps a tail: quotes around a text, names without #, or a comment on a line of its own."""
    item = ITEM.match(line)
    if item is not None:
        name = re.match(r"#(\w+)$", item["value"])
        return Mend(name[1], item.start("value"), item.end("value")) if name else None
    setting = SETTING.match(line)
    if setting is None or not setting["value"]:
        return None
    key, value, tail = setting["key"], setting["value"], line[start:].strip()
    attached = re.match(r"#\w", tail) is not None
    if key in LISTS and attached:
        _, names = as_typed(key, value)
        return Mend(names, setting.start("value"), setting.end("value"), safe=key == "hashtags" and ":" not in value)
    if key in _TEXTS and value[0] not in "\"'":
        return Mend(quoted(value), setting.start("value"), setting.end("value"))
    above = f"{tail}\n{line[:start].rstrip()}" if tail.startswith("# ") else f"# {tail[1:].strip()}\n{line[:start].rstrip()}"
    return Mend(above, 0, len(line), safe=key in _NEVER_WITH_HASH or (key in LISTS and value.startswith("[")))
