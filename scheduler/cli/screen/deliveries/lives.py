"""What happened to a delivery, step by step, in words."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any

from rich.text import Text

from scheduler.cli.screen.deliveries.agenda import REHEARSED, STYLES
from scheduler.cli.screen.times import moment
from scheduler.model.delivery import REHEARSAL, Fact, State

_OUTCOMES = {
    ("publish", "published"): ("sent", "green"),
    ("publish", "refused"): ("refused", "red"),
    ("publish", "uncertain"): ("no clear answer", "magenta"),
    ("publish", "halted"): ("stopped in its thread: the next post was refused", "red"),
    ("check", "halted"): ("gone on with its thread, and the next post was refused", "red"),
    ("late answer", "halted"): ("the answer came late: the thread stopped", "red"),
    ("check", "published"): ("looked for, and found: it is out", "green"),
    ("check", "absent"): ("looked for, and not there", "cyan"),
    ("person", "published"): ("a person says: it is out", "green"),
    ("person", "absent"): ("a person says: it is not out", "cyan"),
    ("hand over", "handed"): ("handed over; its network keeps it", "green"),
    ("hand over", "refused"): ("not taken early", "yellow"),
    ("check", "handed"): ("looked for, and found: its network keeps it", "green"),
    ("check", "uncertain"): ("looked for, and nobody can tell", "magenta"),
    ("take back", "absent"): ("taken back", "cyan"),
    ("late answer", "published"): ("the answer came late: it is out", "green"),
    ("late answer", "refused"): ("the answer came late: refused", "red"),
    ("late answer", "uncertain"): ("the answer came late and is not clear", "magenta"),
}
_MOVES = {
    State.QUEUED: "taken over from its file; it waits for its time",
    State.SENDING: "is being sent",
    State.HELD: "held back",
    State.MISSED: "missed",
    State.SKIPPED: "given up",
    State.CANCELLED: "cancelled",
    State.REFUSED: "refused",
    State.UNCERTAIN: "in doubt",
    State.HANDED: "handed over: its network keeps it and sends it at its time",
    State.SENT: "out",
}

_REHEARSED = "rehearsed, nothing was sent"


def outcome_words(attempt: Mapping[str, Any]) -> Text:
    """Returns what came of an attempt, or of a look whether it went out."""
    if attempt["outcome"] == "refused" and attempt["became"] == State.QUEUED.value:
        return Text("turned away for now", style="yellow")
    if attempt["outcome"] == "published" and (attempt["remote_id"] or "").startswith(REHEARSAL):
        return Text(_REHEARSED, style="cyan")
    words, style = _OUTCOMES.get((attempt["step"], attempt["outcome"]), (f"{attempt['step']}: {attempt['outcome']}", ""))
    return Text(words, style=style)


def title(fact: Fact, now: datetime, zone: tzinfo) -> Text:
    """Returns what a delivery is, when it was due and how it stands."""
    mark, style = REHEARSED if fact.is_rehearsed else STYLES.get(fact.state, ("·", ""))
    told = Text(f"{fact.post} · {fact.part}" if fact.part else fact.post, style="bold")
    told.append(f"  {fact.account}, due {moment(fact.due, now, zone)}  ", style="not bold")
    return told.append(f"{mark} {'rehearsed' if fact.is_rehearsed else fact.state.value}", style=style)


def life(records: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Text]]:
    """Yields when each step was made (RFC 3339) and what it was; ``records`` are the events and attempts of one delivery."""
    known = list(records)
    mere = {record["finished_at"] for record in known if "outcome" in record and (record["remote_id"] or "").startswith(REHEARSAL)}
    links = {record["finished_at"]: record["url"] for record in known if "outcome" in record and record["url"]}
    for record in known:
        if "was" not in record or record["became"] == State.CLAIMED.value:
            continue
        words = _REHEARSED if record["became"] == State.SENT.value and record["at"] in mere else _step(record)
        link = links.get(record["at"]) if record["became"] == State.SENT.value else None
        yield record["at"], Text(words).append(f" {link}" if link else "", style="dim")


def _step(record: Mapping[str, Any]) -> str:
    was, became, reason = State(record["was"]), State(record["became"]), record["reason"]
    if became is was:
        return reason or "changed"
    words = _MOVES.get(became, became.value)
    if became is State.QUEUED and was in {State.SENDING, State.CLAIMED}:
        words = "waits for another try"
    elif became is State.QUEUED and was is not State.PLANNED:
        words = "waits for its time again"
    return f"{words}: {reason}" if reason else words
