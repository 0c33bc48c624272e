from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.checks.limits import exceeded
from scheduler.model.facets import facets_of
from scheduler.model.graphic import Picture
from scheduler.model.network import Network
from scheduler.model.outgoing import Facet, Media, Outgoing, Reply
from scheduler.publishers.discovery import known_networks
from tests.emulators import mastodon_counting

FAMILY = "👨‍👩‍👧‍👦"
JPEG = Picture(path="/photos/march.jpg", sha256="0" * 64, width=1080, height=1350, bytes=900_000, mime="image/jpeg")
HANDLES = {"union@social.example": ["mastodon"], "union.bsky.social": ["bluesky"], "union": [], "union.example": [], "a@b": []}


def facts(name: str) -> Network:
    return known_networks()[name].facts


def post(text: str = "Words", *pictures: Picture, alt: str = "A banner", **more: str) -> Outgoing:
    return Outgoing(delivery="d", account="a", network="n", text=text, media=tuple(Media(each, alt) for each in pictures), **more)  # type: ignore[arg-type] # only words are passed on


def rules(name: str, outgoing: Outgoing) -> list[str]:
    network = facts(name)
    return [found.rule for found in exceeded(outgoing, network.limits, network.abilities, network.title)]


def said(name: str, outgoing: Outgoing) -> str:
    network = facts(name)
    return " ".join(found.sentence for found in exceeded(outgoing, network.limits, network.abilities, network.title))


@pytest.mark.parametrize(
    ("network", "text", "length"),
    [
        ("bluesky", FAMILY, 1),
        ("mastodon", FAMILY, 1),
        ("threads", FAMILY, 25),
        ("instagram", FAMILY, 7),
        ("threads", "✊🏾", 7),
        ("threads", "🇵🇸", 8),
        ("threads", "🏳️‍🌈", 14),
        ("bluesky", "नमस्ते", 3),
        ("threads", "नमस्ते", 3),
        ("threads", "5 #1 *", 6),
        ("threads", "1️⃣", 7),
        ("mastodon", "https://example.org/a/very/long/path?that=goes&on=and#on", 23),
        ("mastodon", "See https://example.org/a.", 28),
        ("mastodon", "(https://example.org/a)", 25),
        ("mastodon", "https://münchen.org/x and http://a.org", 23 + 5 + 23),
        ("mastodon", "example.org/a/very/long/path", 28),
        ("mastodon", "https://localhost", 17),
        ("mastodon", "@union@social.example.org, hi", 10),
        ("mastodon", "@union hi", 9),
        ("mastodon", "mail@union.example.org", 22),
        ("mastodon", "", 0),
    ],
)
def test_each_network_counts_in_its_own_way(network: str, text: str, length: int) -> None:
    assert facts(network).limits.count(text) == length


@given(st.text(max_size=60))
def test_counting_takes_any_text(text: str) -> None:
    for adapter in known_networks().values():
        assert 0 <= adapter.facts.limits.count(text) <= 4 * max(len(text), 23)


@pytest.mark.parametrize(
    ("network", "unit", "limit"), [("bluesky", "é", 300), ("mastodon", FAMILY, 500), ("threads", "a", 500), ("facebook", "ü", 63_206)]
)
def test_the_limit_itself_is_taken_and_one_more_is_not(network: str, unit: str, limit: int) -> None:
    assert rules(network, post(unit * limit)) == []
    assert rules(network, post(unit * (limit + 1))) == ["too-long"]


def test_the_sentence_tells_how_much_to_cut() -> None:
    assert said("bluesky", post("a" * 312)) == "Bluesky takes 300 characters; this text has 312: cut 12."
    assert said("instagram", post("a" * 2_201, JPEG)) == "Instagram takes 2,200 characters; this text has 2,201: cut 1."


def test_few_characters_of_many_bytes_are_too_long_for_bluesky() -> None:
    assert rules("bluesky", post(FAMILY * 120)) == []
    assert said("bluesky", post(FAMILY * 121)) == "Bluesky takes 3,000 bytes of text; this text has 3,025: cut 25."


def test_a_content_warning_counts_where_the_network_takes_one() -> None:
    warned = post("a" * 495, content_warning="deaths")
    assert said("mastodon", warned) == "Mastodon takes 500 characters; this text with its content warning has 501: cut 1."
    assert rules("threads", warned) == []


@pytest.mark.parametrize("network", sorted(known_networks()))
def test_formats_have_the_names_that_people_know(network: str) -> None:
    assert "image/" not in said(network, post("Words", replace(JPEG, mime="image/avif")))


