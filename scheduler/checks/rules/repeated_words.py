"""Words come again on an account of a network that refuses what it has already.

Some networks take the same words from an account only once, or not again for a while. The first post would go out, and each further one
be refused on its day. This looks at the words as they would be sent, with everything filled in and hashtags at their end: two accounts
do not count as one, and neither do two texts of which one has another word, link or hashtag.

It looks at what would go out as things stand, and at what went out in the last 90 days. Drafts, posts in review and whatever is held
count once they are ready. A repeated post may come back to a variation after the others, but not say the same twice in a row.

Example:
    repeat: every week on Tuesday at 12:30
    ---
    Know your rights: sick pay.

Use instead:
    Know your rights: sick pay.

    ### variation
    Sick is sick. Here is what your employer must pay.

Turn off: It holds nothing back; `allow: repeated-words` with a reason takes it away. What is refused on its day is shown by
`scheduler status`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.checks.rule import Around, Rule, Told
from scheduler.model.delivery import Delivery, Fact, State
from scheduler.model.finding import Finding, Severity
from scheduler.model.outgoing import Outgoing
from scheduler.model.plan import Entry

_CHANGES = re.compile(r"\{\s*(?:days\.left|count)\s*\}")
_STANDS = frozenset({State.SENT, State.SENDING, State.UNCERTAIN})
"""Are the states of what is out, or perhaps out; what is handed over is planned as before."""


@dataclass(frozen=True, slots=True)
class _Words:
    """Is what an entry says on its account; ``window`` is how long its network remembers that."""

    entry: Entry
    outgoing: Outgoing
    window: timedelta

    @property
    def unit(self) -> tuple[str, str | None]:
        """Returns what all times of a repeated post have in common."""
        delivery = self.entry.delivery
        return delivery.identity or delivery.post.id, delivery.label


@dataclass(frozen=True, slots=True)
class _Twin:
    """Is other deliveries of the same words: where they stand and when they come, or came; ``is_whole`` with the same pictures too."""

    name: str
    when: str
    path: str = ""
    is_out: bool = False
    is_whole: bool = True


def compare(entries: Sequence[Entry], around: Around) -> Iterator[Told]:
    """Yields a warning for each delivery to come whose words another one brings to its account before it, or itself does time and again."""
    windows = _windows(around)
    if not windows:
        return
    out = _out(around, windows)
    last: dict[tuple[str, str], _Words] = {}
    doubled: dict[tuple[str, str | None, str, str, _Twin], list[_Words]] = defaultdict(list)
    for words in _spoken(entries, windows):
        delivery, key = words.entry.delivery, (words.outgoing.account, words.outgoing.text)
        earlier, last[key] = last.get(key), words
        if words.entry.state is not State.PLANNED:
            continue
        if _comes_again_alike(words, earlier):
            yield words.entry, _again(around, words)
        twin = _twin(words, earlier) or _sent(words, out)
        if twin is not None:
            doubled[delivery.post.id, delivery.label, delivery.occurrence, delivery.account.network, twin].append(words)
    for (*_, twin), alike in doubled.items():
        told = _doubled(around, alike, twin)
        yield from ((words.entry, told) for words in alike)


def _windows(around: Around) -> Mapping[str, timedelta]:
    asked = ((account.name, around.network(account).abilities.refuses_repeats) for account in around.config.accounts.values())
    return {name: window for name, window in asked if window is not None}


def _out(around: Around, windows: Mapping[str, timedelta]) -> Mapping[str, Fact]:
    """Returns what is out by its fingerprint, which names the account too; the latest of what is equal."""
    known = (fact for fact in around.facts.deliveries.values() if not _is_mere(fact, around))
    found = (fact for fact in known if fact.account in windows and fact.state in _STANDS and fact.fingerprint)
    return {fact.fingerprint: fact for fact in sorted(found, key=_came)}


def _is_mere(fact: Fact, around: Around) -> bool:
    """Tells whether it was only rehearsed before its account went live."""
    account = around.config.accounts.get(fact.account)
    return fact.is_rehearsed and account is not None and account.live


def _came(fact: Fact) -> datetime:
    return fact.sent_at or fact.due


def _spoken(entries: Iterable[Entry], windows: Mapping[str, timedelta]) -> Iterator[_Words]:
    """Yields what is said, or was and still stands in its file, where it must not be said again."""
    for entry in entries:
        window, outgoing = windows.get(entry.delivery.account.name), entry.outgoing
        stands = entry.state is State.PLANNED or (entry.state in _STANDS and not entry.changed)
        stands = stands and not (entry.rehearsed and entry.delivery.account.live)
        if window is not None and outgoing is not None and stands and not outgoing.story and outgoing.text.strip():
            yield _Words(entry, outgoing, window)


def _comes_again_alike(words: _Words, earlier: _Words | None) -> bool:
    """Tells whether the times of a repeated post, or one of a pool, say the same: by its file, or as the plan shows two in a row."""
    delivery = words.entry.delivery
    if delivery.post.repeat is None and not delivery.post.pool:
        return False
    if earlier is not None and earlier.unit == words.unit and delivery.number - earlier.entry.delivery.number == 1:
        return True
    changes = words.entry.hashtags or _CHANGES.search(delivery.variant.text)
    return not changes and not delivery.part.along(delivery.variant, "variation")


def _twin(words: _Words, earlier: _Words | None) -> _Twin | None:
    """Returns the other post that says the same before this one, if one does within its network's memory."""
    if earlier is None or earlier.unit == words.unit:
        return None
    before, delivery = earlier.entry.delivery, words.entry.delivery
    if delivery.due.utc - before.due.utc > words.window:
        return None
    return _Twin(
        _name(before, beside=delivery),
        f"{before.due.local:%Y-%m-%d %H:%M}",
        before.path,
        is_out=earlier.entry.state in _STANDS,
        is_whole=earlier.outgoing.fingerprint == words.outgoing.fingerprint,
    )


