"""Every rule that the source can report has a page, and every page belongs to a rule."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from scheduler.checks.explaining import Page, pages

SOURCE = Path(__file__).parent.parent.parent / "scheduler"
MORE = {"network-limits"}  # stands for all the limits in the list of rules, and reports under their names


def trees(root: Path) -> Iterator[ast.Module]:
    """Yields the source of every room but the command line, which reports nothing of its own."""
    for path in sorted(path for path in root.rglob("*.py") if "cli" not in path.relative_to(root).parts):
        yield ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def takers(trees: Iterable[ast.Module]) -> dict[str, set[int]]:
    """Returns the functions and records that take a ``rule``, with the places it may stand at among their arguments."""
    found: dict[str, set[int]] = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.FunctionDef):
            names = [argument.arg for argument in node.args.args if argument.arg != "self"]
        elif isinstance(node, ast.ClassDef):
            names = [field.target.id for field in node.body if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)]
        else:
            continue
        if "rule" in names:
            found.setdefault(node.name, set()).add(names.index("rule"))
    return found


def reported(root: Path) -> dict[str, str]:
    """Returns every rule that the source names when it makes a finding, with one such line."""
    found: dict[str, str] = {}
    everywhere = takers(trees(root))
    for tree in trees(root):
        known = everywhere | takers([tree])
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                found |= {rule: ast.unparse(node)[:80] for rule in named(node, known)}
    return found


def named(call: ast.Call, known: dict[str, set[int]]) -> Iterator[str]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    given = [call.args[place] for place in known.get(name, set()) if place < len(call.args)]
    given += [keyword.value for keyword in call.keywords if keyword.arg == "rule"]
    for value in given:
        for node in ast.walk(value):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_every_rule_that_the_source_reports_has_a_page() -> None:
    rules = reported(SOURCE)
    assert len(rules) > 80
    assert {rule: place for rule, place in rules.items() if rule not in pages()} == {}


def test_every_page_belongs_to_a_rule_that_is_reported() -> None:
    assert set(pages()) - set(reported(SOURCE)) - MORE == set()


TRAP = """
class Slip:
    rule: str

def _slip(post, rule):
    return Slip(rule=rule)

_slip(1, "no-page")
Slip(rule="nor-this" if 1 else "nor-that")
"""


def test_a_rule_without_a_page_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "trap.py").write_text(TRAP, encoding="utf-8")
    assert set(reported(tmp_path)) == {"no-page", "nor-this", "nor-that"}


@pytest.mark.parametrize("page", pages().values(), ids=lambda page: page.rule)
def test_a_page_says_what_why_how_and_what_else(page: Page) -> None:
    assert page.what.endswith((".", "?"))
    assert "\n" not in page.what
    assert len(page.why) > 40
    assert page.example.strip()
    assert page.instead.strip()
    assert page.example != page.instead
    assert len(page.turn_off) > 20
    for line in (*page.example.splitlines(), *page.instead.splitlines()):
        assert not line.startswith("Turn off"), "a block is indented by four spaces"


def test_rules_of_one_group_stand_together() -> None:
    groups = [page.group for page in pages().values()]
    assert groups == sorted(groups)
