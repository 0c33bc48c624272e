"""Makes harmless what strangers wrote before anybody sees or keeps it: a server's words can hold commands for the terminal."""

import re

MOST, MOST_NAME, MOST_ADDRESS = 2_000, 300, 2_048
_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Marks that turn the direction of writing, and ends of lines that are none of ours: a name could hide behind them.
_TURNS = re.compile("[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")

# Scheme and host with its port, without a user's name before it; brackets are those of IPv6.
_ADDRESS = re.compile(r"https?://(?:\[[0-9A-Fa-f:.]{2,45}\]|[^\s/?#@\[\]:\\]{1,253})(?::[0-9]{1,5})?(?:[/?#][^\s\\]*)?")


def line(text: str, most: int = MOST) -> str:
    """Returns the text on one line, without signs that nobody sees, cut where it is long."""
    if len(text) <= most and text.isprintable():
        return text
    plain = " ".join(_TURNS.sub("", _COMMANDS.sub(" ", text[: 4 * most])).split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def block(text: str) -> str:
    """Returns a text of several lines without commands; what turns the direction of writing belongs to its languages and stays."""
    return _COMMANDS.sub("", text.replace("\r\n", "\n"))


def address(text: str) -> str:
    """Returns an address of the web as it is, and nothing where it is none, or so long that nobody can use it."""
    return text if len(text) <= MOST_ADDRESS and text.isprintable() and _ADDRESS.fullmatch(text) else ""
