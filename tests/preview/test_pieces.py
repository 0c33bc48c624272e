from hypothesis import given
from hypothesis import strategies as st

from scheduler.model.outgoing import Facet
from scheduler.preview.pieces import cut, safe_href

facets = st.lists(
    st.builds(Facet, st.sampled_from(["link", "tag", "mention", "other"]), st.integers(-3, 40), st.integers(-3, 40), st.text(max_size=5)),
    max_size=5,
)
writable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


@given(writable, facets, st.none() | st.integers(0, 45))
def test_the_pieces_of_any_text_make_up_the_text_again(text: str, marks: list[Facet], fold: int | None) -> None:
    assert "".join("\r" if piece.kind == "return" else piece.text for piece in cut(text, marks, fold)) == text


@given(st.text(max_size=40), facets)
def test_what_no_page_can_hold_is_replaced_one_for_one(text: str, marks: list[Facet]) -> None:
    shown = "".join("\r" if piece.kind == "return" else piece.text for piece in cut(text, marks))
    assert len(shown) == len(text)
    shown.encode("utf-8")
    assert "\0" not in shown


def test_a_facet_marks_exactly_its_own_letters() -> None:
    kinds = [(piece.kind, piece.text) for piece in cut("Go #labour now", (Facet("tag", 3, 10, "labour"),))]
    assert kinds == [("plain", "Go "), ("tag", "#labour"), ("plain", " now")]


def test_an_overlapping_facet_is_plain_text() -> None:
    pieces = cut("abcdef", (Facet("tag", 0, 4, "x"), Facet("link", 2, 6, "https://example.org")))
    assert [(piece.kind, piece.text) for piece in pieces] == [("tag", "abcd"), ("plain", "ef")]


def test_the_fold_falls_between_words() -> None:
    pieces = cut("alpha beta gamma delta", fold=13)
    assert [piece.text for piece in pieces] == ["alpha beta ", "", "gamma delta"]


def test_the_fold_never_cuts_a_family_of_emoji() -> None:
    family = "👨‍👩‍👧‍👦"
    pieces = cut("x" * 10 + family + "y" * 20, fold=13)
    assert [piece.text for piece in pieces] == ["x" * 10, "", family + "y" * 20]


def test_the_fold_stands_before_a_link_it_would_cut() -> None:
    text = "words " + "https://example.org/a-long-address"
    pieces = cut(text, (Facet("link", 6, len(text), text[6:]),), fold=20)
    assert [piece.kind for piece in pieces] == ["plain", "fold", "link"]


def test_a_short_text_has_no_fold() -> None:
    assert [piece.kind for piece in cut("short", fold=125)] == ["plain"]


def test_only_harmless_addresses_can_be_clicked() -> None:
    assert safe_href("https://example.org/a") == "https://example.org/a"
    assert safe_href("mailto:office@example.org") == "mailto:office@example.org"
    for address in (
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " java\nscript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "",
        "http://[",
        "vbscript:x",
    ):
        assert safe_href(address) == ""
