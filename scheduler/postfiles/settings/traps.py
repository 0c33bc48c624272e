"""The slips that people make in the settings block, told in their own words: YAML's messages are never shown."""

import re
from dataclasses import replace

from scheduler.model.finding import Finding
from scheduler.postfiles.lines.quoting import DOUBLE, GLUED, ITEM, LIST, SETTING, SINGLE, TAIL, as_typed, quoted
from scheduler.postfiles.lines.slips import Mend, Slip, alike, nearest, shown
from scheduler.postfiles.lines.source import Source
from scheduler.postfiles.names import SETTINGS

_SPECIAL = "@*&!%`{}|>,?]"
_CHANGED = "what is published would not be what you wrote, so the post is held"
_DAYS = frozenset({"when", "starts", "ends", "doors", "postponed-to", "repeat-from", "repeat-until", "expires", "review-by"})
_LINKED_DAY = re.compile(r"\[\[(?P<day>\d{4}-\d{1,2}-\d{1,2})\]\](?P<rest>.*)$")
_ESCAPE = re.compile(r"\\\\|\\\"|(?P<escape>\\.)")


def repair(source: Source, first: int, lines: list[str], line: int) -> list[Finding]:
    """Returns the findings for every line that YAML cannot read, and mends ``lines`` in place.

    ``line`` is where YAML gave up; where nothing is found anywhere, it is that line which is left out.
    """
    findings = []
    for index, text in enumerate(lines):
        trap = _trap(text, in_list=index > 0)
        if trap is not None:
            slip, lines[index] = trap
            if text.split() != source.lines[first + index].split():  # it was mended before, so columns have moved
                slip = replace(slip, mend=None)
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
    item = ITEM.match(line) if in_list else None
    if item is not None:
        return _value_trap("", item["value"], line, item.start("value"))
    bullet = _BULLET.match(line) if in_list else None
    if bullet is not None and SETTING.match(bullet["value"]) is None:
        return _other_bullet(bullet)
    if line[0].isspace():
        return None
    setting = SETTING.match(line)
    if setting is None:
        return _no_setting(line)
    return _value_trap(setting["key"], setting["value"] or "", line, setting.start("value"))


def _value_trap(key: str, value: str, line: str, column: int) -> tuple[Slip, str] | None:
    if not value:
        return None
    linked = _LINKED_DAY.match(value) if key in _DAYS else None
    if linked is not None:
        return _day_as_link(linked, line, column)
    slip = _quotes(value) or _brackets(value) or _special(value) or _inside(value)
    if slip is None:
        return None
    label, text = as_typed(key, value)
    head = line[:column]
    how = "drop the @" if value.startswith("[") and "@" not in text and "@" in value else f"put the {label} in quotes"
    fix = slip.fix or f"{how} →  {head.strip()} {text}"
    end = len(value) if slip.end is None else slip.end
    known = not key or key in SETTINGS or alike(key, nearest(key, SETTINGS) or "")
    mend = Mend(text, column, column + len(value), safe=known and "\\" not in value)
    return replace(slip, fix=fix, start=column + slip.start, end=column + end, mend=mend), head + text


def _day_as_link(match: re.Match[str], line: str, column: int) -> tuple[Slip, str]:
    text = match["day"] + match["rest"]
    slip = Slip(
        rule="starts-with-special",
        message="double brackets make a link of Obsidian’s, and are no part of a date",
        label="the date stands without them",
        consequence="the line cannot be read, so the post is held",
        fix=f"{line[:column].strip()} {text}",
        start=column,
        end=column + match.start("rest"),
        mend=Mend(text, column, column + len(match[0])),
    )
    return slip, line[:column] + text


