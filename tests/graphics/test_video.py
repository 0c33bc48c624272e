from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.graphics.anonymous import film_without_notes
from scheduler.graphics.picture import measure
from scheduler.graphics.problem import Unreadable
from scheduler.graphics.thumbnail import thumbnail
from scheduler.graphics.video import is_video, measure_video
from scheduler.model.graphic import Picture, Video
from tests.films import Film, box, words
from tests.graphics.encoder import encode

PLACE = b"+53.5511+009.9937/"
XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
DATA = Path(__file__).parent / "films"


def facts(path: Path) -> Picture:
    found = measure_video(path)
    assert isinstance(found, Picture), found
    return found


@pytest.mark.parametrize(
    ("name", "size", "mime", "video"),
    [
        ("h264.mp4", (64, 96), "video/mp4", Video(seconds=4.018, codec="H.264", sound="AAC", frames=25.0)),
        ("hevc.mp4", (96, 64), "video/mp4", Video(seconds=1.022, codec="HEVC", sound="AAC", frames=30.0)),
        ("silent.mp4", (128, 96), "video/mp4", Video(seconds=2.0, codec="H.264", frames=30.0)),
        ("phone.mov", (96, 64), "video/quicktime", Video(seconds=2.021, codec="H.264", sound="AAC", frames=30.0)),
        ("fragments.mp4", (96, 64), "video/mp4", Video(seconds=2.0, codec="H.264", sound="AAC", frames=30.0)),
    ],
)
def test_real_films_are_measured_as_players_see_them(name: str, size: tuple[int, int], mime: str, video: Video) -> None:
    found = facts(DATA / name)
    assert ((found.width, found.height), found.mime, found.video) == (size, mime, video)


def test_a_film_that_was_taken_sideways_is_measured_as_it_is_seen(tmp_path: Path) -> None:
    found = facts(Film(size=(1920, 1080), sideways=True).write(tmp_path / "phone.mp4"))
    assert (found.width, found.height) == (1080, 1920)


@pytest.mark.parametrize("cut", [4, 30, 300, 700])
def test_a_film_that_was_not_copied_whole_is_refused(tmp_path: Path, cut: int) -> None:
    data = (DATA / "h264.mp4").read_bytes()
    path = tmp_path / "march.mp4"
    path.write_bytes(data[: len(data) - cut])
    found = measure_video(path)
    assert isinstance(found, Unreadable)
    assert "march.mp4" in found.reason


def test_a_film_that_does_not_say_its_length_is_refused(tmp_path: Path) -> None:
    Film(seconds=0).write(tmp_path / "march.mp4")
    assert measure_video(tmp_path / "march.mp4") == Unreadable("march.mp4 does not say how long it is: export it again as an MP4.")


@pytest.mark.parametrize("flags", ["frag_keyframe", "frag_every_frame", "frag_keyframe+empty_moov", ""])
def test_a_film_that_goes_on_in_fragments_is_as_long_as_all_of_it(tmp_path: Path, flags: str) -> None:
    """Where its index holds a beginning, it calls the length of that the length of the film."""
    video = facts(encode(tmp_path / "march.mp4", flags=flags)).video
    assert video is not None
    assert 1.15 < video.seconds < 1.35
    assert round(video.frames) == 25


def test_sound_alone_is_no_film(tmp_path: Path) -> None:
    data = Film().data.replace(b"vide", b"soun")
    (tmp_path / "talk.m4a").write_bytes(data)
    assert measure_video(tmp_path / "talk.m4a") == Unreadable("talk.m4a has sound and no picture: a post needs a film that can be seen.")


def test_pictures_in_the_boxes_of_films_are_no_films() -> None:
    assert not is_video(b"\0\0\0\x18ftypheic")
    assert not is_video(b"\0\0\0\x18ftypavif")
    assert not is_video(b"\xff\xd8\xff\xe0\0\x10JFIF\0\0")
    assert is_video(b"\0\0\0\x18ftypqt  ")


