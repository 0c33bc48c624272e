"""Puts together exactly what one account sends; pure."""

from dataclasses import dataclass, replace
from functools import partial

from scheduler.model.delivery import Delivery
from scheduler.model.facets import facets_of
from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.network import Network
from scheduler.model.outgoing import Outgoing
from scheduler.model.poll import Poll
from scheduler.planning import extras
from scheduler.planning.cards import card_of
from scheduler.planning.context import Context, Pictures
from scheduler.planning.hashtags import Tags, tags_for
from scheduler.planning.illustrating import illustrate
from scheduler.planning.pictures import language_of
from scheduler.planning.placeholders import fill, position, unfilled, values_for
from scheduler.planning.polls import asked
from scheduler.planning.tagging import unwritten, with_inline, with_tags
from scheduler.planning.targets import setting


@dataclass(frozen=True, slots=True)
class Composition:
    """Is what would be sent, and what stood in the way; an error among the findings holds it."""

    outgoing: Outgoing
    findings: tuple[Finding, ...] = ()


def compose(delivery: Delivery, context: Context, pictures: Pictures) -> Composition:
    """Returns what the delivery's account sends; ``pictures`` answers every request of ``pictures.wanted``."""
    network = context.network(delivery.account)
    tags = tags_for(delivery, context)
    beside = extras.beside(delivery, context, network)
    text, poll, findings = _text(delivery, context, network, tags, beside.found.poll)
    media, unseen = illustrate(delivery, context, pictures, values_for(delivery, context, language_of(delivery, context)))
    warning = setting(delivery.post, delivery.part, delivery.variant, "content-warning")
    replies = extras.replies(delivery, context, network, pictures)
    comment = extras.first_comment(delivery, context, network, unwritten(text, tags.comment))
    card, plain = card_of(delivery, context, pictures, has_media=bool(media) or _stands_alone(poll, network))
    outgoing = Outgoing(
        delivery=delivery.id,
        account=delivery.account.name,
        network=network.name,
        part=delivery.label,
        text=text,
        facets=facets_of(text),
        media=media,
        content_warning=warning if _takes(network, warning) else None,
        language=language_of(delivery, context),
        link_card=card,
        first_comment=comment.found,
        replies=replies.found,
        story=delivery.story,
        location=beside.found.location,
        location_id=beside.found.location_id,
        collaborators=beside.found.collaborators,
        poll=poll,
    )
    findings += [*tags.findings, *unseen, *replies.findings, *comment.findings, *beside.findings, *plain]
    if warning and not _takes(network, warning):
        findings.append(_no_warning(delivery, network))
    return Composition(outgoing, tuple(findings))


def _text(delivery: Delivery, context: Context, network: Network, tags: Tags, poll: Poll | None) -> tuple[str, Poll | None, list[Finding]]:
    if delivery.story:
        return "", None, extras.story_words(delivery, network)
    values = values_for(delivery, context, language_of(delivery, context))
    filled = fill(delivery.variant.text, values, partial(position, delivery.variant))
    findings = [unfilled(delivery, hole, delivery.variant.source) for hole in filled.unfilled]
    words, kept = filled.text, filled.names
    if poll is not None:
        span = delivery.post.spans.get("poll-question", Span())
        question = fill(poll.question, values, lambda _start, _end: span)
        findings += [unfilled(delivery, hole) for hole in question.unfilled]
        words, poll = asked(words, replace(poll, question=question.text), network.limits.poll)
        kept = (*kept, (len(filled.text), len(words)))  # a question below the words is asked to the letter
    text, left = with_inline(words, tags.inline, kept)
    comment = () if network.abilities.first_comment else tags.comment
    return with_tags(text, (*tags.end, *left, *comment)), poll, findings


def _stands_alone(poll: Poll | None, network: Network) -> bool:
    return poll is not None and network.limits.poll is not None and network.limits.poll.alone


def _takes(network: Network, warning: str | None) -> bool:
    return network.abilities.content_warning or (warning or "").casefold() in network.abilities.warning_labels


def _no_warning(delivery: Delivery, network: Network) -> Finding:
    labels = ", ".join(network.abilities.warning_labels)
    return Finding(
        rule="content-warning-dropped",
        severity=Severity.WARNING,
        message=f"{network.title} has no such content warning; this post goes out there without one"
        if labels
        else f"{network.title} has no content warnings; this post goes out there without one",
        path=delivery.post.path,
        span=delivery.post.spans.get("content-warning", delivery.variant.span),
        fix=f"say it in the first line of a “### {network.name}” section{f', or write one of its labels: {labels}' if labels else ''}",
        part=delivery.part.name,
        network=network.name,
    )
