"""What an account sends once it is live, in sentences."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from scheduler.model.delivery import State
from scheduler.model.plan import Entry

_COMING = frozenset({State.PLANNED, State.QUEUED})


def coming(entries: Sequence[Entry], account: str) -> list[Entry]:
    """Returns what goes out for the account, in order of time; what is overdue and not yet too late is the first."""
    return [entry for entry in entries if entry.delivery.account.name == account and entry.state in _COMING]


def told(entries: Sequence[Entry], account: str, now: datetime, shown: int) -> Iterator[str]:
    """Yields how many posts go out for the account, how many of them at once, and what does not; ``shown`` are shown above."""
    due = coming(entries, account)
    more = f"; above are the next {shown}" if len(due) > shown else ""
    yield f"{account} has {_posts(len(due)) if due else 'no posts'} to come{more}."
    overdue = sum(entry.not_before <= now for entry in due)
    if overdue:
        which = "It is" if overdue == len(due) == 1 else f"{overdue} of them {'is' if overdue == 1 else 'are'}"
        yield f"{which} due already, and {'goes' if overdue == 1 else 'go'} out as soon as the account is live and the scheduler runs."
    held = sum(entry.delivery.account.name == account and entry.state is State.HELD for entry in entries)
    if held:
        yield f"{_posts(held)} more {'is' if held == 1 else 'are'} held and {'does' if held == 1 else 'do'} not go out; see  scheduler list"
    mere = sum(entry.delivery.account.name == account and entry.rehearsed for entry in entries)
    if mere:
        which = "was only rehearsed: it goes out if its file gets" if mere == 1 else "were only rehearsed: each goes out if its file gets"
        yield f"{_posts(mere)} {which} a later time."


def _posts(number: int) -> str:
    return f"{number} post{'' if number == 1 else 's'}"
