"""Polls as networks have them: where the question stands, and how long people can vote."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.model.finding import Severity
from scheduler.model.limits import Limits, PollLimits
from scheduler.model.network import Abilities, Network, Recovery
from scheduler.model.outgoing import LinkCard, Outgoing
from scheduler.model.poll import Poll, lasting
from scheduler.model.post import Event, Post
from scheduler.planning.composing.compose import Composition, compose
from scheduler.planning.composing.polls import timed
from scheduler.planning.plan import plan
from tests.planning.making import NOW, context, file_of, network, post

MAYDAY = Event(title="M", starts=datetime(2027, 5, 1, 14))
QUESTION = "Shall we strike on {event.weekday}?"


def asking(**limits: Any) -> Network:
    """Returns a network with polls."""
    takes = PollLimits(options=4, characters=25, **limits)
    abilities = Abilities(recovery=Recovery.NONE, polls=True, link_card=True)
    return network("able", limits=Limits(text=500, poll=takes), abilities=abilities)


def composed(made: Post, facts: Network) -> Composition:
    around = context(networks=(facts,))
    return compose(plan([file_of(made)], around, NOW).deliveries[0], around, {})


@pytest.mark.parametrize(
    ("words", "question", "apart", "text", "asked"),
    [
        ("Vote now", QUESTION, None, "Vote now\n\nShall we strike on Saturday?", ""),
        ("Shall we strike on Saturday? Vote!", QUESTION, None, "Shall we strike on Saturday? Vote!", ""),
        ("Vote now", QUESTION, 300, "Vote now", "Shall we strike on Saturday?"),
        ("Shall we?", "", 300, "", "Shall we?"),
        ("Shall we?", "", None, "Shall we?", ""),
    ],
)
def test_the_question_of_a_poll_stands_where_the_network_has_it(
    words: str, question: str, apart: int | None, text: str, asked: str
) -> None:
    made = post(words, poll=Poll(("Yes", "No"), question=question), event=MAYDAY, hashtags=("Union",))
    outgoing = composed(made, asking(question=apart)).outgoing
    assert outgoing.text == "\n\n".join(filter(None, (text, "#Union")))
    assert outgoing.poll == Poll(("Yes", "No"), question=asked)


def test_a_placeholder_in_a_question_that_nothing_fills_holds_the_post() -> None:
    found = composed(post("Vote", poll=Poll(("Yes", "No"), question=QUESTION)), asking())
    assert [(finding.rule, finding.severity) for finding in found.findings] == [("unfilled-placeholder", Severity.ERROR)]


@pytest.mark.parametrize(
    ("wanted", "limits", "minutes", "said"),
    [
        (10 * 1440, {"minutes": (5, 10_080)}, 10_080, "polls of 10 days; people can vote for 7 days there"),
        (1, {"minutes": (5, 10_080)}, 5, "polls of 1 minute; people can vote for 5 minutes there"),
        (90, {"minutes": (60, 46_080), "step": 60}, 120, "polls of 90 minutes; people can vote for 2 hours there"),
        (2 * 1440, {"terms": (1440, 3 * 1440)}, 3 * 1440, "polls of 2 days; people can vote for 3 days there"),
        (3 * 1440, {"terms": (1440, 3 * 1440)}, 3 * 1440, None),
        (60 * 1440, {}, 60 * 1440, None),
    ],
)
def test_a_length_that_the_network_has_not_becomes_the_nearest_and_that_is_said(
    wanted: int, limits: dict[str, Any], minutes: int, said: str | None
) -> None:
    found = composed(post("Vote", poll=Poll(("Yes", "No"), wanted)), asking(**limits))
    assert found.outgoing.poll == Poll(("Yes", "No"), minutes)
    assert [finding.message for finding in found.findings] == ([f"Able has no {said}"] if said else [])


@given(st.integers(1, 10**6), st.integers(1, 100), st.integers(1, 1_000), st.integers(1, 90))
def test_a_length_always_becomes_one_that_the_network_takes(wanted: int, low: int, more: int, step: int) -> None:
    takes = PollLimits(options=4, characters=25, minutes=(low * step, (low + more) * step), step=step)
    found = timed(Poll(("Yes", "No"), wanted), takes).minutes
    assert low * step <= found <= (low + more) * step
    assert found % step == 0
    assert timed(Poll(("Yes", "No"), found), takes).minutes == found


def test_words_are_said_twice_where_the_network_wants_some_beside_the_question() -> None:
    outgoing = composed(post("Shall we?", poll=Poll(("Yes", "No"))), asking(question=140, words=True)).outgoing
    assert (outgoing.text, outgoing.poll) == ("Shall we?", Poll(("Yes", "No"), question="Shall we?"))


@pytest.mark.parametrize(("alone", "card"), [(True, None), (False, LinkCard("https://example.org"))])
def test_a_poll_that_stands_alone_has_no_card_beside_it(card: LinkCard | None, *, alone: bool) -> None:
    made = post("Vote {link}", poll=Poll(("Yes", "No")), link="https://example.org")
    assert composed(made, asking(alone=alone)).outgoing.link_card == card


def test_a_question_is_frozen_and_seen_and_a_poll_without_one_is_frozen_as_before() -> None:
    outgoing = composed(post("Shall we?", poll=Poll(("Yes", "No"))), asking(question=300)).outgoing
    assert Outgoing.from_json(outgoing.to_json()) == outgoing
    assert replace(outgoing, poll=Poll(("Yes", "No"), question="Shan’t we?")).fingerprint != outgoing.fingerprint
    plain = replace(outgoing, poll=Poll(("Yes", "No")))
    assert "question" not in plain.to_json()
    assert Outgoing.from_json(plain.to_json()) == plain


@pytest.mark.parametrize(
    ("minutes", "words"), [(1, "1 minute"), (90, "90 minutes"), (60, "1 hour"), (1440, "1 day"), (4320, "3 days"), (1500, "25 hours")]
)
def test_a_length_is_told_as_the_setting_takes_it(minutes: int, words: str) -> None:
    assert lasting(minutes) == words
