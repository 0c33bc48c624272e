"""Why a delivery is where it is, and what a person can do about it, in words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from scheduler.cli.screen.times import moment, span, wall
from scheduler.ledger.history import Line
from scheduler.ledger.lateness import RECENT
from scheduler.ledger.pauses import Pause, Scope
from scheduler.ledger.sending.late import span_words
from scheduler.ledger.sending.recovery import DECIDE
from scheduler.ledger.sending.settling import GIVEN_UP
from scheduler.model.delivery import State
from scheduler.model.outcome import out_words
from scheduler.model.settings import Policy

_MEND = " Put that right, then:  "
_SOON, _HOUR = timedelta(minutes=1), timedelta(hours=1)
_OF_NETWORK = "its network asks the account to wait until then"
_A_PERSON_S = frozenset({State.UNCERTAIN, State.MISSED, State.REFUSED, State.SENT})


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Is what a delivery's standing depends on beside itself.

    ``jump`` is when the clock leapt forward a moment ago, and to when; ``mute`` are the accounts whose network tells nothing.
    ``ran`` is from when to when each run of the scheduler was alive, as far back as anybody asks.
    """

    now: datetime
    zone: tzinfo
    policy: Policy
    runs: bool = False
    pauses: Sequence[Pause] = ()
    jump: tuple[datetime, datetime] | None = None
    mute: Collection[str] = ()
    ran: Sequence[tuple[datetime, datetime]] = ()

    def at(self, instant: datetime) -> str:
        """Returns an instant in words, on the clocks of the organisation."""
        return moment(instant, self.now, self.zone)

    def pause_of(self, line: Line) -> Pause | None:
        """Returns what pauses a delivery, or None."""
        names = {Scope.ALL: "", Scope.ACCOUNT: line.account, Scope.CAMPAIGN: line.campaign}
        return next((pause for pause in self.pauses if pause.name == names[pause.scope]), None)


def needs_a_person(line: Line, around: Circumstances) -> bool:
    """Tells whether nothing becomes of it unless a person decides; what is held back is told by its file."""
    return line.state in _A_PERSON_S or is_paused(line, around) or (line.state is State.HANDED and bool(line.reason))


def is_paused(line: Line, around: Circumstances) -> bool:
    """Tells whether it would go out but for a pause."""
    return line.state is State.QUEUED and around.pause_of(line) is not None


def why(line: Line, around: Circumstances) -> str:
    """Returns one or two sentences."""
    match line.state:
        case State.QUEUED:
            return _waiting(line, around)
        case State.HANDED:
            return _kept(line, around)
        case State.UNCERTAIN:
            return _doubtful(line, around)
        case State.CLAIMED | State.SENDING:
            return _on_its_way(line, around)
        case State.MISSED:
            return _missed(line, around)
        case _:
            return line.reason or "No reason is known."


def step(line: Line, around: Circumstances) -> str:
    """Returns what a person can do, in a line or several, or an empty text."""
    short = line.delivery[:8]
    if line.out and line.state in {State.UNCERTAIN, State.REFUSED}:
        return _step_of_thread(line, short)
    match line.state:
        case State.UNCERTAIN:
            return f"Look at {line.account}, then say\n  scheduler resolve {short} --sent URL\n  scheduler resolve {short} --not-sent"
        case State.REFUSED:
            given_up = line.reason.startswith(GIVEN_UP)
            mend = "Nothing has to be mended in its file; " if given_up else "Mend the post file, then "
            return f"{mend} scheduler resolve {short} --not-sent  sends it once more."
        case State.MISSED:
            recent = around.now - line.due < RECENT
            return "Give it a new time in its file" + (", or send it late:  scheduler resume" if recent else "") + "."
        case State.HELD:
            return "Change the post file and save it; it is looked at again at once."
        case _:
            return _step_of_waiting(line, around)


def _step_of_thread(line: Line, short: str) -> str:
    """Returns what a person can do about a thread that is out in part: what is out of it is never sent again."""
    first = (
        "Mend what follows in the post file"
        if line.state is State.REFUSED
        else f"It goes on by itself. If {line.account} shows no more of it"
    )
    return (
        f"{first}, then\n  scheduler resolve {short} --not-sent\nsends only what lacks, below what is out."
        f" If all of it is there:\n  scheduler resolve {short} --sent URL"
    )


def _step_of_waiting(line: Line, around: Circumstances) -> str:
    if line.state in {State.CLAIMED, State.SENDING}:
        return "" if around.runs else "Start the scheduler:  scheduler run"
    if line.state is State.SENT:
        return "This is told for a week; nothing is sent or written again."
    paused = around.pause_of(line)
    if paused is not None:
        flags = "" if paused.scope is Scope.ALL else f" --{paused.scope.value} {paused.name}"
        if _MEND in paused.reason:
            return f"{way_back(paused)}Put that right, then:  scheduler resume{flags}"
        return f"To go on:  scheduler resume{flags}"
    is_time = line.next_at <= around.now or (line.state is State.HANDED and line.reason)
    return "Start the scheduler:  scheduler run" if is_time and not around.runs else ""


def way_back(pause: Pause) -> str:
    """Returns how an account that its network refuses gets another secret, in a line of its own; nothing for other pauses."""
    return f"If it takes another secret:  scheduler accounts add {pause.name}\n" if pause.scope is Scope.ACCOUNT else ""


