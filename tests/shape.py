"""The shape of the source as rules: each function returns the offenders below a folder, in words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
LONGEST_INIT = 40
REFUSED_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "base", "manager", "service", "core", "misc"})
_ORDINARY = frozenset({"threads", "website"})
"""Are networks whose names are also ordinary words: only a string that is nothing else names them."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def long_modules(root: Path) -> list[str]:
    """Returns the modules that nobody reads in one sitting."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in _modules(root)}
    return [f"{_name(path, root)}: {length} lines" for path, length in lengths.items() if length > LONGEST_MODULE]


def long_functions(root: Path) -> list[str]:
    """Returns the functions that do not fit on a screen; their docstrings count too."""
    return [
        f"{_name(path, root)}:{node.lineno} {node.name}: {length} lines"
        for path, node in _nodes(root)
        if isinstance(node, Function) and (length := _length(node)) > LONGEST_FUNCTION
    ]


def refused_names(root: Path) -> list[str]:
    """Returns the modules and folders whose name says nothing of what is in them."""
    return [_name(path, root) for path in _modules(root) if REFUSED_NAMES & {path.stem, *path.relative_to(root).parts}]


def undocumented(root: Path) -> list[str]:
    """Returns the public modules, classes, functions and methods without a docstring."""
    modules = [f"{_name(path, root)}: the module" for path in _modules(root) if not ast.get_docstring(_tree(path))]
    members = [
        f"{_name(path, root)}:{node.lineno} {node.name}"
        for path in _modules(root)
        for node in _public(_tree(path))
        if not ast.get_docstring(node)
    ]
    return modules + members


def busy_inits(root: Path) -> list[str]:
    """Returns the ``__init__`` files that hold more than a docstring and a short public list."""
    return [
        f"{_name(path, root)}: {why}"
        for path in _modules(root)
        if path.name == "__init__.py" and (why := _busy(path.read_text(encoding="utf-8")))
    ]


def networks_named_elsewhere(root: Path) -> list[str]:
    """Returns the strings and names in programs that name a network outside a file or folder of its own name.

    Adding a network must stay one new file. Docstrings and comments may speak of networks.
    """
    home = root / "publishers/networks"
    # A name of one letter is an ordinary word of programs, such as the x of a place on a page.
    names = {path.stem for path in home.glob("*.py") if len(path.stem) > 1} - {"__init__"}
    return [
        f"{_name(path, root)}:{line} {text!r}"
        for path in _modules(root)
        if path.parent != home
        for line, text, is_string in _spoken(_tree(path))
        if (is_string and text in names - {path.stem}) or _words(text) & (names - _ORDINARY - {path.stem, *path.relative_to(root).parts})
    ]


def _spoken(tree: ast.Module) -> Iterator[tuple[int, str, bool]]:
    """Yields the strings that are no docstrings, and the names of things, with their lines and whether they are strings."""
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in silent:
                yield node.lineno, text, True
            case ast.Name(id=text) | ast.Attribute(attr=text) | ast.FunctionDef(name=text) | ast.ClassDef(name=text):
                yield node.lineno, text, False


def _words(text: str) -> set[str]:
    """Returns the words of a text or of a name, in small letters."""
    return set(re.findall(r"[a-z]+", re.sub(r"[A-Z]", lambda capital: f" {capital[0].lower()}", text)))


def _busy(text: str) -> str:
    if len(text.splitlines()) > LONGEST_INIT:
        return f"{len(text.splitlines())} lines"
    return ", ".join(f"line {node.lineno} does something" for node in ast.parse(text).body if not _declares(node))


def _declares(node: ast.stmt) -> bool:
    """Tells whether a statement is a docstring, an import or a list such as ``__all__``."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name.startswith("__")
    return False


def _public(node: ast.Module | ast.ClassDef) -> Iterator[Function | ast.ClassDef]:
    for child in node.body:
        if isinstance(child, Function | ast.ClassDef) and not child.name.startswith("_"):
            yield child
            if isinstance(child, ast.ClassDef):
                yield from _public(child)


def _length(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _nodes(root: Path) -> Iterator[tuple[Path, ast.AST]]:
    return ((path, node) for path in _modules(root) for node in ast.walk(_tree(path)))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _modules(root: Path) -> list[Path]:
    return sorted(root.rglob("*.py"))


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root.parent).as_posix()
