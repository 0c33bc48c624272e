"""The house's own series in ``assets/series/``: a folder whose event asks for one gets its posts."""

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from scheduler.postfiles.folder.store import Store
from scheduler.postfiles.folder.walking import Seen
from scheduler.postfiles.house.campaign import Campaign
from scheduler.postfiles.lines.slips import Mend, Slip, nearest, shown
from scheduler.postfiles.parsing import Parsed

_PATH = "assets/series/{}.md"


class HouseSeries:
    """Reads the series of one project folder by name."""

    def __init__(self, root: Path, store: Store) -> None:
        self._root = root
        self._store = store

    def get(self, name: str, settled_before: datetime | None) -> tuple[Parsed | None, Slip | None]:
        """Returns the series, or why there is none; neither while it is being written for the first time."""
        path = _PATH.format(name)
        if not name.replace("-", "").replace("_", "").isalnum():
            return None, self._missing(name, path)
        try:
            stat = os.stat(self._root / path)  # noqa: PTH116 - one system call
        except OSError:
            return None, self._missing(name, path)
        seen = Seen(path, path, "assets/series", f"{name}.md", stat.st_size, stat.st_mtime_ns, stat.st_ino)
        return self._store.get(seen, settled_before)[0], None

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


def series_paths(campaigns: Iterable[Campaign]) -> set[str]:
    """Returns the files of all series that campaigns ask for."""
    names = (parsed.fields.series for campaign in campaigns for parsed in campaign.chain if parsed.fields is not None)
    return {_PATH.format(name) for name in names if name}
