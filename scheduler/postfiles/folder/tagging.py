"""The hashtags that a post names: sets of the house that can be read, or words that networks take for a hashtag."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from scheduler.model.finding import Finding
from scheduler.model.house import HashtagSet
from scheduler.postfiles.folder.spelling import listed
from scheduler.postfiles.house.entries import Entries
from scheduler.postfiles.house.hashtags import camel_case, is_hashtag, pieces
from scheduler.postfiles.lines.slips import Mend, Slip, shown
from scheduler.postfiles.names import Names
from scheduler.postfiles.parsing import Parsed
from scheduler.postfiles.settings.clearing import said

_ALMOST = 0.75


def wrong_tags(names: Sequence[str], sets: Entries[HashtagSet]) -> Iterator[tuple[int, Slip]]:
    """Yields the place in the list and the slip of each name that stands for no hashtags; one much like a set's is judged in planning."""
    lost = next((index for index, name in enumerate(names) if sets.lost(name)), None)
    if lost is not None:
        yield lost, _unreadable(names[lost])
    for index, name in enumerate(names):
        if name in sets.known or sets.lost(name) or is_hashtag(name):
            continue
        if not difflib.get_close_matches(name, list(sets.known), n=1, cutoff=_ALMOST):
            yield index, _broken(name)


def wrong_tags_below(parsed: Parsed, sets: Entries[HashtagSet], names: Names) -> Iterator[Finding]:
    """Yields the same as findings for the lists that stand below the headings of a file."""
    for part in parsed.parts:
        for entries, target in ((part.entries, None), *((variant.entries, variant.target) for variant in part.variants)):
            entry = entries.get("hashtags")
            if entry is None:
                continue
            tags = listed(said("hashtags", entry.value))
            for index, slip in wrong_tags(tags, sets):
                span = entry.item(index, tags[index])
                alone = span != entry.span or entry.text == tags[index]
                yield names.scope((slip if alone else replace(slip, mend=None)).found(parsed.path, span, part.name), target)


def _broken(name: str) -> Slip:
    several, one = pieces(name), camel_case(name)
    apart = " " in name and len(several) > 1 and all(is_hashtag(piece) for piece in several)
    joined = one if is_hashtag(one) else ""
    return Slip(
        rule="hashtag-broken",
        message=f"“{shown(name)}” cannot be a hashtag",
        label=_why(name, apart=apart),
        consequence="networks would cut it off, so the post is held",
        fix=f"{', '.join(several)}  or  {one}" if apart else joined or "delete it, or write a word such as MayDay",
        mend=Mend(joined, safe=False) if joined and not apart else None,
    )


def _why(name: str, *, apart: bool) -> str:
    if apart:
        return "a comma belongs between two hashtags, and no blank into one"
    return "a hashtag has letters, digits and _ alone" if any(sign.isalpha() for sign in name) else "a hashtag needs a letter"


def _unreadable(name: str) -> Slip:
    return Slip(
        rule="hashtags-unreadable",
        message=f"the hashtags “{shown(name)}” cannot be looked up",
        label="the file with the hashtag sets has a mistake",
        consequence="wrong tags could go out, so the post is held",
        fix="mend the hashtag sets first",
    )
