"""A real WordPress on MariaDB: what visitors of its pages see of what we publish."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import httpx
import pytest

from scheduler.clock import SystemClock
from scheduler.model.network import Account
from scheduler.model.outcome import Absent, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Media, Outgoing
from scheduler.publishers.articles.publisher import ArticlePublisher
from scheduler.publishers.hosting.opening import Places
from tests.emulators.emulating import Running
from tests.films import Film, measured
from tests.publishers.online import connected, line_to, prepared, publish, settled, words
from tests.publishers.posts import Shown, jpeg, post
from tests.publishers.typed import TYPED
from tests.publishers.visiting import Page
from tests.publishers.wired import ESSENTIAL, OnLine, Wired
from tests.servers import wordpress
from tests.servers.wordpress import WordPress


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPress]:
    with wordpress.running(tmp_path_factory.mktemp("wordpress")) as running:
        yield running


@pytest.fixture
def site(process: WordPress) -> WordPress:
    process.reset()
    return process


class TestRealSite(Wired):
    """Is WordPress itself."""

    network = "wordpress"
    visible = r"POST /wp-json/wp/v2/posts/\d+"
    usual = ESSENTIAL

    @pytest.fixture
    def server(self, site: WordPress, tmp_path: Path) -> Iterator[Running]:
        self.site = site
        with line_to(site.address, "") as line:
            yield OnLine(line.address, tmp_path, line)

    def settings(self, server: Running) -> dict[str, str]:
        return {"url": server.address, "user": self.site.user}

    def token(self) -> str:
        return self.site.password

    def shown(self, server: Running) -> list[Shown]:
        del server
        pages = [(row["link"], Page(self.site.page(row["link"]))) for row in self.site.get("posts", per_page="100", order="asc")]
        return [Shown(page.text, tuple(alt for _, alt in (*page.pictures, *page.films)), link) for link, page in pages]


def account(site: WordPress, folder: Path, *, at: str = "", user: str = "", password: str = "", **settings: str) -> ArticlePublisher:
    """Returns a publisher of the site, as after a start of the program."""
    found = connected("wordpress", {"url": at or site.address, "user": user or site.user, **settings}, password or site.password, folder)
    assert isinstance(found, ArticlePublisher)
    return found


def sent(publisher: ArticlePublisher, outgoing: Outgoing) -> Published:
    out = publish(publisher, prepared(publisher, outgoing))
    assert isinstance(out, Published), out
    return out


def told(publisher: ArticlePublisher, outgoing: Outgoing) -> Refused:
    out = publish(publisher, prepared(publisher, outgoing))
    assert isinstance(out, Refused), out
    return out


def title(page: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    return html.unescape(found[1]) if found else ""


def test_there_are_two_hundred_texts() -> None:
    assert len(set(TYPED)) >= 200


@pytest.mark.parametrize("texts", [TYPED[start : start + 25] for start in range(0, len(TYPED), 25)], ids=lambda texts: ascii(texts[0]))
def test_what_was_typed_is_shown_paragraph_by_paragraph(site: WordPress, tmp_path: Path, texts: Sequence[str]) -> None:
    text = "\n\n".join(texts)
    seen = Page(site.page(sent(account(site, tmp_path), words(text)).url))
    assert seen.blocks == text.split("\n\n")
    assert set(seen.tags) <= {"p", "br", "a"}


@pytest.mark.long
@pytest.mark.parametrize("role", ["administrator", "author"])
def test_what_was_typed_is_shown_also_alone_in_its_title_and_for_users_with_fewer_rights(
    site: WordPress, tmp_path: Path, role: str
) -> None:
    site.role(role)
    publisher = account(site, tmp_path)
    try:
        for number, text in enumerate(TYPED):
            outgoing = words(text, f"{number:012}")
            page = site.page(sent(publisher, outgoing).url)
            assert Page(page).text == text
            assert title(page) == text.splitlines()[0].strip() or len(text) > 80 or text == "0"
    finally:
        site.role("administrator")


def test_links_are_what_they_were_also_with_brackets_and_in_capitals(site: WordPress, tmp_path: Path) -> None:
    text = "A https://example.org/[gallery]?a[]=1&b='2' B HTTPS://EXAMPLE.ORG/X C https://müller.example/--x...4x5"
    outgoing = words(text)
    seen = Page(site.page(sent(account(site, tmp_path), outgoing).url))
    assert seen.text == text
    assert seen.links == [(facet.value, text[facet.start : facet.end]) for facet in outgoing.facets if facet.kind == "link"]
    assert len(seen.links) == 3


def test_hashtags_that_differ_in_capitals_are_one_tag(site: WordPress, tmp_path: Path) -> None:
    publisher = account(site, tmp_path)
    first = sent(publisher, words("Join #Rent #rent #RENT", "0" * 12))
    second = sent(publisher, words("Again #rent #Löhne #Lohne #Grüße #Привет #привет #8M #नमस्ते", "1" * 12))
    tags = {row["id"]: row["name"] for row in site.get("tags", per_page="100")}
    assert sorted(tags.values()) == sorted(["Rent", "Löhne", "Lohne", "Grüße", "Привет", "8M", "नमस्ते"])
    assert [tags[number] for number in site.get(f"posts/{first.remote_id}")["tags"]] == ["Rent"]
    assert {tags[number] for number in site.get(f"posts/{second.remote_id}")["tags"]} == set(tags.values())


def test_a_tag_among_a_hundred_that_hold_its_name_is_found(site: WordPress, tmp_path: Path) -> None:
    names = [f"aa union {number}" for number in range(101)]
    terms = ",".join(f"({9000 + number}, '{name}', 'aa-union-{number}')" for number, name in enumerate([*names, "union"]))
    kinds = ",".join(f"({9000 + number}, 'post_tag', '')" for number in range(102))
    site.sql(f"INSERT INTO wp_terms (term_id, name, slug) VALUES {terms}")
    site.sql(f"INSERT INTO wp_term_taxonomy (term_id, taxonomy, description) VALUES {kinds}")
    out = sent(account(site, tmp_path), words("For the #union"))
    assert site.get(f"posts/{out.remote_id}")["tags"] == [9101]


def test_a_hashtag_longer_than_a_tag_may_be_is_a_word_of_the_text_alone(site: WordPress, tmp_path: Path) -> None:
    text = f"Join #{'a' * 201} #ok"
    out = sent(account(site, tmp_path), words(text))
    assert Page(site.page(out.url)).text == text
    assert [row["name"] for row in site.get("tags")] == ["ok"]


@pytest.mark.parametrize("names", ["Strikes & actions", "strikes & ACTIONS, Uncategorized"])
def test_a_category_is_found_by_its_name_whatever_signs_are_in_it(site: WordPress, tmp_path: Path, names: str) -> None:
    out = sent(account(site, tmp_path, categories=names), words("x"))
    numbers = site.get(f"posts/{out.remote_id}")["categories"]
    found = {html.unescape(row["name"]).casefold() for row in site.get("categories") if row["id"] in numbers}
    assert found == {name.strip().casefold() for name in names.split(",")}


def test_descriptions_are_shown_as_typed_in_the_article_and_on_the_cover(site: WordPress, tmp_path: Path) -> None:
    alts = (
        "\"Unión\" & <i> [gallery] 'x' -- ... :) 50%ab",
        "C:\\new \\\\ &amp; &lt;b&gt; %s 5 < 6",
        "One\ntwo\n\nfour",
        "Wordpress 😀 [x]",
    )
    outgoing = post(tmp_path, "wordpress", pictures=2)
    for pair in (alts[:2], alts[2:]):
        media = tuple(replace(item, alt=alt) for item, alt in zip(outgoing.media, pair, strict=True))
        page = site.page(sent(account(site, tmp_path), replace(outgoing, delivery=f"{alts.index(pair[0]):012}", media=media)).url)
        assert tuple(alt for _, alt in Page(page).pictures) == pair
        [cover] = re.findall(r'<img[^>]*\bwp-post-image\b[^>]*?\balt="([^"]*)"', page)
        assert html.unescape(cover) == " ".join(pair[0].split())


def test_a_film_of_a_user_with_fewer_rights_is_played_too(site: WordPress, tmp_path: Path) -> None:
    site.role("author")
    try:
        media = (Media(measured(tmp_path / "march.mp4"), 'The "march" <i>'),)
        out = sent(account(site, tmp_path), replace(post(tmp_path, "wordpress", "March", pictures=0), media=media))
    finally:
        site.role("administrator")
    assert [caption for _, caption in Page(site.page(out.url)).films] == ['The "march" <i>']
    assert "<!-- wp:video {" in site.get(f"posts/{out.remote_id}", context="edit")["content"]["raw"]


def test_a_film_is_played_in_its_article_and_the_cover_stays_a_picture(site: WordPress, tmp_path: Path) -> None:
    film = measured(tmp_path / "march.mp4", Film(notes=b""))
    outgoing = post(tmp_path, "wordpress", "The march -- now\n\nCome, too", pictures=1)
    alt = 'The "march" [gallery] comes -- round\nthe corner <i> & 50%ab'
    publisher = account(site, tmp_path)
    out = sent(publisher, replace(outgoing, media=(Media(film, alt), *outgoing.media)))
    page = site.page(out.url)
    seen = Page(page)
    assert seen.text == outgoing.text
    [(address, caption)] = seen.films
    assert caption == " ".join(alt.split())
    answer = httpx.get(address)
    assert (answer.content, answer.headers["content-type"]) == (Path(film.path).read_bytes(), "video/mp4")
    assert [words for _, words in seen.pictures] == [outgoing.media[0].alt]
    assert re.search(r'<figure[^>]*class="wp-block-video"[^>]*><video controls', page)
    kept = {row["mime_type"]: row for row in site.get("media", context="edit")}
    assert set(kept) == {"video/mp4", "image/jpeg"}
    assert html.unescape(kept["video/mp4"]["alt_text"]) == " ".join(alt.split())
    assert kept["video/mp4"]["description"]["raw"]
    article = site.get(f"posts/{out.remote_id}", context="edit")
    assert article["featured_media"] == kept["image/jpeg"]["id"]
    assert article["content"]["raw"].count(f'<!-- wp:video {{"id":{kept["video/mp4"]["id"]}}} -->') == 1
    mended = publisher.edit(out.remote_id, words("Mended"))
    assert isinstance(mended, Published)
    assert Page(site.page(out.url)).films == seen.films
    assert site.get(f"posts/{out.remote_id}", context="edit")["content"]["raw"].count("wp:video") == 2
    read = publisher.feed(5)
    assert isinstance(read, tuple)
    assert read[0].pictures == ((address, caption), (kept["image/jpeg"]["source_url"], outgoing.media[0].alt))


def test_a_film_larger_than_the_server_lets_through_is_told_as_that_and_nothing_is_out(site: WordPress, tmp_path: Path) -> None:
    film = measured(tmp_path / "march.mp4", Film(padding=65 * 1024 * 1024))
    refused = told(account(site, tmp_path), replace(post(tmp_path, "wordpress", pictures=0), media=(Media(film, "The march"),)))
    assert (refused.kind, refused.permanent) == ("media", True)
    assert "takes no file as large as “march.mp4” (68.16 MB)" in refused.reason
    assert "post_max_size" in refused.reason
    assert site.get("posts", status="publish,draft", context="edit") == site.get("media") == []


def test_what_somebody_threw_into_the_bin_is_asked_about_and_never_shown_again_by_itself(site: WordPress, tmp_path: Path) -> None:
    publisher = account(site, tmp_path)
    envelope = prepared(publisher, words("To be thrown away"))
    out = publish(publisher, envelope)
    assert isinstance(out, Published)
    assert publisher.delete(out.remote_id) is None
    assert publisher.delete(out.remote_id) is None
    found = publisher.find(envelope)
    assert isinstance(found, Uncertain)
    assert "bin" in found.reason
    mended = publisher.edit(out.remote_id, words("Mended"))
    assert isinstance(mended, Refused)
    assert "bin" in mended.reason
    site.sql("TRUNCATE wp_posts")
    assert isinstance(publisher.find(envelope), Uncertain)
    assert publisher.delete(out.remote_id) is None


@pytest.mark.parametrize(
    ("step", "cut"),
    [
        ("posts", "late"),
        ("media", "late"),
        *(
            pytest.param(step, cut, marks=pytest.mark.long)
            for step, cut in product(("posts", "media", "tags", r"posts/\d+"), ("late", "early", "500"))
            if (step, cut) not in {("posts", "late"), ("media", "late")}
        ),
    ],
)
def test_a_lost_answer_of_any_step_is_one_article(site: WordPress, tmp_path: Path, step: str, cut: str) -> None:
    with line_to(site.address, "") as line:
        if cut == "500":
            line.fault(f"POST /wp-json/wp/v2/{step}$|POST /wp-json/wp/v2/{step} ", "answer", status=500, late=True)
        else:
            line.fault(f"POST /wp-json/wp/v2/{step}$", "drop", early=cut == "early")
        publisher = account(site, tmp_path, at=line.address)
        outgoing = post(tmp_path, "wordpress", pictures=1)
        envelope = prepared(publisher, outgoing)
        out = settled(publisher, envelope, publish(publisher, envelope))
        assert (line.answers, line.drops) == ([], [])
    assert isinstance(out, Published)
    every = site.get("posts", status="publish,future,draft,pending,private", context="edit")
    assert [(str(row["id"]), row["status"]) for row in every] == [(out.remote_id, "publish")]
    assert [row["name"] for row in site.get("tags")] == ["MayDay"]
    assert [row["id"] for row in site.get("media")] == [every[0]["featured_media"]]
    assert Page(site.page(out.url)).text == outgoing.text


def test_a_user_who_may_only_write_drafts_is_told_so(site: WordPress, tmp_path: Path) -> None:
    publisher = account(site, tmp_path, user="kim", password=site.contributor_password)
    assert "may not publish" in publisher.verify().reason
    assert told(publisher, words("x")).kind == "auth"
    assert site.get("posts") == []


@pytest.mark.parametrize(("user", "password"), [("ana", "abcd efgh ijkl mnop qrst uvwx"), ("nobody", ""), ("ana", "a planted login")])
def test_a_wrong_user_or_password_is_told_in_words_that_help(site: WordPress, tmp_path: Path, user: str, password: str) -> None:
    publisher = account(site, tmp_path, user=user, password=password)
    refused = told(publisher, words("x"))
    assert refused.kind == "auth"
    assert "no such user with this application password" in refused.reason
    assert publisher.verify().reason == refused.reason


def test_the_address_of_an_e_mail_is_a_user_too(site: WordPress, tmp_path: Path) -> None:
    assert account(site, tmp_path, user="ana@example.org").verify().ok


def test_a_site_with_plain_permalinks_is_told_where_to_look(site: WordPress, tmp_path: Path) -> None:
    site.option("permalink_structure", "")
    try:
        refused = told(account(site, tmp_path), words("x"))
        assert not refused.permanent
        assert "permalinks" in refused.reason
    finally:
        site.option("permalink_structure", "/%postname%/")


def test_an_edit_keeps_the_pictures_the_address_and_the_tags(site: WordPress, tmp_path: Path) -> None:
    publisher = account(site, tmp_path)
    outgoing = post(tmp_path, "wordpress", pictures=2)
    out = sent(publisher, outgoing)
    before = site.get(f"posts/{out.remote_id}")
    mended = publisher.edit(out.remote_id, replace(outgoing, text="Wordpress -- mended\n\n[gallery] :)", facets=()))
    assert mended == Published(out.remote_id, out.url)
    seen = Page(site.page(out.url))
    assert (seen.text, seen.pictures) == ("Wordpress -- mended\n\n[gallery] :)", Page(before["content"]["rendered"], within="").pictures)
    assert site.get(f"posts/{out.remote_id}")["tags"] == before["tags"] != []


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_pictures_that_other_networks_fetch_are_there_for_everybody_and_gone_afterwards(site: WordPress, tmp_path: Path, kind: str) -> None:
    accounts = {"blog": Account(name="blog", network="wordpress", settings={"url": site.address, "user": site.user})}
    host = Places({"host": "wordpress", "account": "blog"}, tmp_path, SystemClock(), accounts, lambda _name: site.password).open()
    assert host is not None
    if kind == "JPEG":
        assert [(check.part, check.works) for check in host.test()] == [
            ("the media library", True),
            ("the public address", True),
            ("clean-up", True),
        ]
    picture = jpeg(tmp_path, f"a.{kind.lower()}", kind=kind)
    hosted = host.offer(picture)
    fetched = httpx.get(hosted.address)
    assert (fetched.status_code, fetched.headers["content-type"]) == (200, picture.mime)
    assert fetched.content == Path(picture.path).read_bytes()
    host.withdraw(hosted.key)
    host.withdraw(hosted.key)
    assert httpx.get(hosted.address).status_code == 404
    assert site.get("media") == []
    assert not [path for path in site.uploads.rglob("*") if path.is_file()]


def test_an_article_is_found_by_its_name_before_and_after(site: WordPress, tmp_path: Path) -> None:
    publisher = account(site, tmp_path)
    envelope = prepared(publisher, words("March on Saturday"))
    fresh = Envelope(envelope.outgoing, dict(envelope.ids))
    assert isinstance(publisher.find(fresh), Absent)
    out = publish(publisher, envelope)
    assert publisher.find(fresh) == out
