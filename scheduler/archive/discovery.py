"""Finds the sources: every file of a folder that exports a ``SOURCE``, without a list to edit."""

import importlib
import importlib.util
import pkgutil
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from scheduler.archive import sources
from scheduler.archive.contract import Source
from scheduler.model.errors import SchedulerError


class SourceFileError(SchedulerError):
    """Is a file among the sources that is none."""


def known_sources(folder: Path | None = None) -> Mapping[str, Source]:
    """Returns the sources by name: those shipped, or those of ``folder``.

    Raises:
        SourceFileError: a file exports no ``SOURCE``, or one of another name.
    """
    place = Path(sources.__path__[0]) if folder is None else folder
    names = sorted(module.name for module in pkgutil.iter_modules([str(place)]))
    return {name: _source(place / f"{name}.py", shipped=folder is None) for name in names}


def _source(path: Path, *, shipped: bool) -> Source:
    module = importlib.import_module(f"{sources.__name__}.{path.stem}") if shipped else _loaded(path)
    source = getattr(module, "SOURCE", None)
    if not isinstance(source, Source) or source.name != path.stem:
        raise SourceFileError(
            f"The source file {path.name} exports no SOURCE of its own name.", "A source's file ends with  SOURCE = Source(name, read)."
        )
    return source


def _loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"scheduler_source_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
