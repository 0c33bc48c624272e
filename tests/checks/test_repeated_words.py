"""Words that come again on one account, held against each other as they would be sent."""

from datetime import date, datetime, time, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.checks.review import compare, known_rules
from scheduler.checks.rule import Around, Told
from scheduler.model.delivery import Delivery, Fact, Facts, State
from scheduler.model.house import HashtagSet
from scheduler.model.network import Abilities, Account, Recovery
from scheduler.model.post import At, Event, NextSlot, Part, Post, PostFile, Reading, Repeat, Status
from scheduler.planning.agenda import Tools, build
from scheduler.planning.composing.compose import compose
from scheduler.planning.context import Context, Problem
from scheduler.planning.plan import plan
from tests.planning.making import NOW, context, daily, fact_of, file_of, network, post, variant

MEMORY = timedelta(days=90)
REFUSES = network("alpha", abilities=Abilities(recovery=Recovery.NONE, refuses_repeats=MEMORY))
FAIR = Event(title="Fair", starts=datetime(2027, 9, 1, 12, 0))
WEEKLY = Repeat(1, "week", (), time(12, 0), date(2027, 4, 3))


def on_day(number: int) -> At:
    return At(datetime(2027, 4, 2, 12, 0) + timedelta(days=number))


def made(name: str, day: int, text: str = "Join the march", **fields: Any) -> Post:
    return post(text, id=name, path=f"posts/{name}.md", when=on_day(day), **fields)


def around(**more: Any) -> Context:
    return context(networks=(REFUSES, network("beta")), **more)


def told(posts: tuple[Post | PostFile, ...], known: Context) -> list[Told]:
    """Returns what is said of posts, which is the same as everything that the agenda says of them."""
    found: list[Told] = []

    def compared(entries: Any) -> list[Told]:
        found.extend(compare(known_rules(), Around(known.network, known.config, known.facts), entries))
        return found

    files = tuple(one if isinstance(one, PostFile) else file_of(one) for one in posts)
    tools = Tools(lambda _request, _limits: Problem("none"), lambda *_: (), compare=compared)
    agenda = build(Reading(files, known.hashtag_sets), known, NOW, tools)
    assert {finding for _, finding in found} <= {finding for entry in agenda.entries for finding in entry.findings} <= set(agenda.findings)
    return found


def warned(*posts: Post | PostFile, **more: Any) -> list[str]:
    """Returns which posts are warned of, in order."""
    found = told(posts, around(**more))
    assert all(entry.delivery.account.network == "alpha" and finding.rule == "repeated-words" for entry, finding in found)
    return sorted(entry.delivery.post.id for entry, _ in found)


def test_the_later_of_two_posts_of_equal_words_is_warned_of_with_the_earlier_one_named() -> None:
    ((entry, finding),) = told((made("b", 2), made("a", 1)), around())
    assert (entry.delivery.post.id, finding.path, finding.also) == ("b", "posts/b.md", "posts/a.md")
    assert finding.message == "Alpha refuses words that it has already, and “posts/a.md” brings the same to alpha on 2027-04-03 12:00"
    assert finding.label == "this would come after it, on 2027-04-04 12:00"
    assert finding.consequence == "this one is held on its day, as the same is out already"
    assert finding.fix == "write other words in one of the two, or leave alpha out of its  where:"
    assert (finding.network, finding.account, finding.part, finding.is_error) == ("alpha", "alpha", None, False)


def test_of_three_equal_posts_each_names_the_one_before_it() -> None:
    found = told((made("a", 1), made("b", 2), made("c", 3)), around())
    assert [(finding.path, finding.also) for _, finding in found] == [("posts/b.md", "posts/a.md"), ("posts/c.md", "posts/b.md")]


@pytest.mark.parametrize(
    ("one", "other", "is_equal"),
    [
        ("Join {org.name}", "Join Harbor Workers", True),
        ("Join {org.mention}", "Join @alpha", True),
        ("{{braces}}", "{{braces}}", True),
        ("See {link}", "See https://example.org/a", True),
        ("See {link}", "See https://example.org/b", False),
        ("Join the march", "Join the march!", False),
        ("Join the march", "join the march", False),
        ("", "", False),
    ],
)
def test_equal_is_what_the_network_would_get(one: str, other: str, *, is_equal: bool) -> None:
    assert warned(made("a", 1, one, link="https://example.org/a"), made("b", 2, other)) == (["b"] if is_equal else [])


