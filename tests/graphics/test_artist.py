import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from scheduler.graphics.artist import Artist, Undrawable
from scheduler.graphics.cache import CacheError
from scheduler.model.graphic import Graphic, GraphicRequest
from tests.graphics.conftest import BRAND, FORMATS, request


def drawn(artist: Artist, wanted: GraphicRequest) -> Graphic:
    graphic = artist.draw(wanted)
    assert isinstance(graphic, Graphic), graphic
    return graphic


def test_an_equal_request_takes_the_kept_graphic(artist: Artist) -> None:
    first = drawn(artist, request("link"))
    before = Path(first.picture.path).stat()
    assert drawn(artist, request("link")) == first
    after = Path(first.picture.path).stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


@pytest.mark.parametrize("damage", ["picture", "cut", "gone", "note", "odd note"])
def test_a_damaged_graphic_is_drawn_again(artist: Artist, damage: str) -> None:
    first = drawn(artist, request("link"))
    picture = Path(first.picture.path)
    note = picture.with_suffix(".json")
    match damage:
        case "picture":
            picture.write_bytes(b"x" * first.picture.bytes)
        case "cut":
            os.truncate(picture, first.picture.bytes // 2)
        case "gone":
            picture.unlink()
        case "note":
            note.write_text("{")
        case _:
            note.write_text('{"picture": [], "alt": 3}')
    assert drawn(artist, request("link")) == first
    assert len(picture.read_bytes()) == first.picture.bytes


def test_whatever_changes_the_picture_changes_its_name(tmp_path: Path, artist: Artist) -> None:
    photo = tmp_path / "photo.jpg"
    Image.new("RGB", (1200, 630), "navy").save(photo)
    other = Artist(tmp_path / "cache", replace(BRAND, accent="#ff0000"), None, tmp_path)
    paths = [drawn(artist, request("link")).picture.path, drawn(artist, request("link", title="Other")).picture.path]
    paths += [drawn(other, request("link")).picture.path, drawn(artist, request("link", photo)).picture.path]
    Image.new("RGB", (1200, 630), "olive").save(photo)
    paths.append(drawn(artist, request("link", photo)).picture.path)
    assert len(set(paths)) == len(paths)


def test_nothing_half_written_stays_in_the_folder(artist: Artist, tmp_path: Path) -> None:
    graphic = drawn(artist, request("link"))
    stem = Path(graphic.picture.path).stem
    assert {path.name for path in (tmp_path / "cache").iterdir()} == {f"{stem}.jpg", f"{stem}.json"}


def test_a_folder_that_cannot_be_written_is_the_operators_trouble(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file stands in the way")
    with pytest.raises(CacheError) as trouble:
        Artist(tmp_path / "cache", BRAND, None, tmp_path).draw(request("link"))
    assert "could not be written" in trouble.value.message
    assert trouble.value.hint


@pytest.mark.parametrize(
    ("wanted", "reason", "fix"),
    [
        (replace(request(), template="event-crad"), "There is no template “event-crad”.", "Did you mean “event-card”?"),
        (replace(request(), format="squar"), "The template “event-card” has no format “squar”.", "Did you mean “square”?"),
        (replace(request(), fields=(("titel", "x"),)), "The template “event-card” has no field “titel”.", "Did you mean “title”?"),
        (replace(request(), fields=(("title", " \u200b "),)), "The template “event-card” needs a title.", "Give it a title."),
        (
            replace(request(), photo="/nowhere/march.jpg"),
            "The photo cannot be used: There is no file march.jpg.",
            "Name another picture, or leave it out.",
        ),
    ],
)
def test_an_authors_mistake_comes_back_as_a_sentence_with_a_way_out(artist: Artist, wanted: GraphicRequest, reason: str, fix: str) -> None:
    assert artist.draw(wanted) == Undrawable(reason, fix)


def test_a_brand_that_cannot_be_drawn_says_what_to_correct(tmp_path: Path) -> None:
    for brand, said in (
        (replace(BRAND, accent="gold"), "accent"),
        (replace(BRAND, font="Comic Neue"), "pip install fontpkg-comic-neue"),
        (replace(BRAND, logo="assets/none.png"), "none.png"),
    ):
        refused = Artist(tmp_path, brand, None, tmp_path).draw(request("link"))
        assert isinstance(refused, Undrawable)
        assert said in refused.reason + refused.fix


def test_the_logo_is_drawn_where_the_brand_has_one(tmp_path: Path) -> None:
    logo = Image.new("RGBA", (400, 400))
    logo.paste((255, 0, 255, 255), (100, 100, 300, 300))
    logo.save(tmp_path / "logo.png")
    graphic = drawn(Artist(tmp_path / "cache", replace(BRAND, logo="logo.png"), None, tmp_path), request())
    left, top = next(block["box"][:2] for block in graphic.layout["blocks"] if block["block"] == "mark")
    with Image.open(graphic.picture.path) as image:
        red, green, blue = image.crop((left + 50, top + 50, left + 51, top + 51)).tobytes()
    assert red > 200
    assert green < 60
    assert blue > 200


def test_the_projects_own_template_wins_by_its_name(tmp_path: Path) -> None:
    own = tmp_path / "templates"
    own.mkdir()
    (own / "event-card.toml").write_text(SMALL, encoding="utf-8")
    (own / "plain.toml").write_text(SMALL, encoding="utf-8")
    artist = Artist(tmp_path / "cache", BRAND, own, tmp_path)
    assert artist.known_templates() == ("co-branded", "countdown-card", "event-card", "plain")
    assert artist.formats("plain") == ("square",)
    graphic = drawn(artist, GraphicRequest(template="event-card", format="square", fields=(("words", "Hello"),)))
    assert graphic.alt == "Hello."
    assert (graphic.picture.width, graphic.picture.mime) == (400, "image/png")


SMALL = """\
[template]
alt = "{words}"
encoding = "png"

[fields.words]
required = true

[formats.square]
size = [400, 400]

[[layer]]
block = "backdrop"

[[stack.item]]
block = "headline"
text = "{words}"
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("encoding", "encodng", "line 3: nothing is called “encodng” in [template]. Did you mean “encoding”?"),
        ('block = "headline"', 'block = "hedline"', "there is no block “hedline”. Did you mean “headline”?"),
        ("[400, 400]", "[400]", "“size” in formats.square must be two whole numbers from 200 to 4096."),
        ("[400, 400]", "[400, 9000]", "must be two whole numbers"),
        ('text = "{words}"', 'text = "{wrods}"', "there is no field “wrods”. Did you mean “words”?"),
        ('text = "{words}"', "text = 3", "“text” in block headline must be a text in quotes."),
        ('block = "backdrop"', 'block = "backdrop"\nmotif = "sunrize"', "There is no motif “sunrize”. Did you mean “sunrise”?"),
        ("[formats.square]", "[formats.square", "is not valid TOML"),
        ("[formats.square]\nsize = [400, 400]", "", "it has no formats."),
        ("[[layer]]", "[layer]", "“layer” in a template must be a list."),
    ],
)
def test_a_mistake_in_a_template_is_named_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in SMALL
    (tmp_path / "mine.toml").write_text(SMALL.replace(old, new), encoding="utf-8")
    refused = Artist(tmp_path / "cache", BRAND, tmp_path, tmp_path).draw(
        GraphicRequest(template="mine", format="square", fields=(("words", "Hello"),))
    )
    assert isinstance(refused, Undrawable)
    assert said in f"{refused.reason} {refused.fix}"


def test_every_shipped_template_is_drawn_with_its_own_samples_in_every_format(artist: Artist) -> None:
    assert artist.formats("event-card") == FORMATS
    for name in artist.known_templates():
        formats, samples = artist.formats(name), artist.samples(name)
        assert not isinstance(formats, Undrawable)
        assert not isinstance(samples, Undrawable)
        for form in formats:
            assert drawn(artist, GraphicRequest(template=name, format=form, fields=tuple(samples.items()))).complaints == ()


def test_the_room_can_be_imported_without_loading_pillow() -> None:
    program = "import sys, scheduler.graphics; sys.exit('PIL' in sys.modules or 'fontTools' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=Path(__file__).parents[2]).returncode == 0
