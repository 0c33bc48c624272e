"""Finds the sources: every file of a folder that exports a ``SOURCE``, without a list to edit."""

from collections.abc import Mapping
from pathlib import Path

from scheduler.archive import sources
from scheduler.archive.contract import Source
from scheduler.discovery import load, names_in
from scheduler.model.errors import SchedulerError


class SourceFileError(SchedulerError):
    """Is a file among the sources that is none."""


def known_sources(folder: Path | None = None) -> Mapping[str, Source]:
    """Returns the sources by name: those shipped, or those of ``folder``.

    Raises:
        SourceFileError: a file exports no ``SOURCE``, or one of another name.
    """
    place = Path(sources.__path__[0]) if folder is None else folder
    return {name: _source(place / f"{name}.py", shipped=folder is None) for name in names_in(place)}


def _source(path: Path, *, shipped: bool) -> Source:
    module = load(path.stem, path.parent, sources.__name__ if shipped else "")
    source = getattr(module, "SOURCE", None)
    if not isinstance(source, Source) or source.name != path.stem:
        raise SourceFileError(
            f"The source file {path.name} exports no SOURCE of its own name.", "A source's file ends with  SOURCE = Source(name, read)."
        )
    return source