def _name(delivery: Delivery, *, beside: Delivery) -> str:
    """Returns the file of a delivery, with the name of its part; the name alone where both stand in one file."""
    if delivery.label is None:
        return f"“{delivery.path}”"
    return f"“{delivery.label}”" if delivery.path == beside.path else f"“{delivery.label}” in “{delivery.path}”"


def _sent(words: _Words, out: Mapping[str, Fact]) -> _Twin | None:
    """Returns what is out with the same words and pictures, also where its file is gone or says something else by now."""
    fact = out.get(words.outgoing.fingerprint) if out else None
    if fact is None or (fact.post, fact.part) == words.unit or words.entry.delivery.due.utc - _came(fact) > words.window:
        return None
    return _Twin(f"“{fact.post}”", f"{_came(fact).astimezone(ZoneInfo(fact.zone)):%Y-%m-%d %H:%M}", is_out=True)


def _again(around: Around, words: _Words) -> Finding:
    post, subject = words.entry.delivery.post, around.subject(words.entry, words.outgoing)
    return subject.finding(
        "repeated-words",
        Severity.WARNING,
        f"{subject.network.title} refuses words that it has already, and this post comes again in the same",
        at=post.spans.get("repeat") or post.spans.get("pool"),
        label="the first goes out, each further one is refused on its day",
        fix="add  ### variation  with other words below the text",
    )


def _doubled(around: Around, alike: list[_Words], twin: _Twin) -> Finding:
    """Returns one finding for all accounts that get the same words from the same two posts at the same time."""
    first = alike[0]
    subject, accounts = around.subject(first.entry, first.outgoing), ", ".join(words.outgoing.account for words in alike)
    brings, other = ("brought", "this one") if twin.is_out else ("brings", "one of the two")
    found = subject.finding(
        "repeated-words",
        Severity.WARNING,
        f"{subject.network.title} refuses words that it has already, and {twin.name} {brings} the same to {accounts} on {twin.when}",
        label=f"this would come after it, on {first.entry.delivery.due.local:%Y-%m-%d %H:%M}",
        fix=f"write other words in {other}, or leave {accounts} out of its  where:",
    )
    ends = "this one is held on its day, as the same is out already" if twin.is_whole else "this one may be refused on its day"
    return replace(found, consequence=ends, also=twin.path, account=first.outgoing.account if len(alike) == 1 else None)


RULE = Rule("repeated-words", compare=compare)
