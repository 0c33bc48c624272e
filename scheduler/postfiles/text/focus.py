"""Which point of a picture stays in sight where a network shows a part of it: ``focus top left``, or ``focus 0.2 -0.5``."""

import re

from scheduler.model.outgoing import Focus
from scheduler.postfiles.lines.slips import Slip, nearest, shown

_SAYS = re.compile(r"\s*focus(?P<colon>\s*:)?(?:\s+|(?<=:)|$)(?P<where>.*)", re.IGNORECASE | re.DOTALL)
_NUMBER = r"[+\-\u2212\u2013]?\d+(?:[.,]\d+)?|[+\-\u2212\u2013]?[.,]\d+"
_TWO = re.compile(rf"({_NUMBER})(?:\s*[,;]\s+|\s*;\s*|\s+)({_NUMBER})|([+\-]?\d*\.?\d+),([+\-]?\d*\.?\d+)")
_WIDTH = re.compile(r"\d+(?:x\d+)?")
_MOST_WORDS = 2
_DASHES = str.maketrans("\u2212\u2013,", "--.")
_WORDS: dict[str, Focus] = {
    "top": (0.0, 1.0),
    "bottom": (0.0, -1.0),
    "left": (-1.0, 0.0),
    "right": (1.0, 0.0),
    "center": (0.0, 0.0),
    "centre": (0.0, 0.0),
    "middle": (0.0, 0.0),
}


def says_focus(words: str) -> bool:
    """Tells whether words are about a focus, rightly or not."""
    return _SAYS.fullmatch(words) is not None


def split_focus(words: str, *, alone: bool) -> tuple[str, str | None]:
    """Returns a description without what its last bars say of width and focus, and the words about the focus; None where it has none.

    What stands before the first bar is the description, unless it may be a focus ``alone``, and is nothing else.
    """
    pieces, focus = words.strip().split("|"), None
    while pieces:
        last = pieces[-1].strip()
        if focus is None and _is_focus(last) and (len(pieces) > 1 or (alone and not isinstance(read_focus(last), Slip))):
            focus = pieces.pop().strip()
        elif _WIDTH.fullmatch(last):
            pieces.pop()
        else:
            break
    return "|".join(pieces).strip(), focus


def _is_focus(words: str) -> bool:
    match = _SAYS.fullmatch(words)
    return match is not None and (match["colon"] is not None or not isinstance(read_focus(words), Slip))


def read_focus(words: str) -> Focus | Slip:
    """Returns the point as networks have it: from -1 (left, bottom) to 1 (right, top), with 0 in the middle."""
    match = _SAYS.fullmatch(words)
    where = " ".join(match["where"].casefold().split()) if match is not None else ""
    numbers = _TWO.fullmatch(where)
    if numbers is not None:
        x, y = (float(number.translate(_DASHES) if numbers[1] else number) for number in numbers.groups() if number is not None)
        return (x, y) if abs(x) <= 1 and abs(y) <= 1 else _slip(where, "both numbers are between -1 and 1")
    named = _point(where.replace("-", " ").replace(",", " ").split())
    return _slip(where, "such as top left, or two numbers from -1 to 1") if named is None else named


def _point(words: list[str]) -> Focus | None:
    """Returns the point that one or two words name, such as ``top left``; two that are both about one direction name none."""
    known = [_WORDS[word] for word in words if word in _WORDS]
    x, y = ([point[axis] for point in known if point[axis]] for axis in (0, 1))
    if not known or len(known) < len(words) or len(words) > _MOST_WORDS or len(x) > 1 or len(y) > 1:
        return None
    return sum(x), sum(y)


def _slip(where: str, label: str) -> Slip:
    meant = [word if word in _WORDS else nearest(word, _WORDS) for word in where.split()[:2]]
    words = " ".join(word for word in meant if word is not None)
    known = None not in meant and _point(words.split()) is not None
    return Slip(
        rule="bad-focus",
        message=f"I don’t understand where the focus is: “{shown(where)}”" if where else "the focus does not say where it is",
        label=f"did you mean “{words}”?" if known else label,
        consequence="networks could cut off what matters, so the post is held",
        fix=f"focus {words if known else 'top'}",
    )
