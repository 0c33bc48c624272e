"""The pages that posts link to: what they tell of themselves, and what they must not make us do."""

import gzip
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.clock import SystemClock, VirtualClock
from scheduler.model.page import Link, Page
from scheduler.publishers.answers import Reply
from scheduler.publishers.cards.markup import told_by
from scheduler.publishers.cards.reading import UnreadablePage, read_page
from scheduler.publishers.cards.shelf import PageShelf
from tests.publishers.pages import Web, web
from tests.publishers.posts import png
from tests.publishers.test_exchange import flooding, saying, speaking

HEAD = '<meta property="og:title" content="Why we strike &amp; how"><meta name="description" content="Six\n questions">'


@pytest.fixture
def pages() -> Iterator[Web]:
    with web() as running:
        yield running


def read(url: str, *, local: bool = True) -> Page:
    found = read_page(Link(url, local), SystemClock())
    return Page(found.told.title, found.told.description, "a picture" if found.picture else "", no_picture=found.no_picture)


def trouble(url: str, *, local: bool = True) -> str:
    with pytest.raises(UnreadablePage) as caught:
        read_page(Link(url, local), SystemClock())
    return str(caught.value)


def test_a_page_tells_its_title_its_words_and_its_picture(pages: Web) -> None:
    pages.picture("/og/cover.png?v=2", png())
    url = pages.page("/strike", HEAD + '<meta property="og:image" content="og/cover.png?v=2">')
    assert read(url) == Page("Why we strike & how", "Six questions", "a picture")
    assert pages.asked == ["/strike", "/og/cover.png?v=2"]


def test_a_page_that_moved_is_found_and_its_picture_beside_its_new_place(pages: Web) -> None:
    pages.picture("/new/cover.png", png())
    pages.page("/new/strike", HEAD + '<meta property="og:image" content="cover.png">')
    assert read(pages.leads("/old", "/new/strike")).picture


def test_a_picture_is_looked_for_from_where_the_page_says_that_its_addresses_begin(pages: Web) -> None:
    pages.picture("/assets/cover.png", png())
    base = f'<base href="{pages.page("/assets/", "")}"><base href="/elsewhere/">'
    assert read(pages.page("/deep/strike", base + HEAD + '<meta property="og:image" content="cover.png">')).picture
    assert trouble_of_picture(pages.page("/odd", HEAD + '<base href="https://[x">' + '<meta property="og:image" content="c.png">'))


def test_a_page_without_a_title_is_called_by_its_server(pages: Web) -> None:
    assert read(pages.page("/untitled", "<p>Words</p>")).title == "localhost"


def trouble_of_picture(url: str) -> str:
    return read(url).no_picture


def test_a_page_without_a_picture_says_so_and_keeps_its_title(pages: Web) -> None:
    bare = read(pages.page("/bare", "<title> Only\n this </title>"))
    assert (bare.title, bare.no_picture) == ("Only this", "localhost names no picture of its page.")
    gone = read(pages.page("/gone", HEAD + '<meta property="og:image" content="/nowhere.png">'))
    assert gone.title == "Why we strike & how"
    assert "localhost answers that it is not there (404)" in gone.no_picture


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("https://10.0.0.1/admin", "10.0.0.1 leads to 10.0.0.1, which is no public address"),
        ("http://192.168.1.1/", "no public address"),
        ("https://169.254.169.254/latest/meta-data/", "no public address"),
        ("https://[::ffff:127.0.0.1]/", "no public address"),
        ("https://[fd00::1]/", "no public address"),
        ("https://0.0.0.0/", "no public address"),
        ("file:///etc/passwd", "no web address"),
        ("gopher://example.org/", "no web address"),
        ("https://user:word@example.org/", "holds more than an address"),
        ("https://exam ple/", "no web address"),
        ("http://[", "no web address"),
    ],
)
def test_a_page_cannot_send_us_into_our_own_network(pages: Web, target: str, said: str) -> None:
    assert said in trouble(pages.leads("/trap", target))
    picture = read(pages.page("/picture", HEAD + f'<meta property="og:image" content="{target}">'))
    assert said in picture.no_picture


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "sub.localhost"])
def test_a_link_to_this_machine_is_read_for_an_account_on_this_machine_alone(pages: Web, host: str) -> None:
    url = pages.page("/strike", HEAD)
    assert "the link points to" in trouble(url.replace("localhost", host), local=False)
    assert pages.asked == []
    assert read(url).title