@pytest.mark.parametrize("head", [b"\x1aE\xdf\xa3", b"RIFF\0\0\0\0AVI ", b"OggS"])
def test_other_kinds_of_films_are_named_for_what_they_are(tmp_path: Path, head: bytes) -> None:
    (tmp_path / "march.mp4").write_bytes(head + bytes(99))
    found = measure(tmp_path / "march.mp4")
    assert isinstance(found, Unreadable)
    assert "export it as MP4 (H.264 with AAC sound)" in found.reason


def test_the_place_that_a_telephone_wrote_down_is_not_in_the_copy(tmp_path: Path) -> None:
    film = facts(DATA / "phone.mov")
    assert PLACE in Path(film.path).read_bytes()
    clean = film_without_notes(film, tmp_path)
    assert isinstance(clean, Picture)
    data = Path(clean.path).read_bytes()
    assert PLACE not in data
    assert b"Apple" not in data
    assert replace(clean, path="", sha256="") == replace(film, path="", sha256="")


@pytest.mark.parametrize(
    "note",
    [
        box("udta", box("\xa9xyz", PLACE)),
        box("meta", box("ilst", PLACE)),
        box("uuid", bytes(16), PLACE),
        box("gps ", PLACE),
        box("trak", box("mdia", box("hdlr", words(0, 0), b"meta", bytes(13)), box("gps ", PLACE))),
    ],
)
def test_every_kind_of_note_is_emptied(tmp_path: Path, note: bytes) -> None:
    film = facts(Film(notes=note).write(tmp_path / "march.mp4"))
    clean = film_without_notes(film, tmp_path / "clean")
    assert isinstance(clean, Picture)
    assert PLACE not in Path(clean.path).read_bytes()
    assert clean.video == film.video


def test_notes_of_every_place_in_a_film_are_emptied_and_every_other_byte_stays(tmp_path: Path) -> None:
    made = Film(notes=box("udta", PLACE)).data + box("meta", PLACE * 200_000) + box("free", PLACE) + box("uuid", XMP, PLACE) + box("free")
    (tmp_path / "march.mp4").write_bytes(made)
    clean = film_without_notes(facts(tmp_path / "march.mp4"), tmp_path / "clean")
    assert isinstance(clean, Picture)
    data = Path(clean.path).read_bytes()
    assert len(data) == len(made)
    assert PLACE not in data
    rest = {at for at in range(len(made)) if made[at] != data[at]}
    assert min(rest) == made.index(b"udta")
    assert data.endswith(box("free"))


def log_of_places(chunks: list[tuple[int, int]], *, one_size: int = 0, wide: bool = False) -> bytes:
    """Returns an action camera's track: for each chunk where it begins and how many samples of 6 bytes it has."""
    count = sum(samples for _, samples in chunks)
    rows = b"".join(words(number, samples, 1) for number, (_, samples) in enumerate(chunks, 1))
    sizes = words(0, one_size, count) + (b"" if one_size else words(*[6] * count))
    starts = box("co64" if wide else "stco", words(0, len(chunks)), words(*(start for start, _ in chunks), size=8 if wide else 4))
    table = box("stbl", box("stsc", words(0, len(chunks)), rows), box("stsz", sizes), starts)
    return box("trak", box("mdia", box("hdlr", words(0, 0), b"meta", bytes(13)), box("minf", table)))


@pytest.mark.parametrize(("one_size", "wide"), [(0, False), (6, False), (0, True)])
def test_what_a_hidden_track_holds_is_not_in_the_copy_and_what_is_seen_stays(tmp_path: Path, one_size: int, wide: bool) -> None:
    content = b"seen1" + PLACE + b"seen2" + PLACE[:12] + b"seen3"
    places = [(0, 3), (0, 2)]
    film = Film(notes=log_of_places(places, one_size=one_size, wide=wide), content=content, seen=((0, 5), (23, 5), (40, 5)))
    length = len(film.data) - len(content)
    log = log_of_places([(length + 5, 3), (length + 28, 2)], one_size=one_size, wide=wide)
    replace(film, notes=log).write(tmp_path / "march.mp4")
    clean = film_without_notes(facts(tmp_path / "march.mp4"), tmp_path / "clean")
    assert isinstance(clean, Picture)
    assert Path(clean.path).read_bytes().endswith(box("mdat", b"seen1" + bytes(18) + b"seen2" + bytes(12) + b"seen3"))


