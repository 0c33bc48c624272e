"""Times counted from an event in the words of other languages, and in those that people use for the same: as they would be written here."""

import re

NUMBERS = {
    **dict.fromkeys(("the", "one", "ein", "eine", "einen", "einer", "am", "un", "una", "une", "el", "la", "le"), 1),
    **dict.fromkeys(("two", "zwei", "dos", "deux"), 2),
    **dict.fromkeys(("three", "drei", "tres", "trois"), 3),
    **dict.fromkeys(("four", "vier", "cuatro", "quatre"), 4),
    **dict.fromkeys(("five", "fünf", "cinco", "cinq"), 5),
    **dict.fromkeys(("six", "sechs", "seis"), 6),
}
UNITS = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "minuten", "minuto", "minutos"), "minute"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden", "hora", "horas", "heure", "heures"), "hour"),
    **dict.fromkeys(("d", "day", "days", "tag", "tage", "tagen", "día", "días", "dia", "dias", "jour", "jours"), "day"),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks", "woche", "wochen", "semana", "semanas", "semaine", "semaines"), "week"),
    **dict.fromkeys(("month", "months", "monat", "monate", "monaten", "mes", "meses", "mois"), "month"),
}
ARTICLES = frozenset({"the", "el", "la", "le", "am"})
_WRITTEN_OUT = 3
"""Is how many letters a unit has at least; “2m” may be months."""
_BEFORE = ("before", "earlier", "prior", "ahead", "vorher", "davor", "zuvor", "vor", "antes", "avant")
_AFTER = ("after", "later", "afterwards", "nachher", "danach", "später", "después", "despues", "après")
_COUNTED = re.compile(
    r"(?P<before>vor\s+)?(?P<count>\d{1,4}(?:[.,]5)?|[^\W\d_]+)?\s*(?P<unit>[^\W\d_]+)\.?"
    r"(?:\s+(?P<side>[^\W\d_]+))?(?:\s+(?:the|the event|dem|event))*(?P<rest>(?:[\s,].*)?)$",
    re.IGNORECASE,
)
_SAME_DAY = re.compile(
    r"(?:on\s+)?(?:the\s+)?(?:same\s+day|day\s+of(?:\s+the)?(?:\s+event)?|(?<=on\sthe\s)day|am\s+(?:selben\s+)?tag|el\s+mismo\s+día|le\s+jour\s+même)"
    r"(?P<rest>(?:[\s,].*)?)$",
    re.IGNORECASE,
)
_TWO_COUNTS = re.compile(
    r"(?P<hours>\d{1,3})\s*(?P<long>[^\W\d_]+)\.?,?\s*(?:(?:and|und|y|et)\s+)?(?P<minutes>\d{1,2})\s*(?P<short>[^\W\d_]+)??\.?\s+(?P<side>[^\W\d_]+)$",
    re.IGNORECASE,
)
_LINK = re.compile(r"^[\s,]*(?:(?:at|um|a\s+las?|à)\s+)?", re.IGNORECASE)


def from_event(text: str) -> str | None:
    """Returns a time counted from the event, ``2 weeks before, 10:00`` for ``2 Wochen vorher, 10 Uhr``; None where it is none."""
    both = _hours_and_minutes(text)
    if both is not None:
        return both
    first = text.partition(" ")[0].casefold()
    match = _COUNTED.match(f"1 {text}" if first in UNITS else text)
    unit = UNITS.get(match["unit"].casefold()) if match is not None else None
    side = _side(match) if match is not None else None
    count = _count(match["count"]) if match is not None else None
    if match is not None and unit is not None and side is not None and count is not None:
        return _written(count, unit, side, match["rest"])
    same = _SAME_DAY.match(text)
    return _written(0, "day", "before", same["rest"]) if same is not None else None


def is_exact(text: str) -> bool:
    """Tells whether a time counted from the event says the same in other words, all of them written out, with nothing to choose."""
    match = _COUNTED.match(text)
    if match is None or not match["count"] or match["before"] or "event" in text.casefold():
        return False
    typed, unit = match["count"].casefold(), match["unit"].casefold()
    counted = typed.isdigit() or (typed in NUMBERS and typed not in ARTICLES)
    return counted and len(unit) >= _WRITTEN_OUT and UNITS.get(unit) not in {None, "month"} and _side(match) is not None


def _hours_and_minutes(text: str) -> str | None:
    """Returns ``90 minutes before`` for ``1 hour 30 minutes before``."""
    match = _TWO_COUNTS.match(text)
    if match is None:
        return None
    hours, minutes = (UNITS.get((match[name] or "min").casefold()) for name in ("long", "short"))
    word = match["side"].casefold()
    side = "before" if word in _BEFORE else "after" if word in _AFTER else None
    if (hours, minutes) != ("hour", "minute") or side is None:
        return None
    return _written(int(match["hours"]) * 60 + int(match["minutes"]), "minute", side, "")


def _side(match: re.Match[str]) -> str | None:
    word = (match["side"] or "").casefold()
    if match["before"] and not word:
        return "before"
    return "before" if word in _BEFORE else "after" if word in _AFTER else None


def _count(typed: str | None) -> float | None:
    if typed is None:
        return 1
    return float(typed.replace(",", ".")) if typed[0].isdigit() else NUMBERS.get(typed.casefold())


def _written(count: float, unit: str, side: str, rest: str) -> str | None:
    if unit == "month":
        count, unit = count * 4, "week"  # a month has no length of its own
    if unit == "hour" and count % 1:
        count, unit = count * 60, "minute"
    if count % 1:
        return None
    at = _LINK.sub("", rest).strip()
    return f"{int(count)} {unit}{'' if count == 1 else 's'} {side}{', ' if at else ''}{at}"
