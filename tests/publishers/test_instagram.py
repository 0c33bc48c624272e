import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from scheduler.clock import SystemClock
from scheduler.model.errors import ConfigurationError
from scheduler.model.house import HashtagSet
from scheduler.model.network import Account
from scheduler.model.outcome import Absent, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Media, Outgoing
from scheduler.planning.composing.compose import compose
from scheduler.planning.plan import plan
from scheduler.publishers.contract import Connection, Deletes, ReadsFeed, Renews, TellsEnd, Verifies
from scheduler.publishers.discovery import known_networks
from scheduler.publishers.graph.errors import GraphError
from scheduler.publishers.hosting.host import MediaHost
from scheduler.publishers.hosting.own import OwnHost, Shelf
from scheduler.publishers.hosting.server import serving
from tests.emulators import graph
from tests.emulators.emulating import Running
from tests.films import Film, measured
from tests.planning import making
from tests.planning.making import NOW, context, file_of
from tests.publishers.emulated import Emulated
from tests.publishers.posts import DELIVERY, TEXT, Memory, Shown, jpeg, post
from tests.servers import processes
from tests.serving import Answering
from tests.serving import serving as at_loopback


def shown(server: Running, network: str) -> list[Shown]:
    return [Shown(each["text"], tuple(each["alts"])) for each in server.state["media"].values() if each["network"] == network]


class Hosted(Emulated):
    """Serves pictures as the daemon does, so that the emulator can really fetch them."""

    emulator = "graph"
    public_url = ""
    hosts = True

    @pytest.fixture(autouse=True)
    def port(self, tmp_path: Path) -> Iterator[int]:
        self.listening = processes.free_port()
        with serving(Shelf(tmp_path / "shelf", SystemClock()), f"127.0.0.1:{self.listening}"):
            yield self.listening

    def host(self, folder: Path) -> MediaHost | None:
        listen = f"127.0.0.1:{self.listening}"
        return OwnHost(Shelf(folder / "shelf", SystemClock()), self.public_url or f"http://{listen}", listen) if self.hosts else None

    def shown(self, server: Running) -> list[Shown]:
        return shown(server, self.network)

    def left(self, folder: Path) -> list[str]:
        return [path.name for path in (folder / "shelf").iterdir() if path.suffix]

    film_kind = "REELS"

    def test_a_film_is_handed_over_waited_for_and_taken_away(self, server: Running, tmp_path: Path) -> None:
        server.switch(polls=8)
        outgoing = replace(post(tmp_path, self.network, pictures=0), media=(Media(measured(tmp_path / "march.mp4"), "The march"),))
        ids = {"prepared": "0"}
        outcome = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert isinstance(outcome, Refused)
        assert outcome.reason.endswith("is still working on the film.")
        assert not outcome.permanent
        assert isinstance(self.settle(server, tmp_path, outgoing, ids, outcome), Published)
        [container] = server.state["containers"].values()
        assert container["kind"] == self.film_kind
        assert [found["type"] for found in server.state["fetched"]] == ["video/mp4"]
        assert self.left(tmp_path) == []

    def test_films_and_pictures_share_a_carousel(self, server: Running, tmp_path: Path) -> None:
        pictures = post(tmp_path, self.network, pictures=1)
        film = measured(tmp_path / "march.mp4", Film(size=(864, 1080)))
        outgoing = replace(pictures, media=(*pictures.media, Media(film, "The march")))
        assert isinstance(self.settle(server, tmp_path, outgoing, {"prepared": "0"}), Published)
        assert [each["kind"] for each in server.state["containers"].values()] == ["IMAGE", "VIDEO", "CAROUSEL"]

    def test_what_is_out_is_read_back_newest_first_and_page_by_page(self, server: Running, tmp_path: Path) -> None:
        for number in range(3):
            outgoing = post(tmp_path, self.network, f"Post {number}", pictures=1 + number % 2, delivery=f"{number:012}")
            assert isinstance(self.settle(server, tmp_path, outgoing, {"prepared": "0"}), Published)
        publisher = self.publisher(server, tmp_path)
        assert isinstance(publisher, ReadsFeed)
        items = publisher.feed(2)
        assert isinstance(items, tuple)
        assert [item.text for item in items] == ["Post 2", "Post 1"]
        assert [len(item.pictures) for item in items] == [1, 2]
        assert items[0].pictures[0][1].startswith("Banner 0")
        assert items[0].published is not None
        assert items[0].url.startswith("https://www.")

    def test_a_full_day_is_waited_out_until_its_first_post_counts_no_more(self, server: Running, tmp_path: Path) -> None:
        server.switch(quota=1)
        first = post(tmp_path, self.network, "First", pictures=1, delivery="000000000001")
        assert isinstance(self.settle(server, tmp_path, first, {"prepared": "0"}), Published)
        outcome = self.publisher(server, tmp_path).publish(Envelope(post(tmp_path, self.network), {}), Memory({}).remember)
        assert isinstance(outcome, Refused)
        assert not outcome.permanent
        assert outcome.retry_after is not None
        assert 23.9 < outcome.retry_after.total_seconds() / 3600 <= 24
        server.advance(hours=24.1)
        assert isinstance(self.settle(server, tmp_path, post(tmp_path, self.network), {"prepared": "0"}), Published)


