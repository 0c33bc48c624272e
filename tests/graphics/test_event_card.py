import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from scheduler.graphics import contrast
from scheduler.graphics.artist import Artist, Undrawable, encode
from scheduler.graphics.block import Scene, find_blocks
from scheduler.graphics.fonts import face
from scheduler.graphics.layout import Layout
from scheduler.model.graphic import Graphic, GraphicRequest
from scheduler.model.settings import Brand
from tests.graphics.conftest import BRAND, FORMATS, request

GOLDEN = Path(__file__).parent / "golden"
ROOT = Path(__file__).parents[2]
CASES: dict[str, dict[str, str]] = {
    "plain": {},
    "spanish": {
        "title": "¿Sabes cuáles son tus derechos en el trabajo y cómo defenderlos juntas y juntos?",
        "kicker": "Taller gratuito",
        "weekday": "Miércoles",
        "day": "30",
        "month": "Septiembre",
    },
    "bare": dict.fromkeys(("kicker", "weekday", "day", "month", "time", "place", "access", "url", "organisation"), ""),
}


def drawn(artist: Artist, wanted: GraphicRequest) -> Graphic:
    graphic = artist.draw(wanted)
    assert isinstance(graphic, Graphic), graphic
    return graphic


def laid_out(artist: Artist, wanted: GraphicRequest) -> Layout:
    layout = artist.layout(wanted)
    assert isinstance(layout, Layout), layout
    return layout


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("case", CASES)
def test_the_layout_stays_as_it_was_approved(artist: Artist, form: str, case: str) -> None:
    told = json.dumps(laid_out(artist, request(form, None, **CASES[case])).told(), ensure_ascii=False, indent=1) + "\n"
    golden = GOLDEN / f"{case}-{form.replace(':', 'x')}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(told, encoding="utf-8")
    assert told == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("form", "size"), [("4:5", (1080, 1350)), ("square", (1080, 1080)), ("story", (1080, 1920)), ("link", (1200, 630))]
)
def test_a_format_has_the_size_that_networks_ask_for(artist: Artist, form: str, size: tuple[int, int]) -> None:
    picture = drawn(artist, request(form)).picture
    with Image.open(picture.path) as image:
        assert (image.size, image.format, image.mode) == (size, "JPEG", "RGB")
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert (picture.width, picture.height) == size
    assert picture.bytes == Path(picture.path).stat().st_size


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("ground", ["white", "busy", "drawn"])
def test_every_word_can_be_read_on_the_pixels_under_it(artist: Artist, form: str, ground: str, white_photo: Path, busy_photo: Path) -> None:
    layout = laid_out(artist, request(form, {"white": white_photo, "busy": busy_photo}.get(ground)))
    ink = [ink for placed in layout.placed for ink in placed.ink]
    assert len(ink) >= 5
    assert contrast.worst(ground_of(layout), ink) >= 4.5


def ground_of(layout: Layout) -> Image.Image:
    """What a graphic looks like before its words are drawn, after a round trip through JPEG."""
    known, sheet = find_blocks(), layout.sheet
    scene = Scene(sheet, Image.new("RGB", (sheet.width, sheet.height)), layout.placed, {})
    for placed in layout.placed:
        if placed.block in {"backdrop", "scrim"}:
            known[placed.block].paint(scene, placed)
    with Image.open(io.BytesIO(encode(scene.image, "jpeg"))) as image:
        return image.convert("RGB")


def test_white_words_straight_on_a_white_photograph_would_fail_that_measure(artist: Artist, white_photo: Path) -> None:
    layout = laid_out(artist, request("4:5", white_photo))
    ink = [ink for placed in layout.placed for ink in placed.ink]
    assert contrast.worst(Image.new("RGB", (1080, 1350), "white"), ink) < 2


@pytest.mark.parametrize(
    "brand",
    [
        Brand(primary="#ffffff", dark="#ffffff", accent="#ffffff", light="#ffffff"),
        Brand(primary="#ffee00", dark="#88cc00", accent="#000000", light="#222222"),
    ],
)
def test_words_can_be_read_even_in_colours_that_do_not_go_together(tmp_path: Path, brand: Brand) -> None:
    layout = laid_out(Artist(tmp_path, brand, None, tmp_path), request())
    assert contrast.worst(ground_of(layout), [ink for placed in layout.placed for ink in placed.ink]) >= 4.5


def test_the_alt_text_says_what_the_graphic_says(artist: Artist) -> None:
    assert drawn(artist, request()).alt == (
        "March for a living wage. Saturday, 1 May, 11:00, Workers’ Plaza. ASL, español, step-free. Harbor Workers Coalition."
    )


def test_the_alt_text_closes_up_where_a_field_is_empty(artist: Artist) -> None:
    graphic = drawn(artist, request(title="Strike vote!", weekday="", day="", month="", place="", access="", organisation=""))
    assert graphic.alt == "Strike vote! 11:00."


def test_the_stack_closes_up_where_a_field_is_empty(artist: Artist) -> None:
    full, less = (laid_out(artist, request(kicker=kicker)) for kicker in ("May Day", ""))
    assert "kicker" not in [placed.block for placed in less.placed]
    assert full.placed[-1].box == less.placed[-1].box


def test_a_rule_with_nothing_below_it_is_left_out(artist: Artist) -> None:
    blocks = [placed.block for placed in laid_out(artist, request(time="", place="", access="", url="")).placed]
    assert "rule" not in blocks


def test_a_character_that_no_font_has_is_left_out_and_said(artist: Artist) -> None:
    graphic = drawn(artist, request(title="Strike vote 🗳️ today"))
    assert graphic.complaints == ("No installed font has 🗳️, so the title is drawn without.",)
    assert graphic.alt.startswith("Strike vote today.")


