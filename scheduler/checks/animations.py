"""Compares pictures that move with what a network takes of them."""

from collections.abc import Iterator

from scheduler.checks.objection import Objection, file_name, many, sizes
from scheduler.model.animations import Animations
from scheduler.model.graphic import Picture
from scheduler.model.limits import Limits
from scheduler.model.outgoing import Outgoing


def animation_objections(outgoing: Outgoing, limits: Limits, title: str) -> Iterator[Objection]:
    """Yields what the network would refuse of the pictures of a post that move there."""
    takes = limits.animations
    moving = {number: item.picture for number, item in enumerate(outgoing.media) if takes.moves(item.picture)}
    for number, picture in moving.items():
        yield from _over(number, picture, takes, title)
    if takes.alone and moving and len(outgoing.media) > 1:
        number, first = next(iter(moving.items()))
        beside = len(outgoing.media) - 1
        sentence = f"{title} takes a picture that moves alone in a post; this one has {beside:,} more beside “{file_name(first)}”."
        yield Objection("animation-not-alone", sentence, "Post it alone, or save it as a picture that does not move.", number)


def _over(number: int, picture: Picture, takes: Animations, title: str) -> Iterator[Objection]:
    name, all_pixels = file_name(picture), picture.width * picture.height * picture.frames
    if takes.bytes is not None and picture.bytes > takes.bytes:
        has, most = sizes(picture.bytes, takes.bytes)
        sentence = f"{title} takes pictures that move of up to {most}; “{name}” has {has}."
        yield Objection("animation-too-large", sentence, "Save it with fewer pixels or fewer frames.", number)
    if takes.frames is not None and picture.frames > takes.frames:
        sentence = f"{title} takes pictures that move of up to {many(takes.frames, 'frame')}; “{name}” has {picture.frames:,}."
        yield Objection("animation-too-large", sentence, "Save it with fewer frames, or as a film.", number)
    if takes.size is not None and (picture.width > takes.size[0] or picture.height > takes.size[1]):
        most = f"{takes.size[0]:,} × {takes.size[1]:,}"
        sentence = f"{title} takes pictures that move of up to {most} pixels; “{name}” has {picture.width:,} × {picture.height:,}."
        yield Objection("animation-too-large", sentence, f"Save it with at most {most} pixels.", number)
    if takes.pixels is not None and all_pixels > takes.pixels:
        sentence = f"{title} takes pictures that move of up to {takes.pixels:,} pixels in all their frames; “{name}” has {all_pixels:,}."
        yield Objection("animation-too-large", sentence, "Save it with fewer pixels or fewer frames.", number)
