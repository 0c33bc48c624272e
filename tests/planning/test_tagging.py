"""Hashtags in the words of a text, below it and in the first comment."""

import unicodedata
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.model.facets import facets_of, tag_key
from scheduler.model.house import HashtagSet
from scheduler.model.network import Abilities, Recovery
from scheduler.model.outgoing import Outgoing
from scheduler.model.poll import Poll
from scheduler.model.post import Event, Post
from scheduler.planning.composing.compose import compose
from scheduler.planning.composing.tagging import places_of, put, unwritten, with_tags
from scheduler.planning.plan import plan
from tests.planning.making import NOW, context, file_of, network, post, variant

ABLE = Abilities(recovery=Recovery.NONE, first_comment=True, polls=True)
PLAIN = Abilities(recovery=Recovery.NONE, polls=True)
BOTH = (network("able", abilities=ABLE), network("plain", abilities=PLAIN))
ACCENTED = "Huelga en la Cafe\u0301 Central"


def with_inline(text: str, tags: Iterable[str], kept: Iterable[tuple[int, int]] = ()) -> tuple[str, tuple[str, ...]]:
    """Returns the text with the first mention of each tag made the hashtag, and the tags it does not mention."""
    placed = places_of(text, tags, kept)
    return put(text, placed), tuple(tag for tag in unwritten(text, tags) if tag not in placed)


@pytest.mark.parametrize(
    ("text", "tags", "expected", "left"),
    [
        ("March on May Day!", ["MayDay"], "March on #MayDay!", ()),
        ("march on MAYDAY, may day", ["MayDay"], "march on #MayDay, may day", ()),
        ("May\u00a0Day and May  Day", ["MayDay"], "#MayDay and May  Day", ()),
        ("May\nDay", ["MayDay"], "May\nDay", ("MayDay",)),
        ("May Day in May", ["May", "MayDay"], "#MayDay in #May", ()),
        ("May Day 2027, since 1 Mai", ["MayDay2027", "1Mai"], "#MayDay2027, since #1Mai", ()),
        ("The NHS pay row", ["NHSPay"], "The #NHSPay row", ()),
        ("fair pay_now", ["Fair_Pay", "Now"], "fair pay_now", ("Fair_Pay", "Now")),
        ("fair pay now", ["Fair_Pay", "Now"], "#Fair_Pay #Now", ()),
        ("Our union’s day, “union”", ["Union"], "Our #Union’s day, “union”", ()),
        ("Reunion, unions, union_x, unión", ["Union"], "Reunion, unions, union_x, unión", ("Union",)),
        ("Pro-union, union-led, r&union, either/union", ["Union"], "Pro-union, union-led, r&union, either/union", ("Union",)),
        ("https://union.example/union www.union.org me@union.org @union", ["Union"], None, ("Union",)),
        ("May 1,000 came, May 1 too", ["May1"], "May 1,000 came, #May1 too", ()),
        ("#union and union", ["Union"], "#union and union", ()),
        ("#UnionStrong and union", ["Union"], "#UnionStrong and #Union", ()),
        ("Die STRASSE gehört uns", ["Straße"], "Die #Straße gehört uns", ()),
        (ACCENTED, ["CaféCentral"], "Huelga en la #CaféCentral", ()),
        ("\u200fإضراب عام في المدينة", ["إضراب", "المدينة"], "\u200f#إضراب عام في #المدينة", ()),
        ("労働者の権利", ["労働者"], "労働者の権利", ("労働者",)),
        ("हिन्दी में", ["हिन्द"], "हिन्दी में", ("हिन्द",)),
        ("👩\u200dunion 👍🏽 union", ["Union"], "👩\u200dunion 👍🏽 #Union", ()),
        ("", ["Union"], "", ("Union",)),
    ],
)
def test_words_become_hashtags_where_they_stand_whole(text: str, tags: list[str], expected: str | None, left: tuple[str, ...]) -> None:
    assert with_inline(text, tags) == (text if expected is None else expected, left)


def test_a_stretch_that_is_kept_is_passed_over() -> None:
    assert with_inline("Union Square, union", ["Union"], [(0, 12)]) == ("Union Square, #Union", ())


WORDS = st.sampled_from(
    ["may", "Day", "MAYDAY", "union", "UniOn", "pay2027", "2027", "é", "e\u0301", "Straße", "اتحاد", "労", "👍🏽", "✊\ufe0f"]
)
SIGNS = st.sampled_from([" ", " ", " ", "\n", "#", "@", ".", ",", "-", "/", "_", "&", "'", "“", "\u200f", "\u200d", "https://", "1", "x"])
TEXTS = st.lists(WORDS | SIGNS, max_size=24).map("".join)
TAGS = st.lists(
    st.sampled_from(["May", "MayDay", "Day", "Union", "UNION", "Pay2027", "É", "E\u0301", "Straße", "اتحاد", "労", "x1"]), max_size=6
)


