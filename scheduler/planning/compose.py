"""Puts together exactly what one account sends; pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from scheduler.model.delivery import Delivery
from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.graphic import Graphic, Picture
from scheduler.model.network import Network
from scheduler.model.outgoing import LinkCard, Media, Outgoing
from scheduler.model.post import MediaRef
from scheduler.planning.context import Context, Pictures, Problem
from scheduler.planning.facets import facets_of
from scheduler.planning.hashtags import tags_for
from scheduler.planning.pictures import graphic_for, language_of, own_media
from scheduler.planning.placeholders import Unfilled, fill, position, remedy, values_for
from scheduler.planning.targets import setting


@dataclass(frozen=True, slots=True)
class Composition:
    """Is what would be sent, and what stood in the way; an error among the findings holds it."""

    outgoing: Outgoing
    findings: tuple[Finding, ...] = ()


def compose(delivery: Delivery, context: Context, pictures: Pictures) -> Composition:
    """Returns what the delivery's account sends; ``pictures`` answers every request of ``pictures.wanted``."""
    network = context.network(delivery.account)
    language = language_of(delivery, context)
    values = values_for(delivery, context, language)
    filled = fill(delivery.variant.text, values, partial(position, delivery.variant))
    tags, tag_findings = tags_for(delivery, context)
    text = _with_tags(filled.text, tags)
    media, media_findings = _media(delivery, context, pictures, values)
    warning = setting(delivery.post, delivery.part, delivery.variant, "content-warning")
    outgoing = Outgoing(
        delivery=delivery.id,
        account=delivery.account.name,
        network=network.name,
        part=delivery.part.name,
        text=text,
        facets=facets_of(text),
        media=media,
        content_warning=warning if network.abilities.content_warning else None,
        language=language,
        link_card=_card(delivery, network, has_media=bool(media)),
    )
    findings = [_unfilled(delivery, hole, network) for hole in filled.unfilled]
    findings += tag_findings
    findings += media_findings
    if warning and not network.abilities.content_warning:
        findings.append(_no_warning(delivery, network))
    return Composition(outgoing, tuple(findings))


def _with_tags(text: str, tags: tuple[str, ...]) -> str:
    present = {facet.value.casefold() for facet in facets_of(text) if facet.kind == "tag"}
    missing = [f"#{tag}" for tag in tags if tag.casefold() not in present]
    if not missing:
        return text
    return f"{text}\n\n{' '.join(missing)}" if text else " ".join(missing)


def _card(delivery: Delivery, network: Network, *, has_media: bool) -> LinkCard | None:
    post = delivery.post
    address = post.link or (post.event.url if post.event else "")
    if not address or has_media or not network.abilities.link_card:
        return None
    return LinkCard(address)


def _media(delivery: Delivery, context: Context, pictures: Pictures, values: Mapping[str, str]) -> tuple[tuple[Media, ...], list[Finding]]:
    request = graphic_for(delivery, context)
    media: list[Media] = []
    findings: list[Finding] = []
    if request is not None:
        drawn = pictures[request]
        if isinstance(drawn, Graphic):
            media.append(Media(drawn.picture, drawn.alt))
            findings.extend(_complaints(delivery, drawn))
        elif isinstance(drawn, Problem):
            findings.append(_picture_problem(delivery, drawn, delivery.post.spans.get("graphic", Span()), "graphic-not-drawn"))
        return tuple(media), findings
    for named in own_media(delivery):
        found = pictures[named.path] if named.path is not None else None
        if isinstance(found, Picture):
            alt = fill(named.alt, values, partial(_always, named.span))
            media.append(Media(found, alt.text))
            findings.extend(_unfilled(delivery, hole, context.network(delivery.account)) for hole in alt.unfilled)
        elif isinstance(found, Problem):
            findings.append(_picture_problem(delivery, found, named.span, "picture-unreadable"))
        else:
            findings.append(_missing(delivery, named))
    return tuple(media), findings


def _always(span: Span, _start: int, _end: int) -> Span:
    return span


def _complaints(delivery: Delivery, drawn: Graphic) -> Iterator[Finding]:
    for complaint in drawn.complaints:
        yield Finding(
            rule="graphic-complaint",
            severity=Severity.WARNING,
            message=complaint,
            path=delivery.post.path,
            span=delivery.post.spans.get("graphic", Span()),
            part=delivery.part.name,
            network=delivery.account.network,
        )


def _picture_problem(delivery: Delivery, problem: Problem, span: Span, rule: str) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        message=problem.reason,
        path=delivery.post.path,
        span=span,
        consequence="the post would go out without its picture",
        fix=problem.fix,
        part=delivery.part.name,
    )


def _missing(delivery: Delivery, named: MediaRef) -> Finding:
    return Finding(
        rule="missing-file",
        severity=Severity.ERROR,
        message=f"there is no picture “{named.file}”",
        path=delivery.post.path,
        span=named.span,
        consequence="the post would go out without its picture",
        fix="put the file next to the post, or into assets/, and mind capitals in its name",
        part=delivery.part.name,
    )


def _unfilled(delivery: Delivery, hole: Unfilled, network: Network) -> Finding:
    return Finding(
        rule="unfilled-placeholder",
        severity=Severity.ERROR,
        message=f"nothing is known for {{{hole.name}}}",
        path=delivery.post.path,
        span=hole.span,
        label="this would be empty",
        consequence="readers would see a hole in the sentence",
        fix=remedy([hole.name]),
        part=delivery.part.name,
        network=network.name,
    )


def _no_warning(delivery: Delivery, network: Network) -> Finding:
    return Finding(
        rule="content-warning-dropped",
        severity=Severity.WARNING,
        message=f"{network.title} has no content warnings; this post goes out there without one",
        path=delivery.post.path,
        span=delivery.post.spans.get("content-warning", delivery.variant.span),
        fix=f"say it in the first line of a “### {network.name}” section",
        part=delivery.part.name,
        network=network.name,
    )
