"""Copies of pictures without what the camera wrote into them: at a demonstration, the place and the phone are nobody's business."""

from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageOps

from scheduler.disk import private_folder, replace_file
from scheduler.graphics.cache import CacheError
from scheduler.graphics.picture import loaded, measure, open_picture, orientation, read
from scheduler.graphics.problem import Unreadable
from scheduler.model.graphic import Picture

_TELLING: Final = frozenset({"exif", "xmp", "XML:com.adobe.xmp", "comment", "photoshop", "mp", "mpoffset", "Raw profile type exif"})
_SUFFIX: Final = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}
_TURNED_QUALITY = 95


def without_notes(picture: Picture, folder: Path) -> Picture | Unreadable:
    """Returns the picture itself where it holds nothing but pixels, else a copy in ``folder`` without EXIF, GPS, XMP and comments.

    The copy is upright. A JPEG that needs no turning keeps its own quality. Raises CacheError where the disk refuses.
    """
    if picture.mime not in _SUFFIX:
        return picture
    source = Path(picture.path)
    data = read(source)
    image = data if isinstance(data, Unreadable) else open_picture(data, source.name)
    if isinstance(image, Unreadable) or not _tells(image):
        return image if isinstance(image, Unreadable) else picture
    target = copy_of(picture, folder, _SUFFIX[picture.mime])
    if not target.is_file():
        whole = loaded(image, source.name)
        if isinstance(whole, Unreadable):
            return whole
        keep(target, _cleaned(whole, picture.mime))
    return measure(target)


def _tells(image: Image.Image) -> bool:
    written = getattr(image, "text", None)
    return bool(_TELLING & image.info.keys() or written)


def _cleaned(image: Image.Image, mime: str) -> bytes:
    turned = orientation(image) != 1
    options: dict[str, Any] = {"icc_profile": image.info.get("icc_profile"), "exif": b""}
    if mime == "image/jpeg":
        options |= {"quality": _TURNED_QUALITY, "subsampling": 0} if turned or image.format != "JPEG" else {"quality": "keep"}
    elif mime == "image/webp":
        options |= {"quality": _TURNED_QUALITY}
    pixels = ImageOps.exif_transpose(image) if turned else image
    for note in _TELLING:
        pixels.info.pop(note, None)
    out = BytesIO()
    pixels.save(out, {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}[mime], **options)
    return out.getvalue()


def copy_of(picture: Picture, folder: Path, suffix: str, mark: str = "") -> Path:
    """Returns where a copy of a picture belongs: in a folder named for its content, under the name that its author gave it."""
    return folder / f"{picture.sha256[:32]}{mark}" / f"{Path(picture.path).stem}{suffix}"


def keep(target: Path, data: bytes) -> None:
    """Puts the bytes at ``target`` in one step; raises CacheError where the disk refuses."""
    try:
        private_folder(target.parent)
        replace_file(target, data)
    except OSError as error:
        raise CacheError(f"{target.parent} cannot be written: {error.strerror}.", "Free some space there, or set its rights.") from error
