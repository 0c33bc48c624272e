"""The slips that people make in the settings block, told in their own words: YAML's messages are never shown.

:func:`repair` explains lines that are no YAML and mends them in memory; :func:`lost_tails` finds text that YAML would drop without a word.
"""

import re
from collections.abc import Collection, Iterator

from scheduler.model.finding import Finding
from scheduler.postfiles.names import SETTINGS
from scheduler.postfiles.slips import Slip, nearest, shown
from scheduler.postfiles.source import Source

_SETTING = re.compile(r"(?P<key>[^\s:#\[\]{}\"'&*!|>%@`,-][^:]*?):(?:\s+(?P<value>.*?))?\s*$")
_GLUED = re.compile(r"(?P<key>[A-Za-z][\w-]*):(?P<value>[^\s/].*)$")
_ITEM = re.compile(r"\s*-\s+(?P<value>.*?)\s*$")
_DOUBLE = re.compile(r'"(?:[^"\\]|\\.)*"(?:\s+#.*)?$')
_SINGLE = re.compile(r"'(?:[^']|'')*'(?:\s+#.*)?$")
_LIST = re.compile(r"\[(?P<items>[^\[\]{}]*)\](?:\s+#.*)?$")
_SPECIAL = "@*&!%`{}|>,?]"
_CHANGED = "what is published would not be what you wrote, so the post is held"
_ESCAPE = re.compile(r"\\\\|\\\"|(?P<escape>\\.)")
_TAIL = re.compile(r"(?:^|\s)#")
_LISTS = ("where", "hashtags", "partners", "collab", "approve-by", "allow", "poll")


