"""The plan, composed and reviewed: the one answer that every command shares. Pictures and rules are handed in."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scheduler.model.delivery import Delivery, Fact, Facts, State
from scheduler.model.finding import Finding
from scheduler.model.graphic import Graphic, Picture
from scheduler.model.limits import Limits
from scheduler.model.outgoing import Outgoing
from scheduler.model.plan import Agenda, Entry, Held
from scheduler.model.post import PostFile, Reading
from scheduler.planning.allowing import without_allowed
from scheduler.planning.asking import said
from scheduler.planning.composing.cards import thumbnail_limits, thumbnail_of
from scheduler.planning.composing.compose import compose
from scheduler.planning.composing.hashtags import turns
from scheduler.planning.composing.pictures import wanted
from scheduler.planning.context import Context, PictureRequest, Pictures, Problem
from scheduler.planning.drafts import with_reminders
from scheduler.planning.moving import coming, left_alone, moves_at
from scheduler.planning.plan import plan_for
from scheduler.planning.present import Present
from scheduler.planning.waiting import awaited, with_wait, without_answered

_NOTHING_TO_MEND = frozenset({State.SENT, State.MISSED, State.SKIPPED})


Draw = Callable[[PictureRequest, Limits], Picture | Graphic | Problem]
"""Returns a picture, measured or drawn, fitted to limits."""


@dataclass(frozen=True, slots=True)
class Tools:
    """Is what an agenda needs from other rooms: pictures, measured or drawn, fitted to limits; the rules that look at what will be sent.

    ``sketch`` is asked instead of ``picture`` for what the ledger does not know yet, where nobody is going to see or send the pictures.
    ``compare`` looks at everything beside each other, in order of due time, and returns findings with the entries that they are about.
    ``rules`` returns the names of everything that can be reported, for posts that allow some of it.
    """

    picture: Draw
    review: Callable[[Delivery, Outgoing], tuple[Finding, ...]]
    rules: Callable[[], Collection[str]] = frozenset
    sketch: Draw | None = None
    compare: Callable[[Sequence[Entry]], Iterable[tuple[Entry, Finding]]] = lambda _: ()


def build(reading: Reading, context: Context, now: datetime, tools: Tools, quiet: timedelta | None = None) -> Agenda:
    """Returns what goes out, judged at ``now`` (aware UTC).

    ``quiet`` is how long a file must have been left alone before it goes out; None asks nothing of it.
    """
    present = Present(now)
    drafted = plan_for(present, reading.files, context, reading.unsettled)
    everything = (*drafted.deliveries, *(item.delivery for item in drafted.held))
    context = replace(context, turns=turns(everything, context))
    files = {file.id: file for file in reading.files}
    fine = [Held(delivery, "", State.PLANNED) for delivery in drafted.deliveries]
    drawn = []
    for item in (*fine, *drafted.held):
        file = files[item.delivery.post.id]
        quiet_from = left_alone(file, present, quiet)
        entry = _entry(item, file, context, tools, (quiet_from, present))
        moves = moves_at(entry, context.facts.deliveries.get(entry.delivery.id), quiet_from, present)
        drawn.append(entry if moves is None else replace(entry, moves_at=moves))
    entries = _compared(tuple(sorted(drawn, key=_order)), tools)
    composed = (finding for entry in entries for finding in entry.findings)
    findings = dict.fromkeys((*without_answered(reading.all_findings, entries), *drafted.findings, *composed))
    unreadable = _unreadable(reading.files, drafted.findings, entries)
    agenda = Agenda(
        entries,
        tuple(findings),
        unreadable,
        reading.unsettled,
        frozenset(files),
        since=now,
        until=present.until,
        moves_at=min((entry.moves_at for entry in entries if entry.moves_at is not None), default=None),
    )
    return without_allowed(with_reminders(agenda), reading.files, tools.rules)


def _compared(entries: tuple[Entry, ...], tools: Tools) -> tuple[Entry, ...]:
    """Returns the entries with what is wrong with them beside each other."""
    found: dict[int, list[Finding]] = defaultdict(list)
    for entry, finding in tools.compare(entries):
        found[id(entry)].append(finding)
    if not found:
        return entries
    return tuple(replace(entry, findings=(*entry.findings, *found[id(entry)])) if id(entry) in found else entry for entry in entries)


def _order(entry: Entry) -> tuple[datetime, str, int, str]:
    delivery = entry.delivery
    return (delivery.due.utc, delivery.post.id, delivery.part.span.line, f"{delivery.account.name} {delivery.story:d}")


def _entry(item: Held, file: PostFile, context: Context, tools: Tools, times: tuple[datetime | None, Present]) -> Entry:
    delivery, (quiet_from, now) = item.delivery, times
    fact = context.facts.deliveries.get(delivery.id)
    pictures = _pictures(delivery, context, tools)
    composition = compose(delivery, context, pictures)
    entry = Entry(
        delivery=delivery,
        state=item.state,
        not_before=max(delivery.due.utc, quiet_from) if quiet_from else delivery.due.utc,
        outgoing=composition.outgoing,
        reason=item.reason,
        hashtags=context.turns.get(delivery.id, ()),
    )
    if fact is not None and fact.settles(delivery.due.utc):
        changed = fact.state is State.SENT and fact.fingerprint not in {"", composition.outgoing.fingerprint}
        known = replace(entry, state=fact.state, reason=fact.reason, sent_at=fact.sent_at, url=fact.url)
        return replace(known, changed=changed, rehearsed=fact.is_rehearsed)
    waiting = awaited(delivery, file, context, pictures, now)
    if item.state in _NOTHING_TO_MEND:
        return with_wait(entry, waiting)
    told = {(finding.path, finding.span) for finding in file.findings if finding.is_error}
    composed = (finding for finding in composition.findings if (finding.path, finding.span) not in told)
    findings = (*composed, *tools.review(delivery, composition.outgoing))
    if waiting is not None:
        findings = (*waiting.findings, *waiting.without_echo(findings))
    errors = [finding for finding in findings if finding.is_error]
    if errors and item.state is State.PLANNED:
        entry = replace(entry, state=State.HELD, reason=said(errors))
    return with_wait(replace(entry, findings=findings), waiting)


def _pictures(delivery: Delivery, context: Context, tools: Tools) -> Pictures:
    limits = context.network(delivery.account).limits
    # What the ledger knows is compared with what it took over, pictures and all.
    ask = tools.sketch if tools.sketch is not None and delivery.id not in context.facts.deliveries else tools.picture
    found: dict[PictureRequest, Picture | Graphic | Problem] = {request: ask(request, limits) for request in wanted(delivery, context)}
    thumbnail = thumbnail_of(delivery, context)
    if thumbnail is not None:
        found[thumbnail] = tools.picture(thumbnail, thumbnail_limits(limits))
    return found


def _unreadable(files: Iterable[PostFile], planned: Iterable[Finding], entries: Iterable[Entry]) -> Mapping[str, str]:
    """Returns the posts of which nothing, or not every part, can be planned, each with the sentence why."""
    shown = {(entry.delivery.post.id, entry.delivery.part.name) for entry in entries}
    lost = {finding.path: said([finding]) for finding in planned if finding.is_error and finding.account is None}
    why = {}
    for file in files:
        errors = [finding for finding in file.findings if finding.is_error]
        whole = file.post is not None and all((file.id, part.name) in shown for part in file.post.parts)
        if file.path in lost:
            why[file.id] = lost[file.path]
        elif errors and not whole:
            why[file.id] = said(errors)
    return why


def with_facts(agenda: Agenda, facts: Facts) -> Agenda:
    """Returns the agenda as people see it: planned deliveries that the ledger has taken over carry the ledger's word."""
    return replace(agenda, entries=tuple(_seen(entry, facts.deliveries.get(entry.delivery.id)) for entry in agenda.entries))


