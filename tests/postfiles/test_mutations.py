"""Good files, damaged: each is the same post, another valid post that says all that was typed, or it has a finding.

What is never allowed is a part that vanishes without a word, or a setting that turns into text.
"""

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scheduler.model.post import At, Post, Reading
from scheduler.postfiles.lines.slips import SlipError
from scheduler.postfiles.names import SETTINGS, Names
from scheduler.postfiles.parsing import Parsed, Role, parse
from scheduler.postfiles.settings.moments import parse_when
from tests.postfiles.conftest import ACCOUNTS, NETWORKS, folder_at

NAMES = Names(ACCOUNTS, NETWORKS, ("en", "es"))
EXAMPLES = sorted((Path(__file__).parent / "examples" / "posts").rglob("*.md"))
LONG = """---
title: "Rally: a “first” one"
when: Tue 14 Apr 2026 12:00
where: [instagram, mastodon]
status: ready
hashtags:
  - MayDay
  - FairPay
content-warning: 'it''s loud'
expires: 2026-05-01
---
Words – with dashes, 100 % of them, @someone and #OneTag.

Second: paragraph {link} {{braces}}

![A picture](poster.png)

### mastodon
content-warning: job

Other words.

### first comment
Sources.

%% a note %%
"""
BASES = [LONG, *(path.read_text(encoding="utf-8") for path in EXAMPLES)]
SERIES = """---
kind: series
---
## Save the date | 2026-04-14 12:00
expires: 2026-04-20
Save the date.

## Reminder | 2026-04-21 12:00
One week to go.
"""
BASES.append(SERIES)
TRANSLATED = """---
title: Concentración
link: https://example.org/es
first-comment: Fuentes
---
Palabras – con guiones, 100 % de ellas {link}

Segundo: párrafo

![Un cartel](poster.png)

### mastodon
content-warning: empleo

Otras palabras.

%% una nota %%
"""
TEXT_ALONE = "Buscamos gente.\n\nAviso: hasta el lunes.\n\n### mastodon\nAquí también.\n"
PARTS = "## Save the date\nReserva la fecha.\n\n## Aviso | 2026-04-21 12:00\nFalta una semana.\n\n### mastodon\nFalta poco.\n"
LANGUAGES = [TRANSLATED, TEXT_ALONE, PARTS]
INSERTED = [
    *"#:-\"'[]{}|,!*&%@`> \t\n\r",
    *("\u00a0", "—", "“", "”", "’", " #", "# ", ": ", "---\n", "\n---\n", "- ", "%%", "\u2028", "\x0b", "![", "<!--"),
]
MARKS = set("\"'[],-—#|()!%<>:`\\{}&*?.~^_=+/;@$’“”–")


def understood(text: str | bytes, role: Role = Role.POST) -> Parsed:
    return parse("posts/post.md", text.encode() if isinstance(text, str) else text, datetime.fromtimestamp(0, UTC), NAMES, role)


def has_error(parsed: Parsed) -> bool:
    return any(finding.is_error for finding in parsed.findings if finding.rule != "held-by-setting")


def meaning(parsed: Parsed) -> str:
    settings = [(key, entry.value) for key, entry in parsed.entries.items()]
    parts = [(part.name, part.when, part.settings, part.expires) for part in parsed.parts]
    variants = [(one.target, one.text, one.settings, one.when) for part in parsed.parts for one in part.variants]
    pictures = [(picture.file, picture.alt) for part in parsed.parts for one in part.variants for picture in one.pictures]
    return re.sub(r"Span\([^)]*\)", "", repr((parsed.fields, settings, parts, variants, pictures, parsed.notes)))


def said(parsed: Parsed, lines: list[str]) -> Counter[str]:
    """Returns every letter and digit of what was understood."""
    words: list[str] = [*parsed.notes]
    for key, entry in parsed.entries.items():
        words += [key, *([entry.value] if isinstance(entry.value, str) else entry.value)]
    for part in parsed.parts:
        words += [part.name or "", *part.settings, *part.settings.values()]
        if part.name is not None and part.when is not None:
            heading = lines[part.span.line - 1]
            words += [heading.partition("|")[2]] if "|" in heading else []
            words += [f"when {lines[part.when.span.line - 1].partition(':')[2]}"] if part.when.span.line != part.span.line else []
        if part.expires is not None:
            below = (piece for line in lines[part.span.line :] for piece in re.split("[\x0b\x0c\x85\u2028\u2029]", line))
            words += next(piece for piece in below if piece.startswith("expires:")).split()
        for variant in part.variants:
            words += [variant.target or "", variant.text, *variant.settings, *variant.settings.values()]
            words += [f"{picture.file} {picture.alt}" for picture in variant.pictures]
    return letters("\n".join(words))


