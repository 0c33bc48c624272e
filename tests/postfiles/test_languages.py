"""``hiring.es.md`` beside ``hiring.md`` is the Spanish text of one post."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.model.post import PostFile, Reading, Variant
from scheduler.postfiles.folder.languages import main_of, tag_of
from tests.postfiles.conftest import folder_at

Write = Callable[[str, str | bytes], Path]

MAIN = "---\ntitle: Jobs\nwhen: 2026-04-16 09:30\nwhere: [mastodon, bluesky]\n---\nWe are hiring.\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf50000003010100c9fe92ef0000000049454e44ae426082"
)


@pytest.fixture
def both(write: Write, read: Callable[[], Reading]) -> Callable[[str, str], PostFile]:
    def both(main: str, spanish: str) -> PostFile:
        write("posts/hiring.md", main)
        write("posts/hiring.es.md", spanish)
        (file,) = read().files
        return file

    return both


def spanish(file: PostFile, target: str = "lang es", part: int = 0) -> Variant:
    assert file.post is not None
    return file.post.parts[part].written_in("posts/hiring.es.md")[target]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hiring.es.md", ("hiring.md", "es")),
        ("hiring.ES.md", ("hiring.md", "es")),
        ("hiring.pt-br.md", ("hiring.md", "pt-BR")),
        ("hiring.pt_BR.md", ("hiring.md", "pt-BR")),
        ("hiring.sr-latn.md", ("hiring.md", "sr-Latn")),
        ("hiring.v2.es.MD", ("hiring.v2.MD", "es")),
        ("notes.v2.md", None),
        ("hiring.final.md", None),
        ("team.de-facto.md", None),
        ("1.mai.md", None),
        ("2026.04.md", None),
        ("hiring.md", None),
        (".es.md", None),
    ],
)
def test_a_language_file_is_known_by_its_name(name: str, expected: tuple[str, str] | None) -> None:
    assert tag_of(name) == expected


def test_a_language_file_finds_its_post_whatever_the_accents_are_made_of() -> None:
    assert main_of("aviso-o\u0301.es.md", ["aviso-ó.md", "x.md"]) == "aviso-ó.md"
    assert main_of("Hiring.es.md", ["hiring.md"]) == "hiring.md"
    assert main_of("hiring.es.md", ["hiring-2.md"]) is None


def test_two_files_are_one_post_with_two_texts(both: Callable[[str, str], PostFile]) -> None:
    file = both(MAIN, "---\ntitle: Empleo\n---\nBuscamos gente.\n\n### mastodon\nBuscamos gente aquí.\n")
    assert file.findings == ()
    assert file.post is not None
    assert file.id == "hiring"
    assert file.post.language_files == ("posts/hiring.es.md",)
    assert file.post.parts[0].default.text == "We are hiring."
    text = spanish(file)
    assert (text.text, text.language, text.lines, text.settings) == ("Buscamos gente.", "es", (4,), {"title": "Empleo"})
    assert spanish(file, "mastodon").text == "Buscamos gente aquí."


def test_a_language_file_may_begin_with_its_text(both: Callable[[str, str], PostFile]) -> None:
    file = both(MAIN, "\ufeffBuscamos gente.\r\nAviso: hasta el lunes.\r\n")
    assert file.findings == ()
    assert spanish(file).text == "Buscamos gente.\nAviso: hasta el lunes."


def test_a_copy_with_all_settings_of_the_post_says_nothing_new(both: Callable[[str, str], PostFile]) -> None:
    file = both(MAIN, MAIN.replace("2026-04-16 09:30", "16.04.2026 9:30").replace("We are hiring", "Buscamos gente"))
    assert file.findings == ()
    assert spanish(file).text == "Buscamos gente."


def test_a_language_may_wait_longer_than_its_post_and_never_shorter(both: Callable[[str, str], PostFile]) -> None:
    assert spanish(both(MAIN, "---\nstatus: draft\n---\nBuscamos gente.\n")).settings == {"status": "draft"}
    waiting = MAIN.replace("title: Jobs", "status: draft")
    assert spanish(both(waiting, "---\nstatus: ready\n---\nBuscamos gente.\n")).settings == {}


def test_a_picture_named_again_is_described_in_the_language(both: Callable[[str, str], PostFile], write: Write) -> None:
    write("posts/1.png", PNG)
    write("posts/2.png", PNG)
    main = MAIN + "\n![One](1.png)\n![Two](2.png)\n"
    text = spanish(both(main, "Hola.\n\n![Dos](2.png)\n"))
    assert [(ref.file, ref.alt, ref.source) for ref in text.media or ()] == [("1.png", "One", ""), ("2.png", "Dos", "posts/hiring.es.md")]
    text = spanish(both(main, "Hola.\n\n![Dos](2.png)\n![Uno](1.png)\n"))
    assert [ref.alt for ref in text.media or ()] == ["Dos", "Uno"]
    text = spanish(both(main, "Hola.\n"))
    assert [ref.alt for ref in text.media or ()] == ["One", "Two"]


def test_a_picture_of_its_own_takes_the_place_of_the_posts(both: Callable[[str, str], PostFile], write: Write) -> None:
    write("posts/1.png", PNG)
    write("posts/cartel.png", PNG)
    text = spanish(both(MAIN + "\n![One](1.png)\n", "Hola.\n\n![Cartel](cartel.png)\n"))
    assert [ref.alt for ref in text.media or ()] == ["Cartel"]


def test_a_missing_picture_is_found_at_its_line_of_the_language_file(both: Callable[[str, str], PostFile]) -> None:
    (finding,) = both(MAIN, "Hola.\n\n![Cartel](cartel.png)\n").findings
    assert (finding.rule, finding.path, finding.span.line) == ("waiting-for-picture", "posts/hiring.es.md", 3)


def test_parts_of_a_series_find_each_other_by_name_or_by_time(both: Callable[[str, str], PostFile]) -> None:
    series = "---\nkind: series\n---\n## Announce | 2026-04-16 09:30\nSoon.\n## Today | 2026-04-23 09:30\nNow.\n"
    file = both(series, "## Hoy | 2026-04-23 9:30\nAhora.\n## announce\nPronto.\n")
    assert file.findings == ()
    assert [spanish(file, part=part).text for part in (0, 1)] == ["Pronto.", "Ahora."]


def test_a_post_that_is_spanish_itself_has_no_spanish_file(both: Callable[[str, str], PostFile]) -> None:
    (finding,) = both(MAIN.replace("title: Jobs", "lang: es"), "Hola.\n").findings
    assert (finding.rule, finding.path) == ("language-file", "posts/hiring.es.md")


def test_any_version_number_is_a_name_like_others(write: Write, read: Callable[[], Reading]) -> None:
    write("posts/notes.md", MAIN)
    write("posts/notes.v2.md", MAIN)
    assert [(file.id, file.findings) for file in read().files] == [("notes", ()), ("notes.v2", ())]


def test_a_mistake_of_the_language_file_is_mended_there(both: Callable[[str, str], PostFile], project: Path) -> None:
    both(MAIN, "Hola.\n\n### Mastadon\nHola.\n")
    folder = folder_at(project)
    (mended,) = folder.mends(folder.read().all_findings, unsafe=True)
    assert (mended.path, mended.after) == ("posts/hiring.es.md", b"Hola.\n\n### mastodon\nHola.\n")


def test_a_setting_that_contradicts_can_be_deleted_by_the_mender(both: Callable[[str, str], PostFile], project: Path) -> None:
    both(MAIN, "---\nwhen: 2026-04-17 09:30\ntitle: Empleo\n---\nHola.\n")
    folder = folder_at(project)
    (mended,) = folder.mends(folder.read().all_findings, unsafe=True)
    assert mended.after == b"---\ntitle: Empleo\n---\nHola.\n"


class TestOverTime:
    """A person saves one file after the other, and programs write them in pieces."""

    NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)

    def aged(self, path: Path, seconds: float) -> None:
        stamp = (self.NOW - timedelta(seconds=seconds)).timestamp()
        os.utime(path, (stamp, stamp))

    @pytest.fixture
    def files(self, write: Write) -> tuple[Path, Path]:
        main, other = write("posts/hiring.md", MAIN), write("posts/hiring.es.md", "Hola.\n")
        self.aged(main, 1000)
        self.aged(other, 1000)
        return main, other

    def settled(self) -> datetime:
        return self.NOW - timedelta(seconds=2)

    def test_a_language_still_being_written_keeps_its_earlier_text_and_the_post_waits(
        self, project: Path, files: tuple[Path, Path]
    ) -> None:
        folder = folder_at(project)
        assert folder.read(self.settled()).unsettled == frozenset()
        files[1].write_text("Hola a to", encoding="utf-8")
        self.aged(files[1], 0.5)
        reading = folder.read(self.settled())
        assert reading.unsettled == {"hiring"}
        assert spanish(reading.files[0]).text == "Hola."
        self.aged(files[1], 30)
        reading = folder.read(self.settled())
        assert reading.unsettled == frozenset()
        assert spanish(reading.files[0]).text == "Hola a to"
        assert reading.files[0].modified == self.NOW - timedelta(seconds=30)

    def test_a_new_language_makes_the_post_wait_until_it_is_whole(self, project: Path, files: tuple[Path, Path]) -> None:
        files[1].unlink()
        folder = folder_at(project)
        folder.read(self.settled())
        files[1].write_text("Hola.", encoding="utf-8")
        self.aged(files[1], 0.5)
        assert folder.read(self.settled()).unsettled == {"hiring"}

    def test_a_language_that_is_gone_for_a_moment_still_counts(self, project: Path, files: tuple[Path, Path]) -> None:
        folder = folder_at(project)
        folder.read(self.settled())
        files[1].unlink()
        reading = folder.read(self.settled())
        assert reading.unsettled == {"hiring"}
        assert spanish(reading.files[0]).text == "Hola."
        reading = folder.read(self.settled())
        assert reading.unsettled == frozenset()
        assert reading.files[0].post is not None
        assert reading.files[0].post.language_files == ()

    def test_a_language_that_a_cloud_has_taken_away_still_counts(self, project: Path, files: tuple[Path, Path]) -> None:
        folder = folder_at(project)
        folder.read()
        files[1].rename(files[1].with_name(".hiring.es.md.icloud"))
        for _ in range(3):
            reading = folder.read(self.settled())
            assert "hiring" in reading.unsettled
            assert spanish(reading.files[0]).text == "Hola."

    def test_the_post_is_another_one_when_a_language_is(self, project: Path, files: tuple[Path, Path]) -> None:
        folder = folder_at(project)
        before = folder.read().files[0].post
        files[1].write_text("Hola a todas.\n", encoding="utf-8")
        after = folder.read().files[0].post
        assert before is not None
        assert after is not None
        assert before.sha256 != after.sha256
        assert folder.read().files[0].post is folder.read().files[0].post


SERIES = "---\nkind: series\n---\n## Tomorrow | 1 day before, 10:00\nTomorrow at {event.place}.\n## Today | 3 hours before\nToday!\n"
CAMPAIGN = "---\nkind: event\nstarts: 2026-05-01 14:00\nplace: Pier\nseries: standard\n---\n"


@pytest.mark.parametrize("name", ["_campaign.md", "march.md"])
def test_a_house_series_has_language_files_too(name: str, write: Write, read: Callable[[], Reading]) -> None:
    write("assets/series/standard.md", SERIES)
    write("assets/series/standard.es.md", "## Tomorrow\nMañana en {event.place}.\n## Today\n¡Hoy!\n")
    write(f"posts/2026-05-01-march/{name}", CAMPAIGN)
    reading = read()
    assert reading.all_findings == ()
    (file,) = reading.files
    assert file.post is not None
    texts = [part.written_in("assets/series/standard.es.md")["lang es"].text for part in file.post.parts]
    assert texts == ["Mañana en {event.place}.", "¡Hoy!"]


def test_a_mistake_in_the_language_file_of_a_house_series_is_found_there(write: Write, read: Callable[[], Reading]) -> None:
    write("assets/series/standard.md", SERIES)
    write("assets/series/standard.es.md", "## Tomorrow\nMañana en {event.plaza}.\n## Mañana\n¡Hoy!\n")
    write("posts/2026-05-01-march/_campaign.md", CAMPAIGN)
    found = [(finding.rule, finding.path, finding.span.line) for finding in read().all_findings]
    assert found == [("unknown-placeholder", "assets/series/standard.es.md", 2), ("language-file", "assets/series/standard.es.md", 3)]
