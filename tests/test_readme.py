"""README.md tells of everything there is, and what it says to do works when it is done literally."""

import re
import shlex
import typing
from pathlib import Path

import pytest
from pydantic import BaseModel

from scheduler.cli import Verbs
from scheduler.config.schema import ConfigFile
from scheduler.postfiles.writing.starting import kinds, shipped_starters
from scheduler.publishers.discovery import known_networks
from tests.cli.running import inside
from tests.sample import lay_out

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = Verbs().list_commands(None)  # type: ignore[arg-type] # click's context is not used to list them
FILES = dict(re.findall(r"`(posts/[^`*]+\.(?:md|toml))`[^\n]*:\n\n```(?:markdown|toml)\n(.*?)```\n", README, re.DOTALL))
# What this release keeps and does not do yet is said by check, and README.md says that it is.
KEPT = {"held-by-setting", "not-used-yet", "not-sent-yet"}


def keys(model: type[BaseModel], table: str = "") -> list[tuple[str, str]]:
    found = []
    for name, field in model.model_fields.items():
        inner = [kind for kind in (field.annotation, *typing.get_args(field.annotation)) if isinstance(kind, type)]
        tables = [kind for kind in inner if issubclass(kind, BaseModel)]
        found += [pair for kind in tables for pair in keys(kind, name)] if tables else [(table, name)]
    return found


DAYS = {"tuesday", "wednesday", "thursday", "friday", "saturday"}


@pytest.mark.parametrize("command", COMMANDS)
def test_readme_tells_of_the_command(command: str) -> None:
    assert f"`scheduler {command}" in README


@pytest.mark.parametrize("key", sorted({key for table, key in keys(ConfigFile) if table} - DAYS))
def test_readme_tells_of_the_key_in_config(key: str) -> None:
    assert re.search(rf"`(?:[^`\n]*\W)?{key}\b[^`\n]*`", README)


@pytest.mark.parametrize("table", ConfigFile.model_fields)
def test_readme_tells_of_the_table_in_config(table: str) -> None:
    assert re.search(rf"`\[{table}(\.NAME)?\]`", README)


@pytest.mark.parametrize("network", known_networks())
def test_readme_tells_of_the_network_and_its_settings(network: str) -> None:
    facts = known_networks()[network].facts
    assert f"`{network}`" in README
    assert [setting.name for setting in facts.settings if f"`{setting.name}`" not in README] == []


@pytest.mark.parametrize("template", [path.stem for path in (ROOT / "scheduler/graphics/templates").glob("*.toml")])
def test_readme_tells_of_the_template(template: str) -> None:
    assert f"`{template}`" in README or f"graphic: {template}" in README


