"""What ``new`` asks, proposes and writes."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

import click

from scheduler.cli.screen.files.writing import write_new
from scheduler.model.errors import ConfigurationError
from scheduler.model.post import At, NextSlot
from scheduler.postfiles.lines.slips import SlipError, nearest
from scheduler.postfiles.names import Names
from scheduler.postfiles.settings.moments import parse_moment, parse_when
from scheduler.postfiles.writing.starting import Wish, begin, file_name, is_event, kinds, known_starters

if TYPE_CHECKING:
    from scheduler.assembly import Project

Value = TypeVar("Value")
_EVERYWHERE = "everywhere"
_SATURDAY, _WEEKS_AHEAD = 5, 8
_TITLES = {"event": "TODO: the name of the event"}


class Unsuitable(ConfigurationError):
    """Is an answer that cannot be used."""


class FileThere(ConfigurationError):
    """Is a file that would have been overwritten."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is already there, and stays as it is.", "Choose another name with  --out")


@dataclass(frozen=True, slots=True)
class Begun:
    """Is what will be written: the kind with the author's wish."""

    kind: str
    wish: Wish


class Beginning:
    """Begins post files in one project; ``asks`` says whether somebody sits at a terminal."""

    def __init__(self, project: "Project", *, asks: bool) -> None:
        self._project = project
        self._asks = asks
        self._starters = known_starters(project.folder)
        organisation = project.config.organisation
        self._today = project.clock.now().astimezone(ZoneInfo(organisation.timezone)).date()
        accounts = {account.name: account.network for account in project.config.accounts.values()}
        self._names = Names(accounts, tuple(project.networks), organisation.languages)

    def plan(self, kind: str | None, title: str | None, when: str | None, where: str | None, out: Path | None) -> Begun:
        """Returns what to begin; what was not said is asked on a terminal, and proposed elsewhere."""
        known = kinds(self._starters)
        chosen = self._answer("What kind of post", kind, "post", lambda text: _kind(text, known), more=f" ({', '.join(known)})")
        event = is_event(self._starters[chosen])
        name = self._answer("Its title, for yourselves" if not event else "Name of the event", title, _title(chosen), _words)
        question = "When does it start" if event else "When does it go out"
        proposed = f"{_saturday(self._today)} 14:00" if event else f"{_working_day(self._today)} 12:00"
        typed, moment = self._answer(question, when, proposed, lambda text: self._when(text, event=event, placed=out is not None))
        targets = self._answer("Where (names with commas between)", where, _EVERYWHERE, self._where)
        return Begun(chosen, Wish(name, typed, moment, targets))

    def _answer(self, question: str, said: str | None, proposed: str, read: Callable[[str], Value], *, more: str = "") -> Value:
        if said is None and self._asks:
            answer: Value = click.prompt(f"{question}{more}", default=proposed, value_proc=lambda text: _asked_again(read, text), err=True)
            return answer
        return read(proposed if said is None else said)

    def _when(self, text: str, *, event: bool, placed: bool) -> tuple[str, datetime]:
        typed = " ".join(text.split())
        try:
            found = At(parse_moment(typed, self._names.languages)) if event else parse_when(typed, self._names.languages)
        except SlipError as trouble:
            message = trouble.slip.message
            raise Unsuitable(f"{message[0].upper()}{message[1:]}.", f"Write {trouble.slip.fix}" if trouble.slip.fix else "") from trouble
        if isinstance(found, At):
            return typed, found.local
        if not (isinstance(found, NextSlot) or placed):
            raise Unsuitable("A time counted from an event needs the event’s folder.", "Name the file with  --out posts/FOLDER/NAME.md")
        return typed, datetime.combine(self._today, datetime.min.time())

    def _where(self, text: str) -> tuple[str, ...]:
        wanted = [word.strip(" []#") for word in text.split(",") if word.strip(" []#")]
        if [word.casefold() for word in wanted] == [_EVERYWHERE]:
            return ()
        found = {word: self._names.target(word) for word in wanted}
        for word, target in found.items():
            if target is None:
                meant = nearest(word, self._names.targets.values())
                hint = f"Did you mean “{meant}”?" if meant else f"There are: {', '.join(self._names.accounts)}."
                raise Unsuitable(f"There is no account or network “{word}”.", hint)
        return tuple(dict.fromkeys(target for target in found.values() if target is not None))

    def write(self, begun: Begun, out: Path | None) -> list[str]:
        """Writes the files, all of them new, and returns their paths as people type them."""
        files = begin(begun.kind, self._starters, begun.wish)
        place = out if out is not None else self._free(file_name(begun.kind, begun.wish), folder="" not in files)
        targets = {(place / name if name else place): text for name, text in files.items()}
        there = [path for path in targets if path.exists()]
        there = there or [path for path, text in targets.items() if not write_new(path, text.encode())]
        if there:
            raise FileThere(there[0])
        return [str(path) for path in targets]

    def _free(self, name: str, *, folder: bool) -> Path:
        posts = self._project.folder / "posts"
        here = Path.cwd()
        posts = posts.relative_to(here) if posts.is_relative_to(here) else posts
        ending = "" if folder else ".md"
        candidates = (posts / f"{name}{'' if number == 1 else f'-{number}'}{ending}" for number in count(1))
        return next(path for path in candidates if not path.exists())


def _asked_again(read: Callable[[str], Value], text: str) -> Value:
    """Returns the answer as read; an unsuitable one is told to the prompt, which asks again."""
    try:
        return read(text)
    except Unsuitable as trouble:
        raise click.UsageError(" ".join(filter(None, (trouble.message, trouble.hint)))) from trouble


def _title(kind: str) -> str:
    return _TITLES.get(kind, f"New {kind}")


def _kind(text: str, known: tuple[str, ...]) -> str:
    word = text.strip().casefold()
    if word not in known:
        close = difflib.get_close_matches(word, known, n=1)
        hint = f"Did you mean “{close[0]}”?" if close else f"There are: {', '.join(known)}."
        raise Unsuitable(f"There is no kind of post “{text}”.", hint)
    return word


def _words(text: str) -> str:
    words = " ".join(text.split())
    if not words.isprintable():
        raise Unsuitable("A title is made of letters that can be shown.", "Type it again, without what was pasted along.")
    return words


def _working_day(today: date) -> date:
    """Returns the next day from Monday to Friday."""
    return next(day for day in (today + timedelta(days=ahead) for ahead in range(1, 8)) if day.weekday() < _SATURDAY)


def _saturday(today: date) -> date:
    """Returns a Saturday far enough ahead that no reminder of the series is late."""
    first = today + timedelta(weeks=_WEEKS_AHEAD)
    return first + timedelta(days=(_SATURDAY - first.weekday()) % 7)
