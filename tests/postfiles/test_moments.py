from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.model.post import At, NextSlot, Relative
from scheduler.postfiles.lines.slips import Slip, SlipError
from scheduler.postfiles.settings.likely import with_proposal
from scheduler.postfiles.settings.moments import parse_when

RULES = {"bad-time", "missing-time", "no-such-date", "ambiguous-date", "weekday-mismatch"}
NOON = At(datetime(2026, 4, 14, 12, 0))


@pytest.mark.parametrize(
    "typed",
    [
        "2026-04-14 12:00",
        "2026-04-14T12:00",
        "2026-04-14T12:00:00",
        "2026-04-14, 12:00",
        "2026-04-14 12 pm",
        "14.04.2026 12:00",
        "14.4.2026, 12 Uhr",
        "14 April 2026 12:00",
        "14. April 2026, 12.00 Uhr",
        "Tue 14 Apr 2026 12:00",
        "Tuesday, April 14, 2026 at 12 p.m.",
        "Di, 14. Apr. 2026 um 12:00",
        "Dienstag 14.04.2026 12:00",
        "martes 14 abril 2026 12:00",
        "TUE 14th april 2026  12:00",
    ],
)
def test_every_way_of_writing_a_time_means_the_same(typed: str) -> None:
    assert parse_when(typed, ("en", "es")) == NOON


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("6 weeks before, 10:00", Relative(-42, 0, time(10))),
        ("1 day after, 11:00", Relative(1, 0, time(11))),
        ("a week before at 9am", Relative(-7, 0, time(9))),
        ("0 days before, 7:05", Relative(0, 0, time(7, 5))),
        ("3 hours before", Relative(0, -180, None)),
        ("30 minutes after", Relative(0, 30, None)),
        ("6 weeks before – 10:00", Relative(-42, 0, time(10))),
        ("2027-04-14 – 12:00", At(datetime(2027, 4, 14, 12))),
        ("2027-04-14 - 12:00", At(datetime(2027, 4, 14, 12))),
        ("14 Maerz 2027 12:00", At(datetime(2027, 3, 14, 12))),
        ("1 hour after the end", Relative(0, 60, None, anchor="end")),
        ("1 day after the end of the event, 11:00", Relative(1, 0, time(11), anchor="end")),
        ("1 day after the end 11:00", Relative(1, 0, time(11), anchor="end")),
        ("2 hours before the start", Relative(0, -120, None, anchor="start")),
        ("next slot", NextSlot()),
        ("Next  Slot", NextSlot()),
    ],
)
def test_times_are_counted_from_the_event_or_left_to_the_slots(typed: str, expected: object) -> None:
    assert parse_when(typed, ("en",)) == expected


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("5/4/2026 12:00", "ambiguous-date"),
        ("5-4-2026 12:00", "ambiguous-date"),
        ("2026-02-29 12:00", "no-such-date"),
        ("31.04.2026 12:00", "no-such-date"),
        ("2026-04-14", "missing-time"),
        ("1 week before", "missing-time"),
        ("2026-04-14 12", "bad-time"),
        ("2026-04-14 12:60", "bad-time"),
        ("2026-04-14 0am", "bad-time"),
        ("2026-04-14 12:00 +02:00", "bad-time"),
        ("2026-04-14 12:00 Berlin", "bad-time"),
        ("2026-04-14 12:00 and 14:00", "bad-time"),
        ("2026-04-140 12:00", "bad-time"),
        ("14 Foo 2026 12:00", "bad-time"),
        ("Mon 2026-04-14 12:00", "weekday-mismatch"),
        ("99999999999 weeks before, 10:00", "bad-time"),
        ("now", "bad-time"),
        ("", "bad-time"),
    ],
)
def test_what_is_no_single_time_is_refused(typed: str, rule: str) -> None:
    with pytest.raises(SlipError) as caught:
        parse_when(typed, ("en",))
    assert caught.value.slip.rule == rule


@given(st.text(max_size=40))
def test_no_text_is_anything_but_a_time_or_a_slip(typed: str) -> None:
    try:
        when: object = parse_when(typed, ("en",))
    except SlipError as trouble:
        when = trouble.slip.rule
    assert isinstance(when, At | Relative | NextSlot) or when in {
        "bad-time",
        "missing-time",
        "no-such-date",
        "ambiguous-date",
        "weekday-mismatch",
    }


