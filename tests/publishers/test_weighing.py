"""Texts that X's own library (twitter-text 3.1.0, parseTweet) weighed once: where its addresses begin and end, also without spaces."""

import pytest

from scheduler.clock import SystemClock
from scheduler.publishers.mastodon.length import counting
from scheduler.publishers.x.text import count, has_link

WEIGHED = (
    ("詳しくは私たちのサイトexample.org をご覧ください", 60, True),
    ("詳細はexample.orgへ", 31, True),
    ("見てhttps://example.org。次", 31, True),
    ("“müller.de”", 25, True),
    ("пример.рф", 9, False),
    ("https://www.пример.рф/x", 23, True),
    ("日本.jp", 7, False),
    ("x_example.org", 13, False),
    ("-example.org", 12, False),
    ("example.org-wide", 16, False),
    ("ab.cd.ef", 26, True),
    ("a.comb.org", 23, True),
    ("日a.com日b.org/x", 50, True),
    ("https://example.org/a–b_(c(d)e).", 24, True),
    ("https://example.org/日本", 27, True),
    ("example.org?q=1!", 28, True),
    ("$example.org #example.org @example.org", 38, False),
    ("https://t.co/abc#d", 25, True),
    (f"https://t.co/{'a' * 41}", 54, False),
    ("(🏽)", 4, False),
    ("©🏽", 3, False),
    ("☝🏽☝", 4, False),
    ("🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f🏴", 4, False),
    ("x\u202ahttps://example.org\u202c", 28, True),
    ("\ufeffexample.org", 13, False),
    (f"{'a' * 64}.org", 68, False),
    (f"https://{'ä' * 60}.org", 72, False),
    ("http://user:pw@example.org/", 27, False),
    ("https://example.org:8443/a@b", 23, True),
    ("text:example.orgİi", 30, True),
)


@pytest.mark.parametrize(("text", "weight", "links"), WEIGHED)
def test_a_text_weighs_what_the_network_s_own_library_says(text: str, weight: int, links: bool) -> None:
    assert (count(text), has_link(text)) == (weight, links)


def test_a_long_text_without_spaces_is_weighed_at_once() -> None:
    begun = SystemClock().monotonic()
    for text in ("日" * 4_990, "日-" * 2_400, "a" * 4_990, "https://example.org/" + "(a" * 2_000):
        assert count(f"{text}.x") >= 23
    assert SystemClock().monotonic() - begun < 3


def test_an_address_that_ends_in_other_letters_is_a_link_for_servers_that_shorten_links() -> None:
    assert counting(23)("Читайте https://www.пример.рф/новости/2026/11/22/собрание") == len("Читайте ") + 23
