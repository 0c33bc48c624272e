"""What an author probably meant by a time of the day that cannot be read: one reading, or all that there are."""

import re
from collections.abc import Callable, Iterator
from datetime import time

_NUMBER = r"(?P<hour>\d{1,2})(?:(?:[:.h,]|\s*Uhr\s*)(?P<minute>\d{2}))?\s*(?:Uhr|h|o['’]clock)?"
_PLAIN = re.compile(rf"[-–—]?\s*{_NUMBER}$", re.IGNORECASE)
_NOON = re.compile(r"(?:12(?:[:.]00)?\s*(?:Uhr|h)?\s*)(?:noon|midday|mittags?|mediodía|midi)$", re.IGNORECASE)
_CUT_SHORT = re.compile(r"(?P<hour>\d{1,2})[:.](?P<digit>\d)$")
_OR = re.compile(r"\s+(?:or|oder|o|ou)\s+|\s*/\s*", re.IGNORECASE)
_DAY_PARTS = (
    (range(1, 12), 0, r"in the morning|morgens|am Morgen|früh|vormittags|am Vormittag|de la mañana|du matin"),
    (range(1, 7), 12, r"in the afternoon|nachmittags|am Nachmittag|de la tarde|de l['’]après-midi"),
    (range(5, 12), 12, r"in the evening|abends|am Abend|du soir"),
    (range(8, 12), 12, r"at night|nachts|de la noche"),
)
_IN_A_PART = tuple((re.compile(rf"{_NUMBER}\s+(?:{words})$", re.IGNORECASE), hours, later) for hours, later, words in _DAY_PARTS)
_HALF_A_DAY = 12


def readings(text: str, read: Callable[[str], time | None]) -> tuple[str, ...]:
    """Returns every time that may be meant, the way it is written here; ``read`` returns None for what is no time."""
    single = next(_single(text.strip()), None)
    if single is not None:
        return (single,)
    short = _CUT_SHORT.match(text.strip())
    if short is not None and int(short["hour"]) < 2 * _HALF_A_DAY:
        likely = (f"{short['hour']}:0{short['digit']}", f"{short['hour']}:{short['digit']}0")
        return tuple(way for way in likely if read(way) is not None)
    pieces = _OR.split(text.strip())
    return tuple(pieces) if len(pieces) > 1 and all(read(piece) is not None for piece in pieces) else ()


def _single(text: str) -> Iterator[str]:
    plain = _PLAIN.match(text)
    if plain is not None and plain["minute"]:
        yield from _written(int(plain["hour"]), int(plain["minute"]))
    if _NOON.match(text):
        yield "12:00"
    for pattern, hours, later in _IN_A_PART:
        match = pattern.match(text)
        if match is not None:
            hour = int(match["hour"])
            if hour in hours or hour - later in hours:
                yield from _written(hour + later if hour in hours else hour, int(match["minute"] or 0))


def _written(hour: int, minute: int) -> Iterator[str]:
    if hour < 2 * _HALF_A_DAY and minute < 60:  # noqa: PLR2004 - the minutes of an hour
        yield f"{hour}:{minute:02}"
