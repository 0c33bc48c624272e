"""What each folder gives to its posts, reading after reading, and when that was saved last."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from scheduler.model.finding import Finding
from scheduler.postfiles.folder.store import Store
from scheduler.postfiles.folder.walking import Seen, Walk
from scheduler.postfiles.house.campaign import FILES, Campaign, event_of, foreign_settings
from scheduler.postfiles.lines.settling import saved
from scheduler.postfiles.names import Names
from scheduler.postfiles.parsing import Parsed, Role


class Campaigns:
    """Reads the files that speak for their folders; what is made of the same files is the same object again."""

    def __init__(self, store: Store, names: Names) -> None:
        self._store = store
        self._names = names
        self._known: dict[str, Campaign] = {}

    def read(self, found: Walk, settled_before: datetime | None) -> "CampaignFiles":
        """Returns the files of folders as they are now; one changed after ``settled_before`` (aware UTC) counts as it was before."""
        files = CampaignFiles(self, found)
        for folder in sorted(found.campaigns):
            for seen in found.campaigns[folder]:
                parsed, settled = self._store.get(seen, settled_before, Role.FOLDER, self._judge)
                files.parsed[seen.path] = parsed
                files.young |= set() if settled else {seen.path}
                files.findings += parsed.findings if parsed is not None else ()
        return files

    def of(self, folder: str, name: str, chain: tuple[Parsed, ...]) -> Campaign:
        """Returns what the files give to the posts of a folder."""
        before = self._known.get(folder)
        if before is None or len(before.chain) != len(chain) or any(a is not b for a, b in zip(before.chain, chain, strict=True)):
            event = next((event for parsed in chain if (event := event_of(parsed, None, self._names)[0]) is not None), None)
            self._known[folder] = Campaign(name, chain, event)
        return self._known[folder]

    def _judge(self, parsed: Parsed) -> Parsed:
        _, wrong = event_of(parsed, None, self._names)
        return replace(parsed, findings=(*parsed.findings, *wrong, *foreign_settings(parsed)))


@dataclass(slots=True)
class CampaignFiles:
    """Is the files of all folders at one reading."""

    kept: Campaigns
    walk: Walk
    findings: list[Finding] = field(default_factory=list)
    parsed: dict[str, Parsed | None] = field(default_factory=dict)
    young: set[str] = field(default_factory=set)
    _found: dict[str, Campaign | None] = field(default_factory=dict)
    _saved: dict[str, datetime | None] = field(default_factory=dict)

    def of(self, folder: str) -> Campaign | None:
        """Returns what the folder gives to its posts, or None while a file of it is being written for the first time."""
        if folder not in self._found:
            self._found[folder] = self._find(folder)
        return self._found[folder]

    def is_settled(self, folder: str) -> bool:
        """Tells whether no file is being written that gives something to the posts of a folder."""
        return not self.young or all(seen.path not in self.young for _, seen in self._above(folder))

    def saved(self, folder: str) -> datetime | None:
        """Returns when the last file was saved that gives something to the posts of a folder, aware UTC; None where there is none."""
        if folder not in self._saved:
            self._saved[folder] = max((saved(seen.key) for _, seen in self._above(folder)), default=None)
        return self._saved[folder]

    def _find(self, folder: str) -> Campaign | None:
        chain: list[Parsed] = []
        name, named = folder.removeprefix("posts").lstrip("/"), False
        for place, seen in self._above(folder):
            parsed = self.parsed[seen.path]
            if parsed is None:
                return None
            chain.append(parsed)
            if seen.name == FILES[0] and not named:
                name, named = place.removeprefix("posts").lstrip("/"), True
        return self.kept.of(folder, name, tuple(chain))

    def _above(self, folder: str) -> Iterator[tuple[str, Seen]]:
        """Yields the files that speak for a folder with the folder they lie in, the nearest first."""
        while folder:
            for seen in sorted(self.walk.campaigns.get(folder, ()), key=lambda seen: FILES.index(seen.name)):
                yield folder, seen
            folder = folder.rpartition("/")[0]
