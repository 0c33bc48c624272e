import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.model.facets import facets_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See https://example.org.", [("link", "https://example.org")]),
        ("(https://example.org/a_(b))", [("link", "https://example.org/a_(b)")]),
        ("“https://example.org/x”!", [("link", "https://example.org/x")]),
        ("«https://example.org/x», „https://example.org/y“", [("link", "https://example.org/x"), ("link", "https://example.org/y")]),
        (
            "请看https://example.org/a。谢谢（https://example.org/b）",
            [("link", "https://example.org/a"), ("link", "https://example.org/b")],
        ),
        (
            "\u2067https://example.org/a\u2069 \u202bhttps://example.org/b\u202c",
            [("link", "https://example.org/a"), ("link", "https://example.org/b")],
        ),
        ("https://例え.jp/パス https://exämple.org/ü", [("link", "https://例え.jp/パス"), ("link", "https://exämple.org/ü")]),
        ("https://example.org/#part #tag", [("link", "https://example.org/#part"), ("tag", "tag")]),
        ("Type it with http://, not without; http://. https:/// http://?a=1", []),
        ("http://a.b, https://[::1]/x", [("link", "http://a.b"), ("link", "https://[::1]/x")]),
        ("#MayDay2027, #1Mai #1 #2027", [("tag", "MayDay2027"), ("tag", "1Mai")]),
        ("a#b C# &#39;", []),
        ("#ConoceTusDerechos #Ñandú #日本", [("tag", "ConoceTusDerechos"), ("tag", "Ñandú"), ("tag", "日本")]),
        ("@union, @kim@social.example me@example.org", [("mention", "union"), ("mention", "kim@social.example")]),
        ("#May-Day", [("tag", "May")]),
        (
            "www.harborworkers.org or harborworkers.org/strike.",
            [("link", "https://www.harborworkers.org"), ("link", "https://harborworkers.org/strike")],
        ),
        ("“WWW.HARBOR.ORG” har-bour.org:8080/a_(b)!", [("link", "https://WWW.HARBOR.ORG"), ("link", "https://har-bour.org:8080/a_(b)")]),
        ("350.org, not 24.in; cgil.it, not over.It", [("link", "https://350.org"), ("link", "https://cgil.it")]),
        ("e.g. i.e. z.B. u.a. m.in. a.m. 7.am U.S. d.h. p.ex. and.then and.so ver.di", []),
        ("report.pdf README.md archive.zip logo.ai film.mov run.sh docs/harbor.org C:\\harbor.org harbor.org.pdf", []),
        ("me@harbor.org me.too@harbor.org info.de-x@harbor.org @harbor.org", [("mention", "harbor.org")]),
        ("https://example.org/harbor.org #a.org $x.org", [("link", "https://example.org/harbor.org"), ("tag", "a")]),
    ],
)
def test_links_tags_and_mentions_are_found_as_people_mean_them(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(facet.kind, facet.value) for facet in facets_of(text)] == expected


@given(st.text(st.sampled_from("ab #@:/.-()https é🙂\n"), max_size=60))
def test_facets_never_overlap_and_say_what_stands_there(text: str) -> None:
    end = 0
    for facet in facets_of(text):
        assert end <= facet.start < facet.end <= len(text)
        assert facet.value in text[facet.start : facet.end]
        end = facet.end
