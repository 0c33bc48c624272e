from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.checks.limits import exceeded
from scheduler.model.graphic import Picture
from scheduler.model.limits import Limits, VideoLimits
from scheduler.model.network import Abilities, Recovery
from scheduler.model.outgoing import Media, Outgoing
from tests.films import Film, measured

PHOTO = Picture(path="/project/photo.jpg", sha256="1" * 64, width=1080, height=1350, bytes=1000, mime="image/jpeg")
FILMS = VideoLimits(
    bytes=5_000,
    seconds=(3, 60),
    codecs=("H.264", "HEVC"),
    sounds=("AAC",),
    frames=(23, 60),
    ratio=(0.5, 2.0),
    width=1920,
    formats=("video/mp4",),
)


def said(*media: Picture, limits: VideoLimits | None = FILMS, story: bool = False) -> list[str]:
    post = Outgoing(
        delivery="d", account="a", network="n", text="" if story else "Words", media=tuple(Media(m, "Seen") for m in media), story=story
    )
    found = exceeded(post, Limits(text=None, pictures=4, video=limits), Abilities(recovery=Recovery.NONE, stories=True), "Noticeboard")
    return [f"{one.rule}: {one.sentence}" for one in found]


def test_a_film_as_the_network_takes_it_has_nothing_against_it(tmp_path: Path) -> None:
    assert said(measured(tmp_path / "march.mp4")) == []


def test_a_silent_film_is_fine(tmp_path: Path) -> None:
    assert said(measured(tmp_path / "march.mp4", Film(sound=""))) == []


@pytest.mark.parametrize(
    ("film", "sentence"),
    [
        (Film(seconds=61), "video-length: Noticeboard takes films of up to 1:00 minutes; “march.mp4” has 1:01 minutes: too long."),
        (Film(seconds=2.5), "video-length: Noticeboard takes films from 3 seconds on; “march.mp4” has 2.5 seconds: too short."),
        (Film(padding=9_000), "video-too-large: Noticeboard takes films of up to 5,000 bytes; “march.mp4” has 9,864 bytes."),
        (Film(brand="qt  "), "video-format: Noticeboard takes films as MP4; “march.mp4” is QuickTime (MOV)."),
        (Film(size=(3840, 2160)), "video-shape: Noticeboard takes films of up to 1,920 pixels wide; “march.mp4” has 3,840 × 2,160 pixels."),
        (Film(size=(400, 1000)), "video-shape: Noticeboard takes films from 1:2 to 2:1; “march.mp4” has 400 × 1,000 pixels."),
        (Film(frames=10), "video-shape: Noticeboard takes from 23 to 60 frames a second; “march.mp4” has 10."),
    ],
)
def test_what_the_network_would_refuse_is_said_with_the_numbers(tmp_path: Path, film: Film, sentence: str) -> None:
    (only,) = said(measured(tmp_path / "march.mp4", film))
    assert only.startswith(sentence)


@pytest.mark.parametrize(("codec", "sound"), [("AV1", "AAC"), ("ProRes", "PCM"), ("", "AAC")])
def test_codecs_that_it_does_not_know_are_refused(tmp_path: Path, codec: str, sound: str) -> None:
    film = measured(tmp_path / "march.mp4")
    assert film.video is not None
    found = said(replace(film, video=replace(film.video, codec=codec, sound=sound)))
    assert [line.split(":")[0] for line in found] == ["video-format"] * (1 + (sound != "AAC"))


def test_a_network_without_films_says_so_and_nothing_else(tmp_path: Path) -> None:
    assert said(measured(tmp_path / "march.mp4"), limits=None) == ["no-video: Noticeboard gets no films in posts; “march.mp4” is one."]


def test_a_story_has_limits_of_its_own(tmp_path: Path) -> None:
    assert said(measured(tmp_path / "march.mp4"), story=True) == ["no-video: Noticeboard gets no films in stories; “march.mp4” is one."]


def test_a_film_that_is_next_to_nothing_is_refused_where_the_network_says_so(tmp_path: Path) -> None:
    film = measured(tmp_path / "march.mp4")
    limits = replace(FILMS, smallest=film.bytes)
    assert said(film, limits=limits) == []
    found = said(film, limits=replace(limits, smallest=75_000))
    assert found == [f"video-too-small: Noticeboard takes films from 75,000 bytes on; “march.mp4” has {film.bytes}."]


def test_ratios_are_said_as_networks_print_them(tmp_path: Path) -> None:
    (only,) = said(measured(tmp_path / "march.mp4", Film(size=(300, 1000))), limits=replace(FILMS, ratio=(1 / 2.4, 2.4)))
    assert only == "video-shape: Noticeboard takes films from 5:12 to 12:5; “march.mp4” has 300 × 1,000 pixels."


def test_a_description_that_a_film_does_not_take_with_it_may_be_as_long_as_it_likes(tmp_path: Path) -> None:
    post = Outgoing(delivery="d", account="a", network="n", text="Words", media=(Media(measured(tmp_path / "march.mp4"), "Seen" * 9),))
    able, limits = Abilities(recovery=Recovery.NONE), Limits(text=None, alt=10, video=FILMS)
    assert [one.rule for one in exceeded(post, limits, able, "Noticeboard")] == ["alt-too-long"]
    assert exceeded(post, limits, replace(able, alt_text_of_films=False), "Noticeboard") == ()


def test_a_film_beside_a_picture_is_refused_where_it_has_to_stand_alone(tmp_path: Path) -> None:
    film = measured(tmp_path / "march.mp4")
    assert said(film, PHOTO) == ["video-not-alone: Noticeboard takes a film alone in a post; this one has 1 more beside “march.mp4”."]
    assert said(film, PHOTO, limits=replace(FILMS, alone=False)) == []


def test_a_frozen_post_with_a_film_comes_back_as_it_was(tmp_path: Path) -> None:
    post = Outgoing(delivery="d", account="a", network="n", text="Words", media=(Media(measured(tmp_path / "march.mp4"), "Seen"),))
    assert Outgoing.from_json(post.to_json()) == post


def test_a_frozen_post_with_a_picture_is_written_as_it_was_before_there_were_films() -> None:
    post = Outgoing(delivery="d", account="a", network="n", text="Words", media=(Media(PHOTO, "Seen"),))
    assert "video" not in post.to_json()
    assert Outgoing.from_json(post.to_json()) == post
