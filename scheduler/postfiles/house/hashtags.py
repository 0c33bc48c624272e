"""The hashtag sets of ``posts/_hashtags.toml`` (else ``assets/hashtags.toml``)."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time

from scheduler.model.finding import Finding, Severity
from scheduler.model.post import HashtagSet
from scheduler.postfiles.house.tables import Tables
from scheduler.postfiles.lines.slips import Mend, Slip, nearest, shown
from scheduler.postfiles.names import Names

_PLACES = ("end", "inline", "first-comment")
_KEYS = ("tags", "place", "rotate", "until", "never-with")
_TAG = re.compile(r"\w+$")


@dataclass(frozen=True, slots=True)
class HashtagFile:
    """Is the sets of the file. ``broken`` names those that could not be read; with ``unreadable`` nobody knows which there are."""

    sets: dict[str, HashtagSet] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    broken: frozenset[str] = frozenset()
    unreadable: bool = False


def read_hashtags(path: str, data: bytes, names: Names) -> HashtagFile:
    """Returns the sets; a set with an error is left out, and posts that name it are held."""
    file = Tables(path, data, "posts that name a hashtag set are held", 'tags = ["MayDay2026", "FairPay"]')
    if file.tables is None:
        return HashtagFile(findings=tuple(file.findings), unreadable=True)
    reader = _Reader(file, names)
    for name, table in file.tables.items():
        reader.read(name, table)
    return HashtagFile(reader.sets, tuple(file.findings), frozenset(reader.broken))


class _Reader:
    def __init__(self, file: Tables, names: Names) -> None:
        self._file = file
        self._names = names
        self._known = (*_KEYS, *names.targets.values())
        self.sets: dict[str, HashtagSet] = {}
        self.broken: set[str] = set()

    def read(self, name: str, table: object) -> None:
        if not isinstance(table, dict):
            self._wrong(name, "", _not_a_set(name))
            return
        for key in table:
            if self._names.target(key) is None and key not in _KEYS:
                self._wrong(name, key, _unknown_key(key, self._known))
        tags = self._tags(name, "tags", table.get("tags"))
        networks = {}
        for key, value in table.items():
            target = self._names.target(key)
            if target is not None and key not in _KEYS:
                networks[target] = tags if value == "all" else self._tags(name, key, value)
        found = HashtagSet(
            name=name,
            tags=tags,
            networks=networks,
            place=self._place(name, table.get("place", "end")),
            rotate=self._rotate(name, table.get("rotate", 0)),
            until=self._until(name, table.get("until")),
            never_with=self._words(name, "never-with", table.get("never-with", [])),
        )
        if name not in self.broken:
            self.sets[name] = found

    def _words(self, name: str, key: str, value: object) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(word, str) for word in value):
            return tuple(value)
        self._wrong(name, key, _bad(f"“{key}” is a list of names in quotes", f'{key} = ["MayDay2026", "FairPay"]'))
        return ()

    def _tags(self, name: str, key: str, value: object) -> tuple[str, ...]:
        if value is None:
            self._wrong(name, "", _bad("this set has no tags", 'tags = ["MayDay2026", "FairPay"]'))
            return ()
        words = self._words(name, key, value)
        for word in words:
            if word.startswith("#"):
                self._file.found(_with_hash(word), name, key, word)
            bare = word.removeprefix("#")
            if not _TAG.match(bare) or bare.isdecimal():
                self._wrong(name, key, _not_a_tag(bare), word)
        return tuple(dict.fromkeys(word.removeprefix("#") for word in words))

    def _place(self, name: str, value: object) -> str:
        if value not in _PLACES:
            meant = nearest(str(value), _PLACES)
            self._wrong(name, "place", _bad(f"tags can stand at {', '.join(_PLACES)}", f'place = "{meant or "end"}"'))
        elif value != "end":
            self._file.found(_not_placed(str(value)), name, "place")
        return str(value)

    def _rotate(self, name: str, value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        self._wrong(name, "rotate", _bad("“rotate” is how many tags to take, as a number", "rotate = 3"))
        return 0

    def _until(self, name: str, value: object) -> datetime | None:
        try:
            day = date.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            day = False
        if isinstance(day, datetime):
            return day.replace(tzinfo=None)
        if isinstance(day, date):
            return datetime.combine(day, time(23, 59, 59))
        if day is not None:
            self._wrong(name, "until", _bad("“until” is a date", "until = 2026-05-03"))
        return None

    def _wrong(self, name: str, key: str, slip: Slip, word: str = "") -> None:
        self.broken.add(name)
        self._file.found(slip, name, key, word)


def _bad(message: str, fix: str) -> Slip:
    return Slip(rule="bad-hashtag-set", message=message, label="look here", consequence="posts that name this set are held", fix=fix)


def _not_a_set(name: str) -> Slip:
    return _bad(f"“{shown(name)}” stands outside every set", f'[{name}]  on a line of its own, and below it  tags = ["…"]')


def _unknown_key(key: str, known: tuple[str, ...]) -> Slip:
    meant = nearest(key, known)
    return Slip(
        rule="unknown-setting",
        message=f"I don’t know the setting “{shown(key)}”",
        label=f"did you mean “{meant}”?" if meant else "a set has tags, place, rotate, until, never-with and names of networks",
        consequence="posts that name this set are held",
        fix=meant or "delete the line",
        mend=Mend(meant, safe=False) if meant else None,
    )


def _with_hash(word: str) -> Slip:
    return Slip(
        rule="hashtag-with-hash",
        severity=Severity.HINT,
        message="tags in a set are written without #",
        label="the # is added when the post is put together",
        consequence="it is understood all the same",
        fix=f'"{word.removeprefix("#")}"',
        mend=Mend(word.removeprefix("#")),
    )


def _not_a_tag(word: str) -> Slip:
    return Slip(
        rule="hashtag-broken",
        message=f"“{shown(word)}” cannot be a hashtag",
        label="a hashtag has letters, digits and _ and is no number",
        consequence="networks would cut it off, so posts that name this set are held",
        fix=f'"{re.sub(r"[^0-9A-Za-z_]", "", word.title()) or "MayDay"}"',
    )


def _not_placed(place: str) -> Slip:
    return Slip(
        rule="not-used-yet",
        severity=Severity.HINT,
        message=f"“place = {place}” is kept, and has no effect yet",
        label="the tags stand at the end of the text",
    )
