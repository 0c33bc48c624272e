"""The source keeps its shape, and the rules that say so bite."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import shape

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    "rule",
    [shape.long_modules, shape.long_functions, shape.refused_names, shape.undocumented, shape.busy_inits, shape.networks_named_elsewhere],
    ids=lambda rule: rule.__name__,
)
def test_the_source_has_no(rule: Callable[[Path], list[str]]) -> None:
    assert rule(ROOT / "scheduler") == []


LONG_BODY = "\n".join(f"    step_{number} = {number}" for number in range(shape.LONGEST_FUNCTION))


@pytest.mark.parametrize(
    ("rule", "file", "text"),
    [
        (shape.long_modules, "planning/agenda.py", "#\n" * (shape.LONGEST_MODULE + 1)),
        (shape.long_functions, "planning/agenda.py", f"def plan():\n{LONG_BODY}\n"),
        (shape.long_functions, "planning/agenda.py", f"class Plan:\n  async def make(self):\n{LONG_BODY}\n"),
        (shape.refused_names, "utils.py", '"""Holds this and that."""\n'),
        (shape.refused_names, "planning/helpers/time.py", '"""Holds this and that."""\n'),
        (shape.undocumented, "planning/agenda.py", "VALUE = 1\n"),
        (shape.undocumented, "planning/agenda.py", '"""Plans."""\n\ndef plan(): ...\n'),
        (shape.undocumented, "planning/agenda.py", '"""Plans."""\n\nclass Plan:\n    """Is a plan."""\n\n    def make(self): ...\n'),
        (shape.busy_inits, "planning/__init__.py", '"""Plans."""\n\ndef plan(): ...\n'),
        (shape.busy_inits, "planning/__init__.py", '"""Plans."""\n\nimport os\n\nos.umask(0)\n'),
    ],
)
def test_each_rule_bites(rule: Callable[[Path], list[str]], file: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "scheduler" / file
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    offenders = rule(tmp_path / "scheduler")
    assert len(offenders) == 1
    assert offenders[0].startswith(f"scheduler/{file}")


def test_a_network_that_is_named_outside_its_file_is_found(tmp_path: Path) -> None:
    networks = tmp_path / "scheduler/publishers/networks"
    networks.mkdir(parents=True)
    for name in ("mastodon", "threads"):
        (networks / f"{name}.py").write_text(f'NAME = "{name}"\n', encoding="utf-8")
    said = 'say("as Mastodon wants it", "threads", "two threads", threads)'
    text = f'"""Is not only for Mastodon."""\n\nif name == "mastodon":\n    is_mastodon = {said}\n'
    (tmp_path / "scheduler/plan.py").write_text(text, encoding="utf-8")
    found = [offence.partition(" ")[2] for offence in shape.networks_named_elsewhere(tmp_path / "scheduler")]
    assert sorted(found) == ["'as Mastodon wants it'", "'is_mastodon'", "'mastodon'", "'threads'"]