def test_a_page_that_goes_round_in_circles_is_left(pages: Web) -> None:
    assert "again and again" in trouble(pages.leads("/round", "/round"))
    assert len(pages.asked) == 5


def test_an_answer_without_end_is_left_where_it_is_long_enough() -> None:
    with speaking(flooding) as exchange:
        assert "answers without end" in trouble(exchange.address.base)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("HTTP/1.1 200 OK\nContent-Type: application/pdf\nContent-Length: 2\n\n%P", "is no page (application/pdf)"),
        ("HTTP/1.1 403 Forbidden\nContent-Length: 0\n\n", "not there (403)"),
        ("HTTP/1.1 500 Oops\nContent-Length: 0\n\n", "not there (500)"),
        ("rubbish\n\n", "cannot be reached"),
        ("HTTP/1.1 200 OK\nContent-Length: 900\n\n<title>", "cannot be reached"),
    ],
)
def test_what_is_no_page_is_said_in_a_sentence(answer: str, said: str) -> None:
    with speaking(saying(answer)) as exchange:
        assert said in trouble(exchange.address.base)


@pytest.mark.parametrize(
    ("body", "kind", "title"),
    [
        ("<title>Größe</title>".encode("latin-1"), "text/html; charset=iso-8859-1", "Größe"),
        ('<meta charset="windows-1251"><title>Забастовка</title>'.encode("cp1251"), "text/html", "Забастовка"),
        ("<title>نضرب</title>".encode(), "text/html; charset=no-such-thing", "نضرب"),
        (b"<title>\xff\xfe</title>", "text/html", "\ufffd\ufffd"),
        ("<title>é</title>".encode() + b"-" + b"b9" * 200_000, "text/html; charset=Punycode", "é"),
        (b"<title>never ends", "text/html", ""),
        (b"<![x[ y ]]><title>a</title><![ z", "text/html", "a"),
        (b"<title>a</title>" + b"<a " * 150_000, "text/html", "a"),
        (b"<title>a</title>" + b'<a x="' * 80_000, "text/html", "a"),
        (b"<TITLE>a</TITLE><title>b</title>", "text/html", "a"),
        (b'<meta property=og:title content="">', "text/html", ""),
        (b"<title>a\x00\x1b[31m\xe2\x80\xaeb</title>", "text/html", "a [31m b"),
        (b'<title>t</title><meta name="og:title" content="named">', "text/html", "named"),
    ],
)
def test_pages_of_every_make_are_read(body: bytes, kind: str, title: str) -> None:
    assert told_by(Reply(200, {"content-type": kind}, body)).title == title


def test_a_packed_page_is_unpacked_and_a_bomb_is_not() -> None:
    packed = {"content-type": "text/html", "content-encoding": "gzip"}
    assert told_by(Reply(200, packed, gzip.compress(b"<title>Packed</title>"))).title == "Packed"
    assert told_by(Reply(200, packed, gzip.compress(b"<title>Bomb</title>" + bytes(50_000_000)))).title == "Bomb"
    assert told_by(Reply(200, packed, b"no gzip")).title == ""


def test_an_endless_title_is_cut_between_characters() -> None:
    told = told_by(Reply(200, {}, f"<title>{'👩🏽‍🏭' * 400}</title>".encode()))
    assert told.title.endswith("👩🏽‍🏭…")
    assert len(told.title) <= 1_300


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: f"<head><meta {text}><title>{text}".encode()))
def test_any_bytes_are_read_without_an_error(body: bytes) -> None:
    told = told_by(Reply(200, {}, body))
    assert "\n" not in told.title + told.description


