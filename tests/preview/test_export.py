import base64
import hashlib
import os
import re
import stat
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import scheduler.preview
from scheduler.model.delivery import State
from scheduler.model.finding import Severity
from scheduler.model.graphic import Picture
from scheduler.model.outgoing import Media
from scheduler.model.settings import Brand
from scheduler.preview import ExportError, export_page
from scheduler.preview.export import render
from scheduler.preview.page import arrange
from scheduler.preview.pictures import Pictures
from tests.preview.agendas import ACCOUNTS, NETWORKS, NOW, START, Desk, Line, agenda, config, later, picture, thumbnail
from tests.preview.dom import read
from tests.preview.sample import everything, finding

HOSTILE = (
    "<script>alert(1)</script>",
    "</div></article></main><h1>mine</h1>",
    "{{ 7*7 }}{% raw %}${7*7}",
    "<img src=x onerror=alert(1)>",
    "\u202eRTL override\u202c \u2066isolate without end",
    "]]> --> <!-- &lt;b&gt; &#0; &nbsp",
    "</style><style>*{display:none}",
    "' onmouseover='alert(1) \" autofocus onfocus=\"alert(1)",
    "line one\r\nline two\rline three\x0b\x0c\x1b[31mred\x85\u2028\u2029",
    "z̸̢̛̩͇͔̙͈a" + "̸̢" * 500,
)


def test_the_page_is_one_file_that_asks_for_nothing(desk: Desk, tmp_path: Path) -> None:
    path = desk.export(everything(tmp_path))
    page = read(path)
    assert [entry.name for entry in path.parent.iterdir()] == ["preview.html"]
    assert page.all("script") == []
    assert all(image.attributes["src"].startswith("data:image/jpeg;base64,") for image in page.all("img"))
    assert {link.attributes["rel"] for link in page.all("link")} == {"icon"}
    assert not any(name == "style" or name.startswith("on") for element in page.all() for name in element.attributes)


