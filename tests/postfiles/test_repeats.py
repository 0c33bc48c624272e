"""How often a post comes again, and what can be asked in it."""

from collections.abc import Callable
from datetime import date, time

import pytest

from scheduler.model.poll import Poll
from scheduler.model.post import PostFile, Repeat
from scheduler.postfiles.lines.slips import SlipError
from scheduler.postfiles.settings.repeats import parse_repeat

NOON = time(12, 30)

GOOD = {
    "every 6 weeks on Tuesday at 12:30": (6, "week", (1,), NOON),
    "every Tuesday at 12:30": (1, "week", (1,), NOON),
    "every Tuesday, 12:30": (1, "week", (1,), NOON),
    "Every other week on Fri. at 12:30 pm": (2, "week", (4,), NOON),
    "every Mon, Wed and Fri at 12:30": (1, "week", (0, 2, 4), NOON),
    "every weekday at 12:30": (1, "week", (0, 1, 2, 3, 4), NOON),
    "weekly on Tuesdays at 12:30": (1, "week", (1,), NOON),
    "daily at 9 am": (1, "day", (), time(9)),
    "every 3 days at 9:00": (3, "day", (), time(9)),
    "every month at 12:30": (1, "month", (), NOON),
    "alle 2 Wochen am Dienstag um 9 Uhr": (2, "week", (1,), time(9)),
    "jeden Dienstag um 12:30 Uhr": (1, "week", (1,), NOON),
    "alle 2 Wochen am martes um 12:30": (2, "week", (1,), NOON),
    "jede Woche am Dienstag um 12:30": (1, "week", (1,), NOON),
    "jeden Tag um 9 Uhr": (1, "day", (), time(9)),
    "jeden Monat um 12:30": (1, "month", (), NOON),
}

BAD = {
    "every 6 weeks on Tuesday": ("missing-time", "every 6 weeks on Tuesday at 12:30"),
    "every Foosday at 9:00": ("bad-repeat", "every 6 weeks on Tuesday at 12:30"),
    "every 3 days on Monday at 9:00": ("bad-repeat", "every 3 days at 9:00"),
    "every month on Monday at 9:00": ("bad-repeat", "every 6 weeks on Tuesday at 12:30"),
    "every 0 weeks at 9:00": ("bad-repeat", "every 6 weeks on Tuesday at 12:30"),
    "every at 9:00": ("bad-repeat", "every 6 weeks on Tuesday at 12:30"),
    "sometimes": ("bad-repeat", "every 6 weeks on Tuesday at 12:30"),
    "every Tuesday at 25:00": ("bad-time", "a time such as 18:00"),
}


@pytest.mark.parametrize("typed", GOOD)
def test_a_repetition_is_read_in_the_words_of_people(typed: str) -> None:
    found = parse_repeat(typed, ("en", "es"))
    assert (found.every, found.unit, found.weekdays, found.at) == GOOD[typed]


@pytest.mark.parametrize("typed", BAD)
def test_what_is_no_repetition_is_refused_with_one_to_copy(typed: str) -> None:
    with pytest.raises(SlipError) as caught:
        parse_repeat(typed, ("en", "es"))
    assert (caught.value.slip.rule, caught.value.slip.fix) == BAD[typed]


PROPOSED = {
    "jede zweite Woche am Dienstag um 12:30": "every 2 weeks on Tuesday at 12:30",
    "jeden zweiten Dienstag um 12:30": "every 2 weeks on Tuesday at 12:30",
    "einmal die Woche am Dienstag um 12:30": "every week on Tuesday at 12:30",
    "cada 6 semanas el martes a las 12:30": "every 6 weeks on Tuesday at 12:30",
    "todos los martes a las 12:30": "every week on Tuesday at 12:30",
    "cada dos semanas el martes y jueves a las 12:30": "every 2 weeks on Tuesday and Thursday at 12:30",
    "chaque semaine le mardi à 12h30": "every week on Tuesday at 12:30",
    "toutes les 6 semaines le mardi à 12h30": "every 6 weeks on Tuesday at 12:30",
    "tous les lundis à 9h": "every week on Monday at 9:00",
    "tous les 2 mois à 9h": "every 2 months at 9:00",
    "every second Tuesday at 12:30": "every 2 weeks on Tuesday at 12:30",
}


