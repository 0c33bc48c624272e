from pathlib import Path

import pytest
from PIL import Image

from scheduler.graphics.fitting import fit
from scheduler.graphics.picture import measure
from scheduler.model.graphic import Picture

BOTH = ("image/jpeg", "image/png")


def measured(path: Path) -> Picture:
    found = measure(path)
    assert isinstance(found, Picture)
    return found


def noise(path: Path, size: tuple[int, int] = (1200, 1500), mode: str = "RGB") -> Picture:
    Image.effect_noise(size, 80).convert(mode).save(path, quality=95)
    return measured(path)


def test_what_fits_stays_the_very_same_file(tmp_path: Path) -> None:
    picture = noise(tmp_path / "a.png")
    assert fit(picture, tmp_path / "out", max_bytes=None, formats=BOTH) is picture
    assert fit(picture, tmp_path / "out", max_bytes=picture.bytes, formats=BOTH) is picture
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("limit", [1_000_000, 300_000, 90_000])
def test_what_is_too_large_becomes_small_enough_without_losing_its_shape(tmp_path: Path, limit: int) -> None:
    picture = noise(tmp_path / "a.png")
    assert picture.bytes > limit
    fitted = fit(picture, tmp_path / "out", max_bytes=limit, formats=BOTH)
    assert isinstance(fitted, Picture)
    assert fitted.bytes <= limit
    assert fitted.mime == "image/jpeg"
    assert abs(fitted.width / fitted.height - 0.8) < 0.01
    assert fit(picture, tmp_path / "out", max_bytes=limit, formats=BOTH) == fitted


def test_a_format_that_is_not_taken_becomes_jpeg_and_what_is_clear_becomes_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    image.paste((200, 0, 0, 255), (0, 0, 200, 400))
    image.save(tmp_path / "a.png")
    fitted = fit(measured(tmp_path / "a.png"), tmp_path / "out", max_bytes=None, formats=("image/jpeg",))
    assert isinstance(fitted, Picture)
    assert fitted.mime == "image/jpeg"
    with Image.open(fitted.path) as seen:
        colours = [seen.getpixel(place) for place in ((50, 200), (350, 200))]
    assert [tuple(round(value / 50) for value in colour) for colour in colours if isinstance(colour, tuple)] == [(4, 0, 0), (5, 5, 5)]


def test_a_moving_picture_and_one_that_would_become_tiny_stay_for_the_checks(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (400, 400), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    moving = measured(tmp_path / "a.gif")
    assert fit(moving, tmp_path / "out", max_bytes=None, formats=BOTH) is moving
    stubborn = noise(tmp_path / "b.png", (400, 400))
    assert fit(stubborn, tmp_path / "out", max_bytes=2_000, formats=BOTH) is stubborn