def test_instagram_wants_a_jpeg_in_its_shape() -> None:
    assert rules("instagram", post("Words")) == ["picture-missing"]
    assert rules("instagram", post("Words", JPEG)) == []
    assert rules("instagram", post("Words", replace(JPEG, mime="image/png"))) == ["picture-format"]
    assert rules("instagram", post("Words", replace(JPEG, width=1200, height=628))) == []
    story = replace(JPEG, width=1080, height=1920)
    assert (
        said("instagram", post("Words", story))
        == "Instagram takes pictures as tall as 4:5; “march.jpg” has 1,080 × 1,920 pixels: too tall."
    )
    wide = replace(JPEG, width=2000, height=1000)
    assert "Instagram takes pictures as wide as 1.91:1; " in said("instagram", post("Words", wide))


def test_the_fix_of_a_shape_fits() -> None:
    network = facts("instagram")
    [found] = exceeded(post("Words", replace(JPEG, width=1080, height=1920)), network.limits, network.abilities)
    assert found.fix == "Crop it to at most 1,350 pixels high."
    assert found.sentence.startswith("This network takes")


def test_a_picture_one_byte_too_large_is_told_in_bytes() -> None:
    assert rules("bluesky", post("Words", replace(JPEG, bytes=1_000_000))) == []
    assert "of up to 1,000,000 bytes; “march.jpg” has 1,000,001 bytes." in said("bluesky", post("Words", replace(JPEG, bytes=1_000_001)))
    assert "Bluesky takes pictures of up to 1 MB; “march.jpg” has 1.4 MB." in said("bluesky", post("Words", replace(JPEG, bytes=1_400_000)))


@pytest.mark.parametrize("size", [(9_000, 4_000), (4_000, 9_000), (9_990, 11), (6_667, 3_334)])
def test_the_advice_for_too_many_pixels_ends_the_objection(size: tuple[int, int]) -> None:
    network = facts("telegram")
    for limits in (network.limits, replace(network.limits, picture_sides=None, picture_pixels=5_000)):
        over = post("Words", replace(JPEG, width=size[0], height=size[1]))
        [found] = [each for each in exceeded(over, limits, network.abilities) if each.rule == "picture-too-many-pixels"]
        width, height = (int(side.replace(",", "")) for side in found.fix.removeprefix("Save it with at most ").split()[::2][:2])
        mended = post("Words", replace(JPEG, width=width, height=height))
        assert "picture-too-many-pixels" not in [each.rule for each in exceeded(mended, limits, network.abilities)]


def test_five_pictures_are_one_too_many_for_bluesky() -> None:
    assert rules("bluesky", post("Words", *[JPEG] * 4)) == []
    assert said("bluesky", post("Words", *[JPEG] * 5)) == "Bluesky takes 4 pictures in a post; this one has 5: leave out 1."


def test_alt_text_has_a_limit_too() -> None:
    assert rules("instagram", post("Words", JPEG, alt="a" * 1_000)) == []
    assert rules("instagram", post("Words", JPEG, alt="a" * 1_001)) == ["alt-too-long"]


def test_hashtags_are_counted_from_what_was_recognised() -> None:
    text = "#union " * 31
    tags = tuple(Facet("tag", 7 * n, 7 * n + 6, "union") for n in range(31))
    assert rules("instagram", replace(post(text, JPEG), facets=tags[:30])) == []
    assert said("instagram", replace(post(text, JPEG), facets=tags)) == "Instagram takes 30 hashtags; this post has 31: leave out 1."


def test_a_broken_character_is_an_objection_everywhere() -> None:
    assert rules("website", post("half \ud83d")) == ["broken-character"]
    assert rules("bluesky", post("fine", JPEG, alt="half \ude00")) == ["broken-character"]


def test_a_path_of_another_system_shows_its_name_only(tmp_path: Path) -> None:
    assert "“big.jpg”" in said("bluesky", post("Words", replace(JPEG, path=r"C:\photos\big.jpg", bytes=2_000_000)))
    assert str(tmp_path) not in said("bluesky", post("Words", replace(JPEG, path=f"{tmp_path}/big.jpg", bytes=2_000_000)))


def test_an_address_that_is_too_long_for_the_text_may_become_a_card() -> None:
    network, text = facts("bluesky"), f"Read https://example.org/{'a' * 320}"
    marked = facets_of(text)

    def fixes(outgoing: Outgoing) -> list[str | None]:
        return [found.fix for found in exceeded(outgoing, network.limits, network.abilities)]

    assert fixes(replace(post(text), facets=marked)) == [
        "Cut 45 characters, or give the address as  link:  on top of the file: it becomes a card."
    ]
    assert fixes(replace(post(text, JPEG), facets=marked)) == ["Cut 45 characters."]
    assert fixes(post("x" * 340 + " https://example.org")) == ["Cut 60 characters."]
    assert fixes(replace(post("Short"), replies=(Reply(text, facets=marked),))) == ["Cut 45 characters."]


