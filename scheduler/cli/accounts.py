"""``scheduler accounts``: connect, look at, test, and let out."""

from pathlib import Path

import click

from scheduler.cli.screen.options import folder_option, json_option, open_project


@click.group()
def command() -> None:
    """Connect accounts, test them, go live.

    \b
    scheduler accounts list
    scheduler accounts add NAME          asks for what is needed, and for the secret without showing it
    scheduler accounts test
    scheduler accounts go-live NAME      shows the next three posts first
    """


@command.command(name="list")
@json_option
@folder_option
def show(as_json: bool, folder: Path | None) -> int:
    """List the accounts and how they stand."""
    from scheduler.cli.screen.accounts import account_records, print_accounts, tell_versions, token_lines
    from scheduler.cli.screen.records import print_json

    project = open_project(folder)
    records = account_records(project)
    if as_json:
        print_json("accounts/1", {"accounts": records})
    else:
        print_accounts(records)
        for line in token_lines(project):
            click.echo(line)
        tell_versions(project, project.config.accounts)
    return 0


@command.command(name="add")
@click.argument("name")
@click.option("--network", help="The network, for a new account.")
@click.option("--set", "settings", metavar="KEY=VALUE", multiple=True, help="A setting of a new account, such as its server.")
@click.option("--secret-stdin", is_flag=True, help="Read the secret from standard input.")
@folder_option
def add(name: str, network: str | None, settings: tuple[str, ...], secret_stdin: bool, folder: Path | None) -> int:
    """Connect an account, or connect it anew.

    The secret is asked for and never shown, tried, and only kept when it works; until then the old one stays. A new account is
    written into config.toml once it works. For a known one, --network and --set must say what config.toml says.

    \b
    scheduler accounts add NAME
    scheduler accounts add NAME --secret-stdin < file
    """
    from scheduler.cli.screen.connecting import asked_secret, connected
    from scheduler.cli.screen.enrolling import held_to_the_file, proposed, tell_settings

    project = open_project(folder)
    new = None
    if name in project.config.accounts:
        held_to_the_file(project, name, network, settings)
        tell_settings(project, name)
    else:
        project, new = proposed(project, name, network, settings)
    return connected(project, name, asked_secret(project, name, from_stdin=secret_stdin), new)


@command.command(name="test")
@click.argument("name", required=False)
@json_option
@folder_option
def test(name: str | None, as_json: bool, folder: Path | None) -> int:
    """Ask the networks whether the accounts may publish; nothing is published.

    Exits with 1 if one may not. An account that is rehearsed and was never connected counts only where it is named.
    """
    from scheduler.cli.screen.accounts import account_records, is_waiting, print_tested, tested
    from scheduler.cli.screen.enrolling import known_account
    from scheduler.cli.screen.records import print_json

    project = open_project(folder)
    names = [known_account(project, name)] if name else list(project.config.accounts)
    waiting = [each for each in names if not name and is_waiting(project, each)]
    results = {each: tested(project, each) for each in names if each not in waiting}
    if as_json:
        print_json("accounts/1", {"accounts": [record for record in account_records(project) if record["account"] in names]})
    else:
        print_tested(project, names, results)
    return int(any(checked is not None and not checked.ok for checked in results.values()))


@command.command(name="go-live")
@click.argument("name")
@click.option("--yes", "confirmed", metavar="NAME", help="The account's name once more, for scripts.")
@folder_option
def go_live(name: str, confirmed: str | None, folder: Path | None) -> int:
    """Let an account's posts out from now on.

    Tests the account, shows the next three posts, and wants the account's name typed.
    """
    from scheduler.cli.screen.connecting import let_out

    return let_out(open_project(folder), name, confirmed)
