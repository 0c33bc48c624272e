"""Pictures that move, drawn anew for each test."""

from pathlib import Path

from PIL import Image

from scheduler.graphics.picture import measure
from scheduler.model.graphic import Picture


def moving(path: Path, frames: int = 3, size: tuple[int, int] = (80, 100)) -> Picture:
    """Writes a GIF, WebP or PNG of so many pictures, by the ending of its name, and returns it as measured."""
    drawn = [Image.new("RGB", size, (number * 40 % 256, number // 6 % 256, 90)) for number in range(frames)]
    drawn[0].save(path, save_all=True, append_images=drawn[1:], duration=80, loop=0)
    found = measure(path)
    assert isinstance(found, Picture)
    return found
