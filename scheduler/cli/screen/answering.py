"""Asks a person, where one is there to answer."""

import click

from scheduler.cli.screen.boundary import is_terminal


def asked_choice(words: str, flag: str, choices: list[str]) -> str:
    """Returns which of the choices a person takes; raises a UsageError that names the ``flag`` where nobody is there."""
    needs_terminal(flag)
    return str(click.prompt(words, type=click.Choice(choices), err=True))


def needs_terminal(flag: str) -> None:
    """Raises a UsageError that names the ``flag`` to use instead where nobody is there to ask."""
    if not is_terminal():
        raise click.UsageError(f"Nobody is there to ask; say it with  {flag}")


def good() -> str:
    """Returns the mark of what went well."""
    return click.style("✓", fg="green")
