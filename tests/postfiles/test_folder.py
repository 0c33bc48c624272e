import os
import sys
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.model.post import Post, PostFile, Reading, Relative, Status
from scheduler.postfiles import PostFolderError, read_folder
from tests.postfiles.conftest import ACCOUNTS, NETWORKS, folder_at

Write = Callable[[str, str | bytes], Path]
Read = Callable[[], Reading]

PLAIN = "---\nwhen: 2026-04-14 12:00\n---\nHello\n"
EVENT = "---\nkind: event\ntitle: May Day March\nstarts: 2026-05-01 14:00\nends: 18:00\nplace: Oranienplatz\n{more}---\nNotes.\n"
SERIES = "---\nkind: series\n---\n## Save the date | 6 weeks before, 10:00\nSoon!\n\n## Today | 3 hours before\nToday!\n"


def posts(reading: Reading) -> dict[str, Post]:
    return {file.id: file.post for file in reading.files if file.post is not None}


def rules(reading: Reading) -> list[str]:
    return [finding.rule for finding in reading.all_findings]


def test_a_missing_folder_is_trouble_and_no_empty_reading(tmp_path: Path) -> None:
    with pytest.raises(PostFolderError) as caught:
        read_folder(tmp_path, accounts=ACCOUNTS, networks=NETWORKS, languages=("en",))
    assert "posts" in caught.value.message
    assert caught.value.hint


def test_a_file_in_place_of_the_folder_is_trouble(tmp_path: Path) -> None:
    (tmp_path / "posts").write_text("", encoding="utf-8")
    with pytest.raises(PostFolderError):
        read_folder(tmp_path, accounts=ACCOUNTS, networks=NETWORKS, languages=("en",))


def test_the_id_is_the_path_below_posts_in_composed_letters(write: Write, read: Read) -> None:
    write(unicodedata.normalize("NFD", "posts/märz/grüße.md"), PLAIN)
    write("posts/_notes.md", PLAIN)
    write("posts/.hidden.md", PLAIN)
    write("posts/_archive/old.md", PLAIN)
    write("posts/UPPER.MD", PLAIN)
    assert list(posts(read())) == ["UPPER", "märz/grüße"]


def test_a_post_in_the_inbox_is_a_draft_until_it_says_otherwise(write: Write, read: Read) -> None:
    write("posts/inbox/idea.md", PLAIN)
    write("posts/Inbox/2027/other.md", PLAIN)
    write("posts/inbox/done.md", PLAIN.replace("---\n", "---\nstatus: ready\n", 1))
    write("posts/inboxes/plain.md", PLAIN)
    found = {name: post.status for name, post in posts(read()).items()}
    assert found == {
        "inbox/idea": Status.DRAFT,
        "Inbox/2027/other": Status.DRAFT,
        "inbox/done": Status.READY,
        "inboxes/plain": Status.READY,
    }


def test_names_that_differ_in_capitals_alone_hold_each_other(write: Write, read: Read) -> None:
    write("posts/a.md", PLAIN)
    write("posts/A.md", PLAIN)
    assert rules(read()) == ["same-name", "same-name"]


@pytest.mark.parametrize(
    "name",
    [
        "post (conflicted copy 2025-04-10 093612).md",
        "post (Kim's conflicted copy 2025-04-10).md",
        "post.sync-conflict-20260401-101112-ABCDEFG.md",
        "post_Andy-PC_Jan-03-0901-2013_CaseConflict.md",
        "post.Conflict.md",
        "post (1).md",
        "Copy of post.md",
        "Kopie von post.md",
        "post - copia.md",
        "post (Konfliktkopie).md",
        "post (in Konflikt stehende Kopie 2025-04-10).md",
        "post (Copie en conflit de Kim 2025-04-10).md",
    ],
)
def test_the_second_version_of_a_sync_program_is_held_and_the_first_is_not(name: str, write: Write, read: Read) -> None:
    write("posts/post.md", PLAIN)
    write(f"posts/{name}", PLAIN)
    reading = read()
    assert list(posts(reading)) == ["post"]
    assert [(finding.rule, finding.path) for finding in reading.all_findings] == [("sync-conflict", f"posts/{name}")]