def _seen(entry: Entry, fact: Fact | None) -> Entry:
    if fact is not None and fact.state is State.HANDED and entry.outgoing is not None:
        # What the file asks for now comes after what its network keeps was taken back.
        changed = fact.fingerprint != entry.outgoing.fingerprint
        return replace(entry, state=State.HANDED, reason=fact.reason or entry.reason, url=fact.url, changed=changed)
    if fact is None or entry.state is not State.PLANNED or entry.outgoing is None:
        return entry
    if fact.state is State.QUEUED:
        return replace(entry, state=State.QUEUED, reason=coming(entry, fact) or fact.reason)
    if fact.state is State.HELD and fact.held_for == entry.outgoing.fingerprint:
        return replace(entry, state=State.HELD, reason=fact.reason)
    return entry


def with_results(agenda: Agenda, facts: Facts) -> Agenda:
    """Returns the agenda of a finished rehearsal: each planned delivery as the rehearsal's ledger left it."""
    return replace(agenda, entries=tuple(_finished(entry, facts.deliveries.get(entry.delivery.id)) for entry in agenda.entries))


def _finished(entry: Entry, fact: Fact | None) -> Entry:
    if fact is None or entry.state is not State.PLANNED:
        return replace(entry, rehearsed=False)  # that all of it is one goes without saying
    return replace(entry, state=fact.state, reason=fact.reason)