class TestShelf:
    """What is kept is what everybody sees."""

    def test_a_page_is_read_once_a_day_and_one_that_failed_after_a_quarter_of_an_hour(self, pages: Web, tmp_path: Path) -> None:
        clock = VirtualClock(datetime(2026, 3, 2, 8, 0, tzinfo=UTC))
        shelf, link = PageShelf(tmp_path / "cards", clock), Link(f"{pages.address}/strike", local=True)
        assert shelf.page(link.url) is None
        assert shelf.read([link, link])
        assert "not there (404)" in (shelf.page(link.url) or Page()).trouble
        pages.page("/strike", "<title>One</title>")
        clock.advance(timedelta(minutes=14))
        assert not shelf.read([link])
        clock.advance(timedelta(minutes=2))
        assert shelf.read([link])
        assert (shelf.page(link.url) or Page()).title == "One"
        pages.page("/strike", "<title>Two</title>")
        clock.advance(timedelta(hours=23))
        assert not PageShelf(tmp_path / "cards", clock).read([link])
        assert (shelf.page(link.url) or Page()).title == "One"
        clock.advance(timedelta(hours=2))
        assert shelf.read([link])
        assert (shelf.page(link.url) or Page()).title == "Two"
        del pages.pages["/strike"]
        clock.advance(timedelta(hours=25))
        assert not shelf.read([link])
        assert (shelf.page(link.url) or Page()).title == "Two", "what was read once is kept while the page is away"

    def test_the_picture_is_kept_beside_it(self, pages: Web, tmp_path: Path) -> None:
        pages.picture("/cover.png", png())
        link = Link(pages.page("/strike", HEAD + '<meta property="og:image" content="/cover.png">'), local=True)
        shelf = PageShelf(tmp_path / "cards", SystemClock())
        assert shelf.read([link])
        page = shelf.page(link.url)
        assert page is not None
        assert Path(page.picture).read_bytes() == png()

    @pytest.mark.parametrize("damage", ["", "[]", '{"page": 4}', '{"page": {"nonsense": 1}}', '{"page": {}, "again": 7}'])
    def test_a_damaged_note_is_as_good_as_none(self, pages: Web, tmp_path: Path, damage: str) -> None:
        link = Link(pages.page("/strike", HEAD), local=True)
        shelf = PageShelf(tmp_path / "cards", SystemClock())
        shelf.read([link])
        [note] = (tmp_path / "cards").glob("*.json")
        note.write_text(damage)
        shelf.page(link.url)
        shelf.read([link])
        assert (shelf.page(link.url) or Page()).title == "Why we strike & how"

    def test_a_disk_that_takes_nothing_stops_nothing(self, pages: Web, tmp_path: Path) -> None:
        (tmp_path / "cards").write_text("a file stands where the folder should be")
        shelf = PageShelf(tmp_path / "cards", SystemClock())
        assert not shelf.read([Link(pages.page("/strike", HEAD), local=True)])

    def test_a_mistake_of_ours_in_one_page_stops_nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(_link: Link, _clock: object) -> None:
            raise RuntimeError("what nobody thought of")

        monkeypatch.setattr("scheduler.publishers.cards.shelf.read_page", broken)
        shelf = PageShelf(tmp_path / "cards", SystemClock())
        assert shelf.read([Link("https://example.org/")])
        assert shelf.page("https://example.org/") == Page(trouble="That page could not be read, by a mistake of ours.")

    def test_a_server_that_is_away_is_said(self, tmp_path: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}/"
        shelf = PageShelf(tmp_path / "cards", SystemClock())
        shelf.read([Link(url, local=True)])
        assert "refuses the connection" in (shelf.page(url) or Page()).trouble