@given(st.datetimes(datetime(2000, 1, 1), datetime(2199, 12, 31)).map(lambda moment: moment.replace(microsecond=0)))
def test_a_time_written_in_full_is_read_back_as_it_is(moment: datetime) -> None:
    am = "%A, %B %d, %Y at %I:%M:%S %p"
    if not moment.hour and not moment.minute + moment.second:  # 12 am has two readings
        am = "%A, %B %d, %Y at %H:%M:%S"
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M:%S", "%a %d %b %Y %H:%M:%S", am):
        assert parse_when(moment.strftime(form), ("en",)) == At(moment)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("16 de abril de 2027 18:00", "2027-04-16 18:00"),
        ("viernes, 16 de abril de 2027, a las 18:00 h", "2027-04-16 18:00"),
        ("vendredi 16 avril 2027 à 18h30", "2027-04-16 18:30"),
        ("1er mai 2027 10h", "2027-05-01 10:00"),
    ],
)
def test_dates_are_read_as_spanish_and_french_write_them(typed: str, meant: str) -> None:
    assert parse_when(typed, ("es", "fr")) == parse_when(meant, ())


PROPOSED = {
    "zwei Wochen vorher, 10:00": "2 weeks before, 10:00",
    "am Tag vorher 18:00": "1 day before, 18:00",
    "day before, 18:00": "1 day before, 18:00",
    "2 semaines avant, 10:00": "2 weeks before, 10:00",
    "3 horas antes": "3 hours before",
    "2h before": "2 hours before",
    "90 min before": "90 minutes before",
    "one day after the event 9am": "1 day after, 9am",
    "2 months before, 9:00": "8 weeks before, 9:00",
    "12:00 2027-04-16": "2027-04-16 12:00",
    "noon on April 16, 2027": "April 16, 2027 12:00",
    "2027-04-16 18:00:00.000": "2027-04-16 18:00:00",
    "le 16 avril 2027 à 18h30": "16 avril 2027 à 18h30",
    "nächster Slot": "next slot",
    "1 hour 30 minutes before": "90 minutes before",
    "1 Stunde und 30 Minuten vorher": "90 minutes before",
    "2h 15min after": "135 minutes after",
    "14 aprile 2027 12:00": "14 April 2027 12:00",
    "środa 14 kwietnia 2027 12:00": "Wednesday 14 April 2027 12:00",
    "Mi 14.04.27 12:00": "Mi 14.04.2027 12:00",
    "2027-14-04 12:00": "2027-04-14",
    "tomorrow 9:00": "the day as a date, such as  2027-04-14 9:00",
    "morgen, 9 Uhr": "the day as a date, such as  2027-04-14 9 Uhr",
}


@pytest.mark.parametrize("typed", PROPOSED)
def test_what_was_probably_meant_is_proposed_and_can_be_read(typed: str) -> None:
    languages = ("es", "fr")
    with pytest.raises(SlipError) as refused:
        parse_when(typed, languages)
    slip = with_proposal(refused.value.slip, typed, lambda meant: parse_when(meant, languages))
    assert slip.fix == PROPOSED[typed]
    if slip.mend is not None:
        assert parse_when(
            f"{typed[: slip.mend.start]}{slip.mend.text}{typed[len(typed) if slip.mend.end is None else slip.mend.end :]}", languages
        )


EXACTLY = {
    "3 Stunden vorher": "3 hours before",
    "2 Tage vorher um 18 Uhr": "2 days before, 18 Uhr",
    "1 semaine avant, 10h": "1 week before, 10h",
    "2 días antes a las 18:00": "2 days before, 18:00",
    "zwei Wochen vorher, 10:00": "2 weeks before, 10:00",
}


@pytest.mark.parametrize("typed", EXACTLY)
def test_the_same_words_in_another_language_are_typed_without_asking(typed: str) -> None:
    slip = proposal(typed)
    assert slip.mend is not None
    assert (slip.mend.text, slip.mend.safe) == (EXACTLY[typed], True)


@pytest.mark.parametrize(
    "typed", ["2m before", "2 months before, 9:00", "vor 2 Tagen, 10:00", "1 hour after the event", "the day before, 9:00"]
)
def test_what_could_be_meant_otherwise_is_asked_first(typed: str) -> None:
    slip = proposal(typed)
    assert slip.mend is not None
    assert not slip.mend.safe


