"""Keeps drawn graphics by the digest of all that went into them; what is damaged is drawn again."""

import hashlib
import json
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import PIL
from PIL import features

from scheduler.disk import private_folder, replace_file
from scheduler.model.errors import SchedulerError
from scheduler.model.graphic import Graphic, Picture

_MIME = {"jpeg": "image/jpeg", "png": "image/png"}
_ENDING = {"jpeg": "jpg", "png": "png"}


class CacheError(SchedulerError):
    """Says that a drawn graphic could not be kept on the disk."""


@cache
def engine() -> str:
    """Returns the digest of the code that draws and the versions of the libraries that put letters and pixels together."""
    room = files("scheduler.graphics")
    sources = [*room.iterdir(), *room.joinpath("blocks").iterdir()]
    code = hashlib.sha256(
        b"\0".join(source.read_bytes() for source in sorted(sources, key=lambda at: at.name) if source.name.endswith(".py"))
    )
    libraries = {name: features.version(name) for name in ("raqm", "harfbuzz", "fribidi", "freetype2", "libjpeg_turbo", "jpg", "zlib")}
    return json.dumps({"code": code.hexdigest(), "pillow": PIL.__version__, **libraries}, sort_keys=True)


def key(inputs: dict[str, Any]) -> str:
    """Returns the digest of everything that the bytes of a graphic depend on."""
    canonical = json.dumps({"engine": engine(), **inputs}, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def look_up(folder: Path, digest: str) -> Graphic | None:
    """Returns the graphic kept under a digest, or None where there is none or its bytes are not those that were drawn."""
    try:
        note = json.loads((folder / f"{digest}.json").read_bytes())
        graphic = Graphic(
            picture=Picture(**{**note["picture"], "path": str((folder / note["picture"]["path"]).absolute())}),
            alt=note["alt"],
            layout=note["layout"],
            complaints=tuple(note["complaints"]),
        )
        data = Path(graphic.picture.path).read_bytes()
    except (OSError, ValueError, TypeError, KeyError):
        # Missing, cut off or edited by hand: all of it means that the graphic has to be drawn.
        return None
    return graphic if hashlib.sha256(data).hexdigest() == graphic.picture.sha256 else None


def keep(folder: Path, digest: str, data: bytes, encoding: str, graphic: Graphic) -> Graphic:
    """Writes a graphic and returns it with its path; the picture is complete before its note says that it exists."""
    name = f"{digest}.{_ENDING[encoding]}"
    size = graphic.layout["size"]
    picture = Picture(
        path=name, sha256=hashlib.sha256(data).hexdigest(), width=size[0], height=size[1], bytes=len(data), mime=_MIME[encoding]
    )
    note = {"alt": graphic.alt, "layout": graphic.layout, "complaints": list(graphic.complaints), "picture": asdict(picture)}
    try:
        private_folder(folder)
        replace_file(folder / name, data)
        replace_file(folder / f"{digest}.json", json.dumps(note, ensure_ascii=False, indent=1).encode())
    except OSError as error:
        raise CacheError(
            f"A graphic could not be written to {folder}: {error.strerror or error}.",
            "Make room on the disk, or check who owns the folder.",
        ) from error
    kept = look_up(folder, digest)
    if kept is None:
        raise CacheError(f"A graphic was written to {folder} and came back changed.", "Check the disk: it loses what is written to it.")
    return kept