def test_search_engines_are_asked_to_stay_away_and_the_policy_knows_the_style_sheet(desk: Desk) -> None:
    page = read(desk.export(agenda(Line())))
    metas = {
        meta.attributes.get("name") or meta.attributes.get("http-equiv"): meta.attributes.get("content", "") for meta in page.all("meta")
    }
    digest = base64.b64encode(hashlib.sha256(page.only("style").text.encode()).digest()).decode()
    assert "noindex" in metas["robots"]
    assert metas["Content-Security-Policy"] == (
        f"default-src 'none'; img-src 'self' data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_the_head_tells_whose_page_it_is_when_it_was_made_and_how_things_stand(desk: Desk) -> None:
    lines = (Line(), Line(account=ACCOUNTS["mastodon"], state=State.QUEUED), Line(post="other", state=State.HELD, reason="No."))
    head = read(desk.export(agenda(*lines, findings=(finding(Severity.HINT, "One."),)))).only("header", "head")
    assert [stamp.text for stamp in head.all(css="stamp")] == ["Draft – not published", "Rehearsal – no account is live"]
    assert head.only("h1").text == "Harbor Workers’ Coalition"
    assert "Preview made Monday, April 20, 2026, 9:30 AM PDT" in head.words
    assert [item.words for item in head.only("ul", "counts").all("li")] == ["2 Planned", "0 Sent", "1 Held", "1 Finding"]


def test_a_page_with_something_sent_does_not_call_itself_unpublished(desk: Desk) -> None:
    page = read(desk.export(agenda(Line(state=State.SENT, account=replace(ACCOUNTS["bluesky"], live=True)))))
    assert [stamp.text for stamp in page.all(css="stamp")] == ["Internal preview"]


def test_posts_stand_under_their_day_in_order_of_time(desk: Desk) -> None:
    lines = (
        Line(post="c", title="Third", at=later(30)),
        Line(post="b", title="Second", at=later(2)),
        Line(post="a", title="First", at=later(1)),
    )
    page = read(desk.export(agenda(*lines)))
    days = [(section.only("h2").text, [head.words for head in section.all("h3")]) for section in page.all("section", "of-day")]
    assert days == [
        ("Thursday, April 23, 2026", ["10:00 AM PDT First", "11:00 AM PDT Second"]),
        ("Friday, April 24, 2026", ["3:00 PM PDT Third"]),
    ]


def test_a_day_is_the_organisations_day(desk: Desk) -> None:
    late = Line(at=START.replace(hour=23, minute=30), zone="Europe/Berlin")
    assert read(desk.export(agenda(late))).only("section", "of-day").only("h2").text == "Thursday, April 23, 2026"


def test_dates_are_written_in_the_organisations_language(tmp_path: Path) -> None:
    page = read(Desk(tmp_path, ("es", "en")).export(agenda(Line())))
    heading = page.only("section", "of-day").only("h2")
    assert (heading.text, heading.attributes["lang"]) == ("jueves, 23 de abril de 2026", "es")


def test_an_unknown_language_falls_back_to_english(tmp_path: Path) -> None:
    assert "Thursday" in read(Desk(tmp_path, ("tlh-XX",)).export(agenda(Line()))).only("section", "of-day").only("h2").text


def test_the_two_sides_of_a_clock_change_have_their_own_abbreviation(desk: Desk) -> None:
    winter = Line(post="w", title="Winter", at=START.replace(month=3, day=7))
    summer = Line(post="s", title="Summer", at=START.replace(month=3, day=8))
    assert [head.words for head in read(desk.export(agenda(winter, summer))).all("h3")] == ["9:00 AM PST Winter", "9:00 AM PDT Summer"]


def test_one_posts_accounts_share_a_row_and_what_is_wrong_with_all_is_said_once(desk: Desk) -> None:
    shared, own = finding(Severity.WARNING, "Shared."), finding(Severity.ERROR, "Own.")
    lines = (Line(findings=(shared,)), Line(account=ACCOUNTS["mastodon"], findings=(shared, own)))
    bundle = read(desk.export(agenda(*lines))).only("section", "bundle")
    assert [card.only("h4").text for card in bundle.only(css="cards").all("article", "card")] == ["Bluesky, bluesky", "Mastodon, mastodon"]
    assert bundle.text.count("Shared.") == 1
    assert [item.words.startswith("Error: Own.") for item in bundle.only(css="cards").all("li", "finding")] == [True]


def test_what_is_wrong_with_a_file_that_has_cards_stands_above_them(desk: Desk) -> None:
    of_file = finding(Severity.WARNING, "Of the file.", path="posts/spring/march.md")
    of_lost_part = finding(Severity.ERROR, "Of a part without a time.", path="posts/series.md", part="recap")
    lines = (Line(post="spring/march"), Line(post="series", part="announce"))
    page = read(desk.export(agenda(*lines, findings=(of_file, of_lost_part))))
    marches = [bundle.words for bundle in page.all("section", "bundle") if "Of the file." in bundle.text]
    assert len(marches) == 1
    assert [trouble.only("h3").text for trouble in page.only("section", "files").all("article")] == ["posts/series.md"]
    assert page.text.count("Of the file.") == 1


def test_every_jump_of_the_overview_lands(desk: Desk, tmp_path: Path) -> None:
    page = read(desk.export(everything(tmp_path)))
    ids = [element.attributes["id"] for element in page.all() if "id" in element.attributes]
    jumps = [link.attributes["href"][1:] for link in page.all("a") if link.attributes["href"].startswith("#")]
    assert len(ids) == len(set(ids))
    assert set(jumps) <= set(ids)
    assert len(page.only("nav").all("a", "entry")) == len(page.all("section", "bundle"))


def test_files_that_cannot_be_read_are_listed_with_reason_and_findings(desk: Desk, tmp_path: Path) -> None:
    section = read(desk.export(everything(tmp_path))).only("section", "files")
    assert [trouble.only("h3").text for trouble in section.all("article")] == ["posts/hashtags.toml", "posts/hiring.md"]
    hiring = section.all("article")[1].words
    assert "The head of the file could not be read." in hiring
    assert "“wehn” is not a key of a post." in hiring


def test_an_unreadable_file_without_findings_is_listed_too(desk: Desk) -> None:
    section = read(desk.export(agenda(unreadable={"spring/x": "It is not text."}))).only("section", "files")
    assert section.only("article").words == "spring/x It is not text."


def test_an_empty_agenda_says_what_to_do(desk: Desk) -> None:
    assert "Nothing is planned" in read(desk.export(agenda())).only("main").text


def test_posts_still_being_written_are_named(desk: Desk) -> None:
    assert "a, b." in read(desk.export(agenda(Line(), unsettled=("b", "a")))).only("p", "note").words


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_words_wherever_they_stand(desk: Desk, tmp_path: Path, text: str) -> None:
    word = text.replace("\r", " ")
    own = finding(Severity.ERROR, word, label=word, consequence=word, fix=word, path=word)
    media = (Media(replace(picture(tmp_path, 60, 60), path=f"{tmp_path}/{word.replace('/', ' ')}"), word),)
    account = replace(ACCOUNTS["instagram"], name=word, handle=word)
    line = Line(text, account, title=word, part=word, reason=word, warning=word, language=word, media=media, findings=(own,), url=word)
    plain = read(
        desk.export(
            agenda(Line("x", replace(line.account, name="n", handle="h"), media=line.media, findings=(finding(Severity.ERROR, "x"),)))
        )
    )
    hostile = read(desk.export(agenda(line, findings=(own,), unreadable={word: word}, unsettled=(word,))))
    assert hostile.only("article", "card").only(css="text").text == text
    for tag in ("script", "style", "h1", "main", "img"):
        assert len(hostile.all(tag)) == len(plain.all(tag))
    assert not any(name.startswith("on") or name == "autofocus" for element in hostile.all() for name in element.attributes)


def test_the_same_agenda_gives_the_same_page(desk: Desk, tmp_path: Path) -> None:
    first, second = (desk.export(everything(tmp_path), name).read_bytes() for name in ("a.html", "b.html"))
    assert first == second


def test_a_folder_holds_the_page_and_its_pictures_and_forgets_old_ones(desk: Desk, tmp_path: Path) -> None:
    old, new = (Line(media=(Media(picture(tmp_path, size, 80), "A"),)) for size in (100, 120))
    index = desk.export(agenda(old), "site")
    (index.parent / "pictures" / "mine.jpg").write_bytes(b"kept")
    (first,) = (image.attributes["src"] for image in read(index).all("img"))
    assert (index.parent / first).read_bytes().startswith(b"\xff\xd8")
    desk.export(agenda(new), "site")
    (second,) = (image.attributes["src"] for image in read(index).all("img"))
    assert sorted(str(file.relative_to(index.parent)) for file in index.parent.rglob("*.jpg")) == sorted([second, "pictures/mine.jpg"])


def test_a_page_that_is_no_preview_is_never_replaced(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    page = tmp_path / "public" / "index.html"
    page.write_text("<!doctype html><title>Our website</title>")
    with pytest.raises(ExportError, match="is not a preview"):
        desk.export(agenda(Line()), "public")
    with pytest.raises(ExportError, match="is not a preview"):
        desk.export(agenda(Line()), "public/index.html")
    assert "Our website" in page.read_text()
    assert [file.name for file in page.parent.iterdir()] == ["index.html"]


def test_a_preview_replaces_an_earlier_one_whole(desk: Desk) -> None:
    path = desk.export(agenda(Line("Before.")))
    held = path.open("rb")
    with held:
        desk.export(agenda(Line("After.")))
        assert b"Before." in held.read()
    assert "After." in path.read_text()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_place_that_cannot_be_written_is_one_sentence(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder.html").mkdir()
    for name in ("file/preview.html", "file/site", "folder.html"):
        with pytest.raises(ExportError) as caught:
            desk.export(agenda(Line()), name)
        assert "cannot be written" in caught.value.message
        assert caught.value.hint


def test_each_picture_is_scaled_once(tmp_path: Path) -> None:
    asked: list[Picture] = []

    def counting(shot: Picture) -> tuple[str, bytes]:
        asked.append(shot)
        return thumbnail(shot)

    shot = Media(picture(tmp_path, 300, 200), "A flag")
    lines = (Line(account=account, media=(shot,)) for account in ACCOUNTS.values())
    export_page(agenda(*lines), config(tmp_path), NETWORKS, NOW, tmp_path / "x.html", counting)
    assert asked == [shot.picture]


def test_a_drawing_that_could_carry_a_program_is_refused(tmp_path: Path) -> None:
    line = Line(media=(Media(picture(tmp_path, 30, 20), "A"),))
    with pytest.raises(ValueError, match="image/svg"):
        export_page(agenda(line), config(tmp_path), NETWORKS, NOW, tmp_path / "x.html", lambda _: ("image/svg+xml", b"<svg/>"))
    assert not (tmp_path / "x.html").exists()


def test_two_hundred_deliveries_are_written_in_seconds(desk: Desk) -> None:
    accounts = tuple(ACCOUNTS.values())
    lines = [
        Line("Word " * 100, accounts[n % 5], post=f"p{n // 5}", title=f"Post {n // 5}", at=START + timedelta(hours=n // 5))
        for n in range(200)
    ]
    start = time.process_time()  # a busy machine is no fault of ours
    path = desk.export(agenda(*lines))
    assert time.process_time() - start < 10
    assert len(read(path).all("article", "card")) == 200
    assert path.stat().st_size < 200 * 6_000


def test_a_text_of_five_thousand_letters_is_shown_to_the_last(desk: Desk) -> None:
    text = "".join(chr(0x1F300 + n % 500) for n in range(5000))
    assert read(desk.export(agenda(Line(text)))).only("article", "card").only(css="text").text == text


def test_a_broken_brand_colour_never_reaches_the_style_sheet(tmp_path: Path) -> None:
    page = arrange(agenda(Line()), config(tmp_path), NETWORKS, NOW, Pictures(thumbnail, embedded=True))
    assert "evil" not in render(page, Brand(primary="red}</style>evil"))
    assert "--brand: #00ff00" in render(page, Brand(primary="#00ff00"))


def test_no_template_trusts_words_and_no_code_marks_them_as_safe() -> None:
    (room,) = scheduler.preview.__path__
    for path in Path(room).rglob("*"):
        if path.suffix in {".html", ".css", ".py"}:
            assert not re.search(r"\|\s*safe|Markup|autoescape\s+false|autoescape=False", path.read_text("utf-8")), path.name


def test_the_page_needs_no_umask_luck(desk: Desk) -> None:
    before = os.umask(0o077)
    try:
        path = desk.export(agenda(Line()))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
