from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.model.delivery import State
from scheduler.model.finding import Severity, Span
from scheduler.model.graphic import Video
from scheduler.model.limits import Limits
from scheduler.model.network import Account
from scheduler.model.outgoing import Facet, LinkCard, Media, Reply
from scheduler.model.plan import Agenda
from scheduler.model.poll import Poll
from scheduler.preview.card import measure
from scheduler.preview.wording import abbreviation, initials, ink_on, language_tag
from tests.preview.agendas import ACCOUNTS, START, Desk, Line, agenda, entry, later, picture
from tests.preview.dom import Element, read
from tests.preview.sample import finding


def card_of(desk: Desk, line: Line) -> Element:
    return read(desk.export(agenda(line))).only("article", "card")


def test_a_card_tells_network_account_time_state_language_part_and_file(desk: Desk) -> None:
    card = card_of(desk, Line("Ven a la marcha.", language="es", part="announce", post="spring/march"))
    assert card.only("h4").text == "Bluesky, bluesky"
    assert "@harborworkers.example.org" in card.only(css="handle").text
    assert card.only(css="due").words == "9:00 AM PDT"
    assert card.only(css="state").words == "Planned"
    assert card.only(css="text").attributes["lang"] == "es"
    assert "Language: Spanish" in card.only(css="tags").words
    assert "Part: announce" in card.only(css="tags").words
    assert card.only(css="path").text == "posts/spring/march.md"


def test_the_text_on_the_card_is_the_text_that_is_sent(desk: Desk) -> None:
    text = "\n  Two spaces first,\ttab, trailing space \n\n<b>&amp; “quotes” '\"</b> 👩🏽‍🚒\u200b\u00a0end\n"
    assert card_of(desk, Line(text)).only(css="text").text == text


def test_the_ruler_counts_as_the_network_counts(desk: Desk) -> None:
    assert card_of(desk, Line("x" * 287)).only(css="ruler").words == "287 / 300 graphemes"
    assert measure("x" * 303, Limits(text=300, unit="graphemes"), 300).words == "303 / 300 graphemes: 3 too many"
    assert measure("https://long.example", Limits(text=300, count=lambda _: 23), 300).words == "23 / 300 characters"
    assert measure("x" * 1234, Limits(text=None), None).words == "1,234 characters, no limit"


def test_links_can_be_clicked_and_tags_are_marked(desk: Desk) -> None:
    text = "See https://example.org #labour @ally"
    facets = (Facet("link", 4, 23, "https://example.org"), Facet("tag", 24, 31, "labour"), Facet("mention", 32, 37, "ally"))
    shown = card_of(desk, Line(text, facets=facets)).only(css="text")
    assert [(link.attributes["href"], link.text) for link in shown.all("a")] == [("https://example.org", "https://example.org")]
    assert [mark.text for mark in shown.all("span", "facet")] == ["#labour", "@ally"]
    assert shown.text == text


def test_a_link_that_could_run_a_program_is_only_text(desk: Desk) -> None:
    card = card_of(
        desk, Line("click me", facets=(Facet("link", 0, 8, "javascript:alert(1)"),), state=State.SENT, url="javascript:alert(2)")
    )
    assert card.all("a") == []


def test_each_picture_stands_in_its_true_shape_with_its_alt_text_below(desk: Desk, tmp_path: Path) -> None:
    shots = tuple(Media(picture(tmp_path, width, height), alt) for width, height, alt in ((1080, 1350, "Poster"), (1200, 630, "")))
    card = card_of(desk, Line(media=shots))
    images = card.only(css="strip").all("img")
    assert [(image.attributes["width"], image.attributes["height"], image.attributes["alt"]) for image in images] == [
        ("1080", "1350", "Poster"),
        ("1200", "630", ""),
    ]
    captions = [caption.words for caption in card.all("figcaption")]
    assert captions[0] == "Alt text: Poster"
    assert captions[1].startswith("Alt text: none.")


