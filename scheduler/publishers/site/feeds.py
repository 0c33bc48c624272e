"""Writes the feeds of a site: Atom (RFC 4287) and JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

import json
import uuid
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from scheduler.publishers.site import words
from scheduler.publishers.site.items import Image, Item
from scheduler.publishers.site.markup import web_address, xml_text
from scheduler.publishers.site.pages import MARKER, Site, content_html

NEWEST_IN_FEEDS = 100


def atom(site: Site, items: Sequence[Item]) -> bytes:
    """Returns the Atom feed of the newest posts; texts are plain, pictures and films are enclosures with the alt text as title."""
    newest = items[:NEWEST_IN_FEEDS]
    updated = newest[0].published if newest else "1970-01-01T00:00:00Z"
    title = xml_text(site.title)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{xml_text(site.language)}">',
        f"<generator>{MARKER}</generator>",
        f"<id>{xml_text(_feed_id(site))}</id>",
        f"<title>{title}</title>",
        f"<updated>{updated}</updated>",
        f"<author><name>{title}</name></author>",
        f'<link rel="self" type="application/atom+xml" href="{xml_text(site.url)}feed.atom"/>',
        f'<link rel="alternate" type="text/html" href="{xml_text(site.url)}index.html"/>',
        *(_entry(site, item) for item in newest),
        "</feed>",
    ]
    return "\n".join(lines).encode() + b"\n"


@lru_cache(maxsize=2 * NEWEST_IN_FEEDS)
def _entry(site: Site, item: Item) -> str:
    language = words.language_tag(item.language)
    root = xml_text(site.url)
    warning = f'<summary type="text">{xml_text(words.headline(item))}</summary>' if item.content_warning else ""
    parts = [
        f'<entry xml:lang="{language}">',
        f"<id>{xml_text(item.id)}</id>",
        f'<title type="text">{xml_text(words.headline(item))}</title>',
        f"<published>{item.published}</published>",
        f"<updated>{item.published}</updated>",
        f'<link rel="alternate" type="text/html" href="{root}{item.page}"/>',
        *(
            f'<link rel="enclosure" type="{xml_text(image.mime)}" length="{image.bytes}"'
            f' href="{root}media/{image.file}" title="{xml_text(image.alt)}"{_in_language(image)}/>'
            for image in item.images
        ),
        *(f'<category term="{xml_text(tag)}"/>' for tag in item.tags),
        warning,
        f'<content type="text">{xml_text(item.text)}</content>',
        "</entry>",
    ]
    return "\n".join(part for part in parts if part)


def _in_language(image: Image) -> str:
    return f' xml:lang="{words.language_tag(image.language)}"' if image.language else ""


def json_feed(site: Site, items: Sequence[Item]) -> bytes:
    """Returns the JSON Feed of the newest posts; ``content_text`` is the post's text to the code point."""
    frame = {
        "version": "https://jsonfeed.org/version/1.1",
        "_scheduler": {"about": MARKER},
        "title": site.title,
        **({"home_page_url": site.url, "feed_url": f"{site.url}feed.json"} if site.url else {}),
        "language": site.language,
        "authors": [{"name": site.title}],
    }
    opened = json.dumps(frame, ensure_ascii=False, indent=1).removesuffix("\n}")
    entries = ",\n".join(_json_entry(site, item) for item in items[:NEWEST_IN_FEEDS])
    return f'{opened},\n "items": [\n{entries}\n ]\n}}\n'.encode()


@lru_cache(maxsize=2 * NEWEST_IN_FEEDS)
def _json_entry(site: Site, item: Item) -> str:
    return json.dumps(_json_item(site, item), ensure_ascii=False, indent=1)


def _json_item(site: Site, item: Item) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": item.id,
        "url": site.url + item.page,
        "content_text": item.text,
        "content_html": content_html(item, site.url),
        "date_published": item.published,
        "_scheduler": {"delivery": item.delivery, "content_warning": item.content_warning},
    }
    if item.language:
        entry["language"] = item.language
    if item.content_warning:
        entry["summary"] = words.headline(item)
    if item.tags:
        entry["tags"] = list(item.tags)
    if item.link_card and web_address(item.link_card.url):
        entry["external_url"] = item.link_card.url
    if item.cover:
        entry["image"] = f"{site.url}media/{item.cover.file}"
    if item.images:
        entry["attachments"] = [_attachment(site, image) for image in item.images]
    return entry


def _attachment(site: Site, image: Image) -> dict[str, Any]:
    known = {"alt": image.alt, "width": image.width, "height": image.height}
    return {
        "url": f"{site.url}media/{image.file}",
        "mime_type": image.mime,
        "size_in_bytes": image.bytes,
        "_scheduler": {**known, "language": image.language} if image.language else known,
    }


def _feed_id(site: Site) -> str:
    return f"{site.url}feed.atom" if site.url else f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, 'scheduler:' + site.title)}"