@pytest.mark.parametrize(
    ("typed", "fix"),
    [("1 Tag vorher", "1 day before, 10:00"), ("1 semaine avant", "1 week before, 10:00"), ("2 días antes", "2 days before, 10:00")],
)
def test_a_day_without_its_time_is_asked_for_the_time_in_any_language(typed: str, fix: str) -> None:
    slip = proposal(typed)
    assert (slip.rule, slip.fix, slip.mend) == ("missing-time", fix, None)


def test_months_of_languages_that_a_project_does_not_write_in_are_proposed_in_english() -> None:
    assert proposal("14 avril 2027 12h00").fix == "14 April 2027 12h00"
    assert proposal("le 14 avril 2027 à 12:00").fix == "14 April 2027 à 12:00"


def test_a_short_year_with_the_wrong_weekday_is_told_the_weekday() -> None:
    slip = proposal("Do 14.04.27 12:00")
    assert (slip.rule, slip.fix, slip.mend) == ("weekday-mismatch", "Wed 14.04.2027 12:00", None)


ONE_TIME = {
    "2027-04-14 9 Uhr 30": "9:30",
    "2027-04-14 12,30": "12:30",
    "2027-04-14 12,30 Uhr": "12:30",
    "2027-04-14 7:30 abends": "19:30",
    "2027-04-14 8 in the evening": "20:00",
    "2027-04-14 8 Uhr morgens": "8:00",
    "2027-04-14 19:30 abends": "19:30",
    "2027-04-14 5 de la tarde": "17:00",
    "2027-04-14 12 noon": "12:00",
    "2027-04-14 12 Uhr mittags": "12:00",
    "1 day before, 9 Uhr 30": "9:30",
}


@pytest.mark.parametrize("typed", ONE_TIME)
def test_a_time_of_one_reading_in_other_words_is_proposed_and_can_be_typed_in_its_place(typed: str) -> None:
    slip = proposal(typed)
    assert slip.mend is not None
    assert (slip.rule, slip.fix, slip.mend.safe) == ("bad-time", ONE_TIME[typed], False)
    assert parse_when(f"{typed[: slip.mend.start]}{slip.mend.text}{typed[slip.mend.end :]}", ())


TWO_TIMES = {
    "2027-04-14 12 am": "00:00  or  12:00",
    "2027-04-14 12:00 a.m.": "00:00  or  12:00",
    "2027-04-14 9:5": "9:05  or  9:50",
    "2027-04-14 9:7": "9:07",
    "2027-04-14 9 am or 10 am": "9 am  or  10 am",
    "2027-04-14 9 Uhr oder 10 Uhr": "9 Uhr  or  10 Uhr",
    "1 day before, 25:00": "a time such as 18:00",
    "2027-04-14 13 in the morning": "a time such as 18:00",
    "2027-04-14 6 mittags": "a time such as 18:00",
}


@pytest.mark.parametrize("typed", TWO_TIMES)
def test_of_two_times_both_are_told_and_none_is_made_up(typed: str) -> None:
    slip = proposal(typed)
    assert (slip.rule, slip.fix) == ("bad-time", TWO_TIMES[typed])
    assert (slip.mend is None) == (slip.fix != "9:07")


@pytest.mark.parametrize("typed", ["Fri April 16", "16.04. 18:00", "16. April 18 Uhr"])
def test_a_missing_year_is_said_of_dates_alone(typed: str) -> None:
    assert proposal(typed).label == "the year is missing"


@pytest.mark.parametrize("typed", ["after lunch 18:00", "3 Tage nach dem Event 10:00", "room 12 18:00", "“”", "", "\ufeff", "?"])
def test_nothing_is_proposed_for_what_may_mean_anything(typed: str) -> None:
    assert (proposal(typed).label, proposal(typed).mend) == ("write the year, the month, the day and the time", None)


def proposal(typed: str) -> Slip:
    with pytest.raises(SlipError) as refused:
        parse_when(typed, ())
    return with_proposal(refused.value.slip, typed, lambda meant: parse_when(meant, ()))


@given(
    st.text(alphabet="0123456789 .,:-/–()ahpmw“”TZäé\u00a0\ud7ff", max_size=40),
    st.sampled_from(["", "2 weeks ", "noon ", "vor ", "the day "]),
)
def test_a_proposal_can_always_be_read(typed: str, begin: str) -> None:
    try:
        parse_when(begin + typed, ("es",))
    except SlipError as refused:
        slip = with_proposal(refused.slip, begin + typed, lambda meant: parse_when(meant, ("es",)))
        if slip.label.startswith("did you mean"):
            assert slip.fix is not None
            assert parse_when(slip.fix, ("es",))
