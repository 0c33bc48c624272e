"""The words of a text as one account sends them: placeholders filled, and everybody mentioned by their name on that network."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from scheduler.model.delivery import Delivery
from scheduler.model.facets import facets_of
from scheduler.model.finding import Finding, Span
from scheduler.model.network import Network
from scheduler.model.outgoing import Facet
from scheduler.planning.composing.mentions import Handle, ambiguous, foreign, misplaced, read_as
from scheduler.planning.composing.people import Phrase, mention
from scheduler.planning.composing.placeholders import Filled, Replacement, fill, unfilled, values_for
from scheduler.planning.context import Context

_TO_BE_FILLED = frozenset("@{}")
"""Are the signs without which a text goes out as it was typed."""


@dataclass(frozen=True, slots=True)
class Typed:
    """Is a text as its author wrote it; ``place`` tells where a stretch of it stands, ``source`` in which language file.

    ``target`` is the account or the network that it was written for, None where it is for more than one.
    ``by_name`` is for words in which no network makes a mention: descriptions of pictures, what is voted on. Everybody is called by
    their name there, since a handle could not be followed and reads badly aloud.
    """

    text: str
    language: str
    place: Callable[[int, int], Span]
    source: str = ""
    target: str | None = None
    by_name: bool = False


def worded(delivery: Delivery, context: Context, typed: Typed) -> tuple[Filled, list[Finding]]:
    """Returns the words for the delivery's account, and what is wrong with them."""
    if _TO_BE_FILLED.isdisjoint(typed.text):
        return Filled(typed.text), []
    findings: list[Finding] = []
    replacements: list[Replacement] = []
    for facet in facets_of(typed.text) if "@" in typed.text else ():
        judged = _judged(facet, delivery, context, typed) if facet.kind == "mention" else None
        findings += [judged] if isinstance(judged, Finding) else []
        replacements += [judged] if isinstance(judged, tuple) else []
    values = values_for(delivery, context, typed.language, by_name=typed.by_name)
    filled = fill(typed.text, values, typed.place, replacements)
    return filled, [*findings, *(unfilled(delivery, hole, typed.source) for hole in filled.unfilled)]


def facets_with(text: str, mentions: Iterable[Facet], network: Network) -> tuple[Facet, ...]:
    """Returns what the network finds in a text, and the mentions that cannot be seen there; those go before what lies over them."""
    found = [facet for typed in facets_of(text) for facet in _as_read(typed, network)]
    fitting = [facet for facet in mentions if facet.end <= len(text)]
    free = (facet for facet in found if not any(one.start < facet.end and facet.start < one.end for one in fitting))
    return tuple(sorted((*fitting, *free), key=lambda facet: facet.start)) if fitting else tuple(found)


def _as_read(facet: Facet, network: Network) -> Iterator[Facet]:
    """Yields a facet as far as it is one on the network: a word behind an ``@`` that is no handle there is a word."""
    if facet.kind != "mention":
        yield facet
        return
    read = read_as(facet.value, network)
    if read:
        yield Facet("mention", facet.start, facet.start + len(f"@{read}"), read)


def _judged(facet: Facet, delivery: Delivery, context: Context, typed: Typed) -> Finding | Replacement | None:
    """Returns what is to be said about a handle that was typed, or what takes its place; None where it stands as it is."""
    network, known = context.network(delivery.account), context.people.with_handle(facet.value)
    here = known.get(network.name)
    others = {person.name: (name, person) for name, person in known.items() if person != here}
    about = Handle(delivery, network, f"@{facet.value}", typed.place(facet.start, facet.end), typed.source)
    for_this_one = typed.target in {delivery.account.name, network.name}
    if typed.by_name and len({person.name for person in known.values()}) == 1:
        return facet.start, facet.end, Phrase(next(iter(known.values())).title)
    if here is not None or len(others) > 1:
        return ambiguous(about, known, context.networks) if others and not for_this_one else None
    if typed.by_name:
        return None
    for name, person in others.values():
        phrase = mention(person.title, person.handles.get(network.name, ""), network)
        if not for_this_one:
            return facet.start, facet.end, phrase
        return misplaced(about, person, context.networks[name], phrase.text) if network.mentions else None
    return foreign(about, next(_owners(facet.value, context.networks.values()), network))


def _owners(handle: str, networks: Iterable[Network]) -> Iterator[Network]:
    return (network for network in networks if network.mentions is not None and network.mentions.is_only_here(handle))
