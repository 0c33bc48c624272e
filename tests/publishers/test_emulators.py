"""The emulators say where each of their shapes comes from."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import emulators
from tests.emulators.emulating import Emulator, Source

MODULES = sorted(path.stem for path in Path(emulators.__file__).parent.glob("[a-z]*.py"))
KINDS = {
    f"{module}.{name}": kind
    for module in MODULES
    for name, kind in vars(importlib.import_module(f"tests.emulators.{module}")).items()
    if inspect.isclass(kind) and issubclass(kind, Emulator) and kind is not Emulator and kind.__module__.endswith(module)
}


@pytest.mark.parametrize("name", KINDS)
def test_every_call_that_an_emulator_answers_names_the_document_of_its_shape(name: str) -> None:
    kind = KINDS[name]
    for pattern, method, document in kind.routes:
        assert callable(getattr(kind, method)), pattern
        assert len(document) > 5, pattern


@pytest.mark.parametrize("module", [name for name in MODULES if name != "emulating"])
def test_every_emulator_names_its_sources_with_their_date_or_version(module: str) -> None:
    told = importlib.import_module(f"tests.emulators.{module}").__doc__ or ""
    # Whoever has the other half of an emulator's sources points there.
    assert any(char.isdigit() for char in told) or "for the sources" in told, told


def test_the_emulators_of_all_networks_that_have_one_are_looked_at() -> None:
    names = {name.partition(".")[0] for name in KINDS}
    assert names == {"bluesky", "discord", "graph", "linkedin", "slack", "telegram", "wordpress", "x"}


REFUSING = ("bluesky", "discord", "graph", "graph_pages", "linkedin", "mastodon", "slack", "telegram", "wordpress", "x")
LEAST = 400


def parsed(module: str) -> ast.Module:
    path = importlib.import_module(f"tests.emulators.{module}").__file__
    assert path is not None
    return ast.parse(Path(path).read_text("utf-8"))


def makers_of(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    """Returns the functions that make refusals: their first argument is the document."""
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.args.args and _is_source(node)}


def _is_source(node: ast.FunctionDef) -> bool:
    annotation = node.args.args[0].annotation
    return isinstance(annotation, ast.Name) and annotation.id == Source.__name__


def refusals(module: str) -> Iterator[tuple[Source, str]]:
    """Yields each refusal that an emulator makes: the document, and its code and words as they stand there."""
    tree, names = parsed(module), vars(importlib.import_module(f"tests.emulators.{module}"))
    makers = makers_of(tree)
    within = {id(node) for maker in makers.values() for node in ast.walk(maker)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in makers and id(node) not in within:
            source = node.args[0]
            assert isinstance(source, ast.Name), ast.unparse(node)
            assert isinstance(names[source.id], Source), f"{module}: {ast.unparse(node)} names no document"
            yield names[source.id], ", ".join(ast.unparse(argument) for argument in (*node.args[1:], *node.keywords))


def bare(module: str) -> Iterator[str]:
    """Yields what answers with an error and was not made by a function that takes the document."""
    tree = parsed(module)
    within = {id(node) for maker in makers_of(tree).values() for node in ast.walk(maker)}
    for node in ast.walk(tree):
        parts = node.args if isinstance(node, ast.Call) else node.elts if isinstance(node, ast.Tuple) else []
        status = parts[0] if parts else None
        is_answer = isinstance(node, ast.Tuple) or (isinstance(node, ast.Call) and ast.unparse(node.func) in {"Answer", "self.say"})
        is_error = isinstance(status, ast.Constant) and isinstance(status.value, int) and LEAST <= status.value < 600
        if is_answer and is_error and id(node) not in within:
            yield f"{module}: {ast.unparse(node)}"


@pytest.mark.parametrize("module", REFUSING)
def test_every_refusal_of_an_emulator_names_its_document(module: str) -> None:
    found = list(refusals(module))
    assert found
    assert list(bare(module)) == []
    for source, words in found:
        assert len(source) > 15, words
    known = {value for value in vars(importlib.import_module(f"tests.emulators.{module}")).values() if isinstance(value, Source)}
    assert known == {source for source, _ in found}, "a document that no refusal comes from"


def test_the_refusals_are_printed_with_their_documents() -> None:
    for module in REFUSING:
        print(f"\n{module}")
        for source, words in refusals(module):
            print(f"  {words[:100]:<100}  {source}")


def test_all_emulators_that_refuse_are_looked_at() -> None:
    assert {name for name in MODULES if makers_of(parsed(name))} == set(REFUSING)
