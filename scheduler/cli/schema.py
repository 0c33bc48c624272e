"""``scheduler schema``: what editors need to know of the files."""

import click

GROUP = "Write"


@click.command()
@click.argument("what", type=click.Choice(["config", "post"]), default="config", metavar="[config|post]")
def command(what: str) -> int:
    """Print the JSON Schema of config.toml or of a post's settings.

    Editors complete and check a file by it.

    \b
    scheduler schema config > .scheduler/config.schema.json
    scheduler schema post
    """
    import json

    from scheduler.cli.screen.files.editors import schema_of

    click.echo(json.dumps(schema_of(what), ensure_ascii=False, indent=2))
    return 0
