import json
import re
import stat
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import feedparser
import pytest

from scheduler.model.errors import ConfigurationError
from scheduler.model.facets import facets_of
from scheduler.model.network import Account
from scheduler.model.outcome import Absent, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Facet, LinkCard, Media, Outgoing, Reply
from scheduler.model.settings import Organisation
from scheduler.publishers.contract import Connection, Deletes, Edits, Publisher, ReadsFeed
from scheduler.publishers.discovery import known_networks
from tests.films import Film, measured
from tests.publishers.folders import InFolder
from tests.publishers.posts import NOON, TEXT, Shown, nothing, outgoing, picture
from tests.publishers.reader import articles, read

ATOM = {"a": "http://www.w3.org/2005/Atom"}
URL = "https://www.example.org/news"
HOSTILE = [
    '<script>alert("x")</script>',
    "]]> <!-- --> <![CDATA[ &lt; &amp;amp; &#x3c;",
    "</div></article></details></body>",
    "bell \x07, escape \x1b, vertical \x0b, form feed \x0c",
    "carriage\rreturn\r\nand\n\n\nlines\t\ttabs  ",
    "\n leading and trailing \n",
    "\ufeff mark \u2028 separators \u2029 \x85 next line \ufffe \uffff",
    "{{ 7 * 7 }} {% raw %} ${x}",
    "עברית \u202e right to left \u202c العربية",
    "🏳️‍🌈🏴󠁧󠁢󠁳󠁣󠁴󠁿 Z̸̤͝a̷l̴g̶o̵ 𝒯𝑜𝓂𝑜𝓇𝓇𝑜𝓌",
]


def website(place: Path, /, **settings: str) -> Publisher:
    organisation = Organisation(name="Harbour Workers’ Coalition", timezone="Europe/Berlin")
    connect = known_networks()["website"].connect
    assert connect
    return connect(Connection(Account(name="site", network="website", settings=settings), place, lambda: "", organisation))


def sent(folder: Path, post: Outgoing, *, when: datetime = NOON, **settings: str) -> Published:
    publisher = website(folder, **settings)
    outcome = publisher.publish(Envelope(post, publisher.prepare(post, when)), nothing)
    assert isinstance(outcome, Published), outcome
    return outcome


def plain(text: str, delivery: str = "0a1b2c3d4e5f") -> Outgoing:
    return Outgoing(delivery=delivery, account="site", network="website", text=text, language="en")


def feed(folder: Path) -> dict[str, object]:
    data: dict[str, object] = json.loads((folder / "public/feed.json").read_text(encoding="utf-8"))
    return data


def items(folder: Path) -> list[dict[str, object]]:
    found = feed(folder)["items"]
    assert isinstance(found, list)
    return found


def atom(folder: Path) -> ET.Element:
    return ET.fromstring((folder / "public/feed.atom").read_bytes())


def deliveries(number: int) -> Iterator[tuple[str, datetime]]:
    return ((f"{each:012x}", NOON + timedelta(hours=each)) for each in range(number))


class TestWebsite(InFolder):
    network = "website"

    def writer(self, folder: Path) -> Publisher:
        return website(folder, url=URL)

    def recipe(self) -> str:
        return "__import__('tests.publishers.test_website', fromlist=['x']).website(folder, url='https://www.example.org/news')"

    def seen(self, folder: Path) -> list[Shown]:
        """Returns the posts of the front page, after holding pages and feeds to the same words."""
        index = folder / "public/index.html"
        if not index.exists():
            return []
        on_index = articles(index)
        assert [item["content_text"] for item in items(folder)] == [article.text for article in on_index]
        assert [entry.findtext("a:content", namespaces=ATOM) for entry in atom(folder).findall("a:entry", ATOM)] == [
            article.text for article in on_index
        ]
        for article in on_index:
            assert [page.text for page in articles(folder / "public" / article.url)] == [article.text]
            assert all((folder / "public" / image).is_file() for image in article.images)
        return [Shown(article.text, article.alts, article.url) for article in on_index]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_never_obeyed(tmp_path: Path, text: str) -> None:
    address = sent(tmp_path, replace(plain(text), content_warning=text)).url
    for page in (tmp_path / "public/index.html", tmp_path / address):
        found = read(page)
        assert [article.text for article in found.articles] == [text]
        assert "script" not in found.elements
    assert items(tmp_path)[0]["content_text"] == text
    in_atom = atom(tmp_path).findtext("a:entry/a:content", namespaces=ATOM)
    assert in_atom == re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", text)