def test_a_number_in_brackets_is_a_name_where_there_is_no_original(write: Write, read: Read) -> None:
    write("posts/Part (1).md", PLAIN)
    assert list(posts(read())) == ["Part (1)"]


def test_documents_of_other_programs_are_named_and_skipped(write: Write, read: Read) -> None:
    for name in ("a.gdoc", "b.docx", "~$b.docx", "c.txt"):
        write(f"posts/{name}", "x")
    write("posts/photo.jpg", "x")
    reading = read()
    assert not reading.files
    assert [(finding.rule, finding.path) for finding in reading.findings] == [
        ("not-a-post", f"posts/{name}") for name in ("a.gdoc", "b.docx", "c.txt", "~$b.docx")
    ]


def test_a_post_that_icloud_took_away_is_not_deleted(write: Write, project: Path) -> None:
    folder = folder_at(project)
    file = write("posts/a.md", PLAIN)
    folder.read()
    file.rename(project / "posts/.a.md.icloud")
    reading = folder.read()
    assert reading.unsettled == {"a"}
    assert list(posts(reading)) == ["a"]


def test_a_link_out_of_the_folder_is_not_followed(
    write: Write, read: Read, project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "secret.md").write_text(PLAIN, encoding="utf-8")
    (elsewhere / "secret.jpg").write_bytes(b"x")
    (project / "posts/link.md").symlink_to(elsewhere / "secret.md")
    (project / "posts/folder").symlink_to(elsewhere)
    (project / "posts/dangling.md").symlink_to(elsewhere / "nothing.md")
    (project / "posts/photo.jpg").symlink_to(elsewhere / "secret.jpg")
    write("posts/z.md", PLAIN + "\n![a](photo.jpg)\n![a](folder/secret.jpg)\n")
    reading = read()
    assert list(posts(reading)) == ["z"]
    assert rules(reading) == ["not-a-post", "unreadable-file", "unreadable-file", "missing-file", "missing-file"]


def test_a_link_that_leads_to_itself_hides_nothing_of_what_lies_beside_it(write: Write, read: Read, project: Path) -> None:
    for name in ("posts/round.md", "posts/round.jpg", "posts/round"):
        (project / name).symlink_to(Path(name).name)
    (project / "posts/photo.jpg").write_bytes(b"x")
    write("posts/a.md", PLAIN + "\n![a](photo.jpg)\n")
    reading = read()
    assert list(posts(reading)) == ["a"]
    assert [(finding.rule, finding.path) for finding in reading.all_findings] == [("unreadable-file", "posts/round.md")]


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (os.mkfifo, "this is no file, or a link to nothing"),
        (lambda path: path.symlink_to(path.name), "this is no file, or a link to nothing"),
        (lambda path: path.symlink_to("nowhere.jpg"), "this is no file, or a link to nothing"),
        (Path.mkdir, "this is a folder"),
        (lambda path: path.symlink_to(__file__), "this leads out of the folder"),
    ],
)
def test_what_has_a_picture_s_name_and_is_none_is_not_offered_in_its_own_place(
    write: Write, read: Read, project: Path, make: Callable[[Path], None], told: str
) -> None:
    make(project / "posts/photo.jpg")
    write("posts/a.md", PLAIN + "\n![a](photo.jpg)\n")
    (finding,) = read().all_findings
    assert (finding.rule, finding.label) == ("missing-file", told)
    assert finding.fix != "photo.jpg"


def test_a_link_to_another_post_is_not_the_same_post_once_more(write: Write, read: Read, project: Path) -> None:
    write("posts/a.md", PLAIN)
    (project / "posts/b.md").symlink_to("a.md")
    reading = read()
    assert list(posts(reading)) == ["a"]
    assert [(finding.rule, finding.path) for finding in reading.all_findings] == [("same-name", "posts/b.md")]


