from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from scheduler.model.finding import Severity
from scheduler.model.post import Reading
from tests.postfiles.conftest import folder_at

Write = Callable[[str, str | bytes], Path]
Read = Callable[[], Reading]

SETS = """[core]
tags = ["OurUnion", "Solidarity"]

[mayday]
tags = ["MayDay2026", "1Mai", "FairPay"]
instagram = ["MayDay2026"]
mastodon = "all"
rotate = 2
until = 2026-05-03
never-with = ["jobs"]
"""
TAGGED = "---\nwhen: 2026-04-14 12:00\nhashtags: [{names}]\n---\nHello\n"


def test_sets_are_read_with_all_their_keys(write: Write, read: Read) -> None:
    write("posts/_hashtags.toml", SETS)
    write("assets/hashtags.toml", "[other]\ntags = []\n")
    reading = read()
    assert not reading.all_findings
    assert list(reading.hashtag_sets) == ["core", "mayday"]
    mayday = reading.hashtag_sets["mayday"]
    assert mayday.networks == {"instagram": ("MayDay2026",), "mastodon": ("MayDay2026", "1Mai", "FairPay")}
    assert (mayday.rotate, mayday.never_with, mayday.place) == (2, ("jobs",), "end")
    assert mayday.until == datetime(2026, 5, 3, 23, 59, 59)


@pytest.mark.parametrize("place", ["end", "inline", "first-comment"])
def test_a_set_says_where_its_tags_stand(place: str, write: Write, read: Read) -> None:
    write("posts/_hashtags.toml", f'[core]\ntags = ["OurUnion"]\nplace = "{place}"\n')
    reading = read()
    assert (reading.all_findings, reading.hashtag_sets["core"].place) == ((), place)


def test_sets_may_lie_among_the_assets(write: Write, read: Read) -> None:
    write("assets/hashtags.toml", SETS)
    assert list(read().hashtag_sets) == ["core", "mayday"]


def test_an_unknown_key_is_told_with_its_place_and_holds_the_posts_that_name_the_set(write: Write, read: Read) -> None:
    write("posts/_hashtags.toml", SETS + 'instagarm = ["x"]\n')
    write("posts/a.md", TAGGED.format(names="mayday"))
    write("posts/b.md", TAGGED.format(names="core"))
    reading = read()
    (finding,) = reading.findings
    assert (finding.rule, finding.path, finding.label) == ("unknown-setting", "posts/_hashtags.toml", "did you mean “instagram”?")
    assert (finding.span.line, finding.span.column, finding.span.end_column) == (11, 1, 10)
    assert [(file.id, [found.rule for found in file.findings]) for file in reading.files] == [("a", ["hashtags-unreadable"]), ("b", [])]
    assert "mayday" not in reading.hashtag_sets


def test_a_tag_with_its_hash_is_understood_and_told(write: Write, read: Read) -> None:
    write("posts/_hashtags.toml", '[core]\ntags = ["#OurUnion"]\n')
    reading = read()
    (finding,) = reading.findings
    assert (finding.rule, finding.severity, finding.fix) == ("hashtag-with-hash", Severity.HINT, '"OurUnion"')
    assert (finding.span.line, finding.span.column) == (2, 10)
    assert reading.hashtag_sets["core"].tags == ("OurUnion",)


def test_a_file_that_is_no_toml_holds_every_post_with_hashtags(write: Write, read: Read) -> None:
    write("posts/_hashtags.toml", '[core]\ntags = ["OurUnion", Solidarity]\n')
    write("posts/a.md", TAGGED.format(names="core"))
    write("posts/b.md", TAGGED.format(names=""))
    reading = read()
    assert [(finding.rule, finding.span.line) for finding in reading.findings] == [("bad-toml", 2)]
    assert [[found.rule for found in file.findings] for file in reading.files] == [["hashtags-unreadable"], []]


def test_wrong_values_are_told_one_by_one(write: Write, read: Read) -> None:
    write("posts/_hashtags.toml", 'stray = 1\n[a]\ntags = "x"\n[b]\nrotate = -1\n[c]\ntags = ["May-Day"]\nplace = "top"\nuntil = "soon"\n')
    found = [(finding.rule, finding.span.line) for finding in read().findings]
    assert found == [
        ("bad-hashtag-set", 1),
        ("bad-hashtag-set", 3),
        ("bad-hashtag-set", 4),
        ("bad-hashtag-set", 5),
        ("hashtag-broken", 7),
        ("bad-hashtag-set", 8),
        ("bad-hashtag-set", 9),
    ]


@pytest.mark.parametrize(
    ("typed", "broken", "fix"),
    [
        ("MayDay Strike", "MayDay Strike", "MayDay, Strike  or  MayDayStrike"),
        ("[Strike, May Day]", "May Day", "May, Day  or  MayDay"),
        ('"#MayDay #Strike"', "MayDay #Strike", "MayDay, Strike  or  MayDayStrike"),
        ("[MayDay, 2027]", "2027", "delete it, or write a word such as MayDay"),
        ("[MayDay, ✊]", "✊", "delete it, or write a word such as MayDay"),
        ("MayDay, Straßen-Fest", "Straßen-Fest", "StraßenFest"),
        ("[MayDay, 1-Mai]", "1-Mai", "1Mai"),
        ("[MayDay, R&D]", "R&D", "RD"),
    ],
)
def test_a_word_that_no_network_takes_for_one_hashtag_holds_the_post(
    typed: str, broken: str, fix: str, project: Path, write: Write
) -> None:
    file = write("posts/a.md", f"---\nwhen: 2026-04-14 12:00\nhashtags: {typed}\n---\nHello\n")
    folder = folder_at(project)
    (finding,) = folder.read().all_findings
    line = file.read_text(encoding="utf-8").splitlines()[finding.span.line - 1]
    assert (finding.rule, finding.fix, finding.is_error) == ("hashtag-broken", fix, True)
    assert line[finding.span.column - 1 : finding.span.end_column - 1] == broken
    if finding.edit is not None:
        for mended in folder.mends([finding], unsafe=True):
            folder.write(mended)
        assert file.read_text(encoding="utf-8") == f"---\nwhen: 2026-04-14 12:00\nhashtags: {typed.replace(broken, fix)}\n---\nHello\n"
        assert folder.read().all_findings == ()


@pytest.mark.parametrize("tag", ["हिन्दी", "แรงงาน", "עבודה", "労働者", "العمال", "Cafe\u0301", "1Mai", "Größe", "col·lectiu", "_x"])
def test_hashtags_are_written_in_every_script(tag: str, write: Write, read: Read) -> None:
    write("posts/_hashtags.toml", f'[core]\ntags = ["{tag}"]\n')
    write("posts/a.md", f"---\nwhen: 2026-04-14 12:00\nhashtags: [core, {tag}]\n---\nHello\n")
    assert read().all_findings == ()


def test_a_broken_hashtag_of_the_whole_folder_is_never_mended_in_a_post(project: Path, write: Write) -> None:
    write("posts/march/_campaign.md", "---\nhashtags: [May-Day]\n---\n")
    write("posts/march/a.md", "---\nwhen: 2026-04-14 12:00\n---\nHello\n")
    folder = folder_at(project)
    reading = folder.read()
    assert [(finding.rule, finding.edit) for finding in reading.all_findings] == [("hashtag-broken", None)]
    assert folder.mends(reading.all_findings, unsafe=True) == []