def test_a_zero_byte_is_visible_where_the_format_cannot_hold_it(tmp_path: Path) -> None:
    sent(tmp_path, plain("a\x00b"))
    assert articles(tmp_path / "public/index.html")[0].text == "a\ufffdb"
    assert items(tmp_path)[0]["content_text"] == "a\x00b"


def test_hostile_facets_alt_texts_and_cards_do_no_harm(tmp_path: Path) -> None:
    facets = (
        Facet("link", 0, 4, "javascript:alert(1)"),
        Facet("link", 5, 9, 'https://example.org/"onclick="x'),
        Facet("link", 6, 12, "https://overlaps.example"),
        Facet("tag", 10, 14, "../../../etc/passwd"),
        Facet("link", 12, 900, "https://outside.example"),
        Facet("link", -5, 2, "https://before.example"),
    )
    image = Media(picture(tmp_path), '"><script>x</script>')
    post = replace(
        plain("some link text here"), facets=facets, media=(image,), link_card=LinkCard("data:text/html,x", "<b>"), language='en"><b'
    )
    sent(tmp_path, post)
    [article] = articles(tmp_path / "public/index.html")
    assert [words for _, words in article.links] == ["link", "text"]
    assert article.links[0][0] == 'https://example.org/"onclick="x'
    assert article.links[1][0].startswith("tags/x-")
    assert (tmp_path / "public" / article.links[1][0]).is_file()
    assert article.alts == (image.alt,)
    assert article.language == ""
    assert not {"script", "b"} & set(read(tmp_path / "public/index.html").elements)
    assert {path.name for path in tmp_path.iterdir()} == {"public", "march.png"}


def test_atom_is_valid_and_carries_alt_texts(tmp_path: Path) -> None:
    post = outgoing(tmp_path)
    published = sent(tmp_path, post, url=URL)
    parsed = feedparser.parse((tmp_path / "public/feed.atom").read_bytes())
    assert not parsed.bozo
    assert parsed.feed.title == "Harbour Workers’ Coalition"
    assert parsed.feed.id == f"{URL}/feed.atom"
    [entry] = parsed.entries
    assert entry.id == published.remote_id == "tag:www.example.org,2026-05-01:0a1b2c3d4e5f"
    assert entry.link == published.url == f"{URL}/posts/2026-05-01-marcha-el-1o-de-mayo-two-0a1b2c3d4e5f.html"
    assert entry.published == entry.updated == "2026-05-01T12:00:00Z"
    assert [tag.term for tag in entry.tags] == ["MayDay"]
    raw = atom(tmp_path).find("a:entry", ATOM)
    assert raw is not None
    assert [link.get("title") for link in raw.findall("a:link[@rel='enclosure']", ATOM)] == [item.alt for item in post.media]
    assert raw.get("{http://www.w3.org/XML/1998/namespace}lang") == "es"


def test_json_feed_is_version_1_1(tmp_path: Path) -> None:
    post = replace(outgoing(tmp_path), content_warning="Fuego", link_card=LinkCard("https://example.org/ruta", "Ruta"))
    published = sent(tmp_path, post, url=URL, title="Noticias & más")
    found = feed(tmp_path)
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert (found["title"], found["home_page_url"], found["feed_url"]) == ("Noticias & más", f"{URL}/", f"{URL}/feed.json")
    [item] = items(tmp_path)
    assert item["id"] == published.remote_id
    assert item["url"] == published.url
    assert item["content_text"] == TEXT
    assert item["date_published"] == "2026-05-01T12:00:00Z"
    assert item["language"] == "es"
    assert item["tags"] == ["MayDay"]
    assert item["external_url"] == "https://example.org/ruta"
    assert item["summary"] == "Aviso de contenido: Fuego"
    attachments = item["attachments"]
    assert isinstance(attachments, list)
    assert item["image"] == attachments[0]["url"]
    assert [each["_scheduler"]["alt"] for each in attachments] == [each.alt for each in post.media]
    assert [(each["mime_type"], each["size_in_bytes"]) for each in attachments] == [
        ("image/png", each.picture.bytes) for each in post.media
    ]