def test_a_link_to_a_folder_is_named_and_never_walked_in_a_circle(write: Write, read: Read, project: Path) -> None:
    write("posts/a.md", PLAIN)
    (project / "posts/round").symlink_to(project / "posts")
    reading = read()
    assert list(posts(reading)) == ["a"]
    assert [(finding.rule, finding.path) for finding in reading.all_findings] == [("not-a-post", "posts/round")]


def test_a_pipe_in_the_place_of_a_house_file_blocks_nobody(write: Write, read: Read, project: Path) -> None:
    os.mkfifo(project / "posts/_partners.toml")
    write("posts/a.md", PLAIN)
    assert list(posts(read())) == ["a"]


def test_a_pipe_in_the_folder_blocks_nobody(write: Write, read: Read, project: Path) -> None:
    os.mkfifo(project / "posts/pipe.md")
    write("posts/a.md", PLAIN)
    reading = read()
    assert list(posts(reading)) == ["a"]
    assert rules(reading) == ["unreadable-file"]


def test_a_file_name_that_cannot_be_shown_is_refused_alone(write: Write, read: Read, project: Path) -> None:
    (project / "posts/a\nb.md").write_text(PLAIN, encoding="utf-8")
    write("posts/good.md", PLAIN)
    reading = read()
    assert list(posts(reading)) == ["good"]
    assert rules(reading) == ["odd-file-name"]


def test_a_file_too_large_is_refused(write: Write, read: Read) -> None:
    write("posts/a.md", PLAIN + "x" * 1_000_000)
    assert rules(read()) == ["too-large"]


def test_hostile_settings_end_quickly(write: Write, read: Read) -> None:
    write("posts/a.md", "---\nwhen: " + "[" * 30_000 + "\n---\nHello\n")
    write("posts/b.md", "---\nwhen: 2026-04-14 12:00\n" + "- " * 15_000 + "\n---\nHello\n")
    write("posts/c.md", "---\n" + "x: y\n" * 8_000 + "---\nHello\n")
    write("posts/d.md", "---\n" + "&a [*a]\n" * 500 + "---\nHello\n")
    reading = read()
    assert all(any(finding.is_error for finding in file.findings) for file in reading.files)


def test_a_folder_gives_its_defaults_and_its_event_to_its_posts(write: Write, read: Read) -> None:
    more = "where: [Instagram, masto]\nhashtags: [MayDay]\nlang: de\ngraphic: event-card\ntimezone: Europe/Berlin\n"
    write("posts/march/_campaign.md", EVENT.format(more=more))
    write("posts/march/series.md", SERIES)
    write("posts/march/teaser.md", "---\nwhen: 1 day before, 9:00\nwhere: bsky\n---\nTomorrow\n")
    reading = read()
    assert not reading.all_findings
    series, teaser = posts(reading).values()
    assert (series.where, series.hashtags, series.language, series.graphic) == (("instagram", "masto"), ("MayDay",), "de", "event-card")
    assert (series.campaign, series.timezone) == ("march", "Europe/Berlin")
    assert [part.name for part in series.parts] == ["Save the date", "Today"]
    assert isinstance(series.parts[1].when, Relative)
    assert series.parts[1].when.minutes == -180
    assert series.parts[1].when.span.line == 7
    assert teaser.where == ("bsky",)
    assert teaser.event is not None
    assert teaser.event.ends is not None
    assert teaser.event.ends.hour == 18
    assert teaser.event.path == "posts/march/_campaign.md"


def test_a_mistake_in_the_campaign_file_holds_every_post_of_the_folder(write: Write, read: Read) -> None:
    write("posts/march/_campaign.md", EVENT.format(more="wehre: [masto]\n"))
    write("posts/march/series.md", SERIES)
    write("posts/other.md", PLAIN)
    reading = read()
    assert [finding.rule for finding in reading.findings] == ["unknown-setting"]
    assert [(file.id, [finding.rule for finding in file.findings]) for file in reading.files] == [
        ("march/series", ["campaign-unreadable"]),
        ("other", []),
    ]


def test_a_cancelled_event_holds_its_posts(write: Write, read: Read) -> None:
    write("posts/march/_campaign.md", EVENT.format(more="cancelled: yes\n"))
    write("posts/march/series.md", SERIES)
    assert rules(read()) == ["event-cancelled"]


