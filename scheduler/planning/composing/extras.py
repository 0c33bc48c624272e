"""What stands around the text: answers, the first comment, a poll, a place; and what is said where a network has none of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Generic, TypeVar

import regex

from scheduler.model.delivery import Delivery
from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.network import Network
from scheduler.model.outgoing import Reply
from scheduler.model.poll import Poll
from scheduler.model.post import Variant
from scheduler.planning.composing.illustrating import shown
from scheduler.planning.composing.pictures import further_texts, language_of
from scheduler.planning.composing.placeholders import position
from scheduler.planning.composing.polls import other_time, timed
from scheduler.planning.composing.tagging import with_tags
from scheduler.planning.composing.wording import Typed, facets_with, worded
from scheduler.planning.context import Context, Pictures
from scheduler.planning.targets import language_in

FIRST_COMMENT = "first comment"
FIRST_COMMENT_KEY = "first-comment"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """Is one thing beside the text, as the network takes it, and what is wrong with it."""

    found: T
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Beside:
    """Is what belongs to a post without being text."""

    location: str = ""
    location_id: str = ""
    collaborators: tuple[str, ...] = ()
    poll: Poll | None = None


_NUMBERED = regex.compile(r"(?P<words>.*?)\s*\((?P<number>[0-9]{8,})\)|(?P<words>)(?P<number>[0-9]{8,})")
"""Is a place with its number, as in ``Oranienplatz, Berlin (110774245616525)``; fewer digits are a postcode or part of a name."""


def replies(delivery: Delivery, context: Context, network: Network, pictures: Pictures) -> Found[tuple[Reply, ...]]:
    """Returns the further posts of the thread: first the other languages of the account, then the author's answers."""
    others, answers = further_texts(delivery, context)
    if not network.abilities.threads:
        return Found((), list(_no_threads(delivery, network, others, answers)))
    made = [_reply(delivery, context, variant, pictures) for variant in (*others, *answers)]
    return Found(tuple(item.found for item in made), [finding for item in made for finding in item.findings])


def _reply(delivery: Delivery, context: Context, variant: Variant, pictures: Pictures) -> Found[Reply]:
    language = language_in(delivery.post, delivery.part, variant, context)
    filled, findings = worded(delivery, context, Typed(variant.text, language, partial(position, variant), variant.source))
    media, unseen = shown(delivery, variant.media or (), pictures, context, language)
    return Found(
        Reply(filled.text, facets_with(filled.text, filled.mentions, context.network(delivery.account)), media, language),
        [*unseen, *findings],
    )


def _no_threads(delivery: Delivery, network: Network, others: tuple[Variant, ...], answers: tuple[Variant, ...]) -> Iterator[Finding]:
    if answers:
        number = "the answer below it" if len(answers) == 1 else f"the {len(answers)} answers below it"
        alone = delivery.variant.target in {delivery.account.name, network.name}
        if alone:
            message = f"{network.title} has no threads: its own section goes out without {number}"
            fix = f"see that “### {network.name}” says all of it"
            yield _in_file(_left_out(delivery, "no-threads", Severity.WARNING, message, answers[0].span, fix), answers[0].source)
            return
        message = f"{network.title} has no threads: {number} would be left out"
        fix = f"say all of it in a “### {network.name}” section, or leave {network.name} out of  where:"
        yield _in_file(_left_out(delivery, "no-threads", Severity.ERROR, message, answers[0].span, fix), answers[0].source)
    elif others:
        languages = ", ".join(variant.language or (variant.target or "").removeprefix("lang ") for variant in others)
        message = f"{network.title} has no threads: {languages} is left out"
        fix = f'take  languages = "thread"  out of [accounts.{delivery.account.name}]'
        yield _in_file(_left_out(delivery, "no-threads", Severity.WARNING, message, others[0].span, fix), others[0].source)


def first_comment(delivery: Delivery, context: Context, network: Network, tags: tuple[str, ...]) -> Found[str]:
    """Returns the comment that the account writes below its own post; ``tags`` come after its words, or are all of it."""
    if delivery.story:
        return Found("")
    said = _comment(delivery)
    if not network.abilities.first_comment:
        message = f"{network.title} takes no first comment from us; it is left out there"
        fix = f"say it in the text of a “### {network.name}” section"
        left_out = _in_file(_left_out(delivery, "no-first-comment", Severity.WARNING, message, said.span, fix), said.source)
        return Found("", [left_out] if said.text.strip() else [])
    place = partial(position, said) if said.lines else lambda _start, _end: said.span
    filled, findings = worded(delivery, context, Typed(said.text, said.language or language_of(delivery, context), place, said.source))
    return Found(with_tags(filled.text, tags), findings)


