"""Draws the pages of a site from its items; pure but for the templates, which are read once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from scheduler.publishers.site import markup, words
from scheduler.publishers.site.items import Image, Item

MARKER = "scheduler site"
NEWEST_ON_INDEX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Is what all pages and feeds of a site share; ``url`` is empty or ends in a slash, ``zone`` is an IANA name."""

    title: str
    url: str = ""
    language: str = "en"
    zone: str = "UTC"


def index(site: Site, items: Sequence[Item], years: Sequence[int]) -> bytes:
    """Returns the front page: the newest posts in full, and the way to all the others."""
    articles = [_article(site, item, "", "h2") for item in items[:NEWEST_ON_INDEX]]
    return _drawn("index.html", site, root="", years=years, articles=articles, heading="").encode()


def post(site: Site, item: Item) -> bytes:
    """Returns the page of one post."""
    article = _article(site, item, "../", "h1")
    return _drawn("post.html", site, root="../", years=(), item=item, article=article, heading=words.headline(item)).encode()


def year(site: Site, items: Sequence[Item], number: int) -> bytes:
    """Returns the list of a year's posts."""
    return _list(site, items, str(number))


def tag(site: Site, items: Sequence[Item], name: str) -> bytes:
    """Returns the list of the posts that carry a hashtag."""
    return _list(site, items, f"{words.words_in(site.language)['tagged']} #{name}")


def content_html(item: Item, root: str) -> str:
    """Returns a post as HTML for feed readers: no style, pictures and films described. ``root`` leads to the site's folder."""
    passages = []
    for language, pieces in _passages(item, root):
        text = "".join(_linked(*piece) for piece in pieces).replace("\n", "<br>\n")
        passages.append(text if language == item.language else f"<span{_lang(language)}>{text}</span>")
    return "<p>" + "".join(passages) + "</p>" + "".join(_shown(image, root) for image in item.images)


def _linked(text: str, address: str) -> str:
    return f'<a href="{markup.html_text(address)}">{markup.html_text(text)}</a>' if address else str(markup.html_text(text))


def _shown(image: Image, root: str) -> str:
    """Returns a picture or a film as HTML; a reader that shows no films shows the way to it."""
    address, said = f"{markup.html_text(root)}media/{image.file}", markup.html_text(image.alt)
    frame = f'src="{address}" width="{image.width}" height="{image.height}"{_lang(image.language) if image.language else ""}'
    if not image.is_film:
        return f'<p><img {frame} alt="{said}"></p>'
    return f'<p><video controls preload="metadata" {frame} aria-label="{said}"><a href="{address}">{said or image.file}</a></video></p>'


def _lang(language: str | None) -> str:
    return f' lang="{words.language_tag(language)}"'


def _passages(item: Item, root: str) -> Iterator[tuple[str | None, Iterator[tuple[str, str]]]]:
    """Yields the text in stretches of one language, each as its pieces with the addresses that they link to."""
    cuts = [0, *(answer.start for answer in item.answers), len(item.text)]
    languages = [item.language, *(answer.language for answer in item.answers)]
    for language, (start, end) in zip(languages, pairwise(cuts), strict=True):
        inside = (facet for facet in item.facets if start <= facet.start and facet.end <= end)
        facets = tuple(replace(facet, start=facet.start - start, end=facet.end - start) for facet in inside)
        yield language, markup.stretches(item.text[start:end], facets, root)


def _list(site: Site, items: Sequence[Item], heading: str) -> bytes:
    rows = [_row(site, item) for item in items]
    return _drawn("list.html", site, root="../", years=(), rows=rows, heading=heading).encode()


# A post never changes: what was drawn of it for one page serves the next pages too.
@lru_cache(maxsize=4 * NEWEST_ON_INDEX)
def _article(site: Site, item: Item, root: str, level: str) -> Markup:
    return _drawn("article.html", site, item=item, root=root, level=level)


@lru_cache(maxsize=10_000)
def _row(site: Site, item: Item) -> Markup:
    return _drawn("row.html", site, item=item, root="../")


def _drawn(template: str, site: Site, **values: object) -> Markup:
    tools = {
        "site": site,
        "ui": words.words_in(site.language),
        "marker": MARKER,
        "style": _style(),
        "headline": words.headline,
        "card": lambda item: markup.web_address(item.link_card.url) if item.link_card else "",
        "host": lambda item: urlsplit(item.link_card.url).hostname or "",
        "date": lambda item: words.date_in_words(words.moment(item.published, site.zone), site.language),
        "passages": _passages,
        "warning": lambda item: words.words_in(item.language or site.language)["warning"],
    }
    return Markup(_environment().get_template(template).render(tools | values))  # noqa: S704 - the templates escape each word


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("scheduler.publishers.site"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["words"] = markup.html_text
    environment.filters["tag"] = words.language_tag
    return environment


@cache
def _style() -> Markup:
    text = files("scheduler.publishers.site").joinpath("templates/style.css").read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704 - the file is our own