def quoted(text: str) -> str:
    """Returns the text in the quotes that keep it whole: double ones, or single ones where it has double ones itself."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def repair(source: Source, first: int, lines: list[str], line: int) -> list[Finding]:
    """Returns the findings for every line that YAML cannot read, and mends ``lines`` in place.

    ``line`` is where YAML gave up; where nothing is found anywhere, it is that line which is left out.
    """
    findings = []
    for index, text in enumerate(lines):
        trap = _trap(text, in_list=index > 0)
        if trap is not None:
            slip, lines[index] = trap
            findings.append(slip.found(source.path, source.span(first + index)))
    if not findings and lines[line].strip():
        findings.append(_unreadable(lines[line]).found(source.path, source.span(first + line, _indent(lines[line]))))
        lines[line] = ""
    return findings


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _trap(line: str, *, in_list: bool) -> tuple[Slip, str] | None:
    """Returns what is wrong with one line and the line mended, or None where it is a setting, a comment or the rest of one."""
    if not line.strip() or line.lstrip().startswith("#"):
        return None
    item = _ITEM.match(line) if in_list else None
    if item is not None:
        return _value_trap("", item["value"], line, item.start("value"))
    if line[0].isspace():
        return None
    setting = _SETTING.match(line)
    if setting is None:
        return _no_setting(line)
    return _value_trap(setting["key"], setting["value"] or "", line, setting.start("value"))


def _value_trap(key: str, value: str, line: str, column: int) -> tuple[Slip, str] | None:
    if not value:
        return None
    slip = _quotes(value) or _brackets(value) or _special(value) or _inside(value)
    if slip is None:
        return None
    label, text = _mended(key, value)
    head = line[:column]
    fix = slip.fix or f"put the {label} in quotes →  {head.strip()} {text}"
    end = len(value) if slip.end is None else slip.end
    placed = Slip(
        rule=slip.rule,
        message=slip.message,
        label=slip.label,
        consequence=slip.consequence,
        fix=fix,
        start=column + slip.start,
        end=column + end,
    )
    return placed, head + text


def _mended(key: str, value: str) -> tuple[str, str]:
    """Returns what to call the value, and the value as it should be typed."""
    if key in _LISTS and ("#" in value or value.startswith("[")):
        words = [word.strip("#,[]\"' ") for word in value.replace(",", " ").split()]
        return "names", "[" + ", ".join(word for word in words if word) + "]"
    if value[0] in "“”„\"'" and value[-1] in "“”\"'" and len(value) > 1 and not re.search(r"[“”„\"]", value[1:-1]):
        return key or "text", quoted(value[1:-1])
    return key or "text", quoted(value)


def _quotes(value: str) -> Slip | None:
    pattern = {'"': _DOUBLE, "'": _SINGLE}.get(value[0])
    if pattern is None or pattern.match(value):
        return strange_escape(value) if pattern is _DOUBLE else None
    end = value.find(value[0], 1)
    start = 0 if end < 0 else end + 1
    label = "this quotation mark is never closed" if end < 0 or start >= len(value) else "the quotation ends before this"
    return Slip(
        rule="quote-in-middle",
        message="a value that begins with a quotation mark has to end with it",
        label=label,
        consequence="the line cannot be read, so the post is held",
        start=min(start, len(value) - 1),
    )


def _brackets(value: str) -> Slip | None:
    if not value.startswith("["):
        return None
    match = _LIST.match(value)
    if match is not None and "#" not in match["items"]:
        return None
    if "#" in value:
        words = ", ".join(word.strip("#,[]\"' ") for word in value.replace(",", " ").split() if word.strip("#,[]\"' "))
        return Slip(
            rule="text-after-hash",
            message="everything after “#” in this list would be lost",
            label="names in a list stand without #",
            consequence="the list would be cut off here, so the post is held",
            fix=f"drop the # here →  [{words}]",
            start=value.find("#"),
        )
    return Slip(
        rule="starts-with-special",
        message="a value that begins with [ is a list, and this list is not complete",
        label="the list is not closed at the end of the line",
        consequence="the line cannot be read, so the post is held",
    )


def _special(value: str) -> Slip | None:
    if value[0] not in _SPECIAL and not re.match(r"-(\s|$)", value):
        return None
    if value in {"|", ">", "|-", ">-", "|+", ">+"}:
        return None
    return Slip(
        rule="starts-with-special",
        message=f"a value cannot begin with {value[0]} unless it is in quotes",
        label=f"{value[0]} has a meaning of its own here",
        consequence="the line cannot be read, so the post is held",
        end=1,
    )


def _inside(value: str) -> Slip | None:
    if value[0] in "\"'":
        return None
    tail = _TAIL.search(value)
    colon = re.search(r":(?=\s|$)", value)
    if colon is not None and (tail is None or colon.start() < tail.start()):
        return Slip(
            rule="colon-in-text",
            message="a colon inside the text needs quotes around it",
            label="this colon looks like the end of another setting’s name",
            consequence="the line cannot be read, so the post is held",
            start=colon.start(),
            end=colon.end(),
        )
    return None


def _no_setting(line: str) -> tuple[Slip, str]:
    glued = _GLUED.match(line)
    if glued is not None:
        key, value = glued["key"], glued["value"].strip()
        mended = f"{key}: {quoted(value) if _SETTING.match(value) or _TAIL.search(value) else value}"
        slip = Slip(
            rule="missing-space",
            message=f"a space is missing after “{shown(key)}:”",
            label="put a space here",
            consequence="the line is not understood as a setting, so the post is held",
            fix=mended,
            start=glued.start("value"),
            end=glued.start("value") + 1,
        )
        return slip, mended
    return _unreadable(line), ""


def _unreadable(line: str) -> Slip:
    word = re.split(r"[\s:=]", line.strip(), maxsplit=1)[0]
    meant = word if word in SETTINGS else nearest(word, SETTINGS)
    return Slip(
        rule="not-a-setting",
        message="I cannot read this line as a setting",
        label="a setting is a name, a colon, a space and a value",
        consequence="the post is held, because this line might have mattered",
        fix=f"{meant}: …" if meant else "if this is text to publish, move it below the second line of dashes",
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
        return _indent(line) if line[0].isspace() or re.match(r"#\w", stripped) else None
    value = _ITEM.match(line) or _SETTING.match(line)
    if value is None or not value["value"]:
        return _plain_tail(line, 0)
    start = value.start("value")
    first = line[start]
    if first in "\"'":
        closed = (_DOUBLE if first == '"' else _SINGLE).match(line[start:])
        return _plain_tail(line, line.rfind(first) + 1) if closed else None
    return _plain_tail(line, start - 1)


def _plain_tail(line: str, start: int) -> int | None:
    tail = _TAIL.search(line, start)
    return tail.end() - 1 if tail is not None else None


def _lost(line: str, start: int) -> Slip:
    key, _, value = line.strip().partition(":")
    value = value.strip()
    if key in _LISTS or line.lstrip().startswith(("-", "#")):
        words = (value if key in _LISTS else line).replace(",", " ").split()
        names = [word.strip("#,[]\"'-") for word in words]
        fix = f"drop the # →  {key + ': ' if key in _LISTS else ''}[{', '.join(name for name in names if name)}]"
    elif key in {"title", "place", "address", "access", "content-warning", "first-comment", "owner"}:
        fix = f"put the {key} in quotes →  {key}: {quoted(value)}"
    else:
        fix = f"put the note on a line of its own, or the value in quotes →  {key}: {quoted(value)}"
    what = f"the {key}" if key in SETTINGS else "this line"
    return Slip(
        rule="text-after-hash",
        message=f"this part of {what} would be lost",
        label="everything after “ #” is thrown away here"
        if start and line[start - 1].isspace() and line[:start].strip(" -")
        else "a # makes the rest of the line a comment",
        consequence=_CHANGED,
        fix=fix,
        start=start,
        end=len(line.rstrip()),
    )


def strange_escape(text: str) -> Slip | None:
    """Returns what is wrong with a text in double quotes, as typed, in which a backslash would change the letters after it."""
    match = next((match for match in _ESCAPE.finditer(text) if match["escape"]), None)
    if match is None:
        return None
    return Slip(
        rule="backslash-in-quotes",
        message="a backslash inside double quotes changes the letter after it",
        label="this would not stay as you typed it",
        consequence=_CHANGED,
        fix="put the text in single quotes →  '" + text.strip().strip('"').replace("'", "''") + "'",
        start=match.start(),
        end=match.end(),
    )


def looks_separate(line: str) -> bool:
    """Tells whether the second line of a value looks like a setting or a list item of its own."""
    glued = _GLUED.match(line.strip())
    return _ITEM.match(line) is not None or (glued is not None and glued["key"] in SETTINGS)
