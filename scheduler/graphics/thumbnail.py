"""Scaled copies of pictures for pages that people look at."""

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from scheduler.model.graphic import Picture

WIDTH, HEIGHT = 640, 960
_QUALITY = 82


def thumbnail(picture: Picture) -> tuple[str, bytes]:
    """Returns a copy of at most 640 by 960 pixels as MIME type and bytes, upright and without the camera's notes.

    Raises:
        OSError: the file is gone or is no picture any more.
    """
    with Image.open(Path(picture.path)) as image:
        image.draft("RGB", (WIDTH * 2, HEIGHT * 2))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        out = BytesIO()
        if upright.mode in {"RGBA", "LA", "P", "PA"}:
            upright.convert("RGBA").save(out, "PNG", compress_level=6)
            return "image/png", out.getvalue()
        upright.convert("RGB").save(out, "JPEG", quality=_QUALITY)
        return "image/jpeg", out.getvalue()
