import zlib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageSequence

from scheduler.graphics.cleaning import without_notes
from scheduler.graphics.picture import measure
from scheduler.graphics.thumbnail import thumbnail
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


SECRET = b"+53.5511+009.9937/"


def with_notes(path: Path) -> Picture:
    """Writes a picture in the format of its name, with a note of every kind that the format has room for, and bytes behind its end."""
    image = Image.effect_mandelbrot((120, 80), (-2, -1, 1, 1), 50).convert("RGB")
    moves = {"save_all": True, "append_images": [image.transpose(Image.Transpose.ROTATE_180)], "duration": [80, 120], "loop": 3}
    if path.suffix == ".jpg":
        image.save(path)
    else:
        image.save(path, None, **moves)
    path.write_bytes(NOTED[path.suffix](path.read_bytes()))
    found = measure(path)
    assert isinstance(found, Picture)
    return found


def jpeg_notes(data: bytes) -> bytes:
    kinds = b"".join(
        bytes((0xFF, kind)) + (len(SECRET) + 2).to_bytes(2, "big") + SECRET for kind in (0xE1, 0xE2, 0xE5, 0xEB, 0xED, 0xEF, 0xFE)
    )
    return data[:2] + kinds + data[2:] + b"\0\0\0\x18ftypmp42" + SECRET


def png_notes(data: bytes) -> bytes:
    def chunk(kind: bytes) -> bytes:
        return len(SECRET).to_bytes(4, "big") + kind + SECRET + zlib.crc32(kind + SECRET).to_bytes(4, "big")

    return data[:33] + chunk(b"caBX") + chunk(b"prVt") + data[33:] + SECRET


def webp_notes(data: bytes) -> bytes:
    body = data[8:] + b"".join(kind + len(SECRET).to_bytes(4, "little") + SECRET for kind in (b"EXIF", b"XMP ", b"C2PA"))
    return b"RIFF" + len(body).to_bytes(4, "little") + body + SECRET


def gif_notes(data: bytes) -> bytes:
    block = bytes((len(SECRET),)) + SECRET + b"\0"
    return data[:-1] + b"!\xfe" + block + b"!\xff\x0bXMP DataXMP" + block + b";" + SECRET


NOTED = {".jpg": jpeg_notes, ".png": png_notes, ".webp": webp_notes, ".gif": gif_notes}


def frames(path: str) -> list[tuple[int, bytes]]:
    with Image.open(path) as image:
        seen = [(frame.convert("RGB").tobytes(), frame.info.get("duration", 0)) for frame in ImageSequence.Iterator(image)]
    return [(time, pixels) for pixels, time in seen]


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".gif"])
def test_notes_of_every_kind_go_and_every_pixel_and_frame_stays(tmp_path: Path, suffix: str) -> None:
    made = with_notes(tmp_path / f"march{suffix}")
    clean = without_notes(made, tmp_path / "clean")
    assert isinstance(clean, Picture)
    assert SECRET in Path(made.path).read_bytes()
    assert SECRET not in Path(clean.path).read_bytes()
    assert frames(clean.path) == frames(made.path)
    assert (clean.mime, clean.width, clean.height) == (made.mime, made.width, made.height)
    assert without_notes(clean, tmp_path / "again") is clean


@pytest.mark.parametrize("suffix", [".png", ".webp", ".gif"])
def test_what_moves_and_tells_nothing_is_sent_as_it_is(tmp_path: Path, suffix: str) -> None:
    shades = [Image.linear_gradient("L").rotate(turn) for turn in (0, 90, 180)]
    shades[0].save(tmp_path / f"a{suffix}", save_all=True, append_images=shades[1:], duration=100, loop=0)
    made = measure(tmp_path / f"a{suffix}")
    assert isinstance(made, Picture)
    assert without_notes(made, tmp_path / "clean") is made