def test_a_hidden_track_whose_index_points_anywhere_empties_nothing_outside_the_content(tmp_path: Path) -> None:
    film = facts(Film(notes=log_of_places([(0, 2**31), (2**31, 1)], one_size=2**20)).write(tmp_path / "march.mp4"))
    clean = film_without_notes(film, tmp_path / "clean")
    assert isinstance(clean, Picture)
    assert (clean.video, clean.bytes) == (film.video, film.bytes)


@pytest.mark.parametrize("size", [4, 8])
def test_the_hour_is_in_no_header_of_the_copy(tmp_path: Path, size: int) -> None:
    hour = (0xE3A1B2C4).to_bytes(size, "big")
    data = Film(hour=hour * 2).data
    for header in (b"tkhd", b"mdhd"):
        at = data.index(header)
        data = data[: at + 8] + words(0xE3A1B2C4, 0xE3A1B2C4) + data[at + 16 :]
    (tmp_path / "march.mp4").write_bytes(data)
    film = facts(tmp_path / "march.mp4")
    clean = film_without_notes(film, tmp_path / "clean")
    assert isinstance(clean, Picture)
    assert words(0xE3A1B2C4) not in Path(clean.path).read_bytes()
    assert (clean.video, clean.width, clean.bytes) == (film.video, film.width, film.bytes)


def test_a_film_that_changed_since_it_was_measured_is_not_copied_under_its_name(tmp_path: Path) -> None:
    film = facts(Film(notes=box("udta", PLACE), padding=100).write(tmp_path / "march.mp4"))
    Film(notes=box("udta", PLACE), padding=90).write(tmp_path / "march.mp4")
    assert isinstance(film_without_notes(film, tmp_path / "clean"), Unreadable)
    Film(notes=box("udta", PLACE[::-1]), padding=100).write(tmp_path / "march.mp4")
    assert isinstance(film_without_notes(film, tmp_path / "clean"), Unreadable)
    assert [path for path in (tmp_path / "clean").rglob("*") if path.is_file()] == []


def test_a_film_without_notes_is_not_copied(tmp_path: Path) -> None:
    film = facts(Film().write(tmp_path / "march.mp4"))
    assert film_without_notes(film, tmp_path / "clean") is film
    assert not (tmp_path / "clean").exists()


def test_the_page_shows_a_still_of_the_film_s_shape_and_length(tmp_path: Path) -> None:
    mime, data = thumbnail(facts(Film(seconds=83).write(tmp_path / "march.mp4")))
    assert mime == "image/jpeg"
    (tmp_path / "still.jpg").write_bytes(data)
    still = measure(tmp_path / "still.jpg")
    assert isinstance(still, Picture)
    assert (still.width, still.height) == (540, 960)


SOUND = (*(path.read_bytes() for path in sorted(DATA.glob("*.m*"))), Film().data, Film(notes=box("udta", PLACE)).data)


@given(start=st.sampled_from(SOUND), at=st.integers(0, 3000), noise=st.binary(max_size=24), cut=st.integers(0, 50))
def test_no_damage_makes_measuring_or_cleaning_raise(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, at: int, noise: bytes, cut: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.mp4"
    damaged = start[:at] + noise + start[at + len(noise) :]
    path.write_bytes(damaged[: len(damaged) - cut])
    found = measure_video(path)
    if isinstance(found, Picture):
        assert found.width > 0
        assert found.height > 0
        film_without_notes(found, tmp_path_factory.getbasetemp() / "clean")


def test_boxes_without_end_do_not_keep_it_busy(tmp_path: Path) -> None:
    path = tmp_path / "bomb.mp4"
    path.write_bytes(box("ftyp", b"isom", bytes(4)) + box("free") * 200_000)
    assert isinstance(measure_video(path), Unreadable)


def test_real_films_are_in_this_folder() -> None:
    """The films were made with PyAV 18: one colour, four seconds and less, so that they are a few kilobytes each."""
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 40_000
