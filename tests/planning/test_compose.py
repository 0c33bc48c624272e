from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.model.graphic import Graphic, Picture
from scheduler.model.house import HashtagSet
from scheduler.model.limits import Limits
from scheduler.model.network import Abilities, Network, Recovery
from scheduler.model.outgoing import Outgoing
from scheduler.model.post import Event, MediaRef, Post
from scheduler.planning.composing.compose import Composition, compose
from scheduler.planning.composing.pictures import wanted
from scheduler.planning.context import Context, Problem
from scheduler.planning.plan import plan
from tests.planning.making import NOW, context, file_of, network, post, variant

SILENT = Abilities(recovery=Recovery.NONE, links_clickable=False)
WARNS = Abilities(recovery=Recovery.NONE, content_warning=True, link_card=True)
PHOTO = Picture(path="/project/photo.jpg", sha256="1" * 64, width=1200, height=900, bytes=1000, mime="image/jpeg")
MARCH = Event(title="March", starts=datetime(2027, 5, 1, 14, 0), place="Pier Square", url="https://example.org/march")


def composed(made: Post, around: Context, account: str = "alpha", pictures: dict[Any, Any] | None = None) -> Composition:
    found = plan([file_of(made)], around, NOW)
    delivery = next(item for item in found.deliveries if item.account.name == account)
    return compose(delivery, around, pictures or {})


def test_the_text_is_the_author_s_to_the_code_point() -> None:
    text = "  Ça va? 🏳️‍🌈\n\n\n— “quoted” \u00a0 end  "
    assert composed(post(text), context()).outgoing.text == text


@given(st.text(alphabet=st.characters(exclude_characters="{}\x00", exclude_categories=["Cs"])))
def test_a_text_without_braces_and_hashtags_is_never_changed(text: str) -> None:
    assert composed(post(text), context()).outgoing.text == text


def test_placeholders_are_filled_in_the_language_of_the_post() -> None:
    made = post("{event.weekday}, {event.date}, {event.time}, {event.place}", event=MARCH, language="es")
    assert composed(made, context()).outgoing.text == "sábado, 1 de mayo, 14:00, Pier Square"


def test_double_braces_stand_for_single_ones() -> None:
    assert composed(post("{{link}} and }}"), context()).outgoing.text == "{link} and }"


def test_a_placeholder_that_nothing_fills_is_an_error_with_its_place() -> None:
    found = composed(post("First line\nsee {event.place} there"), context())
    (finding,) = found.findings
    assert (finding.rule, finding.span.line, finding.span.column, finding.span.end_column) == ("unfilled-placeholder", 11, 5, 18)
    assert finding.is_error


def test_the_website_of_the_organisation_is_asked_for_in_the_configuration() -> None:
    (finding,) = composed(post("See {org.website}"), context()).findings
    assert finding.fix == 'add  website = "https://…"  to [organisation] in config.toml'


def test_a_count_is_for_the_author_to_fill_in() -> None:
    (finding,) = composed(post("{count} of us came"), context()).findings
    assert (finding.rule, finding.is_error, finding.label) == ("unfilled-placeholder", True, "a number that you fill in")
    assert finding.fix is not None
    assert "status: draft" in finding.fix


def test_a_link_becomes_link_in_bio_where_nobody_can_click() -> None:
    made = post("More: {link}", link="https://example.org")
    around = context(networks=(network("alpha"), network("beta", abilities=SILENT)))
    assert composed(made, around, "alpha").outgoing.text == "More: https://example.org"
    assert composed(made, around, "beta").outgoing.text == "More: Link in bio"


def test_days_left_are_counted_from_the_day_of_publication() -> None:
    assert composed(post("{days.left} days", event=MARCH), context()).outgoing.text == "17 days"


def test_hashtags_come_after_the_text_once_each_and_by_network() -> None:
    sets = {"core": HashtagSet("core", ("UnionStrong", "Solidarity"), {"beta": ("Solidarity",)})}
    made = post("We are here #unionstrong", hashtags=("core", "Extra"))
    around = context(sets=sets)
    assert composed(made, around, "alpha").outgoing.text == "We are here #unionstrong\n\n#Solidarity #Extra"
    assert composed(made, around, "beta").outgoing.text == "We are here #unionstrong\n\n#Solidarity #Extra"


@pytest.mark.parametrize("typed", ["housng", "HOUSING", "Housings"])
def test_a_misspelt_hashtag_set_is_an_error_and_not_a_hashtag(typed: str) -> None:
    made = post(hashtags=(typed,))
    found = composed(made, context(sets={"housing": HashtagSet("housing", ("AffordableHomes",))}))
    assert [(finding.rule, finding.label) for finding in found.findings] == [("unknown-hashtag-set", "did you mean “housing”?")]