def test_colours_survive_without_their_notes(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("RGB", (60, 40), (10, 200, 30)).save(tmp_path / "a.jpg", icc_profile=profile, comment="told", quality=95)
    made = measure(tmp_path / "a.jpg")
    assert isinstance(made, Picture)
    clean = without_notes(made, tmp_path / "clean")
    assert isinstance(clean, Picture)
    with Image.open(made.path) as before, Image.open(clean.path) as after:
        assert after.info.get("icc_profile") == profile
        assert "comment" not in after.info
        assert before.tobytes() == after.tobytes()


def press() -> bytes:
    """Returns a profile of a press on which every full ink is a middle red, whatever its name, and all together are black.

    It is a table of two steps for each ink, in Lab.
    """
    white, red, black = bytes((255, 128, 128)), bytes((130, 190, 180)), bytes((0, 128, 128))
    line = bytes(range(256))
    matrix = b"".join((65536 * one).to_bytes(4, "big") for one in (1, 0, 0, 0, 1, 0, 0, 0, 1))
    table = b"mft1" + bytes(4) + bytes((4, 3, 2, 0)) + matrix + line * 4 + white + red * 14 + black + line * 3
    tags = (1).to_bytes(4, "big") + b"A2B0" + (144).to_bytes(4, "big") + len(table).to_bytes(4, "big")
    head = (144 + len(table)).to_bytes(4, "big") + bytes(4) + bytes((2, 0x40, 0, 0)) + b"prtrCMYKLab " + bytes(12) + b"acsp"
    head += bytes(28) + b"".join(part.to_bytes(4, "big") for part in (0xF6D6, 0x10000, 0xD32D))
    return head.ljust(128, b"\0") + tags + table


@pytest.mark.parametrize("known", [True, False])
def test_a_jpeg_for_print_becomes_one_for_screens_by_its_profile(tmp_path: Path, known: bool) -> None:
    Image.new("CMYK", (60, 40), (255, 0, 0, 0)).save(tmp_path / "a.jpg", icc_profile=press() if known else None, quality=95)
    made = measure(tmp_path / "a.jpg")
    assert isinstance(made, Picture)
    clean = without_notes(made, tmp_path / "clean")
    assert isinstance(clean, Picture)
    with Image.open(clean.path) as image:
        colour = image.getpixel((30, 20))
        assert (image.mode, image.info.get("icc_profile")) == ("RGB", None)
    assert isinstance(colour, tuple)
    assert (colour[0] > 150 > colour[1]) is known
    assert (colour[1] > 200 > colour[0]) is not known


def test_a_progressive_jpeg_with_restarts_keeps_its_scans(tmp_path: Path) -> None:
    image = Image.effect_noise((240, 160), 90).convert("RGB")
    image.save(tmp_path / "a.jpg", progressive=True, restart_marker_blocks=3, comment="told")
    made = measure(tmp_path / "a.jpg")
    assert isinstance(made, Picture)
    clean = without_notes(made, tmp_path / "clean")
    assert isinstance(clean, Picture)
    assert b"told" not in Path(clean.path).read_bytes()
    assert frames(clean.path) == frames(made.path)


def test_a_moving_picture_that_is_written_oddly_is_drawn_anew(tmp_path: Path) -> None:
    made = with_notes(tmp_path / "march.gif")
    data = Path(made.path).read_bytes()
    (tmp_path / "odd.gif").write_bytes(data[:-1].replace(b"!\xfe", b"\0\0!\xfe", 1))
    odd = measure(tmp_path / "odd.gif")
    assert isinstance(odd, Picture)
    clean = without_notes(odd, tmp_path / "clean")
    assert isinstance(clean, Picture)
    assert SECRET not in Path(clean.path).read_bytes()
    assert [time for time, _ in frames(clean.path)] == [80, 120]


@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_a_moving_picture_on_its_side_is_turned_and_goes_on_moving(tmp_path: Path, suffix: str) -> None:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = 6, "A phone with a serial number"
    halves = [Image.new("RGB", (120, 80), colour) for colour in ("red", "blue", "green")]
    for image in halves:
        image.paste("white", (0, 40, 120, 80))
    halves[0].save(tmp_path / f"a{suffix}", save_all=True, append_images=halves[1:], duration=[80, 90, 100], exif=exif)
    made = measure(tmp_path / f"a{suffix}")
    assert isinstance(made, Picture)
    clean = without_notes(made, tmp_path / "clean")
    assert isinstance(clean, Picture)
    assert (clean.width, clean.height) == (made.width, made.height) == (80, 120)
    assert b"serial number" not in Path(clean.path).read_bytes()
    assert [time for time, _ in frames(clean.path)] == [80, 90, 100]
    with Image.open(clean.path) as image:
        left, right = (image.convert("RGB").getpixel((column, 60)) for column in (20, 60))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert (round(min(left) / 99), round(right[0] / 99), round(right[1] / 99)) == (3, 3, 0)


@given(suffix=st.sampled_from(sorted(NOTED)), at=st.integers(0, 12_000), noise=st.binary(max_size=12), cut=st.integers(0, 60))
@example(suffix=".gif", at=3, noise=b"", cut=52)  # the last of its pictures lacks its end
@example(suffix=".gif", at=2155, noise=bytes.fromhex("9f0f551bff36ffff"), cut=0)  # one of its pictures says that it is endless
def test_no_damage_makes_cleaning_raise(tmp_path_factory: pytest.TempPathFactory, suffix: str, at: int, noise: bytes, cut: int) -> None:
    folder = tmp_path_factory.getbasetemp()
    path = folder / f"sound{suffix}"
    data = path.read_bytes() if path.is_file() else Path(with_notes(path).path).read_bytes()
    place = at % len(data)
    damaged = data[:place] + noise + data[place + len(noise) :]
    (folder / f"damaged{suffix}").write_bytes(damaged[: len(damaged) - cut])
    found = measure(folder / f"damaged{suffix}")
    if isinstance(found, Picture):
        without_notes(found, folder / "clean")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_turned_also_where_the_notes_beside_are_written_oddly(tmp_path: Path, kind: str) -> None:
    width_in_words, held = b"\1\0\0\2\0\0\0\4abc\0", b"\1\x12\0\3\0\0\0\1\0\6\0\0"
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\2" + width_in_words + held + bytes(4)
    Image.new("RGB", (60, 40), "#c81414").save(tmp_path / "a", kind, exif=exif)
    found = measure(tmp_path / "a")
    assert isinstance(found, Picture)
    copy = without_notes(found, tmp_path / "out")
    assert isinstance(copy, Picture)
    assert (copy.width, copy.height) == (40, 60)
    assert thumbnail(found)[1]


@pytest.mark.parametrize("held", [0, 9, 255])
def test_a_camera_that_numbers_how_it_was_held_in_its_own_way_costs_no_quality(tmp_path: Path, held: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = held
    Image.effect_noise((60, 40), 60).convert("RGB").save(tmp_path / "a.jpg", exif=exif)
    found = measure(tmp_path / "a.jpg")
    assert isinstance(found, Picture)
    copy = without_notes(found, tmp_path / "out")
    assert isinstance(copy, Picture)
    with Image.open(found.path) as one, Image.open(copy.path) as other:
        assert one.tobytes() == other.tobytes()
        assert not other.getexif()
