"""What an author probably meant by a time that cannot be read: proposed, and never taken."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from scheduler.postfiles.lines.slips import Mend, Slip, SlipError
from scheduler.postfiles.settings import calendar_words
from scheduler.postfiles.settings.counting import from_event, is_exact

_QUOTES = "“”„‟‘’‚\"'"
_DASH = re.compile(r"[‐‑‒–—−]")
_COLON = re.compile("[：∶꞉]")
_YEAR_FIRST = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})(?!\d)")
_SHORT_YEAR = re.compile(r"(?<!\d)(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{2})(?=$|[\s,])")
_NOON = re.compile(r"\b(?:at\s+)?(?:noon|midday|mittags?|mediodía|midi)\b", re.IGNORECASE)
_ZONE = re.compile(r"\s*\(?\b(?:[A-Z]{1,2}[SD]?T|CEST|MESZ?|MEZ|UTC|GMT|AEST|BST|Eastern|Pacific|Central)\b\)?\s*$")
_ASIDE = re.compile(r"\s*\([^()]*\)$")
_NO_DAY = re.compile(r"\b(?:today|tomorrow|tonight|heute|morgen|hoy|mañana|demain|next (?!slot)\w+)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b\d{4}\b")
_IN_WORDS = re.compile(r"(?:\d{1,2}(?:\.|st|nd|rd|th)?\s+[^\W\d_]{3,}|[^\W\d_]{3,}\.?\s+\d{1,2}|\d{1,2}\.\d{1,2}\.?)(?=[\s,]|$)")
_SLOT = re.compile(
    r"(?:(?:the\s+)?next\s+(?:free|open|available)\s+slot|nächster\s+(?:freier\s+)?slot|(?:queue|próximo hueco|auto))$", re.IGNORECASE
)
_TIME_FIRST = re.compile(r"(?P<time>\d{1,2}(?:[:.]\d{2})?\s*(?:[ap]\.?m\.?|Uhr|h)?),?\s+(?:on\s+|am\s+)?(?P<day>\S.*)$", re.IGNORECASE)
_SPELLED = (
    (re.compile(r"(\d{1,2})-([^\W\d_]{3,})-(\d{4})"), r"\1 \2 \3"),
    (re.compile(r"(\b\d{4}\b.*\s)([01]\d|2[0-3])([0-5]\d)$"), r"\1\2:\3"),
    (re.compile(r"\b(1[3-9]|2[0-3])((?:[:.]\d{2})?)\s*p\.?m\.?$", re.IGNORECASE), r"\1\2"),
    (re.compile(r"(:\d{2}:\d{2})\.0+$"), r"\1"),
    (re.compile(r"(?<=\s)(1[3-9]|2[0-3])$"), r"\1:00"),
)
_ARTICLE = re.compile(r"^(?:le|el|den|am|on)\s+", re.IGNORECASE)
_LONGEST = 120


def with_proposal(slip: Slip, text: str, read: Callable[[str], object]) -> Slip:
    """Returns the slip of a time with what was probably meant; ``read`` raises SlipError for what is no time either."""
    if slip.rule != "bad-time" or slip.mend is not None or len(text) > _LONGEST:
        return slip
    plain = _COLON.sub(":", _DASH.sub("-", text.strip().strip(_QUOTES)))
    without_zone = _ZONE.sub("", plain)
    other: Slip | None = None
    for way in _ways(plain, without_zone):
        other = other or _lacking(way, read)
        if way != text and _is_read(way, read):
            zone = way == without_zone != plain
            label = "leave the zone out; it comes from “timezone” or from config.toml" if zone else f"did you mean “{way}”?"
            return replace(slip, label=label, fix=way, mend=Mend(way, safe=way == from_event(plain) and is_exact(plain)))
    return other or _unproposed(slip, plain, read)


def _unproposed(slip: Slip, plain: str, read: Callable[[str], object]) -> Slip:
    if slip.start or slip.end is not None:
        return slip  # it points at the very piece that is wrong
    if _NO_DAY.search(plain):
        return _needs_date(slip, plain, read)
    if not _YEAR.search(plain) and _lacks_year(plain, read):
        return replace(slip, label="the year is missing")
    return slip


def _ways(plain: str, without_zone: str) -> Iterator[str]:
    """Yields other ways to write the same, the likeliest first."""
    for way in (_YEAR_FIRST.sub(r"\1-\2-\3", plain), _SHORT_YEAR.sub(r"\1.\2.20\3", plain), without_zone):
        yield _NOON.sub("12:00", way)
    if _SLOT.match(plain):
        yield "next slot"
    counted = from_event(plain)
    if counted is not None:
        yield counted
    bare = _NOON.sub("12:00", _ASIDE.sub("", _ARTICLE.sub("", plain)))
    for pattern, other in _SPELLED:
        bare = pattern.sub(other, bare)
    yield bare
    first = _TIME_FIRST.match(bare)
    if first is not None:
        yield f"{first['day']} {first['time'].strip()}"
    elsewhere = calendar_words.in_english(bare)
    if elsewhere != bare:
        yield elsewhere


def _lacking(way: str, read: Callable[[str], object]) -> Slip | None:
    """Returns what is wrong with a way that is a time but for its weekday, or for the time of the day."""
    try:
        read(way)
    except SlipError as trouble:
        if trouble.slip.rule in {"weekday-mismatch", "missing-time"}:
            return replace(trouble.slip, start=0, end=None)
    return None


def _needs_date(slip: Slip, plain: str, read: Callable[[str], object]) -> Slip:
    at = _NO_DAY.sub("", plain).strip(" ,")
    day = "2027-04-14"
    clock = next((clock for clock in (at, _NOON.sub("12:00", at)) if clock and _is_read(f"{day} {clock}", read)), None)
    return replace(
        slip,
        label="a file is read on many days, so it needs a date",
        fix=f"the day as a date, such as  {day} {clock}" if clock else slip.fix,
    )


def _lacks_year(text: str, read: Callable[[str], object]) -> bool:
    match = _IN_WORDS.search(text)
    if match is None:
        return False
    day, rest = text[: match.end()], text[match.end() :]
    try:
        read(f"{day}{'' if day.endswith('.') else '.' if day[-1].isdigit() and '.' in match[0] else ' '}2028{rest}")
    except SlipError as trouble:
        return trouble.slip.rule != "bad-time"
    return True


def _is_read(text: str, read: Callable[[str], object]) -> bool:
    try:
        read(text)
    except SlipError:
        return False
    return True
