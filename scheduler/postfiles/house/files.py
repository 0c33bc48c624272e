"""What the house keeps in one place for all posts: hashtag sets, partners, and its own words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from scheduler.model.finding import Finding
from scheduler.model.house import HashtagSet, Partner
from scheduler.postfiles.house.entries import Entries
from scheduler.postfiles.house.hashtags import read_hashtags
from scheduler.postfiles.house.partners import read_partners
from scheduler.postfiles.house.spelling import spellings_of
from scheduler.postfiles.house.tables import TableFile
from scheduler.postfiles.house.words import WordFile, read_words
from scheduler.postfiles.lines.settling import Settling
from scheduler.postfiles.names import Names


@dataclass(frozen=True, slots=True)
class House:
    """Is the three files as they are now; posts that name a set or a partner wait while that file is not ``settled``.

    ``spellings`` gives each hashtag of the sets as it is spelt there, by :func:`scheduler.model.facets.tag_key`.
    """

    hashtags: Entries[HashtagSet]
    partners: Entries[Partner]
    words: WordFile
    hashtags_settled: bool = True
    partners_settled: bool = True
    spellings: Mapping[str, str] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Returns what is wrong with the three files."""
        return (*self.hashtags.findings, *self.partners.findings, *self.words.findings)

    def waits(self, hashtags: Callable[[], Sequence[str]], partners: Sequence[str]) -> bool:
        """Tells whether a post that names these has to wait until a file is settled; hashtags are gathered only where that matters."""
        return bool(not self.hashtags_settled and hashtags()) or bool(partners and not self.partners_settled)


class HouseFiles:
    """Reads the three files of one project folder again and again."""

    def __init__(self, root: Path, names: Names, settling: Settling) -> None:
        self._hashtags = TableFile(
            root,
            ("posts/_hashtags.toml", "assets/hashtags.toml"),
            partial(read_hashtags, names=names),
            _lost_sets,
            settling,
        )
        self._partners = TableFile(
            root,
            ("posts/_partners.toml", "assets/partners.toml"),
            partial(read_partners, names=names),
            _lost_partners,
            settling,
        )
        self._words = TableFile(
            root,
            ("posts/_words.toml", "assets/words.toml"),
            partial(read_words, names=names),
            lambda finding: WordFile(findings=(finding,)),
            settling,
        )
        self._before: House | None = None
        self._parts: tuple[object, ...] = ()

    def read(self, settled_before: datetime | None) -> House:
        """Returns the files as they are now: the very same object while nothing has changed."""
        hashtags, hashtags_settled = self._hashtags.get(settled_before)
        partners, partners_settled = self._partners.get(settled_before)
        words, _ = self._words.get(settled_before)
        now = (hashtags, partners, words, hashtags_settled, partners_settled)
        if self._before is None or any(old is not new for old, new in zip(self._parts, now, strict=True)):
            self._parts = now
            self._before = House(*now, spellings=spellings_of(hashtags.known.values()))
        return self._before

    def judge(self, path: str, data: bytes) -> tuple[Finding, ...]:
        """Returns what would be wrong with a file of that path if it held these bytes."""
        for file in (self._hashtags, self._partners, self._words):
            if file.reads(path):
                return file.judge(path, data).findings
        return ()


# Entries[Partner](…) would be the same in one line, and cannot be called: typing writes into what it makes, and that is frozen.
def _lost_sets(finding: Finding) -> Entries[HashtagSet]:
    return Entries(findings=(finding,), unreadable=True)


def _lost_partners(finding: Finding) -> Entries[Partner]:
    return Entries(findings=(finding,), unreadable=True)
