from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from scheduler.graphics import contrast
from scheduler.graphics.artist import Artist, Undrawable
from scheduler.graphics.layout import Layout
from scheduler.graphics.template import formats
from scheduler.model.graphic import Emblem, GraphicRequest
from scheduler.model.settings import Brand
from tests.graphics.conftest import BRAND, FORMATS
from tests.graphics.test_countdown_card import is_tidy
from tests.graphics.test_event_card import drawn, ground_of, laid_out

FIELDS = {
    "title": "Joint call for May Day",
    "date": "Saturday, May 1",
    "time": "2 PM",
    "place": "Pier Square",
    "organisation": "Harbor Workers Coalition",
    "organisations": "Harbor Workers Coalition, Tenants’ Union, and Care Workers",
}
SHAPES = {"wide": (1600, 160), "tall": (150, 1200), "square": (600, 600), "flag": (900, 600)}
LONG = "Kampagne für bezahlbaren Wohnraum Berlin-Brandenburg"


def request(partners: tuple[Emblem, ...], form: str = "4:5", **changed: str) -> GraphicRequest:
    return GraphicRequest(template="co-branded", format=form, fields=tuple({**FIELDS, **changed}.items()), partners=partners)


def logo(folder: Path, name: str, size: tuple[int, int], colour: str = "#b3123a", border: int = 0) -> str:
    path = folder / f"{name}.png"
    image = Image.new("RGBA", (size[0] + 2 * border, size[1] + 2 * border))
    image.paste(colour, (border, border, border + size[0], border + size[1]))
    image.save(path)
    return str(path)


@pytest.fixture
def partners(tmp_path: Path) -> tuple[Emblem, ...]:
    """Eight organisations: four shapes of logo, one wholly white, one wholly black, a long name and one in Arabic."""
    drawn_ones = [Emblem(key=name, name=name, logo=logo(tmp_path, name, size)) for name, size in SHAPES.items()]
    pale = Emblem(key="pale", name="Pale", logo=logo(tmp_path, "pale", (500, 400), "white"))
    dark = Emblem(key="dark", name="Dark", logo=logo(tmp_path, "dark", (500, 400), "black"))
    return (*drawn_ones, pale, dark, Emblem(key="long", name=LONG), Emblem(key="arabic", name="اتحاد العمال"))


def strip(layout: Layout) -> dict[str, Any]:
    return next(block for block in layout.told()["blocks"] if block["block"] == "partners")


@pytest.mark.parametrize(("form", "many"), [*product(FORMATS, (1, 3, 8)), *product(("square",), (2, 4, 5, 6, 7))])
def test_one_to_eight_partners_stand_on_the_plate_and_apart(artist: Artist, partners: tuple[Emblem, ...], form: str, many: int) -> None:
    layout = laid_out(artist, request(partners[:many], form))
    is_tidy(layout)
    told = strip(layout)
    width, height = told["box"][2] - told["box"][0], told["box"][3] - told["box"][1]
    boxes = [mark["box"] for mark in told["marks"]]
    assert len(boxes) == many + 1
    assert all(0 < left < right < width and 0 < top < bottom < height for left, top, right, bottom in boxes)
    assert all(a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1] for a, b in combinations(boxes, 2))
    assert [mark["name"] for mark in told["marks"]] == [FIELDS["organisation"], *(partner.name for partner in partners[:many])]


def test_it_has_the_formats_of_the_event_card() -> None:
    assert formats("co-branded") == formats("event-card")


def test_logos_of_any_shape_cover_the_same_area(artist: Artist, tmp_path: Path) -> None:
    shapes = {"long": (1200, 200), "square": (500, 500), "high": (400, 640)}
    emblems = tuple(Emblem(key=name, name=name, logo=logo(tmp_path, name, size)) for name, size in shapes.items())
    boxes = [mark["box"] for mark in strip(laid_out(artist, request(emblems)))["marks"] if "size" not in mark]
    areas = [(right - left) * (bottom - top) for left, top, right, bottom in boxes]
    assert max(areas) / min(areas) < 1.05


def test_an_empty_border_in_a_file_makes_its_logo_no_smaller(artist: Artist, tmp_path: Path) -> None:
    tight, padded = (
        Emblem(key=name, name=name, logo=logo(tmp_path, name, (300, 300), border=edge)) for name, edge in (("a", 0), ("b", 300))
    )
    boxes = [mark["box"] for mark in strip(laid_out(artist, request((tight, padded))))["marks"][1:]]
    assert boxes[0][2] - boxes[0][0] == boxes[1][2] - boxes[1][0]


