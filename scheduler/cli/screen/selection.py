"""Choosing posts and files by what people type."""

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from scheduler.model.errors import ConfigurationError
from scheduler.model.finding import Finding
from scheduler.model.plan import Agenda, Entry


class NoSuchPost(ConfigurationError):
    """Is a name that fits no post."""

    def __init__(self, wanted: str, known: Sequence[str]) -> None:
        close = difflib.get_close_matches(wanted, known, n=1, cutoff=0.5)
        super().__init__(
            f"There is no post “{wanted}”.", f"Did you mean “{close[0]}”?" if close else "scheduler list  shows the posts there are."
        )


class SeveralPosts(ConfigurationError):
    """Is a name that fits more than one post."""

    def __init__(self, wanted: str, found: Sequence[str]) -> None:
        super().__init__(f"“{wanted}” fits {len(found)} posts: {', '.join(found)}.", "Type more of the one you mean.")


class NoSuchRule(ConfigurationError):
    """Is a name that fits no rule; ``near`` are those that hold the word."""

    def __init__(self, wanted: str, known: Collection[str], near: Sequence[str]) -> None:
        close = near or difflib.get_close_matches(wanted, known, n=1, cutoff=0.5)
        meant = " or ".join(f"“{rule}”" for rule in close[:4])
        super().__init__(
            f"There is no rule “{wanted}”.", f"Did you mean {meant}?" if meant else "scheduler explain  lists the rules there are."
        )


class NoSuchPath(ConfigurationError):
    """Is a path to check that does not exist."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"There is no file or folder {path}.", "Paths are looked up from where you are, then from the project folder.")


def find_post(wanted: str, agenda: Agenda, written: Iterable[str] = ()) -> str:
    """Returns the id of the one post that a path, an id, a title or a piece of one names; ``written`` are posts of which nothing is due."""
    known = sorted({entry.delivery.post.id for entry in agenda.entries} | set(agenda.unreadable) | set(written))
    for post in {entry.delivery.post.id: entry.delivery.post for entry in agenda.entries}.values():
        if any(_plain(path) == _plain(wanted) for path in post.language_files):
            return post.id
    titles = {entry.delivery.post.id: entry.delivery.post.title for entry in agenda.entries}
    return name_among(wanted, known, titles)


def name_among(wanted: str, known: Sequence[str], titles: Mapping[str, str] | None = None) -> str:
    """Returns the one known id that is meant; raises NoSuchPost or SeveralPosts."""
    name = _plain(wanted)
    if name in known:
        return name
    folded = name.casefold()
    called = [post for post in known if post.rsplit("/", 1)[-1].casefold() == folded]
    holding = [post for post in known if folded in post.casefold()]
    titled = [post for post, title in (titles or {}).items() if folded in title.casefold()]
    for found in (called, holding, titled):
        if len(found) == 1:
            return found[0]
        if found:
            raise SeveralPosts(wanted, found)
    raise NoSuchPost(wanted, known)


def _plain(path: str) -> str:
    """Returns a path as the id of a post."""
    return path.replace("\\", "/").removesuffix(".md").rstrip("/").removeprefix("./").removeprefix("posts/")


def rule_among(wanted: str, known: Collection[str]) -> str:
    """Returns the rule that is meant, or the only one that holds the word; raises NoSuchRule."""
    name = wanted.strip("()").casefold().replace("_", "-").replace(" ", "-")
    holding = sorted(rule for rule in known if name in rule)
    if name in known:
        return name
    if len(holding) == 1:
        return holding[0]
    raise NoSuchRule(wanted, known, holding)


def entries_of(post: str, agenda: Agenda) -> tuple[Entry, ...]:
    """Returns the entries of one post, in order of due time."""
    return tuple(entry for entry in agenda.entries if entry.delivery.post.id == post)


def within(agenda: Agenda, paths: Sequence[Path], folder: Path) -> Agenda:
    """Returns the part of the agenda whose files are among the paths; all of it where none is given."""
    if not paths:
        return agenda
    chosen = [_from_project(path, folder) for path in paths]

    def covered(path: str) -> bool:
        return any(path == place or place in {".", ""} or path.startswith(f"{place}/") for place in chosen)

    entries = tuple(entry for entry in agenda.entries if covered(entry.delivery.post.path) or any(map(covered, _languages(entry))))
    along = {path for entry in entries if covered(entry.delivery.post.path) for path in _languages(entry)}

    def is_about(finding: Finding) -> bool:
        return any(covered(path) or path in along for path in ((finding.path, finding.also) if finding.also else (finding.path,)))

    return replace(
        agenda,
        entries=entries,
        findings=tuple(finding for finding in agenda.findings if is_about(finding)),
        read=frozenset(post for post in agenda.read if covered(f"posts/{post}.md")),
        unreadable={post: why for post, why in agenda.unreadable.items() if covered(f"posts/{post}.md")},
    )


def _languages(entry: Entry) -> tuple[str, ...]:
    return entry.delivery.post.language_files


def _from_project(path: Path, folder: Path) -> str:
    for candidate in (path.resolve(), (folder / path).resolve()):
        if candidate.exists() and candidate.is_relative_to(folder):
            return candidate.relative_to(folder).as_posix()
    raise NoSuchPath(path)
