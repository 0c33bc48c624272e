"""What was made of a picture can be taken away by whoever makes room on the disk; it is made again, and nothing else changes."""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from scheduler.graphics.artist import Artist
from scheduler.graphics.studio import Studio
from scheduler.model.graphic import Graphic, Picture
from scheduler.model.limits import Limits
from scheduler.model.settings import Brand
from scheduler.planning.context import PictureRequest
from tests.films import Film, box
from tests.graphics.conftest import request


def film(folder: Path) -> str:
    return str(Film(notes=box("udta", b"a place")).write(folder / "march.mp4"))


def photo(folder: Path) -> str:
    exif = Image.Exif()
    exif[0x0110] = "Anna's phone"
    Image.new("RGB", (80, 100), "navy").save(folder / "march.jpg", exif=exif)
    return str(folder / "march.jpg")


def heavy(folder: Path) -> str:
    Image.effect_noise((600, 600), 90).save(folder / "noise.png")
    return str(folder / "noise.png")


@pytest.mark.parametrize("kind", ["film", "photo", "heavy", "drawn"])
def test_what_was_taken_away_is_made_again(tmp_path: Path, kind: str) -> None:
    make = {"film": film, "photo": photo, "heavy": heavy}
    asked: PictureRequest = make[kind](tmp_path) if kind in make else request()
    limits = replace(Limits(text=None), picture_bytes=100_000) if kind == "heavy" else Limits(text=None)
    studio = Studio(Artist(tmp_path / "cache", Brand(), None, tmp_path), tmp_path / "clean")
    first = studio.picture(asked, limits)
    assert isinstance(first, Picture | Graphic)
    picture = first.picture if isinstance(first, Graphic) else first
    assert picture.path != asked
    for folder in ("cache", "clean"):
        shutil.rmtree(tmp_path / folder, ignore_errors=True)
    assert studio.picture(asked, limits) == first
    assert hashlib.sha256(Path(picture.path).read_bytes()).hexdigest() == picture.sha256