def without(server: Running, token: str, *scopes: str) -> None:
    """Takes permissions from a token."""
    tokens = server.state["tokens"]
    tokens[token]["scopes"] = [scope for scope in tokens[token]["scopes"] if scope not in scopes]
    server.switch(tokens=tokens)


class TestInstagram(Hosted):
    network = "instagram"
    visible = "POST /.*/media_publish"
    secret = graph.INSTAGRAM_TOKEN

    def settings(self, server: Running) -> dict[str, str]:
        return {"graph_url": server.address, "user_id": graph.INSTAGRAM_USER}

    def test_pictures_are_taken_away_once_the_post_is_out(self, server: Running, tmp_path: Path) -> None:
        outgoing = post(tmp_path, self.network)
        assert isinstance(self.settle(server, tmp_path, outgoing, {"prepared": "0"}), Published)
        assert [found["type"] for found in server.state["fetched"]] == ["image/jpeg", "image/jpeg"]
        assert self.left(tmp_path) == []

    def test_a_picture_that_is_still_worked_on_is_waited_for(self, server: Running, tmp_path: Path) -> None:
        server.switch(polls=12)
        outgoing, ids = post(tmp_path, self.network, pictures=1), {"prepared": "0"}
        outcome = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert isinstance(outcome, Refused)
        assert not outcome.permanent
        assert isinstance(self.settle(server, tmp_path, outgoing, ids, outcome), Published)
        assert len(server.state["containers"]) == 1

    def test_a_container_that_expired_is_made_again(self, server: Running, tmp_path: Path) -> None:
        server.switch(polls=100)
        outgoing, ids = post(tmp_path, self.network), {"prepared": "0"}
        self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        server.advance(hours=25)
        server.switch(polls=0)
        assert self.publisher(server, tmp_path).find(Envelope(outgoing, dict(ids))) == Absent()
        assert isinstance(self.settle(server, tmp_path, outgoing, ids), Published)
        assert len(self.shown(server)) == 1

    def test_a_story_is_one_as_tall_as_a_telephone_and_without_words(self, server: Running, tmp_path: Path) -> None:
        media = Media(jpeg(tmp_path, "story.jpg", (90, 160)), "Banner")
        story = Outgoing(delivery=DELIVERY, account="main", network=self.network, text="", media=(media,), story=True)
        ids = {"prepared": "0"}
        server.fault(self.visible, "drop")
        assert isinstance(self.settle(server, tmp_path, story, ids), Published)
        assert [each["kind"] for each in server.state["media"].values()] == ["STORIES"]

    def test_a_film_can_be_a_story_as_long_as_stories_are(self, server: Running, tmp_path: Path) -> None:
        film = measured(tmp_path / "march.mp4")
        story = Outgoing(delivery=DELIVERY, account="main", network=self.network, text="", media=(Media(film, "March"),), story=True)
        assert isinstance(self.settle(server, tmp_path, story, {"prepared": "0"}), Published)
        [container] = server.state["containers"].values()
        assert (container["kind"], "video_url" in container["fields"]) == ("STORIES", True)
        long = replace(story, media=(Media(measured(tmp_path / "long.mp4", Film(seconds=61)), "March"),))
        outcome = self.settle(server, tmp_path, long, {"prepared": "0"})
        assert isinstance(outcome, Refused)
        assert "films of up to 1:00 minutes" in outcome.reason

    @pytest.mark.parametrize("pictures", [1, 2])
    def test_partners_are_invited_and_the_first_comment_is_written_once(self, server: Running, tmp_path: Path, pictures: int) -> None:
        outgoing = replace(post(tmp_path, self.network, pictures=pictures), collaborators=("@dockers",), first_comment="#MayDay")
        ids = {"prepared": "0"}
        proof = self.settle(server, tmp_path, outgoing, ids)
        assert isinstance(proof, Published)
        self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert server.state["comments"] == [{"media": proof.remote_id, "message": "#MayDay"}]
        assert [each["fields"].get("collaborators") for each in server.state["containers"].values()][-1] == '["dockers"]'

    def test_a_fourth_partner_is_told_before_the_network_refuses_it(self, server: Running, tmp_path: Path) -> None:
        outgoing = replace(post(tmp_path, self.network, pictures=1), collaborators=("@one", "@two", "@three"))
        assert isinstance(self.settle(server, tmp_path, outgoing, {"prepared": "0"}), Published)
        over = replace(outgoing, collaborators=(*outgoing.collaborators, "@four"))
        outcome = self.settle(server, tmp_path, over, {"prepared": "0"})
        assert isinstance(outcome, Refused)
        assert outcome.reason == "Instagram takes 3 partners who share a post as theirs; this one has 4: leave out 1."
        fields = {"image_url": "http://127.0.0.1:9/x.jpg", "collaborators": '["one", "two", "three", "four"]', "access_token": self.secret}
        said = httpx.post(f"{server.address}/v25.0/{graph.INSTAGRAM_USER}/media", data=fields)
        assert "collaborators" in said.json()["error"]["message"], "the emulator holds it by itself"

    def test_the_hashtags_of_a_set_arrive_once_in_the_first_comment(self, server: Running, tmp_path: Path) -> None:
        sets = {"reach": HashtagSet("reach", ("MayDay", "Union"), place="first-comment")}
        around = context(networks=(known_networks()[self.network].facts,), sets=sets)
        made = making.post("All out for May Day", first_comment="Who pays?", hashtags=("reach",))
        composed = compose(plan([file_of(made)], around, NOW).deliveries[0], around, {}).outgoing
        outgoing, ids = replace(post(tmp_path, self.network), text=composed.text, first_comment=composed.first_comment), {"prepared": "0"}
        server.fault(self.visible, "drop")
        proof = self.settle(server, tmp_path, outgoing, ids)
        assert isinstance(proof, Published)
        self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert server.state["comments"] == [{"media": proof.remote_id, "message": "Who pays?\n\n#MayDay #Union"}]
        assert [each["text"] for each in server.state["media"].values()] == ["All out for May Day"]

    @pytest.mark.parametrize("pictures", [1, 2])
    def test_a_place_stands_beside_the_post_and_not_beside_the_parts_of_a_carousel(
        self, server: Running, tmp_path: Path, pictures: int
    ) -> None:
        outgoing = replace(post(tmp_path, self.network, pictures=pictures), location="Oranienplatz", location_id=graph.PLACE)
        assert isinstance(self.settle(server, tmp_path, outgoing, {"prepared": "0"}), Published)
        assert [each["place"] for each in server.state["media"].values()] == [graph.PLACE]

    def test_a_page_without_an_address_is_no_place_and_the_post_says_what_is_wrong(self, server: Running, tmp_path: Path) -> None:
        outgoing = replace(post(tmp_path, self.network), location="Hall", location_id=graph.PAGE_WITHOUT_ADDRESS)
        outcome = self.settle(server, tmp_path, outgoing, {"prepared": "0"})
        assert isinstance(outcome, Refused)
        assert (outcome.kind, outcome.permanent) == ("content", True)
        assert "a Page with an address" in outcome.reason
        assert self.left(tmp_path) == []

    def test_a_story_goes_out_without_a_place(self, server: Running, tmp_path: Path) -> None:
        media = Media(jpeg(tmp_path, "story.jpg", (90, 160)), "Banner")
        story = replace(post(tmp_path, self.network, "", pictures=0), media=(media,), story=True, location_id=graph.PLACE)
        assert isinstance(self.settle(server, tmp_path, story, {"prepared": "0"}), Published)

    def test_a_comment_that_fails_does_not_make_the_post_a_failure(self, server: Running, tmp_path: Path) -> None:
        server.fault("POST /.*/comments", "answer", status=400, body={"error": {"code": 10}})
        outgoing = replace(post(tmp_path, self.network), first_comment="#MayDay")
        outcome = self.settle(server, tmp_path, outgoing, {"prepared": "0"})
        assert isinstance(outcome, Published)
        assert outcome.lacks.startswith("The post is out without its first comment: ")

    def test_a_comment_that_stands_there_is_not_written_again_and_one_that_nobody_can_see_is_asked_about(
        self, server: Running, tmp_path: Path
    ) -> None:
        outgoing, ids = replace(post(tmp_path, self.network), first_comment="With @dockers #MayDay"), {"prepared": "0"}
        assert isinstance(self.settle(server, tmp_path, outgoing, ids), Published)
        untold = Envelope(outgoing, {name: value for name, value in ids.items() if name != "comment"})
        server.switch(comments=[{**each, "message": "With dockers #MayDay "} for each in server.state["comments"]])
        assert isinstance(self.publisher(server, tmp_path).find(untold), Published)
        assert len(server.state["comments"]) == 1
        server.fault("GET /.*/comments", "answer", status=400, body={"error": {"code": 10}})
        proof = self.publisher(server, tmp_path).find(untold)
        assert isinstance(proof, Uncertain)
        assert "first comment cannot be seen" in proof.reason
        server.switch(comments=[])
        assert isinstance(self.publisher(server, tmp_path).find(Envelope(outgoing, dict(ids))), Uncertain)
        assert server.state["comments"] == []

    def test_the_latest_post_of_the_account_is_not_taken_for_ours(self, server: Running, tmp_path: Path) -> None:
        other = post(tmp_path, self.network, "Posted by hand", pictures=1, delivery="ffffffffffff")
        assert isinstance(self.settle(server, tmp_path, other, {"prepared": "0"}), Published)
        outgoing, ids = post(tmp_path, self.network, pictures=1), {"prepared": "0"}
        server.fault(self.visible, "drop")
        proof = self.settle(server, tmp_path, outgoing, ids)
        assert isinstance(proof, Published)
        media = server.state["media"]
        assert [each["text"] for each in media.values() if each["id"] == proof.remote_id] == [TEXT]

    def test_a_caption_that_comes_back_without_its_mentions_is_recognised(self, server: Running, tmp_path: Path) -> None:
        outgoing, ids = post(tmp_path, self.network, "With @dockers and @teachers", pictures=1), {"prepared": "0"}
        server.fault(self.visible, "drop")
        proof = self.settle(server, tmp_path, outgoing, ids)
        assert isinstance(proof, Published)
        assert proof.url.startswith("https://www.instagram.com/p/")

    def test_the_quota_is_the_network_s_own_number(self, server: Running, tmp_path: Path) -> None:
        server.switch(quota=1)
        first = post(tmp_path, self.network, "First", pictures=1, delivery="000000000001")
        assert isinstance(self.settle(server, tmp_path, first, {"prepared": "0"}), Published)
        outcome = self.publisher(server, tmp_path).publish(Envelope(post(tmp_path, self.network), {}), Memory({}).remember)
        assert isinstance(outcome, Refused)
        assert (outcome.kind, outcome.permanent) == ("rate", False)
        assert "1 post of an account in 24 hours" in outcome.reason

    def test_a_token_that_expires_in_the_middle_of_a_campaign_is_the_account_s_matter(self, server: Running, tmp_path: Path) -> None:
        tokens = server.state["tokens"]
        outgoing, ids = post(tmp_path, self.network), {"prepared": "0"}
        tokens[self.secret]["expires"] = 1.0
        server.switch(tokens=tokens)
        outcome = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert isinstance(outcome, Refused)
        assert (outcome.kind, outcome.permanent) == ("auth", False)
        assert "has expired" in outcome.reason
        tokens[self.secret]["expires"] = None
        server.switch(tokens=tokens)
        assert isinstance(self.settle(server, tmp_path, outgoing, ids, outcome), Published)

    @pytest.mark.parametrize(
        ("what", "kind", "permanent"), [("missing", "", False), ("html", "media", True), ("slow", "", False), ("nobody", "", False)]
    )
    def test_an_address_that_networks_cannot_fetch_is_told(
        self, server: Running, tmp_path: Path, what: str, kind: str, *, permanent: bool
    ) -> None:
        server.switch(fetch_seconds=0.3)
        with bad_host(what) as address:
            self.public_url = address
            outcome = self.publisher(server, tmp_path).publish(Envelope(post(tmp_path, self.network), {}), Memory({}).remember)
        assert isinstance(outcome, Refused)
        assert (outcome.kind, outcome.permanent) == (kind, permanent)

    def test_a_token_that_may_not_publish_is_told_with_the_permission_that_lacks(self, server: Running, tmp_path: Path) -> None:
        lacking = next(scope for scope in graph.RIGHTS[self.secret] if scope.endswith("content_publish"))
        without(server, self.secret, lacking)
        publisher = self.publisher(server, tmp_path)
        assert isinstance(publisher, Verifies)
        checked = publisher.verify()
        assert not checked.ok
        assert lacking in checked.reason

    def test_an_account_without_a_place_for_pictures_does_not_connect(self, server: Running, tmp_path: Path) -> None:
        self.hosts = False
        with pytest.raises(ConfigurationError, match="does not say where"):
            self.publisher(server, tmp_path)