def test_readme_tells_of_every_kind_of_post() -> None:
    assert [kind for kind in kinds(shipped_starters()) if f"`{kind}`" not in README] == []


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gives the sample project with the posts that README.md shows, typed as they stand there."""
    folder = lay_out(tmp_path_factory.mktemp("reader") / "my-org")
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_the_first_post_in_five_minutes_works_as_it_stands(tmp_path: Path) -> None:
    part = README.partition("## Your first post")[2].partition("\n## ")[0]
    (begin, words, look) = re.findall(r"```\w+\n(.*?)```", part, re.DOTALL)
    (_, into, new) = [line.partition("#")[0] for line in begin.splitlines()]
    assert inside(tmp_path, *shlex.split(into.partition("&&")[0])[1:]).code == 0
    folder = tmp_path / "my-org"
    post = folder / inside(folder, *shlex.split(new)[1:]).out.strip()
    text = post.read_text(encoding="utf-8")
    (todo,) = (line for line in text.splitlines() if line.startswith("TODO"))
    post.write_text(text.replace(todo, words), encoding="utf-8")
    said = [inside(folder, *shlex.split(line, comments=True)[1:]) for line in look.splitlines()]
    assert [run.code for run in said] == [0, 0, 0]
    assert "nothing to mend" in said[0].out
    assert said[1].out.count("Cake and coffee") == 5
    assert (folder / "preview.html").is_file()


def test_every_place_that_readme_points_to_is_there() -> None:
    places = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.+)$", README, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= places


def test_readme_shows_every_kind_of_post() -> None:
    assert len(FILES) == 9
    assert sum("repeat:" in text for text in FILES.values()) == 1
    assert sum("kind: event" in text for text in FILES.values()) == 1


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".md")])
def test_a_post_from_readme_is_well(followed: Path, name: str) -> None:
    findings = inside(followed, "check", name, "--now", "2027-01-04", "--json").json["findings"]
    assert [finding for finding in findings if finding["rule"] not in KEPT] == []


def test_the_simple_post_is_sent_as_readme_says(followed: Path) -> None:
    shown = inside(followed, "show", "podcast", "--json").json["outgoing"]
    assert {item["account"] for item in shown} == {"bluesky", "mastodon", "website"}
    assert all("https://example.org/podcast/12" in item["text"] and "#UnionStrong" in item["text"] for item in shown)
    assert all(item["media"][0]["alt"].startswith("Two people at a kitchen table") for item in shown)


def test_the_commands_below_the_first_post_can_be_typed_as_they_stand(followed: Path) -> None:
    for command in ("scheduler check posts/podcast.md", "scheduler show podcast", "scheduler rehearse --json"):
        run = inside(followed, *shlex.split(command)[1:])
        assert run.code in {0, 1}
        assert run.out


def test_the_partners_are_mentioned_as_each_network_knows_them(followed: Path) -> None:
    shown = {item["account"]: item["text"] for item in inside(followed, "show", "joint-call", "--json").json["outgoing"]}
    assert "with @tenants@union.example:" in shown["mastodon"]
    assert "with Tenants Union:" in shown["website"]


def test_moving_the_event_moves_its_reminders(followed: Path) -> None:
    def days() -> list[str]:
        listed = inside(followed, "list", "--json").json["deliveries"]
        return sorted({entry["due"][:10] for entry in listed if "rally" in entry["post"]})

    assert days() == ["2027-03-06", "2027-05-01"]
    campaign = followed / "posts/2027-05-01-rally/_campaign.md"
    written = campaign.read_text(encoding="utf-8")
    campaign.write_text(written.replace("2027-05-01 14:00", "2027-05-08 14:00"), encoding="utf-8")
    assert days() == ["2027-03-13", "2027-05-08"]
    campaign.write_text(written, encoding="utf-8")


def test_a_part_that_lacks_only_its_bar_is_told_where_it_belongs(followed: Path) -> None:
    path = followed / "posts/2027-05-01-rally/series.md"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace("## Today | 3 hours", "## Today: 3 hours"), encoding="utf-8")
    (finding,) = inside(followed, "check", "posts/2027-05-01-rally/series.md", "--now", "2027-01-04", "--json").json["findings"]
    path.write_text(whole, encoding="utf-8")
    assert (finding["rule"], finding["fix"]) == ("missing-when", "## Today | 3 hours before")


BREAKS = [
    ("posts/podcast.md", "when: 2027-04-14 12:00", "when: Tue 14 Apr 2027 12:00", "weekday-mismatch"),
    ("posts/podcast.md", "title: Podcast out now", "title: Podcast #12 out now", "text-after-hash"),
    ("posts/jobs.md", "### mastodon", "### mastodont", "unknown-section"),
    ("posts/reasons.md", "![Slide 2: a crowd at the harbor, with the words We rise]", "![]", "alt-missing"),
    ("posts/2027-05-01-rally/_campaign.md", "starts: 2027-05-01 14:00", "starts: 5/1/2027 14:00", "ambiguous-date"),
    ("posts/2027-05-01-rally/series.md", "{event.place}", "{event.plaice}", "unknown-placeholder"),
    ("posts/joint-call.md", "where: [mastodon, bluesky, website]", "where: [mastodon, bluesky, websit]", "unknown-account"),
    ("posts/sick-pay.md", "repeat: every 6 weeks on Tuesday at 12:30", "repeat: every 6 weeks on Tuesday", "missing-time"),
]


@pytest.mark.parametrize(("name", "good", "bad", "rule"), BREAKS, ids=[rule for *_, rule in BREAKS])
def test_each_of_them_broken_is_told_with_a_fix(followed: Path, name: str, good: str, bad: str, rule: str) -> None:
    path = followed / name
    whole = path.read_text(encoding="utf-8")
    spoiled = whole.replace(good, bad)
    assert spoiled != whole
    try:
        path.write_text(spoiled, encoding="utf-8")
        findings = inside(followed, "check", name, "--now", "2027-01-04", "--json").json["findings"]
    finally:
        path.write_text(whole, encoding="utf-8")
    told = [finding for finding in findings if finding["rule"] == rule]
    assert told, findings
    assert all(finding["fix"] or finding["label"] for finding in told)
