"""The one spelling of each hashtag: the first in the file of the sets, which all others of it take."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from scheduler.model.facets import tag_key
from scheduler.model.finding import Severity
from scheduler.model.house import HashtagSet
from scheduler.postfiles.house.entries import Entries
from scheduler.postfiles.house.tables import Tables
from scheduler.postfiles.lines.slips import Mend, Slip, shown

_OTHER_NAMES = "never-with"
"""Is the list of a set in which no tags stand."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Is where a tag stands: its set, the list in it, and the word as typed there."""

    set: str
    key: str
    word: str

    @property
    def tag(self) -> str:
        return self.word.removeprefix("#")


def spellings_of(sets: Iterable[HashtagSet]) -> Mapping[str, str]:
    """Returns each hashtag of the sets as it is spelt, the first spelling of each, by what is the same for all of them."""
    found: dict[str, str] = {}
    for one in sets:
        for tag in (*one.tags, *(tag for tags in one.networks.values() for tag in tags)):
            found.setdefault(tag_key(tag), tag)
    return found


def with_one_spelling(read: Entries[HashtagSet]) -> Entries[HashtagSet]:
    """Returns the sets with each hashtag in the first of its spellings, and a warning where the file has another one."""
    if read.file is None or not read.known:
        return read
    spellings = spellings_of(read.known.values())
    known = {name: _respelt(one, spellings) for name, one in read.known.items()}
    if known == read.known:
        return read
    first: dict[str, _Place] = {}
    told: set[_Place] = set()
    for place in _places(read.file, read.known):
        before = first.setdefault(tag_key(place.tag), place)
        right = spellings[tag_key(place.tag)]
        if place.tag != right and place not in told:
            told.add(place)
            _tell(read.file, place, before, right)
    return replace(read, known=known, findings=tuple(read.file.findings))


def _respelt(one: HashtagSet, spellings: Mapping[str, str]) -> HashtagSet:
    return replace(
        one,
        tags=_spelt(one.tags, spellings),
        networks={name: _spelt(tags, spellings) for name, tags in one.networks.items()},
    )


def _spelt(tags: Iterable[str], spellings: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(spellings[tag_key(tag)] for tag in tags))


def _places(file: Tables, known: Iterable[str]) -> Iterator[_Place]:
    for name in known:
        table = (file.tables or {})[name]
        # The list for all networks comes first, as it does where the first spelling is looked for.
        for key in sorted(table, key=lambda key: key != "tags"):
            if isinstance(table[key], list) and key != _OTHER_NAMES:
                yield from (_Place(name, key, word) for word in table[key])


def _tell(file: Tables, place: _Place, first: _Place, right: str) -> None:
    before = file.where(first.set, first.key, first.word)
    slip = Slip(
        rule="hashtag-two-spellings",
        severity=Severity.WARNING,
        message=f"“{shown(place.tag)}” is spelt “{shown(right)}” in line {before.line}",
        label="one hashtag, two spellings",
        consequence=f"posts go out with “{shown(right)}”, the spelling that comes first",
        fix=f'"{right}", or mend line {before.line}',
        mend=Mend(right, safe=False),
    )
    file.found(slip, place.set, place.key, place.word)