class ByFacebook(TestInstagram):
    """Is the other way to a token: it is a person's, opens the account by its number, and may delete."""

    __test__ = False  # that posts go out is the same code; what differs is tried below
    secret = graph.PERSON_TOKEN

    def settings(self, server: Running) -> dict[str, str]:
        return {**super().settings(server), "login": "facebook"}


@pytest.fixture
def by_facebook(tmp_path: Path) -> Iterator[ByFacebook]:
    made = ByFacebook()
    made.listening = processes.free_port()
    with serving(Shelf(tmp_path / "shelf", SystemClock()), f"127.0.0.1:{made.listening}"):
        yield made


@pytest.fixture
def server(meta: Running) -> Running:
    meta.reset()
    return meta


def test_with_the_other_login_a_post_goes_out_is_found_and_is_deleted(by_facebook: ByFacebook, server: Running, tmp_path: Path) -> None:
    server.fault(by_facebook.visible, "drop")
    by_facebook.test_what_is_out_is_read_back(server, tmp_path)
    server.reset()
    by_facebook.test_what_is_out_is_taken_back_and_a_second_time_is_no_trouble(server, tmp_path)
    by_facebook.test_an_account_is_asked_about_without_a_post(server, tmp_path)
    by_facebook.test_a_token_that_may_not_publish_is_told_with_the_permission_that_lacks(server, tmp_path)


