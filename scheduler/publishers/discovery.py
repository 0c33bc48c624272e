"""Finds the networks: every file of a folder that exports a ``NETWORK``, without a list to edit."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from scheduler.discovery import load, names_in
from scheduler.model.errors import SchedulerError
from scheduler.publishers import networks
from scheduler.publishers.contract import Adapter


class NetworkFileError(SchedulerError):
    """Is a file among the networks that is none."""


def known_networks(folder: Path | None = None) -> Mapping[str, Adapter]:
    """Returns the networks by name, in alphabetical order: those shipped, or those of ``folder``.

    Raises:
        NetworkFileError: A file cannot be imported, exports no ``NETWORK``, or exports one of another name.
    """
    return _shipped() if folder is None else _walk(folder, "")


@cache
def _shipped() -> Mapping[str, Adapter]:
    return _walk(Path(networks.__path__[0]), networks.__name__)


def _walk(folder: Path, package: str) -> Mapping[str, Adapter]:
    return MappingProxyType({name: _adapter(folder / f"{name}.py", package) for name in names_in(folder)})


def _adapter(path: Path, package: str) -> Adapter:
    hint = "A network's file exports NETWORK = Adapter(...) with the file's own name in its facts; move anything else elsewhere."
    try:
        module = load(path.stem, path.parent, package)
    except Exception as error:  # the file may be anybody's and fail in any way; its author is told which one and how
        raise NetworkFileError(f"The network file {path.name} cannot be loaded: {error}.", hint) from error
    adapter = getattr(module, "NETWORK", None)
    if not isinstance(adapter, Adapter):
        raise NetworkFileError(f"The network file {path.name} exports no NETWORK.", hint)
    if adapter.facts.name != path.stem:
        raise NetworkFileError(f"The network file {path.name} calls its network “{adapter.facts.name}”.", hint)
    return adapter
