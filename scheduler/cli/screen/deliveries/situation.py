"""What ``status`` and ``queue`` know of a project: the daemon, and every delivery that is not finished."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scheduler.cli.screen.deliveries.pulse import Pulse, pulse_of, without_ledger
from scheduler.cli.screen.deliveries.why import Circumstances
from scheduler.ledger.agenda.gaps import Gap
from scheduler.ledger.history import Line
from scheduler.ledger.lateness import RECENT
from scheduler.ledger.pauses import Pause
from scheduler.ledger.remembering import JUMP, MOVING
from scheduler.ledger.sending.strays import Stray
from scheduler.ledger.trouble import LedgerError
from scheduler.model.delivery import State
from scheduler.model.network import Recovery

if TYPE_CHECKING:
    from scheduler.assembly import Project
    from scheduler.ledger import Ledger

_BELIEVED_AFTER = timedelta(minutes=2)
_TOLD_FOR = timedelta(days=7)
_LOOKED_BACK = RECENT + timedelta(days=7)
"""A missed post is told of for a week; the run before it may have ended a while earlier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Is a moment of a project; ``next_due`` is when the next delivery goes out, ``last_tick`` when the daemon last looked; aware UTC.

    ``gap`` is the time that the ledger knows nothing of, where it was found to be set back within the last week; ``strays`` is what
    networks keep, or have sent, beside the deliveries that it was made for. ``moving`` is when deliveries get another time, and how many.
    """

    pulse: Pulse
    around: Circumstances
    lines: Sequence[Line] = ()
    pauses: Sequence[Pause] = ()
    counts: Counter[State]
    rehearsed: int = 0
    last_tick: datetime | None = None
    next_due: datetime | None = None
    overdue: int = 0
    gap: Gap | None = None
    strays: Sequence[Stray] = ()
    moving: tuple[datetime, int] | None = None

    @property
    def tally(self) -> dict[str, int]:
        """Returns how many deliveries stand where, by the word for it; what was only rehearsed does not count as sent."""
        told = {state.value: number for state, number in self.counts.items()}
        told |= {"rehearsed": self.rehearsed, State.SENT.value: self.counts[State.SENT] - self.rehearsed}
        return {word: number for word, number in sorted(told.items()) if number}


def situation_of(project: "Project") -> Situation:
    """Returns how things stand, from one look at the ledger.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    now, zone = project.clock.now(), ZoneInfo(project.config.organisation.timezone)
    if not project.has_run:
        return Situation(pulse=pulse_of(project, None, now, zone), around=Circumstances(now, zone, project.config.policy), counts=Counter())
    ledger = project.open_ledger()
    try:
        return _look(project, ledger, now, zone)
    finally:
        ledger.close()


def situation_without(project: "Project", why: LedgerError) -> Situation:
    """Returns what is known of a project whose ledger cannot be read."""
    around = Circumstances(project.clock.now(), ZoneInfo(project.config.organisation.timezone), project.config.policy)
    return Situation(pulse=without_ledger(project, why), around=around, counts=Counter())


def _look(project: "Project", ledger: "Ledger", now: datetime, zone: ZoneInfo) -> Situation:
    pulse, pauses = pulse_of(project, ledger, now, zone), ledger.pauses()
    lines = ledger.unfinished(now - _TOLD_FOR)
    leap, ran = _leap(ledger, now), ledger.runs(now - _LOOKED_BACK)
    around = Circumstances(now, zone, project.config.policy, pulse.alive, pauses, leap, _mute(project), ran)
    coming = [line.next_at for line in lines if line.state is State.QUEUED and not around.pause_of(line)]
    return Situation(
        pulse=pulse,
        around=around,
        lines=lines,
        pauses=pauses,
        counts=ledger.counts(),
        rehearsed=ledger.rehearsed(),
        last_tick=ledger.last_tick(),
        next_due=min(coming, default=None),
        overdue=ledger.overdue(now),
        gap=_gap(ledger, now),
        strays=ledger.hand_overs.strays(),
        moving=_moving(ledger, now),
    )


def _gap(ledger: "Ledger", now: datetime) -> Gap | None:
    gap = ledger.gap()
    return gap if gap is not None and gap.cause != "copy" and now - gap.restored_at < _TOLD_FOR else None


def _moving(ledger: "Ledger", now: datetime) -> tuple[datetime, int] | None:
    """Returns when deliveries get another time, and how many; None where none is about to."""
    told = ledger.get(MOVING)
    at = datetime.fromisoformat(told[0]) if told else now
    return (at, int(told[1])) if told and at > now else None


def _leap(ledger: "Ledger", now: datetime) -> tuple[datetime, datetime] | None:
    """Returns from when to when the clock leapt forward, as long as it is not believed for it."""
    told = ledger.get(JUMP)
    if told is None:
        return None
    before, after = (datetime.fromisoformat(text) for text in told)
    return (before, after) if after > before and timedelta(0) <= now - after < _BELIEVED_AFTER else None


def _mute(project: "Project") -> frozenset[str]:
    accounts, facts = project.config.accounts.values(), project.accounts.facts()
    return frozenset(account.name for account in accounts if account.live and facts[account.name].abilities.recovery is Recovery.NONE)
