import importlib
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from scheduler.checks.limits import exceeded, hashtags_in
from scheduler.checks.review import known_rules, review
from scheduler.checks.rule import Subject
from scheduler.model.facets import facets_of
from scheduler.model.finding import Edit, Finding, Severity, Span
from scheduler.model.graphic import Picture
from scheduler.model.limits import Limits, PollLimits
from scheduler.model.network import Abilities, Network, Recovery
from scheduler.model.outgoing import Media, Outgoing
from scheduler.model.poll import Poll
from scheduler.model.post import MediaRef, Part
from scheduler.planning.composing.compose import compose
from scheduler.planning.plan import plan
from scheduler.publishers.counting import utf16
from tests.planning.making import NOON, NOW, context, file_of, network, post, variant

PHOTO = Picture(path="/project/photo.jpg", sha256="1" * 64, width=1200, height=900, bytes=1000, mime="image/jpeg")
TIGHT = Limits(text=20, pictures=1, hashtags_advised=2, hashtags=4)
NO_LINKS = Abilities(recovery=Recovery.NONE, links_clickable=False)


def found(text: str, *, facts: Network | None = None, media: tuple[MediaRef, ...] = (), **subject: Any) -> list[tuple[str, Severity]]:
    around = context(networks=(facts or network("alpha"),))
    made = post(variants=(variant(text, media=media),))
    delivery = plan([file_of(made)], around, NOW).deliveries[0]
    outgoing = compose(delivery, around, {ref.path: PHOTO for ref in media if ref.path}).outgoing
    judged = Subject(delivery, outgoing, around.network(delivery.account), around.config, media, **subject)
    return [(finding.rule, finding.severity) for finding in review(judged, known_rules())]


def test_every_rule_tells_people_what_it_catches() -> None:
    for rule in known_rules():
        looks = rule.check or rule.compare
        assert looks is not None, rule.name
        module = importlib.import_module(looks.__module__)
        assert len((module.__doc__ or "").splitlines()) >= 3, rule.name


def test_a_good_post_has_no_findings() -> None:
    assert found("Come to the march.", media=(MediaRef("photo.jpg", "People with a banner", PHOTO.path),)) == []


@pytest.mark.parametrize("alt", ["", "   ", "photo.jpg", "IMG_2041", "Bildschirmfoto 2027-03-01", "march-2.JPEG"])
def test_a_picture_without_a_description_is_an_error(alt: str) -> None:
    assert found("Come.", media=(MediaRef("photo.jpg", alt, PHOTO.path),)) == [("alt-missing", Severity.ERROR)]


@pytest.mark.parametrize("alt", ["A photo of 300 people", "Logo", "Photo: the crowd in photo.jpg"])
def test_words_are_a_description(alt: str) -> None:
    assert found("Come.", media=(MediaRef("photo.jpg", alt, PHOTO.path),)) == []


@pytest.mark.parametrize(
    ("size", "sentence"),
    [
        ((1, 1), "“photo.jpg” has 1 × 1 pixels: nobody can see what is on it"),
        ((1200, 32), "“photo.jpg” has 1,200 × 32 pixels: nobody can see what is on it"),
        ((319, 400), "“photo.jpg” has 319 × 400 pixels; Beta enlarges pictures to 320 pixels of width, and they are blurred then"),
        ((320, 33), None),
    ],
)
def test_a_picture_that_is_too_small_to_be_meant_is_a_warning_at_its_name(size: tuple[int, int], sentence: str | None) -> None:
    facts = network("beta", limits=replace(TIGHT, picture_width=320))
    ref = MediaRef("photo.jpg", "People", PHOTO.path, span=Span(7, 1, 20))
    around = context(networks=(facts,))
    delivery = plan([file_of(post(variants=(variant("Come.", media=(ref,)),)))], around, NOW).deliveries[0]
    small = replace(PHOTO, width=size[0], height=size[1])
    outgoing = compose(delivery, around, {PHOTO.path: small}).outgoing
    told = review(Subject(delivery, outgoing, facts, around.config, (ref,)), known_rules())
    assert [(each.rule, each.severity, each.message, each.span.line) for each in told if each.span] == (
        [("picture-small", Severity.WARNING, sentence, 7)] if sentence else []
    )


@pytest.mark.parametrize(
    ("frames", "told"),
    [
        (0, "Beta takes pictures as PNG; “photo.jpg” is in the WebP format."),
        (4, "Beta takes pictures as PNG; “photo.jpg” moves, in the WebP format."),
    ],
)
def test_a_picture_that_moves_and_is_not_taken_is_told_as_one(frames: int, told: str) -> None:
    post = Outgoing(
        delivery="d", account="a", network="n", text="Words", media=(Media(replace(PHOTO, mime="image/webp", frames=frames), "Seen"),)
    )
    limits = Limits(text=90, formats=("image/png",))
    assert [each.sentence for each in exceeded(post, limits, NO_LINKS, "Beta") if each.rule == "picture-format"] == [told]


