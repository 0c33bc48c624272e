"""The emulators say where each of their shapes comes from."""

import importlib
import inspect
from pathlib import Path

import pytest

from tests import emulators
from tests.emulators.emulating import Emulator

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
