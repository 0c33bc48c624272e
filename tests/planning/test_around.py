"""What stands around the text: answers, first comments, stories, polls, languages, partners; and what is said where they cannot be."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from scheduler.checks.limits import exceeded
from scheduler.model.delivery import Facts, State
from scheduler.model.finding import Severity
from scheduler.model.graphic import Picture
from scheduler.model.house import HashtagSet, Partner
from scheduler.model.limits import Limits
from scheduler.model.network import Abilities, Account, Recovery
from scheduler.model.outgoing import Media, Outgoing, Reply
from scheduler.model.poll import Poll
from scheduler.model.post import Event, MediaRef, Post
from scheduler.planning.composing.compose import Composition, compose
from scheduler.planning.composing.hashtags import turns
from scheduler.planning.composing.pictures import wanted
from scheduler.planning.context import Context
from scheduler.planning.plan import plan
from tests.planning.making import NOW, context, fact_of, facts_of, file_of, network, post, variant

ALL = Abilities(
    recovery=Recovery.NONE, threads=True, first_comment=True, polls=True, stories=True, collaborators=True, location=True, language=True
)
NONE = Abilities(recovery=Recovery.NONE)
BOTH = (network("able", abilities=ALL), network("plain", abilities=NONE))
PHOTO = Picture(path="/project/photo.jpg", sha256="1" * 64, width=1200, height=900, bytes=1000, mime="image/jpeg")
REF = MediaRef("photo.jpg", "A photo", PHOTO.path)


def composed(made: Post, around: Context, account: str = "able", label: str | None = None) -> Composition:
    found = plan([file_of(made)], around, NOW)
    everything = (*found.deliveries, *(item.delivery for item in found.held))
    delivery = next(item for item in everything if item.account.name == account and item.label == label)
    return compose(delivery, replace(around, turns=turns(everything, around)), {PHOTO.path: PHOTO})


def told(found: Composition) -> list[tuple[str, Severity]]:
    return [(finding.rule, finding.severity) for finding in found.findings]


ANSWERED = post(
    variants=(variant("One {link}"), variant("Two #tag", "reply", (REF,)), variant("Three", "reply")), link="https://example.org"
)


def test_answers_follow_in_their_order_with_their_own_pictures() -> None:
    found = composed(ANSWERED, context(networks=BOTH))
    assert [(reply.text, [item.alt for item in reply.media]) for reply in found.outgoing.replies] == [
        ("Two #tag", ["A photo"]),
        ("Three", []),
    ]
    assert [facet.value for facet in found.outgoing.replies[0].facets] == ["tag"]
    delivery = plan([file_of(ANSWERED)], context(networks=BOTH), NOW).deliveries[0]
    assert wanted(delivery, context(networks=BOTH)) == (PHOTO.path,)


def test_a_thread_is_never_cut_off_where_there_are_none() -> None:
    found = composed(ANSWERED, context(networks=BOTH), "plain")
    assert told(found) == [("no-threads", Severity.ERROR)]
    assert found.findings[0].message == "Plain has no threads: the 2 answers below it would be left out"


@pytest.mark.parametrize(
    "made", [post(first_comment="More: {link}"), post(variants=(variant("Text"), variant("More: {link}", "first comment")))]
)
def test_a_first_comment_comes_from_a_setting_or_a_section(made: Post) -> None:
    linked = replace(made, link="https://example.org")
    assert composed(linked, context(networks=BOTH)).outgoing.first_comment == "More: https://example.org"
    plain = composed(linked, context(networks=BOTH), "plain")
    assert (plain.outgoing.first_comment, told(plain)) == ("", [("no-first-comment", Severity.WARNING)])


def test_hashtags_for_the_first_comment_stand_below_the_text_where_there_is_none() -> None:
    around = context(networks=BOTH, sets={"core": HashtagSet("core", ("Union",), place="first-comment")})
    made = post("Text", hashtags=("core",))
    able, plain = composed(made, around).outgoing, composed(made, around, "plain").outgoing
    assert (able.text, able.first_comment) == ("Text", "#Union")
    assert (plain.text, plain.first_comment) == ("Text\n\n#Union", "")


def test_inline_hashtags_are_made_of_the_words_of_the_text() -> None:
    around = context(networks=BOTH, sets={"core": HashtagSet("core", ("FairPay", "Union", "May"), place="inline")})
    made = post("Fairpay now, says the union (@union, https://union.example). fairpay!", hashtags=("core",))
    expected = "#FairPay now, says the #Union (@union, https://union.example). fairpay!\n\n#May"
    assert composed(made, around).outgoing.text == expected


def test_sets_that_never_go_together_hold_the_post() -> None:
    sets = {"mayday": HashtagSet("mayday", ("MayDay",), never_with=("jobs",)), "jobs": HashtagSet("jobs", ("Jobs",))}
    around = context(networks=BOTH, sets=sets)
    assert told(composed(post(hashtags=("mayday", "jobs")), around)) == [("hashtags-exclude-each-other", Severity.ERROR)]
    assert told(composed(post(hashtags=("mayday",)), around)) == []


def test_a_story_is_a_delivery_of_its_own_in_the_format_of_stories() -> None:
    made = post(variants=(variant("Text", media=(REF,)), variant("", "able story", graphic="countdown")))
    around = context(networks=BOTH)
    found = plan([file_of(made)], around, NOW)
    by_name = {(item.account.name, item.label): item for item in found.deliveries}
    assert set(by_name) == {("able", None), ("able", "Story"), ("plain", None)}
    assert len({item.id for item in found.deliveries}) == 3
    (request,) = wanted(by_name["able", "Story"], around)
    assert not isinstance(request, str)
    assert (request.template, request.format) == ("countdown", "story")


def test_a_story_shows_the_pictures_of_its_post_unless_it_has_its_own_and_no_words() -> None:
    made = post(variants=(variant("Text", media=(REF,)), variant("Words", "story")), hashtags=("Tag",))
    found = composed(made, context(networks=BOTH), label="Story")
    assert (found.outgoing.text, found.outgoing.story, len(found.outgoing.media)) == ("", True, 1)
    assert told(found) == [("story-text", Severity.WARNING)]


def test_a_file_with_a_story_alone_sends_nothing_else_there() -> None:
    made = post(variants=(variant(""), variant("", "able story", graphic="card")), where=("able",))
    assert [item.label for item in plan([file_of(made)], context(networks=BOTH), NOW).deliveries] == ["Story"]


def test_a_story_that_no_account_can_bring_is_said() -> None:
    made = post(variants=(variant("Text"), variant("", "plain story")))
    found = plan([file_of(made)], context(networks=BOTH), NOW)
    assert [(finding.rule, finding.severity) for finding in found.findings] == [("no-stories", Severity.WARNING)]


def test_a_poll_goes_where_people_can_vote_and_holds_elsewhere() -> None:
    made = post(poll=Poll(("Yes", "No")), location="Oranienplatz (110774245616525)", collab=("tenants",))
    around = context(networks=BOTH, partners={"tenants": Partner(name="tenants", handles={"able": "@tenants"})})
    able, plain = composed(made, around), composed(made, around, "plain")
    assert (able.outgoing.poll, able.outgoing.location, able.outgoing.collaborators) == (made.poll, "Oranienplatz", ("@tenants",))
    assert able.outgoing.location_id == "110774245616525"
    assert told(able) == []
    assert (plain.outgoing.poll, plain.outgoing.location, plain.outgoing.collaborators) == (None, "", ())
    assert told(plain) == [("no-location", Severity.HINT), ("no-collaborators", Severity.HINT), ("no-polls", Severity.ERROR)]


@pytest.mark.parametrize(
    ("written", "words", "number"),
    [
        ("Oranienplatz, Berlin (110774245616525)", "Oranienplatz, Berlin", "110774245616525"),
        ("110774245616525", "", "110774245616525"),
    ],
)
def test_a_place_is_its_name_and_its_number(written: str, words: str, number: str) -> None:
    found = composed(post(location=written), context(networks=BOTH))
    assert (found.outgoing.location, found.outgoing.location_id) == (words, number)
    assert told(found) == []


@pytest.mark.parametrize("written", ["Oranienplatz", "Hall (2)", "Pier 36 (north)", "Oranienplatz, Berlin 10999", "Berlin (10999)"])
def test_a_place_without_a_number_is_left_out_and_that_is_said_with_the_line_to_write(written: str) -> None:
    found = composed(post(location=written), context(networks=BOTH))
    assert (found.outgoing.location, found.outgoing.location_id) == ("", "")
    assert told(found) == [("location-without-number", Severity.WARNING)]
    assert found.findings[0].fix == f"location: {written} (its number)"


def test_a_network_without_pictures_gets_the_words_alone_and_that_is_said() -> None:
    bare = network("plain", abilities=NONE)
    bare = replace(bare, limits=replace(bare.limits, pictures=0, formats=()))
    made = post(variants=(variant("Words", None, (REF,)),))
    found = composed(made, context(networks=(BOTH[0], bare)), "plain")
    assert (found.outgoing.text, found.outgoing.media) == ("Words", ())
    assert told(found) == [("no-pictures", Severity.WARNING)]
    assert exceeded(found.outgoing, bare.limits, bare.abilities) == ()
    [objection] = exceeded(replace(found.outgoing, media=(Media(PHOTO, "A photo"),)), bare.limits, bare.abilities)
    assert objection.rule == "too-many-pictures"


def accounts(**languages: str) -> dict[str, Account]:
    return {
        name: Account(name=name, network="able", language=tag.removesuffix("+"), thread=tag.endswith("+"))
        for name, tag in languages.items()
    }


BILINGUAL = post("Hello {event.weekday}", event=Event(title="M", starts=datetime(2027, 5, 1, 14)), language="en")
BILINGUAL = post(
    variants=(variant("Hello {event.weekday}"), replace(variant("Hola {event.weekday}", "lang es"), language="es")),
    event=Event(title="M", starts=datetime(2027, 5, 1, 14)),
    language="en",
)


def test_each_account_gets_the_text_of_its_language_and_the_tag_of_it() -> None:
    around = context(networks=BOTH, accounts=accounts(main="", latin="es-MX", german="de"))
    found = {name: composed(BILINGUAL, around, name).outgoing for name in ("main", "latin", "german")}
    assert [(item.text, item.language) for item in found.values()] == [
        ("Hello Saturday", "en"),
        ("Hola sábado", "es"),
        ("Hello Saturday", "en"),
    ]


def test_an_account_may_have_all_languages_as_a_thread() -> None:
    around = context(networks=BOTH, accounts=accounts(main="+", latin="es+"))
    found = {name: composed(BILINGUAL, around, name).outgoing for name in ("main", "latin")}
    assert [(item.text, [reply.text for reply in item.replies]) for item in found.values()] == [
        ("Hello Saturday", ["Hola sábado"]),
        ("Hola sábado", ["Hello Saturday"]),
    ]


def test_where_there_are_no_threads_the_language_that_is_left_out_is_named() -> None:
    around = context(networks=BOTH, accounts={"plain": Account(name="plain", network="plain", thread=True)})
    found = composed(BILINGUAL, around, "plain")
    assert told(found) == [("no-threads", Severity.WARNING)]
    assert found.findings[0].message == "Plain has no threads: es is left out"


TENANTS = Partner(name="tenants", title="Tenants’ Union", handles={"able": "@tenants"}, accounts=("theirs",))


def coalition(**more: Any) -> Post:
    return post(variants=(variant("With {partners.mentions}"), variant("We, with {org.mention}", "partner tenants")), **more)


def test_the_account_of_a_partner_takes_part_where_the_partner_is_named_and_gets_its_own_text() -> None:
    known = {
        "ours": Account(name="ours", network="able", handle="@ours"),
        "theirs": Account(name="theirs", network="able", handle="@tenants"),
    }
    around = context(networks=BOTH, accounts=known, partners={"tenants": TENANTS, "care": Partner(name="care", title="Care Workers")})
    alone = plan([file_of(coalition())], around, NOW)
    assert [item.account.name for item in alone.deliveries] == ["ours"]
    made = coalition(partners=("tenants", "care"))
    assert composed(made, around, "ours").outgoing.text == "With @tenants and Care Workers"
    assert composed(made, around, "theirs").outgoing.text == "We, with @ours"


def test_a_post_that_waits_for_approval_is_held() -> None:
    found = plan([file_of(post(hold_until="approved"))], context(), NOW)
    assert {item.reason for item in found.held} == {"It waits until it is approved; take out  hold-until:  once everybody agrees."}


ROTATING = {"core": HashtagSet("core", ("A1", "B1", "C1"), rotate=1)}


def rotated(posts: list[Post], around: Context) -> dict[str, str]:
    found = plan([file_of(made) for made in posts], around, NOW).deliveries
    turned = replace(around, turns=turns(found, around))
    return {item.post.id: compose(item, turned, {}).outgoing.text.split("#")[1] for item in found}


@pytest.mark.parametrize(("first", "last"), [("a1", "c1"), ("A1", "C1")])
def test_hashtags_take_turns_in_order_of_the_posts_and_start_with_the_least_lately_used(first: str, last: str) -> None:
    made = [post(name, id=name, hashtags=("core",)) for name in "xyz"]
    used = Facts({}, {first: NOW - timedelta(days=1), last: NOW - timedelta(days=9)})
    assert list(rotated(made, context(networks=BOTH[:1], sets=ROTATING, facts=used)).values()) == ["B1", "C1", "A1"]


def test_sending_one_post_changes_no_hashtag_of_another_that_was_seen() -> None:
    made = [post(name, id=name, hashtags=("core",)) for name in "xyz"]
    around = context(networks=BOTH[:1], sets=ROTATING)
    found = plan([file_of(each) for each in made], around, NOW).deliveries
    chosen = turns(found, around)
    facts = {item.id: fact_of(item, State.QUEUED, hashtags=chosen[item.id]) for item in found}
    facts[found[0].id] = fact_of(found[0], State.SENT, hashtags=chosen[found[0].id])
    after = replace(around, facts=Facts(facts, {"a1": NOW, "b1": NOW + timedelta(days=1)}))
    assert rotated(made, after) == rotated(made, around)
    fewer = rotated(made[1:], replace(after, facts=Facts({name: fact for name, fact in facts.items() if fact.post != "x"}, {"a1": NOW})))
    assert fewer == {name: tag for name, tag in rotated(made, around).items() if name != "x"}


def test_a_cancelled_event_holds_what_is_left_and_names_what_is_out() -> None:
    march = Event(title="March", starts=datetime(2027, 5, 1, 14))
    made = post(event=march, title="Save the date")
    around = context(networks=BOTH)
    out = facts_of(plan([file_of(made)], around, NOW).deliveries[:1], State.SENT)
    found = plan([file_of(replace(made, event=replace(march, cancelled=True)))], replace(around, facts=out), NOW)
    assert found.deliveries == ()
    assert [(finding.rule, finding.message) for finding in found.findings] == [
        ("already-out", "“Save the date” is already out on able, and the event is cancelled")
    ]


def outgoing(**more: Any) -> Outgoing:
    return Outgoing(delivery="d", account="a", network="n", text="Text", **more)


def test_every_answer_and_the_first_comment_are_held_to_the_limit_of_the_text() -> None:
    limits = Limits(text=10, pictures=1)
    long = outgoing(replies=(Reply("short"), Reply("x" * 11), Reply("")), first_comment="y" * 12)
    assert [objection.sentence for objection in exceeded(long, limits, ALL, "Able")] == [
        "Answer 2 of the thread: Able takes 10 characters; this text has 11: cut 1.",
        "Answer 3 of the thread is empty.",
        "The first comment: Able takes 10 characters; this text has 12: cut 2.",
    ]


def test_a_story_needs_one_picture_of_any_shape() -> None:
    limits = Limits(text=10, pictures=4, ratio=(0.8, 1.91))
    tall = Media(replace(PHOTO, width=1080, height=1920), "")
    assert exceeded(outgoing(story=True, media=(tall,)), limits, ALL) == ()
    assert [objection.rule for objection in exceeded(outgoing(story=True), limits, ALL)] == ["picture-missing"]
    assert [objection.rule for objection in exceeded(outgoing(story=True, media=(tall, tall)), limits, ALL)] == ["too-many-pictures"]


FULL = outgoing(
    media=(Media(PHOTO, "A photo"),),
    first_comment="More",
    replies=(Reply("Answer", (), (Media(PHOTO, "Again"),)),),
    story=True,
    location="Oranienplatz",
    location_id="110774245616525",
    collaborators=("@tenants",),
    poll=Poll(("Yes", "No"), 60, multiple=True),
)
OLD = (
    '{"account": "a", "content_warning": null, "delivery": "d", "facets": [], "language": null, "link_card": null, "media": [], '
    '"network": "n", "part": null, "text": "Text"}'
)


def test_the_frozen_form_keeps_everything_and_reads_that_of_the_first_release() -> None:
    assert Outgoing.from_json(FULL.to_json()) == FULL
    assert Outgoing.from_json(OLD) == outgoing()
    assert outgoing().to_json() == OLD


@pytest.mark.parametrize("name", ["first_comment", "replies", "story", "poll"])
def test_what_readers_see_makes_the_fingerprint_and_nothing_less(name: str) -> None:
    empty = {"first_comment": "", "replies": (), "story": False, "poll": None}[name]
    assert replace(FULL, **{name: empty}).fingerprint != FULL.fingerprint  # type: ignore[arg-type] # only fields of its own are taken away
    moved = replace(FULL, media=(Media(replace(PHOTO, path="/elsewhere.jpg"), "A photo"),))
    assert moved.fingerprint == FULL.fingerprint
