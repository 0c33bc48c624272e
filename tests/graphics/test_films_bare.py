"""What is in a film beside what is seen and heard is in no copy that goes out; the film itself plays on as before."""

import os
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.graphics.anonymous import film_without_notes
from scheduler.graphics.problem import Unreadable
from scheduler.graphics.video import measure_video
from scheduler.model.graphic import Picture
from tests.films import Film, box, words
from tests.graphics.encoder import PLACE, encode, packets, played

TELLING = (PLACE, b"Secret title", b"Anna", b"Lavf", b"Handler", b"FFMP", b"appl", b"libx26")
MADE: dict[str, tuple[str, str, str, str]] = {
    "plain.mp4": ("mp4", "", "libx264", "aac"),
    "index first.mp4": ("mp4", "faststart", "libx264", "aac"),
    "fragments.mp4": ("mp4", "frag_keyframe+empty_moov", "libx264", "aac"),
    "fragments by themselves.mp4": ("mp4", "frag_every_frame+empty_moov+default_base_moof", "libx264", "aac"),
    "fragments and index.mp4": ("mp4", "hybrid_fragmented", "libx264", "aac"),
    "broadcast.mp4": ("mp4", "dash+global_sidx+frag_keyframe", "libx264", "aac"),
    "silverlight.mp4": ("ismv", "", "libx264", "aac"),
    "hevc.mp4": ("mp4", "", "libx265", "aac"),
    "telephone.mov": ("mov", "", "libx264", "aac"),
    "camera.mov": ("mov", "", "mpeg4", "pcm_s16le"),
    "old.mov": ("mov", "", "mpeg4", "adpcm_ima_qt"),
    "lossless.mov": ("mov", "", "mpeg4", "alac"),
    "free.mp4": ("mp4", "", "libx264", "flac"),
    "fragments after a beginning.mp4": ("mp4", "frag_keyframe", "libx264", "aac"),
}


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> Iterator[None]:
    av.logging.set_level(av.logging.PANIC)
    os.environ["X265_LOG"] = "none"
    yield
    av.logging.set_level(None)


def facts(path: Path) -> Picture:
    found = measure_video(path)
    assert isinstance(found, Picture), found
    return found


def bare(path: Path, folder: Path) -> Picture:
    clean = film_without_notes(facts(path), folder)
    assert isinstance(clean, Picture), clean
    return clean


@pytest.mark.parametrize("name", MADE)
def test_every_film_plays_as_before_and_tells_nothing(tmp_path: Path, name: str) -> None:
    kind, flags, video, sound = MADE[name]
    made = facts(encode(tmp_path / name, kind, flags=flags, video=video, sound=sound))
    assert PLACE in Path(made.path).read_bytes()
    clean = bare(tmp_path / name, tmp_path / "clean")
    data = Path(clean.path).read_bytes()
    assert [word for word in TELLING if word in data] == []
    assert played(Path(clean.path)) == played(tmp_path / name)
    assert (clean.video, clean.bytes, clean.mime) == (made.video, made.bytes, made.mime)
    assert film_without_notes(clean, tmp_path / "again") is clean


@pytest.mark.parametrize("flags", ["", "frag_keyframe+empty_moov", "frag_keyframe+empty_moov+default_base_moof", "hybrid_fragmented"])
@pytest.mark.parametrize("kind", ["mp4", "mov"])
def test_a_log_of_places_is_in_no_copy_in_whatever_way_the_film_is_written(tmp_path: Path, flags: str, kind: str) -> None:
    made = encode(tmp_path / f"march.{kind}", kind, flags=flags, log=True)
    assert made.read_bytes().count(PLACE) >= 30
    clean = Path(bare(made, tmp_path / "clean").path)
    assert PLACE not in clean.read_bytes()
    assert played(clean) == played(made)
    with av.open(clean) as film:
        assert sorted(stream.type for stream in film.streams) == ["audio", "video"]


