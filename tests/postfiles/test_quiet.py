"""``[quiet]`` and ``[approved-links]`` of the house words: what people write there is read, and what cannot be is told at its place."""

from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.model.house import Quiet
from scheduler.model.post import Reading
from scheduler.postfiles.house.quiet import read_quiet
from tests.postfiles.conftest import folder_at

Write = Callable[[str, str | bytes], Path]
Read = Callable[[], Reading]


def days(first: tuple[int, ...], last: tuple[int, ...] = (), hours: tuple[time, time] | None = None) -> Quiet:
    """Returns the stretch from a (year, month, day) to another; two numbers are days of every year."""
    yearly = len(first) == 2
    begin, end = (date(*((2000, *day) if yearly else day)) for day in (first, last or first))
    return Quiet(name="Why", first=begin, last=end, yearly=yearly, hours=hours)


def on(*weekdays: int, hours: tuple[time, time] | None = None) -> Quiet:
    return Quiet(name="Why", weekdays=frozenset(weekdays), hours=hours)


NIGHT = (time(22), time(7))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2027-03-26", days((2027, 3, 26))),
        ("26.03.2027", days((2027, 3, 26))),
        ("Fri 26 March 2027", days((2027, 3, 26))),
        ("2027-07-20 to 2027-08-10", days((2027, 7, 20), (2027, 8, 10))),
        ("2027-03-26/2027-03-29", days((2027, 3, 26), (2027, 3, 29))),
        ("2027-03-26..2027-03-29", days((2027, 3, 26), (2027, 3, 29))),
        ("24 December to 2 January 2028", days((2027, 12, 24), (2028, 1, 2))),
        ("2027-12-24 to 2 January", days((2027, 12, 24), (2028, 1, 2))),
        ("20 July to 10 August", days((7, 20), (8, 10))),
        ("20. Juli bis 10. August", days((7, 20), (8, 10))),
        ("24 to 26 December", days((12, 24), (12, 26))),
        ("24.–26. Dezember", days((12, 24), (12, 26))),
        ("24.12. - 26.12.", days((12, 24), (12, 26))),
        ("31 December to 1 January", days((12, 31), (1, 1))),
        ("every 27 January", days((1, 27))),
        ("every year on 8 March", days((3, 8))),
        ("December 24", days((12, 24))),
        ("29 February", days((2, 29))),
        ("8.3.", days((3, 8))),
        ("24 December 14:00-24:00", days((12, 24), hours=(time(14), time()))),
        ("24 December from 14:00", days((12, 24), hours=(time(14), time()))),
        ("27 January before 12:00", days((1, 27), hours=(time(), time(12)))),
        ("Sunday", on(6)),
        ("every Sunday", on(6)),
        ("sonntags", on(6)),
        ("Saturday and Sunday", on(5, 6)),
        ("weekends", on(5, 6)),
        ("Friday to Monday", on(4, 5, 6, 0)),
        ("Sunday 22:00-07:00", on(6, hours=NIGHT)),
        ("22:00-07:00", on(hours=NIGHT)),
        ("every day 22:00 – 07:00", on(hours=NIGHT)),
        ("from 10pm to 7am", on(hours=NIGHT)),
    ],
)
def test_quiet_times_are_written_in_plain_words(typed: str, expected: Quiet) -> None:
    assert list(read_quiet("Why", typed, ("en", "de"))) == [expected]


def test_a_line_takes_dates_and_several_times_and_plain_keys_are_no_reasons(write: Write, read: Read) -> None:
    write("posts/_words.toml", '[quiet]\n"Good Friday" = 2027-03-26\ndays = [2027-01-01, "8 March"]\nhours = "22:00-07:00"\n')
    reading = read()
    assert reading.all_findings == ()
    assert [quiet.name for quiet in reading.words.quiet] == ["Good Friday", "", "", ""]
    assert reading.words.quiet[0].first == reading.words.quiet[0].last == date(2027, 3, 26)
    assert reading.words.quiet[3].hours == NIGHT


@pytest.mark.parametrize(
    ("line", "column", "said", "label"),
    [
        ('a = "soon"', 6, "I cannot read “soon”", ""),
        ('a = "5/4/2027"', 6, "can be read in two ways", "May 4 or April 5?"),
        ('a = "2027-02-30"', 6, "does not exist", "February 2027 has 28 days"),
        ('a = ["8 March", "Mon 26 March 2027"]', 18, "do not agree", "2027-03-26 is a Friday; that Monday is 2027-03-29"),
        ('a = "2027-03-29 to 2027-03-26"', 6, "ends before it begins", ""),
        ('a = "1 to 2 to 3 May"', 6, "I cannot read", ""),
        ('a = "24 to 26"', 6, "I cannot read", ""),
        ('a = "22:00-22:00"', 6, "begins and ends at one time", ""),
        ('a = "25:00-26:00"', 6, "is not a time of day", ""),
        ('a = "every day"', 6, "I cannot read", ""),
        ('a = ""', 1, "has no day here", ""),
        ("a = 3", 1, "has no day here", ""),
        ("a = true", 1, "has no day here", ""),
        ("a = 2027-03-26T12:00:00", 1, "has no day here", ""),
        ("a = { from = 2027-03-26 }", 1, "has no day here", ""),
    ],
)
def test_what_is_no_quiet_time_is_told_at_its_word_and_the_others_stand(
    line: str, column: int, said: str, label: str, write: Write, read: Read
) -> None:
    write("posts/_words.toml", f'[quiet]\ngood = "8 March"\n{line}\n')
    reading = read()
    (finding,) = reading.all_findings
    assert (finding.rule, finding.span.line, finding.span.column) == ("bad-words", 3, column)
    assert said in finding.message
    assert label in finding.label
    assert finding.fix
    assert reading.words.quiet[0].name == "good"