def test_a_content_warning_hides_the_text_until_asked_everywhere(tmp_path: Path) -> None:
    address = sent(tmp_path, replace(plain("A death at the docks"), content_warning="Death at work")).url
    [article] = articles(tmp_path / address)
    assert article.warning == "Content warning: Death at work"
    page = (tmp_path / address).read_text(encoding="utf-8")
    assert "docks" not in page[: page.index("<details>")]
    assert "docks" not in address
    assert "docks" not in (tmp_path / "public/archive/2026.html").read_text(encoding="utf-8")
    assert atom(tmp_path).findtext("a:entry/a:title", namespaces=ATOM) == "Content warning: Death at work"


def test_nothing_of_this_machine_is_published(tmp_path: Path) -> None:
    sent(tmp_path, outgoing(tmp_path))
    files = [path for path in (tmp_path / "public").rglob("*") if path.is_file()]
    assert len(files) > 6
    assert [path for path in files if str(tmp_path).encode() in path.read_bytes()] == []


def test_a_web_server_of_another_user_can_read_the_files(tmp_path: Path) -> None:
    sent(tmp_path, outgoing(tmp_path))
    pages = [*(tmp_path / "public").glob("*.*ml"), *(tmp_path / "public/media").iterdir()]
    assert all(path.stat().st_mode & stat.S_IROTH for path in pages)


def test_feeds_hold_the_newest_hundred_and_the_index_fifty_while_every_post_keeps_its_page(tmp_path: Path) -> None:
    publisher = website(tmp_path)
    for delivery, when in deliveries(103):
        post = plain(f"Post {delivery}", delivery)
        assert isinstance(publisher.publish(Envelope(post, publisher.prepare(post, when)), nothing), Published)
    newest_first = [f"Post {delivery}" for delivery, _ in deliveries(103)][::-1]
    assert [item["content_text"] for item in items(tmp_path)] == newest_first[:100]
    assert [article.text for article in articles(tmp_path / "public/index.html")] == newest_first[:50]
    assert len(list((tmp_path / "public/posts").iterdir())) == 103
    assert (tmp_path / "public/archive/2026.html").read_text(encoding="utf-8").count("<li>") == 103


def test_days_are_those_of_the_organisation(tmp_path: Path) -> None:
    new_year = datetime.fromisoformat("2026-12-31T23:30:00+00:00")
    address = sent(tmp_path, plain("Happy new year"), when=new_year).url
    assert (tmp_path / "public/archive/2027.html").exists()
    assert "January 1, 2027" in (tmp_path / address).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["index.html", "feed.atom", "feed.json"])
def test_a_site_that_is_not_ours_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / name).write_text("somebody's work")
    publisher = website(tmp_path)
    envelope = Envelope(plain("Hello"), publisher.prepare(plain("Hello"), NOON))
    outcome = publisher.publish(envelope, nothing)
    assert isinstance(outcome, Refused)
    assert f"public/{name} was not made by this program" in outcome.reason
    assert (tmp_path / "public" / name).read_text() == "somebody's work"
    assert publisher.find(envelope) == Absent()


def test_foreign_files_beside_ours_stay_as_they_are(tmp_path: Path) -> None:
    foreign = {"robots.txt": "x", "posts/mine.html": "y", "media/logo.png": "z", "about/index.html": "w", ".items/notes.txt": "v"}
    for name, content in foreign.items():
        (tmp_path / "public" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "public" / name).write_text(content)
    sent(tmp_path, outgoing(tmp_path))
    assert {name: (tmp_path / "public" / name).read_text() for name in foreign} == foreign


@pytest.mark.parametrize("name", ["index.html", "feed.atom", "feed.json", "archive/2026.html", "tags/mayday.html"])
@pytest.mark.parametrize("damage", ["missing", "empty"])
def test_find_draws_again_what_is_lost(tmp_path: Path, name: str, damage: str) -> None:
    post = outgoing(tmp_path)
    published = sent(tmp_path, post)
    path = tmp_path / "public" / name
    before = path.read_bytes()
    path.unlink()
    if damage == "empty":
        path.touch()
    publisher = website(tmp_path)
    assert publisher.find(Envelope(post, publisher.prepare(post, NOON))) == published
    assert path.read_bytes() == before


