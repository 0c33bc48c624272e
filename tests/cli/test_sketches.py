"""A list draws nothing; what cannot be drawn is held there all the same, as `check` and `show` have it."""

from pathlib import Path

import pytest

from scheduler.model.delivery import State
from scheduler.model.plan import Agenda
from tests.cli.newsroom import Newsroom
from tests.cli.running import inside

EVENT = "kind: event\ntitle: {title}\nstarts: 2027-04-20 14:00\nplace: Pier Square\ngraphic: {graphic}\n"


def newsroom(folder: Path, title: str = "March for a Living Wage", graphic: str = "event-card") -> Newsroom:
    room = Newsroom(folder)
    room.write("march", "10:00", "We march on Tuesday, 20 April.", more=EVENT.format(title=title, graphic=graphic))
    return room


def listed(room: Newsroom) -> Agenda:
    return room.project.shown_agenda(room.clock.now(), sketched=True)


def told(agenda: Agenda) -> list[tuple[str, State, str]]:
    return [(entry.delivery.id, entry.state, entry.reason) for entry in agenda.entries]


def test_a_list_draws_nothing_and_says_what_it_says_after_drawing(tmp_path: Path) -> None:
    room = newsroom(tmp_path)
    before = listed(room)
    assert [entry.state for entry in before.entries] == [State.PLANNED]
    assert inside(tmp_path, "list", "--until", "2028-01-01").code == 0
    assert not (tmp_path / ".scheduler/graphics").exists()
    [drawn] = room.project.shown_agenda(room.clock.now()).entries
    assert drawn.outgoing is not None
    [picture] = [item.picture for item in drawn.outgoing.media]
    assert Path(picture.path).is_file()
    after = listed(room)
    assert told(after) == told(before)
    [sketch], [kept] = (agenda.entries[0].outgoing.media for agenda in (before, after) if agenda.entries[0].outgoing)
    assert kept.picture == picture
    assert (sketch.alt, sketch.picture.width, sketch.picture.height, sketch.picture.mime) == (
        kept.alt,
        picture.width,
        picture.height,
        picture.mime,
    )


@pytest.mark.parametrize(("title", "graphic"), [("March " * 200, "event-card"), ("March", "event-cart"), ("ꓘꓘꓘ", "event-card")])
def test_what_cannot_be_drawn_is_held_in_the_list_as_check_and_show_have_it(tmp_path: Path, title: str, graphic: str) -> None:
    room = newsroom(tmp_path, title.strip(), graphic)
    drawn = room.project.shown_agenda(room.clock.now())
    assert told(listed(room)) == told(drawn)
    assert {(finding.rule, finding.severity) for finding in listed(room).findings} == {
        (finding.rule, finding.severity) for finding in drawn.findings
    }
    assert "graphic-not-drawn" in {finding.rule for finding in drawn.findings}
    check = inside(tmp_path, "check", "--now", "2027-04-13T09:00:00Z", "--json")
    assert "graphic-not-drawn" in {finding["rule"] for finding in check.json["findings"]}


def test_what_was_sent_is_compared_by_its_picture_even_if_the_drawing_is_gone(tmp_path: Path) -> None:
    room = newsroom(tmp_path)
    room.run()
    room.at("10:05")
    room.run()
    assert [entry.state for entry in listed(room).entries] == [State.SENT]
    for path in (tmp_path / ".scheduler/graphics").iterdir():
        path.unlink()
    assert [entry.changed for entry in listed(room).entries] == [False]
