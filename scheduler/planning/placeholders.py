"""The names in braces that a text may hold, and what fills them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import regex

from scheduler.model.delivery import Delivery
from scheduler.model.finding import Span
from scheduler.model.post import Event, Variant
from scheduler.planning import dates
from scheduler.planning.context import Context

_PLACEHOLDER = regex.compile(r"\{\{|\}\}|\{([^{}\n]*)\}")


@dataclass(frozen=True, slots=True)
class Unfilled:
    """Is a placeholder for which nothing is known."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Filled:
    """Is a text with its placeholders filled, and those that could not be."""

    text: str
    unfilled: tuple[Unfilled, ...] = ()


def fill(text: str, values: Mapping[str, str], place: Callable[[int, int], Span]) -> Filled:
    """Returns the text with each ``{name}`` replaced; ``{{`` and ``}}`` stand for single braces.

    ``place`` tells where a stretch of the text, counted in code points, stands in the file.
    """
    missing: list[Unfilled] = []

    def replacement(match: regex.Match[str]) -> str:
        name = match[1]
        if name is None:
            return str(match[0])[0]
        value = values.get(name.strip(), "")
        if not value:
            missing.append(Unfilled(name.strip(), place(match.start(), match.end())))
        return value

    return Filled(_PLACEHOLDER.sub(replacement, text), tuple(missing))


def position(variant: Variant, start: int, end: int) -> Span:
    """Returns where a stretch of the variant's text stands in the file; ``start`` and ``end`` count code points of the text."""
    before = variant.text.count("\n", 0, start)
    line_start = variant.text.rfind("\n", 0, start) + 1
    line = variant.lines[before] if before < len(variant.lines) else variant.span.line
    column = start - line_start + 1
    return Span(line, column, max(column + 1, end - line_start + 1))


def values_for(delivery: Delivery, context: Context, language: str) -> dict[str, str]:
    """Returns what each placeholder means for this delivery, in its language."""
    post, organisation = delivery.post, context.config.organisation
    network = context.network(delivery.account)
    link = post.link or (post.event.url if post.event else "")
    values = {
        "link": link if network.abilities.links_clickable else (organisation.link_in_bio if link else ""),
        "org.name": organisation.name,
        "org.website": organisation.website,
        "org.mention": delivery.account.handle or organisation.name,
    }
    if post.event is not None:
        values |= {f"event.{name}": value(post.event, language) for name, value in _EVENT.items()}
        left = (post.event.starts.date() - delivery.due.local.date()).days
        values["days.left"] = str(left) if left >= 0 else ""
    return values


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
        return f"add  {name.removeprefix('event.')}:  to _campaign.md, next to kind: event"
    return "write the words themselves instead of the braces"
