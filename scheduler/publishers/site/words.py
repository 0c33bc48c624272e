"""The few words of a site that no author wrote, and its dates, in the site's language."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import regex
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time

from scheduler.publishers.site.items import Item

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "warning": "Content warning",
        "archive": "All posts by year",
        "tagged": "Posts with",
        "skip": "Skip to the posts",
        "feeds": "Follow",
    },
    "es": {
        "warning": "Aviso de contenido",
        "archive": "Todas las publicaciones por año",
        "tagged": "Publicaciones con",
        "skip": "Ir a las publicaciones",
        "feeds": "Seguir",
    },
    "de": {
        "warning": "Inhaltswarnung",
        "archive": "Alle Beiträge nach Jahr",
        "tagged": "Beiträge mit",
        "skip": "Zu den Beiträgen",
        "feeds": "Folgen",
    },
    "fr": {
        "warning": "Avertissement",
        "archive": "Toutes les publications par année",
        "tagged": "Publications avec",
        "skip": "Aller aux publications",
        "feeds": "Suivre",
    },
}
_LANGUAGE = regex.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_HEADLINE = 80


def words_in(language: str | None) -> Mapping[str, str]:
    """Returns the site's own words in a language, in English where we have none."""
    return _WORDS.get((language or "").lower().partition("-")[0], _WORDS["en"])


def language_tag(language: str | None) -> str:
    """Returns the language where it is a BCP 47 tag, otherwise nothing: an unknown language is better than a wrong one."""
    return language if language and _LANGUAGE.fullmatch(language) else ""


@lru_cache(maxsize=10_000)
def moment(published: str, zone: str) -> datetime:
    """Returns a time stamp of an item as local time in the site's zone."""
    return datetime.fromisoformat(published).astimezone(ZoneInfo(zone))


def date_in_words(when: datetime, language: str) -> str:
    """Returns a date and time as people of the language write it."""
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    return f"{format_date(when, 'long', locale)}, {format_time(when, 'short', tzinfo=when.tzinfo, locale=locale)}"


def headline(item: Item) -> str:
    """Returns one line that stands for the post in lists and titles: its warning, or the start of its text."""
    if item.content_warning:
        return f"{words_in(item.language)['warning']}: {_shortened(item.content_warning)}"
    candidates = (*item.text.splitlines(), *(image.alt for image in item.images))
    return _shortened(next((line for line in candidates if line.strip()), item.published[:10]))


def _shortened(text: str) -> str:
    clusters = regex.findall(r"\X", " ".join(text.split()))
    if len(clusters) <= _HEADLINE:
        return "".join(clusters)
    return "".join(clusters[: _HEADLINE - 1]).rsplit(" ", 1)[0].rstrip() + "…"