def test_a_hashtag_set_that_is_over_is_an_error() -> None:
    sets = {"march": HashtagSet("march", ("March",), until=datetime(2027, 4, 1))}
    assert [finding.rule for finding in composed(post(hashtags=("march",)), context(sets=sets)).findings] == ["hashtag-set-over"]


def test_a_section_without_pictures_takes_those_of_the_post() -> None:
    ref = MediaRef("photo.jpg", "A photo", PHOTO.path)
    made = post(variants=(variant("all", media=(ref,)), variant("beta", "beta")))
    found = composed(made, context(), "beta", {PHOTO.path: PHOTO})
    assert [(item.picture, item.alt) for item in found.outgoing.media] == [(PHOTO, "A photo")]


def test_placeholders_are_filled_in_descriptions_too() -> None:
    ref = MediaRef("photo.jpg", "The crowd at {event.place}", PHOTO.path)
    made = post(variants=(variant("all", media=(ref,)),), event=MARCH)
    assert composed(made, context(), pictures={PHOTO.path: PHOTO}).outgoing.media[0].alt == "The crowd at Pier Square"


def test_a_picture_that_cannot_be_read_holds_the_post() -> None:
    ref = MediaRef("photo.jpg", "A photo", PHOTO.path)
    found = composed(post(variants=(variant("all", media=(ref,)),)), context(), pictures={PHOTO.path: Problem("It is damaged.")})
    assert [(finding.rule, finding.is_error) for finding in found.findings] == [("picture-unreadable", True)]


def test_a_graphic_is_asked_for_in_the_network_s_format_with_words_in_the_post_s_language() -> None:
    around = context(networks=(network("alpha", graphic_format="4:5"),))
    made = post("Come", event=MARCH, graphic="event-card", language="es")
    delivery = plan([file_of(made)], around, NOW).deliveries[0]
    (request,) = wanted(delivery, around)
    assert not isinstance(request, str)
    assert (request.format, dict(request.fields)["weekday"], dict(request.fields)["title"]) == ("4:5", "sábado", "March")
    drawn = Graphic(picture=PHOTO, alt="March, Saturday")
    assert compose(delivery, around, {request: drawn}).outgoing.media[0].alt == "March, Saturday"


def test_a_picture_of_the_author_takes_the_place_of_a_graphic() -> None:
    ref = MediaRef("photo.jpg", "A photo", PHOTO.path)
    made = post(variants=(variant("all", media=(ref,)),), graphic="event-card")
    assert [item.alt for item in composed(made, context(), pictures={PHOTO.path: PHOTO}).outgoing.media] == ["A photo"]


def test_a_content_warning_goes_where_it_is_taken_and_is_said_where_it_is_not() -> None:
    around = context(networks=(network("alpha", abilities=WARNS), network("beta")))
    made = post(content_warning="violence")
    assert composed(made, around, "alpha").outgoing.content_warning == "violence"
    found = composed(made, around, "beta")
    assert found.outgoing.content_warning is None
    assert [finding.rule for finding in found.findings] == ["content-warning-dropped"]


def test_a_link_card_is_made_where_there_is_no_picture() -> None:
    around = context(networks=(network("alpha", abilities=WARNS),))
    found = composed(post("See {link}", link="https://example.org"), around)
    assert found.outgoing.link_card is not None
    assert found.outgoing.link_card.url == "https://example.org"


@pytest.mark.parametrize("made", [post("a #tag and https://example.org/x."), post("ohne", content_warning="cw", link="https://e.org")])
def test_the_frozen_form_is_the_same_post_again(made: Post) -> None:
    outgoing = composed(made, context(networks=(network("alpha", abilities=WARNS),))).outgoing
    assert Outgoing.from_json(outgoing.to_json()) == outgoing


def test_networks_are_records_that_tests_may_make_up() -> None:
    made: Network = network("gamma", limits=Limits(text=None))
    assert made.title == "Gamma"


def test_the_focus_of_a_picture_goes_where_it_is_taken_and_is_told_elsewhere() -> None:
    ref = MediaRef("photo.jpg", "A photo", PHOTO.path, focus=(0.2, -0.5))
    made = post(variants=(variant("Hi", media=(ref,)), variant("More", "reply", media=(ref,))))
    able = Abilities(recovery=Recovery.NONE, threads=True, focus=True)
    around = context(networks=(network("alpha", abilities=able), network("beta")))
    taken, dropped = (composed(made, around, name, {PHOTO.path: PHOTO}) for name in ("alpha", "beta"))
    assert [item.focus for item in (*taken.outgoing.media, *taken.outgoing.replies[0].media)] == [(0.2, -0.5)] * 2
    assert taken.findings == ()
    assert Outgoing.from_json(taken.outgoing.to_json()) == taken.outgoing
    assert [item.focus for item in dropped.outgoing.media] == [None]
    assert ("no-focus", "hint") in [(finding.rule, finding.severity.value) for finding in dropped.findings]
    assert "focus" not in dropped.outgoing.to_json()
