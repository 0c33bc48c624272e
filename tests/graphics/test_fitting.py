import io
from pathlib import Path

import pytest
from PIL import Image, ImageCms, ImageDraw, ImageFilter

from scheduler.graphics.fitting import Room, fit
from scheduler.graphics.picture import measure
from scheduler.graphics.thumbnail import thumbnail
from scheduler.model.graphic import Picture

BOTH = ("image/jpeg", "image/png")
SCREEN = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def measured(path: Path) -> Picture:
    found = measure(path)
    assert isinstance(found, Picture)
    return found


def noise(path: Path, size: tuple[int, int] = (1200, 1500), mode: str = "RGB") -> Picture:
    Image.effect_noise(size, 80).convert(mode).save(path, quality=95)
    return measured(path)


def test_what_fits_stays_the_very_same_file(tmp_path: Path) -> None:
    picture = noise(tmp_path / "a.png")
    assert fit(picture, tmp_path / "out", Room(BOTH)) is picture
    assert fit(picture, tmp_path / "out", Room(BOTH, picture.bytes)) is picture
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("limit", [1_000_000, 300_000, 90_000])
def test_what_is_too_large_becomes_small_enough_without_losing_its_shape(tmp_path: Path, limit: int) -> None:
    picture = noise(tmp_path / "a.png")
    assert picture.bytes > limit
    fitted = fit(picture, tmp_path / "out", Room(BOTH, limit))
    assert isinstance(fitted, Picture)
    assert fitted.bytes <= limit
    assert fitted.mime == "image/jpeg"
    assert abs(fitted.width / fitted.height - 0.8) < 0.01
    assert fit(picture, tmp_path / "out", Room(BOTH, limit)) == fitted


def test_a_picture_that_was_made_smaller_has_the_best_quality_that_there_is_room_for(tmp_path: Path) -> None:
    Image.effect_noise((600, 750), 80).filter(ImageFilter.GaussianBlur(2)).save(tmp_path / "a.png")
    picture = measured(tmp_path / "a.png")
    with Image.open(picture.path) as whole:
        smaller = whole.convert("RGB").resize((510, 638), Image.Resampling.LANCZOS)
        too_large = len(jpeg(whole.convert("RGB"), 80)) - 1
    sizes = [len(jpeg(smaller, quality)) for quality in (92, 86, 80)]
    assert sizes[2] < sizes[1] < too_large
    for limit, best in ((sizes[1] + 1, sizes[1]), (sizes[1], sizes[1]), (sizes[1] - 1, sizes[2])):
        fitted = fit(picture, tmp_path / "out", Room(BOTH, limit))
        assert isinstance(fitted, Picture)
        assert (fitted.width, fitted.height, fitted.bytes) == (510, 638, best)


def jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def test_a_format_that_is_not_taken_becomes_jpeg_and_what_is_clear_becomes_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    image.paste((200, 0, 0, 255), (0, 0, 200, 400))
    image.save(tmp_path / "a.png")
    fitted = fit(measured(tmp_path / "a.png"), tmp_path / "out", Room(("image/jpeg",)))
    assert isinstance(fitted, Picture)
    assert fitted.mime == "image/jpeg"
    with Image.open(fitted.path) as seen:
        colours = [seen.getpixel(place) for place in ((50, 200), (350, 200))]
    assert [tuple(round(value / 50) for value in colour) for colour in colours if isinstance(colour, tuple)] == [(4, 0, 0), (5, 5, 5)]


