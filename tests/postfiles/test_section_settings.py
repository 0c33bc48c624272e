"""Settings below a heading: in every form in which people write them, they are taken or told, and never published."""

from collections.abc import Callable

import pytest

from scheduler.model.post import PostFile, Variant

ReadOne = Callable[[str | bytes], PostFile]
HEAD = "---\nwhen: 2027-04-14 12:00\n---\nHello\n\n"


def section(file: PostFile) -> Variant:
    assert file.post is not None
    return file.post.parts[0].variants[-1]


def errors(file: PostFile) -> list[tuple[str, int, str | None]]:
    return [(finding.rule, finding.span.line, finding.fix) for finding in file.findings if finding.is_error]


@pytest.mark.parametrize(
    "below",
    [
        "content-warning: food\nBecause",
        "\ncontent-warning: food\nBecause",
        "\n\ncontent-warning: food\n\nBecause",
        "lang: de\n\ncontent-warning: food\n\nBecause",
        "\nlang: de\ncontent-warning: food\n\nBecause",
    ],
)
def test_a_blank_line_below_the_heading_changes_nothing(read_one: ReadOne, below: str) -> None:
    file = read_one(f"{HEAD}### mastodon\n{below}\n")
    assert file.findings == ()
    assert section(file).settings["content-warning"] == "food"
    assert section(file).text == "Because"


@pytest.mark.parametrize(
    "line",
    [
        "content-warning:food",
        "content-warning : food",
        "content-warning：food",
        "- content-warning: food",
        "* **content-warning**: food",
        "**content-warning:** food",
        "  content-warning: food",
        "CW: food",
        "cw:food",
        "TW: food",
        "Content note: food",
        "Inhaltswarnung: food",
        "Aviso de contenido: food",
        "content-warning:",
    ],
)
@pytest.mark.parametrize("gap", ["", "\n"])
def test_a_warning_in_any_other_form_holds_its_section(read_one: ReadOne, line: str, gap: str) -> None:
    found = errors(read_one(f"{HEAD}### mastodon\n{gap}{line}\nBecause\n"))
    assert len(found) == 1, found
    assert found[0][1] == 7 + len(gap)


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ("lang:de", "lang: de"),
        ("- lang: de", "lang: de"),
        ("graphic : event-card", "graphic: event-card"),
        ("**graphic**: event-card", "graphic: event-card"),
        ("sprache: de", "lang: de"),
    ],
)
@pytest.mark.parametrize("gap", ["", "\n"])
def test_so_does_any_setting_that_may_stand_there(read_one: ReadOne, line: str, fix: str, gap: str) -> None:
    ((_, _, said),) = errors(read_one(f"{HEAD}### mastodon\n{gap}{line}\nBecause\n"))
    assert said is not None
    assert said.startswith(fix.partition(" ")[0])


@pytest.mark.parametrize("gap", ["", "\n"])
def test_what_looks_like_one_and_is_the_second_line_is_told_too(read_one: ReadOne, gap: str) -> None:
    found = errors(read_one(f"{HEAD}### mastodon\n{gap}content-warning: food\n- lang: de\nBecause\n"))
    assert [(rule, line) for rule, line, _ in found] == [("setting-in-text", 8 + len(gap))]


def test_a_setting_of_another_place_is_told_below_a_blank_line_as_well(read_one: ReadOne) -> None:
    ((rule, line, fix),) = errors(read_one(f"{HEAD}### mastodon\n\nwhere: [bluesky]\nBecause\n"))
    assert (rule, line) == ("setting-not-here", 8)
    assert fix is not None
    assert "“Where:”" in fix


@pytest.mark.parametrize(
    "text",
    [
        "Link: https://example.org",
        "Where: Pier Square",
        "When: Saturday at 2 pm",
        "Title: the fight of our lives",
        "Place: Oranienplatz",
        "Graphic: Ana Sol",
        "Language: English and Spanish",
        "Warning: the elevator is out of order",
        "- link: https://example.org",
        "- when: Saturday\n- where: Pier Square",
        "Spoiler: we won",
        "Avertissement : la place est fermée",
        "(content-warning: food)",
        "10:30 at the pier",
        "https://example.org/cw:food",
        "note: bring water",
        "PS: bring water",
        "We say: enough",
        "no: we will not go back",
    ],
)
def test_ordinary_text_below_a_blank_line_stays_text(read_one: ReadOne, text: str) -> None:
    file = read_one(f"{HEAD}### mastodon\n\n{text}\nBecause\n")
    assert file.findings == ()
    assert section(file).text == f"{text}\nBecause"