def test_hashtags_at_the_end_are_words_as_well() -> None:
    sets = {"march": HashtagSet("march", ("MayDay",)), "other": HashtagSet("other", ("Strike",))}
    assert warned(made("a", 1, hashtags=("march",)), made("b", 2, hashtags=("other",)), sets=sets) == []
    assert warned(made("a", 1, hashtags=("march",)), made("b", 2, "Join the march\n\n#MayDay"), sets=sets) == ["b"]


def test_a_section_for_the_network_is_what_counts() -> None:
    other = (variant("Join the march"), variant("Other words", "alpha"))
    assert warned(made("a", 1), made("b", 2, variants=other)) == []
    same = (variant("Something else"), variant("Join the march", "alpha"))
    assert warned(made("a", 1), made("b", 2, variants=same)) == ["b"]


def test_an_account_in_another_language_is_another_account_with_other_words() -> None:
    accounts = {
        "english": Account(name="english", network="alpha"),
        "spanish": Account(name="spanish", network="alpha", language="es"),
    }
    translated = (variant("Join the march"), variant("Ven a la marcha", "lang es"))
    elsewhere = (variant("Something else"), variant("Ven a la marcha", "lang es"))
    ((entry, _),) = told((made("a", 1, variants=translated), made("b", 2, variants=elsewhere)), around(accounts=accounts))
    assert entry.delivery.account.name == "spanish"
    assert warned(made("a", 1, where=("english",)), made("b", 2, where=("spanish",)), accounts=accounts) == []


def test_accounts_that_get_the_same_are_told_of_together() -> None:
    accounts = {name: Account(name=name, network="alpha") for name in ("one", "two")}
    found = told((made("a", 1), made("b", 2)), around(accounts=accounts))
    assert [entry.delivery.account.name for entry, _ in found] == ["one", "two"]
    ((finding,),) = ({finding for _, finding in found},)
    assert "to one, two on" in finding.message
    assert "leave one, two out" in (finding.fix or "")


@pytest.mark.parametrize(
    "held",
    [
        {"status": Status.DRAFT, "settings": {"status": "draft"}},
        {"status": Status.REVIEW, "settings": {"status": "review"}},
        {"hold_until": "agreed"},
        {"expires": datetime(2027, 4, 2)},
        {"where": ("beta",)},
    ],
)
def test_what_does_not_go_out_as_things_stand_says_nothing(held: dict[str, Any]) -> None:
    assert warned(made("a", 1, **held), made("b", 2)) == []
    assert warned(made("a", 1), made("b", 2, **held)) == []


def test_words_may_come_again_after_the_network_has_forgotten_them() -> None:
    assert warned(made("a", 1), made("b", 91)) == ["b"]
    assert warned(made("a", 1), made("b", 92)) == []


def test_two_posts_of_one_series_name_their_parts() -> None:
    first, second = (Part(name, on_day(day), (variant("Same"),)) for name, day in (("First", 1), ("Second", 2)))
    ((entry, finding),) = told((post(parts=(first, second)),), around())
    assert entry.delivery.part.name == "Second"
    assert "and “First” brings the same to alpha" in finding.message
    ((_, finding),) = told((post(parts=(first,)), made("b", 2, "Same")), around())
    assert "and “First” in “posts/hello.md” brings the same" in finding.message


def test_other_pictures_or_another_poll_may_help_or_not_and_so_it_is_said() -> None:
    ((_, finding),) = told((made("a", 1), made("b", 2, content_warning="x", settings={"content-warning": "x"})), around())
    assert finding.consequence.startswith("this one is held")  # a network without warnings gets the same
    ((_, finding),) = told((made("a", 1), made("b", 2, first_comment="Come")), around())
    assert finding.consequence.startswith("this one is held")
    answered = (variant("Join the march"), variant("More", "reply"))
    threads = network("alpha", abilities=Abilities(recovery=Recovery.NONE, refuses_repeats=MEMORY, threads=True))
    ((_, finding),) = told((made("a", 1), made("b", 2, variants=answered)), context(networks=(threads,)))
    assert finding.consequence == "this one may be refused on its day"


def weekly(*texts: str, **fields: Any) -> Post:
    first, *others = texts
    return post(variants=(variant(first), *(variant(text, "variation") for text in others)), **{"when": None, "repeat": WEEKLY, **fields})


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        (weekly("Know your rights"), True),
        (weekly("Know your rights", repeat=Repeat(6, "month", (), time(12, 0), date(2027, 4, 3))), True),  # one of them in the plan
        (weekly("Know your rights", pool="rights", repeat=None, when=NextSlot()), True),
        (weekly("Know your rights", "Sick is sick"), False),
        (weekly("Know your rights", "Know your rights"), True),
        (weekly("One", "One", "Two"), True),
        (weekly("One", "Two", "Three"), False),
        (weekly("Know your rights in {days.left} days", event=FAIR), False),
        (weekly("Know your rights", where=("beta",)), False),
        (post("Know your rights"), False),
    ],
)
def test_a_post_that_comes_again_in_the_same_words_is_warned_of(again: Post, *, expected: bool) -> None:
    found = {finding.message for _, finding in told((again,), around(slots={"alpha": daily("09:00")}))}
    assert found == ({"Alpha refuses words that it has already, and this post comes again in the same"} if expected else set())


