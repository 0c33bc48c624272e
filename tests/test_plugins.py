"""Adding a network, a rule, a source, a template or a command is adding one file."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from scheduler.archive.discovery import SourceFileError, known_sources
from scheduler.checks.review import known_rules, review
from scheduler.checks.rule import Subject
from scheduler.cli import Verbs
from scheduler.clock import SystemClock
from scheduler.graphics.template import known_templates, load
from scheduler.model.delivery import Delivery, Moment
from scheduler.model.network import Account
from scheduler.model.outgoing import Outgoing
from scheduler.model.post import Part, Post, Variant
from scheduler.model.settings import Config, Organisation
from scheduler.publishers.discovery import NetworkFileError, known_networks
from tests.cli.running import scheduler

NETWORK = '''\
"""Noticeboard: a sheet of paper in the union hall."""

from scheduler.model.limits import Limits
from scheduler.model.network import Abilities, Network, Recovery
from scheduler.publishers.contract import Adapter

NETWORK = Adapter(
    Network(name="noticeboard", title="Noticeboard", limits=Limits(text=40), abilities=Abilities(recovery=Recovery.NONE)),
    connect=None,
)
'''
RULE = '''\
"""A post shouts."""

from scheduler.checks.rule import Rule
from scheduler.model.finding import Severity


def check(subject):
    """Yields a warning for a text in capitals."""
    if subject.outgoing.text.isupper():
        yield subject.finding("shouting", Severity.WARNING, "the whole text is in capitals")


RULE = Rule("shouting", check)
'''
SOURCE = '''\
"""Reads the sheet of paper in the union hall."""

from scheduler.archive.contract import Source

SOURCE = Source("noticeboard", lambda account, project: ())
'''
COMMAND = '''\
"""Greets."""

import click


@click.command()
@click.argument("name")
def command(name):
    """Greets somebody."""
    click.echo(f"Hello {name}, and welcome.")
'''
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def subject(text: str) -> Subject:
    account = Account(name="board", network="noticeboard")
    variant = Variant(None, text, lines=(1,))
    part = Part(None, None, (variant,))
    post = Post(id="march", path="posts/march.md", sha256="0" * 64, parts=(part,))
    delivery = Delivery(post=post, part=part, variant=variant, account=account, due=Moment(NOON, "UTC", NOON))
    outgoing = Outgoing(delivery=delivery.id, account="board", network="noticeboard", text=text)
    network = known_networks()["mastodon"].facts
    return Subject(delivery, outgoing, network, Config(folder="/", organisation=Organisation(name="Harbour Workers")))


def test_a_network_is_one_file(tmp_path: Path) -> None:
    found = known_networks(write(tmp_path / "networks", "noticeboard.py", NETWORK))
    assert list(found) == ["noticeboard"]
    assert found["noticeboard"].facts.limits.text == 40


LIVE = '''\
"""Noticeboard: a sheet of paper in the union hall."""

from pathlib import Path

from scheduler.model.limits import Limits
from scheduler.model.network import Abilities, Network, Recovery, Setting
from scheduler.model.outcome import Absent, Published
from scheduler.publishers.contract import Adapter

_FACTS = Network(
    name="noticeboard",
    title="Noticeboard",
    limits=Limits(text=40, unit="letters", pictures=0),
    abilities=Abilities(recovery=Recovery.CLIENT_ID),
    settings=(Setting("hall", "Which hall.", default="main"),),
    local=True,
)


class _Board:
    def __init__(self, place):
        self.place = place

    def prepare(self, outgoing, now):
        return {}

    def publish(self, envelope, remember):
        self.place.mkdir(exist_ok=True)
        (self.place / "sheet.txt").write_text(envelope.outgoing.text, encoding="utf-8")
        return Published("sheet")

    def find(self, envelope):
        return Published("sheet") if (self.place / "sheet.txt").exists() else Absent()


NETWORK = Adapter(_FACTS, lambda connection: _Board(Path(connection.folder) / connection.account.settings["hall"]))
'''


def test_a_made_up_network_is_one_new_file_from_the_settings_to_the_sheet_on_the_board(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent
    shutil.copytree(root / "scheduler", tmp_path / "scheduler", ignore=shutil.ignore_patterns("__pycache__"))
    write(tmp_path / "scheduler/publishers/networks", "noticeboard.py", LIVE)
    folder = tmp_path / "project"
    (folder / "posts").mkdir(parents=True)
    config = '[organisation]\nname = "Harbour Workers"\ntimezone = "Europe/Berlin"\nlanguages = ["en"]\n'
    config += '\n[policy]\nsettle = "0s"\nquiet_before_publish = "0s"\n\n[accounts.board]\nnetwork = "noticeboard"\nhall = "north"\n'
    write(folder, "config.toml", config)
    when = (SystemClock().now() - timedelta(minutes=1)).astimezone(ZoneInfo("Europe/Berlin"))
    front = f"---\ntitle: March\nwhen: {when:%Y-%m-%d %H:%M}\nwhere: [board]\n---\n"
    write(folder / "posts", "march.md", f"{front}Come to the march.\n\n### noticeboard\nMarch, Saturday, pier 4.\n")
    path = {"PYTHONPATH": str(tmp_path)}
    shown = scheduler(folder, "show", "march", "--json", env=path).json["outgoing"][0]
    assert (shown["network"], shown["text"], shown["length"], shown["limit"]) == ("noticeboard", "March, Saturday, pier 4.", 24, 40)
    assert scheduler(folder, "preview", "--export", "out.html", env=path).code == 0
    assert "Noticeboard" in (folder / "out.html").read_text(encoding="utf-8")
    assert scheduler(folder, "run", "--once", env=path).code == 0
    assert (folder / "north/sheet.txt").read_text(encoding="utf-8") == "March, Saturday, pier 4."
    later = front.replace(f"{when:%Y-%m-%d}", f"{when + timedelta(days=2):%Y-%m-%d}")
    write(folder / "posts", "long.md", f"{later}{'Come to the march. ' * 9}\n")
    checked = scheduler(folder, "check", env=path)
    assert checked.code == 1
    assert "Noticeboard takes 40 letters" in checked.out + checked.err


def test_a_network_file_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(NetworkFileError, match=r"notice\.py"):
        known_networks(write(tmp_path / "networks", "notice.py", '"""Nothing."""\n'))


def test_every_network_that_is_shipped_is_found_by_the_name_of_its_file() -> None:
    folder = Path(__file__).parent.parent / "scheduler/publishers/networks"
    assert set(known_networks()) == {path.stem for path in folder.glob("*.py")} - {"__init__"}


def test_a_rule_is_one_file_and_is_applied(tmp_path: Path) -> None:
    rules = known_rules(str(write(tmp_path / "rules", "shouting.py", RULE)))
    assert len(rules) == len(known_rules()) + 1
    found = [finding.rule for finding in review(subject("MARCH ON SATURDAY"), rules)]
    assert "shouting" in found
    assert "shouting" not in [finding.rule for finding in review(subject("March on Saturday"), rules)]


def test_a_template_is_one_file_and_a_project_s_own_wins_by_name(tmp_path: Path) -> None:
    shipped = Path(__file__).parent.parent / "scheduler/graphics/templates/event-card.toml"
    text = shipped.read_text(encoding="utf-8")
    own = write(tmp_path / "templates", "save-the-date.toml", text)
    write(own, "event-card.toml", f"# ours\n{text}")
    assert set(known_templates(own)) == {*known_templates(), "save-the-date"}
    assert getattr(load("save-the-date", own), "source", b"") == text.encode()
    assert getattr(load("event-card", own), "source", b"").startswith(b"# ours\n")


def test_a_command_is_one_file_and_runs(tmp_path: Path) -> None:
    folder = write(tmp_path / "commands", "greet.py", COMMAND)
    verbs = Verbs(str(folder))
    assert "greet" in CliRunner().invoke(verbs, ["--help"]).output
    assert CliRunner().invoke(verbs, ["greet", "Ada"]).output == "Hello Ada, and welcome.\n"


def test_a_source_is_one_new_file(tmp_path: Path) -> None:
    (tmp_path / "noticeboard.py").write_text(SOURCE, encoding="utf-8")
    assert list(known_sources(tmp_path)) == ["noticeboard"]
    assert set(known_sources()) <= set(known_networks())


def test_a_file_without_a_source_is_told_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "empty.py").write_text('"""Nothing."""\n', encoding="utf-8")
    with pytest.raises(SourceFileError, match=r"empty\.py"):
        known_sources(tmp_path)
