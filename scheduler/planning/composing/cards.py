"""The card of a post's link: its address from the post, title, words and picture from the page, where the network leaves that to us."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from scheduler.model.delivery import Delivery, State
from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.graphic import Picture
from scheduler.model.limits import Limits
from scheduler.model.network import Account, Network
from scheduler.model.outgoing import LinkCard
from scheduler.model.page import Link, Page
from scheduler.model.plan import Entry
from scheduler.planning.composing.pictures import graphic_for, own_media
from scheduler.planning.context import Context, Pictures, Problem
from scheduler.planning.targets import link_of

READ_AHEAD: Final = timedelta(minutes=15)
"""Is how long before a post its link is read for the card."""
SEEN_AHEAD: Final = timedelta(days=7)
"""Is how far ahead links are read for a preview."""
_TO_COME: Final = frozenset({State.PLANNED, State.QUEUED, State.HELD})
_LOCAL: Final = re.compile(r"https?://(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?(/|$)")


def card_of(delivery: Delivery, context: Context, pictures: Pictures, *, has_media: bool) -> tuple[LinkCard | None, list[Finding]]:
    """Returns the card that goes out, and what is missing from it; a post with pictures has none."""
    address, network = linked(delivery), context.network(delivery.account)
    if not address or has_media or not network.abilities.link_card:
        return None, []
    page = context.page(address) if network.abilities.brings_card else None
    if page is None:
        return LinkCard(address), []
    drawn = pictures.get(page.picture) if page.picture else None
    thumbnail = drawn if isinstance(drawn, Picture) and _fits(drawn, network.limits) else None
    card = LinkCard(address, page.title, page.description, thumbnail)
    return card, [_plain(delivery, network, said, page) for said in _lacking(page, drawn, thumbnail)]


def thumbnail_of(delivery: Delivery, context: Context) -> str | None:
    """Returns the path of the picture that the delivery's card would have."""
    network = context.network(delivery.account)
    if not network.abilities.brings_card or not linked(delivery) or graphic_for(delivery, context) or own_media(delivery):
        return None
    page = context.page(linked(delivery))
    return (page.picture or None) if page is not None else None


def thumbnail_limits(limits: Limits) -> Limits:
    """Returns what a card's picture may be."""
    return replace(limits, picture_bytes=limits.card_bytes, formats=("image/jpeg", "image/png"))


def linked(delivery: Delivery) -> str:
    """Returns the address that the post leads to; empty where it names none."""
    return link_of(delivery.post, delivery.part, delivery.variant)


def _fits(picture: Picture, limits: Limits) -> bool:
    wanted = thumbnail_limits(limits)
    return picture.mime in wanted.formats and (wanted.picture_bytes is None or picture.bytes <= wanted.picture_bytes)


def _lacking(page: Page, drawn: object, thumbnail: Picture | None) -> Iterator[str]:
    if page.trouble:
        yield page.trouble
    elif isinstance(drawn, Problem):
        # Its copy has a name that nobody knows.
        copy = page.picture.replace("\\", "/").rpartition("/")[2]
        yield f"The picture of that page cannot be used: {drawn.reason.replace(copy, 'it')}"
    elif page.no_picture or thumbnail is None:
        yield page.no_picture or "The picture of that page cannot be made small enough."


def _plain(delivery: Delivery, network: Network, said: str, page: Page) -> Finding:
    lack = "its address alone" if page.trouble else "no picture"
    return Finding(
        rule="link-card-plain",
        severity=Severity.WARNING if page.trouble else Severity.HINT,
        message=f"the card of {linked(delivery)} shows {lack} on {network.title}: {said[:1].lower()}{said[1:].rstrip('.')}",
        path=delivery.path if "link" in delivery.variant.settings else delivery.post.path,
        span=delivery.variant.span if "link" in delivery.variant.settings else delivery.post.spans.get("link", Span()),
        fix="see that the page can be opened without signing in; it is read again after a quarter of an hour" if page.trouble else None,
        part=delivery.part.name,
        network=network.name,
    )


def pages_of(entries: Iterable[Entry], networks: Mapping[str, Network], accounts: frozenset[str], until: datetime) -> tuple[Link, ...]:
    """Returns the pages that cards are made of, of what these accounts send until then, the next one first; each once."""
    wanted: dict[str, bool] = {}
    for entry in entries:
        delivery, card = entry.delivery, entry.outgoing.link_card if entry.outgoing else None
        brings = networks[delivery.account.network].abilities.brings_card
        if card and brings and delivery.account.name in accounts and entry.state in _TO_COME and delivery.due.utc <= until:
            wanted[card.url] = wanted.get(card.url, False) or _on_this_machine(delivery.account)
    return tuple(Link(url, local) for url, local in wanted.items())


def _on_this_machine(account: Account) -> bool:
    """Tells whether the account's own server is on this machine; a page of this machine may be read for no other."""
    return any(_LOCAL.match(value) for value in account.settings.values())