def typed(lines: list[str]) -> Counter[str]:
    """Returns every letter and digit of the file but for comments on lines of their own among the settings."""
    fences = [index for index, line in enumerate(lines) if re.match(r"-{3,}\s*$", line.lstrip("\ufeff"))]
    last = fences[1] if len(fences) > 1 else 0
    return letters("\n".join(line for index, line in enumerate(lines) if not (index < last and re.match(r"#(\s|$|#)", line))))


def letters(text: str) -> Counter[str]:
    return Counter(character for character in text.casefold() if not character.isspace() and character not in MARKS)


def lines_of(text: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", text)


def assert_nothing_is_lost(text: str, role: Role = Role.POST) -> None:
    parsed = understood(text, role)
    if has_error(parsed):
        return
    lines = lines_of(text)
    assert said(parsed, lines) == typed(lines), (typed(lines) - said(parsed, lines), said(parsed, lines) - typed(lines))
    for part in parsed.parts:
        for variant in part.variants:
            first = variant.text.split("\n", 1)[0]
            key = re.match(r"([a-z-]+):\s", first)
            above = lines[variant.lines[0] - 2].strip() if variant.lines and variant.lines[0] > 1 else ""
            assert not (key and key[1] in SETTINGS and above), f"a setting became text: {first}"


@st.composite
def damaged(draw: st.DrawFn, bases: list[str] = BASES) -> str:
    text = draw(st.sampled_from(bases))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(text)))
        what = draw(st.sampled_from(("insert", "delete", "replace", "tail", "line")))
        if what == "insert":
            text = text[:place] + draw(st.sampled_from(INSERTED)) + text[place:]
        elif what == "delete":
            text = text[:place] + text[place + draw(st.integers(1, 3)) :]
        elif what == "replace":
            text = text[:place] + draw(st.sampled_from(INSERTED)) + text[place + 1 :]
        else:
            lines = text.split("\n")
            index = draw(st.integers(0, len(lines) - 1))
            if what == "tail":
                lines[index] += draw(st.sampled_from((" # a note", " #Tag", " : x", "  ", "\t", " —", '"')))
            else:
                lines[index : index + 1] = draw(st.sampled_from(([], [lines[index]] * 2, ["  " + lines[index]], ["—"], ["", lines[index]])))
            text = "\n".join(lines)
    return text


@given(damaged())
@example(LONG)
@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_no_part_of_a_damaged_file_vanishes_without_a_word(text: str) -> None:
    assert_nothing_is_lost(text)


@given(damaged(LANGUAGES))
@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_no_part_of_a_damaged_language_file_vanishes_without_a_word(text: str) -> None:
    assert_nothing_is_lost(text, Role.LANGUAGE)


@pytest.mark.long
@given(damaged(LANGUAGES))
@settings(max_examples=20_000, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_no_part_vanishes_in_very_many_damaged_language_files(text: str) -> None:
    assert_nothing_is_lost(text, Role.LANGUAGE)


def joined(folder: Path, files: dict[str, str]) -> Reading:
    """Returns what a folder with these files and no others says."""
    for old in (folder / "posts").iterdir():
        old.unlink()
    for name, text in files.items():
        (folder / "posts" / name).write_bytes(text.encode())
    return folder_at(folder).read()


def told(post: Post, source: str) -> list[tuple[str | None, str | None, str]]:
    return [(part.name, one.target, one.text) for part in post.parts for one in part.variants if one.source == source]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pair")
    (folder / "posts").mkdir()
    (folder / "assets").mkdir()
    (folder / "assets/poster.png").write_bytes(b"a picture")
    return folder


@given(text=damaged(LANGUAGES), main=st.sampled_from([LONG, SERIES]))
@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], deadline=None)
def test_a_damaged_language_file_never_changes_the_post_and_all_its_words_are_in_it_or_it_is_held(pair: Path, text: str, main: str) -> None:
    (alone,) = joined(pair, {"post.md": main}).files
    (file,) = joined(pair, {"post.md": main, "post.es.md": text}).files
    assert file.post is not None
    assert alone.post is not None
    assert told(file.post, "") == told(alone.post, "")
    assert (file.id, file.post.where, file.post.status, file.post.title) == (
        alone.id,
        alone.post.where,
        alone.post.status,
        alone.post.title,
    )
    if any(finding.is_error for finding in file.findings):
        return
    raw = understood(text, Role.LANGUAGE)
    words = Counter(one.text for part in raw.parts for one in part.variants)
    assert words <= Counter(words_ for _, _, words_ in told(file.post, "posts/post.es.md"))