@pytest.mark.parametrize(
    ("first", "second", "tells"),
    [
        ((1080, 1350), (1600, 900), "880 pixels of its width would be cut off"),
        ((1600, 900), (1080, 1350), "742 pixels of its height would be cut off"),
        ((1080, 1080), (1080, 1350), "270 pixels of its height would be cut off"),
        ((1080, 1350), (1080, 1300), "40 pixels of its width would be cut off"),
    ],
)
def test_a_carousel_of_mixed_shapes_is_no_silent_crop(first: tuple[int, int], second: tuple[int, int], tells: str) -> None:
    pictures = [replace(JPEG, path=f"/photos/{name}.jpg", width=w, height=h) for name, (w, h) in (("one", first), ("two", second))]
    network, outgoing = facts("instagram"), post("Words", *pictures)
    [objection] = exceeded(outgoing, network.limits, network.abilities, network.title)
    assert (objection.rule, objection.picture) == ("picture-cropped", 1)
    assert tells in objection.sentence
    assert "“one.jpg”" in objection.sentence
    assert "“two.jpg”" in objection.sentence


@pytest.mark.parametrize(("first", "second"), [((1080, 1350), (864, 1080)), ((320, 400), (3024, 3780)), ((1365, 2048), (1000, 1500))])
def test_what_only_rounding_tells_apart_is_one_shape(first: tuple[int, int], second: tuple[int, int]) -> None:
    pictures = [replace(JPEG, width=w, height=h) for w, h in (first, second)]
    assert "picture-cropped" not in rules("instagram", post("Words", *pictures))


@given(st.tuples(*[st.integers(320, 2000)] * 4))
def test_following_the_advice_ends_the_objection(sides: tuple[int, int, int, int]) -> None:
    network = facts("instagram")
    first, second = replace(JPEG, width=sides[0], height=sides[1]), replace(JPEG, width=sides[2], height=sides[3])
    found = exceeded(post("Words", first, second), network.limits, network.abilities, network.title)
    advice = next((item.fix for item in found if item.rule == "picture-cropped"), None)
    if advice is not None:
        width, height = map(int, advice.removeprefix("Crop it yourself to ").partition(" pixels")[0].replace(",", "").split(" × "))
        assert width <= second.width
        assert height <= second.height
        mended = post("Words", first, replace(second, width=width, height=height))
        assert "picture-cropped" not in rules("instagram", mended)


def test_every_picture_that_differs_is_named_and_stories_and_other_networks_have_no_such_rule() -> None:
    mixed = post("Words", JPEG, replace(JPEG, width=1080, height=1080), JPEG, replace(JPEG, width=1350, height=1080))
    network = facts("instagram")
    assert [found.picture for found in exceeded(mixed, network.limits, network.abilities, network.title)] == [1, 3]
    assert rules("facebook", mixed) == []
    assert rules("threads", mixed) == []


def test_a_mention_by_name_counts_as_it_is_sent() -> None:
    mention = Facet("mention", 0, 5, "urn:li:organization:1234")
    text = "Union" + "x" * 2_990
    assert rules("linkedin", replace(post(text), facets=())) == []
    over = replace(post(text), facets=(mention,))
    assert rules("linkedin", over) == ["too-long"]
    assert f"has {2_995 + len('@[](urn:li:organization:1234)'):,}" in said("linkedin", over)


@pytest.mark.parametrize(
    ("network", "word", "is_handle"),
    [
        ("mastodon", "union@social.example.org", True),
        ("mastodon", "union", True),
        ("mastodon", "union@localhost", False),
        ("bluesky", "union.bsky.social", True),
        ("bluesky", "union.example.org", True),
        ("bluesky", "union", False),
        ("bluesky", "union@social.example", False),
        ("instagram", "the.union_1", True),
        ("instagram", "union@social.example", False),
        ("x", "union_1", True),
        ("x", "the.union", False),
        ("telegram", "ourunion", True),
        ("telegram", "1st", False),
        ("linkedin", "urn:li:organization:1234", True),
        ("linkedin", "union", False),
    ],
)
def test_each_network_knows_what_a_handle_is_there(network: str, word: str, is_handle: bool) -> None:
    mentions = facts(network).mentions
    assert mentions is not None
    assert mentions.is_handle(word) == is_handle