@pytest.mark.parametrize("name", ["reply", "first comment"])
def test_an_answer_or_a_comment_may_begin_with_a_link(read_one: ReadOne, name: str) -> None:
    file = read_one(f"{HEAD}### {name}\n\nlink: https://example.org\n")
    assert file.findings == ()
    assert section(file).text == "link: https://example.org"


@pytest.mark.parametrize("name", ["reply", "first comment"])
@pytest.mark.parametrize("line", ["CW: food", "Content warning: food", "- link: https://example.org"])
def test_what_they_cannot_have_as_a_setting_is_their_text(read_one: ReadOne, name: str, line: str) -> None:
    file = read_one(f"{HEAD}### {name}\n\n{line}\nBecause\n")
    assert file.findings == ()
    assert section(file).text == f"{line}\nBecause"


def test_a_section_or_part_keeps_its_settings_where_a_tool_put_a_blank_line(read_one: ReadOne) -> None:
    file = read_one("---\nkind: series\n---\n## One | 2027-04-14 12:00\n\nstatus: draft\n\nHello\n\n### mastodon\n\nlang: es\n\nHola\n")
    assert file.findings == ()
    assert file.post is not None
    (part,) = file.post.parts
    assert part.settings == {"status": "draft"}
    assert part.default.text == "Hello"
    assert part.variants[1].language == "es"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Hello\n\ntitle: Second\nwhen: 2027-04-16 12:00\n\nSecond post", [6]),
        ("Hello\ncontent-warning: food", [5]),
        ("Hello\nfirst-comment: The link is here", [5]),
        ("Hello\nhold-until: approved", [5]),
        ("Hello\nwhen: 2027-04-16 12:00", [5]),
        ("Hello\nwhen: 16 April 2027", [5]),
        ("Hello\nwhen: next slot", [5]),
        ("Hello\nwhen: 1 week before, 18:00", [5]),
        ("Hello\nrepeat: every 6 weeks on Tuesday at 12:30", [5]),
        ("Hello\nstatus: draft", [5]),
        ("Hello\nwhere: [mastodon]", [5]),
        ("Hello\nhashtags: [core]", [5]),
        ("Hello\nlang: es", [5]),
        ("Hello\ntitle: Second\nlink: https://example.org", [5]),
        ("Hello\n\n### mastodon\nShort\ncontent-warning: food\nmore", [8]),
        ("Hello\ncontent-warning: food\nand\nstatus: draft\n", [5, 7]),
    ],
)
def test_settings_in_the_middle_of_a_text_hold_it(read_one: ReadOne, text: str, lines: list[int]) -> None:
    found = errors(read_one(f"---\nwhen: 2027-04-14 12:00\n---\n{text}\n"))
    assert [(rule, line) for rule, line, _ in found] == [("setting-in-text", line) for line in lines]
    assert all(fix is not None and "### reply" in fix for _, _, fix in found)


@pytest.mark.parametrize(
    "text",
    [
        "Link: https://example.org",
        "link: https://example.org",
        "Title: Senior organizer\nPlace: Oranienplatz",
        "Content warning: food",
        "what: rally\nwhen: saturday, 2 pm\nwhere: pier square\nlink: https://example.org",
        "when: saturday at 2 pm\nwhere: pier square",
        "place: Oranienplatz\naddress: Oranienplatz 1\nstarts: 14:00\nends: 18:00",
        "status: on strike",
        "status: it is complicated",
        "repeat: after me",
        "title: the fight of our lives",
        "kind: of a big deal",
        "lang: lebe die Solidarität",
        "poll: who is with us?",
        "owner: the people",
        "allow: everybody",
        "When: 2027-04-16 12:00\nWhere: Pier Square",
        "  when: 2027-04-16 12:00",
        "all of this is about where: here, and when: now",
    ],
)
def test_lines_that_captions_have_stay_text(read_one: ReadOne, text: str) -> None:
    file = read_one(f"---\nwhen: 2027-04-14 12:00\n---\nHello\n{text}\n")
    assert file.findings == ()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Hello\n---\ntitle: Second\nwhen: 2027-04-16 12:00\n---\nMore\n", "a file of its own"),
        ("One\n\n---\n\nTwo\n", "### reply"),
        ("when: 2027-04-14 12:00\n---\nHello\n", "in line 3"),
    ],
)
def test_dashes_in_the_text_get_the_answer_that_was_meant(read_one: ReadOne, body: str, said: str) -> None:
    ((rule, _, fix),) = errors(read_one(f"---\ntitle: One\n---\n{body}"))
    assert rule == "stray-fence"
    assert fix is not None
    assert said in fix
