"""Prints sentences that fit the terminal: words stay whole, commands in one piece, and further lines stand below the first."""

import re
import shutil
import sys
import textwrap

import click

_COMMAND = re.compile(r"(?<=  )\S.*?(?=  |\.?$)")
_GLUE = "\x00"
_NARROWEST = 40


def tell(sentence: str, mark: str = "", *, indent: int = 2, err: bool = False) -> None:
    """Prints a sentence after its mark, or indented where it has none; in one line where nobody looks at a terminal.

    What stands between two blanks and the next two, or the end, is a command to copy and is not broken.
    """
    first = f"{mark} " if mark else " " * indent
    if not (sys.stderr if err else sys.stdout).isatty():
        click.echo(f"{first}{sentence}", err=err)
        return
    glued = _COMMAND.sub(lambda found: found.group().replace(" ", _GLUE), sentence)
    room = max(shutil.get_terminal_size().columns, _NARROWEST) - len(click.unstyle(first))
    lines = textwrap.wrap(glued, room, break_long_words=False, break_on_hyphens=False) or [""]
    below = " " * (2 if mark else indent)
    click.echo("\n".join([first + lines[0], *(below + line for line in lines[1:])]).replace(_GLUE, " "), err=err)
