"""Compares the films of an outgoing post with what a network takes of them."""

from collections.abc import Iterator
from dataclasses import replace

from scheduler.checks.objection import FORMAT_NAMES, Objection, file_name, length, proportion, sizes
from scheduler.model.graphic import Picture, Video
from scheduler.model.limits import Limits, VideoLimits
from scheduler.model.outgoing import Outgoing

_SLACK = 0.001
_EXPORT = "Export it again as MP4: H.264, with AAC sound."


def film_objections(outgoing: Outgoing, limits: Limits, title: str) -> Iterator[Objection]:
    """Yields what the network would refuse of the films of a post."""
    films = {number: item.picture for number, item in enumerate(outgoing.media) if item.picture.video is not None}
    takes = limits.story_video if outgoing.story else limits.video
    for number, film in films.items():
        if takes is None:
            kind = "stories" if outgoing.story else "posts"
            sentence = f"{title} gets no films in {kind}; “{file_name(film)}” is one."
            yield Objection(
                "no-video", sentence, "Give that network a section of its own with a picture, or leave it out of  where:", number
            )
        else:
            yield from (replace(objection, picture=number) for objection in _film(film, takes, title))
    if takes is not None and takes.alone and films and len(outgoing.media) > 1:
        number, first = next(iter(films.items()))
        sentence = f"{title} takes a film alone in a post; this one has {len(outgoing.media) - 1:,} more beside “{file_name(first)}”."
        yield Objection("video-not-alone", sentence, "Post the film alone, or leave it out.", number)


def _film(film: Picture, takes: VideoLimits, title: str) -> Iterator[Objection]:
    assert film.video is not None
    name = file_name(film)
    if film.bytes > takes.bytes:
        has, most = sizes(film.bytes, takes.bytes)
        yield Objection("video-too-large", f"{title} takes films of up to {most}; “{name}” has {has}.", "Export it in a smaller size.")
    elif film.bytes < takes.smallest:
        sentence = f"{title} takes films from {takes.smallest:,} bytes on; “{name}” has {film.bytes:,}."
        yield Objection("video-too-small", sentence, "Export it in a better quality, or let it last longer.")
    yield from _length(film.video, takes, title, name)
    yield from _coding(film, film.video, takes, title)
    yield from _shape(film, film.video, takes, title)


def _length(video: Video, takes: VideoLimits, title: str, name: str) -> Iterator[Objection]:
    shortest, longest = takes.seconds
    has = f"“{name}” has {length(video.seconds)}"
    if video.seconds > longest:
        yield Objection(
            "video-length", f"{title} takes films of up to {length(longest)}; {has}: too long.", "Cut it, or post a part of it."
        )
    elif video.seconds < shortest:
        yield Objection("video-length", f"{title} takes films from {length(shortest)} on; {has}: too short.", "Let it last longer.")


def _coding(film: Picture, video: Video, takes: VideoLimits, title: str) -> Iterator[Objection]:
    name = file_name(film)
    if film.mime not in takes.formats:
        wanted = " or ".join(FORMAT_NAMES.get(mime, mime) for mime in takes.formats)
        sentence = f"{title} takes films as {wanted}; “{name}” is {FORMAT_NAMES.get(film.mime, film.mime)}."
        yield Objection("video-format", sentence, _EXPORT)
    if takes.codecs and video.codec not in takes.codecs:
        sentence = f"{title} takes films in {' or '.join(takes.codecs)}; “{name}” is in {video.codec or 'an unknown codec'}."
        yield Objection("video-format", sentence, _EXPORT)
    if takes.sounds and video.sound and video.sound not in takes.sounds:
        sentence = f"{title} takes films with {' or '.join(takes.sounds)} sound; the sound of “{name}” is {video.sound}."
        yield Objection("video-format", sentence, _EXPORT)


def _shape(film: Picture, video: Video, takes: VideoLimits, title: str) -> Iterator[Objection]:
    name, shape = file_name(film), film.width / max(film.height, 1)
    has = f"“{name}” has {film.width:,} × {film.height:,} pixels"
    if takes.width is not None and film.width > takes.width:
        sentence = f"{title} takes films of up to {takes.width:,} pixels wide; {has}."
        yield Objection("video-shape", sentence, f"Export it {takes.width:,} pixels wide or less.")
    if takes.pixels is not None and film.width * film.height > takes.pixels:
        sentence = f"{title} takes films of up to {takes.pixels:,} pixels a picture; {has}, which is {film.width * film.height:,}."
        yield Objection("video-shape", sentence, "Export it in a smaller size.")
    if takes.ratio is not None and not takes.ratio[0] - _SLACK <= shape <= takes.ratio[1] + _SLACK:
        sentence = f"{title} takes films from {proportion(takes.ratio[0])} to {proportion(takes.ratio[1])}; {has}."
        yield Objection("video-shape", sentence, "Crop it to 9:16, 4:5 or 1:1.")
    if takes.frames is not None and video.frames and not takes.frames[0] - 1 <= video.frames <= takes.frames[1] + 1:
        sentence = f"{title} takes from {takes.frames[0]:g} to {takes.frames[1]:g} frames a second; “{name}” has {video.frames:g}."
        yield Objection("video-shape", sentence, "Export it with 25 or 30 frames a second.")
