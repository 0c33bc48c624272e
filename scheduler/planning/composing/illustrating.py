"""The pictures of an outgoing post: drawn, or the author's own, each with its description."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import partial

from scheduler.model.delivery import Delivery
from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.graphic import Graphic, Picture
from scheduler.model.network import Network
from scheduler.model.outgoing import Media
from scheduler.model.post import MediaRef
from scheduler.planning.composing.pictures import graphic_for, language_of, own_media, template_of
from scheduler.planning.composing.wording import Typed, worded
from scheduler.planning.context import Context, Pictures, Problem

Illustrated = tuple[tuple[Media, ...], list[Finding]]


def illustrate(delivery: Delivery, context: Context, pictures: Pictures) -> Illustrated:
    """Returns the pictures of the post itself and what is wrong with them."""
    request, network = graphic_for(delivery, context), context.network(delivery.account)
    if not network.limits.pictures and (request is not None or own_media(delivery)):
        return (), [_no_pictures(delivery, network)]
    if request is None:
        media, findings = shown(delivery, own_media(delivery), pictures, context, language_of(delivery, context))
        return media, [*_unknown_template(delivery, context), *findings]
    drawn = pictures[request]
    if isinstance(drawn, Graphic):
        return (Media(drawn.picture, drawn.alt),), list(_complaints(delivery, drawn))
    if isinstance(drawn, Problem):
        path, span = _asked_for(delivery)
        return (), [replace(_picture_problem(delivery, drawn, span, "graphic-not-drawn"), path=path)]
    return (), []


def shown(delivery: Delivery, named: Sequence[MediaRef], pictures: Pictures, context: Context, language: str) -> Illustrated:
    """Returns the author's own pictures in their order, with their descriptions in a language, and what is wrong with them."""
    network = context.network(delivery.account)
    takes_focus = network.abilities.focus and not delivery.story
    media: list[Media] = []
    findings: list[Finding] = []
    for ref in named:
        found = pictures[ref.path] if ref.path is not None else None
        if isinstance(found, Picture):
            place = partial(_always, ref.alt_span or ref.span)
            alt, unnamed = worded(delivery, context, Typed(ref.alt, language, place, ref.source, by_name=True))
            media.append(Media(found, alt.text, ref.focus if takes_focus else None))
            findings.extend(unnamed)
        elif isinstance(found, Problem):
            problem = _picture_problem(delivery, found, ref.span, "picture-unreadable")
            findings.append(replace(problem, path=ref.source or delivery.post.path))
        elif not ref.awaited:
            findings.append(_missing(delivery, ref))
    dropped = next((ref for ref in named if ref.focus is not None and not takes_focus), None)
    return tuple(media), [*findings, *([_no_focus(delivery, network, dropped)] if dropped is not None else [])]


def _no_focus(delivery: Delivery, network: Network, ref: MediaRef) -> Finding:
    return Finding(
        rule="no-focus",
        severity=Severity.HINT,
        message=f"{network.title} takes no focus of a picture; it has no effect there",
        path=ref.source or delivery.post.path,
        span=ref.span,
        part=delivery.part.name,
        network=network.name,
    )


def _always(span: Span, _start: int, _end: int) -> Span:
    return span


def _asked_for(delivery: Delivery) -> tuple[str, Span]:
    """Returns where the delivery's graphic is asked for: in a section, in a part, or on top of the file."""
    if "graphic" in delivery.variant.settings:
        return delivery.path, delivery.variant.span
    own = delivery.part.span if "graphic" in delivery.part.settings else delivery.post.spans.get("graphic", Span())
    return delivery.post.path, own


def _unknown_template(delivery: Delivery, context: Context) -> Iterator[Finding]:
    """Yields an error for a template that does not exist beside a picture: nothing else would ever ask for it."""
    name = template_of(delivery)
    if not name or not context.templates or name in context.templates:
        return
    path, span = _asked_for(delivery)
    meant = next(iter(get_close_matches(name, sorted(context.templates), n=1)), "")
    yield Finding(
        rule="graphic-not-drawn",
        severity=Severity.ERROR,
        message=f"There is no template “{name}”.",
        path=path,
        span=span,
        label=f"did you mean “{meant}”?" if meant else "",
        consequence="nobody can tell which graphic is meant",
        fix=f"graphic: {meant}"
        if meant
        else f"one of {', '.join(sorted(context.templates))}, or take the line out: the picture goes out as it is",
        part=delivery.part.name,
    )


def _no_pictures(delivery: Delivery, network: Network) -> Finding:
    return Finding(
        rule="no-pictures",
        severity=Severity.WARNING,
        message=f"{network.title} takes no pictures from us; this post goes out there in words alone",
        path=delivery.path,
        span=delivery.variant.span,
        fix=f"see that a “### {network.name}” section says what the picture shows",
        part=delivery.part.name,
        network=network.name,
    )


def _complaints(delivery: Delivery, drawn: Graphic) -> Iterator[Finding]:
    path, span = _asked_for(delivery)
    for complaint in drawn.complaints:
        yield Finding(
            rule="graphic-complaint",
            severity=Severity.WARNING,
            message=complaint,
            path=path,
            span=span,
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
        path=named.source or delivery.post.path,
        span=named.span,
        consequence="the post would go out without its picture",
        fix="put the file next to the post, or into assets/, and mind capitals in its name",
        part=delivery.part.name,
    )
