"""The one place that turns errors into words and exit codes."""

import io
import os
import platform
import sys
import traceback
from pathlib import Path

import click

from scheduler import __version__
from scheduler.cli.screen.options import Place
from scheduler.cli.screen.wrapping import tell
from scheduler.model.errors import SchedulerError

USAGE, INTERNAL, INTERRUPTED = 2, 3, 130


def guarded(command: click.Command, arguments: list[str]) -> int:
    """Returns the exit code of a run: 0 fine, 1 findings or expected failure, 2 usage, 3 internal, 75 temporary, 130 interrupted."""
    place = Place()
    try:
        code = command.main(arguments, prog_name="scheduler", standalone_mode=False, obj=place)
    except click.ClickException as error:
        error.show()
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return INTERRUPTED
    except SchedulerError as error:
        _say(error)
        return error.exit_code
    except (BrokenPipeError, SystemExit):
        # The reader of our output (head, less) went away; that is its right, and click says it by ending the program.
        # Nothing more can be written there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the boundary: whatever is left is our mistake and becomes a report
        return _report(error, place)
    return code if isinstance(code, int) else 0


def speak_plainly() -> None:
    """Lets no word of ours fail for want of a character: other programs get UTF-8, a terminal that lacks one shows a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


def is_terminal() -> bool:
    """Tells whether somebody sits at a keyboard and could answer."""
    return sys.stdin is not None and sys.stdin.isatty()


def _say(error: SchedulerError) -> None:
    findings = getattr(error, "findings", ())
    if findings:
        from scheduler.cli.screen.frames import frame

        folder = Path(getattr(error, "folder", None) or Path.cwd())
        for finding in findings:
            click.echo(frame(finding, folder), err=True)
    tell(error.message, click.style("error:", fg="red", bold=True), err=True)
    if error.hint:
        tell(error.hint, err=True)


def _report(error: Exception, place: Place) -> int:
    from scheduler.config.withholding import redacted

    folder = _project_at(place)
    system = f"scheduler {__version__}, Python {platform.python_version()}, {platform.system()} {platform.release()}"
    text = redacted(f"{system}\n\n{''.join(traceback.format_exception(error))}", folder)
    text = text.encode("utf-8", "backslashreplace").decode()  # names of files may hold what no text does
    target = _write_report(text, folder)
    where = f"The report is in {target}." if target else f"The report could not be saved; here it is:\n\n{text}"
    click.echo(f"{click.style('error:', fg='red', bold=True)} this is a mistake of ours: {type(error).__name__}. {where}", err=True)
    click.echo("  It holds no secrets. Please send it to whoever looks after scheduler for you.", err=True)
    return INTERNAL


def _project_at(place: Place) -> Path | None:
    """Returns the project that the command was about, as -C named it or the nearest one above; None where there is none."""
    from scheduler.config.mistakes import FILE
    from scheduler.config.reading import find_project

    if place.folder is not None:
        return place.folder if (place.folder / FILE).is_file() else None
    try:
        return find_project(Path.cwd())
    except (SchedulerError, OSError):
        return None


def _write_report(text: str, folder: Path | None) -> Path | None:
    from scheduler.config.private import write_private

    if folder is None:
        return None
    target = folder / ".scheduler" / f"crash-{os.getpid()}.txt"
    try:
        write_private(target, text)
    except OSError:
        return None
    return target
