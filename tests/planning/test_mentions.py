"""Whom a text mentions: one way of writing for the author, each network's own name for its readers, and no stranger anywhere."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.model.finding import Severity, Span
from scheduler.model.graphic import Picture
from scheduler.model.house import HashtagSet, Partner, Person
from scheduler.model.limits import Limits, PollLimits
from scheduler.model.network import Abilities, Account, Mentions, Recovery
from scheduler.model.outgoing import Facet, Outgoing
from scheduler.model.poll import Poll
from scheduler.model.post import MediaRef, Post
from scheduler.planning.composing.compose import Composition, compose
from scheduler.planning.composing.people import known_people
from scheduler.planning.context import Context, Pictures
from scheduler.planning.plan import plan
from tests.planning.making import NOW, context, file_of, network, post, variant

PHOTO = Picture(path="/project/photo.jpg", sha256="1" * 64, width=1200, height=900, bytes=1000, mime="image/jpeg")
FAR = network("far", mentions=Mentions(handle=r"\w+(@[\w.]+)?", example="@us", only_here=r"\w+@[\w.]+"))
SHORT = network(
    "short",
    mentions=Mentions(handle=r"\w{1,15}", example="@us"),
    abilities=Abilities(recovery=Recovery.NONE, threads=True, first_comment=True, polls=True),
)
NAMED = network(
    "named",
    mentions=Mentions(handle="urn:[0-9]+", example="@us", by_name=True),
    abilities=Abilities(recovery=Recovery.NONE, threads=True, polls=True),
)
BARE = network("bare")
NETWORKS = (FAR, SHORT, NAMED, BARE)
UNION = Person(
    name="Tenants’ Union", title="Tenants’ Union", handles={"far": "@tenants@far.example", "short": "@tenants", "named": "urn:12"}
)
KIM = Person(name="kim", title="Kim Ito", handles={"far": "kim@far.example"})
ACCOUNTS = {item.name: Account(name=item.name, network=item.name) for item in NETWORKS}


def around(*people: Person, **more: Any) -> Context:
    made = context(networks=NETWORKS, accounts=more.pop("accounts", ACCOUNTS), **more)
    return replace(made, people=known_people(made.config, made.partners, {person.name: person for person in people or (UNION, KIM)}))


def sent(made: Post | str, where: Context | None = None, *, pictures: bool = False) -> dict[str, Composition]:
    """Returns what each account sends."""
    shown: Pictures = {PHOTO.path: PHOTO} if pictures else {}
    where = where or around()
    found = plan([file_of(post(made) if isinstance(made, str) else made)], where, NOW)
    return {delivery.account.name: compose(delivery, where, shown) for delivery in found.deliveries}


def texts(made: Post | str, where: Context | None = None) -> dict[str, str]:
    return {name: composition.outgoing.text for name, composition in sent(made, where).items()}


def told(made: Post | str, where: Context | None = None, *, pictures: bool = False) -> list[tuple[str | None, str, Severity, int]]:
    found = (finding for composition in sent(made, where, pictures=pictures).values() for finding in composition.findings)
    return [(finding.network, finding.rule, finding.severity, finding.span.column) for finding in found]


@pytest.mark.parametrize("name", ["Tenants’ Union", "Tenants' Union", "  tenants’  union "])
def test_one_way_of_writing_becomes_each_network_s_own(name: str) -> None:
    made = f"With {{mention.{name}}}!"
    assert texts(made) == {
        "far": "With @tenants@far.example!",
        "short": "With @tenants!",
        "named": "With Tenants’ Union!",
        "bare": "With Tenants’ Union!",
    }
    assert told(made) == []


def test_a_handle_that_was_typed_becomes_each_network_s_own_too() -> None:
    made = "With @tenants@far.example and @kim@far.example"
    assert texts(made) == {
        "far": made,
        "short": "With @tenants and Kim Ito",
        "named": "With Tenants’ Union and Kim Ito",
        "bare": "With Tenants’ Union and Kim Ito",
    }
    assert told(made) == []


def test_our_own_handle_is_put_right_as_well() -> None:
    ours = {
        "far": Account(name="far", network="far", handle="us@far.example"),
        "short": Account(name="short", network="short", handle="@us"),
    }
    assert texts("Follow @us!", around(accounts=ours)) == {"far": "Follow @us@far.example!", "short": "Follow @us!"}


def test_a_mention_by_name_is_a_facet_with_the_handle_and_stays_where_it_is() -> None:
    sets = {"core": HashtagSet("core", ("MayDay",), place="inline")}
    made = post("On May Day {mention.Tenants’ Union} and @tenants march 🚩 #Now", hashtags=("core",))
    found = sent(made, around(sets=sets))["named"].outgoing
    assert found.text == "On #MayDay Tenants’ Union and Tenants’ Union march 🚩 #Now"
    mentions = [facet for facet in found.facets if facet.kind == "mention"]
    assert [facet.value for facet in mentions] == ["urn:12", "urn:12"]
    assert [found.text[facet.start : facet.end] for facet in mentions] == ["Tenants’ Union"] * 2
    assert [facet.value for facet in found.facets if facet.kind == "tag"] == ["MayDay", "Now"]


def test_a_mention_whose_name_holds_a_hashtag_of_the_set_stays_a_name() -> None:
    sets = {"core": HashtagSet("core", ("Union",), place="inline")}
    assert texts(post("{mention.Tenants’ Union} and @tenants", hashtags=("core",)), around(sets=sets))["bare"] == (
        "Tenants’ Union and Tenants’ Union\n\n#Union"
    )


def test_replies_and_first_comments_mention_people_the_same_way() -> None:
    made = post(
        variants=(variant("Hi"), variant("With @tenants", "reply"), variant("By {mention.kim} and @tenants@far.example", "first comment"))
    )
    found = sent(made)
    [reply] = found["named"].outgoing.replies
    assert (reply.text, reply.facets) == ("With Tenants’ Union", (Facet("mention", 5, 19, "urn:12"),))
    assert found["short"].outgoing.first_comment == "By Kim Ito and @tenants"


def test_partners_are_listed_with_their_mentions_and_have_what_the_words_file_adds() -> None:
    partners = {
        "choir": Partner(name="choir", title="Harbour Choir", handles={"named": "urn:7"}),
        "tu": Partner(name="tu", title="Tenants’ Union"),
    }
    where = around(UNION, partners=partners)
    found = sent(post("With {partners.mentions}.", partners=("choir", "tu")), where)
    assert found["named"].outgoing.text == "With Harbour Choir and Tenants’ Union."
    mentions = [(found["named"].outgoing.text[facet.start : facet.end], facet.value) for facet in found["named"].outgoing.facets]
    assert mentions == [("Harbour Choir", "urn:7"), ("Tenants’ Union", "urn:12")]
    assert found["short"].outgoing.text == "With Harbour Choir and @tenants."
    assert texts("With {mention.tu}", where)["far"] == "With @tenants@far.example"


def test_a_poll_that_takes_the_words_for_its_question_leaves_no_mention_behind() -> None:
    takes = replace(NAMED, limits=Limits(text=500, poll=PollLimits(options=4, characters=30, question=140)))
    where = around()
    where = replace(where, networks={**where.networks, "named": takes})
    found = sent(post("Shall @tenants strike?", poll=Poll(("Yes", "No"))), where)["named"].outgoing
    assert (found.text, found.facets) == ("", ())
    assert found.poll is not None
    assert found.poll.question == "Shall Tenants’ Union strike?"


ANSWERED = (MediaRef("photo.jpg", "Banner of {mention.tenants’ union}, @tenants and {mention.kim}", PHOTO.path),)
CALLED = "{mention.Tenants’ Union}, @tenants@far.example and @kim@far.example"
NAMES = "Tenants’ Union, Tenants’ Union and Kim Ito"


@pytest.mark.parametrize("name", ["far", "short", "named", "bare"])
def test_a_description_of_a_picture_calls_everybody_by_name(name: str) -> None:
    made = post(variants=(variant("Hi", media=(MediaRef("photo.jpg", CALLED, PHOTO.path),)), variant("Next", "reply", ANSWERED)))
    outgoing = sent(made, pictures=True)[name].outgoing
    assert [item.alt for item in outgoing.media] == [NAMES]
    assert [item.alt for reply in outgoing.replies for item in reply.media] == ([f"Banner of {NAMES}"] if outgoing.replies else [])


def test_a_description_names_the_organisation_and_its_partners_too() -> None:
    partners = {"choir": Partner(name="choir", title="Harbour Choir", handles={"short": "@choir"})}
    accounts = {"short": Account(name="short", network="short", handle="@us")}
    ref = MediaRef("photo.jpg", "{org.mention} and @us with {partners.mentions}", PHOTO.path)
    made = post(variants=(variant("{org.mention} and {partners.mentions}", media=(ref,)),), partners=("choir",))
    outgoing = sent(made, around(partners=partners, accounts=accounts), pictures=True)["short"].outgoing
    assert outgoing.text == "@us and @choir"
    assert outgoing.media[0].alt == "Harbor Workers and Harbor Workers with Harbour Choir"


def test_a_handle_in_a_description_that_nobody_knows_stays_and_one_of_two_people_is_told() -> None:
    made = post(variants=(variant("Hi", media=(MediaRef("photo.jpg", "With @stranger@far.example", PHOTO.path, Span(3, 5, 9)),)),))
    assert {composition.outgoing.media[0].alt for composition in sent(made, pictures=True).values()} == {"With @stranger@far.example"}
    assert told(made, pictures=True) == []
    two = around(UNION, Person(name="Housing Now", title="Housing Now", handles={"far": "@tenants"}))
    made = post(variants=(variant("Hi", media=(MediaRef("photo.jpg", "With @tenants", PHOTO.path, Span(3, 5, 9)),)),))
    assert {composition.outgoing.media[0].alt for composition in sent(made, two, pictures=True).values()} == {"With @tenants"}
    assert set(told(made, two, pictures=True)) == {
        (name, "mention-ambiguous", Severity.WARNING, 5) for name in ("bare", "far", "named", "short")
    }


def test_a_description_with_somebody_whom_nobody_knows_is_an_error() -> None:
    made = post(variants=(variant("Hi", media=(MediaRef("photo.jpg", "{mention.Tenants Union}", PHOTO.path),)),))
    [finding] = sent(made, pictures=True)["short"].findings
    assert (finding.rule, finding.fix) == ("unfilled-placeholder", "{mention.Tenants’ Union}")


def polling(name: str, poll: Poll, text: str = "Hi @tenants", **limits: Any) -> Outgoing:
    facts = next(item for item in NETWORKS if item.name == name)
    takes = replace(facts, limits=Limits(text=500, poll=PollLimits(options=4, characters=90, **limits)))
    where = around()
    return sent(post(text, poll=poll), replace(where, networks={**where.networks, name: takes}))[name].outgoing


@pytest.mark.parametrize("name", ["short", "named"])
@pytest.mark.parametrize("question", [None, 300])
def test_answers_of_a_poll_call_everybody_by_name(name: str, question: int | None) -> None:
    made = polling(name, Poll(("{mention.kim}", "@tenants", "Both")), question=question).poll
    assert made is not None
    assert made.options == ("Kim Ito", "Tenants’ Union", "Both")


def test_a_question_that_stands_apart_calls_everybody_by_name_and_one_in_the_words_mentions_them() -> None:
    poll = Poll(("Yes", "No"), question="Who joins @tenants@far.example and {mention.kim}?")
    apart = polling("short", poll, question=300)
    assert (apart.text, apart.poll and apart.poll.question) == ("Hi @tenants", "Who joins Tenants’ Union and Kim Ito?")
    below = polling("short", poll)
    assert (below.text, below.poll and below.poll.question) == ("Hi @tenants\n\nWho joins @tenants and Kim Ito?", "")
    named = polling("named", poll)
    assert named.text == "Hi Tenants’ Union\n\nWho joins Tenants’ Union and Kim Ito?"
    assert [(facet.start, named.text[facet.start : facet.end]) for facet in named.facets] == [(3, "Tenants’ Union"), (29, "Tenants’ Union")]


@pytest.mark.parametrize(("words", "text"), [(True, "Who joins @tenants?"), (False, "")])
def test_words_that_become_the_question_of_a_poll_call_everybody_by_name_there(text: str, *, words: bool) -> None:
    found = polling("short", Poll(("Yes", "No")), "Who joins @tenants?", question=300, words=words)
    assert (found.text, found.poll and found.poll.question) == (text, "Who joins Tenants’ Union?")
    assert [facet.value for facet in found.facets] == (["tenants"] if words else [])


def test_a_placeholder_in_an_answer_that_nothing_fills_holds_the_post() -> None:
    made = post("Hi", poll=Poll(("{mention.nobody}", "{{Both}}")), spans={"poll": Span(4, 7, 20)})
    found = sent(made)["short"]
    assert [(finding.rule, finding.is_error, finding.span) for finding in found.findings] == [
        ("unfilled-placeholder", True, Span(4, 7, 20))
    ]
    assert found.outgoing.poll is not None
    assert found.outgoing.poll.options[1] == "{Both}"


def test_somebody_whom_nobody_knows_is_an_error_with_the_name_that_was_meant() -> None:
    [finding] = sent("Hi {mention.Tenants Union}")["far"].findings
    assert (finding.rule, finding.is_error, finding.span.column) == ("unfilled-placeholder", True, 4)
    assert finding.fix == "{mention.Tenants’ Union}"
    [finding] = sent("Hi {mention.zzz}")["far"].findings
    assert finding.fix == '"zzz" = { far = "@…" }  below [handles] in posts/_words.toml'


def test_an_address_of_one_network_is_told_wherever_it_is_none_and_loudest_where_a_stranger_could_be_meant() -> None:
    made = "Thanks to @choir@far.example"
    assert set(texts(made).values()) == {made}
    assert told(made) == [
        ("bare", "mention-elsewhere", Severity.HINT, 11),
        ("named", "mention-elsewhere", Severity.HINT, 11),
        ("short", "mention-elsewhere", Severity.WARNING, 11),
    ]


@pytest.mark.parametrize(
    ("typed", "read"), [("@the.choir@far.example", "@the"), ("@choir@far.example", "@choir"), ("@averyverylongname@far.example", None)]
)
def test_a_stranger_is_named_as_the_network_would_read_the_address(typed: str, read: str | None) -> None:
    far = replace(FAR, mentions=Mentions(handle=r"[\w.]+@[\w.]+", example="@us", only_here=r"[\w.]+@[\w.]+"))
    where = replace(around(), networks={**around().networks, "far": far})
    [finding] = sent(f"Thanks to {typed}", where)["short"].findings
    assert (finding.severity is Severity.WARNING, finding.consequence) == (
        read is not None,
        f"it may be read as “{read}”, who is somebody else there" if read else "readers see these words, and can follow nothing",
    )


def test_a_handle_of_two_people_is_told_and_left_alone() -> None:
    where = around(UNION, Person(name="Housing Now", title="Housing Now", handles={"far": "@tenants"}))
    assert set(texts("Thanks, @tenants", where).values()) == {"Thanks, @tenants"}
    assert told("Thanks, @tenants", where) == [
        (name, "mention-ambiguous", Severity.WARNING, 9) for name in ("bare", "far", "named", "short")
    ]


def test_a_section_for_one_network_means_that_network_s_people() -> None:
    both = around(UNION, Person(name="Housing Now", title="Housing Now", handles={"far": "@tenants"}))
    made = post(variants=(variant("Hi"), variant("Thanks, @tenants", "short")))
    assert told(made, both) == []
    foreign = post(variants=(variant("Hi"), variant("Thanks, @tenants", "far")))
    assert told(foreign) == [("far", "mention-elsewhere", Severity.WARNING, 9)]
    assert texts(foreign)["far"] == "Thanks, @tenants"


@pytest.mark.parametrize("text", ["mail kim@far.example", "https://far.example/@tenants", "@nobody", "@", "a@tenants"])
def test_what_mentions_nobody_we_know_is_the_author_s(text: str) -> None:
    assert set(texts(text).values()) == {text}
    assert told(text) == []


@given(st.lists(st.sampled_from(["@tenants", "@tenants@far.example", "@kim@far.example", "{mention.kim}", "#Now", "🚩", "words", "{{x}}"])))
def test_every_mention_by_name_stands_where_its_facet_says(words: list[str]) -> None:
    found = sent(" ".join(words))["named"].outgoing
    mentions = [facet for facet in found.facets if facet.kind == "mention"]
    assert [found.text[facet.start : facet.end] for facet in mentions] == ["Tenants’ Union"] * len(mentions)
    assert len(mentions) == words.count("@tenants") + words.count("@tenants@far.example")
    assert len({facet.start for facet in mentions}) == len(mentions)
