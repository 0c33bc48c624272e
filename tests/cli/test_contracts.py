"""What programs and scripts rely on, whatever the terminal, the locale and the state of the folder."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len as cells

from tests.cli.running import environment, inside, scheduler
from tests.cli.terminal import at_terminal
from tests.sample import lay_out

BROKEN = "[organisation]\nname = 3\ncolour = 1\n"
EMPTY = '[organisation]\nname = "Harbor Workers"\n'


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("contracts") / "project")


@pytest.mark.parametrize("verb", ["list", "explain", "show series"])
def test_a_reader_that_has_seen_enough_is_no_trouble(sample: Path, verb: str) -> None:
    command = [sys.executable, "-m", "scheduler", *verb.split()]
    with subprocess.Popen(command, cwd=sample, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(300) == 0


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_other_programs_get_utf_8_in_any_locale(sample: Path, encoding: str) -> None:
    plain = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": encoding, "LC_ALL": "C"}
    for words in (("list",), ("explain", "ambiguous-date"), ("show", "hiring", "--json")):
        told = subprocess.run(
            [sys.executable, "-m", "scheduler", *words], cwd=sample, env=environment(plain), capture_output=True, check=False, timeout=300
        )
        assert (told.returncode, b"mistake of ours" in told.stderr) == (0, False), told.stderr.decode()
        assert told.stdout.decode("utf-8") == scheduler(sample, *words).out


def test_a_mistake_in_config_toml_is_a_finding_for_programs_too(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(BROKEN, encoding="utf-8")
    told = inside(tmp_path, "check", "--json")
    assert told.code == 2
    assert [(found["path"], found["line"]) for found in told.json["findings"]] == [("config.toml", 2), ("config.toml", 3)]
    assert told.json["summary"]["errors"] == 2
    assert inside(tmp_path, "check", "--format", "github").out.count("::error file=config.toml") == 2
    assert len(json.loads(inside(tmp_path, "check", "--format", "sarif").out)["runs"][0]["results"]) == 2
    assert inside(tmp_path, "check").out == ""


def test_a_folder_that_is_not_there_is_not_called_one_without_a_config_toml(tmp_path: Path) -> None:
    away = scheduler(tmp_path, "-C", "away", "list")
    assert (away.code, away.out) == (2, "")
    assert "There is no folder away." in away.err
    (tmp_path / "config.toml").write_text(EMPTY, encoding="utf-8")
    (tmp_path / "posts").mkdir()
    beside = scheduler(tmp_path, "list", "-C", "posts")
    assert beside.code == 2
    assert "There is no config.toml in posts." in beside.err
    assert scheduler(tmp_path / "posts", "list").code == 0


@pytest.mark.parametrize("verb", ["list", "test"])
def test_where_there_is_no_account_the_next_step_is_said(tmp_path: Path, verb: str) -> None:
    (tmp_path / "config.toml").write_text(EMPTY, encoding="utf-8")
    told = inside(tmp_path, "accounts", verb)
    assert (told.code, told.out) == (0, "There is no account yet. Connect one:  scheduler accounts add NAME\n")
    assert inside(tmp_path, "accounts", verb, "--json").json["accounts"] == []


def test_a_drawn_picture_is_called_by_its_template_and_its_file_is_for_programs(sample: Path) -> None:
    told = inside(sample, "show", "series", "--network", "bluesky")
    assert "▣ drawn from event-card (1080 × 1080" in told.out
    assert ".scheduler" not in told.out
    assert told.err == "See what is drawn:  scheduler preview --export preview.html\n"
    media = inside(sample, "show", "series", "--network", "bluesky", "--json").json["outgoing"][0]["media"]
    assert media[0]["path"].startswith(".scheduler/graphics/")
    assert "▣ assets/photos/report.jpg (1600 × 2000" in inside(sample, "show", "report").out


def test_the_page_to_open_is_named(sample: Path, tmp_path: Path) -> None:
    assert f"Open {tmp_path / 'page.html'} in" in inside(sample, "preview", "--export", str(tmp_path / "page.html")).err
    assert f"Open {tmp_path / 'pages' / 'index.html'} in" in inside(sample, "preview", "--export", str(tmp_path / "pages")).err


def test_ctrl_c_is_130_and_says_so(sample: Path) -> None:
    told = at_terminal(sample, "new", answers=("\x03",))
    assert told.code == 130
    assert told.screen.endswith("Stopped.\n")


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_list_fits_its_terminal(sample: Path, columns: int) -> None:
    told = at_terminal(sample, "list", columns=columns)
    assert told.code == 0
    assert max(map(cells, told.screen.splitlines())) <= columns


@pytest.mark.parametrize("verb", ["check", "list", "status"])
def test_a_mistake_in_the_settings_is_shown_in_its_own_line_wherever_one_stands(tmp_path: Path, verb: str) -> None:
    project, elsewhere = tmp_path / "project", tmp_path / "elsewhere"
    for folder, network in ((project, "bluesk"), (elsewhere, "mastodon")):
        (folder / "posts").mkdir(parents=True)
        settings = f'[organisation]\nname = "{folder.name}"\ntimezone = "Europe/Berlin"\n\n[accounts.sky]\nnetwork = "{network}"\n'
        (folder / "config.toml").write_text(settings, encoding="utf-8")
    for said in (inside(elsewhere, "-C", str(project), verb), inside(project / "posts", verb)):
        assert said.code == 2
        assert '6 | network = "bluesk"\n  |           ^^^^^^^^ did you mean “bluesky”?' in said.err
