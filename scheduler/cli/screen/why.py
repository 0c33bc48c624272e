"""Why a delivery is where it is, and what a person can do about it, in words."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from scheduler.ledger.history import Line
from scheduler.ledger.pauses import Pause, Scope
from scheduler.model.delivery import State

_STEPS = {
    State.UNCERTAIN: "Look at the account:  scheduler resolve {delivery} --sent URL  or  --not-sent",
    State.MISSED: "Give it a new time, or:  scheduler resume  offers to send what is late",
    State.REFUSED: "Mend the post and give it a new name, or leave it",
}


def why(line: Line, pauses: Sequence[Pause], now: datetime, zone: tzinfo) -> str:
    """Returns one or two sentences."""
    if line.state is State.QUEUED:
        return _waiting(line, pauses, now, zone)
    if line.state is State.UNCERTAIN:
        again = f" The network is asked again at {_clock(line.next_at, now, zone)}." if line.next_at > now else ""
        return f"Nobody knows whether it is out. {line.reason}{again}"
    if line.state in {State.CLAIMED, State.SENDING}:
        until = f"; if nothing comes of it, that is looked into at {_clock(line.lease_until, now, zone)}" if line.lease_until else ""
        return f"It is being sent{until}."
    return line.reason or "No reason is known."


def step(line: Line) -> str:
    """Returns what a person can do, or an empty text."""
    return _STEPS.get(line.state, "").format(delivery=line.delivery)


def _waiting(line: Line, pauses: Sequence[Pause], now: datetime, zone: tzinfo) -> str:
    paused = next((pause for pause in pauses if _concerns(pause, line)), None)
    if paused is not None:
        what = "Everything" if paused.scope is Scope.ALL else f"The {paused.scope.value} {paused.name}"
        reason = f": {paused.reason.removesuffix('.')}" if paused.reason else ""
        return f"{what} is paused{reason}."
    if line.attempts and line.next_at > now:
        return f"Tried {_times(line.attempts)}; the next try is at {_clock(line.next_at, now, zone)}. {line.reason}".strip()
    if line.next_at > line.not_before and line.next_at > now:
        return f"It waits until {_clock(line.next_at, now, zone)}, because of the gap between posts, the hourly limit or quiet hours."
    if line.not_before > line.due and line.not_before > now:
        return f"Its file was saved just now; it goes out at {_clock(line.not_before, now, zone)}."
    return "It waits for its time." if line.next_at > now else "It is due; it goes out as soon as the daemon runs."


def _concerns(pause: Pause, line: Line) -> bool:
    names = {Scope.ALL: "", Scope.ACCOUNT: line.account, Scope.CAMPAIGN: line.campaign}
    return pause.name == names[pause.scope]


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _clock(at: datetime, now: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == now.astimezone(zone).date() else f"{local:%Y-%m-%d %H:%M}"
