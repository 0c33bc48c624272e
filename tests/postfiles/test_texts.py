from collections.abc import Callable

import pytest

from scheduler.model.finding import Severity
from scheduler.model.post import PostFile, Status, Variant

ReadOne = Callable[[str | bytes], PostFile]

SECTIONS = """---
title: Joint call
when: 2026-04-23 10:00
where: [masto, fb]
status: review
partners: [tenants-union]
---
%% Kim asked for this wording. %%
We march together: {partners.mentions}. %% check %%

<!-- not
published -->

{{Friday}}, {event.date}.

### Mastodon
content-warning: politics
lang: es
Marchamos juntos.

### fb

Graphic: this is a text, for it begins with a capital

### partner tenants-union
when: 2026-04-23 14:00
Tenants march too.

### reply
Second post.
### reply
Third post.
"""


def variants(file: PostFile) -> list[Variant]:
    assert file.post is not None
    return list(file.post.parts[0].variants)


def test_sections_replace_the_text_and_settings_for_their_target(read_one: ReadOne) -> None:
    file = read_one(SECTIONS)
    assert [(variant.target, variant.text, dict(variant.settings)) for variant in variants(file)] == [
        (None, "We march together: {partners.mentions}.\n\n{{Friday}}, {event.date}.", {}),
        ("mastodon", "Marchamos juntos.", {"content-warning": "politics", "lang": "es"}),
        ("fb", "Graphic: this is a text, for it begins with a capital", {}),
        ("partner tenants-union", "Tenants march too.", {"when": "2026-04-23 14:00"}),
        ("reply", "Second post.", {}),
        ("reply", "Third post.", {}),
    ]
    assert file.post is not None
    assert file.post.status is Status.REVIEW
    assert file.post.settings == {"partners": "tenants-union"}


def test_notes_are_kept_and_never_stand_in_a_text(read_one: ReadOne) -> None:
    file = read_one(SECTIONS)
    assert file.post is not None
    assert file.post.notes == ("Kim asked for this wording.", "check", "not\npublished")


def test_each_line_of_a_text_knows_its_line_in_the_file(read_one: ReadOne) -> None:
    rows = SECTIONS.split("\n")
    for variant in variants(read_one(SECTIONS)):
        for number, line in zip(variant.lines, variant.text.split("\n"), strict=True):
            assert rows[number - 1].startswith(line)


def test_sections_of_every_kind_are_read_without_a_word(read_one: ReadOne) -> None:
    assert read_one(SECTIONS).findings == ()


def test_a_mistake_in_a_section_holds_that_network_or_account_alone(read_one: ReadOne) -> None:
    file = read_one("---\nwhen: 2026-04-14 12:00\n---\nHello\n### mastodon\n{lnk}\n### fb\n![a](nope.jpg)\n")
    assert [(finding.rule, finding.network, finding.account) for finding in file.findings] == [
        ("unknown-placeholder", "mastodon", None),
        ("waiting-for-picture", None, "fb"),
    ]


def test_a_mistake_in_a_part_holds_that_part_alone(read_one: ReadOne) -> None:
    file = read_one("---\nkind: series\n---\n## A | 2026-04-14 12:00\nstatus: draft\n{lnk}\n## B | 2026-04-15 12:00\nHello\n")
    assert [(finding.rule, finding.part) for finding in file.findings] == [("unknown-placeholder", "A")]
    assert file.post is not None
    assert [(part.name, dict(part.settings)) for part in file.post.parts] == [("A", {"status": "draft"}), ("B", {})]


def test_obsidian_s_own_keys_are_ignored(read_one: ReadOne) -> None:
    file = read_one("---\nwhen: 2026-04-14T12:00:00\naliases: [x]\ntags:\n  - y\ncssclasses:\nhashtags: [z]\n---\nHello\n")
    assert not file.findings
    assert file.post is not None
    assert file.post.hashtags == ("z",)


def test_tags_without_hashtags_are_hinted_at(read_one: ReadOne) -> None:
    file = read_one("---\nwhen: 2026-04-14 12:00\ntags: [y]\n---\nHello\n")
    assert [(finding.rule, finding.severity, finding.span.line) for finding in file.findings] == [("obsidian-tags", Severity.HINT, 3)]
    assert not read_one("---\nwhen: 2026-04-14 12:00\ntags:\n---\nHello\n").findings


@pytest.mark.parametrize("line", ["tags: solidarity", "ontent-warning:", "grafic:"])
def test_no_line_below_a_heading_vanishes_because_it_looks_like_a_setting(line: str, read_one: Callable[[str | bytes], PostFile]) -> None:
    file = read_one(f"---\nwhen: 2026-04-14 12:00\n---\nText\n\n### masto\n{line}\nMore\n")
    assert [finding.rule for finding in file.findings] == ["unknown-setting"]
