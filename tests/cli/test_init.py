"""``scheduler init`` adds what is missing, for editors too, and touches nothing that is there."""

import json
import re
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from scheduler.model.post import At, Reading
from scheduler.postfiles import read_folder
from scheduler.postfiles.writing.describing import settings
from tests.cli.running import inside


def read(folder: Path) -> Reading:
    return read_folder(folder, accounts={"site": "website"}, networks=["website"], languages=("en",))


TO_FILL_IN = {"waiting-for-picture", "held-by-setting", "not-used-yet", "not-sent-yet"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("editors")
    assert inside(folder, "init", "org", "--yes", "--obsidian", "--vscode").code == 0
    return folder / "org"


def parsed(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_obsidian_knows_a_type_for_every_setting(made: Path) -> None:
    types = parsed(made / ".obsidian/types.json")["types"]
    assert set(types) == {setting.name for setting in settings()}
    assert set(types.values()) <= {"text", "multitext", "number", "checkbox", "date", "datetime"}
    assert (types["when"], types["hashtags"], types["cancelled"], types["review-by"]) == ("datetime", "multitext", "checkbox", "date")


@pytest.mark.parametrize("kind", ["post", "carousel", "coalition", "evergreen", "event"])
def test_a_template_that_obsidian_has_filled_in_is_a_post(made: Path, tmp_path: Path, kind: str) -> None:
    folder = parsed(made / ".obsidian/templates.json")["folder"]
    text = (made / folder / f"{kind}.md").read_text(encoding="utf-8")
    for hole, said in (("{{title}}", "Bake sale"), ("{{date}}", "2030-04-14"), ("{{time}}", "12:00")):
        text = text.replace(hole, said)
    assert "{{" not in text
    name = "_campaign" if kind == "event" else "bake-sale"
    write(tmp_path / "posts" / "sale" / f"{name}.md", text)
    write(tmp_path / "posts" / "sale" / "series.md", (made / folder / "series.md").read_text(encoding="utf-8"))
    reading = read(tmp_path)
    assert {finding.rule for finding in reading.all_findings if "series.md" not in finding.path or kind == "event"} <= TO_FILL_IN


def test_the_templates_are_no_posts_themselves(made: Path) -> None:
    assert not [file.path for file in read(made).files if "_templates" in file.path]


def expanded(body: list[str]) -> str:
    """Returns a snippet as Visual Studio Code leaves it when every stop is accepted as it is."""
    dated = {"CURRENT_YEAR": "2030", "CURRENT_MONTH": "04", "CURRENT_DATE": "14"}
    text = "\n".join(body)
    text = re.sub(r"(?<!\\)\$\{(\w+)\}", lambda found: dated[found[1]], text)
    text = re.sub(r"(?<!\\)\$\{\d+:([^}]*)\}", r"\1", text)
    return re.sub(r"\\([\\$}])", r"\1", text) + "\n"


def test_a_snippet_is_a_post_once_it_is_expanded(made: Path, tmp_path: Path) -> None:
    snippets = parsed(made / ".vscode/scheduler.code-snippets")
    assert {snippet["prefix"] for snippet in snippets.values()} >= {"post-post", "post-event", "post-series", "post-evergreen"}
    for snippet in snippets.values():
        assert snippet["scope"] == "markdown"
        name = {"post-event": "_campaign", "post-series": "series"}.get(snippet["prefix"], snippet["prefix"])
        write(tmp_path / "posts" / "sale" / f"{name}.md", expanded(snippet["body"]))
    reading = read(tmp_path)
    assert len(reading.files) == len(snippets) - 1
    assert {finding.rule for finding in reading.all_findings} <= TO_FILL_IN
    simple = next(file.post for file in reading.files if file.id.endswith("post-post"))
    assert simple is not None
    when = simple.parts[0].when
    assert isinstance(when, At)
    assert (simple.title, when.local) == ("Title", datetime(2030, 4, 14, 12, 0))


def test_config_points_to_the_schema_that_was_written_beside_it(made: Path) -> None:
    text = (made / "config.toml").read_text(encoding="utf-8")
    match = re.match(r"#:schema \./(\S+)\n", text)
    assert match is not None
    jsonschema.validate(tomllib.loads(text), parsed(made / match[1]))


def test_vscode_settings_can_be_parsed(made: Path) -> None:
    assert parsed(made / ".vscode/settings.json")["files.encoding"] == "utf8"
    assert parsed(made / ".vscode/extensions.json")["recommendations"]


def test_without_vscode_config_points_nowhere(tmp_path: Path) -> None:
    inside(tmp_path, "init", "org", "--yes")
    assert "#:schema" not in (tmp_path / "org/config.toml").read_text(encoding="utf-8")
    assert not (tmp_path / "org/.vscode").exists()
    assert not (tmp_path / "org/.obsidian").exists()


def test_a_project_that_is_there_gets_only_what_is_missing(posts_folder: Path) -> None:
    """
    ---
    when: 2030-04-14 12:00
    ---
    Ours.
    === .obsidian/types.json
    {"types": {}}
    """
    before = {path: path.read_bytes() for path in posts_folder.rglob("*") if path.is_file()}
    run = inside(posts_folder, "init", ".", "--yes", "--obsidian")
    assert run.code == 0
    assert "1 left as they were" in run.err or "2 left as they were" in run.err
    assert {path: path.read_bytes() for path in before} == before
    added = {path.relative_to(posts_folder).as_posix() for path in posts_folder.rglob("*") if path.is_file() and path not in before}
    assert added == {f"posts/_templates/{kind}.md" for kind in ("post", "event", "series", "carousel", "coalition", "evergreen")} | {
        ".obsidian/templates.json"
    }


def test_a_folder_of_posts_gets_a_configuration_and_no_sample_posts(tmp_path: Path) -> None:
    write(tmp_path / "posts" / "ours.md", "---\nwhen: 2030-04-14 12:00\n---\nOurs.\n")
    assert inside(tmp_path, "init", ".", "--yes").code == 0
    assert (tmp_path / "config.toml").is_file()
    assert [path.name for path in (tmp_path / "posts").rglob("*")] == ["ours.md"]
    assert (tmp_path / "assets/logo.png").is_file()


def test_an_init_that_was_interrupted_can_be_repeated(tmp_path: Path) -> None:
    inside(tmp_path, "init", "org", "--yes")
    whole = sorted(path.relative_to(tmp_path) for path in (tmp_path / "org").rglob("*"))
    for name in ("config.toml", "posts/*-report.md", "assets/photos/march.jpg"):
        (path,) = (tmp_path / "org").glob(name)
        path.unlink()
    inside(tmp_path, "init", "org", "--yes")
    assert sorted(path.relative_to(tmp_path) for path in (tmp_path / "org").rglob("*")) == whole


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    run = inside(tmp_path, "init", "file/org", "--yes")
    assert run.code == 1
    assert "cannot be written" in run.err


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
