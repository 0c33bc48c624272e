"""The sample campaign that ``init`` writes: the repository's own, which the wheel carries, with its days counted from today."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from scheduler.cli.screen.files.editors import CONFIG_SCHEMA, SCHEMA_LINE, obsidian_files, vscode_files
from scheduler.cli.screen.files.writing import make_folder, write_new
from scheduler.model.errors import ConfigurationError, SchedulerError
from scheduler.postfiles.writing.dating import moved_by_weeks
from scheduler.postfiles.writing.starting import OWN_FOLDER

_CONFIG = "config.toml"
_PARTS = (_CONFIG, "posts", "assets")
_OF_POSTS = ("posts/", "assets/photos/")
_NAME = re.compile(r'^(name = )"(.*)"$', re.MULTILINE)
_TIMEZONE = re.compile(r'^(timezone = )"(.*)"$', re.MULTILINE)
_DATED = frozenset({".md", ".toml"})
WRITTEN_FOR = date(2027, 3, 3)
"""Is the day for which the sample stands in the repository: the first of its posts goes out three days later."""
_NOT_CAMPAIGN = {"__pycache__", ".DS_Store"}


@dataclass(frozen=True, slots=True)
class Sample:
    """Is the sample's folder with the name and the time zone that it is written for; ``more`` are further files by path."""

    folder: Path
    name: str
    timezone: str
    more: Mapping[str, str]

    @classmethod
    def found(cls, *, obsidian: bool = False, vscode: bool = False) -> "Sample":
        """Returns the sample inside the installed package, or the repository's own where scheduler runs from a checkout."""
        package = Path(__file__).resolve().parents[3]
        for folder in (package / "sample", package.parent):
            if (folder / "config.toml").is_file() and (folder / "posts").is_dir():
                config = (folder / "config.toml").read_text(encoding="utf-8")
                name, zone = _NAME.search(config), _TIMEZONE.search(config)
                assert name is not None
                assert zone is not None
                more = {**(obsidian_files() if obsidian else {}), **(vscode_files() if vscode else {})}
                return cls(folder, name[2], zone[2], more)
        raise SchedulerError("The sample campaign is missing from this installation.", "Install scheduler again.")

    def write(self, target: Path, *, name: str | None, timezone: str | None, today: date) -> tuple[int, int]:
        """Writes what is missing in a folder; returns how many files were written and how many were there already and stay as they are.

        The first of the sample's posts goes out three to nine days after ``today``, each on the weekday that it has in the repository.
        Sample posts come only into a folder that has no posts of its own and is no project yet. config.toml is written last, so that
        a run that was interrupted can be repeated.
        """
        if timezone is not None:
            _check_zone(timezone)
        written = kept = 0
        make_folder(target / "posts")
        weeks = -((WRITTEN_FOR - today).days // 7)
        for path, content in self._files(target, name, timezone, weeks):
            is_new = write_new(target / path, content)
            written, kept = written + is_new, kept + (not is_new)
        return written, kept

    def _files(self, target: Path, name: str | None, timezone: str | None, weeks: int) -> Iterator[tuple[str, bytes]]:
        for path, text in self.more.items():
            yield path, text.encode()
        sample = dict(_dated(path.relative_to(self.folder).as_posix(), path.read_bytes(), weeks) for path in _campaign(self.folder))
        config = _personal(sample.pop(_CONFIG).decode(), name, timezone)
        if (target / _CONFIG).exists():
            sample = {path: content for path, content in sample.items() if (target / path).exists()}
        elif _has_posts(target, sample):
            sample = {path: content for path, content in sample.items() if not path.startswith(_OF_POSTS)}
        yield from sample.items()
        yield _CONFIG, ((SCHEMA_LINE if CONFIG_SCHEMA in self.more else "") + config).encode()


def _dated(path: str, content: bytes, weeks: int) -> tuple[str, bytes]:
    """Returns a file of the sample with every day in it, and in its name, that many weeks later."""
    if Path(path).suffix not in _DATED:
        return path, content
    return moved_by_weeks(path, weeks, WRITTEN_FOR.year), moved_by_weeks(content.decode(), weeks, WRITTEN_FOR.year).encode()


def _campaign(folder: Path) -> Iterator[Path]:
    for part in _PARTS:
        place = folder / part
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and not _NOT_CAMPAIGN & set(path.parts) and path.suffix != ".py":
                yield path


def _has_posts(target: Path, sample: Mapping[str, bytes]) -> bool:
    """Tells whether a folder has a post file that is not the sample's."""
    found = {path.relative_to(target).as_posix(): path for path in (target / "posts").rglob("*.md")}
    return any(sample.get(name) != path.read_bytes() for name, path in found.items() if not name.startswith(OWN_FOLDER))


def _personal(config: str, name: str | None, timezone: str | None) -> str:
    if name:
        config = _NAME.sub(lambda match: match[1] + json.dumps(name, ensure_ascii=False), config, count=1)
    if timezone:
        config = _TIMEZONE.sub(lambda match: f'{match[1]}"{timezone}"', config, count=1)
    return config


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ConfigurationError(f"There is no time zone “{name}”.", "Write one like Europe/Berlin or America/Los_Angeles.") from error
