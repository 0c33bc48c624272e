import hashlib
import io
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from scheduler.graphics.artist import Artist, Undrawable
from scheduler.graphics.picture import measure
from scheduler.graphics.problem import Unreadable
from scheduler.model.graphic import Graphic, Picture
from tests.graphics.conftest import request


def file_of(image: Image.Image, kind: str, **more: object) -> bytes:
    data = io.BytesIO()
    image.save(data, kind, **more)
    return data.getvalue()


@pytest.mark.parametrize(("kind", "mime"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("GIF", "image/gif")])
def test_a_picture_is_measured_by_its_content_whatever_its_name(tmp_path: Path, kind: str, mime: str) -> None:
    path = tmp_path / "picture.dat"
    path.write_bytes(file_of(Image.new("RGB", (300, 200), "#0b4f6c"), kind))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert measure(path) == Picture(path=str(path), sha256=digest, width=300, height=200, bytes=path.stat().st_size, mime=mime)


def test_a_phone_picture_is_measured_the_way_up_it_is_seen(tmp_path: Path) -> None:
    image, path = Image.new("RGB", (400, 300)), tmp_path / "phone.jpg"
    exif = image.getexif()
    exif[0x0112] = 6
    image.save(path, exif=exif)
    measured = measure(path)
    assert isinstance(measured, Picture)
    assert (measured.width, measured.height) == (300, 400)


def test_several_pictures_in_one_jpeg_count_as_a_jpeg(tmp_path: Path) -> None:
    path = tmp_path / "many.jpg"
    first, second = Image.new("RGB", (80, 60), "red"), Image.new("RGB", (80, 60), "blue")
    first.save(path, "MPO", save_all=True, append_images=[second])
    measured = measure(path)
    assert isinstance(measured, Picture)
    assert measured.mime == "image/jpeg"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, kind: str, share: float) -> None:
    whole = file_of(Image.effect_noise((200, 200), 90).convert("RGB"), kind)
    path = tmp_path / "cut.jpg"
    path.write_bytes(whole[: int(len(whole) * share)])
    refused = measure(path)
    assert isinstance(refused, Unreadable)
    assert refused.reason.startswith("cut.jpg is ")


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([1, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [7_500, 20_000, 60_000])
def test_a_small_file_that_unpacks_to_a_huge_picture_is_refused(tmp_path: Path, side: int) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_header(side, side))
    assert measure(path) == Unreadable("bomb.png has more than 50 million pixels: make it smaller.", settled=True)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"\0\0\0\x0cftypheic", "is damaged or incomplete"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"Not a picture at all", "is not a JPEG, PNG, WebP, GIF, HEIC or AVIF picture"),
        (b"BM" + b"\0" * 60, "is a BMP file"),
        (b"II*\0" + b"\0" * 60, "is a TIFF file"),
        (b"<!DOCTYPE html><title>404", "is a web page and no picture"),
    ],
)
def test_what_is_no_picture_is_named_for_what_it_is(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "thing.jpg"
    path.write_bytes(data)
    refused = measure(path)
    assert isinstance(refused, Unreadable)
    assert said in refused.reason


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert measure(tmp_path / "none.jpg") == Unreadable("There is no file none.jpg.")
    assert isinstance(measure(tmp_path), Unreadable)


SOUND = (
    file_of(Image.new("RGB", (40, 30), "red"), "JPEG"),
    file_of(Image.new("RGBA", (9, 9)), "PNG"),
    file_of(Image.new("P", (9, 9)), "GIF"),
)


@given(start=st.sampled_from(SOUND), at=st.integers(0, 400), noise=st.binary(max_size=40))
def test_no_damage_makes_measuring_raise(tmp_path_factory: pytest.TempPathFactory, start: bytes, at: int, noise: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.bin"
    path.write_bytes(start[:at] + noise + start[at + len(noise) :])
    assert isinstance(measure(path), (Picture, Unreadable))


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "I;16", "1", "F"])
def test_a_photograph_of_any_kind_can_be_drawn_on(artist: Artist, tmp_path: Path, mode: str) -> None:
    kind = {"CMYK": "JPEG", "F": "TIFF"}.get(mode, "PNG")
    path = tmp_path / "odd"
    path.write_bytes(file_of(Image.new(mode, (90, 70)), kind))
    drawn = artist.draw(request(photo=path))
    if kind == "TIFF":
        assert isinstance(drawn, Undrawable)
    else:
        assert isinstance(drawn, Graphic)
        assert "enlarged" in drawn.complaints[0]


