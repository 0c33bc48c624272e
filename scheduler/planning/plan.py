"""The plan: every delivery the posts ask for, and those that are held back; pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from scheduler.model.delivery import Delivery, Moment, State
from scheduler.model.finding import Finding, Severity
from scheduler.model.plan import Held, Plan
from scheduler.model.post import At, Part, Post, PostFile, Relative, Repeat, When
from scheduler.planning.asking import Ask, concerns, span_of
from scheduler.planning.context import Context
from scheduler.planning.holding import standing_reasons, timed_reasons
from scheduler.planning.identity import History, identities
from scheduler.planning.idle import idle
from scheduler.planning.present import Present
from scheduler.planning.targets import Target, idle_languages, targets, text_for
from scheduler.planning.times.lateness import lateness_of
from scheduler.planning.times.pools import draw
from scheduler.planning.times.queueing import queue
from scheduler.planning.times.quieting import quieted
from scheduler.planning.times.repeating import HORIZON, as_begun, monday_of, occurrences, reach
from scheduler.planning.times.slots import slotless
from scheduler.planning.times.timing import as_moved, moment_of, timed
from scheduler.planning.times.walltime import at_instant


def plan(files: Iterable[PostFile], context: Context, now: datetime, unsettled: frozenset[str] = frozenset()) -> Plan:
    """Returns what goes out when, judged at ``now`` (aware UTC): the one answer that every command shares.

    ``unsettled`` are the posts whose file is still being written.
    """
    return plan_for(Present(now), files, context, unsettled)


def plan_for(now: Present, files: Iterable[PostFile], context: Context, unsettled: frozenset[str]) -> Plan:
    """Returns the same plan, where it is also to be known how long it holds."""
    found = tuple(files)
    read = [(file, _moved(file.post)) for file in found if file.post is not None]
    present = frozenset({file.id for file in found} | unsettled)
    names = identities([post for _, post in read], present, context, now)
    draft = _Draft(context, now, History(context.facts))
    for file, post in read:
        for part in post.parts:
            draft.part(file, post, part, names[post.id])
    draft.give_slots()
    return draft.plan()


def _moved(post: Post) -> Post:
    return replace(post, event=as_moved(post.event)) if post.event is not None else post


def _order(delivery: Delivery) -> tuple[datetime, str, str, str]:
    return (delivery.due.utc, delivery.post.id, delivery.label or "", delivery.account.name)


@dataclass(slots=True)
class _Draft:
    context: Context
    now: Present
    history: History
    asked: list[tuple[Ask, Delivery]] = field(default_factory=list)
    waiting: list[Ask] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def part(self, file: PostFile, post: Post, part: Part, identity: str) -> None:
        """Takes up a part: at its times, at those of its repetition, or among those that wait for a slot."""
        self.findings.extend((*idle(post, part, self.context), *idle_languages(post, part, self.context)))
        if post.repeat is not None and part.when is None:
            self._repeated(file, post, part, identity)
            return
        for target in targets(post, part, self.context):
            ask = _ask(file, post, part, identity, target)
            if ask.waits_for_slot:
                self.waiting.append(ask)
            elif isinstance(ask.when, At | Relative):
                self._at(ask, ask.when)

    def _at(self, ask: Ask, when: At | Relative) -> None:
        found = moment_of(ask.post, ask.part, when, self.context)
        if isinstance(found, Finding):
            known = found.rule == "no-event" and any(other.is_error and concerns(other, ask) for other in ask.file.findings)
            self.findings += [] if known else [self._placed(ask, found)]
            return
        self.findings.extend(self._placed(ask, finding) for finding in found.findings)
        self._add(ask, ask.at(found.moment))

    def _placed(self, ask: Ask, finding: Finding) -> Finding:
        """Returns a finding about a section's own time at that time, for its account alone."""
        if ask.variant.when is None:
            return finding
        return replace(finding, span=ask.variant.when.span, account=ask.account.name)

    def _repeated(self, file: PostFile, post: Post, part: Part, identity: str) -> None:
        assert post.repeat is not None
        zone = self.context.zone(post)
        until = self.context.until
        today, last = self.now.day(zone), self.now.day(zone, HORIZON if until is None else reach(self.now.itself(), until))
        labels = self.history.labels(post, identity)
        repeat = as_begun(post.repeat, self.history.out(post, identity))
        self.findings.extend(_counted_otherwise(post, part, repeat) if repeat.by_calendar else ())
        late = lateness_of(post, self.context.config.policy).after
        instants = set()
        for occurrence in occurrences(repeat, today - timedelta(days=1), last, labels):
            found = timed(post, part, occurrence.local, zone)
            if found.moment.utc in instants:  # a zone that crosses the date line leaves out a day; the next one is not sent twice
                continue
            instants.add(found.moment.utc)
            comes = self.now <= found.moment.utc + late
            if comes:
                self.findings.extend(found.findings)
            for target in targets(post, part, self.context, occurrence.number):
                ask = _ask(file, post, part, identity, target)
                delivery = ask.at(found.moment, occurrence.label, occurrence.number)
                if comes or delivery.id in self.context.facts.deliveries:
                    self._add(ask, delivery)

    def _add(self, ask: Ask, delivery: Delivery) -> None:
        self.asked.append((ask, self._as_sent(delivery)))

    def _as_sent(self, delivery: Delivery) -> Delivery:
        """Returns what is out, or may be, at the time it was due then, whatever the file says now."""
        fact = self.context.facts.deliveries.get(delivery.id)
        if fact is None or not fact.settles(delivery.due.utc):
            return delivery
        return replace(delivery, due=at_instant(fact.due, fact.zone))

    def give_slots(self) -> None:
        """Gives times to what waits for a slot; evergreen posts take what is left."""
        self.findings.extend(slotless(self.waiting, self.context.config))
        fixed = [delivery for ask, delivery in self.asked if not any(standing_reasons(ask, self.context))]
        single = [ask for ask in self.waiting if not ask.post.pool]
        evergreen = [ask for ask in self.waiting if ask.post.pool]
        placed = list(self._taken_up(queue(single, fixed, self.context, self.now)))
        list(self._taken_up(draw(evergreen, [*fixed, *placed], self.history, (self.context, self.now, self._renewed))))

    def _taken_up(self, found: Iterable[Delivery | Finding]) -> Iterator[Delivery]:
        by_unit = {(ask.post.id, ask.label, ask.account.name): ask for ask in self.waiting}
        for item in found:
            if isinstance(item, Finding):
                self.findings.append(item)
            else:
                self._add(by_unit[item.post.id, item.label, item.account.name], item)
                yield item

    def _renewed(self, ask: Ask, number: int) -> Ask:
        return ask if ask.story else replace(ask, variant=text_for(ask.post, ask.part, ask.account, self.context, number))

    def plan(self) -> Plan:
        """Returns everything that was taken up, in order, and what is held of it."""
        deliveries, held = [], []
        late: dict[tuple[str, str | None, When | None], Finding] = {}
        for ask, delivery in self.asked:
            reason = next(self._reasons(ask, delivery), None)
            if reason is None:
                deliveries.append(delivery)
                continue
            held.append(reason)
            if reason.state is State.MISSED and delivery.id not in self.context.facts.deliveries:
                known = (delivery.post.id, delivery.part.name, delivery.variant.when)
                late.setdefault(known, self._placed(ask, _missed(delivery.post, delivery.part, delivery.due)))
        findings = dict.fromkeys((*self.findings, *late.values(), *self._called_off(), *quieted(deliveries, self.context)))
        return Plan(tuple(sorted(deliveries, key=_order)), tuple(sorted(held, key=lambda item: _order(item.delivery))), tuple(findings))

    def _reasons(self, ask: Ask, delivery: Delivery) -> Iterator[Held]:
        yield from (Held(delivery, reason) for reason in standing_reasons(ask, self.context))
        yield from timed_reasons(delivery, self.context, self.now)

    def _called_off(self) -> Iterator[Finding]:
        """Yields for each part that is out and names a time that no longer holds, where it is out."""
        out: dict[tuple[str, str | None], list[Delivery]] = {}
        for _, delivery in self.asked:
            fact = self.context.facts.deliveries.get(delivery.id)
            if fact is not None and fact.state is State.SENT:
                out.setdefault((delivery.post.id, delivery.label), []).append(delivery)
        for deliveries in out.values():
            event = deliveries[0].post.event
            if event is not None and (event.cancelled or event.postponed_to is not None):
                yield _already_out(deliveries, "cancelled" if event.cancelled else "postponed")