def test_a_film_has_its_reason_where_its_network_takes_no_description_of_one(desk: Desk, tmp_path: Path) -> None:
    still = picture(tmp_path, 1080, 1350)
    film = replace(still, mime="video/mp4", video=Video(seconds=5, codec="H.264"))
    facts = desk.networks["instagram"]
    told = replace(desk, networks={"instagram": replace(facts, abilities=replace(facts.abilities, alt_text_of_films=False))})
    card = card_of(told, Line(media=(Media(still, "Poster"), Media(film, "The march")), account=ACCOUNTS["instagram"]))
    assert [caption.words for caption in card.all("figcaption")] == [
        "Alt text: Poster",
        "Alt text: is not sent. Instagram takes none for a film.",
    ]


def test_a_picture_that_cannot_be_read_is_said_to_be_missing(desk: Desk, tmp_path: Path) -> None:
    gone = replace(picture(tmp_path, 100, 100), path=str(tmp_path / "gone.png"))
    card = card_of(desk, Line(media=(Media(gone, "A flag"),)))
    assert card.only(css="lost").words == "The picture gone.png cannot be read."
    assert card.all("img") == []
    assert "A flag" in card.only("figcaption").text


def test_a_content_warning_folds_the_post(desk: Desk) -> None:
    fold = card_of(desk, Line("About arrests.", warning="police")).only("details", "warning")
    assert fold.only("summary").words == "Content warning: police"
    assert fold.only(css="text").text == "About arrests."


def test_the_link_card_is_shown(desk: Desk) -> None:
    card = card_of(desk, Line(link=LinkCard("https://example.org/report", "The report", "What we found.")))
    assert card.only(css="link-card").words == "The report What we found. https://example.org/report"


def test_a_finding_tells_what_is_wrong_what_follows_the_fix_and_the_place(desk: Desk) -> None:
    wrong = finding(
        Severity.ERROR, "Not a Thursday.", span=Span(7, 3, 9), label="the weekday", consequence="People come late.", fix="Friday"
    )
    shown = card_of(desk, Line(findings=(wrong,))).only("li", "finding").words
    assert shown == "Error: Not a Thursday. People come late. Fix: Friday posts/spring/march.md:7:3 the weekday"


def test_a_held_card_says_why_and_a_sent_one_where(desk: Desk) -> None:
    held = card_of(desk, Line(state=State.HELD, reason="The weekday does not fit."))
    assert (held.only(css="state").words, held.only(css="why").words) == ("Held", "The weekday does not fit.")
    sent = card_of(desk, Line(state=State.SENT, sent_at=datetime(2026, 4, 23, 16, 0, 5, tzinfo=UTC), url="https://example.org/1"))
    assert sent.only("a", "sent-url").attributes["href"] == "https://example.org/1"
    assert "Sent Thursday, April 23, 2026, 9:00 AM PDT" in sent.only(css="why").words


def test_a_post_that_could_not_be_put_together_still_has_a_card(desk: Desk) -> None:
    card = card_of(desk, Line(None, state=State.HELD, reason="A picture is missing."))
    assert "nothing to show yet" in card.only(css="nothing").text
    assert card.all(css="text") == []


def test_a_file_saved_just_now_is_told_to_wait(desk: Desk) -> None:
    card = card_of(desk, Line(not_before=START + timedelta(minutes=2)))
    assert "Waits until 9:02 AM PDT" in card.only(css="why").words


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_an_icon_and_a_word(desk: Desk, state: State) -> None:
    page = read(desk.export(agenda(Line(state=state))))
    label = page.only("article", "card").only(css="state")
    symbols = {symbol.attributes["id"] for symbol in page.all("symbol")}
    assert label.words
    assert label.only("use").attributes["href"].removeprefix("#") in symbols


def test_only_accounts_that_reach_nobody_are_marked_as_rehearsal(desk: Desk) -> None:
    marked = {account.name: "Rehearsal" in card_of(desk, Line(account=account)).only(css="tags").text for account in ACCOUNTS.values()}
    assert marked == {"instagram": True, "facebook": True, "mastodon": True, "bluesky": True, "website": False}
    live = replace(ACCOUNTS["bluesky"], live=True)
    assert "Rehearsal" not in card_of(desk, Line(account=live)).text