def test_a_network_without_descriptions_asks_for_none() -> None:
    silent = network("alpha", abilities=Abilities(recovery=Recovery.NONE, alt_text=False))
    assert found("Come.", facts=silent, media=(MediaRef("photo.jpg", "", PHOTO.path),)) == []


@pytest.mark.parametrize(
    "text",
    [
        "Come at TODO o'clock",
        "lorem ipsum dolor",
        "Meet at [place]",
        "TBC",
        "XXX people",
        "See [insert link]",
        "> [!note]- Internal\n> Kim must agree first",
        "Come\n- [ ] ask Kim",
        "* [x] done",
        "On <% tp.date.now() %>",
    ],
)
def test_a_note_to_ourselves_is_an_error(text: str) -> None:
    assert found(text) == [("leftover-note", Severity.ERROR)]


def asking(poll: Poll, **facts: Any) -> list[tuple[str, Severity]]:
    takes = Limits(text=500, poll=PollLimits(options=4, characters=25, **facts))
    around = context(networks=(network("alpha", limits=takes, abilities=Abilities(recovery=Recovery.NONE, polls=True)),))
    delivery = plan([file_of(post("Shall we strike?", poll=poll))], around, NOW).deliveries[0]
    outgoing = compose(delivery, around, {}).outgoing
    judged = Subject(delivery, outgoing, around.network(delivery.account), around.config)
    return [(finding.rule, finding.severity) for finding in review(judged, known_rules())]


@pytest.mark.parametrize("question", [None, 300])
def test_words_that_are_the_question_are_something_to_read(question: int | None) -> None:
    assert asking(Poll(("Yes", "No")), question=question) == []


@pytest.mark.parametrize("poll", [Poll(("Yes", "TODO")), Poll(("Yes", "No"), question="TBC?")])
def test_a_note_to_ourselves_in_a_poll_is_an_error(poll: Poll) -> None:
    assert asking(poll, question=300) == [("leftover-note", Severity.ERROR)]


@pytest.mark.parametrize(
    ("poll", "limits", "rule"),
    [
        (Poll(("Yes", "No"), question="q" * 301), {"question": 300}, "poll-question"),
        (Poll(("Yes", "No"), multiple=True), {"multiple": False}, "poll-too-much"),
        (Poll(("Yes", "No")), {"question": 10}, "poll-question"),
        (Poll(("Yes", "No"), multiple=True), {"multiple": False, "terms": (1440,)}, "poll-too-much"),
        (Poll(("Yes", "half \ud83d")), {}, "broken-character"),
        (Poll(("Yes", "😀" * 13)), {"count": utf16}, "poll-too-much"),
    ],
)
def test_a_poll_that_would_be_refused_is_an_error(poll: Poll, limits: dict[str, Any], rule: str) -> None:
    assert asking(poll, **limits) == [(rule, Severity.ERROR)]


@pytest.mark.parametrize("text", ["Todo el mundo a la calle", "todos juntos", "the [sic] report", "See [place](https://example.org)"])
def test_words_that_only_look_like_notes_are_left_alone(text: str) -> None:
    assert "leftover-note" not in dict(found(text))


