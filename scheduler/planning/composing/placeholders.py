"""The names in braces that a text may hold, and what fills them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import regex

from scheduler.model.delivery import Delivery
from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.network import Network
from scheduler.model.outgoing import Facet
from scheduler.model.post import Event, Variant
from scheduler.planning.composing import dates
from scheduler.planning.composing.people import People, Phrase, mention
from scheduler.planning.context import Context
from scheduler.planning.targets import link_of

_PLACEHOLDER = regex.compile(r"\{\{|\}\}|\{([^{}\n]*)\}")
_MENTION = "mention."
_NAMES = frozenset({"link", "org.name", "org.website", "org.mention", "partners.mentions", "event.place", "event.address", "event.url"})
"""Are the placeholders for what is written as it is and in no other way: addresses, and the names of places and organisations."""


@dataclass(frozen=True, slots=True)
class Unfilled:
    """Is a placeholder for which nothing is known; ``meant`` is the one that was probably meant."""

    name: str
    span: Span
    meant: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """Is a text with its placeholders filled, and those that could not be; ``names`` is where addresses and names were filled in.

    ``mentions`` are those that cannot be seen in the text.
    """

    text: str
    unfilled: tuple[Unfilled, ...] = ()
    names: tuple[tuple[int, int], ...] = ()
    mentions: tuple[Facet, ...] = ()


@dataclass(frozen=True, slots=True)
class Values:
    """Is what each placeholder means for one delivery; ``{mention.NAME}`` is looked up among the people."""

    words: Mapping[str, str | Phrase]
    mentioned: Callable[[str], Phrase] = lambda _: Phrase("")
    people: People = field(default_factory=People)

    def of(self, name: str) -> Phrase:
        """Returns what stands for a placeholder; an empty text where nothing is known."""
        if name.startswith(_MENTION):
            return self.mentioned(name.removeprefix(_MENTION).strip())
        found = self.words.get(name, "")
        return Phrase(found) if isinstance(found, str) else found

    def meant(self, name: str) -> str:
        """Returns the placeholder of the person who was probably meant."""
        near = self.people.nearest(name.removeprefix(_MENTION)) if name.startswith(_MENTION) else ""
        return _MENTION + near if near else ""


Replacement = tuple[int, int, Phrase]
"""Is a stretch of a text, counted in code points, and what takes its place."""


def fill(text: str, values: Values, place: Callable[[int, int], Span], others: Iterable[Replacement] = ()) -> Filled:
    """Returns the text with each ``{name}`` replaced; ``{{`` and ``}}`` stand for single braces.

    ``place`` tells where a stretch of the text, counted in code points, stands in the file. ``others`` are replaced with them.
    """
    missing: list[Unfilled] = []
    found: list[tuple[Replacement, bool]] = [(other, True) for other in others]
    for match in _PLACEHOLDER.finditer(text):
        name = match[1].strip() if match[1] is not None else None
        value = Phrase(str(match[0])[0]) if name is None else values.of(name)
        if name is not None and not value.text:
            missing.append(Unfilled(name, place(match.start(), match.end()), values.meant(name)))
        kept = name is not None and (name in _NAMES or name.startswith(_MENTION))
        found.append(((match.start(), match.end(), value), kept and bool(value.text)))
    return replace(_replaced(text, sorted(found, key=lambda item: item[0][:2])), unfilled=tuple(missing))


def _replaced(text: str, found: Iterable[tuple[Replacement, bool]]) -> Filled:
    pieces: list[str] = []
    names: list[tuple[int, int]] = []
    mentions: list[Facet] = []
    done = length = 0
    for (start, end, phrase), kept in found:
        if start < done:
            continue
        pieces += [text[done:start], phrase.text]
        at, done = length + start - done, end
        length = at + len(phrase.text)
        mentions += [replace(facet, start=facet.start + at, end=facet.end + at) for facet in phrase.mentions]
        names += [(at, length)] if kept else []
    return Filled("".join([*pieces, text[done:]]), names=tuple(names), mentions=tuple(mentions))


def position(variant: Variant, start: int, end: int) -> Span:
    """Returns where a stretch of the variant's text stands in the file; ``start`` and ``end`` count code points of the text."""
    if not variant.lines:
        return variant.span  # it stands in no file of the project
    before = variant.text.count("\n", 0, start)
    line_start = variant.text.rfind("\n", 0, start) + 1
    return variant.span_of(before, start - line_start, end - line_start)


