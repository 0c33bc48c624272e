"""What a new post file begins as: a starter for each kind, filled in with what the author has already said.

A starter is a post file with ``{{title}}``, ``{{date}}`` and ``{{time}}`` among its settings, which Obsidian's templates fill in as well.
Those shipped are files of ``starters/``; a project's own in ``posts/_templates/`` win by name and may be of further kinds.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scheduler.postfiles.house.campaign import FILES
from scheduler.postfiles.lines.decoding import LARGEST, decode
from scheduler.postfiles.lines.quoting import quoted
from scheduler.postfiles.trouble import PostFolderError

_SHIPPED = Path(__file__).with_name("starters")
OWN_FOLDER = "posts/_templates"
"""Is where a project keeps starters of its own, below its folder."""

EVENT, _SERIES = "event", "series"
_TIMED_BY = ("starts", "repeat-from", "when")
_HOLE = re.compile(r"\{\{\s*(title|date|time)(?::[^{}]*)?\s*\}\}")
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Wish:
    """Is what an author has said of a post before it is written.

    ``moment`` is the wall-clock time that ``when`` stands for, for file names and dates; ``when`` is written as typed.
    """

    title: str
    when: str
    moment: datetime
    where: tuple[str, ...] = ()


def shipped_starters() -> Mapping[str, str]:
    """Returns the text of each starter that comes with the program, by its name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(_SHIPPED.glob("*.md"))}


def known_starters(root: Path) -> Mapping[str, str]:
    """Returns the text of each starter by name, the project's own before those shipped.

    Raises:
        PostFolderError: where one of the project's own cannot be read.
    """
    return {**shipped_starters(), **{path.stem: _own(path) for path in sorted((root / OWN_FOLDER).glob("*.md"))}}


def kinds(starters: Mapping[str, str]) -> tuple[str, ...]:
    """Returns the kinds of post that can be begun; a series is begun with its event."""
    return tuple(name for name in starters if name != _SERIES)


def begin(kind: str, starters: Mapping[str, str], wish: Wish) -> Mapping[str, str]:
    """Returns the files of a new post by name: one, or for an event the two of its folder."""
    text = filled(starters[kind], wish)
    if not is_event(starters[kind]):
        return {"": text}
    return {FILES[0]: text, f"{_SERIES}.md": filled(starters[_SERIES], wish)}


def is_event(starter: str) -> bool:
    """Tells whether a starter is the file of a campaign, which gets a folder."""
    return re.search(r"^kind:\s*event\s*$", starter, re.MULTILINE) is not None


def file_name(kind: str, wish: Wish) -> str:
    """Returns a name without ending that begins with the day and says the title: small letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", wish.title)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", plain).casefold()).strip("-")
    return f"{wish.moment:%Y-%m-%d}-{words[:_LONGEST_NAME].strip('-') or kind}"


def filled(starter: str, wish: Wish) -> str:
    """Returns a starter with the author's words in its settings, and nothing left to fill in elsewhere."""
    head, text = _halves(starter)
    timed = next((key for key in _TIMED_BY if _setting(head, key)), None)
    if _setting(head, "title"):
        head = _with(head, "title", quoted(wish.title))
    if timed == "repeat-from":
        head = _with(head, timed, f"{wish.moment:%Y-%m-%d}")
    elif timed is not None:
        head = _with(head, timed, wish.when)
    if timed is not None and wish.where:
        head = _with(head, "where", f"[{', '.join(wish.where)}]")
    said = {"title": wish.title, "date": f"{wish.moment:%Y-%m-%d}", "time": f"{wish.moment:%H:%M}"}
    return _HOLE.sub(lambda hole: said[hole[1]], head) + _HOLE.sub(lambda hole: _literal(said[hole[1]]), text)


def _halves(starter: str) -> tuple[str, str]:
    """Returns the settings with both lines of dashes, and the text."""
    match = re.match(r"---\n.*?^---\n", starter, re.DOTALL | re.MULTILINE)
    end = match.end() if match else 0
    return starter[:end], starter[end:]


def _setting(head: str, key: str) -> re.Match[str] | None:
    return re.search(rf"^{key}:.*$", head, re.MULTILINE)


def _with(head: str, key: str, value: str) -> str:
    """Returns the settings with one of them changed, or added as the last one."""
    line = f"{key}: {value}"
    found = _setting(head, key)
    if found:
        return head[: found.start()] + line + head[found.end() :]
    return f"{head.removesuffix('---' + chr(10))}{line}\n---\n"


def _literal(words: str) -> str:
    """Returns words as a text shows them: braces are doubled, so that they are no placeholder."""
    return words.replace("{", "{{").replace("}", "}}")


def _own(path: Path) -> str:
    try:
        with path.open("rb") as file:
            decoded = decode(path.name, file.read(LARGEST + 1))
    except OSError as trouble:
        raise PostFolderError(f"the template {path} cannot be read: {trouble.strerror}", "check who may read the file") from trouble
    if decoded.source is None or any(finding.is_error for finding in decoded.findings):
        raise PostFolderError(f"the template {path} is no text in UTF-8", "save it again as plain text in UTF-8")
    return "\n".join(decoded.source.lines)
