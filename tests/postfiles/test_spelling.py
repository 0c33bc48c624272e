"""One spelling of each hashtag: that of the sets, in every text, in every set and in every post."""

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scheduler.model.finding import Finding, Severity
from scheduler.model.post import Reading
from tests.postfiles.conftest import folder_at

Write = Callable[[str, str | bytes], Path]
Read = Callable[[], Reading]

SETS = '[core]\ntags = ["MayDay2027", "Solidarity", "Straße", "Café"]\n'
HEAD = "---\nwhen: 2027-04-14 12:00\n---\n"


def spelt(reading: Reading, rule: str = "hashtag-spelling") -> list[Finding]:
    return [finding for finding in reading.all_findings if finding.rule == rule]


def mended(project: Path, *, unsafe: bool = False) -> None:
    folder = folder_at(project)
    for one in folder.mends(folder.read().all_findings, unsafe=unsafe):
        folder.write(one)


@pytest.mark.parametrize("typed", ["mayday2027", "#mayday2027", "MAYDAY2027", "MayDay2027"])
def test_a_single_hashtag_of_a_post_takes_the_spelling_of_the_sets(typed: str, write: Write, read: Read) -> None:
    write("posts/_hashtags.toml", SETS)
    write("posts/a.md", f'---\nwhen: 2027-04-14 12:00\nhashtags: ["{typed}", OurOwn, "Cafe\u0301"]\n---\nHello\n')
    (file,) = read().files
    assert file.post is not None
    assert file.post.hashtags == ("MayDay2027", "OurOwn", "Café")


def test_what_is_almost_the_name_of_a_set_is_left_for_its_author_to_decide(write: Write, read: Read) -> None:
    write("posts/_hashtags.toml", '[march]\ntags = ["MARCH"]\n')
    write("posts/a.md", "---\nwhen: 2027-04-14 12:00\nhashtags: [March]\n---\nHello\n")
    (file,) = read().files
    assert file.post is not None
    assert file.post.hashtags == ("March",)


@pytest.mark.parametrize(
    ("body", "line", "column"),
    [
        ("Come! #mayday2027", 4, 8),
        ("Come!\n\nNow #MAYDAY2027, all", 6, 6),
        ("%% #mayday2027 %% Come! #mayday2027", 4, 26),
        ("Come! #mayday2027 %% #mayday2027 %%", 4, 8),
        ("Hello\n\n### masto\nCome ＃mayday2027", 7, 7),
        ("Hello\n\n### instagram story\n#mayday2027", 7, 2),
        ("Hello\n\n### first comment\n#mayday2027", 7, 2),
        ("Hello\n\n### reply\n#mayday2027", 7, 2),
        ("Hello\n\n### variation\n#mayday2027", 7, 2),
        ("Hello\n\n### partner Tenants\n#mayday2027", 7, 2),
        ("Hello\n\n### lang es\n#mayday2027", 7, 2),
    ],
)
def test_another_spelling_is_shown_at_its_place_and_mended_there_alone(
    body: str, line: int, column: int, project: Path, write: Write
) -> None:
    write("posts/_hashtags.toml", SETS)
    data = f"{HEAD}{body}\n".replace("\n", "\r\n").encode()
    file = write("posts/a.md", data)
    (finding,) = spelt(folder_at(project).read())
    assert (finding.path, finding.severity, finding.fix) == ("posts/a.md", Severity.WARNING, "#MayDay2027")
    assert (finding.span.line, finding.span.column, finding.span.end_column - finding.span.column) == (line, column, 10)
    mended(project)
    lines = data.decode().split("\r\n")
    text = lines[line - 1]
    lines[line - 1] = text[: column - 1] + "MayDay2027" + text[column + 9 :]
    assert file.read_bytes() == "\r\n".join(lines).encode()
    assert spelt(folder_at(project).read()) == []


