"""The names in braces that a text may hold, and what fills them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import regex

from scheduler.model.delivery import Delivery
from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.post import Event, Variant
from scheduler.planning import dates
from scheduler.planning.context import Context
from scheduler.planning.targets import link_of

_PLACEHOLDER = regex.compile(r"\{\{|\}\}|\{([^{}\n]*)\}")
_NAMES = frozenset({"link", "org.name", "org.website", "org.mention", "partners.mentions", "event.place", "event.address", "event.url"})
"""Are the placeholders for what is written as it is and in no other way: addresses, and the names of places and organisations."""


@dataclass(frozen=True, slots=True)
class Unfilled:
    """Is a placeholder for which nothing is known."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Filled:
    """Is a text with its placeholders filled, and those that could not be; ``names`` is where addresses and names were filled in."""

    text: str
    unfilled: tuple[Unfilled, ...] = ()
    names: tuple[tuple[int, int], ...] = ()


def fill(text: str, values: Mapping[str, str], place: Callable[[int, int], Span]) -> Filled:
    """Returns the text with each ``{name}`` replaced; ``{{`` and ``}}`` stand for single braces.

    ``place`` tells where a stretch of the text, counted in code points, stands in the file.
    """
    missing: list[Unfilled] = []
    names: list[tuple[int, int]] = []
    grown = 0

    def replacement(match: regex.Match[str]) -> str:
        nonlocal grown
        name = match[1]
        value = str(match[0])[0] if name is None else values.get(name.strip(), "")
        start = match.start() + grown
        grown += len(value) - len(match[0])
        if name is None:
            return value
        if not value:
            missing.append(Unfilled(name.strip(), place(match.start(), match.end())))
        elif name.strip() in _NAMES:
            names.append((start, start + len(value)))
        return value

    return Filled(_PLACEHOLDER.sub(replacement, text), tuple(missing), tuple(names))


def position(variant: Variant, start: int, end: int) -> Span:
    """Returns where a stretch of the variant's text stands in the file; ``start`` and ``end`` count code points of the text."""
    if not variant.lines:
        return variant.span  # it stands in no file of the project
    before = variant.text.count("\n", 0, start)
    line_start = variant.text.rfind("\n", 0, start) + 1
    line = variant.lines[before] if before < len(variant.lines) else variant.span.line
    column = start - line_start + 1
    return Span(line, column, max(column + 1, end - line_start + 1))


def values_for(delivery: Delivery, context: Context, language: str) -> dict[str, str]:
    """Returns what each placeholder means for this delivery, in its language."""
    post, organisation = delivery.post, context.config.organisation
    network = context.network(delivery.account)
    link = link_of(post, delivery.variant)
    values = {
        "link": link if network.abilities.links_clickable else (organisation.link_in_bio if link else ""),
        "org.name": organisation.name,
        "org.website": organisation.website,
        "org.mention": _mention(delivery, context),
        "partners.mentions": _partners(delivery, context, language),
    }
    if post.event is not None:
        values |= {f"event.{name}": value(post.event, language) for name, value in _EVENT.items()}
        left = (post.event.starts.date() - delivery.due.local.date()).days
        values["days.left"] = str(left) if left >= 0 else ""
    return values


def _mention(delivery: Delivery, context: Context) -> str:
    """Returns our own handle where the account is; on the account of a partner, that of our account on the same network."""
    ours = [account for account in context.config.accounts.values() if account.network == delivery.account.network]
    lent = {name for partner in context.partners.values() for name in partner.accounts}
    if delivery.account.name not in lent:
        return delivery.account.handle or context.config.organisation.name
    handles = (account.handle for account in ours if account.name not in lent and account.handle)
    return next(handles, context.config.organisation.name)


def _partners(delivery: Delivery, context: Context, language: str) -> str:
    """Returns the partners of the post as a list in words, each by its handle on this network, else by its name."""
    known = [(name, context.partners.get(name)) for name in delivery.post.partners]
    network = delivery.account.network
    names = [(partner.handles.get(network) or partner.title or name) if partner else name for name, partner in known]
    return dates.listed(names, language)


_FROM_START = ("date", "weekday", "time")

_EVENT: Mapping[str, Callable[[Event, str], str]] = {
    "title": lambda event, _: event.title,
    "date": lambda event, language: dates.day_and_month(event.starts.date(), language),
    "weekday": lambda event, language: dates.weekday(event.starts.date(), language),
    "time": lambda event, language: dates.time_of_day(event.starts.time(), language),
    "ends": lambda event, language: dates.time_of_day(event.ends.time(), language) if event.ends else "",
    "doors": lambda event, language: dates.time_of_day(event.doors.time(), language) if event.doors else "",
    "place": lambda event, _: event.place,
    "address": lambda event, _: event.address,
    "access": lambda event, _: event.access,
    "url": lambda event, _: event.url,
}


def remedy(names: Iterable[str]) -> str:
    """Returns what to add so that a placeholder can be filled."""
    name = next(iter(names))
    if name == "link":
        return "add  link: https://…  to the settings on top, and link_in_bio under [organisation] for networks without links"
    if name.startswith("event."):
        key = name.removeprefix("event.")
        return f"add  {'starts' if key in _FROM_START else key}:  to _campaign.md, next to kind: event"
    if name == "days.left":
        return "add  starts:  to _campaign.md, next to kind: event; after the event no days are left"
    if name == "org.website":
        return 'add  website = "https://…"  to [organisation] in config.toml'
    if name == "count":
        return "count first, then write the number in place of {count}; until then,  status: draft  keeps this text back"
    return "write the words themselves instead of the braces"


def unfilled(delivery: Delivery, hole: Unfilled, source: str = "") -> Finding:
    """Returns the error that nothing is known for a placeholder; ``source`` is the language file it stands in, if it does."""
    counted = hole.name == "count"
    return Finding(
        rule="unfilled-placeholder",
        severity=Severity.ERROR,
        message="how many people came is not known to anybody but you" if counted else f"nothing is known for {{{hole.name}}}",
        path=source or delivery.post.path,
        span=hole.span,
        label="a number that you fill in" if counted else "this would be empty",
        consequence="readers would see a hole in the sentence",
        fix=remedy([hole.name]),
        part=delivery.part.name,
        network=delivery.account.network,
    )
