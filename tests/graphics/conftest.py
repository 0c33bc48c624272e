from pathlib import Path

import pytest
from PIL import Image

from scheduler.graphics.artist import Artist
from scheduler.model.graphic import GraphicRequest
from scheduler.model.settings import Brand

BRAND = Brand(primary="#0b4f6c", dark="#04202d", accent="#ffb703", light="#ffffff")
FIELDS = {
    "title": "March for a living wage",
    "kicker": "May Day 2027",
    "weekday": "Saturday",
    "day": "1",
    "month": "May",
    "time": "11:00",
    "place": "Workers’ Plaza",
    "access": "ASL, español, step-free",
    "organisation": "Harbor Workers Coalition",
    "url": "harborworkers.example",
}
FORMATS = ("4:5", "square", "story", "link")


def request(form: str = "4:5", photo: Path | None = None, **changed: str) -> GraphicRequest:
    fields = {**FIELDS, **changed}
    return GraphicRequest(template="event-card", format=form, fields=tuple(fields.items()), photo=str(photo or ""))


@pytest.fixture
def artist(tmp_path: Path) -> Artist:
    return Artist(tmp_path / "cache", BRAND, None, tmp_path)


@pytest.fixture
def white_photo(tmp_path: Path) -> Path:
    path = tmp_path / "white.jpg"
    Image.new("RGB", (1600, 2000), "white").save(path)
    return path


@pytest.fixture
def busy_photo(tmp_path: Path) -> Path:
    """A photograph of black and white stripes: the worst ground for words."""
    path = tmp_path / "busy.jpg"
    image = Image.new("RGB", (1600, 2000), "white")
    for x in range(0, 1600, 80):
        image.paste((0, 0, 0), (x, 0, x + 40, 2000))
    image.save(path, quality=90)
    return path