@pytest.mark.parametrize(
    ("text", "line", "column", "label"),
    [
        ("[quite]\n", 1, 1, "did you mean “quiet”?"),
        ("[holidays]\n", 1, 1, "did you mean “quiet”?"),
        ("[approved_links]\n", 1, 1, "did you mean “approved-links”?"),
        ("[links]\n", 1, 1, "did you mean “approved-links”?"),
        ("[zzz]\n", 1, 1, "there are avoid, names, handles, approved-links and quiet"),
        ("quiet = '8 March'\n", 1, 1, "look here"),
        ("[avoid]\nchairman = 'chair'\napproved-links = ['https://example.org']\n", 3, 1, "everything below a heading is part of it"),
    ],
)
def test_a_table_that_is_unknown_or_out_of_place_is_told_with_what_is_meant(
    text: str, line: int, column: int, label: str, write: Write, read: Read
) -> None:
    write("posts/_words.toml", text)
    (finding,) = read().all_findings
    assert (finding.span.line, finding.span.column, finding.label) == (line, column, label)


@pytest.mark.parametrize(
    "text",
    [
        'approved-links = ["https://example.org/", "example.net", "*.example.com"]\n',
        '[approved-links]\nlist = ["https://example.org/", "example.net", "*.example.com"]\n',
        '[approved-links]\nours = "https://example.org/"\n"the others" = "example.net"\nall = ["*.example.com"]\n',
    ],
)
def test_links_are_a_list_or_a_table_with_names(text: str, write: Write, read: Read) -> None:
    write("posts/_words.toml", text)
    reading = read()
    assert reading.all_findings == ()
    assert reading.words.approved_links == ("https://example.org/", "example.net", "*.example.com")


@pytest.mark.parametrize("place", ["bücher.example", "localhost.example:8080", "HTTP://Example.ORG/a?b=c#d", "example.org/press"])
def test_hosts_and_addresses_of_every_kind_are_taken(place: str, write: Write, read: Read) -> None:
    write("posts/_words.toml", f'approved-links = ["{place}"]\n')
    assert (read().words.approved_links, read().all_findings) == ((place,), ())


@pytest.mark.parametrize(
    ("line", "column", "fix"),
    [
        ('a = "https//example.org/x"', 6, '"https://example.org/x"'),
        ('a = ["example.net", "example"]', 22, '"https://example.org/" or "example.org"'),
        ('a = "mailto:us@example.org"', 6, '"https://example.org/" or "example.org"'),
        ('a = "our page"', 6, '"https://example.org/" or "example.org"'),
        ("a = 3", 1, 'website = "https://example.org/"'),
        ("a = [3]", 1, 'website = "https://example.org/"'),
        ("a = { b = 'example.org' }", 1, 'website = "https://example.org/"'),
        ('a = ""', 1, 'website = "https://example.org/"'),
    ],
)
def test_what_is_no_link_is_told_at_its_word_and_the_others_stand(line: str, column: int, fix: str, write: Write, read: Read) -> None:
    write("posts/_words.toml", f'[approved-links]\ngood = "example.com"\n{line}\n')
    reading = read()
    (finding,) = reading.all_findings
    assert (finding.rule, finding.span.line, finding.span.column, finding.fix) == ("bad-words", 3, column, fix)
    assert "example.com" in reading.words.approved_links


def test_posts_go_on_whatever_is_wrong_with_the_house_words(project: Path, write: Write) -> None:
    write("posts/_words.toml", '[quiet]\na = "soon"\n[approved-links]\nb = 3\n')
    write("posts/a.md", "---\nwhen: 2027-04-14 12:00\n---\nHello\n")
    (file,) = folder_at(project).read().files
    assert (file.findings, file.post is not None) == ((), True)


def test_hours_over_midnight_belong_to_the_day_on_which_they_begin() -> None:
    sunday = on(6, hours=NIGHT)
    assert sunday.holds(datetime(2027, 3, 28, 23))
    assert sunday.holds(datetime(2027, 3, 29, 6, 59))
    assert not sunday.holds(datetime(2027, 3, 28, 6))
    assert not sunday.holds(datetime(2027, 3, 29, 7))


def test_days_of_every_year_may_span_the_new_year() -> None:
    (between,) = read_quiet("", "24 December to 2 January", ("en",))
    assert isinstance(between, Quiet)
    assert [between.holds(datetime(2030, *day)) for day in ((12, 23), (12, 24), (12, 31), (1, 1), (1, 2), (1, 3))] == [
        False,
        True,
        True,
        True,
        True,
        False,
    ]


@given(st.one_of(st.text(max_size=30), st.text(st.sampled_from("0123456789 .-–:/toMaybis,everyapmSun"), max_size=30)))
def test_no_words_make_the_reader_fail(typed: str) -> None:
    for found in read_quiet("Why", typed, ("en", "de", "es")):
        if isinstance(found, Quiet):
            found.holds(datetime(2027, 2, 28, 12))
            assert found.first is not None or found.weekdays or found.hours is not None
        else:
            assert found[0].message
            assert found[0].fix
