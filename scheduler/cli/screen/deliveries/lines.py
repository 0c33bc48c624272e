"""One line for each delivery, or for several that are alike in all but their account."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.text import Text

from scheduler.cli.screen.deliveries.agenda import STYLES
from scheduler.cli.screen.deliveries.why import Circumstances, why
from scheduler.cli.screen.times import wall
from scheduler.ledger.history import Line


def alike(lines: Iterable[Line], around: Circumstances) -> list[list[Line]]:
    """Returns the deliveries in their order, those of one post, time and reason together."""

    def likeness(line: Line) -> tuple[str, str, str, str]:
        return (line.due_local, f"{line.post} {line.part}", line.state.value, why(line, around).replace(line.account, ""))

    return [list(same) for _, same in groupby(sorted(lines, key=lambda line: (line.due, *likeness(line))), key=likeness)]


def head(same: Sequence[Line], around: Circumstances) -> Text:
    """Returns when, what, where and how it stands."""
    first = same[0]
    name = f"{first.post} · {first.part}" if first.part else first.post
    mark, style = STYLES.get(first.state, ("·", ""))
    told = Text(f"{wall(first.due_local, around.now, around.zone)}  ")
    told.append(name, style="bold").append(f"  {', '.join(line.account for line in same)}  ")
    return told.append(f"{mark} {first.state.value}", style=style)
