"""Times as people say them."""

from datetime import datetime, timedelta, tzinfo

_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def moment(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Returns an instant on the wall clock of a place: ``today, 09:00``, ``Tue, Mar 16, 09:00``, with the year where it is another one."""
    local, here = at.astimezone(zone), now.astimezone(zone)
    days = (local.date() - here.date()).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)
    if near is not None:
        return f"{near}, {local:%H:%M}"
    year = "" if local.year == here.year else f", {local.year}"
    return f"{local:%a, %b} {local.day}{year}, {local:%H:%M}"


def wall(text: str, now: datetime, zone: tzinfo) -> str:
    """Returns a wall-clock text that carries its own offset, in the words of its place; the zone's name where it is another one."""
    at = datetime.fromisoformat(text)
    told = moment(at, now, at.tzinfo or zone)
    return told if at.utcoffset() == at.astimezone(zone).utcoffset() else f"{told} {at:UTC%z}"


def span(length: timedelta) -> str:
    """Returns a length of time in its largest unit: ``3 seconds``, ``12 minutes``, ``2 days``."""
    seconds = max(0, int(length.total_seconds()))
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= size), (1, "second"))
    number = seconds // size
    return f"{number} {unit}{'' if number == 1 else 's'}"