@pytest.mark.parametrize("typed", PROPOSED)
def test_a_repetition_in_other_words_is_proposed_with_the_number_and_the_unit_that_were_typed(
    typed: str, read_one: Callable[[str | bytes], PostFile]
) -> None:
    (finding,) = (item for item in read_one(f"---\nrepeat: {typed}\nrepeat-from: 2027-04-06\n---\nA\n").findings if item.is_error)
    assert (finding.rule, finding.fix) == ("bad-repeat", PROPOSED[typed])
    assert finding.edit is not None
    assert (finding.edit.replacement, finding.edit.safe) == (PROPOSED[typed], False)
    assert parse_repeat(PROPOSED[typed], ())


@pytest.mark.parametrize(
    "typed", ["every second Tuesday of the month at 12:30", "every 2nd of the month at 9:00", "jeden ersten Dienstag im Monat um 12:30"]
)
def test_no_repetition_is_proposed_for_what_it_cannot_say(typed: str, read_one: Callable[[str | bytes], PostFile]) -> None:
    findings = read_one(f"---\nrepeat: {typed}\nrepeat-from: 2027-04-06\n---\nA\n").findings
    assert [(finding.rule, finding.edit) for finding in findings if finding.is_error] == [("bad-repeat", None)]


def rules(file: PostFile) -> set[str]:
    return {finding.rule for finding in file.findings if finding.is_error}


def test_an_evergreen_post_says_how_often_from_when_and_until_when(read_one: Callable[[str | bytes], PostFile]) -> None:
    file = read_one(
        "---\nrepeat: every 6 weeks on Tuesday at 12:30\nrepeat-from: 2026-04-07\nrepeat-until: 2027-03-31\npool: rights\nid: r1\n---\nA\n"
    )
    assert rules(file) == set()
    assert file.post is not None
    assert file.post.repeat == Repeat(6, "week", (1,), NOON, date(2026, 4, 7), date(2027, 3, 31), file.post.spans["repeat"])
    assert (file.post.pool, file.post.key) == ("rights", "r1")


@pytest.mark.parametrize(
    ("settings", "rule"),
    [
        ("repeat: every 6 weeks on Tuesday at 12:30", "missing-start"),
        ("repeat: every month at 12:30", "missing-start"),
        ("repeat: every week at 12:30", "missing-start"),
        ("repeat: daily at 12:30\nwhen: 2026-04-14 12:00", "two-times"),
        ("when: 2026-04-14 12:00\nrepeat-until: 2026-05-01", "setting-not-here"),
        ("repeat: daily at 12:30\nrepeat-from: 2026-05-02\nrepeat-until: 2026-05-01", "event-backwards"),
        ("repeat: daily at 12:30\nrepeat-from: 2026-05-02 12:00", "bad-time"),
        ("when: 2026-04-14 12:00\npoll: [Yes]", "bad-poll"),
        ("when: 2026-04-14 12:00\npoll: [Yes, yes]", "bad-poll"),
        ("when: 2026-04-14 12:00\npoll: [Yes, No]\npoll-for: long", "bad-value"),
        ("when: 2026-04-14 12:00\npoll-for: 3 days", "setting-not-here"),
        ("when: 2026-04-14 12:00\npoll-question: Shall we?", "setting-not-here"),
    ],
)
def test_settings_that_contradict_each_other_hold_the_post(settings: str, rule: str, read_one: Callable[[str | bytes], PostFile]) -> None:
    assert rules(read_one(f"---\n{settings}\n---\nText\n")) == {rule}


def test_a_poll_keeps_its_answers_and_how_long_it_lasts(read_one: Callable[[str | bytes], PostFile]) -> None:
    file = read_one(
        "---\nwhen: 2026-04-14 12:00\npoll: [Yes, No]\npoll-question: Shall we?\npoll-for: 3 days\npoll-multiple: yes\n---\nText\n"
    )
    assert file.post is not None
    assert file.post.poll == Poll(("Yes", "No"), 3 * 24 * 60, multiple=True, question="Shall we?")
    assert file.findings == ()
