"""Makes posts, agendas and answers for the tests of the ledger and the engine."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.ledger import Claim, Ledger, Terms
from scheduler.model.delivery import Delivery, Moment, State
from scheduler.model.network import Account
from scheduler.model.outgoing import Envelope, Facet, Outgoing
from scheduler.model.plan import Agenda, Entry
from scheduler.model.post import Part, Post, Variant
from scheduler.model.settings import Policy

NOON = datetime(2027, 3, 27, 12, tzinfo=UTC)
LATE = timedelta(minutes=30)
POLICY = Policy(late_after=LATE)
TERMS = Terms(owner="here")


def entry(post: str = "march", **changes: Any) -> Entry:
    """Returns a planned entry; ``due``, ``account``, ``text``, ``state``, ``reason``, ``campaign`` and ``not_before`` may be given."""
    due = changes.get("due", NOON)
    text = changes.get("text", f"Text of {post} #union")
    variant = Variant(None, text)
    part = Part(changes.get("part"), None, (variant,))
    account = Account(name=changes.get("account", "hall"), network=changes.get("network", "website"))
    written = Post(
        id=post,
        path=f"posts/{post}.md",
        sha256="0" * 64,
        parts=(part,),
        title=post.title(),
        campaign=changes.get("campaign", "spring"),
        expires=changes.get("expires"),
    )
    moment = Moment(due.astimezone(ZoneInfo("Europe/Berlin")), "Europe/Berlin", due)
    delivery = Delivery(post=written, part=part, variant=variant, account=account, due=moment)
    tag = Facet("tag", text.find("#"), len(text), "union") if "#" in text else None
    outgoing = Outgoing(delivery=delivery.id, account=account.name, network=account.network, text=text, facets=(tag,) if tag else ())
    return Entry(
        delivery=delivery,
        state=changes.get("state", State.PLANNED),
        not_before=changes.get("not_before", due),
        outgoing=outgoing,
        reason=changes.get("reason", ""),
    )


def agenda(*entries: Entry, **more: Any) -> Agenda:
    """Returns an agenda of these entries."""
    return replace(Agenda(entries), **more)


def envelope(of: Entry, **ids: str) -> Envelope:
    """Returns what would be sent for an entry."""
    assert of.outgoing is not None
    return Envelope(of.outgoing, ids or {"slug": of.delivery.id})


def queued(ledger: Ledger, *entries: Entry, now: datetime = NOON) -> None:
    """Records entries as the whole folder."""
    ledger.record(agenda(*entries), now, POLICY)


def claimed(ledger: Ledger, of: Entry, now: datetime = NOON, terms: Terms = TERMS) -> Claim | None:
    """Claims an entry."""
    assert of.outgoing is not None
    return ledger.claim(of.delivery.id, of.outgoing.fingerprint, now, terms)


def sending(ledger: Ledger, of: Entry, now: datetime = NOON, terms: Terms = TERMS) -> Claim:
    """Claims an entry and begins to send it."""
    claim = claimed(ledger, of, now, terms)
    assert claim is not None
    ledger.begin_sending(claim, envelope(of), now)
    return claim


def state_of(ledger: Ledger, of: Entry) -> State:
    """Returns where an entry's delivery stands."""
    return ledger.facts().deliveries[of.delivery.id].state


def reason_of(ledger: Ledger, of: Entry) -> str:
    """Returns why it stands there."""
    return ledger.facts().deliveries[of.delivery.id].reason
