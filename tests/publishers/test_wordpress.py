import html
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from scheduler.clock import SystemClock
from scheduler.model.errors import ConfigurationError
from scheduler.model.facets import facets_of
from scheduler.model.network import Account
from scheduler.model.outcome import Outcome, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Facet, Media, Outgoing
from scheduler.publishers.contract import Deletes, Verifies
from scheduler.publishers.hosting.opening import Places
from tests.emulators import wordpress
from tests.emulators.emulating import Running
from tests.films import measured
from tests.publishers.emulated import Emulated
from tests.publishers.posts import Memory, Shown, jpeg, post, with_film


def words(content: str) -> str:
    """Returns the text of an article as a browser shows it."""
    paragraphs = re.findall(r"<p>(.*?)</p>", content, re.DOTALL)
    return html.unescape("\n\n".join(re.sub(r"</?a[^>]*>", "", each).replace("<br>\n", "\n") for each in paragraphs))


class TestWordPress(Emulated):
    emulator = "wordpress"
    network = "wordpress"
    visible = r"POST /wp-json/wp/v2/posts/\d+"
    secret = wordpress.PASSWORD
    more: Mapping[str, str] = MappingProxyType({})

    def settings(self, server: Running) -> dict[str, str]:
        return {"url": server.address, "user": wordpress.USER, **self.more}

    def shown(self, server: Running) -> list[Shown]:
        found = [each for each in server.state["posts"].values() if each["status"] == "publish"]
        said = re.compile(r'alt="([^"]*)"|<figcaption[^>]*>(.*?)</figcaption>')
        alts = [tuple(html.unescape(alt or caption) for alt, caption in said.findall(each["content"])) for each in found]
        return [Shown(words(each["content"]), alt) for each, alt in zip(found, alts, strict=True)]

    def test_pictures_have_their_descriptions_in_the_library_too(self, server: Running, tmp_path: Path) -> None:
        outgoing = post(tmp_path, self.network)
        assert isinstance(self.settle(server, tmp_path, outgoing, {"slug": "march"}), Published)
        assert [html.unescape(each["alt_text"]) for each in server.state["media"].values()] == [item.alt for item in outgoing.media]

    @pytest.mark.parametrize("late", [True, False])
    def test_a_draft_whose_answer_was_lost_is_found_by_its_name(self, server: Running, tmp_path: Path, *, late: bool) -> None:
        server.fault("POST /wp-json/wp/v2/posts", "answer", status=500, late=late)
        outgoing = post(tmp_path, self.network)
        proof = self.settle(server, tmp_path, outgoing, {"slug": "march"})
        assert isinstance(proof, Published)
        assert proof.url.endswith("/march/")
        assert [each["slug"] for each in server.state["posts"].values()] == ["march"]

    def test_a_reason_is_told_in_words_without_markup(self, server: Running, tmp_path: Path) -> None:
        said = "<strong>Error:</strong> Unknown username. Check again &#8211; or try your email address."
        server.fault("GET .*/posts", "answer", status=401, body={"code": "invalid_username", "message": said})
        outcome = self.settle_once(server, tmp_path)
        assert isinstance(outcome, Refused)
        assert outcome.reason.endswith("Error: Unknown username. Check again – or try your email address.")

    @pytest.mark.parametrize("on", ["GET .*/posts", "POST .*/posts", "POST .*/media", r"POST .*/posts/\d+"])
    @pytest.mark.parametrize("status", [302, 404])
    def test_a_page_of_a_site_in_upkeep_is_no_fault_of_the_post(self, server: Running, tmp_path: Path, status: int, on: str) -> None:
        page = {"status": status, "body": "<h1>Back soon</h1>", "headers": {"Location": "/upkeep.html", "Content-Type": "text/html"}}
        server.fault(on, "answer", **page)
        outgoing, ids = post(tmp_path, self.network), {"slug": "march"}
        outcome = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert isinstance(outcome, Refused)
        assert not outcome.permanent, outcome.reason
        assert isinstance(self.settle(server, tmp_path, outgoing, ids), Published)
        assert len(self.shown(server)) == 1

    def settle_once(self, server: Running, folder: Path) -> Outcome:
        ids = {"slug": "march"}
        return self.publisher(server, folder).publish(Envelope(post(folder, self.network), dict(ids)), Memory(ids).remember)

    def test_hashtags_are_tags_made_once_and_the_account_s_categories_are_found_by_name(self, server: Running, tmp_path: Path) -> None:
        self.more = {"categories": "Strikes & actions, uncategorized"}
        for number, text in enumerate(("Join #MayDay and #Union", "Again #mayday")):
            outgoing = replace(post(tmp_path, self.network, text, pictures=0, delivery=f"{number:012}"), facets=facets_of(text))
            assert isinstance(self.settle(server, tmp_path, outgoing, {"slug": f"march-{number}"}), Published)
        names = {tag["id"]: tag["name"] for tag in server.state["tags"]}
        assert sorted(names.values()) == ["MayDay", "Union"]
        first, second = server.state["posts"].values()
        assert [first["categories"], second["categories"]] == [[7, 1]] * 2
        assert [[names[number] for number in each["tags"]] for each in (first, second)] == [["MayDay", "Union"], ["MayDay"]]

    def test_a_category_that_the_site_does_not_have_is_told_and_nothing_is_made(self, server: Running, tmp_path: Path) -> None:
        self.more = {"categories": "Strikes"}
        outcome = self.try_once(self.publisher(server, tmp_path), Envelope(post(tmp_path, self.network, pictures=0), {"slug": "march"}))
        assert isinstance(outcome, Refused)
        assert (outcome.kind, outcome.permanent, "“Strikes”" in outcome.reason) == ("auth", False, True)
        assert server.state["posts"] == {}
        publisher = self.publisher(server, tmp_path)
        assert isinstance(publisher, Verifies)
        checked = publisher.verify()
        assert (checked.ok, checked.reason) == (False, outcome.reason)

    def test_a_user_who_may_not_publish_is_told(self, server: Running, tmp_path: Path) -> None:
        server.switch(may_publish=False)
        outcome = self.try_once(self.publisher(server, tmp_path), Envelope(post(tmp_path, self.network), {"slug": "march"}))
        assert isinstance(outcome, Refused)
        assert (outcome.kind, outcome.permanent) == ("auth", False)
        publisher = self.publisher(server, tmp_path)
        assert isinstance(publisher, Verifies)
        assert "may not publish" in publisher.verify().reason

    def test_an_article_that_was_thrown_away_is_a_person_s_question(self, server: Running, tmp_path: Path) -> None:
        outgoing, ids = post(tmp_path, self.network), {"slug": "march"}
        proof = self.settle(server, tmp_path, outgoing, ids)
        assert isinstance(proof, Published)
        publisher = self.publisher(server, tmp_path)
        assert isinstance(publisher, Deletes)
        assert publisher.delete(proof.remote_id) is None
        assert publisher.delete(proof.remote_id) is None
        assert isinstance(publisher.find(Envelope(outgoing, dict(ids))), Uncertain)

    def test_links_are_links_and_nothing_in_the_text_is_markup(self, server: Running, tmp_path: Path) -> None:
        text = '<script>x</script> Sign https://example.org/a?b=1&c="2" now'
        start = text.index("https")
        facets = (
            Facet("link", start, start + 29, 'https://example.org/a?b=1&c="2"'),
            Facet("link", 0, 8, "javascript:alert(1)"),
            Facet("link", start + 2, start + 9, "https://overlaps.example"),
        )
        outgoing = Outgoing(delivery="d", account="main", network=self.network, text=text, facets=facets)
        assert isinstance(self.settle(server, tmp_path, outgoing, {"slug": "sign"}), Published)
        [article] = server.state["posts"].values()
        assert "<script" not in article["content"]
        assert re.findall(r'href="([^"]*)"', article["content"]) == ["https://example.org/a?b=1&amp;c=&quot;2&quot;"]
        assert self.shown(server)[0].text == text

    def test_the_name_of_a_server_alone_is_a_link_and_a_file_s_name_is_none(self, server: Running, tmp_path: Path) -> None:
        text = "Sign at www.harborworkers.org or harborworkers.org/strike, e.g. report.pdf"
        outgoing = Outgoing(delivery="d", account="main", network=self.network, text=text, facets=facets_of(text))
        assert isinstance(self.settle(server, tmp_path, outgoing, {"slug": "sign"}), Published)
        [article] = server.state["posts"].values()
        assert re.findall(r'href="([^"]*)">([^<]*)', article["content"]) == [
            ("https://www.harborworkers.org", "www.harborworkers.org"),
            ("https://harborworkers.org/strike", "harborworkers.org/strike"),
        ]
        assert self.shown(server)[0].text == text

    def test_a_word_in_brackets_runs_no_shortcode(self, server: Running, tmp_path: Path) -> None:
        outgoing = post(tmp_path, self.network, 'She wrote [sic] [gallery ids="1"] "us"', pictures=1)
        outgoing = replace(outgoing, media=tuple(replace(item, alt="A banner [gallery]") for item in outgoing.media))
        assert isinstance(self.settle(server, tmp_path, outgoing, {"slug": "sic"}), Published)
        [article] = server.state["posts"].values()
        assert "[" not in article["content"]
        assert self.shown(server)[0].text == outgoing.text

    @pytest.mark.parametrize(
        "typed",
        ["--", "---", " - ", "...", "4x5", ":)", ";-)", "8)", ":arrow:", "it's", '"us"', "``so''", "Pride (tm)", "'68", "R&D &amp; <b>"],
    )
    def test_what_sites_make_other_signs_of_is_shown_as_it_was_typed(self, server: Running, tmp_path: Path, typed: str) -> None:
        outgoing = post(tmp_path, self.network, f"Out now {typed} on Monday")
        assert isinstance(self.settle(server, tmp_path, outgoing, {"slug": "typed"}), Published)
        [article] = server.state["posts"].values()
        assert self.shown(server)[0].text == outgoing.text
        assert html.unescape(article["title"]) == outgoing.text
        for shown in (article["title"], article["content"].partition("<p>")[2].partition("</p>")[0]):
            assert f" {typed} " not in shown
            assert not re.search(r"""["'`<>]| - |--|\.\.|[0-9]x[0-9]|&(?!#)""", shown)

    def test_the_name_is_made_of_the_first_words_and_the_delivery(self, server: Running, tmp_path: Path) -> None:
        ids = self.publisher(server, tmp_path).prepare(post(tmp_path, self.network), SystemClock().now())
        assert ids == {"slug": "marcha-el-1o-de-mayo-0a1b2c3d4e5f"}

    def film(self, folder: Path) -> Outgoing:
        return replace(
            post(folder, self.network, "The march", pictures=0), media=(Media(measured(folder / "march.mp4"), "Round the corner"),)
        )

    def test_a_film_is_a_block_of_its_own_with_its_description_and_no_cover(self, server: Running, tmp_path: Path) -> None:
        ids = {"slug": "march"}
        assert isinstance(self.settle(server, tmp_path, self.film(tmp_path), ids), Published)
        [article], [media] = server.state["posts"].values(), server.state["media"].values()
        assert article["content"].endswith(
            f'<!-- wp:video {{"id":{media["id"]}}} -->\n<figure class="wp-block-video"><video controls src="{media["source_url"]}"></video>'
            '<figcaption class="wp-element-caption">Round the corner</figcaption></figure>\n<!-- /wp:video -->'
        )
        assert "featured_media" not in article
        assert (media["mime_type"], media["alt_text"], media["description"]["raw"]) == ("video/mp4", *["Round the corner"] * 2)

    @pytest.mark.parametrize(
        "answer",
        [
            {},
            {"status": 413, "body": "<h1>413 Request Entity Too Large</h1>", "headers": {"Content-Type": "text/html"}},
            {"status": 400, "body": {"code": "rest_upload_file_too_big", "message": "This file is too big."}},
            {
                "status": 500,
                "body": {
                    "code": "rest_upload_unknown_error",
                    "message": "The uploaded file exceeds the upload_max_filesize directive in php.ini.",
                },
            },
        ],
        ids=["post_max_size", "413", "too_big", "upload_max_filesize"],
    )
    def test_a_film_that_is_too_large_for_the_site_is_told_with_its_size(
        self, server: Running, tmp_path: Path, answer: dict[str, object]
    ) -> None:
        if answer:
            server.fault("POST .*/media", "answer", **answer)
        else:
            server.switch(most=500)
        outcome = self.try_once(self.publisher(server, tmp_path), Envelope(self.film(tmp_path), {"slug": "march"}))
        assert isinstance(outcome, Refused)
        assert (outcome.kind, outcome.permanent) == ("media", True)
        assert "takes no file as large as “march.mp4” (" in outcome.reason
        assert server.state["posts"] == server.state["media"] == {}

    def test_what_was_tidied_away_in_the_library_while_the_post_waited_is_uploaded_again(self, server: Running, tmp_path: Path) -> None:
        """Plugins throw away what no article shows yet."""
        outgoing = with_film(post(tmp_path, self.network, pictures=1), tmp_path)
        ids = self.prepared(server, tmp_path, outgoing)
        server.fault("POST /wp-json/wp/v2/posts", "answer", status=503, body={"code": "busy", "message": "Busy."})
        first = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert isinstance(first, Refused)
        assert not first.permanent
        server.switch(media={})
        proof = self.settle(server, tmp_path, outgoing, ids)
        assert isinstance(proof, Published), proof
        assert [html.unescape(each["alt_text"]) for each in server.state["media"].values()] == [item.alt for item in outgoing.media]
        [article] = server.state["posts"].values()
        assert all(each["source_url"] in article["content"] for each in server.state["media"].values())

    def test_its_library_is_a_place_for_pictures(self, server: Running, tmp_path: Path) -> None:
        accounts = {"blog": Account(name="blog", network="wordpress", settings=self.settings(server))}
        host = Places({"host": "wordpress", "account": "blog"}, tmp_path, SystemClock(), accounts, lambda _name: self.secret).open()
        assert host is not None
        assert [(check.part, check.works) for check in host.test()] == [
            ("the media library", True),
            ("the public address", True),
            ("clean-up", True),
        ]
        hosted = host.offer(jpeg(tmp_path, "a.jpg"))
        assert len(server.state["media"]) == 1
        host.withdraw(hosted.key)
        host.withdraw(hosted.key)
        assert server.state["media"] == {}

    def test_a_site_needs_an_address_and_a_user(self, server: Running, tmp_path: Path) -> None:
        self.settings = lambda server: {"url": server.address}  # type: ignore[method-assign] # one test's own
        with pytest.raises(ConfigurationError, match="has no user"):
            self.publisher(server, tmp_path)

    @pytest.mark.parametrize(
        ("status", "code", "kind", "permanent"),
        [
            (400, "rest_invalid_param", "content", True),
            (401, "rest_cannot_create", "auth", False),
            (401, "incorrect_password", "auth", False),
            (403, "rest_cannot_publish", "auth", False),
            (413, "rest_upload_file_too_big", "media", True),
            (400, "rest_upload_limited_space", "media", True),
        ],
    )
    def test_each_error_lands_in_its_class(
        self, server: Running, tmp_path: Path, status: int, code: str, kind: str, *, permanent: bool
    ) -> None:
        server.fault("POST .*", "answer", status=status, body={"code": code, "message": "m", "data": {"status": status}})
        ids: dict[str, str] = {"slug": "march"}
        outcome = self.publisher(server, tmp_path).publish(Envelope(post(tmp_path, self.network), dict(ids)), Memory(ids).remember)
        assert isinstance(outcome, Refused)
        assert (outcome.kind, outcome.permanent) == (kind, permanent)
