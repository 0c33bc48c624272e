"""The language files of each post, reading after reading: one that is gone for a moment, or lies in a cloud, still belongs to it."""

from dataclasses import dataclass, field
from datetime import datetime

from scheduler.postfiles.folder import filenames
from scheduler.postfiles.folder.languages import LanguageFile, tag_of
from scheduler.postfiles.folder.store import Store
from scheduler.postfiles.folder.walking import Seen, Walk
from scheduler.postfiles.lines.settling import saved
from scheduler.postfiles.lines.slips import Slip
from scheduler.postfiles.parsing import Role


@dataclass(slots=True)
class Company:
    """Is the language files of one post now, the last of them ``saved`` then (aware UTC); ``refused`` are names that cannot be."""

    files: list[LanguageFile] = field(default_factory=list)
    settled: bool = True
    saved: datetime | None = None
    refused: list[tuple[Seen, Slip]] = field(default_factory=list)


_ALONE = Company()


class Companies:
    """Finds the language files of posts and remembers them from reading to reading."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, set[str]] = {}
        self._missed: set[str] = set()

    def of(self, main: Seen, found: Walk, settled_before: datetime | None) -> Company:
        """Returns the language files of a post. One that has just gone counts once more as it was, and the post waits.

        Many programs save by putting a new file in the place of the old one, and readers of that language would get another text meanwhile.
        """
        here = found.languages.get(main.path, ())
        if not here and main.path not in self._known:
            return _ALONE
        company = Company()
        for seen in here:
            self._add(seen, found, settled_before, company)
        paths = {seen.path for seen in here}
        for path in sorted(self._known.get(main.path, set()) - paths):
            self._away(path, found, company, sure=settled_before is None)
        self._known[main.path] = {file.parsed.path for file in company.files} | (paths - {seen.path for seen, _ in company.refused})
        if not self._known[main.path]:
            del self._known[main.path]
        return company

    @property
    def paths(self) -> set[str]:
        """Returns the paths of all language files that belong to posts."""
        return {path for paths in self._known.values() for path in paths}

    def _add(self, seen: Seen, found: Walk, settled_before: datetime | None, company: Company) -> None:
        slip = filenames.odd(seen.name) or filenames.conflict(seen.name, found.siblings[seen.folder])
        named = tag_of(seen.name)
        if slip is not None or named is None:
            company.refused += [(seen, slip)] if slip is not None else []
            return
        self._missed.discard(seen.path)
        parsed, settled = self._store.get(seen, settled_before, Role.LANGUAGE)
        at = saved(seen.key)
        company.saved = max(at, company.saved or at)
        company.settled = company.settled and settled
        if parsed is not None:
            company.files.append(LanguageFile(named[1], parsed))

    def _away(self, path: str, found: Walk, company: Company, *, sure: bool) -> None:
        named, parsed = tag_of(path.rpartition("/")[2]), self._store.earlier(path)
        clouded = path.removeprefix("posts/").removesuffix(".md") in found.clouded
        if named is None or parsed is None or (path in self._missed and not clouded) or (sure and not clouded):
            self._missed.discard(path)
            return
        self._missed.add(path)
        company.settled = False
        company.files.append(LanguageFile(named[1], parsed))
