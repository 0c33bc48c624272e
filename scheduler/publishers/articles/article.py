"""Turns a post into an article: a title, a name for its address, and HTML in which nothing of the text is markup."""

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from scheduler.model.outgoing import Facet, Outgoing

_LONGEST_TITLE, _LONGEST_WORDS = 80, 50
_MADE_OVER = re.compile(
    r"""[&<>\["'`]|-(?=[-\s]|$)|(?<=-)-|\.(?=\.)|(?<=\.)\.|(?<=[0-9])x(?=[0-9])|\((?=tm\))|(?<!\S)(?:[:;](?=\S)|8(?=[-)O]))"""
    r"""|(?<=Word)p(?=ress)"""
)
_TAKEN_OUT = re.compile(r"<|&(?=#?\w+;)|%(?=[0-9A-Fa-f]{2})")
_IN_ADDRESS = str.maketrans({"[": "&#91;", "]": "&#93;"})


@dataclass(frozen=True, slots=True)
class Shown:
    """Is a picture or a film in the site's library."""

    number: str
    address: str
    alt: str
    film: bool = False


def title(text: str) -> str:
    """Returns the first line, cut at a word where it is long."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if len(first) <= _LONGEST_TITLE:
        return _typed(first)
    cut = first[: _LONGEST_TITLE - 1]
    return _typed(f"{cut.rpartition(' ')[0] or cut}…")


def slug(outgoing: Outgoing) -> str:
    """Returns the article's name: some of its first words, and the delivery's own name, so that no two articles share one."""
    first = next((line for line in outgoing.text.splitlines() if line.strip()), "")
    plain = unicodedata.normalize("NFKD", first).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_WORDS].strip("-")
    return f"{words}-{outgoing.delivery}" if words else outgoing.delivery


def content(outgoing: Outgoing, pictures: Sequence[Shown]) -> str:
    """Returns the text as paragraphs with its links, then the pictures and films with their descriptions."""
    text = _linked(outgoing.text, outgoing.facets).strip("\n")
    paragraphs = [each.replace("\n", "<br>\n") for each in re.split(r"\n{2,}", text) if each.strip()]
    figures = [_film(each) if each.film else _picture(each) for each in pictures]
    return "\n\n".join([*(f"<p>{each}</p>" for each in paragraphs), *figures])


def _picture(shown: Shown) -> str:
    return (
        f'<figure class="wp-block-image"><img src="{_address(shown.address)}" alt="{_typed(shown.alt)}"'
        f' class="wp-image-{shown.number}"></figure>'
    )


def _film(shown: Shown) -> str:
    """Returns a film as the site's own block of that kind, written as its editor writes it, which finds fault with anything else.

    The block has no description that is only heard: a caption names the figure for screen readers, and is read by everybody.
    """
    words = f'<figcaption class="wp-element-caption">{_typed(" ".join(shown.alt.split()))}</figcaption>' if shown.alt.strip() else ""
    figure = f'<figure class="wp-block-video"><video controls src="{_address(shown.address)}"></video>{words}</figure>'
    return f'<!-- wp:video {{"id":{shown.number}}} -->\n{figure}\n<!-- /wp:video -->'


def described(shown: Shown) -> dict[str, str]:
    """Returns the description of a picture or film for the library, whose own page of a film shows another field than that of a picture."""
    words = {"alt_text": in_library(shown.alt)}
    return {**words, "description": _typed(shown.alt)} if shown.film else words


def in_library(alt: str) -> str:
    """Returns a description as the library has to be given it, so that visitors are shown what was typed.

    It takes markup and signs of addresses (``%2B``) out, and one of two backslashes (``sanitize_text_field`` and ``wp_unslash`` of the
    software); what stands there as HTML is left alone when it is shown. Line breaks become spaces.
    """
    return _TAKEN_OUT.sub(lambda found: f"&#{ord(found.group())};", alt).replace("\\", "\\\\")


def _linked(text: str, facets: Sequence[Facet]) -> str:
    links = sorted((facet for facet in facets if _is_link(facet, text)), key=lambda facet: facet.start)
    kept = [facet for number, facet in enumerate(links) if number == 0 or facet.start >= links[number - 1].end]
    cuts = [0, *(place for facet in kept for place in (facet.start, facet.end)), len(text)]
    pieces = []
    for number, (start, end) in enumerate(pairwise(cuts)):
        words = _typed(text[start:end])
        pieces.append(f'<a href="{_address(kept[number // 2].value)}">{words}</a>' if number % 2 else words)
    return "".join(pieces)


def _address(address: str) -> str:
    """Returns an address as it stands in an attribute; a word in brackets is run as a shortcode there, too, and taken out."""
    return html.escape(address).translate(_IN_ADDRESS)


def _typed(text: str) -> str:
    """Returns text that is shown as it was typed; a word in brackets is no shortcode, which the site would run.

    Sites also make other signs of dashes, dots, straight quotation marks, an x between figures, and faces, and write the name of
    their own software their way (``wptexturize``, ``convert_smilies`` and ``capital_P_dangit`` of that software): written by their
    numbers, they are left alone.
    """
    return _MADE_OVER.sub(lambda found: f"&#{ord(found.group())};", text)


def _is_link(facet: Facet, text: str) -> bool:
    return facet.kind == "link" and 0 <= facet.start < facet.end <= len(text) and facet.value.lower().startswith(("https://", "http://"))