def test_an_event_and_its_parts_can_stand_in_one_file(write: Write, read: Read) -> None:
    write("posts/gala.md", "---\nkind: event\ntitle: Gala\nstarts: 2026-05-01 19:00\n---\n## Soon | 1 week before, 9am\nSoon\n")
    (gala,) = posts(read()).values()
    assert gala.event is not None
    assert gala.event.title == "Gala"
    assert [part.name for part in gala.parts] == ["Soon"]


def test_a_campaign_takes_the_house_series(write: Write, read: Read) -> None:
    write("posts/march/_campaign.md", EVENT.format(more="series: countdown\n"))
    assert rules(read()) == ["missing-series"]
    write("assets/series/countdown.md", SERIES)
    reading = read()
    assert not reading.all_findings
    (series,) = posts(reading).values()
    assert series.id == "march/series"
    assert series.event is not None
    assert len(series.parts) == 2
    write("posts/march/series.md", SERIES.replace("Today!", "Own words"))
    (own,) = posts(read()).values()
    assert own.parts[1].default.text == "Own words"


@pytest.mark.parametrize("place", ["posts/photo.jpg", "posts/c/photos/photo.jpg", "posts/c/photo.jpg", "assets/photo.jpg"])
def test_pictures_are_found_next_to_the_post_in_photos_and_in_assets(place: str, write: Write, read: Read, project: Path) -> None:
    write("posts/c/_campaign.md", EVENT.format(more=""))
    write(place, b"x")
    written = "../photo.jpg" if place == "posts/photo.jpg" else "photo.jpg"
    write("posts/c/a.md", f"---\nwhen: 2026-04-14 12:00\n---\nHello\n\n![[{written}|Two people]]\n\nBye\n")
    reading = read()
    (post,) = posts(reading).values()
    text = post.parts[0].default
    assert text.media is not None
    assert [(ref.alt, ref.path) for ref in text.media] == [("Two people", str(project / place))]
    assert text.text == "Hello\n\nBye"
    assert text.lines == (4, 5, 8)


def test_a_pattern_takes_pictures_in_the_order_people_count(write: Write, read: Read) -> None:
    for number in (10, 2, 1):
        write(f"posts/slides/{number}.png", b"x")
    write("posts/a.md", PLAIN + "![Slide](slides/*.png)\n![](<my%20photo.png>)\n![[x.png|300]]\n")
    write("posts/my photo.png", b"x")
    write("posts/x.png", b"x")
    (post,) = posts(read()).values()
    media = post.parts[0].default.media
    assert media is not None
    assert [Path(ref.path or "").name for ref in media] == ["1.png", "2.png", "10.png", "my photo.png", "x.png"]
    assert media[-1].alt == ""


def test_a_picture_that_arrives_later_is_found_without_a_change_of_the_post(write: Write, project: Path) -> None:
    folder = folder_at(project)
    write("posts/a.md", PLAIN + "![a](late.jpg)\n")
    assert rules(folder.read()) == ["waiting-for-picture"]
    write("posts/late.jpg", b"x")
    assert rules(folder.read()) == []


def test_an_unchanged_file_is_not_read_again(write: Write, project: Path) -> None:
    folder = folder_at(project)
    file = write("posts/a.md", PLAIN)
    stamp = file.stat()
    (first,) = folder.read().files
    with file.open("r+b") as open_file:
        open_file.write(PLAIN.replace("Hello", "Olleh").encode())
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    (second,) = folder.read().files
    assert second is first
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns + 1))
    (third,) = folder.read().files
    assert third.post is not None
    assert third.post.parts[0].default.text == "Olleh"


def test_a_change_of_the_campaign_reaches_posts_that_did_not_change(write: Write, project: Path) -> None:
    folder = folder_at(project)
    write("posts/march/_campaign.md", EVENT.format(more="link: https://a.example\n"))
    write("posts/march/series.md", SERIES)
    before = posts(folder.read())["march/series"]
    write("posts/march/_campaign.md", EVENT.format(more="link: https://b.example/longer\n"))
    after = posts(folder.read())["march/series"]
    assert after == replace(before, link="https://b.example/longer", event=after.event)


