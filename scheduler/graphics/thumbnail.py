"""Scaled copies of pictures for pages that people look at."""

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from scheduler.graphics.depth import eight_bit
from scheduler.graphics.fonts import face
from scheduler.graphics.picture import loaded, open_picture, read, upright
from scheduler.graphics.problem import Unreadable
from scheduler.model.graphic import Picture, Video

WIDTH, HEIGHT = 640, 960
_QUALITY = 82
_DARK, _LIGHT = "#20242b", "#f2f4f7"


def thumbnail(picture: Picture) -> tuple[str, bytes]:
    """Returns a copy of at most 640 by 960 pixels as MIME type and bytes, upright and without the camera's notes.

    A film is a dark sheet of its shape with its length: its frames are not decoded here.

    Raises:
        OSError: the file is gone or is no picture any more.
    """
    if picture.video is not None:
        return _sheet(picture, picture.video)
    small = eight_bit(upright(_opened(Path(picture.path))))
    small.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    out = BytesIO()
    if small.mode in {"RGBA", "LA", "P", "PA"}:
        small.convert("RGBA").save(out, "PNG", compress_level=6)
        return "image/png", out.getvalue()
    small.convert("RGB").save(out, "JPEG", quality=_QUALITY)
    return "image/jpeg", out.getvalue()


def _sheet(film: Picture, video: Video) -> tuple[str, bytes]:
    if not Path(film.path).is_file():
        raise OSError(f"there is no file {film.path}")
    scale = min(WIDTH / film.width, HEIGHT / film.height)
    width, height = max(round(film.width * scale), 1), max(round(film.height * scale), 1)
    sheet = Image.new("RGB", (width, height), _DARK)
    pen, side, middle = ImageDraw.Draw(sheet), min(width, height) / 9, (width / 2, height / 2)
    pen.ellipse([middle[0] - 2 * side, middle[1] - 2 * side, middle[0] + 2 * side, middle[1] + 2 * side], outline=_LIGHT, width=6)
    pen.polygon(
        [(middle[0] - side * 0.7, middle[1] - side), (middle[0] - side * 0.7, middle[1] + side), (middle[0] + side * 1.1, middle[1])],
        _LIGHT,
    )
    minutes, seconds = divmod(round(video.seconds), 60)
    known = face("Inter")
    font = ImageFont.truetype(known.path, 40) if known else ImageFont.load_default(40)
    pen.text((width - 24, height - 24), f"{minutes}:{seconds:02}", _LIGHT, font, "rs")
    out = BytesIO()
    sheet.save(out, "JPEG", quality=_QUALITY)
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