def test_a_title_that_no_font_can_write_is_not_drawn(artist: Artist) -> None:
    refused = artist.draw(request(title="𒀀𒀁𒀂"))
    assert isinstance(refused, Undrawable)
    assert "No installed font can write the title" in refused.reason


def test_a_title_that_is_too_long_is_never_cut_but_said_with_the_number_of_characters(artist: Artist) -> None:
    words = "We march together for a living wage and a safer harbor "
    refused = artist.draw(request(title=words * 9))
    assert isinstance(refused, Undrawable)
    cut = int("".join(filter(str.isdigit, refused.reason)))
    shorter = (words * 9).strip()[:-cut]
    assert isinstance(artist.layout(request(title=shorter)), Layout)
    assert isinstance(artist.layout(request(title=shorter + " and more words")), Undrawable)


def test_a_word_that_is_wider_than_the_graphic_is_named(artist: Artist) -> None:
    refused = artist.draw(request(title="Donaudampfschifffahrtsgesellschaftskapitän"))
    assert isinstance(refused, Undrawable)
    assert "“Donaudampfschifffahrtsgesellschaftskap" in refused.reason
    divided = artist.layout(request(title="Donaudampfschiff\u00adfahrtsgesellschafts\u00adkapitän"))
    assert isinstance(divided, Layout)
    assert '"Donaudampfschiff-"' in json.dumps(divided.told(), ensure_ascii=False)


def test_an_arabic_title_stands_at_the_right_edge(artist: Artist) -> None:
    if face("Noto Sans Arabic") is None:
        pytest.skip("fontpkg-noto-sans-arabic is not installed")
    layout = laid_out(artist, request(title="مسيرة من أجل أجر معيشي عادل 2027", kicker="", time=""))
    headline = next(placed for placed in layout.placed if placed.block == "headline")
    assert [ink.box.right for ink in headline.ink] == [pytest.approx(layout.sheet.safe.right, abs=2)] * len(headline.ink)
    assert len({ink.box.left for ink in headline.ink}) > 1


def test_equal_requests_give_equal_bytes_in_every_process(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from scheduler.graphics.artist import Artist;"
        "from tests.graphics.conftest import BRAND, request;"
        "folder = Path(sys.argv[1]); artist = Artist(folder, BRAND, None, folder);"
        "[artist.draw(request('square', title=str(n))) for n in range(int(sys.argv[2]))];"
        "print(artist.draw(request()).picture.sha256)"
    )
    digests = set()
    for number in ("0", "2"):
        command = [sys.executable, "-c", program, str(tmp_path / number), number]
        environment = {**os.environ, "PYTHONHASHSEED": number}
        digests.add(subprocess.run(command, check=True, capture_output=True, text=True, env=environment, cwd=ROOT).stdout)
    assert len(digests) == 1


def test_png_is_written_where_it_is_asked_for(artist: Artist) -> None:
    graphic = artist.draw(request("link"), encoding="png")
    assert isinstance(graphic, Graphic)
    assert graphic.picture.mime == "image/png"
    with Image.open(graphic.picture.path) as image:
        assert (image.format, image.size) == ("PNG", (1200, 630))


HARD = st.text(max_size=90) | st.text(alphabet="Wi g´Áỹ¿“عمل漢字ก็้\u0301\u200d-\u00ad", max_size=60)


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Artist:
    folder = tmp_path_factory.mktemp("steady")
    return Artist(folder, BRAND, None, folder)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(title=HARD, form=st.sampled_from(FORMATS))
@example(title="Z" + "\u0301" * 40 + "algo", form="square")
@example(title="\u202eevil\u2066", form="link")
@example(title="ẤỸÅ " * 6 + "gjpqy", form="story")
def test_any_title_is_laid_out_within_the_safe_area_or_refused_in_a_sentence(steady: Artist, title: str, form: str) -> None:
    layout = steady.layout(request(form, title=title))
    if isinstance(layout, Undrawable):
        assert layout.reason.endswith((".", "!", "?"))
        return
    safe = layout.sheet.safe
    hanging = safe.left // 2
    for placed in layout.placed:
        for ink in placed.ink:
            assert safe.left - hanging <= ink.box.left
            assert ink.box.right <= safe.right + 1
            assert safe.top <= ink.box.top
            assert ink.box.bottom <= safe.bottom + 1


@pytest.mark.parametrize(
    "title", ["March for a living wage", "¿Ấỹ “gjpqy” ÅÇ?", "WAVE Yours To AVOW", "Zalgo e\u0301\u0302\u0303\u0304 text"]
)
def test_the_layout_tells_the_truth_about_where_the_ink_is(artist: Artist, title: str) -> None:
    layout = laid_out(artist, request(title=title))
    headline = next(placed for placed in layout.placed if placed.block == "headline")
    before = Image.new("RGB", (1080, 1350))
    scene = Scene(layout.sheet, before.copy(), layout.placed, {})
    find_blocks()["headline"].paint(scene, headline)
    seen = ImageChops.difference(before, scene.image).getbbox()
    assert seen is not None
    told = [min(ink.box.left for ink in headline.ink), headline.ink[0].box.top]
    told += [max(ink.box.right for ink in headline.ink), max(ink.box.bottom for ink in headline.ink)]
    assert all(abs(a - b) <= 4 for a, b in zip(seen[:2], told[:2], strict=True)), (seen, told)
    assert seen[2] <= told[2] + 2
    assert abs(seen[3] - told[3]) <= 4
