"""Polls as a network takes them: where the question stands, and how long people can vote."""

from dataclasses import dataclass, replace

from scheduler.model.delivery import Delivery
from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.limits import PollLimits
from scheduler.model.network import Network
from scheduler.model.outgoing import Facet
from scheduler.model.poll import Poll, lasting
from scheduler.planning.composing.pictures import language_of
from scheduler.planning.composing.placeholders import Filled
from scheduler.planning.composing.wording import Typed, worded
from scheduler.planning.context import Context


@dataclass(frozen=True, slots=True)
class Polled:
    """Is the post's words beside its poll, with the mentions in them that cannot be seen."""

    text: str
    poll: Poll
    mentions: tuple[Facet, ...] = ()


def polled(delivery: Delivery, context: Context, words: Filled, poll: Poll) -> tuple[Polled, list[Finding]]:
    """Returns the post's words and its poll as the network has them, and what is wrong with what is voted on.

    No network makes mentions in answers or in a question that stands apart, so people are called by their names there.
    """
    takes, spans = context.network(delivery.account).limits.poll, delivery.post.spans
    apart = takes is not None and takes.question is not None
    options = [_said(delivery, context, option, spans.get("poll", Span()), by_name=True) for option in poll.options]
    question, findings = _said(delivery, context, poll.question, spans.get("poll-question", Span()), by_name=apart)
    whole = _said(delivery, context, delivery.variant.text, Span(), by_name=True)[0].text if apart and not poll.question else words.text
    poll = replace(poll, options=tuple(option.text for option, _ in options), question=question.text)
    text, poll = asked(words.text, poll, takes, whole)
    at = len(text) - len(question.text)
    below = question.mentions if len(text) > len(words.text) else ()
    moved = (replace(facet, start=facet.start + at, end=facet.end + at) for facet in below)
    mentions = (*(words.mentions if text else ()), *moved)
    return Polled(text, poll, mentions), [*findings, *(finding for _, told in options for finding in told)]


def asked(words: str, poll: Poll, takes: PollLimits | None, aloud: str | None = None) -> tuple[str, Poll]:
    """Returns the post's words and its poll; ``aloud`` are the words as a question, where they are others.

    Where the network has a question apart from the words, words without ``poll-question`` are that question, and nothing stands above it
    unless the network wants words there: then they are said twice.
    Where it has none, ``poll-question`` follows the words, unless it stands in them.
    """
    if takes is not None and takes.question is not None:
        whole = words if aloud is None else aloud
        return (words, poll) if poll.question else (words if takes.words else "", replace(poll, question=whole.strip()))
    missing = poll.question if poll.question.casefold() not in words.casefold() else ""
    return "\n\n".join(filter(None, (words, missing))), replace(poll, question="")


def _said(delivery: Delivery, context: Context, text: str, span: Span, *, by_name: bool) -> tuple[Filled, list[Finding]]:
    language = language_of(delivery, context)
    return worded(delivery, context, Typed(text, language, lambda _start, _end: span, by_name=by_name))


def timed(poll: Poll, takes: PollLimits | None) -> Poll:
    """Returns the poll with the length that the network has and that is nearest to the author's; the longer one of two."""
    minutes = poll.minutes
    if takes is not None and takes.terms:
        minutes = min(takes.terms, key=lambda term: (abs(term - minutes), -term))
    elif takes is not None and takes.minutes is not None:
        shortest, longest = takes.minutes
        minutes = min(max(-(-minutes // takes.step) * takes.step, shortest), longest)
    return replace(poll, minutes=minutes)


def other_time(delivery: Delivery, network: Network, wanted: Poll, poll: Poll) -> list[Finding]:
    """Returns the warning that people can vote for another time than the author wrote, where it is another one."""
    if wanted.minutes == poll.minutes:
        return []
    span = delivery.post.spans.get("poll-for", delivery.post.spans.get("poll", Span()))
    return [
        Finding(
            rule="poll-time",
            severity=Severity.WARNING,
            message=f"{network.title} has no polls of {lasting(wanted.minutes)}; people can vote for {lasting(poll.minutes)} there",
            path=delivery.post.path,
            span=span,
            fix=f"poll-for: {lasting(poll.minutes).replace(',', '')}",
            part=delivery.part.name,
            network=network.name,
        )
    ]
