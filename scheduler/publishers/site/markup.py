"""Turns the words of a post, which may be hostile, into HTML and XML that shows exactly these words."""

import re
from collections.abc import Iterator
from functools import lru_cache

from markupsafe import Markup, escape

from scheduler.model.outgoing import Facet
from scheduler.publishers.files import safe_name

_WEB = re.compile(r"https?://[^\s\x00-\x20\x7f-\x9f]+", re.IGNORECASE)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_HTML = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


def html_text(text: str) -> Markup:
    """Returns text that a browser reads back to the code point; only NUL, which HTML has no way to say, becomes U+FFFD."""
    escaped = str(escape(_NOT_HTML.sub(_REPLACEMENT, text)))
    return Markup(escaped.replace("\r", "&#13;"))  # noqa: S704 - the text was escaped here


def xml_text(text: str) -> str:
    """Returns text for XML 1.0; each character that XML forbids becomes U+FFFD, in plain sight."""
    return str(escape(_NOT_XML.sub(_REPLACEMENT, text))).replace("\r", "&#13;")


def web_address(value: str) -> str:
    """Returns the address where it is one of the web, otherwise nothing: no script and no file is ever linked."""
    return value if _WEB.fullmatch(value) else ""


@lru_cache(maxsize=10_000)
def tag_page(tag: str) -> str:
    """Returns the path of a hashtag's page; the tag's case does not matter."""
    return f"tags/{safe_name(tag.casefold())}.html"


def stretches(text: str, facets: tuple[Facet, ...], root: str) -> Iterator[tuple[str, str]]:
    """Yields the whole text in pieces, each with the address it links to or none.

    A facet that lies outside the text or over another is passed over. ``root`` leads to the site's folder.
    """
    done = 0
    for facet in sorted(facets, key=lambda facet: (facet.start, facet.end)):
        address = tag_address(facet, root)
        if not address or not done <= facet.start < facet.end <= len(text):
            continue
        if done < facet.start:
            yield text[done : facet.start], ""
        yield text[facet.start : facet.end], address
        done = facet.end
    if done < len(text):
        yield text[done:], ""


def tag_address(facet: Facet, root: str) -> str:
    """Returns where a facet leads: a link to the web, a hashtag to its page, anything else nowhere."""
    if facet.kind == "tag" and facet.value.removeprefix("#"):
        return root + tag_page(facet.value.removeprefix("#"))
    return web_address(facet.value) if facet.kind == "link" else ""
