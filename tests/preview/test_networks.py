"""Every network's own card, with the facts of that network, in a real browser: nothing sticks out, nothing shuts anybody out."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from scheduler.model.facets import facets_of
from scheduler.model.network import Account
from scheduler.model.outgoing import LinkCard, Media
from scheduler.model.plan import Agenda
from scheduler.preview import export_page
from scheduler.publishers.discovery import known_networks
from tests.preview.agendas import NOW, Line, agenda, config, later, picture, thumbnail
from tests.preview.dom import read
from tests.preview.sample import ALT, MARCH, SPANISH
from tests.preview.test_browser import CUT_OFF, TEXTS, looking_at
from tests.servers import axe

NETWORKS = {name: adapter.facts for name, adapter in known_networks().items()}
SETTINGS = {
    "telegram": {"chat": "@harborworkers"},
    "wordpress": {"url": "https://www.harborworkers.example.org"},
    "mastodon": {"server": "https://social.example.org"},
}
FOLLOWED = """Object.fromEntries([...document.querySelectorAll('.bundle .card')].slice(0, 12).map(card => [
    card.querySelector('h4').firstChild.textContent, ['a', '.facet'].map(kind => card.querySelectorAll(`.text ${kind}`).length)]))"""
CARD = LinkCard("https://harborworkers.example.org/may-day", "May Day at the harbor", "Everything about the march.")


def on_all(folder: Path) -> Agenda:
    """Returns a post with a picture, one with several and a warning, and one with a link's card, on every network."""
    pictures = tuple(Media(picture(folder, *size, "May Day\nmarch"), ALT) for size in ((1080, 1350), (1080, 1080)))
    lines = []
    for number, (name, facts) in enumerate(sorted(NETWORKS.items())):
        account = Account(name=name, network=name, handle="harborworkers", settings=SETTINGS.get(name, {}))
        most = min(facts.limits.pictures, 2)
        card = CARD if facts.abilities.link_card else None
        warning = "police" if number % 3 == 0 else None
        lines.append(Line(MARCH, account, facets=facets_of(MARCH), media=pictures[: min(most, 1)]))
        training = Line(SPANISH, account, "spring/training", "The training", at=later(1), media=pictures[:most], language="es")
        lines.append(replace(training, warning=warning))
        lines.append(Line("Listen to our podcast.", account, "spring/podcast", "The podcast", at=later(2), link=card))
    return agenda(*lines)


def exported(folder: Path) -> Path:
    page = folder / "preview.html"
    export_page(on_all(folder), config(folder), NETWORKS, NOW, page, thumbnail)
    return page


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_network_s_card_is_open_to_everybody(browser: Browser, tmp_path: Path, width: int, scheme: str) -> None:
    page_file = exported(tmp_path)
    with looking_at(browser, page_file, width, scheme, tools=True) as (page, complaints):
        page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        assert page.evaluate(CUT_OFF) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.querySelectorAll('.card').length") == 3 * len(NETWORKS)
        page.add_script_tag(path=axe.script())
        result = page.evaluate("() => axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})")
        assert [(item["id"], [node["target"] for node in item["nodes"]]) for item in result["violations"]] == []
        assert complaints == []


def test_every_card_shows_the_very_words_that_are_sent(browser: Browser, tmp_path: Path) -> None:
    made = on_all(tmp_path)
    with looking_at(browser, exported(tmp_path)) as (page, _):
        assert page.evaluate(TEXTS) == {entry.delivery.id: entry.outgoing.text for entry in made.entries if entry.outgoing}


def test_every_network_has_a_card_of_its_own() -> None:
    cards = Path(__file__).parents[2] / "scheduler/preview/cards"
    assert {path.stem for path in cards.glob("*.html")} == set(NETWORKS)


def test_every_card_shows_the_pictures_that_its_network_takes(tmp_path: Path) -> None:
    shown = {card.attributes["id"]: len(card.all(css="shot")) for card in read(exported(tmp_path)).all(css="card")}
    wanted = {f"card-{entry.delivery.id}": len(entry.outgoing.media) for entry in on_all(tmp_path).entries if entry.outgoing}
    assert shown == wanted
    assert sum(wanted.values()) >= 3 * len(NETWORKS)


def test_readers_can_follow_on_a_card_what_they_can_on_its_network(browser: Browser, tmp_path: Path) -> None:
    with looking_at(browser, exported(tmp_path)) as (page, _):
        found = page.evaluate(FOLLOWED)
    assert {name: found[name] for name in ("Instagram", "Discord", "Mastodon", "LinkedIn")} == {
        "Instagram": [0, 2],
        "Discord": [1, 0],
        "Mastodon": [1, 2],
        "LinkedIn": [1, 2],
    }


def test_a_network_without_alt_texts_says_that_they_are_not_sent_and_one_that_takes_money_says_how_much(tmp_path: Path) -> None:
    page = exported(tmp_path).read_text(encoding="utf-8")
    assert "is not sent. The Bot API takes no descriptions." in page
    assert "Costs $0.205" in page
