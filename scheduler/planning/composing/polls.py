"""Polls as a network takes them: where the question stands, and how long people can vote."""

from dataclasses import replace

from scheduler.model.delivery import Delivery
from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.network import Network, PollLimits
from scheduler.model.poll import Poll, lasting


def asked(words: str, poll: Poll, takes: PollLimits | None) -> tuple[str, Poll]:
    """Returns the post's words and its poll.

    Where the network has a question apart from the words, words without ``poll-question`` are that question, and nothing stands above it
    unless the network wants words there: then they are said twice.
    Where it has none, ``poll-question`` follows the words, unless it stands in them.
    """
    if takes is not None and takes.question is not None:
        return (words, poll) if poll.question else (words if takes.words else "", replace(poll, question=words.strip()))
    missing = poll.question if poll.question.casefold() not in words.casefold() else ""
    return "\n\n".join(filter(None, (words, missing))), replace(poll, question="")


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