def unmarked(text: str) -> list[str | None]:
    """Returns what each sign of formatting in a text becomes; None where a person must say it anew."""
    around = context(networks=(network("alpha"),))
    delivery = plan([file_of(post(variants=(variant(text),)))], around, NOW).deliveries[0]
    judged = Subject(delivery, compose(delivery, around, {}).outgoing, around.network(delivery.account), around.config)
    found = [finding for finding in review(judged, known_rules()) if finding.rule == "markdown-left-over"]
    assert all(finding.severity is Severity.WARNING for finding in found)
    assert not any(finding.edit.safe for finding in found if finding.edit)
    return [finding.edit.replacement if finding.edit else None for finding in found]


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("**Friday**, 5 pm", ["Friday"]),
        ("__Friday__ and *only* _you_", ["Friday", "only", "you"]),
        ("**Kolleg*innen** kommt", ["Kolleg*innen"]),
        ("(*nur heute*)", ["nur heute"]),
        ("[Register](https://example.org/a_b_c)", ["Register: https://example.org/a_b_c"]),
        ("[here](https://example.org/a_(b)) and [site](example.org)", ["here: https://example.org/a_(b)", "site: example.org"]),
        ("[@union](https://example.org)", ["@union: https://example.org"]),
        ("[mail](mailto:post@example.org)", ["mail: post@example.org"]),
        ("[https://example.org](https://example.org)", ["https://example.org"]),
        ("See [[Rally plan|our plan]]", ["our plan"]),
        ("~~Monday~~ Tuesday ==now==", ["Monday", "now"]),
        ("Rally\n=====", [None]),
        ("fish &amp; chips&nbsp;now", ["&", " "]),
        ("<b>Now</b><br>", ["", "", ""]),
        ("See <https://example.org/a_b>", ["https://example.org/a_b"]),
        ("```\nx\n```", [None, None]),
        ("type `now`", ["now"]),
        ("so they say[^1]\n[^1]: really", [None, None]),
        ("| When | Where |\n|---|---|", [None, None]),
        ("We meet at two ^meet-2", [""]),
        ('<a href="https://example.org">here</a>', ["", ""]),
    ],
)
def test_signs_of_formatting_that_readers_would_see_are_a_warning(text: str, becomes: list[str | None]) -> None:
    assert sorted(map(str, unmarked(text))) == sorted(map(str, becomes))


@pytest.mark.parametrize(
    "text",
    [
        "Kolleg*innen und Freund*innen",
        "*** DER SOMMER ***",
        "2 * 3 * 4 and 5*",
        "Price* until May (*while it lasts)",
        "* one\n* two\n- three\n> said",
        "@__union__ and @a_b_c and #tag_one_",
        "https://example.org/a_b_/_c_ www.example.org/*x*",
        "a_b_c post_box@example.org",
        "¯\\_(ツ)_/¯ hi ¯\\_(ツ)_/¯",
        "AT&T; Q&A; <3 a < b > c",
        "a == b == c, ~ 5 ~, ~~",
        "-----\n_____\n*****",
        "[sic] (see p. 3) [1](note)",
        "rock`n`roll, 5^2, a | b, ^^^",
    ],
)
def test_signs_that_are_text_are_left_alone(text: str) -> None:
    assert unmarked(text) == []


def test_a_note_in_a_description_is_found_too() -> None:
    assert found("Come.", media=(MediaRef("photo.jpg", "TODO describe", PHOTO.path),)) == [("leftover-note", Severity.ERROR)]


@pytest.mark.parametrize("text", ["", "#MayDay #Union", "  \n ", "\u200b\u00ad\u2060 #MayDay", "\u3164\ufeff\u3000\u2800"])
def test_a_post_without_words_is_an_error(text: str) -> None:
    assert ("nothing-to-read", Severity.ERROR) in found(text)


def test_the_limit_is_kept_to_the_character() -> None:
    tight = network("alpha", limits=TIGHT)
    assert found("x" * 20, facts=tight) == []
    assert found("x" * 21, facts=tight) == [("too-long", Severity.ERROR)]


def test_more_hashtags_than_advised_is_a_warning_and_more_than_taken_an_error() -> None:
    tight = network("alpha", limits=replace(TIGHT, text=None))
    assert found("Go #a #b", facts=tight) == []
    assert found("Go #a #b #c", facts=tight) == [("hashtag-count", Severity.WARNING)]
    assert set(found("Go #a #b #c #d #e", facts=tight)) == {("hashtag-count", Severity.WARNING), ("too-many-hashtags", Severity.ERROR)}


def test_hashtags_that_are_written_together_count_each_where_a_network_refuses_too_many() -> None:
    tight = network("alpha", limits=replace(TIGHT, text=None, hashtags_advised=None))
    assert tight.limits.hashtags is not None
    most = tight.limits.hashtags
    assert found("Go " + "#a" * most, facts=tight) == []
    assert found("Go " + "#a" * (most + 1), facts=tight) == [("too-many-hashtags", Severity.ERROR)]
    assert found("Go " + "#a＃b" * most, facts=tight) == [("too-many-hashtags", Severity.ERROR)]
    assert found("Go " + "a#b " * (most + 1), facts=tight) == []


def test_hashtags_of_the_first_comment_count_with_those_of_the_text() -> None:
    limits = replace(TIGHT, text=None)
    outgoing = Outgoing(delivery="d", account="a", network="alpha", text="Go #a", facets=facets_of("Go #a"), first_comment="#b #c #d")
    assert hashtags_in(outgoing) == 4
    able = Abilities(recovery=Recovery.NONE, first_comment=True)
    assert exceeded(outgoing, limits, able, "Alpha") == ()
    one_more = replace(outgoing, first_comment="#b #c #d #e")
    assert [objection.sentence for objection in exceeded(one_more, limits, able, "Alpha")] == [
        "Alpha takes 4 hashtags; this post has 5 with its first comment: leave out 1."
    ]


