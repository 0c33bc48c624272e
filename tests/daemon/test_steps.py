"""Threads and carousels go out in steps, each with an id of its own; whatever ends the program in between, none is made twice."""

import itertools
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from scheduler.daemon import Engine
from scheduler.model.delivery import State
from scheduler.model.graphic import Picture
from scheduler.model.outcome import Absent, Outcome, Published, Refused, Uncertain, Verdict
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.contract import Remember
from scheduler.publishers.files import measured
from scheduler.publishers.notes import still_sending
from tests.daemon.booked import CrashError
from tests.daemon.conftest import Desk
from tests.daemon.network import Network
from tests.films import measured as film
from tests.ledger.making import agenda, entry, state_of

STEPS = 4
MINUTE = timedelta(minutes=1)
CRASHES = list(itertools.product(range(STEPS), [True, False]))


class Carousel(Network):
    """Takes pictures one by one, which nobody sees, and shows them all with the last call; it knows a set by the ids of its pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.uploads: list[str] = []
        self.shown_pictures: list[str] = []
        self.crash_after = -1
        self.crash_before_it_is_kept = False
        self.refuse_at = -1

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        known = dict(envelope.ids)
        for number in range(STEPS):
            name = f"picture-{number}"
            if name in known:
                continue
            if number == self.refuse_at:
                self.refuse_at = -1
                return Refused("The upload broke off.", permanent=False)
            self.uploads.append(name)
            self._perhaps_crash(number, before=True)
            known[name] = f"id of {name}, upload {len(self.uploads)}"
            remember(name, known[name])
            self._perhaps_crash(number, before=False)
        self.shown_pictures = [known[f"picture-{number}"] for number in range(STEPS)]
        return self.accept(envelope)

    def _perhaps_crash(self, number: int, *, before: bool) -> None:
        if number == self.crash_after and before == self.crash_before_it_is_kept:
            self.crash_after = -1
            raise CrashError


class Thread(Carousel):
    """Shows every step at once, in a place that we choose: a call for a place that is taken changes nothing and says what is there."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: dict[str, str] = {}
        self.order: list[str] = []

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:
        return {**super().prepare(outgoing, now), **{f"place-{number}": f"{outgoing.delivery}/{number}" for number in range(STEPS)}}

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        above = ""
        for number in range(STEPS):
            place = envelope.ids[f"place-{number}"]
            if f"step-{number}" not in envelope.ids:
                if place not in self.shown:
                    self.shown[place] = above
                    self.order.append(place)
                self._perhaps_crash(number, before=True)
                remember(f"step-{number}", place)
                self._perhaps_crash(number, before=False)
            above = place
        return self.accept(envelope)

    def find(self, envelope: Envelope) -> Verdict:
        whole = all(envelope.ids[f"place-{number}"] in self.shown for number in range(STEPS))
        return Published(envelope.ids["place-0"]) if whole else Absent()


def start_again(desk: Desk) -> Engine:
    desk.ledger.close()
    desk.ledger = desk.open()
    engine = desk.hire("second")
    engine.recover(alone=True)
    return engine


def crash(desk: Desk) -> None:
    desk.agenda = agenda(entry())
    desk.engine.refresh()
    with pytest.raises(CrashError):
        desk.engine.tick()


@pytest.mark.parametrize(("number", "before"), CRASHES)
def test_a_carousel_goes_on_with_the_picture_that_was_not_kept(tmp_path: Path, number: int, before: bool) -> None:
    desk = Desk(tmp_path)
    network = desk.networks["hall"] = Carousel()
    network.crash_after, network.crash_before_it_is_kept = number, before
    crash(desk)
    engine = start_again(desk)
    engine.tick()
    assert state_of(desk.ledger, entry()) is State.SENT
    assert network.times() == {entry().delivery.id: 1}
    again = number if before else number + 1
    assert network.uploads == [f"picture-{step}" for step in (*range(number + 1), *range(again, STEPS))]
    last_upload = [len(network.uploads) - network.uploads[::-1].index(f"picture-{step}") for step in range(STEPS)]
    assert network.shown_pictures == [f"id of picture-{step}, upload {last_upload[step]}" for step in range(STEPS)]
    desk.ledger.close()


