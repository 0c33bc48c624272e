"""Options and look-ups that several verbs share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import click

if TYPE_CHECKING:
    from scheduler.assembly import Project

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(slots=True)
class Place:
    """Is the project folder that was named with ``-C``, before the verb or after it; None where none was."""

    folder: Path | None = None


FOLDER_HELP = "The project folder (default: the nearest with a config.toml)."


def folder_option(command: Command) -> Command:
    """Adds ``-C DIR``: the project folder, as said before the verb or after it, else the nearest one above this folder."""

    def either(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
        del param
        place = ctx.ensure_object(Place)
        place.folder = value if value is not None else place.folder
        return place.folder

    return click.option("-C", "--folder", metavar="DIR", type=click.Path(path_type=Path), callback=either, help=FOLDER_HELP)(command)


def json_option(command: Command) -> Command:
    """Adds ``--json``: one JSON document on stdout and nothing else."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


def open_project(folder: Path | None) -> "Project":
    """Returns the project of ``-C`` or of the nearest folder above."""
    from scheduler import assembly
    from scheduler.config.reading import NoProject, find_project

    if folder is None:
        return assembly.open_project(find_project(Path.cwd()))
    if not (folder / "config.toml").is_file():
        raise NoProject(folder, named=True)
    return assembly.open_project(folder.resolve())


def instant(text: str | None, zone: str) -> datetime | None:
    """Returns the instant of ``2027-05-01``, ``2027-05-01 14:00`` (in the zone) or an RFC 3339 time, as aware UTC."""
    if text is None:
        return None
    try:
        parsed = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise click.BadParameter(f"“{text}” is not a time; write 2027-05-01, “2027-05-01 14:00” or 2027-05-01T14:00:00-07:00") from error
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=ZoneInfo(zone))
    return parsed.astimezone(UTC)