def test_a_half_written_item_is_absent_and_is_written_again(tmp_path: Path) -> None:
    post = outgoing(tmp_path)
    published = sent(tmp_path, post)
    item = tmp_path / "public/.items/0a1b2c3d4e5f.json"
    item.write_bytes(item.read_bytes()[:100])
    publisher = website(tmp_path)
    envelope = Envelope(post, publisher.prepare(post, NOON))
    assert publisher.find(envelope) == Absent()
    assert publisher.publish(envelope, nothing) == published
    assert len(articles(tmp_path / "public/index.html")) == 1


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff\xfe", b'{"schema": "scheduler.site-item/1", "published": "yesterday"}'])
def test_a_damaged_item_keeps_no_other_post_from_going_out(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "public/.items").mkdir(parents=True)
    (tmp_path / "public/.items/ffffffffffff.json").write_bytes(content)
    sent(tmp_path, plain("Hello"))
    assert [article.text for article in articles(tmp_path / "public/index.html")] == ["Hello"]


def test_a_post_that_is_out_is_never_called_refused(tmp_path: Path) -> None:
    post = outgoing(tmp_path)
    sent(tmp_path, post)
    for item in post.media:
        Path(item.picture.path).unlink()
    assert isinstance(sent(tmp_path, post), Published)
    (tmp_path / "public/index.html").write_text("somebody's new front page")
    publisher = website(tmp_path)
    assert isinstance(publisher.publish(Envelope(post, publisher.prepare(post, NOON)), nothing), Uncertain)
    assert (tmp_path / "public/index.html").read_text() == "somebody's new front page"


def test_an_item_keeps_its_id_and_words_whatever_is_sent_later_under_its_name(tmp_path: Path) -> None:
    first = sent(tmp_path, plain("First"))
    assert sent(tmp_path, plain("Second"), when=NOON + timedelta(days=9), url=URL).remote_id == first.remote_id
    assert [article.text for article in articles(tmp_path / "public/index.html")] == ["First"]


def test_pages_follow_a_new_title_and_address(tmp_path: Path) -> None:
    sent(tmp_path, plain("First"))
    sent(tmp_path, plain("Second", "000000000002"), title="New name", url=URL)
    assert all("New name" in path.read_text(encoding="utf-8") for path in (tmp_path / "public/posts").iterdir())


def test_a_full_disk_is_no_post_for_now_and_no_error(tmp_path: Path) -> None:
    """The limit on the size of files stands for the full disk: the system refuses the bytes in the middle of the write."""
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from tests.publishers.test_website import website, plain, NOON, nothing, Envelope\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); p = website(Path(sys.argv[1])); post = plain('word ' * 2000)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), -1))\n"
        "e = Envelope(post, p.prepare(post, NOON)); print(type(p.publish(e, nothing)).__name__, type(p.find(e)).__name__)"
    )
    answers = {}
    for limit in (1_000, 12_000):
        command = [sys.executable, "-c", code, str(tmp_path / str(limit)), str(limit)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
        answers[limit] = done.stdout.split()
    assert answers == {1_000: ["Refused", "Absent"], 12_000: ["Uncertain", "Uncertain"]}
    publisher = website(tmp_path / "12000")
    post = plain("word " * 2000)
    assert isinstance(publisher.find(Envelope(post, publisher.prepare(post, NOON))), Published)
    assert len(articles(tmp_path / "12000/public/index.html")) == 1


def test_writers_in_several_processes_lose_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from tests.publishers.test_website import sent, plain\n"
        "for n in range(6): sent(Path(sys.argv[1]), plain('Post', f'{sys.argv[2]}{n:011x}'))"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    writers = [subprocess.Popen([*command, name], cwd=Path(__file__).parents[2]) for name in "abc"]
    assert [writer.wait(timeout=300) for writer in writers] == [0, 0, 0]
    assert len(articles(tmp_path / "public/index.html")) == len(items(tmp_path)) == 18
    assert not list((tmp_path / "public").rglob(".writing"))


@pytest.mark.parametrize("folder", [".", "..", "posts", "assets/site", ".scheduler"])
def test_the_site_gets_a_folder_of_its_own(tmp_path: Path, folder: str) -> None:
    with pytest.raises(ConfigurationError, match="project's own files"):
        website(tmp_path / "project", folder=folder)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "www.example.org", "https://", "https://example.org/?a=b", "https://exa\nmple.org"])
def test_an_address_that_is_none_is_told_to_the_operator(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigurationError, match="no web address"):
        website(tmp_path, url=url)