def test_a_moving_picture_and_one_that_would_become_tiny_stay_for_the_checks(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (400, 400), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    moving = measured(tmp_path / "a.gif")
    assert fit(moving, tmp_path / "out", Room(BOTH)) is moving
    stubborn = noise(tmp_path / "b.png", (400, 400))
    assert fit(stubborn, tmp_path / "out", Room(BOTH, 2_000)) is stubborn


def scan(path: Path, **options: int) -> Picture:
    """Writes 16-bit greys from black on the left to white on the right, as scanners do."""
    steps = b"".join(round(at * 65535 / 399).to_bytes(2, "little") for at in range(400))
    Image.frombytes("I;16", (400, 320), steps * 320).save(path, "PNG", **options)
    return measured(path)


def greys(path: str, *columns: int) -> list[int]:
    with Image.open(path) as seen:
        values = [seen.convert("L").getpixel((column, 160)) for column in columns]
    return [round(value / 10) for value in values if isinstance(value, (int, float))]


def test_a_scan_in_16_bit_greys_keeps_its_greys(tmp_path: Path) -> None:
    fitted = fit(scan(tmp_path / "a.png"), tmp_path / "out", Room(("image/jpeg",)))
    assert isinstance(fitted, Picture)
    assert greys(fitted.path, 0, 100, 200, 399) == [0, 6, 13, 26]


def test_a_dark_scan_is_not_made_brighter_and_a_clear_grey_becomes_white(tmp_path: Path) -> None:
    for name, options in (("dark", {}), ("clear", {"transparency": 200}), ("near", {"transparency": 201})):
        Image.new("I;16", (400, 400), 200).save(tmp_path / f"{name}.png", "PNG", **options)
        fitted = fit(measured(tmp_path / f"{name}.png"), tmp_path / "out", Room(("image/jpeg",)))
        assert isinstance(fitted, Picture)
        assert greys(fitted.path, 200) == ([26] if name == "clear" else [0])


def test_the_small_copy_for_pages_keeps_the_greys_of_a_scan(tmp_path: Path) -> None:
    (tmp_path / "small.jpg").write_bytes(thumbnail(scan(tmp_path / "a.png"))[1])
    assert greys(str(tmp_path / "small.jpg"), 0, 200, 399) == [0, 13, 26]


def drawing(path: Path, fill: str, rim: str) -> Picture:
    image = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((60, 60, 340, 340), fill=fill, outline=rim, width=12)
    image.save(path)
    return measured(path)


@pytest.mark.parametrize(
    ("fill", "rim", "dark"), [("white", "white", True), ("red", "white", True), ("white", "black", False), ("red", "red", False)]
)
def test_a_white_drawing_on_nothing_is_put_on_a_dark_ground_and_no_other(tmp_path: Path, fill: str, rim: str, dark: bool) -> None:
    fitted = fit(drawing(tmp_path / "a.png", fill, rim), tmp_path / "out", Room(("image/jpeg",)))
    assert isinstance(fitted, Picture)
    assert greys(fitted.path, 5) == ([4] if dark else [26])


def test_a_copy_shows_the_colours_that_the_profile_of_the_picture_means(tmp_path: Path) -> None:
    halfway = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes().replace(b"rXYZ", b"tXYZ").replace(b"bXYZ", b"rXYZ")
    swapped = halfway.replace(b"tXYZ", b"bXYZ")
    Image.new("RGB", (400, 400), (250, 10, 10)).save(tmp_path / "a.png", icc_profile=swapped)
    fitted = fit(measured(tmp_path / "a.png"), tmp_path / "out", Room(("image/jpeg",)))
    assert isinstance(fitted, Picture)
    with Image.open(fitted.path) as seen:
        colour = seen.getpixel((200, 200))
    assert isinstance(colour, tuple)
    assert colour[2] > 200 > colour[0]


@pytest.mark.parametrize(
    ("room", "size"),
    [(Room(BOTH, pixels=480_000), (800, 600)), (Room(BOTH, sides=700), (400, 300)), (Room(BOTH, pixels=480_000, sides=700), (400, 300))],
)
def test_a_picture_with_more_pixels_than_a_network_takes_is_made_smaller_and_stays_whole(
    tmp_path: Path, room: Room, size: tuple[int, int]
) -> None:
    image = Image.new("RGB", (1200, 900), "navy")
    for corner, colour in (((0, 0), "red"), ((1000, 0), "yellow"), ((0, 700), "white"), ((1000, 700), "lime")):
        image.paste(colour, (*corner, corner[0] + 200, corner[1] + 200))
    image.save(tmp_path / "a.png")
    fitted = fit(measured(tmp_path / "a.png"), tmp_path / "out", room)
    assert isinstance(fitted, Picture)
    assert (fitted.width, fitted.height) == size
    assert room.takes(fitted)
    with Image.open(fitted.path) as seen:
        corners = [seen.getpixel((x, y)) for x in (20, size[0] - 20) for y in (20, size[1] - 20)]
    near = [tuple(round(value / 255) for value in corner) for corner in corners if isinstance(corner, tuple)]
    assert near == [(1, 0, 0), (1, 1, 1), (1, 1, 0), (0, 1, 0)]


def grey_profile(gamma: float) -> bytes:
    """Returns the ICC profile of a grey picture that gets darker by this power, as programs for print write it."""
    white = b"".join(round(value * 65536).to_bytes(4, "big") for value in (0.9642, 1.0, 0.8249))
    tags = (b"wtpt", b"XYZ \0\0\0\0" + white), (b"kTRC", b"curv\0\0\0\0\0\0\0\1" + round(gamma * 256).to_bytes(2, "big") + b"\0\0")
    head = b"\x02\x10\0\0mntrGRAYXYZ ".rjust(24, b"\0")[4:] + bytes(12) + b"acsp" + bytes(28) + white + bytes(48)
    index, bodies = len(tags).to_bytes(4, "big"), b""
    for name, body in tags:
        index += name + (132 + 12 * len(tags) + len(bodies)).to_bytes(4, "big") + len(body).to_bytes(4, "big")
        bodies += body
    return (4 + len(head) + len(index) + len(bodies)).to_bytes(4, "big") + head + index + bodies


@pytest.mark.parametrize(("profile", "seen"), [(grey_profile(1.8), 146), (grey_profile(1.0), 188), (SCREEN, 128), (b"none", 128)])
def test_a_grey_picture_keeps_its_greys_by_the_profile_that_it_has(tmp_path: Path, profile: bytes, seen: int) -> None:
    Image.new("L", (400, 400), 128).save(tmp_path / "a.png", icc_profile=profile)
    fitted = fit(measured(tmp_path / "a.png"), tmp_path / "out", Room(("image/jpeg",)))
    assert isinstance(fitted, Picture)
    with Image.open(fitted.path) as copy:
        assert copy.convert("L").getpixel((200, 200)) == pytest.approx(seen, abs=2)
