"""Puts together exactly what one account sends; pure."""

from dataclasses import dataclass
from functools import partial

from scheduler.model.delivery import Delivery
from scheduler.model.finding import Finding, Severity
from scheduler.model.network import Network
from scheduler.model.outgoing import Facet, Outgoing
from scheduler.model.poll import Poll
from scheduler.planning.composing import extras
from scheduler.planning.composing.cards import card_of
from scheduler.planning.composing.hashtags import Tags, tags_for
from scheduler.planning.composing.illustrating import illustrate
from scheduler.planning.composing.pictures import language_of
from scheduler.planning.composing.placeholders import position
from scheduler.planning.composing.polls import polled
from scheduler.planning.composing.tagging import moved, places_of, put, unwritten, with_tags
from scheduler.planning.composing.wording import Typed, facets_with, worded
from scheduler.planning.context import Context, Pictures
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
    said, poll, findings = _text(delivery, context, network, tags, beside.found.poll)
    text = said.text
    media, unseen = illustrate(delivery, context, pictures)
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
        facets=said.facets,
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
        findings.append(_no_warning(delivery, network, warning))
    return Composition(outgoing, tuple(findings))


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    facets: tuple[Facet, ...] = ()


def _text(
    delivery: Delivery, context: Context, network: Network, tags: Tags, poll: Poll | None
) -> tuple[_Said, Poll | None, list[Finding]]:
    if delivery.story:
        return _Said(""), None, extras.story_words(delivery, network)
    language, variant = language_of(delivery, context), delivery.variant
    filled, findings = worded(delivery, context, Typed(variant.text, language, partial(position, variant), variant.source, variant.target))
    words, kept = filled.text, filled.names
    mentions = filled.mentions
    if poll is not None:
        made, unasked = polled(delivery, context, filled, poll)
        words, poll, mentions = made.text, made.poll, made.mentions
        findings += unasked
        kept = (*kept, (len(filled.text), len(words)))  # a question below the words is asked to the letter
    places = places_of(words, tags.inline, kept)
    left = (tag for tag in unwritten(words, tags.inline) if tag not in places)
    comment = () if network.abilities.first_comment else tags.comment
    text = with_tags(put(words, places), (*tags.end, *left, *comment))
    return _Said(text, facets_with(text, moved(mentions, places), network)), poll, findings


def _stands_alone(poll: Poll | None, network: Network) -> bool:
    return poll is not None and network.limits.poll is not None and network.limits.poll.alone


def _takes(network: Network, warning: str | None) -> bool:
    return network.abilities.content_warning or (warning or "").casefold() in network.abilities.warning_labels


def _no_warning(delivery: Delivery, network: Network, warning: str) -> Finding:
    labels = ", ".join(network.abilities.warning_labels)
    instead = f", or write one of its labels: {labels}" if labels else ""
    return Finding(
        rule="content-warning-dropped",
        severity=Severity.WARNING,
        message=f"{network.title} has no such content warning; this post goes out there without one"
        if labels
        else f"{network.title} has no content warnings; this post goes out there without one",
        path=delivery.post.path,
        span=delivery.post.spans.get("content-warning", delivery.variant.span),
        fix=f"say it in the first line of a “### {network.name}” section:  (content warning: {warning}){instead}",
        part=delivery.part.name,
        network=network.name,
    )