def _quotes(value: str) -> Slip | None:
    pattern = {'"': DOUBLE, "'": SINGLE}.get(value[0])
    if pattern is None or pattern.match(value):
        return strange_escape(value) if pattern is DOUBLE else None
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
    at = value.find("@")
    if re.search(r"[\[,]\s*@", value) and "#" not in value and '"' not in value and "'" not in value:
        return Slip(
            rule="starts-with-special",
            message="a name in a list cannot begin with @ unless it is in quotes",
            label="@ has a meaning of its own here",
            consequence="the line cannot be read, so the post is held",
            start=at,
            end=at + 1,
        )
    match = LIST.match(value)
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
    tail = TAIL.search(value)
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
    glued = GLUED.match(line)
    if glued is not None:
        key, value = glued["key"], glued["value"].strip()
        text = quoted(value) if SETTING.match(value) or TAIL.search(value) else value
        mended = f"{key}: {text}"
        slip = Slip(
            rule="missing-space",
            message=f"a space is missing after “{shown(key)}:”",
            label="put a space here",
            consequence="the line is not understood as a setting, so the post is held",
            fix=mended,
            start=glued.start("value"),
            end=glued.start("value") + 1,
            mend=Mend(f" {text}", glued.start("value"), glued.start("value") + len(value), safe=key in SETTINGS),
        )
        return slip, mended
    return _unreadable(line), ""


def _unreadable(line: str) -> Slip:
    word = re.split(r"[\s:=：]", line.strip(), maxsplit=1)[0]
    if line[0].isspace() and word in SETTINGS and SETTING.match(line.strip()):
        return _indented(line)
    meant = nearest(word, SETTINGS)
    meant = meant if meant is not None and alike(word, meant) else None
    other = _OTHER_COLON.match(line)
    if other is not None and meant is not None:
        return _other_colon(other, meant)
    return Slip(
        rule="not-a-setting",
        message="I cannot read this line as a setting",
        label="a setting is a name, a colon, a space and a value",
        consequence="the post is held, because this line might have mattered",
        fix=f"{meant}: …" if meant else "if this is text to publish, move it below the second line of dashes",
    )


_BULLET = re.compile(r"(?P<indent>[ ]*)(?P<sign>\*(?!\*)|[•·‣–—−]|-(?=[^\s-]))\s*(?P<value>\S.*?)\s*$")


def _other_bullet(match: re.Match[str]) -> tuple[Slip, str]:
    mended = f"{match['indent']}- {match['value']}"
    slip = Slip(
        rule="not-a-setting",
        message="a line of a list begins with a hyphen and a space",
        label="put a space after the hyphen" if match["sign"] == "-" else f"this is “{match['sign']}”",
        consequence="the line is not understood, so the post is held",
        fix=f"- {match['value']}",
        start=match.start("sign"),
        end=match.start("value"),
        mend=Mend("- ", match.start("sign"), match.start("value")),
    )
    return slip, mended


_OTHER_COLON = re.compile(r"[\w-]+\s*(?P<sign>[=：])\s*(?P<value>\S.*?)\s*$")


def _other_colon(match: re.Match[str], meant: str) -> Slip:
    _, text = as_typed(meant, match["value"]) if _inside(match["value"]) else ("", match["value"])
    return Slip(
        rule="not-a-setting",
        message=f"after the name of a setting stands a colon, not “{match['sign']}”",
        label="a setting is a name, a colon, a space and a value",
        consequence="the line is not understood as a setting, so the post is held",
        fix=f"{meant}: {text}",
        start=match.start("sign"),
        end=match.end("sign"),
        mend=Mend(f"{meant}: {text}", 0, match.end("value"), safe=False),
    )


def _indented(line: str) -> Slip:
    return Slip(
        rule="not-a-setting",
        message="a setting begins at the left edge of its line",
        label="this looks like the rest of the line above",
        consequence="it would be read as part of another setting, so the post is held",
        fix=line.strip(),
        mend=Mend(line.strip(), -_indent(line), safe=False),
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
        mend=Mend("'" + text.strip().strip('"').replace("'", "''") + "'", safe=False),
        start=match.start(),
        end=match.end(),
    )


def looks_separate(line: str) -> bool:
    """Tells whether the second line of a value looks like a setting or a list item of its own."""
    glued = GLUED.match(line.strip())
    return ITEM.match(line) is not None or (glued is not None and glued["key"] in SETTINGS)