def test_the_file_that_is_made_for_the_ground_is_taken(tmp_path: Path) -> None:
    own = Emblem(key="a", name="A", logo=logo(tmp_path, "a", (300, 300), "#101010"), logo_dark=logo(tmp_path, "b", (300, 300), "#ff00ff"))
    for light, colour in (("#ffffff", (16, 16, 16)), ("#202020", (255, 0, 255))):
        graphic = drawn(Artist(tmp_path / "cache", Brand(light=light), None, tmp_path), request((own,), "square"))
        told = next(block for block in graphic.layout["blocks"] if block["block"] == "partners")
        left, top, right, bottom = told["marks"][1]["box"]
        with Image.open(graphic.picture.path) as image:
            seen = image.getpixel((told["box"][0] + (left + right) // 2, told["box"][1] + (top + bottom) // 2))
        assert isinstance(seen, tuple)
        assert all(abs(a - b) < 12 for a, b in zip(seen, colour, strict=True))


def test_a_white_logo_gets_a_ground_on_which_it_is_seen(artist: Artist, tmp_path: Path) -> None:
    pale, plain = (Emblem(key=name, name=name, logo=logo(tmp_path, name, (300, 300), name)) for name in ("white", "black"))
    _, first, second = strip(laid_out(artist, request((pale, plain))))["marks"]
    assert sum(first["tile"]) < 200
    assert "tile" not in second


def test_minimum_width_and_clear_space_are_kept(artist: Artist, tmp_path: Path) -> None:
    file = logo(tmp_path, "a", (300, 300))
    calm = Emblem(key="a", name="A", logo=file, minimum_width=180, clear_space=90)
    ours, first, second = (mark["box"] for mark in strip(laid_out(artist, request((calm, Emblem(key="b", name="B", logo=file)))))["marks"])
    assert first[2] - first[0] >= 180
    assert ours[3] < first[1] or first[0] - ours[2] >= 90
    assert second[1] > first[3] or second[0] - first[2] >= 90


def test_more_than_there_is_room_for_is_refused_in_a_sentence(artist: Artist) -> None:
    crowd = tuple(Emblem(key=str(number), name=f"{LONG} {number}") for number in range(16))
    refused = artist.draw(request(crowd, "link"))
    assert isinstance(refused, Undrawable)
    assert "17 organisations" in refused.reason


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "There is no file a.png"), (b"<svg/>", "is an SVG drawing"), (b"\x89PNG\r\n", "is not a"), (b"", "is empty")],
)
def test_a_logo_that_cannot_be_used_is_named_with_its_owner_and_its_table(
    artist: Artist, tmp_path: Path, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / "a.png").write_bytes(content)
    refused = artist.draw(request((Emblem(key="tenants", name="Tenants’ Union", logo=str(tmp_path / "a.png")),)))
    assert isinstance(refused, Undrawable)
    assert "The logo of Tenants’ Union cannot be used" in refused.reason
    assert said in refused.reason
    assert "under [tenants]" in refused.fix


def test_a_logo_that_is_too_small_is_drawn_and_complained_of(artist: Artist, tmp_path: Path) -> None:
    tiny = Emblem(key="a", name="Tenants’ Union", logo=logo(tmp_path, "a", (30, 30)))
    assert "only 30 pixels wide" in drawn(artist, request((tiny,), "square")).complaints[0]


def test_a_graphic_of_partners_without_partners_says_what_to_add(artist: Artist) -> None:
    refused = artist.draw(request((), organisations=""))
    assert isinstance(refused, Undrawable)
    assert "the post names none" in refused.reason


def test_another_template_does_not_ask_for_logos(artist: Artist) -> None:
    lost = Emblem(key="a", name="A", logo="/nowhere/a.png")
    asked = GraphicRequest(template="event-card", format="square", fields=(("title", "March"),), partners=(lost,))
    assert isinstance(artist.layout(asked), Layout)


@pytest.mark.parametrize("form", ["4:5", "link"])
@pytest.mark.parametrize("brand", [BRAND, Brand(primary="#ffee00", dark="#88cc00", accent="#000000", light="#222222")])
def test_every_word_can_be_read_on_the_pixels_under_it(tmp_path: Path, form: str, brand: Brand, partners: tuple[Emblem, ...]) -> None:
    layout = laid_out(Artist(tmp_path, brand, None, tmp_path), request(partners[:4], form))
    assert contrast.worst(ground_of(layout), [ink for placed in layout.placed for ink in placed.ink]) >= 4.5


def test_the_alt_text_names_everybody(artist: Artist, partners: tuple[Emblem, ...]) -> None:
    assert drawn(artist, request(partners[:2], "square")).alt == (
        "Joint call for May Day. Saturday, May 1, 2 PM, Pier Square. Harbor Workers Coalition, Tenants’ Union, and Care Workers."
    )
