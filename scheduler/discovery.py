"""Finds the files of a folder that are modules: what is one file each needs no list to edit."""

import importlib
import importlib.util
import pkgutil
from pathlib import Path
from types import ModuleType


def names_in(folder: str | Path) -> list[str]:
    """Returns the names of the modules in a folder, in alphabetical order; a folder within it is no file, and left out."""
    return sorted(module.name for module in pkgutil.iter_modules([str(folder)]) if not module.ispkg)


def load(name: str, folder: str | Path, package: str = "") -> ModuleType:
    """Returns a module: of the package, or straight from its file where it belongs to none.

    Raises:
        ImportError: There is no such file. Whatever the file itself raises passes through.
    """
    if package:
        return importlib.import_module(f"{package}.{name}")
    path = Path(folder) / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"scheduler_file_{name}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
