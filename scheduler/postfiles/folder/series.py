"""The house's own series in ``assets/series/``: a folder whose event asks for one gets its posts."""

from datetime import datetime
from pathlib import Path

from scheduler.postfiles.folder.languages import LanguageFile, tag_of
from scheduler.postfiles.folder.store import Store
from scheduler.postfiles.folder.walking import Seen
from scheduler.postfiles.lines.slips import Mend, Slip, nearest, shown
from scheduler.postfiles.parsing import Parsed, Role

_FOLDER = "assets/series"
_PATH = _FOLDER + "/{}.md"


class HouseSeries:
    """Reads the series of one project folder by name."""

    def __init__(self, root: Path, store: Store) -> None:
        self._root = root
        self._store = store
        self.paths: set[str] = set()

    def get(self, name: str, settled_before: datetime | None) -> tuple[Parsed | None, Slip | None]:
        """Returns the series, or why there is none; neither while it is being written for the first time."""
        path = _PATH.format(name)
        seen = self._seen(path) if name.replace("-", "").replace("_", "").isalnum() else None
        if seen is None:
            return None, self._missing(name, path)
        return self._store.get(seen, settled_before)[0], None

    def languages(self, name: str, settled_before: datetime | None) -> tuple[LanguageFile, ...]:
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

    def asked_for(self, parsed: Parsed, settled_before: datetime | None) -> tuple[Parsed | None, Slip | None]:
        """Returns the series that an event file without parts of its own asks for, or why there is none."""
        fields = parsed.fields
        if fields is None or not fields.series or any(part.name is not None for part in parsed.parts):
            return None, None
        return self.get(fields.series, settled_before)

    def _missing(self, name: str, path: str) -> Slip:
        meant = nearest(name, (file.stem for file in self._root.glob(_PATH.format("*"))))
        return Slip(
            rule="missing-series",
            message=f"there is no series “{shown(name)}”",
            label=f"did you mean “{meant}”?" if meant else f"no file {path}",
            consequence="none of its posts is sent",
            fix=meant or f"write {path}, or a series.md in this folder",
            mend=Mend(meant, safe=False) if meant else None,
        )
