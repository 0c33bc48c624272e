"""Finds the verbs and runs one."""

import difflib
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import click

from scheduler import __version__, cli
from scheduler.cli.screen.boundary import guarded, speak_plainly
from scheduler.cli.screen.options import FOLDER_HELP, Place
from scheduler.discovery import load, names_in

_EXAMPLES = """\b
scheduler check             find mistakes before anybody else does
scheduler list              what goes out when
scheduler rehearse          play the whole plan, sending nothing
scheduler preview --export preview.html
scheduler run               publish on time, until you stop it
"""


_GROUPS = ("Write", "Look", "Run", "Look after")


class Verbs(click.Group):
    """Finds its commands by walking the folder of the room: ``cli/check.py`` is ``scheduler check``."""

    def __init__(self, *folders: str) -> None:
        super().__init__(
            name="scheduler",
            help=f"Publishes the post files of a folder to your networks, once and on time.\n\n{_EXAMPLES}",
            context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
            params=[_folder_option(), _version_option()],
            callback=_alone,
            invoke_without_command=True,
        )
        self._places = {verb: (folder, package) for folder, package in _folders(folders) for verb in names_in(folder)}
        self._loaded: dict[str, ModuleType] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Returns the verbs in alphabetical order."""
        del ctx
        return sorted(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Returns the command of a verb, loading only its file."""
        del ctx
        if cmd_name not in self._places:
            return None
        command = self._module(cmd_name).command
        assert isinstance(command, click.Command)
        return command

    def _module(self, verb: str) -> ModuleType:
        if verb not in self._loaded:
            self._loaded[verb] = load(verb, *self._places[verb])
        return self._loaded[verb]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists the verbs in the order of the day; a verb's file says as ``GROUP`` which part of it is its own."""
        groups: dict[str, list[tuple[str, str]]] = {name: [] for name in _GROUPS}
        for verb in self.list_commands(ctx):
            command = self.get_command(ctx, verb)
            if command is not None and not command.hidden:
                group = getattr(self._module(verb), "GROUP", _GROUPS[-1])
                groups.setdefault(group, []).append((verb, command.get_short_help_str(limit=formatter.width)))
        for group, found in groups.items():
            if found:
                with formatter.section(group):
                    formatter.write_dl(found, col_max=12)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Returns the command asked for; an unknown one is answered with the nearest that exists."""
        verb = args[0]
        if verb not in self._places and not verb.startswith("-"):
            close = difflib.get_close_matches(verb, self._places, n=1)
            hint = f" Did you mean “{close[0]}”?" if close else " See  scheduler --help"
            raise click.UsageError(f"There is no command “{verb}”.{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.pass_context
def _alone(ctx: click.Context) -> None:
    """Shows where one stands if no verb was given."""
    if ctx.invoked_subcommand is None:
        from scheduler.cli.screen.home import print_home

        print_home(ctx.ensure_object(Place).folder)


def _folders(further: Sequence[str]) -> list[tuple[str, str]]:
    """Returns where verbs are, each with the package that they belong to there."""
    return [(folder, cli.__name__) for folder in cli.__path__] + [(folder, "") for folder in further]


def _folder_option() -> click.Option:
    def keep(ctx: click.Context, param: click.Parameter, value: Path | None) -> None:
        del param
        ctx.ensure_object(Place).folder = value

    return click.Option(
        ["-C", "--folder"], metavar="DIR", type=click.Path(path_type=Path), expose_value=False, callback=keep, help=FOLDER_HELP
    )


def _version_option() -> click.Option:
    def show(ctx: click.Context, param: click.Parameter, value: bool) -> None:
        del param
        if value:
            click.echo(f"scheduler {__version__}")
            ctx.exit()

    return click.Option(["--version"], is_flag=True, expose_value=False, is_eager=True, callback=show, help="Show the version and exit.")


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line and exits with the code that README.md lists."""
    speak_plainly()
    sys.exit(guarded(Verbs(), list(sys.argv[1:] if arguments is None else arguments)))
