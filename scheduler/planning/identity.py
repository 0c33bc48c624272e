"""Which post file is which post of the ledger, also after it was renamed."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import chain, count

from scheduler.model.delivery import Fact, Facts, Source, State
from scheduler.model.post import At, Post
from scheduler.planning.asking import Ask
from scheduler.planning.context import Context
from scheduler.planning.present import Present
from scheduler.planning.times.walltime import Gap, resolve

WINDOW = timedelta(minutes=10)
"""How long after a file was first missed a new one may still be taken for it: programs that sync delete first and write later."""

ALIKE = 0.9
"""How much of the words two files share, as difflib measures it, to be one file with a new name."""

MEMORY = 4_000
"""How many characters of a file are remembered to recognise it by."""


def words_of(post: Post) -> str:
    """Returns what a post is recognised by: the beginning of all texts of its own file; those of languages are renamed after it."""
    texts = (variant.text for part in post.parts for variant in part.variants if not variant.source)
    return "\n".join((post.title, *texts))[:MEMORY]


def identities(posts: Iterable[Post], present: frozenset[str], context: Context, now: Present) -> Mapping[str, str]:
    """Returns for each post, by its id, the name under which the ledger knows its deliveries; a new post goes by its own id.

    A post is known by the ``id:`` in its file, the one that had it under the same name first, else by its path, else as the file that
    vanished when it came and that it equals.
    ``present`` are the ids of all files there are, also of those that cannot be read just now.
    """
    sources = context.facts.sources
    waiting, found, taken = list(posts), dict[str, str](), set[str]()
    for rule in (_by_key_and_path(sources.values()), _by_key(context.facts), _by_path(sources.values())):
        for post in waiting:
            source = rule(post)
            if source is not None and source.identity not in taken:
                found[post.id] = source.identity
                taken.add(source.identity)
        waiting = [post for post in waiting if post.id not in found]
    vanished = [source for source in sources.values() if source.identity not in taken and _is_lost(source, present, now)]
    taken.update(sources)
    for post in waiting:
        twin = _twin(post, vanished, context)
        if twin is not None:
            vanished.remove(twin)
        found[post.id] = twin.identity if twin is not None else _unused(post.id, taken)
        taken.add(found[post.id])
    return found


def _by_key_and_path(sources: Iterable[Source]) -> Callable[[Post], Source | None]:
    known = {(source.key, source.post): source for source in sources if source.key}
    return lambda post: known.get((post.key, post.id))


def _by_key(facts: Facts) -> Callable[[Post], Source | None]:
    """Knows each key by one file; where a copy had it as well, by the one of which something is out."""
    known: dict[str, list[Source]] = {}
    for source in facts.sources.values():
        if source.key:
            known.setdefault(source.key, []).append(source)

    def rule(post: Post) -> Source | None:
        twins = known.get(post.key, [])
        if len(twins) > 1:
            out = {fact.post for fact in facts.deliveries.values() if not fact.state.is_open}
            twins = [source for source in twins if source.post in out] or twins
        return twins[-1] if twins else None

    return rule


def _by_path(sources: Iterable[Source]) -> Callable[[Post], Source | None]:
    known = {source.post: source for source in sources}

    def rule(post: Post) -> Source | None:
        source = known.get(post.id)
        return source if source is not None and (not post.key or source.key in {"", post.key}) else None

    return rule


def _is_lost(source: Source, present: frozenset[str], now: Present) -> bool:
    return source.post not in present and (source.gone_at is None or now <= source.gone_at + WINDOW)


def _unused(name: str, taken: set[str]) -> str:
    """Returns the name, with a number behind it where a renamed file still goes by it."""
    numbered = (f"{name}~{number}" for number in count(2))
    return next(free for free in chain((name,), numbered) if free not in taken)


def _twin(post: Post, vanished: list[Source], context: Context) -> Source | None:
    same = next((source for source in vanished if source.sha256 == post.sha256), None)
    if same is not None:
        return same
    words = words_of(post)
    alike = [(likeness, source) for source in vanished if (likeness := _likeness(words, source.text)) >= ALIKE]
    likely = [(likeness, source) for likeness, source in alike if not _is_next(post, source, context)]
    return max(likely, key=lambda item: (item[0], item[1].identity))[1] if likely else None


def _likeness(one: str, other: str) -> float:
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    quick = min(matcher.real_quick_ratio(), matcher.quick_ratio())
    return matcher.ratio() if quick >= ALIKE else quick


def _is_next(post: Post, source: Source, context: Context) -> bool:
    """Tells whether the post is one like the vanished post, for another day: that one is out, and this one must go out too."""
    out = {fact.due for fact in context.facts.deliveries.values() if fact.post == source.post and fact.state is State.SENT}
    times = (resolve(part.when.local, context.zone(post)) for part in post.parts if isinstance(part.when, At))
    asked = {moment.utc for moment in times if not isinstance(moment, Gap)}
    return bool(out and asked) and not out & asked


class History:
    """Is what the ledger knows, by post."""

    def __init__(self, facts: Facts) -> None:
        self._sources = facts.sources
        self._by_post: dict[str, list[Fact]] = {}
        for fact in facts.deliveries.values():
            self._by_post.setdefault(fact.post, []).append(fact)

    def of(self, ask: Ask) -> Iterator[Fact]:
        """Yields the repeated deliveries of a part on an account, in order of due time."""
        label = ask.label
        facts = self._named(ask.post, ask.identity)
        mine = (fact for fact in facts if fact.occurrence and fact.part == label and fact.account == ask.account.name)
        yield from sorted(mine, key=lambda fact: fact.due)

    def labels(self, post: Post, identity: str) -> frozenset[str]:
        """Returns the occurrences of a post that the ledger knows."""
        return frozenset(fact.occurrence for fact in self._named(post, identity) if fact.occurrence)

    def out(self, post: Post, identity: str) -> frozenset[str]:
        """Returns those of them that are out, or may be."""
        return frozenset(fact.occurrence for fact in self._named(post, identity) if fact.occurrence and not fact.state.is_open)

    def _named(self, post: Post, identity: str) -> list[Fact]:
        source = self._sources.get(identity)
        return self._by_post.get(source.post if source is not None else post.id, [])