def test_a_grey_of_sixteen_bits_does_not_turn_white(artist: Artist, tmp_path: Path) -> None:
    path = tmp_path / "deep.png"
    Image.new("I;16", (1200, 1500), 20_000).save(path)
    drawn = artist.draw(request("square", path, title="Hi", kicker="", time="", place="", access="", url=""))
    assert isinstance(drawn, Graphic)
    with Image.open(drawn.picture.path) as image:
        lightest = max(image.convert("L").crop((300, 380, 700, 480)).tobytes())
    assert lightest < 140


def test_where_a_photograph_was_taken_is_not_published(artist: Artist, tmp_path: Path) -> None:
    image, path = Image.new("RGB", (1200, 1500)), tmp_path / "gps.jpg"
    exif = image.getexif()
    exif[0x010F] = "A telling camera"
    exif.get_ifd(0x8825)[1] = "N"
    image.save(path, exif=exif, comment=b"A telling remark")
    drawn = artist.draw(request(photo=path))
    assert isinstance(drawn, Graphic)
    data = Path(drawn.picture.path).read_bytes()
    assert b"telling" not in data
    assert b"Exif" not in data


@pytest.mark.parametrize("options", [{}, {"restart_marker_rows": 2}, {"progressive": True}, {"optimize": True}])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.99])
def test_a_jpeg_whose_copy_broke_off_and_was_filled_with_zeros_is_refused(tmp_path: Path, options: dict[str, Any], share: float) -> None:
    path = tmp_path / "a.jpg"
    Image.effect_noise((600, 400), 60).convert("RGB").save(path, quality=90, **options)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)].ljust(len(whole), b"\0"))
    found = measure(path)
    assert isinstance(found, Unreadable)
    assert found.reason == "a.jpg is damaged or incomplete: save or download it again."
    assert not found.settled


def test_a_jpeg_of_one_colour_is_whole_though_its_bytes_are_zeros_and_so_is_one_with_zeros_behind_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.new("RGB", (1000, 1000), "white").save(path, optimize=True)
    assert bytes(5_000) in path.read_bytes()
    for more in (b"", bytes(40_000)):
        path.write_bytes(path.read_bytes() + more)
        assert isinstance(measure(path), Picture)


@pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "webp"])
def test_what_begins_as_a_picture_and_ends_too_soon_is_not_called_another_kind_of_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    Image.effect_noise((400, 300), 60).convert("RGB").save(path)
    whole = path.read_bytes()
    for length in (16, 40, len(whole) // 2, len(whole) - 50):
        path.write_bytes(whole[:length])
        found = measure(path)
        assert isinstance(found, Unreadable)
        assert "damaged or incomplete" in found.reason
        assert not found.settled


def test_a_picture_with_a_whole_drawing_in_its_notes_is_a_picture(tmp_path: Path) -> None:
    notes = PngInfo()
    notes.add_text("mxfile", "a box, an arrow; " * 200_000, zip=True)
    Image.new("RGB", (400, 300), "#0b4f6c").save(tmp_path / "a.png", pnginfo=notes)
    assert isinstance(measure(tmp_path / "a.png"), Picture)


def test_what_a_reader_says_of_odd_notes_reaches_nobody(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = file_of(Image.new("RGB", (60, 40)), "JPEG", exif=exif.tobytes())
    how_many = data.index(b"Exif") + 14
    (tmp_path / "a.jpg").write_bytes(data[:how_many] + b"\x7f\xff" + data[how_many + 2 :])
    code = "import sys, pathlib; from scheduler.graphics.picture import measure; print(measure(pathlib.Path(sys.argv[1])))"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.jpg")], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Picture(")
    assert done.stderr == ""
