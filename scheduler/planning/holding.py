"""Why a delivery does not go out as things stand."""

from collections.abc import Iterator
from datetime import datetime

from scheduler.model.delivery import Delivery, Moment, State
from scheduler.model.plan import Held
from scheduler.model.post import Status
from scheduler.planning.asking import Ask, concerns, said
from scheduler.planning.composing.pictures import other_languages
from scheduler.planning.context import Context
from scheduler.planning.present import Present
from scheduler.planning.targets import setting
from scheduler.planning.times.lateness import after_quiet, event_over, lateness_of
from scheduler.planning.times.walltime import resolve


def standing_reasons(ask: Ask, context: Context) -> Iterator[str]:
    """Yields why none of this part goes out to the account, whenever it is due; the weightiest first."""
    post = ask.post
    blocking = [finding for finding in ask.file.findings if concerns(finding, ask) and finding.is_error]
    mistakes = [said(blocking)] if blocking else []
    status = setting(post, ask.part, ask.variant, "status") or Status.READY
    unready = [] if status == Status.READY else [f"Its status is “{status}”; only posts that are ready go out."]
    # A draft is unfinished by its own word, and a mistake in it is mended in its own time; others are to read what is in review.
    yield from (*unready, *mistakes) if status == Status.DRAFT else (*mistakes, *unready)
    for text in other_languages(post, ask.part, ask.variant, ask.account, context):
        status = setting(post, ask.part, text, "status") or Status.READY
        if status != Status.READY and text.source and not ask.story:
            yield f"The status of {text.source} is “{status}”, and its text goes out together with this one."
    if post.event is not None and post.event.cancelled:
        yield f"The event “{post.event.title}” is cancelled."
    if post.hold_until:
        yield f"It waits until it is {post.hold_until}; take out  hold-until:  once everybody agrees."


def timed_reasons(delivery: Delivery, context: Context, now: Present) -> Iterator[Held]:
    """Yields why the delivery does not go out at its time, the weightiest first."""
    yield from _expired(delivery, now)
    yield from _stale(delivery, now)
    yield from _late(delivery, context, now)


def _late(delivery: Delivery, context: Context, now: Present) -> Iterator[Held]:
    over = event_over(delivery)
    if over is not None and now >= over:
        yield Held(delivery, "Its event is over.", State.SKIPPED)
    known, policy = context.facts.deliveries.get(delivery.id), context.config.policy
    waiting = known is None or not (known.settles(delivery.due.utc) or known.state is State.HANDED or known.released)
    own = lateness_of(delivery.post, policy)
    quiet = policy.pace(delivery.account.name).quiet_hours
    allowed = after_quiet(delivery.due.utc, delivery.due.zone, quiet) + own.after
    if waiting and own.late != "publish" and now > allowed:
        state = State.SKIPPED if own.late == "skip" else State.MISSED
        when = "Its time had passed before the scheduler saw it" if known is None else "It did not go out in its time"
        yield Held(delivery, f"{when}, and it is not sent late. Give it a new time if it should still go out.", state)


def _expired(delivery: Delivery, now: Present) -> Iterator[Held]:
    expires = delivery.expires
    if expires is None:
        return
    last = _instant(expires, delivery)
    if delivery.due.utc > last:
        yield Held(delivery, f"It expires on {expires:%Y-%m-%d %H:%M}, before its own time.")
    elif now > last:
        yield Held(delivery, f"It expired on {expires:%Y-%m-%d %H:%M}.", State.SKIPPED)


def _stale(delivery: Delivery, now: Present) -> Iterator[Held]:
    review = delivery.post.review_by
    if review is None:
        return
    last = _instant(review, delivery)
    if delivery.due.utc > last or now > last:
        yield Held(
            delivery, f"It had to be read again by {review:%Y-%m-%d}: see that all of it is still true, and give it a later review-by."
        )


def _instant(local: datetime, delivery: Delivery) -> datetime:
    found = resolve(local, delivery.due.zone)
    return found.utc if isinstance(found, Moment) else delivery.due.utc


def is_draft(delivery: Delivery) -> bool:
    """Tells whether its author is still writing it."""
    return _status(delivery) == Status.DRAFT


def is_meant_to_go(delivery: Delivery) -> bool:
    """Tells whether its author wants the delivery to go out: it is no draft, and its event was not cancelled."""
    post = delivery.post
    return _status(delivery) == Status.READY and not post.hold_until and not (post.event is not None and post.event.cancelled)


def _status(delivery: Delivery) -> str:
    return setting(delivery.post, delivery.part, delivery.variant, "status") or Status.READY
