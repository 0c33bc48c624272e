"""The plan: every delivery the posts ask for, and those that are held back; pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scheduler.model.delivery import Delivery, Moment, State
from scheduler.model.finding import Finding, Severity
from scheduler.model.plan import Held, Plan
from scheduler.model.post import At, NextSlot, Part, Post, PostFile, Relative, Status
from scheduler.planning.context import Context
from scheduler.planning.lateness import after_quiet, event_over
from scheduler.planning.targets import setting, targets
from scheduler.planning.walltime import Gap, at_instant, happens_twice, resolve


def plan(files: Iterable[PostFile], context: Context, now: datetime) -> Plan:
    """Returns what goes out when, judged at ``now`` (aware UTC): the one answer that every command shares."""
    drafted = _Draft()
    for file in files:
        if file.post is not None:
            for part in file.post.parts:
                _plan_part(drafted, file, file.post, part, context, now)
    return Plan(tuple(sorted(drafted.deliveries, key=_order)), tuple(sorted(drafted.held, key=_held_order)), tuple(drafted.findings))


@dataclass(slots=True)
class _Draft:
    deliveries: list[Delivery] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def _order(delivery: Delivery) -> tuple[datetime, str, str, str]:
    return (delivery.due.utc, delivery.post.id, delivery.part.name or "", delivery.account.name)


def _held_order(held: Held) -> tuple[datetime, str, str, str]:
    return _order(held.delivery)


def _plan_part(drafted: _Draft, file: PostFile, post: Post, part: Part, context: Context, now: datetime) -> None:
    due = moment_of(post, part, context)
    if isinstance(due, Finding):
        drafted.findings.append(due)
        return
    if due is None:
        return
    moment, findings = due
    drafted.findings.extend(findings)
    forgotten = False
    for account, variant in targets(post, part, context.config.accounts):
        delivery = Delivery(post=post, part=part, variant=variant, account=account, due=moment)
        held = next(_reasons(delivery, file, context, now), None)
        if held is None:
            drafted.deliveries.append(delivery)
        else:
            drafted.held.append(held)
            forgotten |= held.state is State.MISSED and delivery.id not in context.facts.deliveries
    if forgotten:
        drafted.findings.append(_missed(post, part, moment))


def moment_of(post: Post, part: Part, context: Context) -> tuple[Moment, tuple[Finding, ...]] | Finding | None:
    """Returns when the part is due and what is odd about it, or the finding that prevents it, or None where no time is named."""
    when = part.when
    if when is None:
        return None
    if isinstance(when, NextSlot):
        return _finding(
            post, part, "no-slot", "“next slot” needs times to choose from", fix="write the time, for example  when: 2027-04-14 12:00"
        )
    if isinstance(when, Relative):
        return _relative(post, part, when, context)
    return _wall(post, part, when, when.local, post.timezone or context.config.organisation.timezone)


def _relative(post: Post, part: Part, when: Relative, context: Context) -> tuple[Moment, tuple[Finding, ...]] | Finding:
    if post.event is None:
        return _finding(
            post,
            part,
            "no-event",
            "this time counts from an event, and there is none",
            fix="put kind: event and starts: into _campaign.md of this folder, or write a date",
        )
    zone = post.event.timezone or post.timezone or context.config.organisation.timezone
    if when.minutes:
        start = resolve(post.event.starts, zone)
        if isinstance(start, Gap):
            return _gap(post, part, post.event.starts, start, zone)
        return at_instant(start.utc + timedelta(days=when.days, minutes=when.minutes), zone), ()
    day = (post.event.starts + timedelta(days=when.days)).date()
    local = datetime.combine(day, when.time or post.event.starts.time())
    return _wall(post, part, when, local, zone)


def _wall(post: Post, part: Part, when: At | Relative, local: datetime, zone: str) -> tuple[Moment, tuple[Finding, ...]] | Finding:
    moment = resolve(local, zone)
    if isinstance(moment, Gap):
        return _gap(post, part, local, moment, zone)
    if not happens_twice(moment):
        return moment, ()
    which = "second" if local.fold else "first"
    twice = Finding(
        rule="clock-change-fold",
        severity=Severity.WARNING,
        message=f"{local:%H:%M} happens twice on {local:%Y-%m-%d}, because clocks go back in {zone}",
        path=post.path,
        span=when.span,
        label=f"the {which} one is taken ({moment.local:%Z}, UTC{moment.local:%z})",
        part=part.name,
    )
    return moment, (twice,)


def _gap(post: Post, part: Part, local: datetime, gap: Gap, zone: str) -> Finding:
    return _finding(
        post,
        part,
        "clock-change-gap",
        f"{local:%H:%M} does not exist on {local:%Y-%m-%d} in {zone}",
        label="clocks jump over this time",
        fix=f"{gap.earlier:%Y-%m-%d %H:%M} or {gap.later:%Y-%m-%d %H:%M}",
    )


def _missed(post: Post, part: Part, moment: Moment) -> Finding:
    return Finding(
        rule="missed-time",
        severity=Severity.WARNING,
        message=f"its time, {moment.local:%Y-%m-%d %H:%M}, has passed",
        path=post.path,
        span=part.when.span if part.when is not None else part.span,
        consequence="it is not sent late: nobody will see this post",
        fix="give it a new time, or leave it if it is done",
        part=part.name,
    )


def _finding(post: Post, part: Part, rule: str, message: str, *, label: str = "", fix: str) -> Finding:
    span = part.when.span if part.when is not None else part.span
    consequence = "without a time this post would never go out"
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        message=message,
        path=post.path,
        span=span,
        label=label,
        consequence=consequence,
        fix=fix,
        part=part.name,
    )


def _reasons(delivery: Delivery, file: PostFile, context: Context, now: datetime) -> Iterator[Held]:
    """Yields why the delivery does not go out, the weightiest first."""
    post, part = delivery.post, delivery.part
    blocking = [finding for finding in file.findings if concerns(finding, delivery) and finding.is_error]
    if blocking:
        yield Held(delivery, said(blocking))
    status = setting(post, part, delivery.variant, "status") or Status.READY
    if status != Status.READY:
        yield Held(delivery, f"Its status is “{status}”; only posts that are ready go out.")
    if post.event is not None and post.event.cancelled:
        yield Held(delivery, f"The event “{post.event.title}” is cancelled.")
    yield from _too_late(delivery, context, now)


def is_meant_to_go(delivery: Delivery) -> bool:
    """Tells whether its author wants the delivery to go out: it is no draft, and its event was not cancelled."""
    status = setting(delivery.post, delivery.part, delivery.variant, "status") or Status.READY
    return status == Status.READY and not (delivery.post.event is not None and delivery.post.event.cancelled)


def _too_late(delivery: Delivery, context: Context, now: datetime) -> Iterator[Held]:
    expires = delivery.post.expires
    if expires is not None:
        end = resolve(expires, delivery.due.zone)
        last = end.utc if isinstance(end, Moment) else delivery.due.utc
        if delivery.due.utc > last:
            yield Held(delivery, f"It expires on {expires:%Y-%m-%d %H:%M}, before its own time.")
        elif now > last:
            yield Held(delivery, f"It expired on {expires:%Y-%m-%d %H:%M}.", State.SKIPPED)
    over = event_over(delivery)
    if over is not None and now >= over:
        yield Held(delivery, "Its event is over.", State.SKIPPED)
    known, policy = context.facts.deliveries.get(delivery.id), context.config.policy
    waiting = known is None or (known.state.is_open and not known.released)
    allowed = after_quiet(delivery.due.utc, delivery.due.zone, policy.quiet_hours) + policy.late_after
    if waiting and policy.late != "publish" and now > allowed:
        state = State.SKIPPED if policy.late == "skip" else State.MISSED
        yield Held(delivery, "Its time has passed; it is not sent late.", state)


def concerns(finding: Finding, delivery: Delivery) -> bool:
    """Tells whether a finding of the delivery's file is about this delivery."""
    return (
        finding.part in {None, delivery.part.name}
        and finding.network in {None, delivery.account.network}
        and finding.account in {None, delivery.account.name}
    )


def said(findings: Iterable[Finding]) -> str:
    """Returns the findings as one sentence: the first in full, the others counted."""
    first, *others = findings
    more = f" (and {len(others)} more)" if others else ""
    return f"{first.path}:{first.span.line}: {first.message}{more}"