def test_the_names_that_makers_give_to_codecs_and_kinds_are_in_no_copy(tmp_path: Path) -> None:
    film = encode(tmp_path / "march.mov", "mov", video="mpeg4")
    data = film.read_bytes()
    entry = data.index(b"mp4v", data.index(b"stsd"))
    data = data[: entry + 46] + b"\x0cAnna's phone".ljust(32, b"\0") + data[entry + 78 :]
    data = data.replace(box("ftyp", b"qt  ", words(512), b"qt  "), box("ftyp", b"qt  ", words(20_110_713), b"pana"))
    film.write_bytes(data)
    clean = Path(bare(film, tmp_path / "clean").path).read_bytes()
    assert b"phone" not in clean
    assert clean.startswith(box("ftyp", b"qt  ", words(0), b"isom"))
    assert played(film) == played(Path(bare(film, tmp_path / "clean").path))


@pytest.mark.parametrize("flags", ["faststart", "frag_keyframe+empty_moov", "frag_every_frame+empty_moov"])
def test_a_film_that_has_its_full_length_before_all_of_it_is_there_is_waited_for(tmp_path: Path, flags: str) -> None:
    """So do systems copy that make room for the whole first; its index stands at the start."""
    film = encode(tmp_path / "march.mp4", flags=flags)
    data = film.read_bytes()
    content = data.index(b"mdat") + 4
    for start, end in ((content, len(data)), (len(data) // 2, len(data)), (content, content + 300)):
        film.write_bytes(data[:start] + bytes(end - start) + data[end:])
        clean = film_without_notes(facts(film), tmp_path / "clean")
        assert isinstance(clean, Unreadable)
        assert "was not copied whole" in clean.reason
        assert not clean.settled, "the rest is still to come"
    film.write_bytes(data)
    assert played(Path(bare(film, tmp_path / "clean").path)) == played(film)


def test_titles_and_covers_beside_flac_are_not_in_the_copy(tmp_path: Path) -> None:
    film = encode(tmp_path / "march.mp4", sound="flac")
    data = film.read_bytes()
    at, blocks = data.index(b"dfLa"), b""
    for kind, content in ((4, b"TITLE=" + PLACE), (6, b"Anna's cover"), (0x80 | 2, b"Anna")):
        blocks += bytes([kind]) + len(content).to_bytes(3, "big") + content
    data = data[: at + 8] + bytes([data[at + 8] & 127]) + data[at + 9 :]  # the block that was the last is none any more
    end = at - 4 + int.from_bytes(data[at - 4 : at], "big")
    data = data[:end] + blocks + data[end:]
    for holder in (b"dfLa", b"fLaC", b"stsd", b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        place = data.rindex(holder, 0, at + 4) - 4
        data = data[:place] + words(int.from_bytes(data[place : place + 4], "big") + len(blocks)) + data[place + 4 :]
    film.write_bytes(data)
    clean = Path(bare(film, tmp_path / "clean").path)
    assert [word for word in (PLACE, b"Anna") if word in clean.read_bytes()] == []
    assert played(clean) == played(film)


def replaced(film: Path, old: bytes, new: bytes) -> None:
    data = film.read_bytes()
    assert old in data
    film.write_bytes(data.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"mdhd", b"matt", "is damaged"),
        (b"edts", b"clip", "has a part of a rare kind (“clip”)"),
        (box("url ", words(1)), box("url ", words(0)), "has its pictures or its sound in another file"),
        (b"btrt", b"Anna", "has a codec with a part of an unknown kind (“Anna”)"),
        (b"stsc", b"skip", "is damaged"),
        (b"stco", b"skip", "is damaged"),
        (b"soun", b"noun", "has a track that calls itself neither picture nor sound, and is one"),
    ],
)
def test_a_film_that_is_not_understood_is_refused_with_a_reason(tmp_path: Path, old: bytes, new: bytes, reason: str) -> None:
    film = encode(tmp_path / "march.mp4")
    replaced(film, old, new)
    found = measure_video(film)
    clean = film_without_notes(found, tmp_path / "clean") if isinstance(found, Picture) else found
    assert isinstance(clean, Unreadable)
    assert clean.reason.startswith(f"march.mp4 {reason}")
    assert clean.reason.endswith(("export it again as an MP4.", "save or download it again."))


def test_a_film_whose_index_points_outside_of_its_content_is_refused(tmp_path: Path) -> None:
    Film(content=PLACE, seen=((0, 5), (200, 5))).write(tmp_path / "march.mp4")
    clean = film_without_notes(facts(tmp_path / "march.mp4"), tmp_path / "clean")
    assert isinstance(clean, Unreadable)
    assert "points to where no pictures are" in clean.reason


@pytest.mark.parametrize(("kind", "sound", "named"), [("mp4", "libmp3lame", "MP3"), ("mp4", "ac3", "AC-3"), ("mov", "pcm_s16le", "PCM")])
def test_sound_is_named_for_what_it_is_whatever_the_file_calls_it(tmp_path: Path, kind: str, sound: str, named: str) -> None:
    video = facts(encode(tmp_path / f"march.{kind}", kind, sound=sound)).video
    assert video is not None
    assert (video.codec, video.sound) == ("H.264", named)


def test_a_second_film_within_the_film_that_is_switched_off_is_not_in_the_copy(tmp_path: Path) -> None:
    film = encode(tmp_path / "march.mp4", log=True)
    data = film.read_bytes()
    hidden = data.rindex(b"trak")
    at = data.index(b"tkhd", hidden)
    handler = data.index(b"meta", hidden)
    film.write_bytes(data[: at + 7] + b"\2" + data[at + 8 : handler] + (b"soun" + data[handler + 4 :]).replace(b"nmhd", b"smhd"))
    clean = Path(bare(film, tmp_path / "clean").path)
    assert PLACE not in clean.read_bytes()
    assert played(clean) == played(film)


INDEX = ("moov", "trak", "mdia", "minf", "stbl", "stsd", "dref", "hdlr", "tkhd", "edts", "wave", "mvex", "trex")
KINDS = st.sampled_from((*INDEX, "udta", "meta", "uuid", "free", "mdat", "moof", "traf", "tfhd", "trun"))
TREES = st.recursive(
    st.builds(box, KINDS, st.binary(max_size=40)),
    lambda inner: st.builds(lambda kind, boxes: box(kind, *boxes), KINDS, st.lists(inner, max_size=4)),
    max_leaves=12,
)


@settings(max_examples=60)
@given(tree=TREES, place=st.integers(0, 3))
def test_whatever_boxes_stand_in_a_film_it_is_refused_or_its_content_stays(
    tmp_path_factory: pytest.TempPathFactory, tree: bytes, place: int
) -> None:
    seen = bytes(range(1, 65))
    path = tmp_path_factory.getbasetemp() / "tree.mp4"
    film = Film(notes=tree if place == 0 else b"", content=seen)
    data = film.data
    before = data.index(b"moov") - 4
    path.write_bytes([data, data + tree, box("ftyp", b"isom", bytes(4)) + data[before:] + tree, data + box("moof", tree)][place])
    found = measure_video(path)
    clean = film_without_notes(found, tmp_path_factory.getbasetemp() / "trees") if isinstance(found, Picture) else found
    if isinstance(clean, Picture):
        assert seen in Path(clean.path).read_bytes()
        assert clean.bytes == path.stat().st_size


@settings(max_examples=40)
@given(data=st.data(), start=st.integers(0, 4), at=st.integers(0, 4_000), noise=st.binary(min_size=1, max_size=6))
def test_no_damage_makes_the_copy_play_otherwise_than_the_film(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, start: int, at: int, noise: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp()
    name = list(MADE)[start]
    sound, damaged = folder / f"sound {name}", folder / "damaged.mp4"
    if not sound.exists():
        kind, flags, video, waves = MADE[name]
        encode(sound, kind, flags=flags, video=video, sound=waves)
    whole = sound.read_bytes()
    indexes = [place for place in range(len(whole)) if whole.startswith((b"moov", b"moof"), place)]
    place = data.draw(st.sampled_from(indexes)) + at % 3_000
    damaged.write_bytes((whole[:place] + noise + whole[place + len(noise) :])[: len(whole)])
    found = measure_video(damaged)
    clean = film_without_notes(found, folder / "after damage") if isinstance(found, Picture) else found
    if isinstance(clean, Picture) and (before := packets(damaged)) is not None:
        assert packets(Path(clean.path)) == before
