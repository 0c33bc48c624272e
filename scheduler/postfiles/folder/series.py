"""The series that an event asks for: those of the house in ``assets/series/``, then those that come with the program."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scheduler.postfiles.folder.languages import LanguageFile, tag_of
from scheduler.postfiles.folder.shipped import series_for, shipped
from scheduler.postfiles.folder.store import Store
from scheduler.postfiles.folder.walking import Seen
from scheduler.postfiles.house.campaign import Campaign
from scheduler.postfiles.lines.slips import Mend, Slip, nearest, shown
from scheduler.postfiles.names import EVENT_KEYS, Names
from scheduler.postfiles.parsing import Parsed, Role
from scheduler.postfiles.settings.fields import Fields

_FOLDER = "assets/series"
_PATH = _FOLDER + "/{}.md"


@dataclass(frozen=True, slots=True)
class Asked:
    """Is the series that a file asks for with its language files, or why there is none; neither while it is still being written."""

    series: Parsed | None = None
    languages: tuple[LanguageFile, ...] = ()
    slip: Slip | None = None


class AllSeries:
    """Reads the series of one project folder by name."""

    def __init__(self, root: Path, store: Store, names: Names) -> None:
        self._root = root
        self._store = store
        self._names = names
        self._ours: dict[str, tuple[Parsed, Campaign, Parsed | None]] = {}
        self.paths: set[str] = set()

    def asked_for(self, parsed: Parsed, campaign: Campaign, settled_before: datetime | None) -> Asked:
        """Returns the series that an event without parts of its own asks for; nothing where it asks for none."""
        fields = parsed.fields
        if fields is None or not fields.series or any(part.name is not None for part in parsed.parts):
            return Asked()
        name = fields.series
        path = _PATH.format(name)
        seen = self._seen(path) if name.replace("-", "").replace("_", "").isalnum() else None
        if seen is not None:
            return Asked(self._store.get(seen, settled_before)[0], self._languages(name, settled_before))
        ours = self._shipped(parsed, fields, campaign)
        return Asked(ours) if ours is not None else Asked(slip=self._missing(fields, campaign))

    def _shipped(self, parsed: Parsed, fields: Fields, campaign: Campaign) -> Parsed | None:
        """Returns the program's own series, made once for each reading of the file that asks for it."""
        kept = self._ours.get(parsed.path)
        if kept is not None and kept[0] is parsed and kept[1] is campaign:
            return kept[2]
        whole = campaign.completed(fields)
        known = frozenset(_filled(fields, whole))
        ours = series_for(fields.series, parsed, whole.lang or self._names.languages[0], self._names, known)
        self._ours[parsed.path] = (parsed, campaign, ours)
        return ours

    def _languages(self, name: str, settled_before: datetime | None) -> tuple[LanguageFile, ...]:
        """Returns the texts of a series in other languages: ``standard.es.md`` beside ``standard.md``."""
        found = []
        for file in sorted((self._root / _FOLDER).glob(f"{name}.*.md")):
            named, seen = tag_of(file.name), self._seen(f"{_FOLDER}/{file.name}")
            if named is not None and named[0] == f"{name}.md" and seen is not None:
                parsed, _ = self._store.get(seen, settled_before, Role.LANGUAGE)
                found += [LanguageFile(named[1], parsed)] if parsed is not None else []
        return tuple(found)

    def _seen(self, path: str) -> Seen | None:
        try:
            file = self._root / path
            stat, outside = file.stat(), not file.resolve().is_relative_to(self._root.resolve())
        except OSError:
            return None
        self.paths.add(path)
        return Seen(path, path, _FOLDER, path.rpartition("/")[2], stat.st_size, stat.st_mtime_ns, stat.st_ino, outside)

    def _missing(self, fields: Fields, campaign: Campaign) -> Slip:
        name, path = fields.series, _PATH.format(fields.series)
        if name in shipped():
            language = campaign.completed(fields).lang or self._names.languages[0]
            written = ", ".join(sorted(shipped()[name]))
            return Slip(
                rule="missing-series",
                message=f"the series “{name}” that comes with the program is not written in “{shown(language)}”",
                label=f"it is written in {written}, and there is no file {path}",
                consequence="none of its posts is sent",
                fix=f"write {path}, or a series.md in this folder",
            )
        meant = nearest(name, (*(file.stem for file in self._root.glob(_PATH.format("*"))), *shipped()))
        return Slip(
            rule="missing-series",
            message=f"there is no series “{shown(name)}”",
            label=f"did you mean “{meant}”?" if meant else f"no file {path}",
            consequence="none of its posts is sent",
            fix=meant or f"write {path}, or a series.md in this folder",
            mend=Mend(meant, safe=False) if meant else None,
        )


def _filled(own: Fields, whole: Fields) -> Iterator[str]:
    """Yields the placeholders that an event fills, or has to."""
    yield from ("event.title", "event.date", "event.weekday", "event.time", "org.name")
    yield from (f"event.{name}" for name in EVENT_KEYS if getattr(own, name.replace("-", "_")))
    if whole.link or own.url:
        yield "link"