@given(
    name=st.sampled_from(["post", "Post", "post.v2", "other"]),
    tag=st.sampled_from(["", ".es", ".ES", ".en", ".pt-BR", ".de", ".v2", ".mai", ".es.de", ".final", ".es (1)", " (1)"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_a_second_file_is_called_its_words_are_one_post_s_or_there_is_a_finding(pair: Path, name: str, tag: str) -> None:
    files = {"post.md": LONG, f"{name}{tag}.md": LONG.replace("Words", "Palabras")}
    reading = joined(pair, files)
    posts = [file.post for file in reading.files if file.post is not None]
    theirs = [text for post in posts for part in post.parts for text in part.variants if "Palabras" in text.text]
    held = any(finding.is_error for file in reading.files for finding in file.findings)
    assert len(theirs) == 1 or held
    if theirs and not held:
        alone = len(posts) == len(files)
        assert (theirs[0].target is None) == (alone or len(files) == 1)
        assert alone or len(files) == 1 or theirs[0].language == tag.removeprefix(".").replace("ES", "es")


@pytest.mark.long
@given(damaged())
@settings(max_examples=20_000, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_no_part_vanishes_in_very_many_damaged_files(text: str) -> None:
    assert_nothing_is_lost(text)


SAME: dict[str, Callable[[str], str | bytes]] = {
    "Windows line endings": lambda text: text.replace("\n", "\r\n"),
    "old Mac line endings": lambda text: text.replace("\n", "\r"),
    "a byte order mark": lambda text: "\ufeff" + text,
    "UTF-16 of Windows": lambda text: b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le"),
    "UTF-16 the other way round": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "no-break spaces after keys": lambda text: re.sub(r"(?m)^([a-z-]+:) (?=.*$)(?=[\s\S]*\n---\n)", "\\1\u00a0", text),
    "tabs after keys": lambda text: re.sub(r"(?m)^([a-z-]+:) (?=[\s\S]*\n---\n)", "\\1\t", text),
    "more hyphens": lambda text: text.replace("---\n", "-----\n"),
    "spaces after the hyphens": lambda text: text.replace("---\n", "---  \n"),
    "a blank line on top": lambda text: "\n" + text,
    "no line ending at the end": lambda text: text.rstrip("\n"),
    "a comment among the settings": lambda text: text.replace("---\n", "---\n# for us: lunch\n", 1),
}


@pytest.mark.parametrize("base", BASES, ids=range(len(BASES)))
@pytest.mark.parametrize("how", SAME)
def test_what_an_editor_does_to_a_file_changes_nothing_of_the_post(how: str, base: str) -> None:
    assert not has_error(understood(base))
    changed = understood(SAME[how](base))
    assert not has_error(changed)
    assert meaning(changed) == meaning(understood(base))


HELD: dict[str, Callable[[str], str | bytes]] = {
    "Windows-1252": lambda text: text.replace("→", "-").replace("✊", "!").encode("cp1252"),
    "a dash for the first hyphens": lambda text: text.replace("---\n", "—\n", 1),
    "a dash for the second hyphens": lambda text: re.sub(r"\n---\n", "\n—\n", text, count=1),
    "no second hyphens": lambda text: re.sub(r"\n---\n", "\n", text, count=1),
    "UTF-16 without a mark": lambda text: text.encode("utf-16-le"),
    "a tail after every setting": lambda text: re.sub(r"(?m)^(title: .*|kind: .*)$", r"\1 #3", text, count=1),
}


@pytest.mark.parametrize("base", BASES, ids=range(len(BASES)))
@pytest.mark.parametrize("how", HELD)
def test_what_leaves_a_doubt_is_held(how: str, base: str) -> None:
    changed = HELD[how](base)
    if isinstance(changed, bytes) and changed.isascii() and b"\x00" not in changed:
        return
    assert has_error(understood(changed))


@given(
    st.text(alphabet="0123456789", min_size=1, max_size=4).map(int),
    st.integers(0, 3),
    st.sampled_from("0123456789 -.:,T/x"),
    st.integers(0, 16),
)
@example(2026, 0, "0", 15)
@settings(max_examples=400)
def test_a_time_that_is_understood_holds_every_number_that_was_typed(number: int, shape: int, inserted: str, place: int) -> None:
    year = 2000 + number % 100
    good = (f"{year}-04-14 12:05", f"{year}-04-14T12:05:30", f"14.04.{year} 12:05", f"14.4.{year}, 9:05")[shape]
    text = good[:place] + inserted + good[place:]
    try:
        when = parse_when(text, ("en",))
    except SlipError:
        return
    assert isinstance(when, At)
    numbers = sorted(int(digits) for digits in re.findall(r"\d+", text))
    at = when.local
    found = [at.year, at.month, at.day, at.hour, at.minute]
    assert numbers in (sorted(found), sorted([*found, at.second]))