def test_trouble_after_the_post_is_saved_is_not_called_a_failure(tmp_path: Path) -> None:
    sent(tmp_path, plain("First"))
    (tmp_path / "public/index.html").unlink()
    (tmp_path / "public/index.html").mkdir()
    publisher = website(tmp_path)
    post = plain("First")
    assert isinstance(publisher.find(Envelope(post, publisher.prepare(post, NOON))), Uncertain)


def test_a_thread_is_one_item_with_all_of_its_words_links_and_pictures(tmp_path: Path) -> None:
    pictured = outgoing(tmp_path, pictures=2)
    answer = "More at https://example.org/more #Answer"
    facets = (Facet("link", 8, 32, "https://example.org/more"), Facet("tag", 33, 40, "Answer"))
    post = replace(
        plain("The first words."), media=pictured.media[:1], replies=(Reply(answer, facets, pictured.media[1:]), Reply("The end."))
    )
    address = sent(tmp_path, post).url
    (article,) = read(tmp_path / address).articles
    assert article.text == f"The first words.\n\n{answer}\n\nThe end."
    assert len(article.images) == 2
    assert '<a href="https://example.org/more"' in (tmp_path / address).read_text(encoding="utf-8")
    assert items(tmp_path)[0]["tags"] == ["Answer"]


def test_a_film_can_be_played_on_every_page_and_stands_in_the_feeds(tmp_path: Path) -> None:
    film = Media(measured(tmp_path / "march.mp4"), 'The "march" <comes> round the corner')
    pictured = outgoing(tmp_path, pictures=1)
    post = replace(pictured, text="Come, too", facets=(), media=(film, *pictured.media))
    published = sent(tmp_path, post, url=URL)
    name = f"{film.picture.sha256}.mp4"
    assert (tmp_path / "public/media" / name).read_bytes() == Path(film.picture.path).read_bytes()
    for place in ("index.html", f"posts/{published.url.rpartition('/')[2]}"):
        page = (tmp_path / "public" / place).read_text(encoding="utf-8")
        [found] = articles(tmp_path / "public" / place)
        assert (found.text, found.alts) == ("Come, too", tuple(item.alt for item in post.media))
        assert re.search(rf'<video controls preload="metadata" playsinline src="[./]*media/{name}" width="1080" height="1920"', page)
        assert "media-src 'self' file:;" in page, "a browser plays nothing that the page's own policy does not let in"
    assert f'<meta property="og:image" content="{URL}/media/{post.media[1].picture.sha256}.png">' in page
    assert f'<meta property="og:video" content="{URL}/media/{name}">' in page
    entry = atom(tmp_path).find("a:entry/a:link[@type='video/mp4']", ATOM)
    assert entry is not None
    assert (entry.get("rel"), entry.get("length"), entry.get("title")) == ("enclosure", str(film.picture.bytes), film.alt)
    [item] = items(tmp_path)
    assert item["image"] == f"{URL}/media/{post.media[1].picture.sha256}.png"
    assert item["attachments"] == [
        {
            "url": f"{URL}/media/{each.picture.sha256}{ending}",
            "mime_type": each.picture.mime,
            "size_in_bytes": each.picture.bytes,
            "_scheduler": {"alt": each.alt, "width": each.picture.width, "height": each.picture.height},
        }
        for each, ending in zip(post.media, (".mp4", ".png"), strict=True)
    ]
    assert f'<video controls preload="metadata" src="{URL}/media/{name}"' in str(item["content_html"])


def test_a_film_alone_has_no_cover_and_names_the_post_by_its_description(tmp_path: Path) -> None:
    post = replace(plain(""), media=(Media(measured(tmp_path / "march.mp4"), "The march"),))
    page = (tmp_path / sent(tmp_path, post).url).read_text(encoding="utf-8")
    assert "<title>The march · " in page
    assert "og:image" not in page
    assert "image" not in items(tmp_path)[0]


def test_a_film_that_browsers_do_not_play_is_refused_in_words(tmp_path: Path) -> None:
    film = measured(tmp_path / "march.mov", Film(codec="hvc1", brand="qt  "))
    post = replace(plain("x"), media=(Media(film, "The march"),))
    publisher = website(tmp_path)
    outcome = publisher.publish(Envelope(post, publisher.prepare(post, NOON)), nothing)
    assert isinstance(outcome, Refused)
    assert "The website takes films in H.264 or VP9 or AV1; “march.mov” is in HEVC." in outcome.reason
    assert not (tmp_path / "public").exists()


