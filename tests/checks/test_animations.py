"""What becomes of a picture that moves is known before it goes out, on every network."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from scheduler.checks.limits import exceeded
from scheduler.graphics.picture import measure
from scheduler.model.animations import Animations
from scheduler.model.graphic import Picture
from scheduler.model.limits import Limits
from scheduler.model.network import Abilities, Recovery
from scheduler.model.outgoing import Media, Outgoing, Reply
from scheduler.publishers.discovery import known_networks
from tests.moving import moving

GIF = Picture(path="/project/days.gif", sha256="1" * 64, width=400, height=500, bytes=9_000, mime="image/gif", frames=12)
PHOTO = Picture(path="/project/photo.jpg", sha256="2" * 64, width=1080, height=1350, bytes=1_000, mime="image/jpeg")
TAKES = Animations(formats=("image/gif",), alone=True, bytes=10_000, frames=12, size=(400, 500), pixels=2_400_000)
FORMATS = ("image/jpeg", "image/png", "image/gif", "image/webp")


def said(*media: Picture, takes: Animations = TAKES, answer: tuple[Picture, ...] = ()) -> list[str]:
    replies = (Reply("More", media=tuple(Media(each, "Seen") for each in answer)),) if answer else ()
    shown = tuple(Media(each, "Seen") for each in media)
    post = Outgoing(delivery="d", account="a", network="n", text="Words", media=shown, replies=replies)
    limits = Limits(text=None, pictures=4, formats=FORMATS, picture_bytes=5_000, animations=takes)
    found = exceeded(post, limits, Abilities(recovery=Recovery.NONE, threads=True), "Noticeboard")
    return [f"{one.rule}: {one.sentence}" for one in found]


def test_one_that_is_within_every_limit_has_nothing_against_it() -> None:
    assert said(GIF) == []


@pytest.mark.parametrize("beside", [(GIF, PHOTO), (PHOTO, GIF), (GIF, replace(GIF, sha256="3" * 64))])
def test_one_that_must_stand_alone_and_does_not_is_told(beside: tuple[Picture, ...]) -> None:
    told = "animation-not-alone: Noticeboard takes a picture that moves alone in a post; this one has 1 more beside “days.gif”."
    assert said(*beside) == [told]
    assert said(answer=beside) == [told.replace(": N", ": Answer 1 of the thread: N")]
    assert said(*beside, takes=replace(TAKES, alone=False)) == []


def test_a_gif_of_one_picture_may_stand_beside_others() -> None:
    assert said(replace(GIF, frames=0, bytes=4_000), PHOTO) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"bytes": 10_001}, "Noticeboard takes pictures that move of up to 10,000 bytes; “days.gif” has 10,001 bytes."),
        ({"frames": 13, "width": 100}, "Noticeboard takes pictures that move of up to 12 frames; “days.gif” has 13."),
        ({"width": 401, "height": 100}, "Noticeboard takes pictures that move of up to 400 × 500 pixels; “days.gif” has 401 × 100."),
        ({"width": 100, "height": 501}, "Noticeboard takes pictures that move of up to 400 × 500 pixels; “days.gif” has 100 × 501."),
    ],
)
def test_what_is_over_a_limit_is_told_with_the_numbers(changes: dict[str, int], sentence: str) -> None:
    assert said(replace(GIF, **changes)) == [f"animation-too-large: {sentence}"]  # type: ignore[arg-type] # only numbers


def test_the_pixels_of_all_its_pictures_count_together() -> None:
    [told] = said(GIF, takes=replace(TAKES, pixels=2_399_999))
    assert told.endswith("up to 2,399,999 pixels in all their frames; “days.gif” has 2,400,000.")


def test_one_that_stands_still_is_held_to_the_limits_of_pictures() -> None:
    [told] = said(replace(GIF, mime="image/webp", path="/project/days.webp"))
    assert told.startswith("picture-too-large: ")


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_the_pictures_that_follow_each_other_are_counted(tmp_path: Path, suffix: str) -> None:
    assert moving(tmp_path / f"days{suffix}", 7).frames == 7
    assert moving(tmp_path / f"still{suffix}", 1).frames == 0


def test_what_a_telephone_keeps_beside_a_photo_does_not_make_it_move(tmp_path: Path) -> None:
    first, second = (Image.new("RGB", (80, 100), shade) for shade in ("navy", "teal"))
    first.save(tmp_path / "photo.jpg", "MPO", save_all=True, append_images=[second])
    found = measure(tmp_path / "photo.jpg")
    assert isinstance(found, Picture)
    assert found.frames == 0


def test_what_was_frozen_before_this_was_known_is_read_as_it_was_and_written_as_it_was() -> None:
    post = Outgoing(delivery="d", account="a", network="n", text="Words", media=(Media(PHOTO, "Seen"),))
    assert "frames" not in post.to_json()
    assert Outgoing.from_json(post.to_json()) == post
    other = replace(post, media=(Media(GIF, "Seen"),))
    assert Outgoing.from_json(other.to_json()) == other


def test_every_network_says_what_becomes_of_it() -> None:
    """The table is for people; what a format that is taken at all comes to is one of two sentences."""
    for name, adapter in sorted(known_networks().items()):
        limits, title = adapter.facts.limits, adapter.facts.title
        row = []
        for mime in ("image/gif", "image/webp", "image/png"):
            told = limits.animations.fate(replace(GIF, mime=mime), limits.formats, title)
            assert told in {"", f"It moves on {title}.", f"It may stand still on {title}: count on its first picture alone."}
            assert bool(told) is (mime in {*limits.formats, *limits.animations.formats}), name
            row.append("refused" if not told else "moves" if "It moves" in told else "stands still")
        print(f"{title:<12}", *(f"{kind} {fate:<13}" for kind, fate in zip(("GIF", "WebP", "PNG"), row, strict=True)))
    assert limits.animations.fate(PHOTO, limits.formats, title) == ""
