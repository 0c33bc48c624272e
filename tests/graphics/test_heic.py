import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageStat
from pillow_heif import register_heif_opener

from scheduler.graphics import heic
from scheduler.graphics.artist import Artist
from scheduler.graphics.picture import loaded, open_picture
from scheduler.graphics.problem import Unreadable
from scheduler.graphics.studio import Studio
from scheduler.model.graphic import Graphic, Picture
from scheduler.model.limits import Limits
from scheduler.model.settings import Brand
from scheduler.planning.context import Problem
from scheduler.publishers.discovery import known_networks
from tests.films import Film, box
from tests.graphics.conftest import request

KINDS = {"HEIF": ".heic", "AVIF": ".avif"}
BOTH = pytest.mark.parametrize("kind", KINDS)
PLACE = "53 deg 33 min north"


@pytest.fixture(scope="module", autouse=True)
def heif() -> None:
    register_heif_opener()


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(Artist(tmp_path / "cache", Brand(), None, tmp_path), tmp_path / "clean")


def halves(width: int = 320, height: int = 200) -> Image.Image:
    """Returns a picture whose left half is red and whose right half is blue, with grain, so that its file has some length."""
    image = Image.effect_noise((width, height), 20).convert("RGB").point(lambda value: value // 8)
    image.paste("#c81414", (0, 0, width // 2, height))
    image.paste("#1414c8", (width // 2, 0, width, height))
    return image


def written(image: Image.Image, kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, quality=90, **more)
    return out.getvalue()


def taken(image: Image.Image) -> bytes:
    """Returns EXIF as a telephone writes it, with a place and a maker."""
    exif = image.getexif()
    exif[0x010F] = "Secret maker"
    exif.get_ifd(0x8825)[1] = PLACE
    return exif.tobytes()


def shown(studio: Studio, path: Path, network: str = "instagram") -> Picture:
    found = studio.picture(str(path), known_networks()[network].facts.limits)
    assert isinstance(found, Picture), found
    return found


def refused(studio: Studio, path: Path) -> Problem:
    found = studio.picture(str(path), Limits(text=None))
    assert isinstance(found, Problem), found
    return found


def colour(image: Image.Image, box: tuple[int, int, int, int]) -> tuple[int, ...]:
    return tuple(round(value) for value in ImageStat.Stat(image.convert("RGB").crop(box)).mean)


@BOTH
def test_every_network_gets_a_jpeg_without_the_camera_s_notes(studio: Studio, tmp_path: Path, kind: str) -> None:
    image, path = halves(600, 600), tmp_path / f"IMG_0042{KINDS[kind].upper()}"
    path.write_bytes(written(image, kind, exif=taken(image), xmp=b"<x:xmpmeta>Secret maker</x:xmpmeta>"))
    assert PLACE.encode() in path.read_bytes()
    for network in known_networks():
        picture = shown(studio, path, network)
        assert (picture.mime, picture.width, picture.height, picture.frames) == ("image/jpeg", 600, 600, 0)
        assert Path(picture.path).name == "IMG_0042.jpg"
        data = Path(picture.path).read_bytes()
        assert len(data) == picture.bytes
        assert not any(note in data for note in (b"Exif", b"Secret", b"ns.adobe.com", PLACE.encode(), b"ICC_PROFILE"))


@BOTH
def test_a_picture_that_lies_on_its_side_is_turned_once(studio: Studio, tmp_path: Path, kind: str) -> None:
    image, path = halves(), tmp_path / f"a{KINDS[kind]}"
    image.getexif()[0x0112] = 6
    image.info["exif"] = image.getexif().tobytes()
    path.write_bytes(written(image, kind, exif=image.info["exif"]) if kind == "AVIF" else written(image, kind))
    assert b"irot" in path.read_bytes()
    picture = shown(studio, path, "website")
    assert (picture.width, picture.height) == (200, 320)
    with Image.open(picture.path) as copy:
        top, bottom = colour(copy, (20, 20, 180, 140)), colour(copy, (20, 180, 180, 300))
    assert top[0] > 150
    assert top[2] < 60
    assert bottom[2] > 150
    assert bottom[0] < 60


@BOTH
def test_colours_of_another_profile_become_those_of_screens(studio: Studio, tmp_path: Path, kind: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    image, path = Image.new("RGB", (64, 64), "#808080"), tmp_path / f"a{KINDS[kind]}"
    path.write_bytes(written(image, kind, icc_profile=swapped()))
    with Image.open(shown(studio, path, "website").path) as copy:
        assert colour(copy, (8, 8, 56, 56)) != (128, 128, 128)
    path.write_bytes(written(image, kind, icc_profile=profile))
    with Image.open(shown(studio, path, "website").path) as copy:
        assert colour(copy, (8, 8, 56, 56)) == pytest.approx((128, 128, 128), abs=2)


RED_IN_P3 = (183, 48, 36)
"""Is the red of (200, 20, 20) on screens in the numbers of Display P3."""


def numbered(kind: str, image: Image.Image, primaries: int, curve: int) -> bytes:
    """Returns a file that names its colours by numbers, as telephones with Android and cameras write it, and brings no profile."""
    data = bytearray(written(image, kind))
    at = data.index(b"nclx") + 4
    data[at : at + 4] = primaries.to_bytes(2, "big") + curve.to_bytes(2, "big")
    return bytes(data)


@BOTH
def test_colours_that_are_named_by_numbers_become_those_of_screens(studio: Studio, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a{KINDS[kind]}"
    for primaries, red in ((12, (200, 24, 22)), (1, RED_IN_P3), (2, RED_IN_P3), (22, RED_IN_P3)):
        path.write_bytes(numbered(kind, Image.new("RGB", (64, 64), RED_IN_P3), primaries, 13))
        with Image.open(shown(studio, path, "website").path) as copy:
            assert colour(copy, (8, 8, 56, 56)) == pytest.approx(red, abs=4)


@BOTH
@pytest.mark.parametrize(
    ("curve", "signal", "seen"),
    [
        (16, 0, 0),
        (16, 107, 124),
        (16, 148, 238),
        (16, 192, 255),
        (16, 255, 255),
        (18, 0, 0),
        (18, 116, 124),
        (18, 191, 238),
        (18, 255, 255),
    ],
)
def test_pictures_that_are_brighter_than_paper_look_as_usual_on_a_usual_screen(
    studio: Studio, tmp_path: Path, kind: str, curve: int, signal: int, seen: int
) -> None:
    path = tmp_path / f"a{KINDS[kind]}"
    path.write_bytes(numbered(kind, Image.new("RGB", (64, 64), (signal,) * 3), 9, curve))
    with Image.open(shown(studio, path, "website").path) as copy:
        assert colour(copy, (8, 8, 56, 56)) == pytest.approx((seen,) * 3, abs=4)


@BOTH
def test_a_profile_counts_before_numbers(studio: Studio, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a{KINDS[kind]}"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = written(Image.new("RGB", (64, 64), RED_IN_P3), kind, icc_profile=profile)
    at = data.find(b"nclx")
    path.write_bytes(data if at < 0 else data[: at + 4] + bytes((0, 12)) + data[at + 6 :])
    with Image.open(shown(studio, path, "website").path) as copy:
        assert colour(copy, (8, 8, 56, 56)) == pytest.approx(RED_IN_P3, abs=4)


def swapped() -> bytes:
    """Returns the profile of screens with another curve of brightness, which makes every grey lighter or darker."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    at = data.rindex(b"para")
    data[at + 12 : at + 16] = (65536).to_bytes(4, "big")
    return bytes(data)


@BOTH
def test_what_is_clear_lies_on_a_plain_ground(studio: Studio, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a{KINDS[kind]}"
    path.write_bytes(written(Image.new("RGBA", (64, 64), (20, 20, 20, 0)), kind))
    with Image.open(shown(studio, path, "website").path) as copy:
        assert (copy.mode, colour(copy, (8, 8, 56, 56))) == ("RGB", (255, 255, 255))


def test_deep_and_grey_pictures_are_brought_down_to_eight_bits(studio: Studio, tmp_path: Path) -> None:
    for mode, shade in (("L", 128), ("I;16", 32_896)):
        path = tmp_path / "a.heic"
        path.write_bytes(written(Image.new(mode, (64, 64), shade), "HEIF"))
        with Image.open(shown(studio, path, "website").path) as copy:
            assert colour(copy, (8, 8, 56, 56)) == pytest.approx((128,) * 3, abs=3)


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("made", ["HEIF", "AVIF", "tiles"])
def test_a_file_that_was_cut_off_is_refused_and_waited_for(studio: Studio, tmp_path: Path, made: str, share: float) -> None:
    whole = written(halves(), "HEIF", tile_size=64) if made == "tiles" else written(halves(), made)
    path = tmp_path / "a.heic"
    path.write_bytes(whole[: max(int(len(whole) * share), 12)])
    problem = refused(studio, path)
    assert problem.reason == "a.heic is damaged or incomplete: save or download it again."
    assert problem.saved is not None, "it may be on its way still"


def test_tiles_that_a_broken_copy_left_empty_are_found(studio: Studio, tmp_path: Path) -> None:
    whole = written(halves(), "HEIF", tile_size=64)
    path = tmp_path / "a.heic"
    path.write_bytes(whole[: len(whole) // 2].ljust(len(whole), b"\0"))
    assert "damaged or incomplete" in refused(studio, path).reason


@BOTH
def test_a_copy_that_broke_off_and_was_filled_with_zeros_is_refused(studio: Studio, tmp_path: Path, kind: str) -> None:
    whole, path = written(Image.effect_noise((240, 200), 60).convert("RGB"), kind), tmp_path / "a.heic"
    for share in (0.3, 0.6, 0.95):
        at = int(len(whole) * share)
        for broken in (whole[:at].ljust(len(whole), b"\0"), whole[: at - 600] + bytes(600) + whole[at:]):
            path.write_bytes(broken)
            assert "damaged or incomplete" in refused(studio, path).reason


@BOTH
def test_zeros_that_a_camera_wrote_beside_the_picture_are_no_damage(studio: Studio, tmp_path: Path, kind: str) -> None:
    image, path = halves(600, 600), tmp_path / "a.heic"
    exif = image.getexif()
    exif[0x927C] = b"Secret" + bytes(4_000)
    path.write_bytes(written(image, kind, exif=exif.tobytes()))
    assert bytes(4_000) in path.read_bytes()
    assert shown(studio, path).mime == "image/jpeg"


@BOTH
def test_a_small_file_that_unpacks_to_a_huge_picture_is_refused_before_it_is_unpacked(studio: Studio, tmp_path: Path, kind: str) -> None:
    data = bytearray(written(Image.new("RGB", (64, 64)), kind))
    at = data.index(b"ispe") + 8
    data[at : at + 8] = (60_000).to_bytes(4, "big") * 2
    path = tmp_path / "bomb.heic"
    path.write_bytes(data)
    assert refused(studio, path).reason in {
        "bomb.heic has more than 50 million pixels: make it smaller.",
        "bomb.heic is damaged or incomplete: save or download it again.",
    }


def test_pieces_that_lie_over_each_other_again_and_again_are_not_looked_at_for_hours(studio: Studio, tmp_path: Path) -> None:
    everything = (0).to_bytes(4, "big") + (2_000_000).to_bytes(4, "big")
    item = bytes([0, 1, 0, 0]) + (60_000).to_bytes(2, "big") + 60_000 * everything
    places = box("iloc", bytes(4), bytes([0x44, 0, 0, 1]), item)
    path = tmp_path / "a.heic"
    path.write_bytes(box("ftyp", b"heic", bytes(4), b"heic") + box("meta", bytes(4), places) + box("mdat", bytes(2_000_000)))
    assert "damaged or incomplete" in refused(studio, path).reason


def test_of_a_burst_it_is_the_picture_that_the_file_shows(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "burst.heic"
    others = [halves(), Image.new("RGB", (64, 64), "#14c814")]
    path.write_bytes(written(Image.new("RGB", (80, 60), "#c81414"), "HEIF", save_all=True, append_images=others, primary_index=2))
    picture = shown(studio, path, "website")
    assert (picture.width, picture.height, picture.frames) == (64, 64, 0)


def test_what_moves_is_told_how_to_be_sent(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "a.avif"
    path.write_bytes(written(halves(), "AVIF", save_all=True, append_images=[halves().rotate(180)]))
    problem = refused(studio, path)
    assert "a.avif moves" in problem.reason
    assert "MP4" in problem.reason
    assert problem.saved is None


@pytest.mark.parametrize("brand", ["hevc", "msf1", "heic"])
def test_pictures_one_after_the_other_are_told_how_to_be_sent(studio: Studio, tmp_path: Path, brand: str) -> None:
    path = tmp_path / "a.heic"
    path.write_bytes(Film(brand=brand).data)
    problem = refused(studio, path)
    assert "a.heic holds pictures one after the other" in problem.reason
    assert problem.saved is None


@pytest.fixture
def without_the_extra(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    heic._reads_heic.cache_clear()  # noqa: SLF001 - as at the start of a program
    yield
    heic._reads_heic.cache_clear()  # noqa: SLF001 - as above


@pytest.mark.usefixtures("without_the_extra")
def test_without_the_extra_a_heic_file_says_what_to_install_and_avif_goes_on(studio: Studio, tmp_path: Path) -> None:
    for kind, ending in KINDS.items():
        (tmp_path / f"a{ending}").write_bytes(written(halves(), kind))
    problem = refused(studio, tmp_path / "a.heic")
    assert problem.reason.startswith("a.heic is a HEIC file: run  pip install 'scheduler[heic]'  once")
    assert problem.reason.endswith("or export it as JPEG.")
    assert problem.saved is None
    assert shown(studio, tmp_path / "a.avif").mime == "image/jpeg"


@BOTH
def test_a_photograph_in_a_graphic_may_be_one(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a{KINDS[kind]}"
    path.write_bytes(written(halves(1200, 1500), kind))
    artist = Artist(tmp_path / "cache", Brand(primary="#0b4f6c", dark="#04202d", accent="#ffb703", light="#ffffff"), None, tmp_path)
    assert isinstance(artist.draw(request(photo=path)), Graphic)


def test_a_copy_is_made_once(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "a.heic"
    path.write_bytes(written(halves(), "HEIF"))
    first = Path(shown(studio, path, "website").path)
    before = first.stat().st_mtime_ns
    again = Studio(Artist(tmp_path / "cache", Brand(), None, tmp_path), tmp_path / "clean")
    assert Path(shown(again, path, "website").path) == first
    assert first.stat().st_mtime_ns == before


@given(kind=st.sampled_from(["HEIF", "AVIF", "tiles"]), at=st.integers(0, 3_000), noise=st.binary(min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_no_damage_makes_reading_raise(kind: str, at: int, noise: bytes) -> None:
    data = SOUND[kind]
    at %= len(data)
    opened = open_picture(data[:at] + noise + data[at + len(noise) :], "a.heic")
    if not isinstance(opened, Unreadable):
        loaded(opened, "a.heic")


register_heif_opener()
SOUND = {
    "HEIF": written(halves(64, 64), "HEIF"),
    "AVIF": written(halves(64, 64), "AVIF"),
    "tiles": written(halves(160, 128), "HEIF", tile_size=64),
}
