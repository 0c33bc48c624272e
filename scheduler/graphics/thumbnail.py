"""Scaled copies of pictures for pages that people look at."""

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from scheduler.graphics.picture import loaded, open_picture, read
from scheduler.graphics.problem import Unreadable
from scheduler.model.graphic import Picture

WIDTH, HEIGHT = 640, 960
_QUALITY = 82


def thumbnail(picture: Picture) -> tuple[str, bytes]:
    """Returns a copy of at most 640 by 960 pixels as MIME type and bytes, upright and without the camera's notes.

    Raises:
        OSError: the file is gone or is no picture any more.
    """
    upright = ImageOps.exif_transpose(_opened(Path(picture.path)))
    upright.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    out = BytesIO()
    if upright.mode in {"RGBA", "LA", "P", "PA"}:
        upright.convert("RGBA").save(out, "PNG", compress_level=6)
        return "image/png", out.getvalue()
    upright.convert("RGB").save(out, "JPEG", quality=_QUALITY)
    return "image/jpeg", out.getvalue()


def _opened(path: Path) -> Image.Image:
    data = read(path)
    if isinstance(data, Unreadable):
        raise OSError(data.reason)
    image = open_picture(data, path.name)
    if isinstance(image, Unreadable):
        raise OSError(image.reason)
    image.draft("RGB", (WIDTH * 2, HEIGHT * 2))
    whole = loaded(image, path.name)
    if isinstance(whole, Unreadable):
        raise OSError(whole.reason)
    return whole