def test_an_incremental_reading_equals_a_fresh_one(write: Write, project: Path) -> None:
    folder = folder_at(project)
    write("posts/march/_campaign.md", EVENT.format(more=""))
    write("posts/march/series.md", SERIES)
    write("posts/a.md", PLAIN)
    folder.read()
    write("posts/_hashtags.toml", '[core]\ntags = ["OurUnion"]\n')
    write("posts/b.md", PLAIN)
    (project / "posts/a.md").unlink()
    write("posts/march/series.md", SERIES + "\nMore.\n")
    assert folder.read() == folder_at(project).read()


def test_a_file_still_being_written_keeps_its_earlier_version(write: Write, project: Path) -> None:
    folder = folder_at(project)
    now = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
    file = write("posts/a.md", PLAIN)
    os.utime(file, (now.timestamp() - 60,) * 2)
    assert not folder.read(now - timedelta(seconds=2)).unsettled
    write("posts/a.md", "---\nwhen: 2026-")
    os.utime(file, (now.timestamp() - 1,) * 2)
    reading = folder.read(now - timedelta(seconds=2))
    assert reading.unsettled == {"a"}
    assert posts(reading)["a"].parts[0].default.text == "Hello"
    fresh = folder_at(project).read(now - timedelta(seconds=2))
    assert fresh.unsettled == {"a"}
    assert not fresh.files
    assert rules(folder.read(now + timedelta(seconds=5))) == ["unclosed-front-matter"]


def test_posts_wait_while_their_campaign_file_is_being_written(write: Write, project: Path) -> None:
    now = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
    os.utime(write("posts/march/_campaign.md", EVENT.format(more="")), (now.timestamp() + 1,) * 2)
    os.utime(write("posts/march/series.md", SERIES), (now.timestamp() - 60,) * 2)
    reading = folder_at(project).read(now)
    assert reading.unsettled == {"march/series"}
    assert not reading.files


def test_a_time_stamp_of_another_clock_does_not_stop_a_file_for_ever(write: Write, project: Path) -> None:
    now = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
    os.utime(write("posts/a.md", PLAIN), (now.timestamp() + 86_400,) * 2)
    assert not folder_at(project).read(now).unsettled


NOON = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
HOUSE = '[core]\ntags = ["OurUnion"]\n'


def test_a_file_saved_just_before_the_clock_was_set_back_is_read_once_it_stands_still(write: Write, project: Path) -> None:
    os.utime(write("posts/a.md", PLAIN), (NOON.timestamp() + 50 * 60,) * 2)
    folder = folder_at(project)
    assert folder.read(NOON).unsettled == {"a"}
    assert folder.read(NOON + timedelta(seconds=2)).unsettled == {"a"}
    reading = folder.read(NOON + timedelta(seconds=3))
    assert (reading.unsettled, list(posts(reading))) == (frozenset(), ["a"])


def test_a_file_seen_before_and_after_the_clock_is_set_back_waits_a_moment_and_not_an_hour(write: Write, project: Path) -> None:
    os.utime(write("posts/a.md", PLAIN), (NOON.timestamp() + 1,) * 2)
    folder = folder_at(project)
    earlier = NOON - timedelta(minutes=55)
    assert folder.read(NOON).unsettled == folder.read(earlier).unsettled == {"a"}
    assert not folder.read(earlier + timedelta(seconds=3)).unsettled


def test_a_file_ahead_of_the_clock_that_is_still_being_saved_waits(write: Write, project: Path) -> None:
    folder = folder_at(project)
    for second in range(0, 60, 3):
        os.utime(write("posts/a.md", f"{PLAIN}{second}"), (NOON.timestamp() + 1800 + second,) * 2)
        assert folder.read(NOON + timedelta(seconds=second)).unsettled == {"a"}


