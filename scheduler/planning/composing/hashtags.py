"""Which hashtags a post gets on a network."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from scheduler.model.delivery import Delivery
from scheduler.model.facets import tag_key
from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.house import HashtagSet
from scheduler.planning.context import Context
from scheduler.planning.targets import own

_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Tags:
    """Is the hashtags to add, without ``#``, by where they stand; and what is wrong with the way they are asked for."""

    end: tuple[str, ...] = ()
    inline: tuple[str, ...] = ()
    comment: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def tags_for(delivery: Delivery, context: Context) -> Tags:
    """Returns the hashtags of a delivery, each once; a name that is no set is a hashtag itself."""
    if delivery.story:
        return Tags()
    placed: dict[str, tuple[str, str]] = {}
    findings: list[Finding] = []
    for name in named(delivery):
        chosen = context.hashtag_sets.get(name)
        if chosen is None:
            findings.extend(_misspelt(delivery, name, context.hashtag_sets))
            placed.setdefault(tag_key(name.removeprefix("#")), ("end", name.removeprefix("#")))
        else:
            findings.extend((*_over(delivery, chosen), *_excluded(delivery, chosen)))
            for tag in _selected(chosen, delivery, context):
                placed.setdefault(tag_key(tag), (chosen.place, tag))
    by_place = {place: tuple(tag for where, tag in placed.values() if where == place) for place in ("end", "inline", "first-comment")}
    return Tags(by_place["end"], by_place["inline"], by_place["first-comment"], tuple(findings))


def named(delivery: Delivery) -> tuple[str, ...]:
    """Returns the sets and single hashtags that a delivery asks for: those of its section, else of its part, else of the post."""
    said = own(delivery.part, delivery.variant, "hashtags")
    return delivery.post.hashtags if said is None else tuple(name.strip() for name in said.split(",") if name.strip())


def _selected(chosen: HashtagSet, delivery: Delivery, context: Context) -> tuple[str, ...]:
    tags = chosen.networks.get(delivery.account.network, chosen.tags)
    if not _rotates(chosen, tags):
        return tags
    turn = {tag_key(tag) for tag in context.turns.get(delivery.id, ())}
    mine = tuple(tag for tag in tags if tag_key(tag) in turn)
    return mine or _least_lately(tags, chosen.rotate, _used(context))


def _used(context: Context) -> dict[str, datetime]:
    """Returns when each hashtag last went out, however it was spelt then: the ledger has them as they were written."""
    used: dict[str, datetime] = {}
    for tag, at in context.facts.hashtags_used.items():
        used[tag_key(tag)] = max(at, used.get(tag_key(tag), at))
    return used


def _rotates(chosen: HashtagSet, tags: tuple[str, ...]) -> bool:
    return 0 < chosen.rotate < len(tags)


def _least_lately(tags: tuple[str, ...], number: int, used: Mapping[str, datetime]) -> tuple[str, ...]:
    return tuple(sorted(tags, key=lambda tag: used.get(tag_key(tag), _EARLIEST))[:number])


def turns(deliveries: Iterable[Delivery], context: Context) -> Mapping[str, tuple[str, ...]]:
    """Returns for each delivery with rotating sets the hashtags whose turn it is: those that its account used least lately.

    Deliveries take turns in order of due time. What the ledger remembers of a delivery stays, so that sending one post
    does not change another that was shown already.
    """
    before = _used(context)
    used: dict[str, dict[str, datetime]] = {}
    chosen: dict[str, tuple[str, ...]] = {}
    for delivery in sorted(deliveries, key=lambda delivery: (delivery.due.utc, delivery.post.id, delivery.id)):
        last = used.setdefault(delivery.account.name, dict(before))
        picked = tuple(tag for tags, number in _rotating(delivery, context) for tag in _turn(delivery, tags, number, (context, last)))
        if picked:
            chosen[delivery.id] = picked
            last.update({tag_key(tag): max(delivery.due.utc, last.get(tag_key(tag), _EARLIEST)) for tag in picked})
    return chosen


def _rotating(delivery: Delivery, context: Context) -> Iterator[tuple[tuple[str, ...], int]]:
    for name in () if delivery.story else named(delivery):
        found = context.hashtag_sets.get(name)
        if found is not None:
            tags = found.networks.get(delivery.account.network, found.tags)
            if _rotates(found, tags):
                yield tags, found.rotate


def _turn(delivery: Delivery, tags: tuple[str, ...], number: int, at: tuple[Context, Mapping[str, datetime]]) -> tuple[str, ...]:
    context, last = at
    fact = context.facts.deliveries.get(delivery.id)
    spelt = {tag_key(tag): tag for tag in tags}
    known = (tag_key(tag) for tag in (fact.hashtags if fact is not None else ()))
    remembered = tuple(spelt[key] for key in known if key in spelt)
    return remembered if len(remembered) == number else _least_lately(tags, number, last)


def _excluded(delivery: Delivery, chosen: HashtagSet) -> Iterable[Finding]:
    names = {name.removeprefix("#").casefold() for name in named(delivery)}
    for other in chosen.never_with:
        if other.removeprefix("#").casefold() in names:
            yield _finding(
                delivery,
                "hashtags-exclude-each-other",
                f"the hashtag set “{chosen.name}” never goes with “{other}”",
                fix=f"take “{chosen.name}” or “{other}” out of hashtags:",
            )


def _over(delivery: Delivery, chosen: HashtagSet) -> Iterable[Finding]:
    if chosen.until is not None and delivery.due.local.replace(tzinfo=None) > chosen.until:
        yield _finding(
            delivery,
            "hashtag-set-over",
            f"the hashtag set “{chosen.name}” ended on {chosen.until:%Y-%m-%d}, before this post goes out",
            fix=f"take “{chosen.name}” out of hashtags:, or give the set a later  until =",
        )


def _misspelt(delivery: Delivery, name: str, sets: Mapping[str, HashtagSet]) -> Iterable[Finding]:
    spelt = {known.casefold(): known for known in sets}
    close = [spelt[known] for known in difflib.get_close_matches(name.casefold(), spelt, n=1, cutoff=0.75)]
    if close and not any(name in found.tags for found in sets.values()):
        yield _finding(
            delivery,
            "unknown-hashtag-set",
            f"there is no hashtag set “{name}”",
            label=f"did you mean “{close[0]}”?",
            fix=f"{close[0]}",
        )


def _finding(delivery: Delivery, rule: str, message: str, *, label: str = "", fix: str) -> Finding:
    path, span = delivery.post.path, delivery.post.spans.get("hashtags", Span())
    if "hashtags" in delivery.variant.settings:
        path, span = delivery.path, delivery.variant.span
    elif "hashtags" in delivery.part.settings:
        span = delivery.part.span
    return Finding(rule=rule, severity=Severity.ERROR, message=message, path=path, span=span, label=label, fix=fix)