def test_a_token_that_may_not_comment_is_fine_and_says_that_first_comments_would_be_missing(
    by_facebook: ByFacebook, server: Running, tmp_path: Path
) -> None:
    without(server, by_facebook.secret, "instagram_manage_comments")
    publisher = by_facebook.publisher(server, tmp_path)
    assert isinstance(publisher, Verifies)
    checked = publisher.verify()
    assert checked.ok
    assert "First comments would be missing: the access token lacks instagram_manage_comments." in checked.notes


def test_what_may_not_be_deleted_is_not_called_gone(by_facebook: ByFacebook, server: Running, tmp_path: Path) -> None:
    proof = by_facebook.settle(server, tmp_path, post(tmp_path, "instagram"), {"prepared": "0"})
    assert isinstance(proof, Published)
    without(server, by_facebook.secret, "instagram_manage_contents")
    publisher = by_facebook.publisher(server, tmp_path)
    assert isinstance(publisher, Deletes)
    refused = publisher.delete(proof.remote_id)
    assert refused is not None
    assert refused.reason == "Instagram does not let this app delete the post; delete it there by hand."
    assert len(by_facebook.shown(server)) == 1


def test_the_token_of_somebody_who_does_not_look_after_the_account_is_told(
    by_facebook: ByFacebook, server: Running, tmp_path: Path
) -> None:
    tokens = server.state["tokens"]
    tokens[by_facebook.secret]["user"] = "17841499999999999"
    server.switch(tokens=tokens)
    publisher = by_facebook.publisher(server, tmp_path)
    assert isinstance(publisher, Verifies)
    assert f"does not open the account number {graph.INSTAGRAM_USER}" in publisher.verify().reason