def test_instagram_shows_the_picture_first_and_folds_the_caption(desk: Desk, tmp_path: Path) -> None:
    text = "word " * 60
    post = card_of(desk, Line(text, ACCOUNTS["instagram"], media=(Media(picture(tmp_path, 100, 100), "A"),))).only(css="post")
    kinds = [element.attributes.get("class") for element in post.children if isinstance(element, Element)]
    assert kinds == ["profile", "shot", "text"]
    assert post.only(css="text").text == text
    before_fold = post.only(css="text").children[0]
    assert isinstance(before_fold, str)
    assert len(before_fold) == 125
    assert card_of(desk, Line(text, ACCOUNTS["bluesky"])).all(css="fold") == []


def test_a_network_without_a_card_of_its_own_gets_the_general_one(desk: Desk) -> None:
    for name in ("pigeon", "../page", "card"):
        card = card_of(desk, Line("Coo.", Account(name="roof", network=name, handle="roof")))
        assert card.only(css="text").text == "Coo."
        assert "look-plain" in card.attributes["class"]


def test_a_mastodon_handle_names_its_server_once(desk: Desk) -> None:
    assert card_of(desk, Line(account=ACCOUNTS["mastodon"])).only(css="handle").words == "@harborworkers@social.example.org"
    whole = replace(ACCOUNTS["mastodon"], handle="@us@social.example.org")
    assert card_of(desk, Line(account=whole)).only(css="handle").words == "@us@social.example.org"


def test_a_post_in_another_zone_tells_both_times(desk: Desk) -> None:
    assert card_of(desk, Line(at=later(0), zone="Europe/Berlin")).only(css="due").words == "6:00 PM CEST (9:00 AM PDT here)"
    assert abbreviation(datetime(2026, 1, 1, tzinfo=UTC)) == "UTC"


def test_a_zone_without_letters_is_told_by_its_distance(desk: Desk) -> None:
    assert card_of(desk, Line(zone="America/Sao_Paulo")).only(css="due").words.startswith("1:00 PM UTC−03 ")


def test_initials_come_from_the_first_and_the_last_word() -> None:
    assert [initials(name) for name in ("Harbor Workers’ Coalition", "Union", "ver.di", "", "«Élan» 36", "🌹")] == [
        "HC",
        "U",
        "VD",
        "•",
        "É3",
        "•",
    ]


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#7a1420", "#ffd400", "#757575", "#777777", "#0a7f3f", "#ff0000"])
def test_ink_on_any_brand_colour_can_be_read(colour: str) -> None:
    def luminance(value: str) -> float:
        parts = [int(value[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(colour), luminance(ink_on(colour))), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_a_language_that_is_none_is_left_out() -> None:
    assert [language_tag(tag) for tag in ("es", "pt_BR", "zh-Hant-TW", 'en" onclick="x', "", None, "english")] == [
        "es",
        "pt-BR",
        "zh-Hant-TW",
        "",
        "",
        "",
        "",
    ]


def test_a_link_card_without_a_title_names_the_address_once(desk: Desk) -> None:
    assert card_of(desk, Line(link=LinkCard("https://example.org/report"))).only(css="link-card").words == "https://example.org/report"


def test_what_stands_below_a_post_is_shown_in_the_order_readers_meet_it(desk: Desk) -> None:
    line = entry(Line(text="First words"))
    assert line.outgoing is not None
    shot = Media(picture(desk.folder, 40, 30), "A banner")
    more = replace(
        line.outgoing, first_comment="Sources <here>", replies=(Reply("And more", (), (shot,)),), poll=Poll(("Yes", "No")), location="Pier"
    )
    page = desk.export(Agenda((replace(line, outgoing=more),))).read_text(encoding="utf-8")
    places = [
        page.index(words) for words in ("First words", "Pier", "○ Yes\n○ No", "Sources &lt;here&gt;", "Answer 1", "And more", "A banner")
    ]
    assert places == sorted(places)


def test_the_focus_of_a_picture_stands_below_it_and_a_mention_by_name_is_marked(desk: Desk) -> None:
    shot = Media(picture(desk.folder, 40, 30), "A banner", (0.25, -0.5))
    page = card_of(desk, Line("With Kim Ito", facets=(Facet("mention", 5, 12, "kim.ito"), Facet("mention", 0, 4, "No!")), media=(shot,)))
    assert page.only(css="shot").only(css="quiet").text == "Focus: 0.25 -0.5"
    assert [mark.text for mark in page.only(css="text").all("span", "facet")] == ["Kim Ito"]
