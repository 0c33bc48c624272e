"""What people get to see, in a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from scheduler.model.delivery import State
from scheduler.model.finding import Severity
from scheduler.model.outgoing import Media
from tests.preview.agendas import ACCOUNTS, Desk, Line, agenda, picture
from tests.preview.sample import everything, finding
from tests.preview.test_export import HOSTILE
from tests.servers import axe

WIDTHS = (320, 360, 1280)
TEXTS = "Object.fromEntries([...document.querySelectorAll('.card')].map(c => [c.dataset.delivery, c.querySelector('.text').textContent]))"
# One letter under a pile of marks has no place to break, so it may be cut.
CUT_OFF = r"""[...document.querySelectorAll('.text, .why, .finding > div, .handle, .path, h2, h3, h4, nav a')]
    .filter(e => e.scrollWidth > e.clientWidth + 1 && !e.textContent.includes('\u0338\u0322\u0338'))
    .map(e => [e.className || e.tagName, e.textContent.slice(0, 40)])"""
IN_ORDER = (
    "((time, title) => time.getBoundingClientRect().x < title.getBoundingClientRect().x)(...document.querySelector('.bundle h3').children)"
)


@contextmanager
def looking_at(
    browser: Browser, path: Path, width: int = 1280, scheme: str = "light", *, tools: bool = False
) -> Iterator[tuple[Page, list[str]]]:
    """Opens the page and yields it with everything the browser complains about or asks the world for."""
    context = browser.new_context(viewport={"width": width, "height": 800}, bypass_csp=tools, reduced_motion="reduce")
    page, complaints = context.new_page(), []
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.on("request", lambda request: None if request.url.startswith(("file:", "data:")) else complaints.append(request.url))
    page.goto(path.as_uri())
    yield page, complaints
    context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier_and_nothing_sticks_out(browser: Browser, desk: Desk, tmp_path: Path, width: int, scheme: str) -> None:
    with looking_at(browser, desk.export(everything(tmp_path)), width, scheme, tools=True) as (page, _):
        page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        page.add_script_tag(path=axe.script())
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        result = page.evaluate("tags => axe.run({runOnly: tags})", tags)
        assert [(item["id"], [node["target"] for node in item["nodes"]]) for item in result["violations"]] == []
        assert len(result["passes"]) > 20
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["one.html", "folder"])
def test_the_browser_has_nothing_to_complain_about_and_draws_every_picture(browser: Browser, desk: Desk, tmp_path: Path, name: str) -> None:
    with looking_at(browser, desk.export(everything(tmp_path), name)) as (page, complaints):
        shapes = page.evaluate(
            "[...document.images].map(i => [i.naturalWidth, i.width / i.height, i.getAttribute('width') / i.getAttribute('height')])"
        )
        assert len(shapes) == 8
        for natural, shown, true in shapes:
            assert natural > 0
            assert shown == pytest.approx(true, rel=0.03) or shown == 0  # folded behind a content warning
        assert complaints == []


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_words_arrive_to_the_code_point_and_do_nothing(browser: Browser, desk: Desk, tmp_path: Path, width: int) -> None:
    texts = [*HOSTILE, "x" * 5000, "👩‍👩‍👧‍👦" * 300, "\n\nstarts and ends empty\n\n", "a\tb  c   d"]
    lines = []
    for number, text in enumerate(texts):
        word = text[:80]
        own = finding(Severity.ERROR, word, fix=word, label=word, path=word)
        media = (Media(picture(tmp_path, 60, 60), word),)
        account = tuple(ACCOUNTS.values())[number % 5]
        lines.append(
            Line(text, account, post=f"p{number}", title=word, part=word, state=State.HELD, reason=word, findings=(own,), media=media)
        )
    made = agenda(*lines, unreadable={"w" * 300: "w" * 300}, unsettled=("u" * 300,))
    with looking_at(browser, desk.export(made), width) as (page, complaints):
        shown = page.evaluate(TEXTS)
        assert page.evaluate(CUT_OFF) == []
        assert shown == {entry.delivery.id: entry.outgoing.text for entry in made.entries if entry.outgoing}
        assert complaints == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_right_to_left_override_turns_nothing_outside_its_own_text(browser: Browser, desk: Desk) -> None:
    line = Line("\u202eupside down", title="\u202eTitle", reason="\u202eReason", state=State.HELD)
    with looking_at(browser, desk.export(agenda(line))) as (page, _):
        row = page.locator(".status").first.bounding_box()
        time, badge = page.locator(".card .due").bounding_box(), page.locator(".card .status .badge").bounding_box()
        assert row
        assert time
        assert badge
        assert badge["x"] < time["x"]
        order = page.evaluate(IN_ORDER)
        assert order


def test_accounts_stand_side_by_side_on_a_wide_screen_and_below_each_other_on_a_phone(browser: Browser, desk: Desk) -> None:
    path = desk.export(agenda(*(Line(account=account) for account in ACCOUNTS.values())))
    rows = {}
    for width in (360, 1280):
        with looking_at(browser, path, width) as (page, _):
            rows[width] = page.evaluate(
                "new Set([...document.querySelectorAll('.card')].map(c => Math.round(c.getBoundingClientRect().y))).size"
            )
    assert rows == {360: 5, 1280: 2}


def test_the_keyboard_reaches_the_posts_and_every_target_is_large_enough(browser: Browser, desk: Desk, tmp_path: Path) -> None:
    with looking_at(browser, desk.export(everything(tmp_path)), 360) as (page, _):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        sizes = page.evaluate("[...document.querySelectorAll('nav a, summary, .skip')].map(e => e.getBoundingClientRect().height)")
        assert min(sizes) >= 24


def test_the_print_shows_what_is_folded(browser: Browser, desk: Desk) -> None:
    with looking_at(browser, desk.export(agenda(Line("About arrests.", warning="police")))) as (page, _):
        shown = "getComputedStyle(document.querySelector('details.warning'), '::details-content').contentVisibility"
        assert page.evaluate(shown) == "hidden"
        page.emulate_media(media="print")
        assert page.evaluate(shown) == "visible"