@pytest.mark.parametrize(
    "body",
    [
        "#MayDay2027 and #Solidarity",
        "https://example.org/#mayday2027",
        "mayday2027 is no hashtag",
        "a#mayday2027 is none either",
        "#mayday2027{count} is another word",
        "#mayday is another word",
        "#Cafe is another word",
        "#Cafe\u0301 is the same word",
        "%% #mayday2027 %%\nHello",
    ],
)
def test_other_words_and_the_right_spelling_are_left_alone(body: str, write: Write, read: Read) -> None:
    write("posts/_hashtags.toml", SETS)
    write("posts/a.md", f"{HEAD}{body}\n")
    assert spelt(read()) == []


def test_parts_language_files_and_the_comment_on_top_are_read_too(project: Path, write: Write, read: Read) -> None:
    write("posts/_hashtags.toml", SETS)
    write("posts/march/_campaign.md", '---\nfirst-comment: "#mayday2027"\n---\n')
    write("posts/march/a.md", "---\nkind: series\n---\n## One | 2027-04-14 12:00\nHi #solidarity\n")
    write("posts/march/b.md", '---\nwhen: 2027-04-14 12:00\nfirst-comment: "Yes #solidarity"\n---\nHello\n')
    write("posts/march/b.es.md", "Hola #solidarity\n")
    found = {(finding.path, finding.span.line, finding.span.column, finding.part) for finding in spelt(read())}
    assert found == {
        ("posts/march/_campaign.md", 2, 18, None),
        ("posts/march/a.md", 5, 5, "One"),
        ("posts/march/b.md", 3, 22, None),
        ("posts/march/b.es.md", 1, 7, None),
    }
    mended(project)
    assert spelt(read()) == []
    assert (project / "posts/march/_campaign.md").read_text(encoding="utf-8") == '---\nfirst-comment: "#MayDay2027"\n---\n'


@pytest.mark.parametrize("body", ["Come! #MayDay2027 %% a note %%", "Rally2027 %% a note %%"])
def test_a_note_behind_a_word_that_ends_in_a_year_is_a_note_and_no_per_cent(body: str, write: Write, read: Read) -> None:
    write("posts/_hashtags.toml", SETS)
    write("posts/a.md", f"{HEAD}{body}\n")
    assert read().all_findings == ()


def test_a_comment_over_several_lines_is_shown_and_not_mended(project: Path, write: Write, read: Read) -> None:
    write("posts/_hashtags.toml", SETS)
    file = write("posts/a.md", "---\nwhen: 2027-04-14 12:00\nfirst-comment: >\n  Come to\n  #mayday2027\n---\nHello\n")
    before = file.read_bytes()
    assert [finding.edit for finding in spelt(read())] == [None]
    mended(project, unsafe=True)
    assert file.read_bytes() == before


def test_a_word_that_no_change_of_capitals_makes_is_mended_only_when_asked(project: Path, write: Write, read: Read) -> None:
    write("posts/_hashtags.toml", SETS)
    file = write("posts/a.md", f"{HEAD}#Strasse\n")
    (finding,) = spelt(read())
    assert "networks" not in finding.consequence
    mended(project)
    assert file.read_text(encoding="utf-8") == f"{HEAD}#Strasse\n"
    mended(project, unsafe=True)
    assert file.read_text(encoding="utf-8") == f"{HEAD}#Straße\n"


def test_two_spellings_in_the_sets_are_told_at_the_second_and_the_first_counts(write: Write, read: Read) -> None:
    write(
        "posts/_hashtags.toml",
        '[core]\ntags = ["MayDay2027", "FairPay", "fairpay"]\ninstagram = ["FAIRPAY"]\n'
        '[march]\ntags = [\n  "mayday2027",  # ours\n  "March",\n]\nmastodon = "all"\nnever-with = ["Core", "core"]\n',
    )
    write("posts/a.md", "---\nwhen: 2027-04-14 12:00\nhashtags: [march]\n---\n#March\n")
    reading = read()
    told = [(finding.span.line, finding.span.column, finding.fix, finding.is_error) for finding in spelt(reading, "hashtag-two-spellings")]
    assert told == [
        (2, 35, '"FairPay", or mend line 2', False),
        (3, 15, '"FairPay", or mend line 2', False),
        (6, 4, '"MayDay2027", or mend line 2', False),
    ]
    assert len(reading.all_findings) == len(told)
    assert reading.hashtag_sets["core"].tags == ("MayDay2027", "FairPay")
    assert reading.hashtag_sets["core"].networks == {"instagram": ("FairPay",)}
    assert reading.hashtag_sets["march"].networks == {"mastodon": ("MayDay2027", "March")}


