"""The agenda as people read it: days as headings, one row for each post and time, its accounts side by side."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from scheduler.model.delivery import Delivery, State
from scheduler.model.plan import Entry

STYLES = {
    State.SENT: ("✓", "green"),
    State.HANDED: ("»", "cyan"),
    State.HELD: ("!", "yellow"),
    State.MISSED: ("✗", "red"),
    State.REFUSED: ("✗", "red"),
    State.UNCERTAIN: ("?", "magenta"),
    State.SENDING: ("→", "cyan"),
    State.CLAIMED: ("→", "cyan"),
    State.CANCELLED: ("–", "dim"),
    State.SKIPPED: ("–", "dim"),
}
"""The mark and the colour of each state; those that are not here have a dot."""

REHEARSED = ("○", "cyan")
_MANY = 3


@dataclass(frozen=True, slots=True)
class Row:
    """Is one line of the table: entries that differ in their account only."""

    entries: tuple[Entry, ...]

    @property
    def delivery(self) -> Delivery:
        """Returns the delivery that stands for all of the row."""
        return self.entries[0].delivery


def rows(entries: Iterable[Entry]) -> Iterator[Row]:
    """Yields the entries in their order, those of one post, time, state and reason together."""
    for _, same in groupby(sorted(entries, key=_order), key=_order):
        yield Row(tuple(same))


def _order(entry: Entry) -> tuple[str, str, str, str, str]:
    delivery = entry.delivery
    return (delivery.due.utc.isoformat(), delivery.post.id, delivery.label or "", entry.word, entry.reason)


def console() -> Console:
    """Returns the console for people: as wide as the terminal, 80 columns where there is none, no colours with NO_COLOR."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=80)


def print_agenda(entries: Iterable[Entry], screen: Console, *, pictures: bool = False) -> None:
    """Prints the agenda; ``pictures`` adds a column that says what each post shows."""
    shown = tuple(entries)
    width = max((len(_time(entry.delivery)) for entry in shown), default=0)
    everybody = {entry.delivery.account.name for entry in shown}
    for day, of_day in groupby(rows(shown), key=lambda row: row.delivery.due.local.date()):
        screen.print(Text(f"{day:%A, %B} {day.day}, {day.year}", style="bold"))
        for row in of_day:
            _print_row(row, screen, (width, _to(row, everybody)), pictures=pictures)
        screen.print()


def _to(row: Row, everybody: Collection[str]) -> str:
    """Returns the accounts of a row; where they are all there are, and many, their number says as much in less space."""
    names = [entry.delivery.account.name for entry in row.entries]
    return f"all {len(names)} accounts" if len(names) > _MANY and set(names) == everybody else ", ".join(names)


def _time(delivery: Delivery) -> str:
    return f"{delivery.due.local:%H:%M %Z}"


def _print_row(row: Row, screen: Console, said: tuple[int, str], *, pictures: bool) -> None:
    """Prints one row; ``said`` is how wide its time is, and to whom it goes in words."""
    width, accounts = said
    delivery, state = row.delivery, row.entries[0].state
    mark, style = REHEARSED if row.entries[0].rehearsed else STYLES.get(state, ("·", ""))
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(width=width, no_wrap=True)
    table.add_column(ratio=3, overflow="fold")
    table.add_column(ratio=3, overflow="fold")
    title = Text(delivery.post.title or delivery.post.id)
    if delivery.label:
        title.append(f"\n{delivery.label}", style="dim")
    cells = [Text(_time(delivery)), title, Text(accounts)]
    if pictures:
        table.add_column(width=9, no_wrap=True)
        cells.append(Text("\n".join(sorted({_shows(entry) for entry in row.entries} - {""}))))
    table.add_column(width=11, no_wrap=True)
    table.add_row(*cells, Text(f"{mark} {row.entries[0].word}", style=style))
    screen.print(table)
    if row.entries[0].reason and state is not State.SENT:
        screen.print(Padding(Text(row.entries[0].reason, style="dim"), (0, 0, 0, width + 2)))
    changed = [entry.delivery.account.name for entry in row.entries if entry.changed]
    if changed:
        since = "was rehearsed for" if row.entries[0].rehearsed else "was handed over to" if state is State.HANDED else "went out on"
        note = f"The file was changed since it {since} {', '.join(changed)}; see  scheduler show {delivery.post.id}"
        screen.print(Padding(Text(note, style="dim"), (0, 0, 0, width + 2)))


def _shows(entry: Entry) -> str:
    media = entry.outgoing.media if entry.outgoing else ()
    if not media:
        return ""
    first = media[0].picture
    more = f" +{len(media) - 1}" if len(media) > 1 else ""
    return f"{first.width}×{first.height}{more}"
