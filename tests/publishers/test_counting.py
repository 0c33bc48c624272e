"""Our counts against counts that the emulators of servers make by themselves, from the networks' documents."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.publishers.discovery import known_networks
from scheduler.publishers.exchange import Call
from scheduler.publishers.x.publisher import TweetPublisher
from tests.emulators import mastodon as mastodon_server
from tests.emulators import mastodon_counting, x_counting
from tests.emulators.emulating import running
from tests.publishers import test_x

PIECES = (
    "✊🏾",
    "👨‍👩‍👧‍👦",
    "🏳️‍🌈",
    "🇵🇸🇺🇦",
    "1️⃣",
    "❤️",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "⚡",
    "नमस्ते",
    "漢字",
    "한국",
    "\u1112\u1161\u11ab",
    "مرحبا ",
    "שלום ",
    "\u200f",
    "e\u0301",
    "z\u0335\u0336",
    "“quotes” – and… ",
    "\n\n",
    " https://example.org/a/very/long/way?that=goes&on=and#on ",
    "(https://example.org/a). ",
    " http://a.example.org, ",
    " example.org ",
    " @union ",
    " @union@social.example.org, ",
    " mail@union.example.org ",
    "#MayDay ",
    "Strike! ",
)
LINK = 23


def texts(count: Callable[[str], int], most: int) -> Iterator[tuple[str, bool]]:
    """Yields two hundred mixed texts, half of them as long as our count allows and half of them one longer, and which it is."""
    for number in range(100):
        pieces = "".join(PIECES[(number * step + step) % len(PIECES)] for step in range(1, 5 + number % 13))
        for wanted in (most, most + 1):
            text = f"{number} {pieces} " + "x" * (wanted - count(f"{number} {pieces} "))
            assert count(text) == wanted
            yield text, wanted == most


def test_two_hundred_mixed_texts_are_counted_as_mastodon_does(tmp_path: Path) -> None:
    limits = known_networks()["mastodon"].facts.limits
    assert limits.text is not None
    headers = {"Authorization": f"Bearer {mastodon_server.TOKEN}"}
    with mastodon_server.running(tmp_path) as server, httpx.Client(base_url=server.address, headers=headers) as client:
        answers = [
            (text, fits, client.post("/api/v1/statuses", json={"status": text}, headers={"Idempotency-Key": text.encode().hex()}))
            for text, fits in texts(limits.count, limits.text)
        ]
    assert {answer.status_code for _, _, answer in answers} == {200, 422}
    assert [text for text, fits, answer in answers if answer.is_success is not fits] == []


def test_two_hundred_mixed_texts_are_counted_as_x_does(tmp_path: Path) -> None:
    limits = known_networks()["x"].facts.limits
    assert limits.text is not None
    with running("x", tmp_path) as server:
        publisher = test_x.TestX().publisher(server, tmp_path)
        assert isinstance(publisher, TweetPublisher)
        answers = [
            (text, fits, publisher.api.look(Call(path="/2/tweets", method="POST", json={"text": text})))
            for text, fits in texts(limits.count, limits.text)
        ]
    statuses = [(text, fits, getattr(answer, "status", None)) for text, fits, answer in answers]
    assert {status for _, _, status in statuses} == {201, 400}
    assert [text for text, fits, status in statuses if (status == 201) is not fits] == []


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_whatever_is_put_together_both_count_the_same(text: str) -> None:
    assert known_networks()["mastodon"].facts.limits.count(text) == mastodon_counting.length(text, LINK)
    assert known_networks()["x"].facts.limits.count(text) == x_counting.weighted_length(text)


@pytest.mark.parametrize("module", [mastodon_counting, x_counting])
def test_the_servers_counts_share_nothing_with_ours(module: object) -> None:
    source = Path(str(getattr(module, "__file__", ""))).read_text(encoding="utf-8")
    assert re.findall(r"^(?:import|from) (\S+)", source, re.MULTILINE) == ["unicodedata"]
