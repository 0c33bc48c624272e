"""The versions of Meta's Graph API and their days.

Source: "Versions" of the Graph API's changelog (read 2026-11). A version ends two years after the next one came ("Platform Versioning");
calls for one that has ended are answered as the oldest that is left.
"""

import re
from datetime import date, timedelta

from scheduler.model.network import Ageing, Life

_VERSION = re.compile(r"v(\d{1,3})\.(\d{1,2})")
_TWO_YEARS = timedelta(days=730)
_LIVES = {
    (19, 0): Life(date(2024, 1, 23), date(2026, 5, 21)),
    (20, 0): Life(date(2024, 5, 21), date(2026, 9, 24)),
    (21, 0): Life(date(2024, 10, 2), date(2027, 1, 21)),
    (22, 0): Life(date(2025, 1, 21), date(2027, 5, 20)),
    (23, 0): Life(date(2025, 5, 29), date(2027, 10, 8)),
    (24, 0): Life(date(2025, 10, 8), date(2028, 2, 18)),
    (25, 0): Life(date(2026, 2, 18), date(2028, 7, 29)),
    (26, 0): Life(date(2026, 7, 29), date(2026, 7, 29) + _TWO_YEARS),
}


def life_of(version: str) -> Life | None:
    """Returns the days of a version such as ``v25.0``; of one from before those that we know, the days of the first of them."""
    found = _VERSION.fullmatch(version)
    if found is None:
        return None
    number = (int(found[1]), int(found[2]))
    return _LIVES[min(_LIVES)] if number < min(_LIVES) else _LIVES.get(number)


AGEING = Ageing("graph_version", life_of, old_after=timedelta(days=548))
