"""A file with a new name keeps its deliveries; a new file never takes those of another that must go out as well."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.model.delivery import Delivery, Facts, Source, State
from scheduler.model.post import At, Post
from scheduler.planning.context import Context
from scheduler.planning.identity import ALIKE, WINDOW
from scheduler.planning.plan import plan
from tests.planning.making import NOW, context, facts_of, file_of, network, post, source_of

TEXT = "We march on the first of May, from the old harbor to the town hall. Bring your colleagues, your kids and your drums."


def written(name: str, text: str = TEXT, sha256: str = "", **more: Any) -> Post:
    return post(text, id=name, path=f"posts/{name}.md", sha256=sha256 or hashlib.sha256(f"{name} {text}".encode()).hexdigest(), **more)


def ids(around: Context, *posts: Post, unsettled: frozenset[str] = frozenset()) -> dict[str, str]:
    found = plan([file_of(made) for made in posts], around, NOW, unsettled)
    return {item.post.id: item.id for item in found.deliveries}


def knowing(around: Context, *posts: Post, state: State = State.QUEUED, **more: Any) -> Context:
    """Returns the project once the ledger took these posts over."""
    deliveries: list[Delivery] = list(plan([file_of(made) for made in posts], around, NOW).deliveries)
    sources = {made.id: source_of(made, **more) for made in posts}
    return replace(around, facts=Facts(facts_of(deliveries, state).deliveries, {}, sources))


ONE = context(networks=(network("alpha"),))


def test_a_renamed_file_keeps_its_deliveries() -> None:
    old = written("old", sha256="1" * 64)
    around = knowing(ONE, old)
    assert ids(around, written("new", sha256="1" * 64))["new"] == ids(ONE, old)["old"]


def test_a_renamed_file_with_a_typo_mended_keeps_its_deliveries() -> None:
    old = written("old")
    assert ids(knowing(ONE, old), written("new", TEXT.replace("drums", "drum")))["new"] == ids(ONE, old)["old"]


def test_another_text_is_another_post() -> None:
    old = written("old")
    around = knowing(ONE, old)
    assert ids(around, written("new", "We are hiring a campaign organiser, thirty-two hours a week."))["new"] != ids(ONE, old)["old"]


def test_a_copy_beside_its_original_is_another_post() -> None:
    old = written("old")
    found = ids(knowing(ONE, old), old, written("copy"))
    assert found["old"] == ids(ONE, old)["old"]
    assert found["copy"] != found["old"]


def test_a_file_that_is_being_written_has_not_vanished() -> None:
    old = written("old")
    assert ids(knowing(ONE, old), written("new"), unsettled=frozenset({"old"}))["new"] != ids(ONE, old)["old"]


@pytest.mark.parametrize(("ago", "same"), [(WINDOW, True), (WINDOW + timedelta(seconds=1), False)])
def test_a_new_file_is_taken_for_one_that_vanished_a_short_while_ago_alone(ago: timedelta, same: bool) -> None:
    old = written("old")
    around = knowing(ONE, old, gone_at=NOW - ago)
    assert (ids(around, written("new"))["new"] == ids(ONE, old)["old"]) is same


def test_next_week_s_post_made_of_last_week_s_file_goes_out() -> None:
    old = written("week-12")
    around = knowing(ONE, old, state=State.SENT)
    following = written("week-13", TEXT.replace("first", "1st"), when=At(datetime(2027, 4, 21, 12)))
    assert ids(around, following)["week-13"] != ids(ONE, old)["week-12"]


def test_a_renamed_post_that_is_out_is_not_new() -> None:
    old = written("old")
    around = knowing(ONE, old, state=State.SENT)
    assert ids(around, written("new", TEXT.replace("drums", "drum")))["new"] == ids(ONE, old)["old"]


def test_an_id_in_the_file_outlives_a_new_name_and_other_words() -> None:
    old = written("old", key="march")
    around = knowing(ONE, old)
    assert ids(around, written("elsewhere/new", "Quite another text.", key="march"))["elsewhere/new"] == ids(ONE, old)["old"]


def test_an_id_that_is_added_later_makes_no_new_post() -> None:
    old = written("old")
    assert ids(knowing(ONE, old), written("old", key="march"))["old"] == ids(ONE, old)["old"]


def test_a_path_that_another_post_had_before_belongs_to_the_post_whose_id_is_there_now() -> None:
    one, two = written("a", "The first of two posts.", key="one"), written("b", "The second, which is longer.", key="two")
    around = knowing(ONE, one, two)
    swapped = ids(around, replace(one, id="b", path="posts/b.md"), replace(two, id="a", path="posts/a.md"))
    assert swapped == {"b": ids(ONE, one)["a"], "a": ids(ONE, two)["b"]}


def test_a_new_file_at_the_old_path_of_a_renamed_one_is_a_new_post() -> None:
    moved = Source(identity="a", post="b", key="", sha256="0" * 64, text="Something else entirely, about wages.")
    around = replace(ONE, facts=Facts({}, {}, {"a": moved}))
    fresh = ids(around, written("a"))
    assert fresh["a"] != ids(ONE, written("a"))["a"]
    assert ids(around, written("a")) == fresh


NAMES = st.lists(st.sampled_from("abcdef"), unique=True, max_size=6)


@settings(max_examples=80, deadline=None)
@given(NAMES, NAMES, st.lists(st.sampled_from([TEXT, TEXT + "!", "Short.", "Something else."]), min_size=12, max_size=12))
def test_no_two_posts_ever_share_a_delivery(before: list[str], after: list[str], texts: list[str]) -> None:
    around = knowing(ONE, *(written(name, texts[place]) for place, name in enumerate(before)))
    found = ids(around, *(written(name, texts[6 + place]) for place, name in enumerate(after)))
    assert len(set(found.values())) == len(after)
    for name in set(before) & set(after):
        assert found[name] == ids(ONE, written(name))[name]


def test_what_counts_as_alike_is_what_the_documentation_says() -> None:
    assert ALIKE == 0.9
