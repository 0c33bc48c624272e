"""The hashtags that an author typed into a text, each with its place in the file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scheduler.model.facets import facets_of
from scheduler.model.finding import Span
from scheduler.postfiles.lines.source import Source
from scheduler.postfiles.text.notes import Line


@dataclass(frozen=True, slots=True)
class Typed:
    """Is a hashtag without its sign; ``span`` is where its word stands, ``certain`` whether nothing else stands in it."""

    word: str
    span: Span
    certain: bool = True


def tags_in(source: Source, lines: Iterable[Line]) -> tuple[Typed, ...]:
    """Returns the hashtags of a text; one that a placeholder goes on is another word when it is sent."""
    found: list[Typed] = []
    for line in lines:
        for start, word in words_in(line.text):
            end = start + len(word)
            found.append(Typed(word, source.span(line.index, *line.stretch(start, end)), line.is_whole(start, end)))
    return tuple(found)


def words_in(text: str) -> Iterator[tuple[int, str]]:
    """Yields where the word of each hashtag begins, behind its sign, and the word."""
    for facet in facets_of(text) if "#" in text or "＃" in text else ():
        if facet.kind == "tag" and text[facet.end : facet.end + 1] != "{" and text[: facet.start][-1:] != "}":
            yield facet.start + 1, facet.value
