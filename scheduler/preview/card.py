"""Makes a card of one line of the agenda: everything a person wants to know before it goes out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from babel import Locale

from scheduler.model.delivery import State
from scheduler.model.facets import facets_of
from scheduler.model.finding import Finding
from scheduler.model.limits import Limits
from scheduler.model.network import Abilities, Account, Network, Recovery
from scheduler.model.outgoing import Facet, Media, Outgoing
from scheduler.model.plan import Entry
from scheduler.preview.pictures import Pictures
from scheduler.preview.pieces import safe_href
from scheduler.preview.wording import REHEARSED, STATES, Look, When, in_words, initials, language_name, language_tag

_NEAR = 0.9


@dataclass(frozen=True, slots=True)
class Shot:
    """Is one picture on the page; ``src`` is empty where it cannot be read, ``focus`` where none is sent.

    ``no_alt`` is why the network takes no alt text of it, ``fate`` what becomes of it there where it moves.
    """

    src: str
    width: int
    height: int
    alt: str
    name: str
    focus: str = ""
    no_alt: str = ""
    fate: str = ""


@dataclass(frozen=True, slots=True)
class Ruler:
    """Is a text's length against its limit; ``share`` is the used percentage, at most 100."""

    words: str
    share: float
    tone: str


@dataclass(frozen=True, slots=True)
class Further:
    """Is what stands below a post: an answer of its thread, the first comment, a poll, a place, those who share it."""

    name: str
    text: str
    facets: tuple[Facet, ...] = ()
    shots: tuple[Shot, ...] = ()
    ruler: Ruler | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Is one delivery as the page shows it; ``cover`` is the picture of its link's card.

    ``price`` is what the network takes for the post in US dollars.
    ``rehearsed`` tells that the account is not live.
    ``elsewhere`` is the due time in the organisation's zone where the post has another.
    """

    id: str
    network: str
    network_title: str
    owner: str
    initials: str
    account: Account
    look: Look
    due: When
    elsewhere: str
    sent: When | None
    waits: str
    rehearsed: bool
    outgoing: Outgoing | None
    reason: str
    url: str
    shots: tuple[Shot, ...]
    cover: Shot | None
    ruler: Ruler | None
    language: str
    language_name: str
    part: str
    path: str
    findings: tuple[Finding, ...]
    price: str = ""
    people: str = ""
    further: tuple[Further, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Is what all cards of a page share; ``zone`` and ``locale`` are the organisation's."""

    owner: str
    zone: str
    locale: Locale
    pictures: Pictures


def draw(entry: Entry, network: Network | None, page: Surroundings) -> Card:
    """Returns the card of an entry; a network that nobody knows has no limits and the name it was given."""
    delivery, outgoing = entry.delivery, entry.outgoing
    known = network or _unknown(delivery.account.network)
    due = in_words(delivery.due.utc, delivery.due.zone, page.locale)
    here = in_words(delivery.due.utc, page.zone, page.locale)
    tag = language_tag(outgoing.language if outgoing else None)
    return Card(
        id=delivery.id,
        network=known.name,
        network_title=known.title,
        owner=page.owner,
        initials=initials(page.owner),
        account=delivery.account,
        look=REHEARSED if entry.rehearsed else STATES[entry.state],
        due=due,
        elsewhere=here.time if here.iso != due.iso else "",
        sent=in_words(entry.sent_at, page.zone, page.locale) if entry.sent_at else None,
        waits=in_words(entry.not_before, delivery.due.zone, page.locale).time if _waits(entry) else "",
        rehearsed=not (delivery.account.live or known.local),
        outgoing=_as_readers_see(outgoing, known) if outgoing else None,
        reason=entry.reason,
        url=safe_href(entry.url),
        shots=tuple(_told(item, page.pictures, known, story=outgoing.story) for item in outgoing.media) if outgoing else (),
        cover=_cover(outgoing, page.pictures) if outgoing else None,
        ruler=_whole(outgoing, known) if outgoing else None,
        price=f"${known.price(outgoing):.3f}" if outgoing and known.price else "",
        language=tag,
        language_name=language_name(tag) if tag else "",
        part=delivery.label or "",
        path=delivery.path,
        findings=entry.findings,
        people=delivery.post.people,
        further=tuple(_further(outgoing, known, page.pictures)) if outgoing else (),
    )


