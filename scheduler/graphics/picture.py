"""Opens pictures that anybody may have sent, and measures them. A file is read once; its content alone decides what it is."""

import hashlib
import warnings
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps, PngImagePlugin

from scheduler.graphics.extents import is_whole
from scheduler.graphics.heic import is_boxed, unread
from scheduler.graphics.kinds import is_begun, refused
from scheduler.graphics.numbered import profile
from scheduler.graphics.problem import Unreadable
from scheduler.graphics.stripping import runs_out
from scheduler.model.graphic import Picture

MOST_PIXELS: Final = 50_000_000
MOST_BYTES: Final = 64 * 1024 * 1024
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
_BOXED: Final = ("AVIF", "HEIF")
# Phones write several pictures in one JPEG file; Pillow calls that MPO, every network takes its first picture as a JPEG.
_MIME: Final = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "AVIF": "image/avif",
    "HEIF": "image/heic",
}
_JPEG: Final = "image/jpeg"
_ORIENTATION: Final = 0x0112
_SIDEWAYS: Final = frozenset({5, 6, 7, 8})
_MOST_SEEN: Final = 4096

DAMAGED: Final = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    TypeError,
    KeyError,
    IndexError,
    OverflowError,
    MemoryError,
    RuntimeError,
    UserWarning,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""Is every kind of error that Pillow's readers are known to let through for a damaged header or damaged pixels."""

# What was found sound once is not decoded again; the key is the digest of all bytes.
_seen: dict[str, tuple[int, int, str, int]] = {}

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
# Some drawing programs keep the whole drawing beside the picture, as words; it is left out of what is sent.
PngImagePlugin.MAX_TEXT_CHUNK = MOST_BYTES
# What a reader says of odd notes beside a picture is nothing to a person: the picture is sent without them.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
warnings.filterwarnings("error", message="Invalid APNG", category=UserWarning)


def read(path: Path) -> bytes | Unreadable:
    """Returns the bytes of a file of at most 64 MiB."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return Unreadable(f"There is no file {path.name}.")
    except OSError as error:
        return Unreadable(f"{path.name} cannot be read: {error.strerror or error}.")
    if len(data) > MOST_BYTES:
        return Unreadable(f"{path.name} is larger than {MOST_BYTES // 2**20} MB.")
    return data


def open_picture(data: bytes, name: str) -> Image.Image | Unreadable:
    """Returns the picture with only its header read; what is in none of the six formats or has above 50 megapixels is refused."""
    if why := unread(data):
        return Unreadable(f"{name} {why}.", settled=True)
    if is_boxed(data) and not is_whole(data):
        return damaged(name)
    try:
        image = Image.open(BytesIO(data), formats=_BOXED if is_boxed(data) else _FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return Unreadable(f"{name} has more than {MOST_PIXELS // 1_000_000} million pixels: make it smaller.", settled=True)
    except DAMAGED:
        return damaged(name) if is_boxed(data) or is_begun(data) else refused(data, name)
    if image.width * image.height > MOST_PIXELS:
        return Unreadable(f"{name} has more than {MOST_PIXELS // 1_000_000} million pixels: make it smaller.", settled=True)
    if is_boxed(data) and not image.info.get("icc_profile") and (named := profile(data)):
        image.info["icc_profile"] = named
    return damaged(name) if _MIME[image.format or ""] == _JPEG and runs_out(data) else image


def loaded(image: Image.Image, name: str) -> Image.Image | Unreadable:
    """Returns the picture with its pixels decoded; a file that was cut off or damaged on the way is refused."""
    try:
        image.load()
    except DAMAGED:
        return damaged(name)
    return image


def damaged(name: str) -> Unreadable:
    """Returns that a file was cut off, or holds other bytes than it was saved with."""
    return Unreadable(f"{name} is damaged or incomplete: save or download it again.")


def orientation(image: Image.Image) -> int:
    """Returns how the camera was held, 1 to 8 as EXIF numbers it; damaged notes count as 1."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, OverflowError, EOFError):
        return 1


def upright(image: Image.Image) -> Image.Image:
    """Returns the picture the way up in which it was taken."""
    return ImageOps.exif_transpose(image) if orientation(image) != 1 else image


def is_sideways(image: Image.Image) -> bool:
    """Tells whether width and height change places when the picture is turned upright."""
    return orientation(image) in _SIDEWAYS


def moves(image: Image.Image) -> bool:
    """Tells whether several pictures of a file are shown one after the other; telephones put others beside the one that is seen."""
    return image.format not in {"MPO", "HEIF"} and bool(getattr(image, "is_animated", False))


def _examine(data: bytes, name: str) -> tuple[int, int, str, int] | Unreadable:
    opened = open_picture(data, name)
    if isinstance(opened, Unreadable):
        return opened
    mime, (width, height), frames = _MIME[opened.format or ""], opened.size, _frames(opened)
    if frames is None:
        return damaged(name)
    sideways = is_sideways(opened)
    # A JPEG is decoded at an eighth of its size: all of its bytes are still read, which is what shows damage.
    opened.draft(None, (width // 8 or 1, height // 8 or 1))
    whole = loaded(opened, name)
    if isinstance(whole, Unreadable):
        return whole
    return (height, width, mime, frames) if sideways else (width, height, mime, frames)


def _frames(image: Image.Image) -> int | None:
    """Returns how many pictures follow each other, 0 where there is one, None where that cannot be read to its end."""
    try:
        found = int(getattr(image, "n_frames", 1)) if moves(image) else 0
    except DAMAGED:
        return None
    return found if found > 1 else 0


def measure(path: Path) -> Picture | Unreadable:
    """Returns the picture at ``path`` as measured, width and height as it is seen (after EXIF orientation), or why it is none.

    The whole file is read and decoded once per content, so that a damaged upload is found before a network finds it.
    """
    data = read(path)
    if isinstance(data, Unreadable):
        return data
    digest = hashlib.sha256(data).hexdigest()
    verdict = _seen.get(digest) or _examine(data, path.name)
    if isinstance(verdict, Unreadable):
        return verdict
    if len(_seen) >= _MOST_SEEN:
        _seen.clear()
    _seen[digest] = verdict
    width, height, mime, frames = verdict
    return Picture(path=str(path.absolute()), sha256=digest, width=width, height=height, bytes=len(data), mime=mime, frames=frames)
