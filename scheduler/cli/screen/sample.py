"""The sample campaign that ``init`` writes: the repository's own, which the wheel carries."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from scheduler.model.errors import ConfigurationError, SchedulerError

_PARTS = ("config.toml", "posts", "assets")
_NAME = re.compile(r'^(name = )"(.*)"$', re.MULTILINE)
_TIMEZONE = re.compile(r'^(timezone = )"(.*)"$', re.MULTILINE)
_NOT_CAMPAIGN = {"__pycache__", ".DS_Store"}


@dataclass(frozen=True, slots=True)
class Sample:
    """Is the sample's folder with the name and the time zone that it is written for."""

    folder: Path
    name: str
    timezone: str

    @classmethod
    def found(cls) -> "Sample":
        """Returns the sample inside the installed package, or the repository's own where scheduler runs from a checkout."""
        package = Path(__file__).resolve().parents[2]
        for folder in (package / "sample", package.parent):
            if (folder / "config.toml").is_file() and (folder / "posts").is_dir():
                config = (folder / "config.toml").read_text(encoding="utf-8")
                name, zone = _NAME.search(config), _TIMEZONE.search(config)
                assert name is not None
                assert zone is not None
                return cls(folder, name[2], zone[2])
        raise SchedulerError("The sample campaign is missing from this installation.", "Install scheduler again.")

    def write(self, target: Path, *, name: str | None, timezone: str | None) -> tuple[int, int]:
        """Copies the sample to a folder; returns how many files were written and how many were there already and stay as they are."""
        if timezone is not None:
            _check_zone(timezone)
        written = kept = 0
        try:
            for source in self._files():
                place = target / source.relative_to(self.folder)
                place.parent.mkdir(parents=True, exist_ok=True)
                content = source.read_bytes()
                if source.name == "config.toml":
                    content = _personal(content.decode(), name, timezone).encode()
                written, kept = (written + 1, kept) if _new(place, content) else (written, kept + 1)
        except OSError as error:
            raise SchedulerError(f"{target} cannot be written: {error.strerror}.", "Choose a folder that you may write to.") from error
        return written, kept

    def _files(self) -> Iterator[Path]:
        for part in _PARTS:
            place = self.folder / part
            for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
                if path.is_file() and not _NOT_CAMPAIGN & set(path.parts) and path.suffix != ".py":
                    yield path


def _new(place: Path, content: bytes) -> bool:
    """Writes a file that must not exist yet; returns False where it does."""
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        return False
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return True


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
