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


def category_numbers(site: Site, names: Iterable[str]) -> list[int]:
    """Returns the numbers of categories; raises SiteTrouble, also where the site has none of that name."""
    return [_category(site, name) for name in names]


def tag_numbers(site: Site, outgoing: Outgoing) -> list[int]:
    """Returns the numbers of the tags that a post's hashtags are, made where the site has none yet; raises SiteTrouble."""
    names = {facet.value.casefold(): facet.value for facet in outgoing.facets if facet.kind == "tag"}
    return [_found(site, "tags", name) or _made(site, name) for name in names.values()]


def _category(site: Site, name: str) -> int:
    number = _found(site, "categories", name)
    if not number:
        sentence = f"The website has no category “{name}”; make it there, or mend  categories  of this account."
        raise SiteTrouble(Refused(sentence, permanent=False, kind="auth"))
    return number


def _found(site: Site, kind: str, name: str) -> int:
    rows = site.ask(Call(path=f"/wp-json/wp/v2/{kind}", params={"search": name, "per_page": _MOST}))
    same = (row for row in rows if html.unescape(fields.words(row, "name")).casefold() == name.casefold())
    return fields.number(next(same, {}), "id") or 0


def _made(site: Site, name: str) -> int:
    answer = site.one(Call(path="/wp-json/wp/v2/tags", method="POST", json={"name": name}))
    return int(site.numbered(answer))
