"""Links, hashtags and mentions inside a text."""

import unicodedata

import regex

from scheduler.model.outgoing import Facet

# A sentence's own punctuation after an address is not part of it; a closing bracket is only where one was opened inside. Quotation marks
# of all languages, the signs that East Asian sentences are cut by, and marks of direction that nobody sees end an address at once.
_LINK = regex.compile(
    r"https?://[^\s<>\"“”„‟«»‹›\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u3001-\u3003\u3008-\u3011\u3014-\u301f！，：；？（）｡｢｣､]+",
    regex.IGNORECASE,
)
_TAG = regex.compile(r"(?<![\w#＃&/])[#＃]((?=[\w·]*\p{L})[\w·\u200c]+)")
_MENTION = regex.compile(r"(?<![\w@/.])@([\w][\w.-]*[\w]|\w)(@[\w-]+(?:\.[\w-]+)+)?")


def facets_of(text: str) -> tuple[Facet, ...]:
    """Returns the links, hashtags and mentions of a text in order; none overlap, positions count code points."""
    links = [_link(match.group(), match.start()) for match in _LINK.finditer(text)]
    taken = [(facet.start, facet.end) for facet in links]
    others = [Facet("tag", match.start(), match.end(), match[1]) for match in _TAG.finditer(text)]
    others += [Facet("mention", match.start(), match.end(), match.group()[1:]) for match in _MENTION.finditer(text)]
    free = [facet for facet in others if not any(start < facet.end and facet.start < end for start, end in taken)]
    return tuple(sorted([*links, *free], key=lambda facet: facet.start))


def tag_key(tag: str) -> str:
    """Returns what is the same for spellings that networks take for one hashtag: small letters, accents composed."""
    return unicodedata.normalize("NFC", tag.casefold())


def _link(found: str, start: int) -> Facet:
    address = found
    while address and (address[-1] in ".,;:!?'’*_" or (address[-1] in ")]}" and not _opened(address))):
        address = address[:-1]
    return Facet("link", start, start + len(address), address)


def _opened(address: str) -> bool:
    closing = address[-1]
    opening = {")": "(", "]": "[", "}": "{"}[closing]
    return address.count(opening) >= address.count(closing)
