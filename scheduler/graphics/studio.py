"""Answers every request for a picture: the author's own measured and cleaned, a graphic drawn."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from scheduler.graphics import members
from scheduler.graphics.anonymous import film_without_notes
from scheduler.graphics.artist import Artist
from scheduler.graphics.cleaning import without_notes
from scheduler.graphics.converting import as_jpeg
from scheduler.graphics.fitting import Room, as_fitted, fit
from scheduler.graphics.heic import is_boxed
from scheduler.graphics.picture import measure
from scheduler.graphics.problem import Undrawable, Unreadable
from scheduler.graphics.video import is_video, measure_video
from scheduler.model.graphic import Graphic, GraphicRequest, Picture
from scheduler.model.limits import Limits
from scheduler.planning.context import PictureRequest, Problem

_HEAD = 12
Draw = Callable[[GraphicRequest], Graphic | Undrawable]
"""Makes a graphic, or says why it cannot be made."""


class Studio:
    """Measures and draws pictures, each once as long as its file stays as it is, and what was made of it is there.

    ``clean`` is the folder for copies without what the camera wrote into a picture, and for smaller ones.
    """

    def __init__(self, artist: Artist, clean: Path) -> None:
        self._artist = artist
        self._clean = clean
        self._known: dict[object, Picture | Graphic | Problem] = {}
        self._fits: dict[object, Picture | Problem] = {}

    def templates(self) -> frozenset[str]:
        """Returns the names of the templates that can be drawn."""
        return frozenset(self._artist.known_templates())

    def picture(self, request: PictureRequest, limits: Limits) -> Picture | Graphic | Problem:
        """Returns the picture as a network with these limits takes it, or in a sentence why there is none."""
        return self._answer(_key(request), request, limits, self._artist.draw)

    def sketch(self, request: PictureRequest, limits: Limits) -> Picture | Graphic | Problem:
        """Returns the same, but for a graphic that was not drawn yet: it is not drawn now, and its picture has no file."""
        return self._answer(("sketch", _key(request)), request, limits, self._artist.sketch)

    def _answer(self, key: object, request: PictureRequest, limits: Limits, draw: Draw) -> Picture | Graphic | Problem:
        found = self._known.get(key)
        if found is None or not _is_there(found):
            found = self._known[key] = self._look(request, draw)
        if isinstance(found, Problem):
            return found
        if isinstance(found, Graphic) and not found.picture.path:
            return replace(found, picture=as_fitted(found.picture, limits.formats))
        fitted = self._fitted(found.picture if isinstance(found, Graphic) else found, limits)
        if isinstance(fitted, Problem):
            return fitted
        return replace(found, picture=fitted) if isinstance(found, Graphic) else fitted

    def _fitted(self, picture: Picture, limits: Limits) -> Picture | Problem:
        room = Room(limits.formats, limits.picture_bytes, limits.picture_pixels, limits.picture_sides)
        key = (picture.sha256, picture.path, room)
        known = self._fits.get(key)
        if known is None or not _is_there(known):
            found = fit(picture, self._clean, room)
            known = self._fits[key] = Problem(found.reason) if isinstance(found, Unreadable) else found
        return known

    def _look(self, request: PictureRequest, draw: Draw) -> Picture | Graphic | Problem:
        if isinstance(request, GraphicRequest):
            drawn = draw(request)
            return Problem(drawn.reason, drawn.fix or None) if isinstance(drawn, Undrawable) else drawn
        found = _own(Path(request), self._clean)
        if isinstance(found, Unreadable):
            return Problem(found.reason, saved=None if found.settled else _saved(Path(request)))
        return found


def _is_there(found: Picture | Graphic | Problem) -> bool:
    """Tells whether an answer still holds: somebody may have made room on the disk and taken the copy away."""
    picture = found.picture if isinstance(found, Graphic) else found
    return isinstance(picture, Problem) or not picture.path or Path(picture.path).is_file()


def _saved(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError, OverflowError):
        return None


def _own(path: Path, clean: Path) -> Picture | Unreadable:
    """Returns an author's own picture or film, without what a camera wrote into it; what most networks refuse as a JPEG."""
    head = _head(path)
    if is_boxed(head):
        return as_jpeg(path, clean)
    film = is_video(head)
    measured = measure_video(path) if film else measure(path)
    if isinstance(measured, Unreadable):
        return measured
    return film_without_notes(measured, clean) if film else without_notes(measured, clean)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError:
        return b""  # measuring says what is wrong with the file


def _key(request: PictureRequest) -> object:
    """Returns what must stay the same for a picture to be the same; a file that cannot be looked at is looked at again."""
    named = members.named(request) if isinstance(request, GraphicRequest) else (request,)
    try:
        files = [Path(path).stat() for path in named]
    except OSError:
        return object()
    return (request, *((status.st_size, status.st_mtime_ns, status.st_ino) for status in files))
