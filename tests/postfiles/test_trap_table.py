"""Every trap of YAML that people fall into, one row each: it means what was typed, or a file of ``broken/`` shows how it is explained."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from scheduler.model.post import PostFile

BROKEN = Path(__file__).parent / "broken"
WHEN = "when: 2026-04-14 12:00\n"

EXPLAINED = {
    "a day that does not exist": ("when-no-such-day", "no-such-date"),
    "title: Strike #3 tomorrow": ("hash-in-title", "text-after-hash"),
    "hashtags: #MayDay #Strike": ("hash-before-hashtags", "text-after-hash"),
    "hashtags: and below it #MayDay": ("hash-below-hashtags", "text-after-hash"),
    "- #MayDay": ("hash-in-list-items", "text-after-hash"),
    "[#MayDay, #Strike]": ("hash-in-brackets", "text-after-hash"),
    "title: Reminder: strike": ("colon-in-title", "colon-in-text"),
    "@union": ("begins-with-at", "starts-with-special"),
    "*bold*": ("begins-with-asterisk", "starts-with-special"),
    "!now": ("begins-with-exclamation", "starts-with-special"),
    "%20": ("begins-with-percent", "starts-with-special"),
    "& more": ("begins-with-ampersand", "starts-with-special"),
    "{x} is on": ("begins-with-brace", "starts-with-special"),
    "a `word` first": ("begins-with-backtick", "starts-with-special"),
    "| first": ("begins-with-pipe", "starts-with-special"),
    '"Fight" for 15': ("quote-in-middle", "quote-in-middle"),
    "the same key twice": ("setting-twice", "duplicate-setting"),
    "title:Hello": ("no-space-after-colon", "missing-space"),
    "smart quotes round a colon": ("colon-in-smart-quotes", "colon-in-text"),
    "the hard space, and a colon": ("no-break-space-after-colon", "colon-in-text"),
    "a line separator in a title": ("line-separator", "unknown-setting"),
    "a dash in place of three": ("fence-is-a-dash", "dash-fence"),
    "the second fence is a dash": ("second-fence-is-a-dash", "dash-fence"),
    "a fence that never closes": ("fence-never-closed", "unclosed-front-matter"),
    "Windows-1252": ("windows-1252", "not-utf8"),
    "UTF-8 and Windows-1252 in one file": ("utf-8-and-windows-1252-mixed", "not-utf8"),
    "UTF-16 without its mark": ("utf-16-without-mark", "not-text"),
    "5/4/2026": ("when-slashes", "ambiguous-date"),
}


@pytest.mark.parametrize("trap", EXPLAINED)
def test_a_trap_that_cannot_be_understood_has_a_broken_file_that_names_its_rule(trap: str) -> None:
    name, rule = EXPLAINED[trap]
    assert (BROKEN / f"{name}.md").is_file()
    assert f"({rule})" in (BROKEN / f"{name}.txt").read_text(encoding="utf-8")


UNDERSTOOD = {
    "lang: no": ("language", "no"),
    "title: no": ("title", "no"),
    "title: 18:00": ("title", "18:00"),
    "title: 0151234": ("title", "0151234"),
    "title: +4930123": ("title", "+4930123"),
    "title: 1.10": ("title", "1.10"),
    "title: null": ("title", "null"),
    "title: ~": ("title", "~"),
    "id: 1e5": ("key", "1e5"),
    "title: 2026-05-01": ("title", "2026-05-01"),
    "title: 0x1F": ("title", "0x1F"),
    "hashtags: MayDay": ("hashtags", ("MayDay",)),
    "hashtags:\n\t- MayDay": ("hashtags", ("MayDay",)),
    "hashtags:\n\u00a0\u00a0- MayDay": ("hashtags", ("MayDay",)),
    "title:\u00a0Hello": ("title", "Hello"),
    "title:\tHello": ("title", "Hello"),
    "title: “Hello”": ("title", "“Hello”"),
}


@pytest.mark.parametrize("typed", UNDERSTOOD)
@pytest.mark.parametrize("first", [True, False])
def test_a_trap_that_can_be_understood_means_what_was_typed(typed: str, first: bool, read_one: Callable[[str | bytes], PostFile]) -> None:
    settings = f"{typed}\n{WHEN}" if first else f"{WHEN}{typed}\n"
    file = read_one(f"---\n{settings}---\nHello\n")
    assert file.post is not None
    assert not [finding for finding in file.findings if finding.is_error]
    attribute, value = UNDERSTOOD[typed]
    assert getattr(file.post, attribute) == value


NINE = datetime(2026, 4, 14, 9, 5)


@pytest.mark.parametrize(
    "when", ["2026-04-14 09:05", "2026-04-14 9:05", "2026-04-14 09:05:00", "2026-04-14T09:05", "14.04.2026 9:05", '"2026-04-14 09:05"']
)
def test_a_time_is_never_a_number_of_base_sixty(when: str, read_one: Callable[[str | bytes], PostFile]) -> None:
    file = read_one(f"---\nwhen: {when}\n---\nHello\n")
    assert file.post is not None
    assert getattr(file.post.parts[0].when, "local", None) == NINE


PLAIN = "---\ntitle: Hallo, schöner Tag\nwhen: 2026-04-14 12:00\n---\nHello\nthere\n"


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace("---", "-----").encode(),
        f"\n{PLAIN}".encode(),
        f"\ufeff\n{PLAIN}".encode(),
        PLAIN.replace("---\n", "---  \n").encode(),
        PLAIN.replace("title: ", "title:\u00a0").encode(),
    ],
)
def test_the_ways_in_which_programs_save_a_file_change_nothing(data: bytes, read_one: Callable[[str | bytes], PostFile]) -> None:
    file = read_one(data)
    assert not file.findings
    assert file.post is not None
    assert (file.post.title, file.post.parts[0].variants[0].text) == ("Hallo, schöner Tag", "Hello\nthere")
