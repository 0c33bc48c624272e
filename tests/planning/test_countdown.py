from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from babel.localedata import locale_identifiers

from scheduler.model.delivery import Delivery
from scheduler.model.graphic import GraphicRequest
from scheduler.model.house import Partner
from scheduler.model.post import Event
from scheduler.planning.composing import dates
from scheduler.planning.composing.countdown import days_left, in_words
from scheduler.planning.composing.lettering import emblems
from scheduler.planning.composing.pictures import wanted
from scheduler.planning.plan import plan
from tests.planning.making import context, file_of, network, post

MAY = date(2027, 5, 1)
MARCH = Event(title="May Day March", starts=datetime(2027, 5, 1, 14), place="Pier Square", timezone="Europe/Berlin")


def delivery_at(due: datetime, event: Event | None = MARCH, partners: tuple[str, ...] = ()) -> Delivery:
    made = post("Come", event=event, graphic="countdown-card", partners=partners)
    delivery = plan([file_of(made)], context(), datetime(2027, 1, 1, tzinfo=UTC)).deliveries[0]
    return replace(delivery, due=replace(delivery.due, utc=due))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Today", "Tomorrow", "2 days", "12 days", "120 days"]),
        ("de", ["Heute", "Morgen", "2 Tage", "12 Tage", "120 Tage"]),
        ("de-AT", ["Heute", "Morgen", "2 Tage", "12 Tage", "120 Tage"]),
        ("es", ["Hoy", "Mañana", "2 días", "12 días", "120 días"]),
        ("fr", ["Aujourd’hui", "Demain", "2\u00a0jours", "12\u00a0jours", "120\u00a0jours"]),
        ("pl", ["Dzisiaj", "Jutro", "2 dni", "12 dni", "120 dni"]),
        ("ar", ["اليوم", "غدًا", "يومان", "12 يومًا", "120 يومًا"]),
        ("sv", ["I dag", "I morgon", "2 dagar", "12 dagar", "120 dagar"]),
        ("mi", ["1 Mei", "1 rā", "2 rā", "12 rā", "120 rā"]),
    ],
)
def test_days_are_counted_in_the_words_and_plurals_of_the_language(language: str, words: list[str]) -> None:
    assert [in_words(left, MAY, language) for left in (0, 1, 2, 12, 120)] == words


def test_every_language_that_babel_knows_has_words_for_it() -> None:
    for language in locale_identifiers()[::9]:
        assert all(in_words(left, MAY, language).strip() for left in (0, 1, 2, 5, 12)), language
        assert str(2027) not in dates.whole_day(MAY, language), language


@pytest.mark.parametrize(
    ("language", "short", "long"),
    [
        ("en", "Saturday, May 1", "Saturday, May 1, 2027"),
        ("de", "Samstag, 1. Mai", "Samstag, 1. Mai 2027"),
        ("es", "sábado, 1 de mayo", "sábado, 1 de mayo de 2027"),
        ("fr", "samedi 1 mai", "samedi 1 mai 2027"),
        ("hu", "május 1., szombat", "2027. május 1., szombat"),
        ("ja", "5月1日(土曜日)", "2027年5月1日(土曜日)"),
    ],
)
def test_a_day_is_written_in_full_as_its_language_writes_it(language: str, short: str, long: str) -> None:
    assert (dates.whole_day(MAY, language), dates.whole_day(MAY, language, with_year=True)) == (short, long)


@pytest.mark.parametrize(
    ("due", "left"),
    [
        (datetime(2027, 4, 19, 10, tzinfo=UTC), 12),
        # In Berlin it is the last of April until 22:00 UTC, wherever the one who looks is.
        (datetime(2027, 4, 30, 21, 59, tzinfo=UTC), 1),
        (datetime(2027, 4, 30, 22, 0, tzinfo=UTC), 0),
        (datetime(2027, 5, 1, 11, 59, tzinfo=UTC), 0),
        (datetime(2027, 5, 1, 12, 0, tzinfo=UTC), None),
        (datetime(2027, 5, 3, 12, 0, tzinfo=UTC), None),
    ],
)
def test_days_are_counted_by_the_calendar_of_the_event_at_the_time_of_the_post(due: datetime, left: int | None) -> None:
    assert days_left(delivery_at(due), context()) == left


def test_the_day_counts_where_the_event_is_and_not_where_the_organisation_is() -> None:
    far = replace(MARCH, timezone="Pacific/Auckland")
    assert days_left(delivery_at(datetime(2027, 4, 30, 13, tzinfo=UTC), far), context()) == 0


def test_a_post_without_an_event_has_no_days_left() -> None:
    assert days_left(delivery_at(datetime(2027, 4, 30, tzinfo=UTC), None), context()) is None


def test_a_post_that_moves_asks_for_another_graphic() -> None:
    around = context(networks=(network("alpha", graphic_format="4:5"),))
    [early], [late] = (wanted(delivery_at(datetime(2027, 4, day, 10, tzinfo=UTC)), around) for day in (19, 20))
    assert isinstance(early, GraphicRequest)
    assert isinstance(late, GraphicRequest)
    assert [dict(asked.offered)["left"] for asked in (early, late)] == ["12 days", "11 days"]


def test_partners_come_in_the_order_of_the_post_and_by_their_own_names() -> None:
    known = {"tenants": Partner(name="tenants", title="Tenants’ Union", logo="assets/t.png", clear_space=12)}
    around = replace(context(), partners=known)
    shown = emblems(delivery_at(datetime(2027, 4, 1, tzinfo=UTC), partners=("care", "tenants", "care")), around)
    assert [(one.key, one.name, one.clear_space) for one in shown] == [("care", "care", 0), ("tenants", "Tenants’ Union", 12)]
    assert shown[1].logo.endswith("/assets/t.png")
