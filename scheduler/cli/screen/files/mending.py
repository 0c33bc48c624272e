"""``check --fix``: types what findings propose, after showing it where it may change the meaning."""

import difflib
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from scheduler.postfiles.lines.decoding import legible

if TYPE_CHECKING:
    from scheduler.assembly import Project
    from scheduler.model.plan import Agenda
    from scheduler.postfiles.writing.mending import Mended


def mend(project: "Project", agenda: "Agenda", *, fix: bool, unsafe: bool, yes: bool) -> bool:
    """Mends the files as the options ask, and tells whether any was changed; talk goes to stderr."""
    if not fix:
        if unsafe or yes:
            raise click.UsageError("--unsafe and --yes go with --fix: scheduler check --fix --unsafe")
        return False
    if yes and not unsafe:
        raise click.UsageError("--yes goes with --unsafe; --fix alone never asks")
    proposed = project.posts.mends(agenda.findings, unsafe=unsafe)
    if not proposed or (unsafe and not _agreed(proposed, yes=yes)):
        return False
    for mended in proposed:
        project.posts.write(mended)
        click.echo(f"{click.style('✓', fg='green')} {mended.path}: {_told(mended)}", err=True)
    return True


def _agreed(proposed: "Sequence[Mended]", *, yes: bool) -> bool:
    for mended in proposed:
        click.echo(_difference(mended), err=True, nl=False)
    if yes:
        return True
    if not sys.stdin.isatty():
        raise click.UsageError("nothing was written: there is no terminal to ask at, so add --yes if these changes are right")
    return click.confirm("Write these changes?", default=False, err=True)


def _told(mended: "Mended") -> str:
    rules = dict.fromkeys(f"line {finding.span.line} ({finding.rule})" for finding in mended.findings)
    return f"mended {', '.join(rules)}"


def _difference(mended: "Mended") -> str:
    before, after = (_lines(data) for data in (mended.before, mended.after))
    lines = difflib.unified_diff(before, after, mended.path, f"{mended.path} (mended)", lineterm="")
    colours = {"+": "green", "-": "red", "@": "cyan"}
    shown = [click.style(line, fg=colours[line[0]]) if line[:1] in colours and line[:3] not in {"+++", "---"} else line for line in lines]
    if len(before) == len(after) and not shown:
        shown = [f"{mended.path}: saved as UTF-8, which it was not"]
    return "\n".join(shown) + "\n"


def _lines(data: bytes) -> list[str]:
    text = data.decode("utf-16") if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else legible(data)
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