def test_the_end_of_a_person_s_token_is_the_network_s_own_word(by_facebook: ByFacebook, server: Running, tmp_path: Path) -> None:
    tokens = server.state["tokens"]
    tokens[by_facebook.secret]["expires"] = (SystemClock().now() + timedelta(days=20)).timestamp()
    server.switch(tokens=tokens)
    publisher = by_facebook.publisher(server, tmp_path)
    assert isinstance(publisher, Verifies)
    assert isinstance(publisher, TellsEnd)
    assert not isinstance(publisher, Renews)
    ends = publisher.ends()
    assert ends is not None
    assert publisher.verify().token_expires == ends


def test_tokens_of_the_two_logins_go_to_their_own_addresses(tmp_path: Path) -> None:
    def address(**settings: str) -> str:
        adapter = known_networks()["instagram"]
        defaults = {setting.name: setting.default for setting in adapter.facts.settings if setting.default is not None}
        account = Account(name="gram", network="instagram", settings={**defaults, "user_id": "1", **settings})
        host = OwnHost(Shelf(tmp_path / "shelf", SystemClock()), "https://media.example.org", "127.0.0.1:9")
        publisher: Any = adapter.connect(Connection(account, tmp_path, lambda: "token", media=host))  # type: ignore[misc] # it is there
        return str(publisher.graph.exchange.address.base)

    assert address() == "https://graph.instagram.com"
    assert address(login="facebook") == "https://graph.facebook.com"
    assert address(login="facebook", graph_url="https://proxy.example.org") == "https://proxy.example.org"
    with pytest.raises(ConfigurationError, match="there are instagram and facebook"):
        address(login="google")


