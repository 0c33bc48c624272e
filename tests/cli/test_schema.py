"""The schemas that editors are given say of a file what the program says of it, as far as a schema can."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from scheduler.postfiles.settings.fields import KINDS
from scheduler.postfiles.writing import describing
from scheduler.postfiles.writing.describing import settings
from tests.cli.running import inside, scheduler

ROOT = Path(__file__).parent.parent.parent
POSTS = sorted(path for path in (ROOT / "posts").rglob("*.md"))


@pytest.fixture(scope="module")
def config() -> Any:
    return jsonschema.Draft202012Validator(json.loads(inside(ROOT, "schema", "config").out))


@pytest.fixture(scope="module")
def post() -> Any:
    return jsonschema.Draft202012Validator(json.loads(inside(ROOT, "schema", "post").out))


def as_editors_see(text: str) -> Any:
    """Returns settings as a YAML 1.2 editor reads them: times and ``yes`` stay text."""
    return yaml.load(text, Loader=yaml.BaseLoader)


def test_both_are_schemas(config: Any, post: Any) -> None:
    for validator in (config, post):
        jsonschema.Draft202012Validator.check_schema(validator.schema)


def test_the_sample_configuration_is_valid(config: Any) -> None:
    assert list(config.iter_errors(tomllib.loads((ROOT / "config.toml").read_text(encoding="utf-8")))) == []


GOOD = """
[organisation]
name = "We"
languages = "en"
[policy]
late_after = "30m"
quiet_hours = "22:00-07:00"
[slots.mastodon]
daily = ["09:00", "17:30"]
minimum_gap = "2h"
quiet_hours = "none"
most_per_hour = 3
[accounts.our-site]
network = "website"
language = "es"
languages = "thread"
"""


@pytest.mark.parametrize("late", ['late_after = "30m"', 'late = { event = "skip" }\nlate_after = { post = "2h", evergreen = "15m" }'])
def test_what_the_program_takes_is_valid(config: Any, tmp_path: Path, late: str) -> None:
    good = GOOD.replace('late_after = "30m"', late)
    (tmp_path / "config.toml").write_text(good, encoding="utf-8")
    (tmp_path / "posts").mkdir()
    assert inside(tmp_path, "check").code == 0
    assert list(config.iter_errors(tomllib.loads(good))) == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('name = "We"', 'nmae = "We"'),
        ('name = "We"', ""),
        ('late_after = "30m"', 'late_after = "soon"'),
        ('late_after = "30m"', "late_after = 30"),
        ('late_after = "30m"', "late_after = { evergreen = 30 }"),
        ('late_after = "30m"', 'late_after = { evnt = "30m" }'),
        ('late_after = "30m"', 'late = { event = "skp" }'),
        ('late_after = "30m"', 'late = "skp"'),
        ('"22:00-07:00"', '"at night"'),
        ('"09:00"', '"25:00"'),
        ('minimum_gap = "2h"', "minimum_gap = 2"),
        ('"none"', '"never"'),
        ("most_per_hour = 3", "most_per_hour = -1"),
        ('"website"', '"websit"'),
        ('network = "website"', 'network = "website"\npage_id = "1"'),
        ("[accounts.our-site]", "[accounts.Our_Site]"),
        ("[policy]", "[polcy]"),
    ],
)
def test_what_the_program_refuses_in_config_is_invalid(config: Any, tmp_path: Path, good: str, bad: str) -> None:
    assert good in GOOD
    broken = GOOD.replace(good, bad)
    (tmp_path / "config.toml").write_text(broken, encoding="utf-8")
    (tmp_path / "posts").mkdir()
    assert inside(tmp_path, "check").code == 2
    assert list(config.iter_errors(tomllib.loads(broken))) != []


@pytest.mark.parametrize("path", POSTS, ids=lambda path: path.stem)
def test_the_sample_posts_are_valid(post: Any, path: Path) -> None:
    head = path.read_text(encoding="utf-8").split("---\n")[1]
    assert list(post.iter_errors(as_editors_see(head))) == []


@pytest.mark.parametrize(
    "head",
    ["when: 2027-04-14T12:00:00\ncancelled: yes\nhashtags:\n  - core\n", "title: 2027\nwhere: website\ntags: [a]\n", "when: next slot"],
)
def test_what_editors_write_is_valid(post: Any, head: str) -> None:
    assert list(post.iter_errors(as_editors_see(head))) == []


@pytest.mark.parametrize(
    "head",
    ["wehn: 2027-04-14 12:00", "status: done", "when: soon", "cancelled: maybe", "title: [a, b]", "kind: party", "when:", "where: {a: b}"],
)
def test_what_the_program_refuses_in_a_post_is_invalid(post: Any, head: str) -> None:
    assert list(post.iter_errors(as_editors_see(head))) != []


TAKEN = """
when: 14.04.2027 12:00
when: Tue 13 Apr 2027 9am
when: 2027-04-14T12:00:00
when: NEXT SLOT
when: 13. April 2027 um 18:30
status: Ready
status: DRAFT
kind: Post
photo-consent: Yes
photo-consent: not-needed
photo-consent: Not-Needed
photo-consent: n/a
cancelled: No
cancelled: false
online: NO
online: nein
poll: [yes, no]
poll: yes, no
poll-for: 3 days
poll-multiple: True
where: website
where: Website
where: [website]
hashtags: [2027]
title: true
title: 7.5
lang: no
lang: pt_BR
expires: 2027-05-01
expires: 1 May 2027
review-by: May 1, 2027
hold-until: approved
timezone: europe/berlin
allow: lost-character
repeat-from: 2027-04-07
content-warning: false
link: https://example.org
id: 7
aliases: x
cssclasses: [wide]
owner:
title: ~
where: []
""".strip().splitlines()


def mistakes_in(tmp_path: Path, head: str) -> list[str]:
    """Returns the rules of the errors that `check` finds in such settings alone."""
    (tmp_path / "posts").mkdir(exist_ok=True)
    (tmp_path / "config.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "posts" / "post.md").write_text(f"---\n{head}\n---\nHello there.\n", encoding="utf-8")
    found = inside(tmp_path, "check", "--json").json["findings"]
    return [finding["rule"] for finding in found if finding["severity"] == "error"]


JUDGED_BELOW = {"held-by-setting", "missing-when", "bad-poll", "missed-time", "two-times", "expired"}


@pytest.mark.parametrize("head", TAKEN)
def test_a_schema_never_refuses_what_the_program_takes(post: Any, head: str, tmp_path: Path) -> None:
    refused = [rule for rule in mistakes_in(tmp_path, head) if rule not in JUDGED_BELOW]
    complaints = [] if refused else [error.message for error in post.iter_errors(as_editors_see(head))]
    typed = {} if refused else yaml.safe_load(head)
    complaints += [error.message for error in post.iter_errors({key: value for key, value in typed.items() if plain(value)})]
    assert complaints == []


def plain(value: Any) -> bool:
    """Tells whether JSON knows such a value; YAML 1.1 makes days and numbers of base sixty of some, which no editor's schema sees."""
    return value is None or isinstance(value, str | int | float | bool | list)


