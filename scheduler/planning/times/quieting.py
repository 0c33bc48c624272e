"""Posts that would go out on a day, or in hours, on which the house wants nothing to go out."""

from collections.abc import Iterable, Iterator

from scheduler.model.delivery import Delivery
from scheduler.model.finding import Finding, Severity
from scheduler.model.house import Quiet
from scheduler.planning.asking import span_of
from scheduler.planning.context import Context


def quieted(deliveries: Iterable[Delivery], context: Context) -> Iterator[Finding]:
    """Yields a warning for each delivery to come whose time is quiet; it goes out all the same, as its author may well mean it."""
    for delivery in deliveries if context.quiet else ():
        fact = context.facts.deliveries.get(delivery.id)
        if fact is None or not fact.settles(delivery.due.utc):
            local = delivery.due.local.replace(tzinfo=None)
            found = next((quiet for quiet in context.quiet if quiet.holds(local)), None)
            if found is not None:
                yield _told(delivery, found)


def _told(delivery: Delivery, quiet: Quiet) -> Finding:
    own = delivery.variant.when
    comes_again = delivery.post.repeat is not None and delivery.part.when is None
    when = "one of its times falls" if comes_again else f"{delivery.due.local:%Y-%m-%d %H:%M} falls"
    return Finding(
        rule="quiet-day",
        severity=Severity.WARNING,
        message=f"{when} into {f'“{quiet.name}”' if quiet.name else 'days or hours'} when nothing is to go out",
        path=delivery.post.path,
        span=own.span if own is not None else span_of(delivery.post, delivery.part),
        label="see [quiet] in _words.toml",
        consequence="it goes out all the same",
        fix="give it another time, or say why it is right:  allow: quiet-day  and  allow-because: …",
        part=delivery.part.name,
        account=delivery.account.name if own is not None else None,
    )
