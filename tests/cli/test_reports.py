"""The forms for other programs: SARIF 2.1.0 as its standard asks for it, and the workflow commands of a forge."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from tests.cli.running import inside
from tests.conftest import CONFIG

ODD = "posts/größe 50%, a:b #1.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Gives a project with findings of each weight, in a file whose name has everything that has to be written in another way."""
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "posts").mkdir()
    (tmp_path / ODD).write_text("---\nwehn: 2030-04-14 12:00\n---\nHello {lnik} 100%.\n", encoding="utf-8")
    text = "---\nwhen: 2030-04-14 12:00\ntags: [a]\n---\n👩\u200d🚒 Co\u200bme\n"
    (tmp_path / "posts" / "b.md").write_text(text, encoding="utf-8")
    (tmp_path / "posts" / "empty.md").write_text("", encoding="utf-8")
    return tmp_path


def log_of(folder: Path) -> Any:
    return json.loads(inside(folder, "check", "--format", "sarif").out)


def test_a_log_is_one_run_of_the_version_it_says(folder: Path) -> None:
    log = log_of(folder)
    assert log["version"] == "2.1.0"
    assert urlsplit(log["$schema"]).path.endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    assert run["tool"]["driver"]["name"] == "scheduler"
    assert run["columnKind"] in {"unicodeCodePoints", "utf16CodeUnits"}
    assert log.keys() <= {"$schema", "version", "runs"}


def test_every_result_points_at_its_rule_which_is_described_once(folder: Path) -> None:
    (run,) = log_of(folder)["runs"]
    rules = run["tool"]["driver"]["rules"]
    ids = [rule["id"] for rule in rules]
    assert len(ids) == len(set(ids))
    assert all(rule["shortDescription"]["text"] and rule["fullDescription"]["text"] for rule in rules)
    assert {result["ruleId"] for result in run["results"]} == set(ids)
    assert all(ids[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    assert {result["level"] for result in run["results"]} == {"error", "warning", "note"}
    assert all(result["message"]["text"] for result in run["results"])


def test_every_result_has_a_place_that_is_in_the_file(folder: Path) -> None:
    (run,) = log_of(folder)["runs"]
    for result in run["results"]:
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        uri, region = physical["artifactLocation"]["uri"], physical["region"]
        assert re.fullmatch(r"(?:[A-Za-z0-9._~!$&'()*+,;=@/-]|%[0-9A-F]{2})+", uri)
        assert not urlsplit(uri).scheme
        assert not uri.startswith("/")
        file = folder / unquote(uri)
        assert file.is_file()
        lines = file.read_text(encoding="utf-8").split("\n")
        assert 1 <= region["startLine"] <= len(lines)
        assert 1 <= region["startColumn"] < region["endColumn"]
        assert region["startColumn"] <= len(lines[region["startLine"] - 1]) + 1


def test_columns_are_code_points(folder: Path) -> None:
    (run,) = log_of(folder)["runs"]
    (hidden,) = [result for result in run["results"] if result["ruleId"] == "hidden-character"]
    region = hidden["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["endColumn"]) == (5, 7, 8)


def test_a_log_without_findings_is_a_log(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "posts").mkdir()
    (run,) = log_of(tmp_path)["runs"]
    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])


COMMAND = re.compile(r"::(error|warning|notice) file=([^,:]+),line=(\d+),col=(\d+),endColumn=(\d+),title=([a-z-]+)::(.+)")


def test_each_command_for_a_forge_is_one_line_in_which_nothing_can_be_misread(folder: Path) -> None:
    lines = inside(folder, "check", "--format", "github").out.splitlines()
    matches = [COMMAND.fullmatch(line) for line in lines]
    assert all(matches)
    assert {match[1] for match in matches if match} == {"error", "warning", "notice"}
    files = {unquote(match[2]) for match in matches if match}
    assert files == {ODD, "posts/b.md", "posts/empty.md"}
    assert any("%3A" in line and "%2C" in line and "50%25" in line for line in lines)
    assert any("%0Afix: " in line for line in lines)
    for match in matches:
        assert match is not None
        assert not re.search(r"%(?!25|0A|0D|3A|2C)", match[2] + match[7])