@pytest.mark.parametrize("number", range(STEPS))
def test_a_carousel_that_was_refused_at_a_picture_goes_on_there(tmp_path: Path, number: int) -> None:
    desk = Desk(tmp_path)
    network = desk.networks["hall"] = Carousel()
    network.refuse_at = number
    desk.agenda = agenda(entry())
    desk.engine.refresh()
    assert desk.engine.tick().count(State.QUEUED) == 1
    desk.clock.advance(MINUTE)
    assert desk.engine.tick().count(State.SENT) == 1
    assert network.uploads == [f"picture-{step}" for step in range(STEPS)]
    desk.ledger.close()


@pytest.mark.parametrize(("number", "before"), CRASHES)
def test_a_thread_is_whole_in_order_and_shows_nothing_twice(tmp_path: Path, number: int, before: bool) -> None:
    desk = Desk(tmp_path)
    network = desk.networks["hall"] = Thread()
    network.crash_after, network.crash_before_it_is_kept = number, before
    crash(desk)
    assert len(network.order) == number + 1
    engine = start_again(desk)
    engine.tick()
    places = [f"{entry().delivery.id}/{step}" for step in range(STEPS)]
    assert state_of(desk.ledger, entry()) is State.SENT
    assert network.order == places
    assert network.shown == dict(zip(places, ["", *places], strict=False))
    desk.ledger.close()


def test_a_thread_of_which_nobody_knows_how_far_it_came_is_left_to_the_network_to_tell(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    network = desk.networks["hall"] = Thread()
    network.answers = []
    find, network.find = network.find, lambda _envelope: Uncertain("The network does not answer.")  # type: ignore[method-assign, assignment]  # a network that is down
    network.crash_after = 1
    crash(desk)
    engine = start_again(desk)
    engine.tick()
    assert state_of(desk.ledger, entry()) is State.UNCERTAIN
    assert len(network.order) == 2
    network.find = find  # type: ignore[method-assign]  # up again
    desk.clock.advance(5 * MINUTE)
    engine.tick()
    engine.tick()
    assert state_of(desk.ledger, entry()) is State.SENT
    assert len(network.order) == STEPS
    desk.ledger.close()


class LongFilm(Network):
    """Takes a film for an hour, and another process looks in once a minute; ``beats`` is whether the sender shows that it lives."""

    def __init__(self, film: Picture, desk: Desk, *, beats: bool) -> None:
        super().__init__()
        self.film, self.desk, self.beats = film, desk, beats
        self.taken_over: list[State] = []

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        other = self.desk.open()
        looking = self.desk.hire("second", ledger=other)
        beat = still_sending(remember if self.beats else lambda _name, _value: None, self.desk.clock)
        try:
            with measured(self.film, beat) as source:
                while source.read(self.film.bytes // 60):
                    self.desk.clock.advance(MINUTE)
                    self.taken_over += [done.state for done in looking.tick().done]
        finally:
            other.close()
        return self.accept(envelope)


@pytest.mark.parametrize("beats", [True, False])
def test_a_film_that_takes_an_hour_is_not_taken_over_by_another_process(tmp_path: Path, *, beats: bool) -> None:
    desk = Desk(tmp_path)
    desk.agenda = agenda(entry())
    desk.engine.refresh()
    network = LongFilm(film(tmp_path / "march.mp4"), desk, beats=beats)
    desk.networks["hall"] = network
    desk.engine.tick()
    assert len(network.accepted) == 1 or not beats
    assert bool(network.taken_over) is not beats, "without a sign of life, another process takes it over after ten minutes"
    assert state_of(desk.ledger, entry()) is State.SENT or not beats
    desk.ledger.close()
