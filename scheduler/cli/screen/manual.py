"""The pages of ``explain`` on a screen."""

import shutil
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

import click

from scheduler.checks.explaining import Page

_WIDEST = 80


def print_page(page: Page) -> None:
    """Prints what a rule finds, why, an example, what to write instead, and what to do where it is in the way."""
    click.echo(f"{click.style(page.rule, bold=True)} {click.style(f'({page.group})', dim=True)}")
    for paragraph in (page.what, *page.why.split("\n\n")):
        click.echo(f"\n{_wrapped(paragraph)}")
    for heading, lines, colour in (("Example", page.example, "red"), ("Use instead", page.instead, "green")):
        if lines:
            _head(heading)
            click.echo(click.style(textwrap.indent(lines, "    "), fg=colour))
    if page.turn_off:
        _head("Turn it off")
        click.echo(_wrapped(page.turn_off))


def _head(words: str) -> None:
    click.echo(f"\n{click.style(words, bold=True)}")


def print_list(pages: Sequence[Page]) -> None:
    """Prints every rule with its first sentence, by group."""
    column = max(len(page.rule) for page in pages) + 4
    for group, found in groupby(pages, key=lambda page: page.group):
        click.echo(click.style(group, bold=True))
        for page in found:
            for line in _beside(page.rule, page.what, column):
                click.echo(line)
        click.echo()
    click.echo("More about one of them:  scheduler explain weekday-mismatch")


def _beside(rule: str, sentence: str, column: int) -> Iterator[str]:
    first, *more = textwrap.wrap(sentence, _width() - column)
    yield f"  {rule}".ljust(column) + first
    yield from (" " * column + line for line in more)


def _wrapped(paragraph: str) -> str:
    return textwrap.fill(paragraph, _width(), break_long_words=False, break_on_hyphens=False)


def _width() -> int:
    return max(min(shutil.get_terminal_size().columns, _WIDEST), 50)