def _comment(delivery: Delivery) -> Variant:
    """Returns the comment: that of the delivery's own section, of the section for comments, of the part, or of the post."""
    part, variant = delivery.part, delivery.variant
    if FIRST_COMMENT_KEY in variant.settings:
        return Variant(FIRST_COMMENT, variant.settings[FIRST_COMMENT_KEY], span=variant.span, source=variant.source)
    section = next(iter(part.along(variant, FIRST_COMMENT)), None)
    if section is not None:
        return section
    if FIRST_COMMENT_KEY in part.settings:
        return Variant(FIRST_COMMENT, part.settings[FIRST_COMMENT_KEY], span=part.span)
    return Variant(FIRST_COMMENT, delivery.post.first_comment, span=delivery.post.spans.get(FIRST_COMMENT_KEY, Span()))


def beside(delivery: Delivery, context: Context, network: Network) -> Found[Beside]:
    """Returns the place, the collaborators and the poll, as far as the network has such a thing."""
    post, abilities = delivery.post, network.abilities
    findings = []
    place = _NUMBERED.fullmatch(post.location) if abilities.location and not delivery.story else None
    if post.location and not abilities.location:
        findings.append(_kept_aside(delivery, "no-location", "location", f"{network.title} shows no place beside a post"))
    elif post.location and delivery.story:
        findings.append(_kept_aside(delivery, "no-location", "location", f"a story on {network.title} shows no place"))
    elif post.location and place is None:
        findings.append(_numberless(delivery, network))
    if post.collab and not abilities.collaborators:
        findings.append(_kept_aside(delivery, "no-collaborators", "collab", f"{network.title} knows no posts of several accounts"))
    if post.poll is not None and not abilities.polls and not delivery.story:
        message = f"{network.title} takes no poll from us: nobody could vote there"
        fix = f"leave {network.name} out of  where:"
        findings.append(_left_out(delivery, "no-polls", Severity.ERROR, message, post.spans.get("poll", Span()), fix))
    poll = timed(post.poll, network.limits.poll) if post.poll is not None and abilities.polls and not delivery.story else None
    if poll is not None and post.poll is not None:
        findings += other_time(delivery, network, post.poll, poll)
    handles = {name: context.partners[name].handles.get(network.name, "") for name in post.collab if name in context.partners}
    if abilities.collaborators:
        findings += [_nameless(delivery, network, name) for name in post.collab if not handles.get(name)]
    return Found(
        Beside(
            location=place["words"] if place else "",
            location_id=place["number"] if place else "",
            collaborators=tuple(handle for handle in handles.values() if handle) if abilities.collaborators else (),
            poll=poll,
        ),
        findings,
    )


def story_words(delivery: Delivery, network: Network) -> list[Finding]:
    """Returns the warning that a story shows its picture alone, where its section has words."""
    if not delivery.variant.text.strip():
        return []
    message = f"a story on {network.title} shows its picture alone; these words are left out"
    fix = "write them into the graphic or the picture"
    return [_in_file(_left_out(delivery, "story-text", Severity.WARNING, message, delivery.variant.span, fix), delivery.variant.source)]


def _kept_aside(delivery: Delivery, rule: str, key: str, lack: str) -> Finding:
    message = f"{lack}; “{key}” has no effect there"
    return _left_out(delivery, rule, Severity.HINT, message, delivery.post.spans.get(key, Span()), None)


def _numberless(delivery: Delivery, network: Network) -> Finding:
    place = delivery.post.location
    message = f"{network.title} knows places by number alone; “{place}” has none, so the post goes out there without its place"
    fix = f"location: {place} ({network.place_number or 'its number'})"
    return _left_out(delivery, "location-without-number", Severity.WARNING, message, delivery.post.spans.get("location", Span()), fix)


def _nameless(delivery: Delivery, network: Network, name: str) -> Finding:
    message = f"nobody knows what “{name}” is called on {network.title}, so they are not asked to share this post as theirs"
    fix = f"add {network.name} to the handles of [{name}] in posts/_partners.toml"
    return _left_out(delivery, "collaborator-unknown", Severity.WARNING, message, delivery.post.spans.get("collab", Span()), fix)


def _in_file(finding: Finding, source: str) -> Finding:
    """Returns the finding in the language file that it is about; an empty ``source`` is the post's own file."""
    return replace(finding, path=source) if source else finding


def _left_out(delivery: Delivery, rule: str, severity: Severity, message: str, span: Span, fix: str | None) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        message=message,
        path=delivery.post.path,
        span=span,
        fix=fix,
        part=delivery.part.name,
        network=delivery.account.network,
    )
