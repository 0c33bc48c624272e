"""Writes the preview as a page that works from disk, without a server, a script or the internet."""

import base64
import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from scheduler.disk import replace_file
from scheduler.model.errors import SchedulerError
from scheduler.model.network import Network
from scheduler.model.plan import Agenda
from scheduler.model.settings import Brand, Config
from scheduler.preview.page import Page, arrange
from scheduler.preview.pictures import FOLDER, Pictures, Thumbnail
from scheduler.preview.pieces import cut
from scheduler.preview.wording import SEVERITIES, ink_on

GENERATOR = "scheduler preview"
_MARK = f'<meta name="generator" content="{GENERATOR}">'
_MARK_WITHIN = 2048
_FOR_EVERYBODY = 0o644
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_COPY = re.compile(r"[0-9a-f]{16}\.(jpg|png|webp|gif)")


class ExportError(SchedulerError):
    """Is trouble with writing the preview where it was asked for."""


def export_page(  # the agenda, whose it is, what the networks are, and where it goes
    agenda: Agenda, config: Config, networks: Mapping[str, Network], now: datetime, target: Path, thumbnail: Thumbnail
) -> None:
    """Writes the agenda as one self-contained page where ``target`` ends in .html, otherwise as a folder with index.html.

    ``now`` (aware) is the time on the page. ``thumbnail`` makes the scaled copies. Each file appears whole or not at all, and the
    page last. Raises ExportError where it cannot be written or would replace a page that is no preview.
    """
    single = target.suffix.lower() in {".html", ".htm"}
    index = target if single else target / "index.html"
    pictures = Pictures(thumbnail, embedded=single)
    page = render(arrange(agenda, config, networks, now, pictures), config.brand)
    try:
        _refuse_foreign(index)
        for address, content in pictures.files.items():
            _write(index.parent / address, content)
        _write(index, page.encode("utf-8", errors="replace"))
        if not single:
            _forget(index.parent / FOLDER, set(pictures.files))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ExportError(
            f"The preview cannot be written to {target}: {reason}.", "Choose a place you may write to with --export."
        ) from error


def render(page: Page, brand: Brand) -> str:
    """Returns the page as HTML; its policy lets it load its own pictures and style sheet and nothing else."""
    environment = _environment()
    colour = brand.primary if _COLOUR.fullmatch(brand.primary) else Brand().primary
    look = {"brand": colour, "brand_ink": ink_on(colour)}
    style = environment.get_template("page.css").render(look)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    return environment.get_template("page.html").render(page=page, style_hash=digest, generator=GENERATOR, **look)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("scheduler.preview", ""), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    own = {Path(name).stem for name in environment.list_templates(extensions=["html"]) if name.startswith("cards/")}
    environment.globals["pieces"] = cut
    environment.globals["severities"] = SEVERITIES
    environment.globals["card_file"] = lambda network: f"cards/{network}.html" if network in own else "card.html"
    return environment


def _refuse_foreign(index: Path) -> None:
    if not index.exists():
        return
    with index.open("rb") as file:
        if _MARK.encode() in file.read(_MARK_WITHIN):
            return
    raise ExportError(f"{index} exists and is not a preview, so it stays as it is.", "Choose another name, or move that file away first.")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, content, mode=_FOR_EVERYBODY)


def _forget(folder: Path, addresses: set[str]) -> None:
    """Removes the copies of earlier exports that the page no longer shows."""
    if not folder.is_dir():
        return
    for file in folder.iterdir():
        if _COPY.fullmatch(file.name) and f"{FOLDER}/{file.name}" not in addresses:
            file.unlink(missing_ok=True)