BROKEN = ROOT / "tests" / "postfiles" / "broken"
HELD_ALONE = sorted(BROKEN.glob("*.md"))


@pytest.mark.parametrize("path", HELD_ALONE, ids=lambda path: path.stem)
def test_a_schema_refuses_no_broken_file_whose_settings_are_sound(post: Any, path: Path) -> None:
    pieces = path.read_bytes().decode("utf-8-sig", errors="replace").replace("\r\n", "\n").split("---\n")
    said = path.with_suffix(".txt").read_text(encoding="utf-8")
    in_settings = [int(number) for number in re.findall(r"^ *--> \S+?:(\d+):", said, re.MULTILINE)]
    ends = pieces[1].count("\n") + 2 if len(pieces) > 2 else 0
    sound = len(pieces) > 2 and not pieces[0] and "error:" in said and all(line > ends for line in in_settings)
    if sound:
        assert list(post.iter_errors(as_editors_see(pieces[1]) or {})) == []


def test_every_setting_has_a_shape_and_a_sentence() -> None:
    assert {setting.name for setting in settings()} == {name.replace("_", "-") for name in KINDS}
    assert [setting.name for setting in settings() if not setting.about] == []
    assert set(describing.ABOUT) == {setting.name for setting in settings()}


def test_a_schema_is_the_only_thing_on_stdout(tmp_path: Path) -> None:
    run = scheduler(tmp_path, "schema")
    assert (run.code, run.err) == (0, "")
    assert run.json["title"] == "config.toml of a scheduler project"
