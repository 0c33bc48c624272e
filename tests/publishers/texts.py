"""Two hundred texts to count: what networks count each in a way of its own, mixed, and made as long as a limit and one longer."""

from collections.abc import Callable, Iterator

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
    "Q&A <now> *and* _then_ ",
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


def texts(count: Callable[[str], int], most: int) -> Iterator[tuple[str, bool]]:
    """Yields two hundred mixed texts, half of them as long as a count allows and half of them one longer, and whether it fits."""
    for number in range(100):
        pieces = "".join(PIECES[(number * step + step) % len(PIECES)] for step in range(1, 5 + number % 13))
        for wanted in (most, most + 1):
            text = f"{number} {pieces} " + "x" * (wanted - count(f"{number} {pieces} "))
            assert count(text) == wanted
            yield text, wanted == most