def test_an_address_where_nobody_can_click_is_a_warning() -> None:
    assert found("See https://example.org", facts=network("alpha", abilities=NO_LINKS)) == [("link-not-clickable", Severity.WARNING)]
    assert found("See example.org", facts=network("alpha", abilities=NO_LINKS)) == []


LINK = "https://example.org/report"


def about_link(text: str, *, more: tuple[Part, ...] = (), spans: tuple[str, ...] = ("link",), **abilities: Any) -> list[Finding]:
    around = context(networks=(network("alpha", abilities=Abilities(recovery=Recovery.NONE, threads=True, **abilities)),))
    sections = [variant(words, "reply" if number else None) for number, words in enumerate(text.split("\n=\n"))]
    made = post(link=LINK, spans=dict.fromkeys(spans, Span(3, 7, 20)), parts=(Part(None, NOON, tuple(sections)), *more))
    delivery = plan([file_of(made)], around, NOW).deliveries[0]
    outgoing = compose(delivery, around, {}).outgoing
    subject = Subject(delivery, outgoing, around.network(delivery.account), around.config)
    return [finding for finding in review(subject, known_rules()) if finding.rule == "link-unused"]


def test_a_link_that_nobody_gets_to_see_is_a_warning_at_its_setting() -> None:
    (finding,) = about_link("Our report is out.")
    assert (finding.severity, finding.span, finding.network, finding.edit) == (Severity.WARNING, Span(3, 7, 20), "alpha", None)


@pytest.mark.parametrize("text", ["Read {link}", f"Read {LINK}", "Our report.\n=\nRead it: {link}", "{ link }"])
def test_a_link_in_the_text_or_below_it_is_used(text: str) -> None:
    assert about_link(text) == []


def test_a_link_that_a_card_shows_nobody_can_click_or_a_folder_gives_is_no_matter() -> None:
    assert about_link("Out.", link_card=True) == []
    assert about_link("Out.", links_clickable=False) == []
    assert about_link("Out.", spans=()) == []


def test_a_series_may_name_its_link_in_some_of_its_parts() -> None:
    assert about_link("Soon.", more=(Part("Today", NOON, (variant("Now: {link}"),)),)) == []
    assert about_link("Soon.", more=(Part("Today", NOON, (variant("Now: {{link}}"),)),))


@pytest.mark.parametrize("typed", ["{{link}}", "<link>", "(link)", "%LINK%"])
def test_words_that_were_meant_as_the_link_are_shown_with_the_change(typed: str) -> None:
    (finding,) = about_link(f"First line\nRead {typed} now")
    assert finding.edit == Edit(11, 6, 6 + len(typed), "{link}", safe=False, was=typed)


@pytest.mark.parametrize(
    ("part", "target", "words"),
    [(None, None, "the second line of dashes"), ("Today", None, "“## Today”"), (None, "alpha", "“### alpha”, or delete that line")],
)
def test_a_text_that_is_missing_is_asked_for_where_it_belongs(part: str | None, target: str | None, words: str) -> None:
    around = context(networks=(network("alpha"),))
    sections = (variant("Hello."), variant("", target)) if target else (variant(""),)
    made = post(parts=(Part(part, NOON, sections),))
    delivery = plan([file_of(made)], around, NOW).deliveries[0]
    subject = Subject(delivery, compose(delivery, around, {}).outgoing, around.network(delivery.account), around.config)
    (finding,) = review(subject, known_rules())
    assert finding.rule == "nothing-to-read"
    assert words in (finding.fix or "")


def test_a_missing_picture_is_told_once() -> None:
    needy = network("alpha", limits=Limits(text=500, picture_required=True))
    assert found("Come.", facts=needy) == [("picture-missing", Severity.ERROR)]
    assert found("Come.", facts=needy, draws=True) == []


def test_findings_stand_where_the_author_can_mend_them() -> None:
    around = context()
    made = post("First line\nthen TODO later")
    delivery = plan([file_of(made)], around, datetime.fromisoformat("2027-04-01T00:00:00+00:00")).deliveries[0]
    outgoing = compose(delivery, around, {}).outgoing
    (finding,) = review(Subject(delivery, outgoing, around.network(delivery.account), around.config), known_rules())
    assert (finding.span.line, finding.span.column, finding.span.end_column) == (11, 6, 10)
    assert (finding.network, finding.account) == ("alpha", "alpha")