def _waiting(line: Line, around: Circumstances) -> str:
    paused = around.pause_of(line)
    if paused is not None:
        what = "Everything" if paused.scope is Scope.ALL else f"The {paused.scope.value} {paused.name}"
        reason = paused.reason.partition(_MEND)[0].strip()
        return f"{what} is paused since {around.at(paused.since)}{f': {reason}' if reason else ''}".rstrip(".") + "."
    if line.next_at > around.now:
        return _until(line, around)
    if around.jump is not None and around.jump[0] < line.next_at:
        leap = f"from {around.at(around.jump[0])} to {around.at(around.jump[1])}"
        return f"The clock of this machine leapt {leap}. What fell due only by that waits two minutes, until the clock is believed."
    if not around.runs:
        return f"It is due since {around.at(line.next_at)}, but the scheduler does not run."
    late = around.now - line.next_at
    return "It is due and goes out now." if late < _SOON else f"It is due since {span(late)}; others of its account go out before it."


def _until(line: Line, around: Circumstances) -> str:
    then = around.at(line.next_at)
    if line.attempts:
        return f"Tried {_times(line.attempts)}; the next try is {then}. {line.reason}".strip()
    quiet = around.policy.pace(line.account).quiet_hours
    if quiet is not None and _ends_quiet(line.next_at, line, quiet[1]):
        start, end = quiet
        return f"Nothing goes out in the quiet hours from {start:%H:%M} to {end:%H:%M}; it goes out {then}."
    if line.next_at > line.not_before:
        return _in_line(line, around)
    if line.not_before > line.due:
        return f"Its file was saved a moment ago, so it goes out {then}, unless it is saved again."
    return "It waits for its time."


def _in_line(line: Line, around: Circumstances) -> str:
    """Returns what it waits for that others of its account have used up: our own pace, or what its network allows."""
    pace = around.policy.pace(line.account)
    longest = max(pace.minimum_gap, around.policy.catch_up_gap, _HOUR if pace.most_per_hour else timedelta(0))
    ours = line.next_at - around.now <= longest
    cause = "an account keeps a gap between two posts, and a limit for each hour" if ours else _OF_NETWORK
    if line.next_at > line.late_at:
        return f"It could go out {around.at(line.next_at)}: {cause}. That is later than it may go out, so it will be missed."
    return f"It goes out {around.at(line.next_at)}: {cause}."


def _ends_quiet(at: datetime, line: Line, end: time) -> bool:
    return at > line.due and at.astimezone(ZoneInfo(line.zone)).time() == end


def _kept(line: Line, around: Circumstances) -> str:
    if line.reason:
        return line.reason
    if line.due <= around.now:
        return f"{line.account} has it and should have sent it by now; it is looked for {around.at(line.next_at)}."
    return f"{line.account} has it and sends it at its time, even where this machine is off."


def _doubtful(line: Line, around: Circumstances) -> str:
    told = f"{_open(line)} {line.reason.replace(DECIDE, '').strip()}"
    if line.account in around.mute:
        return told if "cannot be asked" in told else f"{told} {line.account} cannot be asked, so a person has to look."
    if not line.attempts:
        return f"{told} Only a person can tell."
    if line.rests_until is not None and line.rests_until > around.now:
        return f"{told} {line.account} asks to be left alone; it is asked again {around.at(line.rests_until)}, if the scheduler runs then."
    if not around.runs:
        return f"{told} {line.account} is asked when the scheduler runs."
    return f"{told} {line.account} is asked again {around.at(max(line.next_at, around.now))}."


def _open(line: Line) -> str:
    return f"Nobody knows whether all of it is out. {out_words(line.out)}\n" if line.out else "Nobody knows whether it is out."


def _on_its_way(line: Line, around: Circumstances) -> str:
    if around.runs:
        return f"It is being sent, for {span(around.now - line.since)} now."
    if line.state is State.CLAIMED:
        return "The scheduler stopped before it was sent. It is sent when the scheduler runs again, if that is not too late."
    return f"The scheduler stopped while it was being sent. When it runs again, it asks {line.account} whether it is out."


def _missed(line: Line, around: Circumstances) -> str:
    _, tried, said = line.reason.partition("The last attempt said: ")
    paused = around.pause_of(line)
    if paused is not None and paused.since > line.late_at:
        paused = None
    because = " Everything was paused." if paused is not None and paused.scope is Scope.ALL else ""
    if paused is not None and not because:
        because = f" The {paused.scope.value} {paused.name} was paused."
    because = because or _silence(line, around)
    allowed = span_words(line.late_at - line.due)
    told = f"It was due {wall(line.due_local, around.now, around.zone)} and could not go out within {allowed}, so it was not sent."
    return f"{told}{because}{f' The last try said: {said}' if tried else ''}"


def _silence(line: Line, around: Circumstances) -> str:
    """Returns that the scheduler did not run at the time, where that is so and its last runs are still known."""
    if not around.ran or any(began <= line.late_at and ended >= line.due for began, ended in around.ran):
        return ""
    before = max((ended for _, ended in around.ran if ended < line.due), default=None)
    after = min((began for began, _ in around.ran if began > line.late_at), default=None)
    told = [f"was last heard of {around.at(before)}"] if before is not None else []
    told += [f"started {'again ' if told else ''}{around.at(after)}"] if after is not None else []
    return f" The scheduler did not run then: it {' and '.join(told)}."


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
