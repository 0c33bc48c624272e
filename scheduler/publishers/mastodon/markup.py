"""Words for servers that read a status as Markdown and HTML: written so that readers see the signs that were typed."""

import html
import re

# Where a server makes links of its own, it takes what stands there letter by letter: addresses, mentions and hashtags stay as they are;
# a sign that begins HTML is in no address.
_KEPT = r"(?P<kept>https?://[^\s<]+|(?<![\w&])[@#]\w[\w.@-]*)"
# What snac2 2.75 was seen to change: stars, lines, ticks and waves in pairs, brackets, headings, rules, and faces made of signs.
_SIGNS = r"[&<>*_`~\[\]]-*|^[-#](?=[-# ])-*|(?<=[:;])-|:(?=\w+:)|(?<=&)#"
_PLACES = re.compile(rf"{_KEPT}|(?P<signs>{_SIGNS})", re.MULTILINE | re.IGNORECASE)
# Two lines in what is kept, as in #a__b and #c__d, draw one below all that stands between them; a link that comes first is safe from it.
_UNDERLINED = re.compile(r"(?P<link>https?://[^\s<]+)|__(?=[^_\n]+__)", re.IGNORECASE)


def escaped(text: str) -> str:
    """Returns a text in which every sign that such a server would make something else of is an HTML character reference.

    A hashtag or name ends for the server where one stands in it, so that most of them keep theirs.
    """
    kept = _PLACES.sub(lambda found: found["kept"] or _referred(found["signs"]), text)
    return _UNDERLINED.sub(lambda found: found["link"] or _referred(found.group()), kept)


def _referred(signs: str) -> str:
    return "".join(f"&#{ord(sign)};" for sign in signs)


def typed(source: str, shown: str) -> str:
    """Returns the words that were typed: ``source`` as the server keeps it, without character references where ``shown`` has none."""
    plain = html.unescape(source)
    return plain if "".join(plain.split()) == "".join(shown.split()) else source
