"""What a network can be handed over early, so that it goes out even where this machine is off at its time; pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from scheduler.model.network import Abilities
from scheduler.model.outgoing import Outgoing
from scheduler.model.plan import Entry
from scheduler.model.settings import Policy
from scheduler.planning.times.lateness import after_quiet

HOUR = timedelta(hours=1)


def is_to_be_handed(entry: Entry, abilities: Abilities, now: datetime) -> bool:
    """Tells whether the moment has come at which the account of an entry hands it over; ``now`` is aware UTC."""
    window, ahead = abilities.hand_over, entry.delivery.due.utc - now
    if window is None or entry.outgoing is None or entry.outgoing.why_not_early:
        return False
    return window.least <= ahead <= min(window.most, entry.delivery.account.hand_over)


def keeps_pace(entry: Entry, others: Iterable[Entry], policy: Policy) -> bool:
    """Tells whether an entry can go out on the second although nobody here holds it back: outside the quiet hours and far from others.

    ``others`` are the entries of the same account.
    """
    due, pace = entry.delivery.due, policy.pace(entry.delivery.account.name)
    if after_quiet(due.utc, due.zone, pace.quiet_hours) != due.utc:
        return False
    near = [other.delivery.due.utc for other in others if other.delivery.id != entry.delivery.id]
    if any(abs(at - due.utc) < pace.minimum_gap for at in near):
        return False
    return not pace.most_per_hour or sum(abs(at - due.utc) < HOUR for at in near) < pace.most_per_hour


def differs(kept: Outgoing, asked: Outgoing) -> bool:
    """Tells whether readers would see another post than the one that the network keeps; where a picture's file lies is not seen."""
    return kept.fingerprint != asked.fingerprint or _around(kept) != _around(asked)


def _around(outgoing: Outgoing) -> tuple[object, ...]:
    alts = tuple(item.alt for item in outgoing.media)
    return (alts, outgoing.link_card, outgoing.location, outgoing.collaborators, outgoing.language, outgoing.facets)