def test_only_what_no_other_network_has_is_a_network_s_own() -> None:
    owners = {word: [name for name in known_networks() if (m := facts(name).mentions) and m.is_only_here(word)] for word in HANDLES}
    assert owners == HANDLES


def test_more_people_than_instagram_mentions_are_told_before_it_refuses_them() -> None:
    people = [f"@union{number}" for number in range(21)]
    taken, over = (replace(post(text, JPEG), facets=facets_of(text)) for text in (" ".join(people[:20]), " ".join(people)))
    assert rules("instagram", taken) == []
    assert rules("instagram", over) == ["too-many-mentions"]
    assert rules("facebook", over) == []


def test_more_partners_than_may_share_a_post_are_told() -> None:
    partners = tuple(f"@partner{number}" for number in range(4))
    taken, over = (replace(post("Words", JPEG), collaborators=each) for each in (partners[:3], partners))
    assert rules("instagram", taken) == []
    assert said("instagram", over) == "Instagram takes 3 partners who share a post as theirs; this one has 4: leave out 1."
    assert rules("instagram", replace(over, story=True)) == []
    assert rules("facebook", over) == []
    assert rules("instagram", replace(over, replies=(Reply("More", media=over.media),))) == ["too-many-collaborators"]


@pytest.mark.parametrize("text", ["$5 and $10", "US$ABC $A", "$TOOLONG $ABCDEFG $1A", "$ABC", "a$ABC b$ABC", "$ABC_ $DEF9"])
def test_prices_and_words_with_a_dollar_inside_are_no_cashtags(text: str) -> None:
    assert rules("x", post(text)) == []


@pytest.mark.parametrize("text", ["$TSLA and $AAPL", "$tsla, $BRK.B!", "$A\n$B"])
def test_a_second_cashtag_is_one_too_many_for_x(text: str) -> None:
    assert rules("x", post(text)) == ["too-many-cashtags"]
    assert rules("mastodon", post(text)) == []


def test_a_content_warning_counts_as_its_network_counts_it_links_and_all() -> None:
    """Upstream's status_length_validator shortens the links and mentions of the text alone."""
    address, person = "https://example.org/deaths-at-work", "@union@social.example"
    for warning, length in ((address, len(address)), (person, len(person)), ("🏳️‍🌈", 1)):
        for fits in (500, 501):
            warned = post("a" * (fits - length), content_warning=warning)
            assert bool(said("mastodon", warned)) == (fits > 500), (warning, fits)
            assert mastodon_counting.length(warned.text, 23, warning) == fits
    assert rules("mastodon", post(f"{'a' * 477} {address}")) == ["too-long"]
    assert rules("mastodon", post(f"{'a' * 476} {address}")) == []


def test_each_answer_of_a_thread_counts_with_the_content_warning_that_stands_before_it() -> None:
    warned = replace(post("First"), content_warning="Talk of police", replies=(Reply("a" * 487),))
    assert "Answer 1 of the thread: Mastodon takes 500 characters; this text with its content warning has 501" in said("mastodon", warned)
    assert rules("mastodon", replace(warned, replies=(Reply("a" * 486),))) == []
    assert rules("mastodon", replace(warned, content_warning=None)) == []


def test_where_each_post_needs_a_picture_each_answer_does() -> None:
    network = facts("mastodon")
    limits = replace(network.limits, picture_required=True)
    bare = replace(post("First", JPEG), replies=(Reply("Second"), Reply("Third", media=(Media(JPEG, "A banner"),))))
    (found,) = exceeded(bare, limits, network.abilities, network.title)
    assert (found.rule, found.sentence[:24]) == ("picture-missing", "Answer 1 of the thread: ")


@pytest.mark.parametrize(
    ("network", "reply", "rule"),
    [
        ("threads", Reply("Words", media=(Media(JPEG, "a" * 1001),)), "alt-too-long"),
        ("threads", Reply(links := " ".join(f"https://a{n}.example" for n in range(6)), facets_of(links)), "too-many-links"),
        ("bluesky", Reply(FAMILY * 130), "too-long"),
        ("x", Reply("$A $B"), "too-many-cashtags"),
        ("mastodon", Reply("Words", media=(Media(JPEG, "A banner"),) * 5), "too-many-pictures"),
    ],
)
def test_the_limits_of_a_post_hold_for_an_answer(network: str, reply: Reply, rule: str) -> None:
    assert rule in rules(network, replace(post("First"), replies=(reply,)))


def test_a_first_comment_is_held_to_the_limit_of_mentions() -> None:
    many = " ".join(f"@union{number}" for number in range(21))
    assert rules("instagram", replace(post("Words", JPEG), first_comment=many)) == ["too-many-mentions"]