def _as_readers_see(outgoing: Outgoing, network: Network) -> Outgoing:
    """Returns the post with those of its facets that readers can follow on its network."""
    return replace(outgoing, facets=tuple(facet for facet in outgoing.facets if _leads_somewhere(facet, network)))


def _leads_somewhere(facet: Facet, network: Network) -> bool:
    if facet.kind == "mention":
        return network.mentions is not None and network.mentions.is_handle(facet.value)
    return facet.kind in network.abilities.marks and (facet.kind != "link" or network.abilities.links_clickable)


def _further(outgoing: Outgoing, network: Network, pictures: Pictures) -> Iterator[Further]:
    """Yields what stands below the post in the order that readers meet it."""
    limits = network.limits
    if outgoing.location or outgoing.location_id:
        yield Further("Place", outgoing.location or f"number {outgoing.location_id}")
    if outgoing.collaborators:
        yield Further("Together with", ", ".join(outgoing.collaborators))
    if outgoing.poll:
        yield Further("Poll", "\n".join(outgoing.poll.lines))
    if outgoing.first_comment:
        yield Further(
            "First comment",
            outgoing.first_comment,
            facets_of(outgoing.first_comment),
            (),
            measure(outgoing.first_comment, limits, limits.text),
        )
    for number, reply in enumerate(outgoing.replies, start=1):
        shots = tuple(_told(item, pictures, network) for item in reply.media)
        ruler = measure(reply.text, limits, limits.most_text(beside_pictures=bool(shots)), facets=reply.facets)
        yield Further(f"Answer {number}", reply.text, reply.facets, shots, ruler)


def measure(text: str, limits: Limits, most: int | None, *, warning: str = "", facets: Sequence[Facet] = ()) -> Ruler:
    """Returns the ruler of a text that may be as long as ``most``: counted as the network counts, with the warning beside it."""
    length = limits.length(text, facets) + (limits.length_of_warning(warning) if warning else 0)
    if most is None:
        return Ruler(f"{length:,} {limits.unit}, no limit", 0, "calm")
    words = f"{length:,} / {most:,} {limits.unit}{' with the warning' if warning else ''}"
    if length > most:
        return Ruler(f"{words}: {length - most:,} too many", 100, "bad")
    return Ruler(words, round(100 * length / max(most, 1), 1), "warn" if length > _NEAR * most else "calm")


def _whole(outgoing: Outgoing, network: Network) -> Ruler:
    warning = (outgoing.content_warning or "") if network.abilities.content_warning else ""
    most = network.limits.most_text(beside_pictures=bool(outgoing.media), beside_poll=outgoing.poll is not None)
    return measure(outgoing.text, network.limits, most, warning=warning, facets=outgoing.facets)


def _waits(entry: Entry) -> bool:
    return entry.state in {State.PLANNED, State.QUEUED} and entry.not_before > entry.delivery.due.utc


def _told(media: Media, pictures: Pictures, network: Network, *, story: bool = False) -> Shot:
    """Returns a picture with what the network makes of it."""
    lack = network.no_alt_text(story=story, film=media.picture.video is not None)
    return replace(
        _shot(media, pictures), no_alt=lack, fate=network.limits.animations.fate(media.picture, network.limits.formats, network.title)
    )


def _shot(media: Media, pictures: Pictures) -> Shot:
    picture = media.picture
    name = picture.path.replace("\\", "/").rpartition("/")[2]
    focus = "{:g} {:g}".format(*media.focus) if media.focus is not None else ""
    return Shot(pictures.address(picture), max(picture.width, 1), max(picture.height, 1), media.alt, name, focus)


def _cover(outgoing: Outgoing, pictures: Pictures) -> Shot | None:
    """Returns the picture of the link's card, where we bring one along; readers are told nothing of what it shows."""
    thumbnail = outgoing.link_card.thumbnail if outgoing.link_card else None
    return _shot(Media(thumbnail, ""), pictures) if thumbnail else None


def _unknown(name: str) -> Network:
    return Network(name=name, title=name.capitalize(), limits=Limits(text=None), abilities=Abilities(recovery=Recovery.NONE))
