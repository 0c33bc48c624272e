"""A place that reads Markdown shows what was typed, by a reader of that Markdown that is not ours."""

import random

import pytest

from scheduler.publishers.messages.markdown import count, escaped
from tests.servers import chat_markdown

TYPED = (
    "Kolleg*innen und Freund*innen",
    "** FETT ** und *** schräg ***",
    "# MayDay\n## tomorrow\n  ### soon\n#tag",
    "> he said\n>>> all of it\n-# small",
    "||secret|| `code` ```block```",
    "__init__ and _so_ ~~no~~",
    "[here](https://example.org/_a_)",
    "https://example.org/a_b_(c)_d. https://example.org/*y* (https://example.org/x_y_)",
    "<@1> <@&2> <#3> <:e:4> <t:5> </c:6> <https://example.org> <3",
    "¯\\_(ツ)_/¯ C:\\new \\🙂 \\",
    "@everyone, see https://example.org/a*b* and *c*",
    "*one\n*two\n_\n_three",
    "✊🏽 Tarif*verhandlung ✊🏽",
)
_PIECES = [*"ab *_~|`\\<>[]()#-@:!1.\n", "https://example.org/", "**", "# ", "> ", "é", "🙂", "t:12>"]


def test_without_escapes_signs_would_be_lost() -> None:
    assert chat_markdown.seen(["Kolleg*innen und Freund*innen"]) == ["Kolleg<<em: innen und Freund>>innen"]


@pytest.mark.parametrize("text", TYPED)
def test_readers_see_what_was_typed(text: str) -> None:
    assert chat_markdown.seen([escaped(text)]) == [text]


def test_readers_see_what_was_typed_in_any_text() -> None:
    dice = random.Random(7)
    texts = ["".join(dice.choices(_PIECES, k=dice.randint(1, 16))) for _ in range(3_000)]
    # Behind an address an opening bracket cannot be escaped: the escape would become a part of the address.
    texts = [text for text in texts if not any("<" in run.partition("https://")[2] for run in text.split())]
    assert len(texts) > 2_000
    for text, seen in zip(texts, chat_markdown.seen([escaped(text) for text in texts]), strict=True):
        assert seen == text


def test_escapes_count() -> None:
    assert count("a*b") == len("a\\*b")
    assert count("https://example.org/a_b") == len("https://example.org/a_b")