@contextmanager
def bad_host(what: str) -> Iterator[str]:
    """Serves pictures in a way that networks cannot use."""
    if what == "nobody":
        yield f"http://127.0.0.1:{processes.free_port()}"
        return
    over = threading.Event()

    class Handler(Answering):
        def get(self) -> None:
            if what == "slow":
                over.wait(60)
            self.say(404 if what == "missing" else 200, b"<html>no picture</html>", {"Content-Type": "text/html"})

    with at_loopback(Handler) as address:
        yield address.replace("localhost", "127.0.0.1")
        over.set()


# The rows of "Error Codes" (2026-06-02), then the general codes of the Graph API.
CODES = [
    (-2, 2207003, "", False),
    (-2, 2207020, "", False),
    (-1, 2207001, "", False),
    (-1, 2207032, "", False),
    (-1, 2207053, "", False),
    (1, 2207057, "content", True),
    (4, 2207051, "restricted", False),
    (9, 2207042, "rate", False),
    (24, 2207006, "", False),
    (24, 2207008, "", False),
    (25, 2207050, "restricted", False),
    (100, 2207028, "content", True),
    (100, 2207040, "content", True),
    (352, 2207026, "media", True),
    (9004, 2207052, "", False),
    (9007, 2207027, "", False),
    (36000, 2207004, "media", True),
    (36001, 2207005, "media", True),
    (36003, 2207009, "media", True),
    (36004, 2207010, "content", True),
    (190, 0, "auth", False),
    (190, 460, "auth", False),
    (190, 463, "auth", False),
    (190, 458, "auth", False),
    (190, 467, "auth", False),
    (10, 0, "auth", False),
    (200, 0, "auth", False),
    (299, 0, "auth", False),
    (4, 0, "rate", False),
    (17, 0, "rate", False),
    (32, 0, "rate", False),
    (613, 0, "rate", False),
    (80002, 0, "rate", False),
    (1, 0, "", False),
    (2, 0, "", False),
    (100, 1366046, "media", True),
    (1, 1390008, "rate", False),
    (1, 1346003, "content", True),
    (1, 1404006, "restricted", False),
    (1, 1404102, "content", True),
    (1, 1404078, "auth", False),
    (1, 1366051, "duplicate", False),
    (1, 1609008, "content", True),
    (1, 1363047, "", False),
    (1, 1609010, "", False),
    (1, 4854002, "restricted", False),
    (506, 0, "duplicate", False),
    (10, 4279013, "restricted", False),
    (12345, 0, "content", True),
]


@pytest.mark.parametrize(("code", "subcode", "kind", "permanent"), CODES)
def test_every_error_lands_in_its_class(code: int, subcode: int, kind: str, *, permanent: bool) -> None:
    body = {"error": {"message": "m", "code": code} | ({"error_subcode": subcode} if subcode else {})}
    refusal = GraphError.read(body).refusal("Instagram")
    assert (refusal.kind, refusal.permanent) == (kind, permanent)
    assert refusal.reason.endswith((".", "m"))
    assert "{" not in refusal.reason


@pytest.mark.parametrize("body", [None, [], "x", {}, {"error": None}, {"error": {"code": "x"}}])
def test_a_body_that_is_no_error_is_read_as_one_without_numbers(body: object) -> None:
    assert GraphError.read(body).says_nothing