def test_each_answer_of_a_thread_is_in_its_own_language(tmp_path: Path) -> None:
    pictured = outgoing(tmp_path, pictures=2)
    answer = "Ven 🚨 a https://example.org/mas"
    facets = (Facet("link", 8, 31, "https://example.org/mas"),)
    replies = (Reply(answer, facets, pictured.media[1:], "es"), Reply("تعالوا", language="ar"), Reply("The end."))
    post = replace(plain("Come"), media=pictured.media[:1], replies=replies)
    address = sent(tmp_path, post, url=URL).url.removeprefix(URL)
    page = (tmp_path / f"public{address}").read_text(encoding="utf-8")
    [article] = articles(tmp_path / f"public{address}")
    assert article.text == f"Come\n\n{answer}\n\nتعالوا\n\nThe end."
    assert article.language == "en"
    assert re.findall(r'<span lang="(\w+)">(\w+)', page) == [("es", "Ven"), ("ar", "تعالوا")]
    assert '<a href="https://example.org/mas">https://example.org/mas</a>\n\n</span>' in page
    assert re.findall(r'<img [^>]*alt="[^"]*" lang="(\w+)"', page) == ["en", "es"]
    [item] = items(tmp_path)
    assert item["content_text"] == article.text
    assert re.findall(r'<span lang="(\w+)">(\w+)', str(item["content_html"])) == [("es", "Ven"), ("ar", "تعالوا")]
    kept = [each["_scheduler"].get("language") for each in item["attachments"]]  # type: ignore[attr-defined] # JSON
    assert kept == [None, "es"]
    langs = [link.get("{http://www.w3.org/XML/1998/namespace}lang") for link in atom(tmp_path).findall("a:entry/a:link", ATOM)]
    assert langs == [None, None, "es"]
    publisher = website(tmp_path, url=URL)
    assert isinstance(publisher, Edits)
    assert isinstance(publisher.edit(str(item["id"]), replace(post, replies=(Reply("Fin", language="es"),))), Published)
    assert re.findall(r'<span lang="(\w+)">(\w+)', (tmp_path / f"public{address}").read_text(encoding="utf-8")) == [("es", "Fin")]


def test_a_thread_in_one_language_is_kept_as_it_always_was(tmp_path: Path) -> None:
    sent(tmp_path, replace(plain("Come"), replies=(Reply("All", language="en"), Reply("of you"))))
    assert "<span lang" not in (tmp_path / "public/index.html").read_text(encoding="utf-8")


def test_a_post_is_read_back_mended_and_taken_away_with_everything_that_shows_it(tmp_path: Path) -> None:
    publisher = website(tmp_path)
    assert isinstance(publisher, ReadsFeed)
    assert isinstance(publisher, Edits)
    assert isinstance(publisher, Deletes)
    assert publisher.feed(5) == ()
    outcomes = []
    for delivery, text in (("000000000001", "First #MayDay"), ("000000000002", "Second #Union")):
        post = outgoing(tmp_path, delivery, text)
        post = replace(post, facets=facets_of(text))
        outcomes.append(publisher.publish(Envelope(post, publisher.prepare(post, NOON)), nothing))
    first, second = outcomes
    assert isinstance(first, Published)
    assert isinstance(second, Published)
    listed = publisher.feed(5)
    assert isinstance(listed, tuple)
    assert {item.text for item in listed} == {"First #MayDay", "Second #Union"}
    assert [alt for _, alt in listed[0].pictures] == [item.alt for item in post.media]
    again = publisher.edit(first.remote_id, replace(post, text="Mended #Union", facets=facets_of("Mended #Union"), language="de"))
    assert again == first
    folder = tmp_path / "public"
    page = (folder / "posts" / first.url.rpartition("/")[2]).read_text()
    assert "Mended" in page
    assert 'lang="de"' in page
    everything = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert not [path for path, data in everything.items() if b"First" in data]
    assert publisher.delete(first.remote_id) is None
    assert publisher.delete(first.remote_id) is None
    left = [path for path in folder.rglob("*") if path.is_file() and b"Mended" in path.read_bytes()]
    assert left == []
    assert not [path for path in folder.rglob("*") if "mayday" in path.name.lower()], "a tag that nothing has is no page"
    assert publisher.delete(second.remote_id) is None
    assert list((folder / "media").iterdir()) == []
    gone = publisher.edit(second.remote_id, post)
    assert isinstance(gone, Refused)