def test_two_spellings_are_mended_in_the_sets_when_asked_and_in_no_other_word(project: Path, write: Write) -> None:
    file = write("posts/_hashtags.toml", '# MayDay and mayday\n[a]\ntags = ["MayDay"]\n[b]\ntags = ["maydays", "mayday"]\n')
    mended(project)
    assert '["maydays", "mayday"]' in file.read_text(encoding="utf-8")
    mended(project, unsafe=True)
    assert file.read_text(encoding="utf-8") == '# MayDay and mayday\n[a]\ntags = ["MayDay"]\n[b]\ntags = ["maydays", "MayDay"]\n'
    assert folder_at(project).read().all_findings == ()


def test_a_word_written_with_escapes_is_told_and_nothing_else_of_its_line_is_touched(project: Path, write: Write) -> None:
    file = write("posts/_hashtags.toml", '[a]\ntags = ["MayDay"]\n[b]\ntags = ["\\u006dayday", "\\u0023FairPay"]\n')
    before = file.read_bytes()
    found = [(finding.rule, finding.span.line) for finding in folder_at(project).read().findings]
    assert found == [("hashtag-with-hash", 4), ("hashtag-two-spellings", 4)]
    mended(project, unsafe=True)
    assert file.read_bytes() == before


def test_a_set_with_a_mistake_gives_no_spelling_and_the_others_do(write: Write, read: Read) -> None:
    write("posts/_hashtags.toml", '[a]\ntags = ["MAYDAY"]\nplace = "top"\n[b]\ntags = ["MayDay"]\n')
    write("posts/a.md", f"{HEAD}#mayday\n")
    reading = read()
    assert [finding.rule for finding in reading.findings] == ["bad-hashtag-set"]
    assert [finding.fix for finding in spelt(reading)] == ["#MayDay"]


_WORDS = st.sampled_from(
    ["#mayday2027", "#MayDay2027", "#SOLIDARITY", "#other", "%% #solidarity %%", "{count}", "é", "🚩", "#Solidarity", ".", "a"]
)
_LINES = st.lists(st.lists(_WORDS, max_size=6).map(" ".join), max_size=5)


@given(_LINES, st.sampled_from(["\n", "\r\n"]), st.sampled_from([b"", b"\xef\xbb\xbf"]))
@example(["#mayday2027 %% #solidarity %% #SOLIDARITY"], "\n", b"")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mending_changes_capitals_of_known_hashtags_and_no_other_byte(project: Path, lines: list[str], ending: str, mark: bytes) -> None:
    (project / "posts/_hashtags.toml").write_text(SETS, encoding="utf-8")
    file = project / "posts/a.md"
    before = mark + ("\n".join([*HEAD.splitlines(), "Hello", *lines]) + "\n").replace("\n", ending).encode()
    file.write_bytes(before)
    mended(project)
    after = file.read_bytes()
    small = [unicodedata.normalize("NFC", data.decode()).lower() for data in (before, after)]
    assert small[0] == small[1]
    left = spelt(folder_at(project).read())
    assert all(finding.edit is None for finding in left)
    changed = {(old, new) for old, new in zip(before.split(), after.split(), strict=True) if old != new}
    assert changed <= {(b"#mayday2027", b"#MayDay2027"), (b"#SOLIDARITY", b"#Solidarity"), (b"#solidarity", b"#Solidarity")}
