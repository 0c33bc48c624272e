"""``scheduler new`` begins files that ``check`` understands, and never touches one that is there."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.postfiles import read_folder
from scheduler.postfiles.writing.starting import Wish, begin, file_name, kinds, known_starters, shipped_starters
from tests.cli.running import inside
from tests.cli.terminal import at_terminal

KINDS = kinds(shipped_starters())
# What a starter may be told about: words to write, a picture to add, an approval that it waits for.
TO_FILL_IN = {"leftover-note", "waiting-for-picture", "picture-missing", "held-by-setting", "not-used-yet", "not-sent-yet"}


def rules(folder: Path) -> list[str]:
    return [finding["rule"] for finding in inside(folder, "check", "--json").json["findings"]]


@pytest.mark.parametrize("kind", KINDS)
def test_check_says_of_a_new_file_only_what_is_to_be_filled_in(kind: str, posts_folder: Path) -> None:
    made = inside(posts_folder, "new", kind)
    assert made.code == 0
    assert all((posts_folder / path).is_file() for path in made.out.splitlines())
    found = rules(posts_folder)
    assert found, "a file with words to write is not clean"
    assert set(found) <= TO_FILL_IN


def test_a_new_post_is_well_once_its_words_are_written(posts_folder: Path) -> None:
    made = inside(posts_folder, "new", "--title", "Podcast: #12 is out", "--when", "14 April 2030 12:00", "--where", "site")
    path = posts_folder / made.out.strip()
    assert path.name == "2030-04-14-podcast-12-is-out.md"
    text = path.read_text(encoding="utf-8")
    assert 'title: "Podcast: #12 is out"\nwhen: 14 April 2030 12:00\nwhere: [site]\n' in text
    path.write_text(text.replace("TODO: say it in two or three sentences, the most important first.", "Listen!"), encoding="utf-8")
    assert rules(posts_folder) == []
    assert inside(posts_folder, "show", "podcast", "--json").json["outgoing"][0]["text"] == "Listen!"


def test_a_new_event_is_a_folder_with_a_countdown_that_is_not_late(posts_folder: Path) -> None:
    made = inside(posts_folder, "new", "event", "--title", "März-Kundgebung", "--when", "2030-03-02 14:00")
    assert made.out.splitlines() == [f"posts/2030-03-02-marz-kundgebung/{name}" for name in ("_campaign.md", "series.md")]
    for path in map(posts_folder.joinpath, made.out.splitlines()):
        path.write_text(path.read_text(encoding="utf-8").replace("TODO", "Dear all"), encoding="utf-8")
    assert rules(posts_folder) == []
    states = {entry["part"]: entry["state"] for entry in inside(posts_folder, "list", "--json").json["deliveries"]}
    assert states == {
        "Save the date": "planned",
        "One week to go": "planned",
        "Tomorrow": "planned",
        "Today": "planned",
        "Thank you": "held",
    }


def test_a_todo_in_the_event_itself_holds_its_posts(posts_folder: Path) -> None:
    made = inside(posts_folder, "new", "event", "--title", "March")
    series = posts_folder / made.out.splitlines()[1]
    series.write_text(series.read_text(encoding="utf-8").replace("TODO", "Dear all"), encoding="utf-8")
    assert set(rules(posts_folder)) == {"leftover-note"}


def test_new_never_overwrites_a_file(posts_folder: Path) -> None:
    first = inside(posts_folder, "new", "--title", "Same").out.strip()
    second = inside(posts_folder, "new", "--title", "Same").out.strip()
    assert second == first.replace(".md", "-2.md")
    (posts_folder / first).write_text("mine", encoding="utf-8")
    refused = inside(posts_folder, "new", "--out", first)
    assert (refused.code, refused.out) == (2, "")
    assert "stays as it is" in refused.err
    assert (posts_folder / first).read_text(encoding="utf-8") == "mine"


def test_new_never_overwrites_one_file_of_an_event(posts_folder: Path) -> None:
    (posts_folder / "posts/march").mkdir()
    (posts_folder / "posts/march/series.md").write_text("mine", encoding="utf-8")
    assert inside(posts_folder, "new", "event", "--out", "posts/march").code == 2
    assert (posts_folder / "posts/march/series.md").read_text(encoding="utf-8") == "mine"
    assert not (posts_folder / "posts/march/_campaign.md").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("evnt",), "Did you mean “event”?"),
        (("--when", "5/4/2030"), "2030-05-04 12:00  or  2030-04-05 12:00"),
        (("--when", "Tue 14 Apr 2030 12:00"), "Weekday and date do not agree"),
        (("--when", "1 week before, 10:00"), "--out posts/FOLDER/NAME.md"),
        (("event", "--when", "next slot"), "I cannot read “next slot” as a time"),
        (("--where", "sight"), "Did you mean “site”?"),
        (("--where", "nowhere"), "There are: site"),
        (("--title", "a\x07b"), "letters that can be shown"),
        (("event", "Rent", "march"), '--title "Rent march"'),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_written(posts_folder: Path, arguments: tuple[str, ...], said: str) -> None:
    before = sorted(posts_folder.rglob("*"))
    run = inside(posts_folder, "new", *arguments)
    assert (run.code, run.out) == (2, "")
    assert said in run.err
    assert sorted(posts_folder.rglob("*")) == before


def test_a_post_beside_an_event_takes_a_time_that_counts_from_it(posts_folder: Path) -> None:
    """
    === posts/march/_campaign.md
    ---
    kind: event
    title: March
    starts: 2030-05-01 14:00
    ---
    """
    run = inside(posts_folder, "new", "--when", "1 day before, 10:00", "--out", "posts/march/flyer.md")
    assert run.code == 0
    assert set(rules(posts_folder)) == {"leftover-note"}


def test_the_project_s_own_template_wins_and_may_be_of_another_kind(posts_folder: Path) -> None:
    """
    === posts/_templates/post.md
    ---
    title: {{title}}
    when: {{date:YYYY-MM-DD}} {{time}}
    ---
    Ours. {{title}}
    === posts/_templates/strike.md
    ---
    title: {{title}}
    when: {{date}} 06:00
    ---
    On strike since {{date}}. {event.place}
    """
    made = inside(posts_folder, "new", "--title", "A: {b}", "--when", "2030-04-14 12:00").out.strip()
    expected = '---\ntitle: "A: {b}"\nwhen: 2030-04-14 12:00\n---\nOurs. A: {{b}}\n'
    assert (posts_folder / made).read_text(encoding="utf-8") == expected
    strike = inside(posts_folder, "new", "strike", "--when", "2030-04-14 06:00").out.strip()
    assert "On strike since 2030-04-14. {event.place}" in (posts_folder / strike).read_text(encoding="utf-8")


def test_an_unreadable_template_is_named(posts_folder: Path) -> None:
    (posts_folder / "posts/_templates").mkdir()
    (posts_folder / "posts/_templates/odd.md").write_bytes(b"\xff\x00\xfe\x00")
    run = inside(posts_folder, "new")
    assert run.code == 1
    assert "_templates/odd.md is no text in UTF-8" in run.err


def test_outside_of_a_project_new_says_how_to_start(tmp_path: Path) -> None:
    run = inside(tmp_path, "new")
    assert run.code == 2
    assert "scheduler init" in run.err


def test_on_a_terminal_new_asks_and_asks_again(posts_folder: Path) -> None:
    typed = at_terminal(posts_folder, "new", answers=("pots", "post", "Bake sale", "4/5/2030", "2030-04-14 12:00", ""))
    screen = typed.screen
    assert typed.code == 0, screen
    assert "Did you mean “post”?" in screen
    assert "This date can be read in two ways." in screen
    assert (posts_folder / "posts/2030-04-14-bake-sale.md").is_file()


@given(title=st.text(max_size=80), kind=st.sampled_from(KINDS))
def test_no_title_breaks_a_starter(tmp_path_factory: pytest.TempPathFactory, title: str, kind: str) -> None:
    root = tmp_path_factory.mktemp("any")
    words = " ".join(title.split())
    if not words.isprintable():
        return
    wish = Wish(words, "2030-04-14 12:00", datetime(2030, 4, 14, 12, 0))
    place = root / "posts" / file_name(kind, wish)
    place.parent.mkdir()
    for name, text in begin(kind, known_starters(root), wish).items():
        path = place / name if name else place.with_name(f"{place.name}.md")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    reading = read_folder(root, accounts={"site": "website"}, networks=["website"], languages=("en",))
    assert len(reading.files) == 1
    post = reading.files[0].post
    assert post is not None
    assert (post.event.title if post.event else post.title) == words
    odd = set() if words.isascii() else {"lost-character", "hidden-character"}  # what a title brings along is told as anywhere
    assert {finding.rule for finding in reading.all_findings} <= TO_FILL_IN | odd
