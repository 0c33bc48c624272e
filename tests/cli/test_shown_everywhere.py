"""The six examples as every network would send them: ``scheduler show POST --json``, and what ``scheduler check`` says, as files to read.

Networks are found as the program finds them; the examples go to all of them here. The files in ``golden/examples/`` were read by a person.
What is empty is left out of them; so are the bytes of pictures and the names of drawn ones, which are other tests'.

``UPDATE_GOLDEN=1 pytest tests/cli/test_shown_everywhere.py`` writes those anew; then read the difference.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import scheduler.cli.check
import scheduler.cli.show
from scheduler import assembly
from scheduler.clock import VirtualClock
from scheduler.publishers.discovery import known_networks
from tests.cli.running import inside
from tests.cli.running import scheduler as run
from tests.postfiles.test_examples import EXAMPLES, PICTURES

GOLDEN = Path(__file__).parent / "golden" / "examples"
NOW = datetime(2027, 3, 20, 8, tzinfo=UTC)
POSTS = ("01-simple", "2027-05-01-spring-march/series", "03-carousel", "04-variants", "05-coalition", "evergreen/06-sick-pay")
CONFIG = """\
[organisation]
name = "Harbour Workers"
timezone = "Europe/Berlin"
languages = ["en"]
link_in_bio = "Link in our bio"
website = "https://example.org"
"""
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
NOT_TOLD = {"bytes", "delivery"}


def written(folder: Path) -> Path:
    """Writes the examples for every network there is, with pictures that can be opened."""
    shutil.copytree(EXAMPLES / "posts", folder / "posts")
    for file in folder.rglob("posts/**/*.md"):
        file.write_text(re.sub(r"^where: .*\n", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE), encoding="utf-8")
    for number, name in enumerate(PICTURES):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (1080, 1350), (20 * number, 90, 120)).save(folder / name)
    (folder / "assets/logos").mkdir(parents=True)
    (folder / "assets/logos/tenants-union.svg").write_text(LOGO, encoding="utf-8")
    accounts = {name: name for name in known_networks()} | {"fb": "facebook"}
    told = "".join(f'\n[accounts.{name}]\nnetwork = "{network}"\nhandle = "@harbour"\n' for name, network in accounts.items())
    (folder / "config.toml").write_text(CONFIG + told, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yields the project, at a time of the examples' own: the commands are the real ones, but for the clock."""
    folder = written(tmp_path_factory.mktemp("everywhere") / "project")
    with pytest.MonkeyPatch.context() as patch:
        for command in (scheduler.cli.show, scheduler.cli.check):
            patch.setattr(command, "open_project", lambda _: assembly.open_project(folder, VirtualClock(NOW)))
        yield folder


def lean(value: Any) -> Any:
    """Returns a record without what is empty, not told, or another one on each machine."""
    if isinstance(value, list):
        return [lean(each) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {name: lean(each) for name, each in value.items() if name not in NOT_TOLD and each not in (None, "", [], False)}
    if "/graphics/" in str(kept.get("path", "")):
        kept["path"] = "drawn"
    return kept


@pytest.fixture(scope="module")
def checked(project: Path) -> dict[str, list[str]]:
    """Returns what the check says of each file, in one line each, once where it says the same of several networks."""
    said: dict[str, dict[str, None]] = {}
    for each in json.loads(inside(project, "check", "--format", "json").out)["findings"]:
        said.setdefault(each["path"], {})[f"{each['line']}: {each['severity']}: {each['rule']}: {each['message']}"] = None
    return {path: list(lines) for path, lines in said.items()}


@pytest.mark.parametrize("post", POSTS)
def test_show_says_of_every_network_what_was_reviewed(project: Path, checked: dict[str, list[str]], post: str) -> None:
    shown = inside(project, "show", post, "--json")
    assert shown.code == 0, shown.err
    assert {item["network"] for item in shown.json["outgoing"]} == set(known_networks())
    found = {"shown": lean(shown.json), "checked": checked.get(f"posts/{post}.md", [])}
    text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    golden = GOLDEN / f"{post.replace('/', '-')}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8", newline="\n")
    assert text == golden.read_text(encoding="utf-8")


def test_there_is_a_file_for_each_example() -> None:
    assert sorted(path.stem for path in GOLDEN.iterdir()) == sorted(post.replace("/", "-") for post in POSTS)


def test_a_process_of_its_own_says_the_same(project: Path) -> None:
    """The time of the day changes no word of a post that is to come."""
    ours = inside(project, "show", "01-simple", "--json").json["outgoing"]
    real = run(project, "show", "01-simple", "--json").json["outgoing"]
    texts = [(item["account"], item["text"], item["length"], item["media"], item["facets"]) for item in ours]
    assert [(item["account"], item["text"], item["length"], item["media"], item["facets"]) for item in real] == texts
