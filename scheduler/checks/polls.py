"""Compares a post's poll with what a network takes of polls."""

from collections.abc import Iterator

from scheduler.checks.objection import Objection, many
from scheduler.model.limits import Limits, PollLimits
from scheduler.model.outgoing import Outgoing
from scheduler.model.poll import Poll, lasting


def poll_objections(outgoing: Outgoing, limits: Limits, title: str) -> Iterator[Objection]:
    """Yields what the network would refuse of the poll, or quietly make another one of."""
    if outgoing.poll is None or limits.poll is None:
        return
    poll, takes = outgoing.poll, limits.poll
    yield from _question(poll, takes, title)
    if len(poll.options) > takes.options:
        sentence = f"{title} takes polls of up to {takes.options} answers; this one has {len(poll.options)}."
        yield Objection("poll-too-much", sentence, f"Leave out {many(len(poll.options) - takes.options, 'answer')}.")
    for option in poll.options:
        over = takes.count(option) - takes.characters
        if over > 0:
            has = f"“{option}” has {takes.count(option)}"
            sentence = f"{title} takes answers of up to {takes.characters} characters in a poll; {has}."
            yield Objection("poll-too-much", sentence, f"Cut {many(over, 'character')}.")
    if poll.multiple and not takes.multiple:
        sentence = f"{title} takes one answer from each person; this poll takes several."
        yield Objection("poll-too-much", sentence, "Take  poll-multiple  out, or leave this network out of  where:")
    yield from _length(poll, takes, title)
    if takes.alone and outgoing.media:
        yield Objection("poll-too-much", f"{title} takes a poll below words alone, without a picture.", "Leave the picture out there.")


def _length(poll: Poll, takes: PollLimits, title: str) -> Iterator[Objection]:
    if takes.terms and poll.minutes not in takes.terms:
        lengths = ", ".join(lasting(term) for term in takes.terms)
        sentence = f"{title} takes polls of these lengths: {lengths}; this one is open for {lasting(poll.minutes)}."
        yield Objection("poll-too-much", sentence, f"poll-for: {lasting(takes.terms[0])}")
    if takes.minutes and not takes.minutes[0] <= poll.minutes <= takes.minutes[1]:
        shortest, longest = takes.minutes
        sentence = f"{title} takes polls of {lasting(shortest)} to {lasting(longest)}; this one is open for {lasting(poll.minutes)}."
        nearest = min(max(poll.minutes, shortest), longest)
        yield Objection("poll-too-much", sentence, f"poll-for: {lasting(nearest).replace(',', '')}")


def _question(poll: Poll, takes: PollLimits, title: str) -> Iterator[Objection]:
    if takes.question is None:
        return
    length, question = takes.count(poll.question), poll.question
    if question and length <= takes.question and len(question.splitlines()) == 1:
        return
    found = f"has {length:,}" if length > takes.question else "has several lines" if question else "is missing"
    sentence = (
        f"{title} asks the question of a poll apart from the text, in one line of up to {takes.question} characters; this one {found}."
    )
    yield Objection("poll-question", sentence, "Write the short question beside the answers:  poll-question: Shall we strike?")
