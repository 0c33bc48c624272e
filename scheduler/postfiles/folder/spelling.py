"""One spelling of each hashtag: what the sets of the house write is what every post says."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from scheduler.model.facets import tag_key
from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.post import Part, Post
from scheduler.postfiles.house.files import House
from scheduler.postfiles.lines.slips import Mend, Slip
from scheduler.postfiles.names import Names
from scheduler.postfiles.parsing import Parsed
from scheduler.postfiles.text.tags import Typed, words_in

_COMMENT = "first-comment"
_TAGS = "hashtags"
_ONE = "; networks take both for one hashtag, and screen readers go by its capitals"


def spelt(names: Sequence[str], house: House) -> tuple[str, ...]:
    """Returns the names of a post’s hashtags, single ones as the sets spell them; what could be meant as a set’s name stays as it is."""
    if not house.spellings:
        return tuple(names)
    sets = {name.casefold() for name in house.hashtags.known}
    return tuple(name if name.casefold() in sets else house.spellings.get(tag_key(name.removeprefix("#")), name) for name in names)


def respelt(part: Part, house: House) -> Part:
    """Returns the part with the hashtags of its own and of its sections spelt so."""
    if not any(_TAGS in settings for settings in (part.settings, *(text.settings for text in part.variants))):
        return part
    texts = tuple(replace(text, settings=_respelt(text.settings, house)) if _TAGS in text.settings else text for text in part.variants)
    return replace(part, variants=texts, settings=_respelt(part.settings, house))


def _respelt(settings: Mapping[str, str], house: House) -> Mapping[str, str]:
    return {**settings, _TAGS: ", ".join(spelt(listed(settings[_TAGS]), house))} if _TAGS in settings else settings


def listed(words: str) -> tuple[str, ...]:
    """Returns the hashtags of a list in words, without their signs."""
    return tuple(name for word in words.split(",") if (name := word.strip().removeprefix("#")))


def every_tag(post: Post) -> tuple[str, ...]:
    """Returns all that a post and its parts and sections name as hashtags."""
    below = (settings for part in post.parts for settings in (part.settings, *(text.settings for text in part.variants)))
    return (*post.hashtags, *(name for settings in below for name in listed(settings.get(_TAGS, ""))))


def misspelt(texts: Iterable[Parsed], settings: Iterable[Parsed], names: Names, spellings: Mapping[str, str]) -> Iterator[Finding]:
    """Yields a warning for each hashtag that is typed otherwise than a set spells it: in the texts, and in the first comment set on top.

    ``settings`` are the post’s own file and then those of its folders: the first that has the comment counts.
    """
    if not spellings:
        return
    for parsed in texts:
        typed = ((part.name, variant) for part in parsed.parts for variant in part.variants if variant.tags)
        for part, variant in typed:
            slips = ((tag, _otherwise(tag, spellings)) for tag in variant.tags)
            yield from (names.scope(slip.found(parsed.path, tag.span, part), variant.target) for tag, slip in slips if slip is not None)
    commented = next((parsed for parsed in settings if _COMMENT in parsed.entries), None)
    if commented is not None:
        slips = ((tag, _otherwise(tag, spellings)) for tag in _in_comment(commented))
        yield from (slip.found(commented.path, tag.span) for tag, slip in slips if slip is not None)


def _in_comment(parsed: Parsed) -> Iterator[Typed]:
    entry = parsed.entries[_COMMENT]
    for start, word in words_in(entry.text):
        column = entry.span.column + start
        place = Span(entry.span.line, column, column + len(word)) if entry.as_typed else entry.span
        yield Typed(word, place, certain=entry.as_typed)


def _otherwise(tag: Typed, spellings: Mapping[str, str]) -> Slip | None:
    """Returns the warning about another spelling; that of another length of letters, as ß and ss, is mended only when asked."""
    right = spellings.get(tag_key(tag.word))
    if right is None or unicodedata.normalize("NFC", tag.word) == unicodedata.normalize("NFC", right):
        return None
    is_case = _small(tag.word) == _small(right)
    return Slip(
        rule="hashtag-spelling",
        severity=Severity.WARNING,
        message=f"“#{tag.word}” is spelt “#{right}” in the hashtag sets",
        label="another spelling than everywhere else",
        consequence=f"it goes out as it stands here{_ONE if is_case else ''}",
        fix=f"#{right}",
        mend=Mend(right, safe=is_case) if tag.certain else None,
    )


def _small(word: str) -> str:
    return unicodedata.normalize("NFC", word.lower())