def letters(text: str) -> str:
    """Returns a text without the only things that a hashtag changes: the sign, small and capital letters, gaps and the way of accents."""
    bare = "".join(sign for sign in text.casefold() if sign not in "# _\u00a0\u202f")
    return unicodedata.normalize("NFC", bare)


@given(TEXTS, TAGS)
def test_nothing_but_hashtags_changes_and_every_tag_is_there_once(text: str, tags: list[str]) -> None:
    placed, left = with_inline(text, tags)
    assert (placed, left) == with_inline(text, tags)
    assert letters(placed) == letters(text)
    before, after = ([tag_key(facet.value) for facet in facets_of(words) if facet.kind == "tag"] for words in (text, placed))
    wanted = {tag_key(tag) for tag in tags} - set(before)
    assert sorted(after) == sorted([*before, *(wanted - {tag_key(tag) for tag in left})])
    whole = with_tags(placed, left)
    assert whole.startswith(placed)
    assert unwritten(whole, tags) == ()
    assert with_tags(*with_inline(whole, tags)) == whole
    others = [[facet.value for facet in facets_of(words) if facet.kind != "tag"] for words in (text, placed)]
    assert others[0] == others[1]


def outgoing(made: Post, *sets: HashtagSet, account: str = "able") -> Outgoing:
    around = context(networks=BOTH, sets={each.name: each for each in sets})
    delivery = next(each for each in plan([file_of(made)], around, NOW).deliveries if each.account.name == account)
    composition = compose(delivery, around, {})
    assert composition.findings == ()
    return composition.outgoing


CORE = HashtagSet("core", ("Union", "Solidarity"), place="end")
MARCH = HashtagSet("march", ("MayDay", "FairPay", "Union"), place="inline")
REACH = HashtagSet("reach", ("Workers", "solidarity", "Jobs"), {"plain": ("Workers",)}, place="first-comment")


def test_sets_with_several_places_each_keep_theirs_and_no_tag_comes_twice() -> None:
    made = post("All out on May Day, union!", hashtags=("core", "march", "reach"))
    able, plain = (outgoing(made, CORE, MARCH, REACH, account=name) for name in ("able", "plain"))
    assert (able.text, able.first_comment) == ("All out on #MayDay, union!\n\n#Union #Solidarity #FairPay", "#Workers #Jobs")
    assert (plain.text, plain.first_comment) == ("All out on #MayDay, union!\n\n#Union #Solidarity #FairPay #Workers", "")
    assert [facet.value for facet in able.facets] == ["MayDay", "Union", "Solidarity", "FairPay"]


def test_hashtags_come_after_the_words_of_the_first_comment_and_not_twice() -> None:
    made = post("We are #workers", first_comment="Who pays? #jobs", hashtags=("reach",))
    assert outgoing(made, REACH).first_comment == "Who pays? #jobs\n\n#solidarity"
    made = post(variants=(variant("Text"), variant("Sources", "first comment")), hashtags=("reach",))
    assert outgoing(made, REACH).first_comment == "Sources\n\n#Workers #solidarity #Jobs"


def test_names_and_addresses_that_placeholders_fill_in_stay_whole() -> None:
    event = Event(title="Union march", starts=NOW.replace(tzinfo=None), place="Union Square", url="union.example")
    text = "{{x}} {event.place} {event.url} {event.title}"
    assert outgoing(post(text, event=event, hashtags=("march",)), MARCH).text == (
        "{x} Union Square union.example #Union march\n\n#MayDay #FairPay"
    )


def test_the_question_of_a_poll_is_asked_to_the_letter() -> None:
    made = post("Vote now", poll=Poll(("Yes", "No"), question="Does the union strike?"), hashtags=("march",))
    assert outgoing(made, replace(MARCH, tags=("Vote", "Union"))).text == "#Vote now\n\nDoes the union strike?\n\n#Union"


def test_tags_are_chosen_first_and_placed_then() -> None:
    rotating = replace(MARCH, rotate=1, networks={"plain": ("FairPay", "MayDay")})
    made = post("Fair pay on May Day", hashtags=("march",))
    assert outgoing(made, rotating).text == "Fair pay on #MayDay"
    assert outgoing(made, rotating, account="plain").text == "#FairPay on May Day"
