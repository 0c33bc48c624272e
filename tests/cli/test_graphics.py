"""Graphics by hand: the templates that come with the program, from the post file to the words of `check` and `show`."""

import shutil
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.newsroom import Newsroom
from tests.cli.running import inside

EVENT = "kind: event\ntitle: March for a Living Wage\nstarts: 2027-04-{day} 14:00\nplace: Pier Square\ngraphic: countdown-card\n"
CALL = "title: We march together\npartners: [tenants-union]\ngraphic: {name}\n"


@pytest.mark.parametrize(("day", "said"), [("25", "12 days"), ("14", "Tomorrow"), ("13", "Today")])
def test_a_countdown_says_what_is_true_when_the_post_is_due(tmp_path: Path, day: str, said: str) -> None:
    room = Newsroom(tmp_path)
    room.write("march", "10:00", "We march.", more=EVENT.format(day=day))
    [entry] = room.project.shown_agenda(room.clock.now()).entries
    assert entry.outgoing is not None
    [media] = entry.outgoing.media
    assert media.alt.startswith(f"{said}: March for a Living Wage.")


def test_a_countdown_after_the_start_is_an_error(tmp_path: Path) -> None:
    room = Newsroom(tmp_path)
    room.write("march", "15:00", "We march.", more=EVENT.format(day="13"))
    found = inside(tmp_path, "check")
    assert found.code == 1
    assert "A countdown needs an event that has not begun when the post goes out." in found.out


@pytest.mark.parametrize("picture", ["", "\n\n![Our poster](poster.png)"])
def test_a_template_that_does_not_exist_is_told_beside_a_picture_too(tmp_path: Path, picture: str) -> None:
    room = Newsroom(tmp_path)
    Image.new("RGB", (1080, 1350)).save(tmp_path / "posts" / "poster.png")
    room.write("march", "10:00", f"We march.{picture}", more=CALL.format(name="co-brandet"))
    found = inside(tmp_path, "check")
    assert "There is no template “co-brandet”." in found.out
    assert "graphic: co-brandet\n  |          ^^^^^^^^^^" in found.out
    assert "id you mean “co-branded”?" in found.out


def test_the_authors_picture_goes_before_a_graphic_of_the_whole_file(tmp_path: Path) -> None:
    room = Newsroom(tmp_path)
    Image.new("RGB", (1080, 1350)).save(tmp_path / "posts" / "poster.png")
    room.write("march", "10:00", "We march.\n\n![Our poster](poster.png)", more=CALL.format(name="co-branded"))
    [entry] = room.project.shown_agenda(room.clock.now()).entries
    assert entry.outgoing is not None
    assert [media.alt for media in entry.outgoing.media] == ["Our poster"]


def test_partners_are_drawn_with_their_logos_and_named_in_the_description(tmp_path: Path) -> None:
    room = Newsroom(tmp_path)
    (tmp_path / "posts" / "_partners.toml").write_text(
        '[tenants-union]\nname = "Tenants’ Union"\nlogo = "assets/t.png"\n', encoding="utf-8"
    )
    (tmp_path / "assets").mkdir(exist_ok=True)
    Image.new("RGB", (600, 300), "navy").save(tmp_path / "assets" / "t.png")
    room.write("march", "10:00", "We march.", more=CALL.format(name="co-branded"))
    for colour in ("navy", "maroon"):
        Image.new("RGB", (600, 300), colour).save(tmp_path / "assets" / "t.png")
        [entry] = room.project.shown_agenda(room.clock.now()).entries
        assert entry.outgoing is not None
        [media] = entry.outgoing.media
        assert media.alt == "We march together. Dockers' Branch and Tenants’ Union."
        shutil.copy(media.picture.path, tmp_path / f"{colour}.jpg")
    assert (tmp_path / "navy.jpg").read_bytes() != (tmp_path / "maroon.jpg").read_bytes()


def test_a_logo_that_is_a_drawing_is_shown_in_its_line(tmp_path: Path) -> None:
    room = Newsroom(tmp_path)
    (tmp_path / "posts" / "_partners.toml").write_text('[tenants-union]\nlogo = "assets/t.svg"\n', encoding="utf-8")
    (tmp_path / "assets").mkdir(exist_ok=True)
    (tmp_path / "assets" / "t.svg").write_text("<svg/>", encoding="utf-8")
    room.write("march", "10:00", "We march.", more=CALL.format(name="co-branded"))
    found = inside(tmp_path, "check").out
    assert "posts/_partners.toml:2:9" in found
    assert "the logo “assets/t.svg” is an SVG drawing" in found
    assert "The logo of tenants-union cannot be used: t.svg is an SVG drawing" in " ".join(found.split())
