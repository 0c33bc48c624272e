"""``scheduler check``: find mistakes before anybody else does."""

from pathlib import Path

import click

from scheduler.cli.screen.options import folder_option, instant, json_option, open_project

GROUP = "Write"


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["human", "json", "github", "sarif"]), default="human", help="How to print them.")
@click.option("--now", metavar="TIME", help="Judge every post as if now were TIME.")
@click.option("--fix", is_flag=True, help="Mend what can be mended without asking.")
@click.option("--unsafe", is_flag=True, help="With --fix: show what may change the meaning, and ask.")
@click.option("--yes", is_flag=True, help="With --fix --unsafe: do not ask.")
@json_option
@folder_option
def command(paths: tuple[Path, ...], form: str, now: str | None, as_json: bool, folder: Path | None, **mending: bool) -> int:
    """Find mistakes in the post files.

    \b
    scheduler check                      everything
    scheduler check posts/hiring.md      one file, or a folder
    scheduler check --now 2027-05-01     as on that day
    scheduler check --fix                mend what is plain, and say what is left
    scheduler check --fix --unsafe       show the other proposals as a difference, and ask

    An error holds its post back; a warning goes out with it. Exits with 1 if there is an error.
    """
    from scheduler.cli.screen.files.mending import mend
    from scheduler.cli.screen.reports import REPORTS
    from scheduler.cli.screen.selection import within
    from scheduler.config.reading import ConfigInvalid
    from scheduler.model.plan import Agenda

    try:
        project = open_project(folder)
    except ConfigInvalid as error:
        if form == "human" and not as_json:
            raise
        REPORTS["json" if as_json else form](Agenda(findings=error.findings), folder or Path.cwd())
        return error.exit_code
    judged_at = instant(now, project.config.organisation.timezone) or project.clock.now()

    def look() -> Agenda:
        return within(project.agenda(judged_at, project.facts()), paths, project.folder)

    agenda = look()
    if mend(project, agenda, **mending):
        agenda = look()
    REPORTS["json" if as_json else form](agenda, project.folder)
    return int(any(finding.is_error for finding in agenda.findings))
