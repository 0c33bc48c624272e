"""The partners and the house words, and how all three files of the house are read while somebody saves them."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.model.finding import Finding, Severity
from scheduler.model.house import Partner, Person
from scheduler.model.network import Mentions
from scheduler.model.post import Reading
from scheduler.postfiles.folder.reading import PostFolder
from tests.planning.making import network
from tests.postfiles.conftest import folder_at

Write = Callable[[str, str | bytes], Path]
POST = "---\nwhen: 2026-04-14 12:00\n{}\n---\nHello\n"


def told(reading: Reading) -> list[tuple[str, str, int, int]]:
    return [(finding.rule, finding.path, finding.span.line, finding.span.column) for finding in errors(reading)]


def errors(reading: Reading) -> list[Finding]:
    return [finding for finding in reading.all_findings if finding.is_error]


def test_a_logo_that_comes_later_is_no_mistake_any_more(project: Path, write: Write) -> None:
    folder = folder_at(project)
    write("posts/_partners.toml", '[tenants]\nlogo = "assets/t.png"\n')
    assert [finding.rule for finding in folder.read().findings] == ["missing-file"]
    write("assets/t.png", b"\x89PNG\r\n\x1a\n")
    assert folder.read().findings == ()
    write("posts/_partners.toml", '[tenants]\nlogo = "../t.png"\n')
    assert [finding.fix for finding in folder.read().findings] == ["assets/t.png"]


def test_a_partner_has_names_handles_and_what_may_be_done(write: Write, read: Callable[[], Reading]) -> None:
    write("assets/t.svg", "<svg/>")
    write("assets/d.svg", "<svg/>")
    write(
        "posts/_partners.toml",
        '[tenants-union]\nname = "Tenants’ Union"\nlogo = "assets/t.svg"\nlogo-dark = "assets/d.svg"\nminimum-width = 90\nclear-space = 9\n'
        'Mastodon = "@tenants@social.example"\ninstagram = "@tenants"\naccounts = ["fb"]\nlanguage = "de_AT"\nkit = true\ncontact = "Kim"\n'
        "[others]\n",
    )
    reading = read()
    assert errors(reading) == []
    assert reading.partners == {
        "tenants-union": Partner(
            name="tenants-union",
            title="Tenants’ Union",
            handles={"mastodon": "@tenants@social.example", "instagram": "@tenants"},
            accounts=("fb",),
            logo="assets/t.svg",
            logo_dark="assets/d.svg",
            minimum_width=90,
            clear_space=9,
            language="de-AT",
            contact="Kim",
            kit=True,
        ),
        "others": Partner(name="others", title="others"),
    }


@pytest.mark.parametrize(
    ("line", "rule", "column"),
    [
        ("name = 3", "bad-partner", 1),
        ("nmae = 'x'", "unknown-setting", 1),
        ("accounts = 'fb'", "bad-partner", 1),
        ("accounts = ['fbb']", "unknown-account", 14),
        ("kit = 'yes'", "bad-partner", 1),
        ("minimum-width = -1", "bad-partner", 1),
        ("language = 'klingonisch'", "bad-partner", 1),
        ("mastodon = ['@a']", "bad-partner", 1),
        ("name = Tenants", "bad-toml", 8),
    ],
)
def test_a_mistake_of_a_partner_has_a_place_and_holds_its_posts(
    line: str, rule: str, column: int, write: Write, read: Callable[[], Reading]
) -> None:
    write("posts/_partners.toml", f"[others]\n[tenants]\n{line}\n")
    write("posts/a.md", POST.format("partners: [tenants]"))
    write("posts/b.md", POST.format("title: no partner"))
    assert told(read()) == [(rule, "posts/_partners.toml", 3, column), ("partners-unreadable", "posts/a.md", 3, 12)]


def test_a_partner_that_nobody_knows_is_told_wherever_it_is_named(write: Write, read: Callable[[], Reading]) -> None:
    write("posts/_partners.toml", "[tenants-union]\n")
    write("posts/a.md", POST.format("partners: [tenants-union, tenant-union]\ncollab: '@somebody'") + "\n### partner tenants\nHi\n")
    reading = read()
    assert told(reading) == [("unknown-partner", "posts/a.md", 3, 27), ("unknown-partner", "posts/a.md", 8, 1)]
    assert [finding.fix for finding in errors(reading)] == ["tenants-union"] * 2


def test_house_words_say_what_to_write(write: Write, read: Callable[[], Reading]) -> None:
    write(
        "posts/_words.toml",
        'approved-links = ["https://example.org/"]\n[avoid]\nchairman = "chair"\n[names]\nSquare = ["Sqare"]\n'
        '[handles]\n"Tenants’ Union" = { Mastodon = "@t@union.example", instagram = "@t" }\nkim = { name = "Kim Ito" }\n',
    )
    words = read().words
    assert (words.avoid, words.names) == ({"chairman": "chair"}, {"Square": ("Sqare",)})
    assert words.handles == {
        "Tenants’ Union": Person(
            name="Tenants’ Union", title="Tenants’ Union", handles={"mastodon": "@t@union.example", "instagram": "@t"}
        ),
        "kim": Person(name="kim", title="Kim Ito"),
    }
    assert words.approved_links == ("https://example.org/",)


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ("[avoidd]\n", "unknown-setting", 1),
        ("[avoid]\na = 3\n", "bad-words", 2),
        ("[names]\nA = 'B'\n", "bad-words", 2),
        ("[names]\nA = ['A']\n", "bad-words", 2),
        ("names = 3\n", "bad-words", 1),
        ("approved-links = ['example']\n", "bad-words", 1),
        ("[avoid\n", "bad-toml", 1),
        ('[handles]\n"Union" = "@u"\n', "bad-words", 2),
        ('[handles]\n"Union" = { mastdon = "@u" }\n', "unknown-setting", 2),
        ('[handles]\n"Union" = { instagram = ["@u"] }\n', "bad-words", 2),
        ('[handles.Union]\ninstagram = "@u"\nmastodn = "@u"\n', "unknown-setting", 3),
        ("handles = 3\n", "bad-words", 1),
    ],
)
def test_a_mistake_in_the_house_words_has_a_place(text: str, rule: str, line: int, write: Write, read: Callable[[], Reading]) -> None:
    write("posts/_words.toml", text)
    assert [(finding.rule, finding.span.line) for finding in read().all_findings] == [(rule, line)]


def test_a_handle_that_cannot_be_one_on_its_network_is_told_where_it_stands(project: Path, write: Write) -> None:
    write("posts/_words.toml", '[handles]\nkim = { short = "@kim@far.example", bare = "Kim!" }\nunion = { short = "union" }\n')
    write("posts/_partners.toml", '[choir]\nname = "Choir"\nshort = "@our choir"\n')
    mentions = Mentions(handle="[a-z]{1,9}", example="@us")
    facts = {name: replace(network(name), mentions=mentions if name == "short" else None) for name in ("short", "bare")}
    reading = PostFolder(project, accounts={}, networks=facts, languages=("en",)).read()
    assert [(finding.rule, finding.severity, finding.path, finding.span.line, finding.span.column) for finding in reading.findings] == [
        ("bad-handle", Severity.WARNING, "posts/_partners.toml", 3, 10),
        ("bad-handle", Severity.WARNING, "posts/_words.toml", 2, 18),
    ]
    assert reading.findings[1].fix == 'short = "@us"'
    assert reading.words.handles["kim"].handles == {"short": "@kim@far.example", "bare": "Kim!"}
    assert list(reading.partners) == ["choir"]


@pytest.mark.parametrize("name", ["_hashtags", "_partners"])
def test_a_file_of_the_house_that_is_being_saved_lets_its_posts_wait(name: str, project: Path, write: Write) -> None:
    now = datetime(2026, 4, 1, 12, tzinfo=UTC)

    def saved(text: str, ago: int) -> None:
        file = write(f"posts/{name}.toml", text)
        os.utime(file, (now.timestamp() - ago,) * 2)

    post = write("posts/a.md", POST.format("hashtags: [core]\npartners: [core]"))
    other = write("posts/b.md", POST.format("title: other"))
    for file in (post, other):
        os.utime(file, (0, 0))
    folder = folder_at(project)
    settled_before = now - timedelta(seconds=2)
    saved("[core]\nta", 1)
    assert folder.read(settled_before).unsettled == {"a"}
    saved("[core]\ntags = ['A']\n" if name == "_hashtags" else "[core]\n", 5)
    first = folder.read(settled_before)
    assert (first.unsettled, errors(first)) == (frozenset(), [])
    saved("[co", 1)
    second = folder.read(settled_before)
    assert second.unsettled == {"a"}
    assert (second.hashtag_sets, second.partners) == (first.hashtag_sets, first.partners)
    (project / f"posts/{name}.toml").unlink()
    assert folder.read(settled_before).unsettled == {"a"}, "it may come back in a moment"
    assert folder.read(settled_before).unsettled == frozenset()


@pytest.mark.parametrize(("name", "rule"), [("_hashtags", "hashtags-unreadable"), ("_partners", "partners-unreadable"), ("_words", "")])
def test_a_file_of_the_house_that_cannot_be_read_holds_what_needs_it_alone(
    name: str, rule: str, project: Path, write: Write, read: Callable[[], Reading]
) -> None:
    (project / f"posts/{name}.toml").mkdir(parents=True)
    write("posts/needs.md", POST.format("hashtags: [core]\npartners: [core]"))
    write("posts/other.md", POST.format("title: Other"))
    reading = read()
    assert [(finding.rule, finding.path) for finding in reading.findings] == [("unreadable-file", f"posts/{name}.toml")]
    needs, other = ([finding.rule for finding in file.findings] for file in reading.files)
    assert (needs, other) == ([rule] if rule else [], [])
