import json
from itertools import combinations
from pathlib import Path

import pytest

from scheduler.graphics import contrast
from scheduler.graphics.artist import Artist, Undrawable
from scheduler.graphics.layout import Layout
from scheduler.graphics.template import formats
from scheduler.model.graphic import Graphic, GraphicRequest
from scheduler.model.settings import Brand
from tests.graphics.conftest import BRAND, FORMATS
from tests.graphics.test_event_card import drawn, ground_of, laid_out

FIELDS = {
    "title": "May Day March",
    "left": "12 days",
    "date": "Saturday, May 1",
    "time": "2 PM",
    "place": "Pier Square",
    "organisation": "Harbor Workers Coalition",
}
CASES = {
    "plain": {},
    "today": {"left": "Today"},
    "bare": {"title": "March", "left": "Tomorrow", "date": "", "time": "", "place": "", "organisation": ""},
    "french": {"left": "100\u00a0jours", "title": "Tous ensemble pour l’emploi, les salaires et les services publics"},
    "german": {
        "left": "Morgen",
        "title": "Arbeitnehmerüberlassungs-Kundgebung für Tarifbindung und Mindestlohn",
        "date": "Donnerstag, 30. September",
        "place": "Willy-Brandt-Platz vor der Gewerkschaftszentrale",
        "access": "Gebärdensprache, stufenfrei, Kinderbetreuung",
    },
    "swahili": {"left": "siku 12", "title": "Maandamano"},
    "arabic": {"left": "12 يومًا", "title": "مسيرة من أجل أجر معيشي عادل", "date": "السبت، 1 مايو"},
    "dual": {"left": "يومان", "title": "مسيرة"},
}


def request(form: str = "4:5", **changed: str) -> GraphicRequest:
    return GraphicRequest(template="countdown-card", format=form, fields=tuple({**FIELDS, **changed}.items()))


def is_tidy(layout: Layout) -> None:
    """Asserts that all words and plates are within the safe area and no two of them meet."""
    safe = layout.sheet.safe
    shown = [placed for placed in layout.placed if placed.block not in {"backdrop", "scrim"}]
    for placed in shown:
        for box in [placed.box, *(ink.box for ink in placed.ink)]:
            assert safe.left - safe.left // 2 <= box.left < box.right <= safe.right + 2, (placed.block, box)
            assert safe.top <= box.top < box.bottom <= safe.bottom + 1, (placed.block, box)
    for one, other in combinations(shown, 2):
        if "mark" not in {one.block, other.block} or one.box.bottom > other.box.top:
            assert one.box.bottom <= other.box.top or other.box.bottom <= one.box.top, (one.block, other.block)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("case", CASES)
def test_every_text_stands_within_the_safe_area_and_meets_no_other(artist: Artist, case: str, form: str) -> None:
    is_tidy(laid_out(artist, request(form, **CASES[case])))


def test_it_has_the_formats_of_the_event_card() -> None:
    assert formats("countdown-card") == formats("event-card")


@pytest.mark.parametrize("form", ["4:5", "link"])
@pytest.mark.parametrize("brand", [BRAND, Brand(primary="#ffee00", dark="#88cc00", accent="#000000", light="#222222")])
def test_every_word_can_be_read_on_the_pixels_under_it(tmp_path: Path, form: str, brand: Brand) -> None:
    layout = laid_out(Artist(tmp_path, brand, None, tmp_path), request(form))
    assert contrast.worst(ground_of(layout), [ink for placed in layout.placed for ink in placed.ink]) >= 4.5


def test_the_number_is_the_largest_thing_and_shares_its_line_with_its_word(artist: Artist) -> None:
    told = {block["block"]: block for block in laid_out(artist, request()).told()["blocks"]}
    number, word = told["countdown"]["lines"]
    assert (number["text"], word["text"], number["baseline"]) == ("12", "days", word["baseline"])
    assert number["ink"][2] < word["ink"][0]
    assert told["countdown"]["size"] > 3 * told["headline"]["size"]


def test_a_word_before_its_number_stays_before_it(artist: Artist) -> None:
    told = {block["block"]: block for block in laid_out(artist, request(**CASES["swahili"])).told()["blocks"]}
    assert [line["text"] for line in told["countdown"]["lines"]] == ["siku", "12"]


def test_an_arabic_countdown_begins_at_the_right_edge(artist: Artist) -> None:
    layout = laid_out(artist, request(**CASES["arabic"]))
    word, number = next(placed for placed in layout.placed if placed.block == "countdown").ink
    assert word.box.right < number.box.left
    assert number.box.right == pytest.approx(layout.sheet.safe.right, abs=16)


def test_the_alt_text_says_how_many_days_are_left_until_what(artist: Artist) -> None:
    assert drawn(artist, request("square")).alt == ("12 days: May Day March. Saturday, May 1, 2 PM, Pier Square. Harbor Workers Coalition.")


def test_nothing_left_to_count_is_an_error_that_says_why(artist: Artist) -> None:
    refused = artist.draw(request(left=""))
    assert isinstance(refused, Undrawable)
    assert "has not begun when the post goes out" in refused.reason
    assert "starts:" in refused.fix


def test_a_template_takes_of_what_is_offered_what_it_names(artist: Artist) -> None:
    fields = tuple((name, value) for name, value in FIELDS.items() if name != "left")
    wanted = GraphicRequest(template="countdown-card", format="square", fields=fields, offered=(("left", "3 days"), ("organisations", "A")))
    graphic = artist.sketch(wanted)
    assert isinstance(graphic, Graphic)
    assert "3 days" in json.dumps(graphic.alt)
