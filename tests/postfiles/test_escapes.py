r"""Backslashes that an export left are told and taken out; those that belong to a text never are."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.model.finding import Finding
from scheduler.model.post import Reading
from scheduler.postfiles.text.escapes import left_over
from tests.postfiles.conftest import folder_at

Write = Callable[[str, str | bytes], Path]
Read = Callable[[], Reading]
HEAD = "---\nwhen: 2027-04-14 12:00\n---\n"

CERTAIN = {
    r"Come\!": "Come!",
    r"Danke 🎉\!\!": "Danke 🎉!!",
    r"Venez \!": "Venez !",
    "Venez\u00a0\\!": "Venez\u00a0!",
    r"„Kommt\!“": "„Kommt!“",
    r"*Heute*\!": "*Heute*!",
    r"Ja\!?": "Ja!?",
    r"1\. Be there": "1. Be there",
    r"  12\) There": "  12) There",
    r"\#MayDay": "#MayDay",
    r"(\#MayDay)": "(#MayDay)",
    r"Hi \#1": "Hi #1",
    r"\- a point": "- a point",
    r"\* a point": "* a point",
    r"\> a quotation": "> a quotation",
    r"a \- b": "a - b",
    r"5 \> 3": "5 > 3",
    r"R\&D": "R&D",
    r"Arbeit \& Leben": "Arbeit & Leben",
    r"Kolleg\*innen": "Kolleg*innen",
    r"\*\*bold\*\*": "**bold**",
    r"\*members only": "*members only",
    r"LGBTQIA\+ now": "LGBTQIA+ now",
    r"C\+\+": "C++",
    r"\+49 30 1234": "+49 30 1234",
    r"\$5, \~50 people": "$5, ~50 people",
    r"\-5 °C": "-5 °C",
    r"I \<3 you": "I <3 you",
    r"\@union": "@union",
    r"@tenants\_union\_berlin": "@tenants_union_berlin",
    r"#May\_Day\!": "#May_Day!",
    r"https://example.org/a\_b\#c": "https://example.org/a_b#c",
    r"https://example.org/a\_b/": "https://example.org/a_b/",
    r"See \[the notes\] here": "See [the notes] here",
    r"\{link\}": "{link}",
    r"C:\new Come\!": r"C:\new Come!",
}
LIKELY = {
    r"my\_file": "my_file",
    r"well\-known": "well-known",
    r"\[\[a note\]\]": "[[a note]]",
    r"!\[alt\](a.jpg)": "![alt](a.jpg)",
    r"Come\! my\_file": "Come! my_file",
}
REAL = r"""
C:\new
C:\_old
C:\#x\!y
D:\*.*
"C:\_x"
\\server\share\_x
drafts\*.md
drafts\old-\_x
¯\_(ツ)_/¯
¯\\_(ツ)_/¯
(╯°□°)╯ \_/
\o/
\*o*/
\m/ yes\!not
/\_/\
/ \- \
\-/
<\_< >\_>
:\ =\ :\!
`Come\!` and `\#x`
a \ b ( \ ) \/
the end\
\- \! \_
\(x^2\) \[x^2\] \[a = b\]
\d+\.
50\% w\o \n x\\y
\"quoted\" O\'Neil
a\.b \... \!important
#Tag\
""".strip().splitlines()


def told(reading: Reading) -> list[Finding]:
    return [finding for finding in reading.all_findings if finding.rule == "escape-left-over"]


def mended(project: Path, *, unsafe: bool = False) -> None:
    folder = folder_at(project)
    for one in folder.mends(folder.read().all_findings, unsafe=unsafe):
        folder.write(one)


def without(text: str) -> str:
    left = left_over(text)
    return text if left is None else text[: left.start] + left.mended(text) + text[left.end :]


@pytest.mark.parametrize("typed", REAL)
def test_a_backslash_that_belongs_to_a_text_is_left_alone(typed: str) -> None:
    assert left_over(typed) is None


@pytest.mark.parametrize(("typed", "meant"), [*CERTAIN.items(), *LIKELY.items()])
def test_a_backslash_of_an_export_is_found_and_only_a_certain_one_is_mended_unasked(typed: str, meant: str) -> None:
    left = left_over(typed)
    assert left is not None
    assert (without(typed), left.certain) == (meant, typed in CERTAIN)


@pytest.mark.parametrize(
    "body",
    [
        r"Come\! Now\! %% Why\! %%",
        r"%% Why\! %% Come\!",
        "Hello\n\n### masto\nCome\\!",
        "Hello\n\n### first comment\nCome\\!",
        "Hello\n\n### reply\nCome\\!",
        "Hello\n\n### lang es\nVen\\!",
        "Hello\n\n### variation\nCome\\!",
        "![two people](a.jpg)\n\nCome\\!",
    ],
)
def test_they_are_taken_out_of_every_text_and_nothing_else_is_touched(body: str, project: Path, write: Write) -> None:
    write("posts/a.jpg", b"\xff\xd8")
    file = write("posts/a.md", f"{HEAD}{body}\n".replace("\n", "\r\n"))
    (finding,) = told(folder_at(project).read())
    line = file.read_bytes().decode().split("\r\n")[finding.span.line - 1]
    assert line[finding.span.column - 1] == "\\"
    assert not finding.is_error
    mended(project)
    notes = body.split("%%")
    expected = "%%".join(text if index % 2 else text.replace("\\!", "!") for index, text in enumerate(notes))
    assert file.read_bytes() == f"{HEAD}{expected}\n".replace("\n", "\r\n").encode()
    assert told(folder_at(project).read()) == []


def test_notes_between_them_stay_as_they_are_also_where_one_says_the_same(project: Path, write: Write) -> None:
    file = write("posts/a.md", f"{HEAD}1\\. Come\\! %% Now\\! %% Now\\! %% Why\\! %% Here\\!\n")
    found = [(finding.span.column, finding.fix, finding.edit is not None) for finding in told(folder_at(project).read())]
    assert sorted(found) == [(2, "1.", True), (9, "Come!", True), (27, "Now!", True), (46, "Here!", True)]
    mended(project)
    assert file.read_text(encoding="utf-8") == f"{HEAD}1. Come! %% Now\\! %% Now! %% Why\\! %% Here!\n"


def test_words_of_settings_that_readers_see_lose_theirs_too(project: Path, write: Write) -> None:
    file = write(
        "posts/a.md", "---\nwhen: 2027-04-14 12:00\ntitle: Ours\\!\nfirst-comment: Come\\!\ncontent-warning: 'Police\\!'\n---\nHello\n"
    )
    assert [(finding.span.line, finding.span.column) for finding in told(folder_at(project).read())] == [(4, 20), (5, 25)]
    mended(project)
    expected = "---\nwhen: 2027-04-14 12:00\ntitle: Ours\\!\nfirst-comment: Come!\ncontent-warning: 'Police!'\n---\nHello\n"
    assert file.read_text(encoding="utf-8") == expected


def test_a_line_with_what_could_be_a_path_is_mended_only_when_asked(project: Path, write: Write) -> None:
    file = write("posts/a.md", f"{HEAD}See my\\_file\n")
    mended(project)
    assert file.read_text(encoding="utf-8") == f"{HEAD}See my\\_file\n"
    mended(project, unsafe=True)
    assert file.read_text(encoding="utf-8") == f"{HEAD}See my_file\n"


def test_a_hashtag_behind_a_backslash_gets_its_spelling_and_loses_the_backslash(project: Path, write: Write) -> None:
    write("posts/_hashtags.toml", '[core]\ntags = ["MayDay"]\n')
    file = write("posts/a.md", f"{HEAD}Come\\! \\#mayday \\#MAYDAY now\\!\n")
    mended(project)
    mended(project)
    assert file.read_text(encoding="utf-8") == f"{HEAD}Come! #MayDay #MayDay now!\n"


@pytest.mark.parametrize("typed", [r"\### instagram", r"\#\#\# Instagram", r"  \### instagram"])
def test_a_heading_with_backslashes_holds_its_post_and_is_mended_when_asked(typed: str, project: Path, write: Write) -> None:
    file = write("posts/a.md", f"{HEAD}For all\n\n{typed}\nFor some\n")
    (finding,) = folder_at(project).read().all_findings
    assert (finding.rule, finding.is_error, finding.span.line, finding.fix) == ("unknown-section", True, 6, "### instagram")
    mended(project)
    assert typed in file.read_text(encoding="utf-8")
    mended(project, unsafe=True)
    (read,) = folder_at(project).read().files
    assert read.findings == ()
    assert read.post is not None
    assert [variant.target for variant in read.post.parts[0].variants] == [None, "instagram"]


@given(st.text(st.sampled_from("ab1 \\\\\\!#*_-.+&[](){}/@:`~<>=$é🎉%\u00a0"), max_size=30))
def test_nothing_but_backslashes_before_signs_is_ever_taken_out(text: str) -> None:
    left = left_over(text)
    if left is None:
        return
    assert list(left.places) == sorted(set(left.places))
    for place in left.places:
        assert text[place] == "\\"
        assert not text[place + 1].isalnum()
        assert text[place + 1] not in " \\`"
    kept = "".join(sign for place, sign in enumerate(text) if place not in left.places)
    assert without(text) == kept
