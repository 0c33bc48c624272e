"""The schemas that editors are given say of a file what the program says of it, as far as a schema can."""

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from scheduler.postfiles.settings.fields import Fields
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
[accounts.our-site]
network = "website"
"""


def test_what_the_program_takes_is_valid(config: Any, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "posts").mkdir()
    assert inside(tmp_path, "check").code == 0
    assert list(config.iter_errors(tomllib.loads(GOOD))) == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('name = "We"', 'nmae = "We"'),
        ('name = "We"', ""),
        ('late_after = "30m"', 'late_after = "soon"'),
        ('"22:00-07:00"', '"at night"'),
        ('"09:00"', '"25:00"'),
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
    "head", ["wehn: 2027-04-14 12:00", "status: done", "when: soon", "cancelled: maybe", "title: [a, b]", "kind: party"]
)
def test_what_the_program_refuses_in_a_post_is_invalid(post: Any, head: str) -> None:
    assert list(post.iter_errors(as_editors_see(head))) != []


def test_every_setting_has_a_shape_and_a_sentence() -> None:
    assert {setting.name for setting in settings()} == {name.replace("_", "-") for name in Fields.model_fields}
    assert [setting.name for setting in settings() if not setting.about] == []
    assert set(describing.ABOUT) == {setting.name for setting in settings()}


def test_a_schema_is_the_only_thing_on_stdout(tmp_path: Path) -> None:
    run = scheduler(tmp_path, "schema")
    assert (run.code, run.err) == (0, "")
    assert run.json["title"] == "config.toml of a scheduler project"
