"""Packages of npm in a folder of their own, and the node that runs them."""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.servers import debian
from tests.servers.steps import attempt, run, say

QUIET = ("--no-audit", "--no-fund", "--loglevel=error")
BUILD_TOOLS = ("g++", "make", "python3")


def provide_node(*, compiler: bool = False) -> None:
    """Installs node with npm where the system has neither, and on request what its native parts are compiled with."""
    if not (shutil.which("node") and shutil.which("npm")):
        debian.install(["nodejs", "npm"])
    if compiler:
        if not all(shutil.which(tool) for tool in BUILD_TOOLS):
            debian.install(BUILD_TOOLS)
        if headers() is None:
            debian.install(["libnode-dev"])


def node_abi() -> str:
    """Returns the number that native parts are compiled for, or ``none`` without node."""
    done = attempt(["node", "-p", "process.versions.modules"]) if shutil.which("node") else None
    return done.stdout.strip() if done and done.returncode == 0 else "none"


def headers() -> Path | None:
    """Returns the folder with ``include/node`` of the node in use."""
    node = shutil.which("node")
    places = [Path(node).resolve().parent.parent, Path("/usr")] if node else []
    return next((place for place in places if (place / "include/node/node.h").is_file()), None)


def install(folder: Path, packages: Mapping[str, str], compiled: Sequence[str] = ()) -> None:
    """Installs exact versions into ``folder/node_modules``; of their install scripts only those of ``compiled`` run."""
    say(f"  npm: fetching {', '.join(f'{name} {version}' for name, version in packages.items())}")
    manifest = {"name": "scheduler-test-servers", "private": True, "dependencies": dict(packages)}
    (folder / "package.json").write_text(json.dumps(manifest), encoding="utf-8")
    run(["npm", "install", "--ignore-scripts", *QUIET], folder=folder)
    for name in compiled:
        say(f"  npm: compiling {name} (about a minute)")
        run(["npm", "rebuild", name, *QUIET], folder=folder, extra=_build_settings())


def _build_settings() -> dict[str, str]:
    place = headers()
    settings = {"npm_config_build_from_source": "true", "JOBS": str(os.cpu_count() or 1)}
    return {**settings, "npm_config_nodedir": str(place)} if place else settings
