"""Texts of a language file: who gets them, what goes with them, and where mistakes in them are told."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from scheduler.model.delivery import Delivery
from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.network import Abilities, Account, Recovery
from scheduler.model.post import MediaRef, Post, Variant
from scheduler.planning.composing.compose import Composition, compose
from scheduler.planning.context import Context
from scheduler.planning.plan import plan
from scheduler.planning.targets import text_for
from tests.planning.making import NOW, context, file_of, network, post, variant

FILE = "posts/hello.es.md"
ABLE = Abilities(recovery=Recovery.NONE, threads=True, first_comment=True, stories=True, language=True, link_card=True)
NETWORKS = (network("able", abilities=ABLE), network("other", abilities=ABLE))


def spanish(text: str, target: str = "lang es", media: tuple[MediaRef, ...] | None = None, **settings: str) -> Variant:
    return replace(variant(text, target, media, **settings), language="es", source=FILE)


def accounts(**languages: str) -> dict[str, Account]:
    return {
        name: Account(name=name, network="able", language=tag.removesuffix("+"), thread=tag.endswith("+"))
        for name, tag in languages.items()
    }


def around(**languages: str) -> Context:
    return context(networks=NETWORKS, accounts=accounts(**languages))


def deliveries(made: Post, project: Context) -> dict[tuple[str, bool], Delivery]:
    found = plan([file_of(made)], project, NOW)
    return {(one.account.name, one.story): one for one in (*found.deliveries, *(held.delivery for held in found.held))}


def composed(made: Post, project: Context, account: str) -> Composition:
    return compose(deliveries(made, project)[account, False], project, {})


def rules(findings: Iterable[Finding]) -> list[str]:
    return [finding.rule for finding in findings]


def written(*more: Variant, **fields: Any) -> Post:
    return post(variants=(variant("Hello"), *more), language_files=(FILE,), **fields)


def test_each_account_gets_the_file_of_its_language() -> None:
    made, project = written(spanish("Hola")), around(main="", latin="es", mexico="es-MX")
    assert {name: composed(made, project, name).outgoing.text for name in ("main", "latin", "mexico")} == {
        "main": "Hello",
        "latin": "Hola",
        "mexico": "Hola",
    }
    assert composed(made, project, "latin").outgoing.language == "es"


def test_the_very_same_tag_goes_before_a_like_one() -> None:
    brazil = replace(spanish("Olá do Brasil", "lang pt-BR"), language="pt-BR", source="posts/hello.pt-BR.md")
    portugal = replace(spanish("Olá", "lang pt"), language="pt", source="posts/hello.pt.md")
    assert composed(written(portugal, brazil), around(main="pt-BR"), "main").outgoing.text == "Olá do Brasil"
    assert composed(written(brazil, portugal), around(main="pt"), "main").outgoing.text == "Olá"
    british = replace(spanish("Colour", "lang en-GB"), language="en-GB", source="posts/hello.en-GB.md")
    made = written(british, language="en")
    assert {name: composed(made, around(uk="en-GB", us="en"), name).outgoing.text for name in ("uk", "us")} == {
        "uk": "Colour",
        "us": "Hello",
    }


def test_a_section_of_the_language_file_goes_before_its_text_and_before_the_post_s_section() -> None:
    made = written(variant("Able", "able"), spanish("Hola"), spanish("Hola able", "able"), spanish("Para mí", "mine"))
    project = around(main="", latin="es", mine="es")
    assert [composed(made, project, name).outgoing.text for name in ("main", "latin", "mine")] == ["Able", "Hola able", "Para mí"]
    made = written(variant("Able", "able"), variant("Mine", "mine"), spanish("Hola"))
    assert [composed(made, project, name).outgoing.text for name in ("main", "latin", "mine")] == ["Able", "Hola", "Mine"]


def test_answers_and_first_comment_come_from_the_same_file_as_the_text() -> None:
    made = written(
        variant("Two", "reply"),
        variant("Sources", "first comment"),
        spanish("Hola"),
        spanish("Dos", "reply"),
        spanish("Fuentes", "first comment"),
    )
    project = around(main="", latin="es")
    english, latin = (composed(made, project, name).outgoing for name in ("main", "latin"))
    assert ([reply.text for reply in english.replies], english.first_comment) == (["Two"], "Sources")
    assert ([reply.text for reply in latin.replies], latin.first_comment) == (["Dos"], "Fuentes")


def test_what_the_language_file_lacks_comes_from_the_post() -> None:
    made = written(variant("Two", "reply"), variant("Sources", "first comment"), spanish("Hola"))
    latin = composed(made, around(latin="es"), "latin").outgoing
    assert ([reply.text for reply in latin.replies], latin.first_comment) == (["Two"], "Sources")


def test_variations_take_turns_within_their_language() -> None:
    made = written(variant("Hi", "variation"), spanish("Hola"), spanish("Buenas", "variation"), spanish("Qué tal", "variation"))
    project = around(latin="es", main="")

    def turns(account: str) -> list[str]:
        return [text_for(made, made.parts[0], project.config.accounts[account], project, number).text for number in range(4)]

    assert turns("latin") == ["Hola", "Buenas", "Qué tal", "Hola"]
    assert turns("main") == ["Hello", "Hi", "Hello", "Hi"]


def test_a_story_is_taken_from_the_language_file_too() -> None:
    picture, cartel = (MediaRef(f"{name}.png", name, f"/project/{name}.png") for name in ("picture", "cartel"))
    made = written(variant("", "story", (picture,)), spanish("Hola"), spanish("", "story", (cartel,)))
    found = deliveries(made, around(main="", latin="es"))
    assert [found[name, True].variant.media for name in ("main", "latin")] == [(picture,), (cartel,)]


def test_a_link_of_the_language_is_filled_in_and_shown_as_its_card() -> None:
    made = post(variants=(variant("See {link}"), spanish("Mira {link}", link="https://example.org/es")), link="https://example.org/en")
    english, latin = (composed(made, around(main="", latin="es"), name).outgoing for name in ("main", "latin"))
    assert (english.text, latin.text) == ("See https://example.org/en", "Mira https://example.org/es")
    assert [item.link_card.url for item in (english, latin) if item.link_card] == ["https://example.org/en", "https://example.org/es"]


def test_a_draft_language_holds_its_own_accounts_alone() -> None:
    made, project = written(spanish("Hola", status="draft")), around(main="", latin="es")
    found = plan([file_of(made)], project, NOW)
    assert [delivery.account.name for delivery in found.deliveries] == ["main"]
    assert [(held.delivery.account.name, held.reason) for held in found.held] == [
        ("latin", "Its status is “draft”; only posts that are ready go out.")
    ]


def test_a_draft_language_holds_a_thread_that_it_would_be_part_of() -> None:
    found = plan([file_of(written(spanish("Hola", status="draft")))], around(both="+"), NOW)
    assert [held.reason for held in found.held] == [f"The status of {FILE} is “draft”, and its text goes out together with this one."]


def test_a_thread_of_languages_has_the_answers_of_each() -> None:
    made = written(variant("Two", "reply"), spanish("Hola"), spanish("Hola able", "able"), spanish("Dos", "reply"))
    both, latin = (composed(made, around(both="+", latin="es+"), name).outgoing for name in ("both", "latin"))
    assert (both.text, [reply.text for reply in both.replies]) == ("Hello", ["Hola able", "Two", "Dos"])
    assert (latin.text, [reply.text for reply in latin.replies]) == ("Hola able", ["Hello", "Dos"])


def test_a_hole_in_the_text_is_told_where_it_stands() -> None:
    made = written(spanish("Hola {event.place}"), spanish("Más {event.date}", "reply"), spanish("Aquí {event.url}", "first comment"))
    found = composed(made, around(latin="es"), "latin")
    assert [(finding.path, finding.span) for finding in found.findings] == [
        (FILE, Span(10, 6, 19)),
        (FILE, Span(10, 5, 17)),
        (FILE, Span(10, 6, 17)),
    ]


def test_a_text_that_no_account_reads_is_told_where_it_stands() -> None:
    found = plan([file_of(written(spanish("Hola")))], around(main="", german="de"), NOW)
    assert [(finding.rule, finding.severity, finding.path) for finding in found.findings] == [("language-unread", Severity.WARNING, FILE)]
    assert rules(plan([file_of(written(spanish("Hola")))], around(main="", latin="es"), NOW).findings) == []
    assert rules(plan([file_of(written(spanish("Hola")))], around(main="+"), NOW).findings) == []


def test_a_delivery_keeps_its_name_when_its_text_moves_into_a_language_file() -> None:
    inside = written(replace(spanish("Hola"), source=""))
    project = around(latin="es")
    assert deliveries(inside, project)["latin", False].id == deliveries(written(spanish("Hola")), project)["latin", False].id
