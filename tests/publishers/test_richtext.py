"""Links, tags and mentions stand where the network's own library finds them, to the byte; where we differ, we mean to."""

import random
from collections.abc import Mapping

import pytest

from scheduler.model.facets import facets_of
from scheduler.model.outgoing import Outgoing
from scheduler.publishers.bluesky.record import build
from scheduler.publishers.counting import graphemes
from tests.servers import richtext

Found = tuple[int, int, str, str]


def ours(text: str) -> list[Found]:
    """Returns the facets of the record as the server would get it, every name with a dot being somebody's."""
    outgoing = Outgoing(delivery="0", account="main", network="bluesky", text=text, facets=facets_of(text))
    record = build(outgoing, "2027-03-27T12:00:00.000Z", [], _Everybody())
    found = []
    for facet in record.get("facets", []):
        [feature] = facet["features"]
        kind = feature["$type"].partition("#")[2]
        value = feature.get("uri") or feature.get("tag") or feature["did"]
        found.append((facet["index"]["byteStart"], facet["index"]["byteEnd"], kind, value))
    return found


class _Everybody(dict[str, str]):
    """Knows every handle; the identity behind it is called by the same name."""

    def get(self, key: str, default: object = None) -> str:
        del default
        return key


def theirs(texts: list[str]) -> list[list[Found]]:
    return [[(each["start"], each["end"], each["kind"], each["value"]) for each in read["facets"]] for read in richtext.read(texts)]


ALIKE = (
    "👨‍👩‍👧‍👦 https://example.org/a.",
    "🏳️‍🌈🏳️‍🌈 #Pride @harbour1.test",
    "שלום @harbour1.test מה #שלום https://example.org/ש",
    "مرحبا @har-bour.test، #ألمانيا",
    "(see https://example.org/a) (@harbour1.test)",
    "https://example.org/a_(b) and https://example.org/a,b; or https://example.org/?q=1#x!",
    "https://exämple.org/ü https://例え.jp/パス",
    "#2027 #1Mai #1 ＃日本 ＃2027 #日本",
    "me@harbour1.test /#tag a/#tag &#39; C#",
    "@harbour1.test, @harbour1.test. @harbour1.test!",
    "#ñandú #n\u0303andu a\u0301 #x",
    "https://example.org/" + "ä" * 320 + " end #tag",
    "𝔘𝔫𝔦 #𝔘𝔫𝔦 https://example.org/𝔘",
    "https://example.org#tag #" + "a" * 64,
    "#" + "a" * 65,
    "https://user@example.org/x @harbour1.test",
    "#tag\n@harbour1.test\nhttps://example.org\r\n#last",
    "www.harborworkers.org or harborworkers.org/strike?from=here#now.",
    "(example.org) Example.org, example.org/a_(b) 例.jp",
    "e.g. report.pdf z.B. u.a. a.m. i.e. and.then picture.jpg harbour1.test mail@example.org example.org.pdf @example.org",
)
PIECES = (
    *["👨\u200d👩\u200d👧\u200d👦", "✊🏾", "🏳️\u200d🌈", "नमस्ते", "שלום", "مرحبا", "漢字", "é", "🇩🇪"],
    "#MayDay",
    "#日本",
    "#ألمانيا",
    "＃Streik",
    "@har-bour.test",
    "https://example.org/ü?a=(b)",
    "example.org/ü?a=(b)",
    "www.example.org",
    "z.B.",
    "#2027",
)

# Ours on the left, the library's on the right: what is marked of each text.
APART: Mapping[str, tuple[list[str], list[str]]] = {
    # A bracket that was opened before the address is the sentence's; so are all the dots, and quotation marks of any language.
    "(https://example.org/a_(b))": (["https://example.org/a_(b)"], ["https://example.org/a_(b))"]),
    "https://example.org/a...": (["https://example.org/a"], ["https://example.org/a.."]),
    "«https://example.org/a»": (["https://example.org/a"], []),
    "‚https://example.org/a‘ (https://example.org/b)… `https://example.org/c`": (
        ["https://example.org/a", "https://example.org/b", "https://example.org/c"],
        ["https://example.org/b)…"],
    ),
    "見てhttps://example.org/a。次": (["https://example.org/a"], []),
    "\u200f@harbour1.test\u200f": (["@harbour1.test"], []),
    "\u202bhttps://example.org/x\u202c": (["https://example.org/x"], []),
    # A tag is the same on every network that we send it to; others end it at the hyphen.
    "#May-Day #a.b": (["#May", "#a"], ["#May-Day", "#a.b"]),
    "✊🏾#MayDay": (["#MayDay"], []),
    # A name of a server that has a hyphen, a number or an umlaut is one, also in quotation marks.
    "har-bour.org 350.org müller.de “example.org”": (["har-bour.org", "350.org", "müller.de", "example.org"], []),
    "example.org's": (["example.org"], ["example.org's"]),
    # What is a file, an abbreviation or a full stop without its space rather than an address leads nowhere.
    "README.md, archive.zip, strike.sh, and.so": ([], ["README.md", "archive.zip", "strike.sh", "and.so"]),
    "m.in. a.k.a ASP.NET over.It": ([], ["m.in"]),
    "example.org-wide docs/example.org": ([], ["example.org-wide"]),
}


def test_odd_texts_are_marked_as_the_network_s_own_library_marks_them() -> None:
    found = theirs(list(ALIKE))
    assert {text: ours(text) for text in ALIKE} == dict(zip(ALIKE, found, strict=True))
    assert sum(map(len, found)) > 25


def test_two_hundred_mixed_texts_are_marked_and_counted_alike() -> None:
    shuffled = random.Random(20270501)
    texts = [" ".join(shuffled.choices(PIECES, k=shuffled.randint(1, 12))) for _ in range(200)]
    for text, read in zip(texts, richtext.read(texts), strict=True):
        assert ours(text) == [(each["start"], each["end"], each["kind"], each["value"]) for each in read["facets"]], text
        assert (graphemes(text), len(text.encode())) == (read["graphemes"], read["bytes"]), text


@pytest.mark.parametrize("text", APART)
def test_where_we_differ_we_mean_to(text: str) -> None:
    [found] = theirs([text])
    data = text.encode()
    assert ([data[start:end].decode() for start, end, *_ in ours(text)], [data[start:end].decode() for start, end, *_ in found]) == APART[
        text
    ]
