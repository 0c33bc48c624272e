"""``approved-links`` of ``_words.toml``: the hosts and addresses that posts may lead to, as a list or as a table with names."""

import re
from collections.abc import Iterator

from scheduler.postfiles.lines.slips import Slip, shown

EXAMPLE = 'website = "https://example.org/"'
_HOST = r"(?:\*\.)?(?:[\w-]+\.)+[^\W\d_][\w-]+(?::\d{1,5})?"
_PLACE = re.compile(rf"(?:https?://)?{_HOST}(?:/\S*)?", re.IGNORECASE)
_ALMOST = re.compile(rf"(?:https?:?/{{0,2}}|h?t?t?p?s?:?//)?(?P<rest>{_HOST}(?:/\S*)?)", re.IGNORECASE)


def read_links(value: object) -> Iterator[tuple[str, str | Slip, str]]:
    """Yields for each link its name (empty in a list), its address or what is wrong with it, and the word as typed."""
    named = value.items() if isinstance(value, dict) else [("", value)]
    for name, places in named:
        if not isinstance(places, str | list) or places == "":
            yield name, _bad("here stands an address, or a list of them"), ""
            continue
        for place in [places] if isinstance(places, str) else places:
            if isinstance(place, str) and _PLACE.fullmatch(place.strip()):
                yield name, place.strip(), place
            elif isinstance(place, str):
                yield name, _no_address(place), place
            else:
                yield name, _bad("an address is a text in quotes"), ""


def _no_address(typed: str) -> Slip:
    almost = _ALMOST.fullmatch(typed.strip())
    return _bad(
        f"“{shown(typed)}” is no address and no host",
        f'"https://{almost["rest"]}"' if almost else '"https://example.org/" or "example.org"',
    )


def _bad(message: str, fix: str = EXAMPLE) -> Slip:
    return Slip(
        rule="bad-words",
        message=message,
        label="where may posts lead to?",
        consequence="no link is judged by it until this is mended",
        fix=fix,
    )
