"""``scheduler explain``: what a rule means, why it is there, and what to write instead."""

import dataclasses

import click

from scheduler.cli.screen.options import json_option

GROUP = "Write"


@click.command()
@click.argument("rule", required=False)
@json_option
def command(rule: str | None, as_json: bool) -> int:
    """Explain a rule that  check  names.

    \b
    scheduler explain                    every rule there is
    scheduler explain weekday-mismatch   one of them, with an example
    """
    from scheduler.checks.explaining import pages
    from scheduler.cli.screen.manual import print_list, print_page
    from scheduler.cli.screen.records import print_json
    from scheduler.cli.screen.selection import rule_among

    known = pages()
    chosen = [known[rule_among(rule, known)]] if rule else list(known.values())
    if as_json:
        print_json("explain/1", {"rules": [dataclasses.asdict(page) for page in chosen]})
    elif rule:
        print_page(chosen[0])
    else:
        print_list(chosen)
    return 0
