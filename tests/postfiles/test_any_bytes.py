"""Whatever lies in ``posts/``: reading never raises, and no setting is ever published as text."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.model.post import PostFile
from tests.postfiles.conftest import folder_at

SECRET = "Zwiebelfisch"
GOOD = f"""---
title: {SECRET} one
when: 2026-04-14 12:00
where: [instagram, masto]
link: https://example.org/{SECRET}
hashtags:
  - {SECRET}
  - core
owner: "{SECRET}: two"
---
First line of the text.

Second line, {{link}}.

![two people](photo.jpg)

### masto
content-warning: job
Another text.
"""
WORDS = """--- : # &a *a !x [ { " ' > | %% <!-- --> ![ ### ## ü — - ? ... }} {event. when when: title kind:series"""
PIECES = st.one_of(
    st.sampled_from([*WORDS.split(), *(f" {word} " for word in WORDS.split()), *(f"\n{word}\n" for word in WORDS.split())]),
    st.sampled_from(
        ["\n", "\r\n", "\r", "\ufeff", "\xa0", "\u2028", "\v", "\t", "\0", "\n---\n---\n", "kind: series\n", "## A | 1 day before, 10:00\n"]
    ),
).map(str.encode)
SCRAPS = st.one_of(PIECES, st.sampled_from([b"\xff\xfe", b"\xfc", b"\x00\x00"]), st.binary(max_size=6))


def read(content: bytes) -> PostFile:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "posts").mkdir()
        (root / "posts" / "post.md").write_bytes(content)
        (root / "posts" / "photo.jpg").write_bytes(b"x")
        (file,) = folder_at(root).read().files
        return file


def texts(file: PostFile) -> list[str]:
    return [variant.text for part in file.post.parts for variant in part.variants] if file.post else []


def judge(file: PostFile) -> None:
    held = any(finding.is_error for finding in file.findings)
    assert held or file.post is not None
    if not held:
        assert not any(SECRET in text for text in texts(file))
    for finding in file.findings:
        assert finding.span.line >= 1
        assert 1 <= finding.span.column < finding.span.end_column or finding.span.column == finding.span.end_column == 1
        assert finding.message
    if file.post is not None:
        for part in file.post.parts:
            for variant in part.variants:
                assert len(variant.lines) == (len(variant.text.split("\n")) if variant.text else len(variant.lines))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_the_reader_raise(content: bytes) -> None:
    judge(read(content))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(SCRAPS, st.text(max_size=8).map(str.encode)), max_size=30).map(b"".join))
def test_no_heap_of_scraps_makes_the_reader_raise(content: bytes) -> None:
    judge(read(b"---\nwhen: 2026-04-14 12:00\n" + content))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_mutation_of_a_good_file_publishes_a_setting(data: st.DataObject) -> None:
    content = GOOD.encode()
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content)))
        stop = data.draw(st.integers(start, min(len(content), start + 12)))
        content = content[:start] + data.draw(st.one_of(st.just(b""), SCRAPS)) + content[stop:]
    judge(read(content))


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn")), max_size=60).filter(
        lambda line: not set(line) & set("#{}%<!-\ufeff") and ":" not in line and line.strip() == line and line
    )
)
def test_a_line_of_text_stays_as_it_is_to_the_code_point(line: str) -> None:
    file = read(f"---\nwhen: 2026-04-14 12:00\n---\n\n{line}\n\n\n{line}\n\n".encode())
    assert texts(file) == [f"{line}\n\n\n{line}"]
    assert file.post is not None
    assert file.post.parts[0].default.lines == (5, 6, 7, 8)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["\r\n", "\r"]), st.booleans(), st.sampled_from(["utf-8", "utf-16"]))
def test_line_endings_and_encodings_change_nothing(ending: str, marked: bool, encoding: str) -> None:
    plain = read(GOOD.encode())
    content = GOOD.replace("\n", ending)
    mark = "\ufeff" if marked and encoding == "utf-8" else ""
    other = read((mark + content).encode(encoding))
    assert plain.post is not None
    assert other.post is not None
    assert texts(other) == texts(plain)
    assert other.findings == plain.findings
    assert other.post.spans == plain.post.spans
    assert [part.when for part in other.post.parts] == [part.when for part in plain.post.parts]


def test_a_letter_that_is_no_utf_8_is_shown_at_its_place_with_a_mark_before_the_text_and_without() -> None:
    content = GOOD.encode().replace(b"Second line", "Zweite für".encode("cp1252"))
    bare, marked = (
        next(finding for finding in read(start + content).findings if finding.rule == "not-utf8") for start in (b"", b"\xef\xbb\xbf")
    )
    assert (bare.span, bare.span.line, bare.span.column, bare.label) == (marked.span, 13, 9, "shown here as Windows-1252: “ü”")
