"""Asks a person, where one is there to answer."""

import difflib

import click

from scheduler.cli.screen.boundary import is_terminal
from scheduler.cli.screen.wrapping import tell


def asked_choice(words: str, flag: str, choices: list[str]) -> str:
    """Returns which of the choices a person takes; raises a UsageError that names the ``flag`` where nobody is there."""
    needs_terminal(flag)

    def taken(typed: str) -> str:
        if (word := typed.strip().lower()) in choices:
            return word
        close = difflib.get_close_matches(word, choices, n=1)
        hint = f"Did you mean “{close[0]}”?" if close else "Type one of the words above."
        raise click.UsageError(f"“{typed.strip()}” is none of them. {hint}")

    tell(f"{words}: one of {', '.join(choices)}.", err=True)
    return str(click.prompt(words, value_proc=taken, err=True))


def needs_terminal(flag: str) -> None:
    """Raises a UsageError that names the ``flag`` to use instead where nobody is there to ask."""
    if not is_terminal():
        raise click.UsageError(f"Nobody is there to ask; say it with  {flag}")


def good() -> str:
    """Returns the mark of what went well."""
    return click.style("✓", fg="green")
