"""How long it takes to draw one event card, from the words to the file."""

from functools import partial
from io import BytesIO
from itertools import count
from pathlib import Path

from PIL import Image

from scheduler.model.graphic import GraphicRequest
from scheduler.model.settings import Brand
from tests.benchmarks.benchmark import Benchmark, Figures, Side, timed

CARDS = 7
FORMAT = "4:5"
SETTINGS = {"jpeg": {"quality": 90, "subsampling": 0}, "png": {"compress_level": 3}}


class Studio:
    """Draws cards that were never drawn before; the number in the headline sees to that."""

    def __init__(self, folder: Path) -> None:
        from scheduler.graphics.artist import Artist, Undrawable  # noqa: PLC0415 - the baseline's memory must not include ours

        self._artist, self._undrawable = Artist(folder / "graphics", Brand(), None, folder), Undrawable
        self._numbers = count(1)

    def draw(self, encoding: str) -> Path:
        """Draws one card and returns its file."""
        samples = self._artist.samples("event-card")
        assert not isinstance(samples, self._undrawable), samples
        fields = {**samples, "title": f"March for a living wage, year {next(self._numbers)}"}
        request = GraphicRequest(template="event-card", format=FORMAT, fields=tuple(fields.items()))
        drawn = self._artist.draw(request, encoding)
        assert not isinstance(drawn, self._undrawable), drawn
        return Path(drawn.picture.path)


def draw_one(folder: Path) -> None:
    """Leaves one finished card for the baseline to encode."""
    Studio(folder / "before").draw("png").replace(folder / "card.png")


def with_scheduler(folder: Path) -> Figures:
    """Draws several cards in each encoding, after one that loads the fonts."""
    studio = Studio(folder)
    studio.draw("png")
    return {encoding: timed(partial(studio.draw, encoding), times=CARDS) for encoding in SETTINGS}


def with_pillow_alone(folder: Path) -> Figures:
    """Encodes the same pixels with the same settings, and draws nothing."""
    with Image.open(folder / "card.png") as opened:
        image = opened.convert("RGB")

    def encode(encoding: str) -> None:
        image.save(BytesIO(), encoding, **SETTINGS[encoding])

    return {encoding: timed(partial(encode, encoding), times=CARDS) for encoding in SETTINGS}


BENCHMARK = Benchmark(
    title=f"drawing one event card ({FORMAT})",
    prepare=draw_one,
    ours=Side("scheduler.graphics", with_scheduler),
    baseline=Side("Pillow encoding the same pixels", with_pillow_alone),
)