def test_variations_that_a_translation_does_not_have_change_nothing_there() -> None:
    accounts = {"spanish": Account(name="spanish", network="alpha", language="es")}
    again = weekly("One", "Two")
    assert warned(again, accounts=accounts) == []
    (part,) = again.parts
    translated = post(parts=(Part(None, None, (*part.variants, variant("Uno", "lang es"))),), repeat=WEEKLY)
    assert set(warned(translated, accounts=accounts)) == {"hello"}


def test_hashtags_that_take_turns_are_other_words_each_time() -> None:
    sets = {"march": HashtagSet("march", ("One", "Two", "Three"), rotate=1)}
    assert warned(weekly("Know your rights", hashtags=("march",)), sets=sets) == []


def test_a_post_that_says_once_what_another_says_each_week_is_warned_of() -> None:
    assert warned(weekly("One", "Two"), made("b", 9, "One")) == ["b", "hello"]


def sent(*posts: Post, **more: Any) -> Facts:
    """Returns a ledger in which posts went out."""
    known = around()
    facts: dict[str, Fact] = {}
    for delivery in plan([file_of(one) for one in posts], known, NOW).deliveries:
        fingerprint = compose(delivery, known, {}).outgoing.fingerprint
        told_of = {"fingerprint": fingerprint, "sent_at": delivery.due.utc, **more}
        facts[delivery.id] = fact_of(delivery, told_of.pop("state", State.SENT), **told_of)
    return Facts(facts)


def test_what_is_out_already_counts_also_when_its_file_is_gone() -> None:
    out = made("a", -5)
    for here in ((out,), ()):
        ((_, finding),) = told((*here, made("b", 2)), around(facts=sent(made("a", 1), sent_at=NOW)))
        assert "brought the same to alpha on 2027-04-01 14:00" in finding.message or "on 2027-04-03 12:00" in finding.message
        assert finding.fix == "write other words in this one, or leave alpha out of its  where:"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"state": State.UNCERTAIN}, ["b"]),
        ({"state": State.CANCELLED}, []),
        ({"state": State.REFUSED}, []),
        ({"sent_at": NOW - MEMORY}, []),
        ({"fingerprint": "f" * 64}, []),
    ],
)
def test_what_is_not_out_or_long_ago_or_was_other_words_does_not_count(more: dict[str, Any], expected: list[str]) -> None:
    assert warned(made("b", 2), facts=sent(made("a", 1), **more)) == expected


def test_a_post_whose_file_says_otherwise_since_it_went_out_is_compared_by_what_went_out() -> None:
    facts = sent(made("a", 1))
    assert warned(made("a", 1, "Other words"), made("b", 2, "Other words"), facts=facts) == []
    assert warned(made("a", 1, "Other words"), made("b", 2), facts=facts) == ["b"]


TIMES = st.integers(0, 200)


@settings(max_examples=30)
@given(st.lists(st.tuples(TIMES, st.sampled_from("ABC"), st.sampled_from(["alpha", "beta", "alpha-two"])), max_size=12))
def test_exactly_what_has_an_equal_one_before_it_in_the_networks_memory_is_warned_of(drawn: list[tuple[int, str, str]]) -> None:
    accounts = {
        "alpha": Account(name="alpha", network="alpha"),
        "alpha-two": Account(name="alpha-two", network="alpha"),
        "beta": Account(name="beta", network="beta"),
    }
    posts = tuple(made(f"p{number:02}", day, words, where=(account,)) for number, (day, words, account) in enumerate(drawn))
    known = around(accounts=accounts)
    deliveries = plan([file_of(one) for one in posts], known, NOW).deliveries
    found = {(entry.delivery.post.id, entry.delivery.account.name) for entry, _ in told(posts, known)}
    assert found == {(later.post.id, later.account.name) for earlier, later in combinations(deliveries, 2) if same(earlier, later)}


def same(earlier: Delivery, later: Delivery) -> bool:
    on_one = earlier.account == later.account and earlier.account.network == "alpha"
    return on_one and earlier.variant.text == later.variant.text and later.due.utc - earlier.due.utc <= MEMORY
