from pathlib import Path

import pytest
from PIL import Image

from scheduler.graphics.cleaning import without_notes
from scheduler.graphics.picture import measure
from scheduler.model.graphic import Picture

GPS, ORIENTATION, MAKER = 0x8825, 0x0112, 0x010F


def photo(path: Path, *, orientation: int = 1, notes: bool = True) -> Picture:
    image = Image.effect_mandelbrot((120, 80), (-2, -1, 1, 1), 50).convert("RGB")
    exif = Image.Exif()
    exif[MAKER] = "A phone with a serial number"
    exif[ORIENTATION] = orientation
    exif.get_ifd(GPS)[2] = (52.0, 30.0, 0.0)
    image.save(path, **({"exif": exif, "comment": "a comment"} if notes and path.suffix == ".jpg" else {"exif": exif} if notes else {}))
    found = measure(path)
    assert isinstance(found, Picture)
    return found


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp"])
def test_a_copy_holds_no_place_no_phone_and_no_comment(tmp_path: Path, suffix: str) -> None:
    clean = without_notes(photo(tmp_path / f"photo{suffix}"), tmp_path / "clean")
    assert isinstance(clean, Picture)
    content = Path(clean.path).read_bytes()
    assert b"serial number" not in content
    assert b"a comment" not in content
    with Image.open(clean.path) as image:
        assert not image.getexif()


def test_the_pixels_of_a_jpeg_stay_what_they_were(tmp_path: Path) -> None:
    made = photo(tmp_path / "photo.jpg")
    clean = without_notes(made, tmp_path / "clean")
    assert isinstance(clean, Picture)
    with Image.open(made.path) as before, Image.open(clean.path) as after:
        differences = [abs(a - b) for a, b in zip(before.tobytes(), after.tobytes(), strict=True)]
        assert sum(differences) / len(differences) < 0.5


def test_a_sideways_photo_is_turned_upright(tmp_path: Path) -> None:
    made = photo(tmp_path / "photo.jpg", orientation=6)
    clean = without_notes(made, tmp_path / "clean")
    assert isinstance(clean, Picture)
    with Image.open(clean.path) as image:
        assert image.size == (80, 120) == (made.width, made.height)


def test_a_picture_that_tells_nothing_is_sent_as_it_is(tmp_path: Path) -> None:
    made = photo(tmp_path / "photo.png", notes=False)
    assert without_notes(made, tmp_path / "clean") == made


def test_the_author_s_own_file_is_never_changed(tmp_path: Path) -> None:
    made = photo(tmp_path / "photo.jpg")
    before = Path(made.path).read_bytes()
    without_notes(made, tmp_path / "clean")
    assert Path(made.path).read_bytes() == before
