"""Copies of films without what the telephone wrote beside the picture: the place, the device, the hour.

Nothing is decoded or moved: the boxes that hold notes are turned into empty ones of the same size, labels and times into zeros, and so is
all of the content that belongs to nothing that is seen or heard, so that every other byte stays where the film's index says it is.
"""

from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from scheduler.disk import private_folder, replace_file
from scheduler.graphics.anatomy import bare, brands, emptied
from scheduler.graphics.boxes import Box, Damaged, Strange, boxes, found, outer_boxes, read_box, within
from scheduler.graphics.cache import CacheError
from scheduler.graphics.cleaning import copy_of
from scheduler.graphics.fragments import runs_of, track_of, usual_in
from scheduler.graphics.patches import OtherFile, Patch, changing, patched
from scheduler.graphics.problem import Unreadable
from scheduler.graphics.samples import Extent, chunks
from scheduler.graphics.video import measure_video
from scheduler.model.graphic import Picture

_SUFFIX: Final = {"video/mp4": ".mp4", "video/quicktime": ".mov"}
_SEEN_OR_HEARD: Final = frozenset({b"vide", b"soun"})
_FAR: Final = 2**64
_BEGINNING: Final = 256
"""Is how many bytes of each stretch of pictures are looked at."""
_MANNER: Final = 2
"""Counts the ways in which copies were made, so that none is used that was made in an older one."""


class Hollow(Exception):
    """Is a film whose file has its full length before all of it is there."""


@dataclass(frozen=True, slots=True)
class _Track:
    box: Box
    number: int
    handler: bytes
    enabled: bool


@dataclass(slots=True)
class _Film:
    """Is a film while it is looked at: its outermost boxes, its index, and what it has of tracks."""

    file: BinaryIO
    outer: list[Box]
    moov: Box
    data: bytes
    tracks: list[_Track]
    patches: list[Patch] = field(default_factory=list)
    content: list[Extent] = field(default_factory=list)
    pictures: list[Extent] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)

    def shown(self) -> list[_Track]:
        """Returns the tracks that are seen or heard: one that is switched off is not, where another of its kind is on."""
        on = {track.handler for track in self.tracks if track.enabled}
        return [track for track in self.tracks if track.handler in _SEEN_OR_HEARD and (track.enabled or track.handler not in on)]

    def hold(self, handler: bytes, extents: Iterable[Extent]) -> None:
        """Takes note of what belongs to a track that is seen or heard."""
        for extent in extents:
            self.content.append(extent)
            if handler == b"vide":
                self.pictures.append(extent)


def film_without_notes(picture: Picture, folder: Path) -> Picture | Unreadable:
    """Returns the film itself where it holds only what is seen and heard, else a copy in ``folder`` of the same size without the rest.

    The rest are all boxes that a player does not need (places, XMP, other makers' boxes), names of programs and devices in those that it
    does, the hours in the headers, whole tracks that are neither seen nor heard, such as an action camera's log of positions, and all
    content of the file, also of a fragment, that no other track refers to. A film that is written in a way that is not understood is
    refused, because nobody could say what was left in it, or cut off it, and so is one that was not copied whole. Raises CacheError where
    the disk refuses.
    """
    source = Path(picture.path)
    try:
        with source.open("rb") as file:
            patches = list(changing(file, _patches(file, picture.bytes)))
        if not patches:
            return picture
        target = copy_of(picture, folder, _SUFFIX[picture.mime], f"-bare-{_MANNER}")
        if not target.is_file():
            _copy(picture, target, patches)
    except Hollow:
        return Unreadable(f"{source.name} has holes where pictures should be: it was not copied whole. Save or download it again.")
    except Strange as reason:
        return _refused(source, str(reason))
    except Damaged:
        return _refused(source, "is damaged, or written in a way that is not understood")
    except (OtherFile, OSError):
        return Unreadable(f"{source.name} was changed while it was looked at.")
    return measure_video(target)


def _refused(source: Path, reason: str) -> Unreadable:
    return Unreadable(f"{source.name} {reason}, and notes of places and people could stay in it: export it again as an MP4.", settled=True)


def _patches(file: BinaryIO, size: int) -> list[Patch]:
    film = _opened(file, size)
    kept = {track.number: track.handler for track in film.shown()}
    _index(film)
    for box in film.outer:
        if box.kind in {b"ftyp", b"styp"}:
            film.patches += brands(read_box(file, box)[box.body - box.start :], box.body)
        elif box.kind == b"moof":
            _fragment(film, box, kept)
        elif box.kind in {b"sidx", b"mfra"}:
            _finding(film, box, kept)
        elif box.kind not in {b"moov", b"mdat"}:
            film.patches += emptied(box)
    film.patches += _unseen(film)
    if _is_hollow(film):
        raise Hollow
    return film.patches


def _is_hollow(film: _Film) -> bool:
    """Tells whether there is nothing but zeros where pictures, which never begin so, or further fragments should be."""
    kinds = {box.kind for box in film.outer}
    return {b"moof", bytes(4)} <= kinds or any(_is_empty(film.file, extent) for extent in film.pictures)


def _is_empty(file: BinaryIO, extent: Extent) -> bool:
    file.seek(extent.start)
    size = min(extent.end - extent.start, _BEGINNING)
    return size > 0 and not any(file.read(size))


