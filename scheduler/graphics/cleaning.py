"""Copies of pictures without what the camera wrote into them: at a demonstration, the place and the phone are nobody's business."""

from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageSequence

from scheduler.disk import private_folder, replace_file
from scheduler.graphics.cache import CacheError
from scheduler.graphics.picture import DAMAGED, MOST_PIXELS, TURN, damaged, loaded, measure, moves, open_picture, orientation, read, upright
from scheduler.graphics.problem import Unreadable
from scheduler.graphics.profiles import in_srgb
from scheduler.graphics.stripping import Odd, stripped
from scheduler.model.graphic import Picture

_TELLING: Final = ("exif", "xmp", "XML:com.adobe.xmp", "comment", "photoshop", "Raw profile type exif")
_SUFFIX: Final = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/gif": ".gif"}
_QUALITY: Final = 95


def without_notes(picture: Picture, folder: Path) -> Picture | Unreadable:
    """Returns the picture itself where it holds nothing but pixels, else a copy in ``folder`` without EXIF, GPS, XMP and comments.

    The copy is upright, in the colours of screens where the picture has those of print (CMYK), and moves where the picture moves. Where
    nothing of that had to change, its pixels are those of the picture, byte by byte. Raises CacheError where the disk refuses.
    """
    if picture.mime not in _SUFFIX:
        return picture
    source = Path(picture.path)
    data = read(source)
    image = data if isinstance(data, Unreadable) else open_picture(data, source.name)
    if isinstance(data, Unreadable) or isinstance(image, Unreadable):
        return data if isinstance(data, Unreadable) else Unreadable(f"{source.name} was changed while it was looked at.")
    bare = _bare(data, picture.mime)
    printed = image.mode == "CMYK"
    if bare == data and not printed:
        return picture
    target = copy_of(picture, folder, _SUFFIX[picture.mime], "-moving" if moves(image) else "-screen" if printed else "")
    if not target.is_file():
        made = _drawn_anew(image, source.name, picture.mime) if bare is None or printed or orientation(image) != 1 else bare
        if isinstance(made, Unreadable):
            return made
        keep(target, made)
    return measure(target)


def _bare(data: bytes, mime: str) -> bytes | None:
    """Returns the file without notes, or nothing where it is written so oddly that it has to be drawn anew."""
    try:
        return stripped(data, mime)
    except Odd:
        return None


def _drawn_anew(image: Image.Image, name: str, mime: str) -> bytes | Unreadable:
    whole = loaded(image, name)
    if isinstance(whole, Unreadable):
        return whole
    if not moves(image):
        return _still(whole, mime)
    if image.width * image.height * getattr(image, "n_frames", 1) > 2 * MOST_PIXELS:
        return Unreadable(f"{name} lies on its side and is too long to be turned: save it upright.")
    try:
        return _moving(image, mime)
    except DAMAGED:
        return damaged(name)  # only the first picture was decoded when the file was measured


def _still(image: Image.Image, mime: str) -> bytes:
    pixels = upright(image).copy()
    if pixels.mode == "CMYK":
        pixels = in_srgb(pixels, pixels.info.pop("icc_profile", None))
    for note in _TELLING:
        pixels.info.pop(note, None)
    # Colours that are halved in one direction are not halved in the other: a JPEG that is turned keeps them whole.
    options: dict[str, Any] = {"subsampling": 0} if mime == "image/jpeg" else {}
    return _saved(pixels, mime, options | {"quality": _QUALITY, "icc_profile": pixels.info.get("icc_profile")})


def _moving(image: Image.Image, mime: str) -> bytes:
    turn, loop = TURN.get(orientation(image)), image.info.get("loop", 0)
    frames, times = zip(*((_frame(frame, turn), frame.info.get("duration", 0)) for frame in ImageSequence.Iterator(image)), strict=True)
    options = {"save_all": True, "append_images": list(frames[1:]), "duration": list(times), "loop": loop, "quality": _QUALITY}
    return _saved(frames[0], mime, options | {"icc_profile": image.info.get("icc_profile")})


def _frame(image: Image.Image, turn: Image.Transpose | None) -> Image.Image:
    pixels = image.convert("RGBA")
    pixels.info = {}
    return pixels if turn is None else pixels.transpose(turn)


def _saved(image: Image.Image, mime: str, options: dict[str, Any]) -> bytes:
    out = BytesIO()
    image.save(out, mime.removeprefix("image/").upper(), exif=b"", **options)
    return out.getvalue()


def copy_of(picture: Picture, folder: Path, suffix: str, mark: str = "") -> Path:
    """Returns where a copy of a picture belongs: in a folder named for its content, under the name that its author gave it."""
    return copy_at(picture.sha256, Path(picture.path), folder, suffix, mark)


def copy_at(digest: str, path: Path, folder: Path, suffix: str, mark: str = "") -> Path:
    """Returns the same for a file that was not measured, by the SHA-256 of its bytes."""
    return folder / f"{digest[:32]}{mark}" / f"{path.stem}{suffix}"


def keep(target: Path, data: bytes) -> None:
    """Puts the bytes at ``target`` in one step; raises CacheError where the disk refuses."""
    try:
        private_folder(target.parent)
        replace_file(target, data)
    except OSError as error:
        raise CacheError(f"{target.parent} cannot be written: {error.strerror}.", "Free some space there, or set its rights.") from error