def _ask(file: PostFile, post: Post, part: Part, identity: str, target: Target) -> Ask:
    return Ask(file=file, post=post, part=part, account=target.account, variant=target.variant, story=target.story, identity=identity)


def _missed(post: Post, part: Part, moment: Moment) -> Finding:
    return Finding(
        rule="missed-time",
        severity=Severity.WARNING,
        message=f"its time, {moment.local:%Y-%m-%d %H:%M}, has passed",
        path=post.path,
        span=span_of(post, part),
        consequence="it is not sent late: nobody will see this post",
        fix="give it a new time, or leave it if it is done",
        part=part.name,
    )


def _counted_otherwise(post: Post, part: Part, repeat: Repeat) -> Iterator[Finding]:
    yield Finding(
        rule="repeat-goes-on",
        severity=Severity.WARNING,
        message="this post began while weeks were counted from the Monday before “repeat-from”, and it goes on so",
        path=post.path,
        span=span_of(post, part),
        label=f"counted as from {monday_of(repeat)}",
        fix=f"repeat-from: {monday_of(repeat)}",
        part=part.name,
    )


def _already_out(deliveries: list[Delivery], word: str) -> Finding:
    first = deliveries[0]
    accounts = ", ".join(sorted({delivery.account.name for delivery in deliveries}))
    name = first.label or first.post.title or first.post.id
    return Finding(
        rule="already-out",
        severity=Severity.WARNING,
        message=f"“{name}” is already out on {accounts}, and the event is {word}",
        path=first.post.path,
        span=first.part.span,
        consequence="readers go by what they have seen",
        fix="write a post that says so, or correct that one on the network",
        part=first.part.name,
    )