def values_for(delivery: Delivery, context: Context, language: str, *, by_name: bool = False) -> Values:
    """Returns what each placeholder means for this delivery, in its language; ``by_name`` nobody is called by a handle."""
    post, organisation = delivery.post, context.config.organisation
    network = context.network(delivery.account)
    handles = _nobody if by_name else _handle
    link = link_of(post, delivery.part, delivery.variant)
    values: dict[str, str | Phrase] = {
        "link": link if network.abilities.links_clickable else (organisation.link_in_bio if link else ""),
        "org.name": organisation.name,
        "org.website": organisation.website,
        "org.mention": organisation.name if by_name else _mention(delivery, context),
        "partners.mentions": _partners(delivery, context, language, handles),
    }
    if post.event is not None:
        values |= {f"event.{name}": value(post.event, language) for name, value in _EVENT.items()}
        left = (post.event.starts.date() - delivery.due.local.date()).days
        values["days.left"] = str(left) if left >= 0 else ""

    def mentioned(name: str) -> Phrase:
        person = context.people.find(name)
        return mention(person.title, handles(person.handles, network), network) if person else Phrase("")

    return Values(values, mentioned, context.people)


_Handles = Callable[[Mapping[str, str], Network], str]


def _handle(handles: Mapping[str, str], network: Network) -> str:
    return handles.get(network.name, "")


def _nobody(_handles: Mapping[str, str], _network: Network) -> str:
    return ""


def _mention(delivery: Delivery, context: Context) -> str:
    """Returns our own handle where the account is; on the account of a partner, that of our account on the same network."""
    ours = [account for account in context.config.accounts.values() if account.network == delivery.account.network]
    lent = {name for partner in context.partners.values() for name in partner.accounts}
    if delivery.account.name not in lent:
        return delivery.account.handle or context.config.organisation.name
    handles = (account.handle for account in ours if account.name not in lent and account.handle)
    return next(handles, context.config.organisation.name)


def _partners(delivery: Delivery, context: Context, language: str, handles: _Handles) -> Phrase:
    """Returns the partners of the post as a list in words, each by its handle on this network, else by its name."""
    network = context.network(delivery.account)
    phrases = list(_each(delivery.post.partners, context, network, handles))
    listed = dates.listed([phrase.text for phrase in phrases], language)
    mentions: list[Facet] = []
    done = 0
    for phrase in phrases:
        at = listed.index(phrase.text, done)
        done = at + len(phrase.text)
        mentions += [replace(facet, start=facet.start + at, end=facet.end + at) for facet in phrase.mentions]
    return Phrase(listed, tuple(mentions))


def _each(names: Iterable[str], context: Context, network: Network, handles: _Handles) -> Iterator[Phrase]:
    for name in names:
        partner = context.partners.get(name)
        known = context.people.find(name)
        theirs = {**(known.handles if known else {}), **(partner.handles if partner else {})}
        yield mention((partner.title if partner else "") or name, handles(theirs, network), network)


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


_REMEDIES = {
    "link": "add  link: https://…  to the settings on top, and link_in_bio under [organisation] for networks without links",
    "days.left": "add  starts:  to _campaign.md, next to kind: event; after the event no days are left",
    "org.website": 'add  website = "https://…"  to [organisation] in config.toml',
    "count": "count first, then write the number in place of {count}; until then,  status: draft  keeps this text back",
}


def remedy(name: str, network: str) -> str:
    """Returns what to add so that a placeholder can be filled on a network."""
    if name.startswith(_MENTION):
        return f'"{name.removeprefix(_MENTION)}" = {{ {network} = "@…" }}  below [handles] in posts/_words.toml'
    if name.startswith("event."):
        key = name.removeprefix("event.")
        return f"add  {'starts' if key in _FROM_START else key}:  to _campaign.md, next to kind: event"
    return _REMEDIES.get(name, "write the words themselves instead of the braces")


def unfilled(delivery: Delivery, hole: Unfilled, source: str = "") -> Finding:
    """Returns the error that nothing is known for a placeholder; ``source`` is the language file it stands in, if it does."""
    counted = hole.name == "count"
    return Finding(
        rule="unfilled-placeholder",
        severity=Severity.ERROR,
        message="how many people came is not known to anybody but you" if counted else f"nothing is known for {{{hole.name}}}",
        path=source or delivery.post.path,
        span=hole.span,
        label=f"did you mean {{{hole.meant}}}?" if hole.meant else "a number that you fill in" if counted else "this would be empty",
        consequence="readers would see a hole in the sentence",
        fix=f"{{{hole.meant}}}" if hole.meant else remedy(hole.name, delivery.account.network),
        part=delivery.part.name,
        network=delivery.account.network,
    )