def _opened(file: BinaryIO, size: int) -> _Film:
    outer = list(outer_boxes(file, size))
    indexes = [box for box in outer if box.kind == b"moov"]
    if len(indexes) != 1:
        raise Strange("has more than one index")
    data = read_box(file, indexes[0])
    tracks = [_track(data, trak) for trak in found(data, within(indexes[0], data), b"trak")]
    return _Film(file, outer, indexes[0], data, tracks)


def _track(data: bytes, trak: Box) -> _Track:
    headers, handlers = found(data, trak, b"tkhd"), found(data, trak, b"mdia", b"hdlr")
    if len(headers) != 1 or len(handlers) != 1:
        # Whatever it is, it is not shown; a picture without a header was refused when the film was measured.
        return _Track(trak, 0, b"", enabled=False)
    at = headers[0].body
    handler = data[handlers[0].body + 8 : handlers[0].body + 12]
    if handler not in _SEEN_OR_HEARD and any(found(data, trak, b"mdia", b"minf", header) for header in (b"vmhd", b"smhd")):
        raise Strange("has a track that calls itself neither picture nor sound, and is one")
    number = at + (20 if data[at : at + 1] == b"\x01" else 12)
    return _Track(trak, int.from_bytes(data[number : number + 4], "big"), handler, enabled=bool(data[at + 3] & 1))


def _index(film: _Film) -> None:
    """Takes out of the film's index what is not needed, and finds the content of what is seen and heard."""
    data, moved = film.data, film.moov.start
    shown = {track.box: track for track in film.shown()}
    kept = {track.number for track in shown.values()}
    if len(kept) != len(shown):
        raise Strange("has tracks of one and the same number")
    for box in boxes(data, film.moov.body - moved, len(data)):
        track = shown.get(box)
        if box.kind == b"trak" and track is None:
            film.patches += emptied(box, moved)
            film.hidden += (chunk.start for chunk in chunks(data, box))
        elif track is not None:
            film.patches += bare(data, box, moved, track.handler)
            film.hold(track.handler, chunks(data, box, loose=track.handler == b"soun"))
        elif box.kind == b"mvex":
            film.patches += bare(data, box, moved)
            for row in boxes(data, box.body, box.end):
                if row.kind == b"trex" and int.from_bytes(data[row.body + 4 : row.body + 8], "big") not in kept:
                    film.patches += emptied(row, moved)
        else:
            film.patches += bare(data, Box(b"moov", box.start, box.start, box.end), moved)


def _fragment(film: _Film, moof: Box, kept: Mapping[int, bytes]) -> None:
    data = read_box(film.file, moof)
    index = within(moof, data)
    film.patches += bare(data, index, moof.start)
    hidden = False
    for traf in found(data, index, b"traf"):
        number = track_of(data, traf)
        if number not in {track.number for track in film.tracks}:
            raise Strange("has fragments of something that its index does not name")
        if number not in kept:
            hidden = True
            film.patches += emptied(traf, moof.start)
    for run in runs_of(data, moof, usual_in(film.data, within(film.moov, film.data))):
        if run.track in kept:
            if hidden and run.chained:
                raise Strange("has fragments whose parts hang together in an old manner")
            film.hold(kept[run.track], [Extent(run.start, run.end)])


def _finding(film: _Film, box: Box, kept: Container[int]) -> None:
    """Takes out of the tables by which players jump in a film in fragments what is of tracks that are taken out."""
    data = read_box(film.file, box)
    tables = [within(box, data)]
    if box.kind == b"mfra":
        film.patches += bare(data, tables[0], box.start)
        tables = found(data, tables[0], b"tfra")
    for table in tables:
        if int.from_bytes(data[table.body + 4 : table.body + 8], "big") not in kept:
            film.patches += emptied(table, box.start)


def _unseen(film: _Film) -> Iterator[Patch]:
    """Yields all of the content that belongs to nothing that is seen or heard."""
    places = sorted((box.body, box.end) for box in film.outer if box.kind == b"mdat")
    held: dict[tuple[int, int], list[Extent]] = {place: [] for place in places}
    for extent in sorted(film.content):
        place = places[bisect_right(places, (extent.start, _FAR)) - 1] if places else (0, 0)
        if not place[0] <= extent.start <= (extent.start if extent.loose else extent.end) <= place[1]:
            raise Strange("has an index that points to where no pictures are")
        held[place].append(extent)
    if not any(extent.start < extent.end for extent in film.content):
        raise Strange("does not say where its pictures are")
    stops = sorted({*film.hidden, *(extent.start for extent in film.content)})
    for (start, end), extents in held.items():
        yield from _gaps(start, end, extents, stops)


def _gaps(start: int, end: int, extents: list[Extent], stops: list[int]) -> Iterator[Patch]:
    at = start
    for extent in extents:
        if at < extent.start:
            yield Patch(at, extent.start)
        following = bisect_right(stops, extent.start)
        after = stops[following] if following < len(stops) else end
        at = max(at, min(after, end) if extent.loose else extent.end)
    if at < end:
        yield Patch(at, end)


def _copy(picture: Picture, target: Path, patches: Iterable[Patch]) -> None:
    """Writes the copy in one step; raises OtherFile where the film is another one by now, and CacheError where the disk refuses."""
    with Path(picture.path).open("rb") as film:
        try:
            private_folder(target.parent)
            replace_file(target, patched(film, picture.bytes, picture.sha256, patches))
        except OSError as error:
            raise CacheError(
                f"{target.parent} cannot be written: {error.strerror}.", "Free some space there, or set its rights."
            ) from error
