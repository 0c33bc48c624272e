"""Categories and tags of a site: the account's categories are looked up by name, a post's hashtags become tags.

Source: "Categories" and "Tags" (WP-API/docs, 2025-06-04).
"""

import html
from collections.abc import Iterable

from scheduler.model.outcome import Refused
from scheduler.model.outgoing import Outgoing
from scheduler.publishers import fields
from scheduler.publishers.articles.rest import Site, SiteTrouble
from scheduler.publishers.exchange import Call

_MOST = "100"
_LONGEST = 200
"""Is how many characters the name of a tag may have (``wp_terms`` of the software's database schema)."""


def category_numbers(site: Site, names: Iterable[str]) -> list[int]:
    """Returns the numbers of categories; raises SiteTrouble, also where the site has none of that name."""
    return [_category(site, name) for name in names]


def tag_numbers(site: Site, outgoing: Outgoing) -> list[int]:
    """Returns the numbers of the tags that a post's hashtags are, made where the site has none yet; raises SiteTrouble.

    Of two spellings that differ in capitals alone, the first is the tag. A name longer than a tag's may be is none.
    """
    names: dict[str, str] = {}
    for facet in outgoing.facets:
        if facet.kind == "tag" and len(facet.value) <= _LONGEST:
            names.setdefault(facet.value.casefold(), facet.value)
    found = (_found(site, "tags", name) or _made(site, name) for name in names.values())
    return list(dict.fromkeys(found))


def _category(site: Site, name: str) -> int:
    number = _found(site, "categories", name)
    if not number:
        sentence = f"The website has no category “{name}”; make it there, or mend  categories  of this account."
        raise SiteTrouble(Refused(sentence, permanent=False, kind="auth"))
    return number


def _found(site: Site, kind: str, name: str) -> int:
    """Returns the number of a term by its name, which the site keeps, and looks for, as HTML; 0 where there is none."""
    wanted = html.escape(name, quote=False)
    rows = site.ask(Call(path=f"/wp-json/wp/v2/{kind}", params={"search": wanted, "per_page": _MOST}))
    same = (row for row in rows if html.unescape(fields.words(row, "name")).casefold() == name.casefold())
    return fields.number(next(same, {}), "id") or 0


def _made(site: Site, name: str) -> int:
    """Returns the number of a new tag, or of the one that the site takes for the same and that was not among what it found."""
    try:
        answer = site.one(Call(path="/wp-json/wp/v2/tags", method="POST", json={"name": name}))
    except SiteTrouble as trouble:
        if trouble.twin:
            return trouble.twin
        raise
    return int(site.numbered(answer))