def test_posts_do_not_wait_an_hour_for_hashtags_saved_before_the_clock_was_set_back(write: Write, project: Path) -> None:
    os.utime(write("posts/a.md", PLAIN.replace("---\nHello", "hashtags: [core]\n---\nHello")), (NOON.timestamp() - 60,) * 2)
    os.utime(write("posts/_hashtags.toml", HOUSE), (NOON.timestamp() + 1800,) * 2)
    folder = folder_at(project)
    assert folder.read(NOON).unsettled == {"a"}
    reading = folder.read(NOON + timedelta(seconds=3))
    assert (reading.unsettled, list(reading.hashtag_sets)) == (frozenset(), ["core"])


class Opened:
    """Is the names of the files that were opened, as the interpreter itself tells them."""

    def __init__(self) -> None:
        self.names: list[str] | None = None

    def __call__(self, event: str, details: tuple[object, ...]) -> None:
        if self.names is not None and event == "open":
            file = details[0]
            self.names.append(Path(os.fsdecode(file)).name if isinstance(file, str | bytes) else repr(file))


OPENED = Opened()


@pytest.fixture
def opened() -> Iterator[list[str]]:
    if not LISTENING:
        sys.addaudithook(OPENED)
        LISTENING.append(True)
    OPENED.names = []
    yield OPENED.names
    OPENED.names = None


LISTENING: list[bool] = []


def test_an_unchanged_file_is_not_opened_again_and_a_changed_one_once(write: Write, project: Path, opened: list[str]) -> None:
    texts = {
        "posts/a.md": PLAIN.replace("Hello", "Hello\n\n![A banner](banner.jpg)"),
        "posts/a.es.md": "Hola\n",
        "posts/b.md": PLAIN,
        "posts/broken.md": "---\nwehn: x\n---\n",
        "posts/march/_campaign.md": EVENT.format(more="series: standard\n"),
        "posts/rally/_campaign.md": EVENT.format(more=""),
        "posts/rally/series.md": SERIES,
        "posts/_hashtags.toml": HOUSE,
        "posts/_partners.toml": '[nurses]\nname = "Nurses"\n',
        "posts/_words.toml": "",
        "assets/series/standard.md": SERIES,
        "posts/banner.jpg": "x" * 2000,  # what is smaller could be a pointer of a cloud, and is looked into
    }
    for path, text in texts.items():
        write(path, text)
    folder = folder_at(project)
    opened.clear()
    folder.read()
    first = [name for name in opened if name.endswith((".md", ".toml"))]
    assert sorted(first) == sorted(path.rpartition("/")[2] for path in texts if path.endswith((".md", ".toml")))
    opened.clear()
    folder.read()
    assert opened == []
    for changed in ("posts/b.md", "posts/_hashtags.toml", "posts/rally/_campaign.md", "posts/a.es.md"):
        write(changed, f"{texts[changed]}\n")
        opened.clear()
        folder.read()
        assert opened == [changed.rpartition("/")[2]]


@pytest.mark.parametrize("name", ["_Campaign.md", "_campain.md", "_campaign.txt", "_default.md", "_Hashtags.toml", "_partner.toml"])
def test_a_file_of_the_house_with_almost_its_name_is_told(name: str, write: Write, read: Read) -> None:
    write(f"posts/march/{name}", "---\nkind: event\n---\n")
    (finding,) = read().findings
    assert (finding.rule, finding.path, finding.message.partition(" is almost ")[2][:1]) == ("not-a-post", f"posts/march/{name}", "_")


@pytest.mark.parametrize("name", ["_notes.md", "_campaign-notes.md", "_old.toml", "_template.md", "_ideas.txt"])
def test_notes_of_other_names_are_left_alone(name: str, write: Write, read: Read) -> None:
    write(f"posts/march/{name}", "---\nkind: event\n---\n")
    assert read().all_findings == ()


def test_an_event_in_a_file_of_another_name_is_told_what_to_call_it(read_one: Callable[[str | bytes], PostFile]) -> None:
    (finding,) = read_one("---\nkind: event\ntitle: March\nstarts: 2026-05-01 14:00\n---\nNotes\n").findings
    assert finding.rule == "missing-when"
    assert "_campaign.md" in (finding.fix or "")
