"""The short way to read plain settings says exactly what YAML says, or says nothing."""

from hypothesis import example, given
from hypothesis import strategies as st

from scheduler.postfiles.lines.source import Source
from scheduler.postfiles.settings.block import _read_yaml
from scheduler.postfiles.settings.plain import read_plain

PIECES = st.sampled_from(
    [
        *"aZ9äß_ .,;:!?()'\"/+~=–—’-#[]{}&*|>%@`\\",
        ": ",
        " #",
        "  ",
        "null",
        "~",
        "yes",
        "0x1F",
        "- ",
        "? ",
        "ﬀ",
        "日本",
        "✊",
        "\u0301",
        "1_000",
        "...",
    ]
)
KEYS = st.sampled_from(["title", "where", "content-warning", "A", "x-", "no", "<<", "título"])
VALUES = st.lists(PIECES, max_size=8).map("".join) | st.lists(st.lists(PIECES, max_size=3).map("".join), max_size=3).map(
    lambda items: f"[{', '.join(items)}]"
)
LINES = st.lists(
    st.builds("{}:{}{}{}".format, KEYS, st.sampled_from([" ", "  ", ""]), VALUES, st.sampled_from(["", " "])), min_size=1, max_size=4
)


@given(LINES)
@example(["title: May Day, 2 pm: not", "when: 2026-04-14 12:00"])
@example(["where: [instagram,  our-insta ]", "link: https://example.org/a?b=c&d"])
@example(["title: it's (almost) 3:00 - isn't it?", "where: [a.b, c/d]", "hashtags: [x]  "])
@example(["title: a :b"])
@example(["where: [a: b]"])
def test_plain_settings_are_read_as_yaml_reads_them(lines: list[str]) -> None:
    text = "".join(lines)
    source = Source("posts/post.md", ("---", *lines, "---"))
    plain = read_plain(source, 1, lines) if text.isprintable() else None
    if plain is None:
        return
    block = _read_yaml(source, 1, list(lines), text)
    assert block.findings == ()
    assert block.entries == plain
