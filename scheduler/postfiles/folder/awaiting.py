"""A picture that is not there: still on its way into the folder, or named with a slip of the fingers."""

import fnmatch
import re
from collections.abc import Collection, Iterable

from scheduler.model.finding import Severity
from scheduler.postfiles.lines.slips import Slip, shown

_SHORT = 7  # letters, up to which one that differs is a slip and two make another name
_MARKS = re.compile(r"[\s_.\-]+")
_NUMBERS = re.compile(r"[0-9]+")
_ON_ITS_WAY = (".icloud", ".nextcloud", ".owncloud", ".part", ".partial", ".crdownload", ".download", ".tmp", ".drivedownload")


def waiting(file: str, label: str, fix: str | None = None) -> Slip:
    """Returns that a picture has not come yet; ``file`` is the name that the author typed."""
    return Slip(
        rule="waiting-for-picture",
        severity=Severity.WARNING,
        message=f"waiting for {shown(file, 80)}",
        label=label,
        consequence="the post is held until the picture is here; half an hour before its time this becomes an error",
        fix=fix or "put the file next to the post, or into assets/, or wait until it has been synced",
    )


def placeholder(name: str, listing: Iterable[str]) -> str | None:
    """Returns the file that a sync program, or a download, has put in the place of one of that name; a pattern stands for several."""
    is_pattern = "*" in name or "?" in name
    for one in listing:
        here = _stands_for(one)
        if here is not None and (fnmatch.fnmatch(here, name) if is_pattern else here == name):
            return one
    return None


def _stands_for(name: str) -> str | None:
    """Returns the name of the file that this one stands for until it has come, or None."""
    whole = name
    for lead in (".syncthing.", "~syncthing~"):
        whole = whole.removeprefix(lead)
    if whole == name and name.startswith(".") and ".~" in name:
        whole = name[1:].rpartition(".~")[0]  # Nextcloud and ownCloud receive a file under such a name
    ending = next((ending for ending in _ON_ITS_WAY if whole.casefold().endswith(ending)), "")
    whole = whole.removesuffix(whole[len(whole) - len(ending) :]) if ending else whole
    if ending == ".icloud":
        whole = whole.removeprefix(".")
    return whole if whole != name else None


def is_slip_of(typed: str, there: str, others: Collection[str]) -> bool:
    """Tells whether a name was plainly meant to be that of a file that is there.

    Pictures of a series differ by their number alone; one that the post names as well (``others``) is meant twice only where the very same
    letters are typed in another order.
    """
    if typed.casefold() == there.casefold():
        return True
    if there in others:
        return sorted(typed.casefold()) == sorted(there.casefold())
    if _NUMBERS.findall(typed) != _NUMBERS.findall(there):
        return False
    one, other = (_MARKS.sub(" ", name.casefold().rpartition(".")[0] or name.casefold()) for name in (typed, there))
    return one.replace(" ", "") == other.replace(" ", "") or _differences(one, other) <= (1 if len(one) <= _SHORT else 2)


def _differences(one: str, other: str) -> int:
    """Returns how many letters were left out, added, mistaken or swapped with their neighbour."""
    before: list[int] = []
    line = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, line = before, line, [i]
        for j, here in enumerate(other, 1):
            cost = min(before[j] + 1, line[j - 1] + 1, before[j - 1] + (letter != here))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == here:
                cost = min(cost, earlier[j - 2] + 1)
            line.append(cost)
    return line[-1]
