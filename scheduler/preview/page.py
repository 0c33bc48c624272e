"""Arranges an agenda as a page: days, in them posts, in them one card for each account."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from scheduler.model.delivery import State
from scheduler.model.finding import Finding, Severity
from scheduler.model.network import Network
from scheduler.model.plan import Agenda, Entry
from scheduler.model.settings import Config
from scheduler.preview.card import Card, Surroundings, draw
from scheduler.preview.pictures import Pictures
from scheduler.preview.wording import REHEARSED, STATES, Look, When, in_words, language_tag, locale_of

_ALWAYS_COUNTED = (State.PLANNED, State.HELD, State.SENT)
_WAITING = frozenset({State.QUEUED, State.CLAIMED, State.SENDING})
_WORST_FIRST = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Count:
    """Is one number of the page's head."""

    look: Look
    number: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """Is one post, or one part of a series, with the cards of its accounts.

    ``findings`` are those of its file and those that all its cards share.
    """

    id: str
    title: str
    due: When
    counts: tuple[Count, ...]
    cards: tuple[Card, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """Is one day of the organisation's calendar."""

    id: str
    title: str
    bundles: tuple[Bundle, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Is a file with findings that stand on no card; ``reason`` says why it could not be read at all."""

    path: str
    reason: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Is everything that stands on the page; ``language`` is that of its dates."""

    owner: str
    language: str
    made: When
    counts: tuple[Count, ...]
    days: tuple[Day, ...]
    troubles: tuple[Trouble, ...]
    unsettled: tuple[str, ...]
    published: bool
    rehearsed: bool


def arrange(agenda: Agenda, config: Config, networks: Mapping[str, Network], now: datetime, pictures: Pictures) -> Page:
    """Returns the page of an agenda, in order of due time, as seen from the organisation's zone at ``now`` (aware)."""
    organisation = config.organisation
    language = organisation.languages[0] if organisation.languages else "en"
    locale = locale_of(language)
    page = Surroundings(organisation.name, organisation.timezone, locale, pictures)
    entries = sorted(agenda.entries, key=lambda entry: (entry.delivery.due.utc, entry.delivery.post.id))
    loose = _loose(agenda)
    return Page(
        owner=organisation.name,
        language=language_tag(str(locale)),
        made=in_words(now, organisation.timezone, locale),
        counts=_head_counts(agenda),
        days=tuple(_days(entries, networks, page, loose)),
        troubles=_troubles(agenda, loose),
        unsettled=tuple(sorted(agenda.unsettled)),
        published=any(entry.state is State.SENT and not entry.rehearsed for entry in entries),
        rehearsed=bool(entries) and not any(entry.delivery.account.live for entry in entries),
    )


def _loose(agenda: Agenda) -> Mapping[str, tuple[Finding, ...]]:
    """Returns the findings that stand on no card, by the path of their file."""
    on_cards = {finding for entry in agenda.entries for finding in entry.findings}
    by_path: dict[str, tuple[Finding, ...]] = {}
    for finding in dict.fromkeys(agenda.findings):
        if finding not in on_cards:
            by_path[finding.path] = (*by_path.get(finding.path, ()), finding)
    return by_path


def _days(
    entries: Iterable[Entry], networks: Mapping[str, Network], page: Surroundings, loose: Mapping[str, tuple[Finding, ...]]
) -> Iterable[Day]:
    zone = ZoneInfo(page.zone)
    for date, of_day in groupby(entries, key=lambda entry: entry.delivery.due.utc.astimezone(zone).date()):
        bundles: dict[tuple[str, str | None, str], list[Entry]] = {}
        for entry in of_day:
            delivery = entry.delivery
            bundles.setdefault((delivery.post.id, delivery.label, delivery.occurrence), []).append(entry)
        first = next(iter(bundles.values()))[0]
        title = in_words(first.delivery.due.utc, page.zone, page.locale).day
        yield Day(f"day-{date.isoformat()}", title, tuple(_bundle(together, networks, page, loose) for together in bundles.values()))


def _bundle(entries: list[Entry], networks: Mapping[str, Network], page: Surroundings, loose: Mapping[str, tuple[Finding, ...]]) -> Bundle:
    cards = [draw(entry, networks.get(entry.delivery.account.network), page) for entry in entries]
    shared = tuple(finding for finding in cards[0].findings if len(cards) > 1 and all(finding in card.findings for card in cards))
    post, part = entries[0].delivery.post, entries[0].delivery.label
    paths = (post.path, *post.language_files)
    of_file = tuple(finding for path in paths for finding in loose.get(path, ()) if finding.part in {None, part})
    return Bundle(
        id=f"post-{cards[0].id}",
        title=" · ".join(filter(None, (post.title or post.id, part))),
        due=cards[0].due,
        counts=tuple(Count(look, number) for look, number in Counter(card.look for card in cards).items()),
        cards=tuple(replace(card, findings=worst_first(finding for finding in card.findings if finding not in shared)) for card in cards),
        findings=worst_first((*of_file, *shared)),
    )


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Returns the findings once each, errors before warnings before hints, then in the order of the file."""
    return tuple(
        sorted(dict.fromkeys(findings), key=lambda finding: (_WORST_FIRST.index(finding.severity), finding.path, finding.span.line))
    )


def _head_counts(agenda: Agenda) -> tuple[Count, ...]:
    states = Counter(State.PLANNED if entry.state in _WAITING else entry.state for entry in agenda.entries if not entry.rehearsed)
    mere = sum(entry.rehearsed for entry in agenda.entries)
    shown = [state for state in STATES if states[state] or state in _ALWAYS_COUNTED]
    findings = {*agenda.findings, *(finding for entry in agenda.entries for finding in entry.findings)}
    tone = "bad" if any(finding.is_error for finding in findings) else "warn" if findings else "calm"
    word = "Finding" if len(findings) == 1 else "Findings"
    rehearsed = (Count(REHEARSED, mere),) if mere else ()
    return (*(Count(STATES[state], states[state]) for state in shown), *rehearsed, Count(Look("alert", word, tone), len(findings)))


def _troubles(agenda: Agenda, loose: Mapping[str, tuple[Finding, ...]]) -> tuple[Trouble, ...]:
    reasons = {_path_of(post, loose): reason for post, reason in agenda.unreadable.items()}
    parts = {
        (path, part)
        for entry in agenda.entries
        for path in (entry.delivery.post.path, *entry.delivery.post.language_files)
        for part in (None, entry.delivery.part.name)
    }
    homeless = {path for path, findings in loose.items() if any((path, finding.part) not in parts for finding in findings)}
    return tuple(Trouble(path, reasons.get(path, ""), worst_first(loose.get(path, ()))) for path in sorted({*homeless, *reasons}))


def _path_of(post: str, paths: Iterable[str]) -> str:
    """Returns the path of a post's file among those with findings; the post's id where none of them is its."""
    return next((path for path in paths if f"/{PurePosixPath(path).with_suffix('')}".endswith(f"/{post}")), post)
