"""``none`` takes away what a folder gives; no value at all, or a lone yes or no, is a question to the author."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scheduler.model.finding import Finding
from scheduler.model.post import Post, PostFile, Reading

Write = Callable[[str, str | bytes], Path]
ReadOne = Callable[[str | bytes], PostFile]
GIVEN = {
    "link": "https://example.org/all",
    "hashtags": "[core, rally]",
    "content-warning": "food",
    "graphic": "event-card",
    "first-comment": "The link is above",
    "partners": "[tenants]",
    "collab": "[tenants]",
    "location": "Pier Square",
    "expires": "2027-05-01",
    "review-by": "2027-05-01",
}


@pytest.fixture
def post_of(write: Write, read: Callable[[], Reading]) -> Callable[[str], tuple[Post, tuple[Finding, ...]]]:
    def post_of(settings: str) -> tuple[Post, tuple[Finding, ...]]:
        write("posts/spring/_campaign.md", "---\n" + "".join(f"{key}: {value}\n" for key, value in GIVEN.items()) + "---\n")
        write("posts/spring/one.md", f"---\nwhen: 2027-04-14 12:00\n{settings}\n---\nHello\n")
        (file,) = read().files
        assert file.post is not None
        return file.post, file.findings

    return post_of


PostOf = Callable[[str], tuple[Post, tuple[Finding, ...]]]


def value(post: Post, key: str) -> object:
    return getattr(post, key.replace("-", "_"))


@pytest.mark.parametrize("key", GIVEN)
@pytest.mark.parametrize("word", ["none", "None", "[]", "[none]", "keine", "ninguno", "aucune"])
def test_a_default_of_the_folder_is_switched_off(post_of: PostOf, key: str, word: str) -> None:
    post, findings = post_of(f"{key}: {word}")
    assert not [finding for finding in findings if finding.is_error]
    assert not value(post, key)
    assert post.without == (key,)
    assert not post.settings.get(key)
    assert all(value(post, other) for other in GIVEN if other != key)


@pytest.mark.parametrize("key", GIVEN)
@pytest.mark.parametrize("word", ["", ' ""'])
def test_a_setting_without_a_value_asks_which_of_the_two_is_meant(post_of: PostOf, key: str, word: str) -> None:
    _, findings = post_of(f"{key}:{word}")
    ((rule, line, fix),) = [(finding.rule, finding.span.line, finding.fix) for finding in findings if finding.is_error]
    assert (rule, line) == ("bad-value", 3)
    assert fix is not None
    assert "none" in fix
    assert "delete the line" in fix


def test_a_folder_asks_the_same_of_the_folder_above(write: Write, read: Callable[[], Reading]) -> None:
    write("posts/_defaults.md", "---\nhashtags: [core]\nlink: https://example.org\ngraphic: event-card\n---\n")
    write("posts/spring/_campaign.md", "---\nhashtags:\nlink: none\ngraphic:\n---\n")
    write("posts/spring/one.md", "---\nwhen: 2027-04-14 12:00\nlink:\ngraphic: none\n---\nHello\n")
    (file,) = read().files
    assert [(finding.path, finding.rule, finding.span.line) for finding in file.findings] == [("posts/spring/_campaign.md", "bad-value", 2)]


def test_without_a_default_an_empty_setting_means_nothing(read_one: ReadOne) -> None:
    bare = "".join(f"{key}:\n" for key in GIVEN)
    assert read_one(f"---\nwhen: 2027-04-14 12:00\n{bare}---\nHello\n").findings == ()


@pytest.mark.parametrize("word", ["yes", "no", "No", "true", "ja", "nein", "sí", "off"])
@pytest.mark.parametrize("key", ["content-warning", "first-comment"])
def test_a_lone_yes_or_no_is_nothing_that_readers_should_see(read_one: ReadOne, key: str, word: str) -> None:
    (finding,) = read_one(f"---\nwhen: 2027-04-14 12:00\n{key}: {word}\n---\nHello\n").findings
    assert (finding.rule, finding.span.line, finding.is_error) == ("bad-value", 3, True)
    below = read_one(f"---\nwhen: 2027-04-14 12:00\n---\nHello\n\n### mastodon\ncontent-warning: {word}\nHi\n").findings
    assert [(one.rule, one.network) for one in below] == [("bad-value", "mastodon")]


@pytest.mark.parametrize("words", ["No rent hikes", "none of us is free", "yes means yes"])
def test_words_that_begin_so_are_words(read_one: ReadOne, words: str) -> None:
    file = read_one(f"---\nwhen: 2027-04-14 12:00\ncontent-warning: {words}\nfirst-comment: {words}\n---\nHello\n")
    assert file.findings == ()
    assert file.post is not None
    assert (file.post.content_warning, file.post.first_comment) == (words, words)


def test_none_among_other_hashtags_is_told(read_one: ReadOne) -> None:
    (finding,) = read_one("---\nwhen: 2027-04-14 12:00\nhashtags: [none, core]\n---\nHello\n").findings
    assert (finding.rule, finding.is_error) == ("bad-value", True)


def test_a_section_and_a_language_are_switched_off_alone(write: Write, read: Callable[[], Reading]) -> None:
    write("posts/one.md", "---\nwhen: 2027-04-14 12:00\ncontent-warning: food\n---\nHello\n\n### mastodon\ncontent-warning: none\nHi\n")
    write("posts/one.es.md", "---\ncontent-warning: none\nfirst-comment: none\n---\nHola\n")
    (file,) = read().files
    assert file.findings == ()
    assert file.post is not None
    assert file.post.content_warning == "food"
    settings = {variant.target: dict(variant.settings) for variant in file.post.parts[0].variants}
    assert settings == {None: {}, "mastodon": {"content-warning": ""}, "lang es": {"content-warning": "", "first-comment": ""}}


def test_a_part_may_outlive_its_folder(write: Write, read: Callable[[], Reading]) -> None:
    write("posts/one.md", "---\nkind: series\nexpires: 2027-04-01\n---\n## Thanks | 2027-05-03 12:00\nexpires: none\nThank you\n")
    (file,) = read().files
    assert file.findings == ()
    assert file.post is not None
    assert (file.post.parts[0].expires, file.post.parts[0].settings) == (None, {"expires": ""})
