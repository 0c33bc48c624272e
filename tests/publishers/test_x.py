import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from scheduler.graphics.picture import measure
from scheduler.model.animations import Animations
from scheduler.model.errors import ConfigurationError
from scheduler.model.graphic import Picture
from scheduler.model.outcome import Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Media, Outgoing, Reply
from scheduler.publishers.x.publisher import TweetPublisher
from scheduler.publishers.x.signing import Keys, authorization
from scheduler.publishers.x.text import count
from tests.emulators import x
from tests.emulators.emulating import Running
from tests.emulators.x_signing import is_signed
from tests.moving import moving
from tests.publishers.filming import FilmsInPieces
from tests.publishers.posts import Killed, Memory, Shown, post

PREPARED = {"prepared": "2020-01-01T00:00:00Z"}


def thread(folder: Path) -> Outgoing:
    first = post(folder, "x", "Strike on Monday", pictures=1)
    other = post(folder, "x", pictures=2, delivery="ffffffffffff").media
    return replace(first, replies=(Reply("Bring water 💧"), Reply("And a friend", media=other), Reply("Bring water 💧")))


def chain(server: Running) -> list[str]:
    """Returns the words from the first post downwards, and holds each to answer the one before it."""
    rows = server.state["tweets"]
    assert [row["above"] for row in rows] == ["", *(row["id"] for row in rows[:-1])]
    return [row["text"] for row in rows]


class TestX(FilmsInPieces):
    emulator = "x"
    network = "x"
    visible = "POST /2/tweets"
    piece = 2**20
    slowly: ClassVar[Mapping[str, int]] = {"polls": 100, "check_after": 30}
    steps = ("POST /2/media/upload/initialize", r"POST .*/append", r"POST .*/finalize", "GET /2/media/upload")
    ids: ClassVar[dict[str, str]] = PREPARED
    refusal = "X cannot use the film of this post: Video is longer than 140 seconds or shorter than 0.5."
    secret = x.SECRET
    repeats = "words that it has seen"

    def settings(self, server: Running) -> dict[str, str]:
        return {"api_url": server.address, "accept_cost": "true"}

    def shown(self, server: Running) -> list[Shown]:
        return [Shown(each["text"], tuple(each["alts"])) for each in server.state["tweets"]]

    def polled(self, server: Running) -> list[dict[str, Any]]:
        polls = [each["poll"] for each in server.state["tweets"] if each["poll"]]
        return [{"options": poll["options"], "minutes": poll["duration_minutes"]} for poll in polls]

    def films(self, server: Running) -> list[dict[str, Any]]:
        return [each for each in server.state["media"].values() if each["kind"] == "tweet_video"]

    def seen(self, server: Running) -> list[list[dict[str, Any]]]:
        state = server.state
        return [[state["media"][number] for number in each["media"]] for each in state["tweets"]]

    def uploads(self, server: Running) -> list[str]:
        return [re.sub(r"\d{2,}", "ID", call) for call in server.state["calls"] if "/media/upload" in call]

    def with_gif(self, folder: Path, frames: int = 3, *, beside: int = 0) -> Outgoing:
        shown = Media(moving(folder / "days.gif", frames, (300, 300)), "Three days left")
        return replace(post(folder, "x", pictures=beside), media=(shown, *post(folder, "x", pictures=beside).media))

    def test_a_gif_that_moves_is_uploaded_in_pieces_and_waited_for(self, server: Running, tmp_path: Path) -> None:
        """Its category is its own; what the network works on for a while is not shown before it is ready."""
        assert isinstance(self.settle(server, tmp_path, self.with_gif(tmp_path), dict(PREPARED)), Published)
        [tweet] = server.state["tweets"]
        assert tweet["alts"] == ["Three days left"]
        assert [server.state["media"][each]["frames"] for each in tweet["media"]] == [3]
        begun = ["POST /2/media/upload/initialize", "POST /2/media/upload/ID/append", "POST /2/media/upload/ID/finalize"]
        assert self.uploads(server) == [*begun, *["GET /2/media/upload"] * 2]

    def test_a_large_one_goes_in_pieces_of_a_megabyte(self, server: Running, tmp_path: Path) -> None:
        noise = [Image.effect_noise((1_000, 1_000), 90 + number) for number in range(3)]
        noise[0].save(tmp_path / "noise.gif", save_all=True, append_images=noise[1:])
        picture = measure(tmp_path / "noise.gif")
        assert isinstance(picture, Picture)
        outgoing = replace(post(tmp_path, "x", pictures=0), media=(Media(picture, "Noise"),))
        assert isinstance(self.settle(server, tmp_path, outgoing, dict(PREPARED)), Published)
        assert sum("append" in call for call in self.uploads(server)) == -(-picture.bytes // 2**20) > 1

    def test_a_gif_of_one_picture_is_a_photo_among_photos(self, server: Running, tmp_path: Path) -> None:
        assert isinstance(self.settle(server, tmp_path, self.with_gif(tmp_path, 1, beside=2), dict(PREPARED)), Published)
        assert self.uploads(server) == ["POST /2/media/upload"] * 3

    def test_one_that_moves_beside_others_is_refused_here_and_by_the_network(self, server: Running, tmp_path: Path) -> None:
        outgoing = self.with_gif(tmp_path, beside=1)
        refused = self.settle(server, tmp_path, outgoing, dict(PREPARED))
        assert isinstance(refused, Refused)
        assert "X takes a picture that moves alone in a post" in refused.reason
        assert self.uploads(server) == []
        publisher = self.publisher(server, tmp_path)
        assert isinstance(publisher, TweetPublisher)
        loose = replace(publisher.facts.limits, animations=Animations(formats=("image/gif",)))
        careless = replace(publisher, facts=replace(publisher.facts, limits=loose))
        refused = careless.publish(Envelope(outgoing, dict(PREPARED)), Memory({}).remember)
        assert isinstance(refused, Refused)
        assert "1 animated GIF" in refused.reason
        blind = replace(publisher, facts=replace(publisher.facts, limits=replace(loose, animations=Animations())))
        refused = blind.publish(Envelope(self.with_gif(tmp_path), dict(PREPARED)), Memory({}).remember)
        assert isinstance(refused, Refused)
        assert "tweet_gif" in refused.reason
        assert server.state["tweets"] == []

    @pytest.mark.parametrize("do", ["initialize", "append", "finalize", "upload$"])
    def test_an_upload_in_pieces_that_breaks_off_is_begun_anew(self, server: Running, tmp_path: Path, do: str) -> None:
        outgoing, ids = self.with_gif(tmp_path), dict(PREPARED)
        server.fault(f".*{do}", "answer", status=503, body="<h1>Busy</h1>")
        first = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert isinstance(first, Refused)
        assert not first.permanent
        assert isinstance(self.settle(server, tmp_path, outgoing, ids), Published)
        assert len(server.state["tweets"]) == 1

    def test_one_that_the_network_cannot_use_is_the_picture_s_fault(self, server: Running, tmp_path: Path) -> None:
        server.fault("GET /2/media/upload", "answer", status=200, body={"data": {"id": "1", "processing_info": {"state": "failed"}}})
        refused = self.settle(server, tmp_path, self.with_gif(tmp_path), dict(PREPARED))
        assert isinstance(refused, Refused)
        assert (refused.kind, refused.permanent) == ("media", True)

    def test_no_piece_of_a_film_is_larger_than_a_megabyte_and_its_category_is_its_own(self, server: Running, tmp_path: Path) -> None:
        outgoing = self.film(tmp_path)
        assert isinstance(self.settle(server, tmp_path, outgoing, dict(PREPARED)), Published)
        [film] = self.films(server)
        assert film["pieces"] == {"0": 2**20, "1": outgoing.media[0].picture.bytes - 2**20}
        assert not any("metadata" in call for call in server.state["calls"]), "X takes no description of a film, and charges for each"

    def test_a_film_that_x_has_forgotten_is_brought_again(self, server: Running, tmp_path: Path) -> None:
        server.switch(**self.slowly)
        outgoing, ids = self.film(tmp_path), dict(PREPARED)
        assert isinstance(self.tried(server, tmp_path, outgoing, ids), Refused)
        server.switch(media={}, polls=0)
        assert isinstance(self.tried(server, tmp_path, outgoing, ids), Published)
        self.is_out_once(server, outgoing)

    @pytest.mark.parametrize(
        "body", [{"errors": [{"title": "Not Found Error", "detail": "Could not find it."}]}, {"data": []}, {}], ids=str
    )
    def test_a_film_of_which_x_says_nothing_is_not_taken_for_ready(self, server: Running, tmp_path: Path, body: dict[str, Any]) -> None:
        server.fault("GET /2/media/upload", "answer", status=200, body=body)
        outgoing, ids = self.film(tmp_path), dict(PREPARED)
        outcome = self.tried(server, tmp_path, outgoing, ids)
        assert isinstance(outcome, Refused)
        assert not outcome.permanent, outcome.reason
        assert self.visible not in server.state["calls"]
        assert isinstance(self.settle(server, tmp_path, outgoing, ids), Published)
        self.is_out_once(server, outgoing)

    @pytest.mark.parametrize("is_film", [True, False], ids=["film", "pictures"])
    def test_what_x_threw_away_while_the_post_had_to_wait_is_brought_again(self, server: Running, tmp_path: Path, *, is_film: bool) -> None:
        """It keeps what no post shows for a day: a quota or an unpaid bill can last longer."""
        outgoing, ids = self.film(tmp_path) if is_film else post(tmp_path, "x"), dict(PREPARED)
        server.fault(self.visible, "answer", status=402, body={"title": "CreditsDepleted", "detail": "No credits.", "type": "about:blank"})
        assert isinstance(self.tried(server, tmp_path, outgoing, ids), Refused)
        server.switch(media={})
        outcome = self.tried(server, tmp_path, outgoing, ids)
        assert isinstance(outcome, Refused)
        assert (outcome.permanent, "is uploaded again" in outcome.reason) == (False, True), outcome.reason
        assert isinstance(self.settle(server, tmp_path, outgoing, ids), Published)
        assert [len(tweet["media"]) for tweet in server.state["tweets"]] == [len(outgoing.media)]

    def test_a_refusal_of_what_was_just_brought_is_one(self, server: Running, tmp_path: Path) -> None:
        """Nothing is uploaded again and again for a post that X does not want."""
        body = {"title": "Invalid Request", "detail": "No.", "type": "https://api.twitter.com/2/problems/invalid-request"}
        server.fault(self.visible, "answer", status=400, body=body, times=5)
        outcome = self.settle(server, tmp_path, post(tmp_path, "x", pictures=1), dict(PREPARED))
        assert isinstance(outcome, Refused)
        assert outcome.permanent
        assert sum("/media/upload" in call for call in server.state["calls"]) == 1

    @pytest.mark.parametrize("seconds", [-5, 0, 7, 10**12, "soon", None])
    def test_x_is_asked_as_often_as_it_wants_to_be(self, server: Running, tmp_path: Path, seconds: object) -> None:
        server.switch(polls=3, check_after=seconds)
        outcome = self.tried(server, tmp_path, self.film(tmp_path), dict(PREPARED))
        if seconds == 10**12:
            assert isinstance(outcome, Refused)
            assert (outcome.permanent, outcome.retry_after) == (False, timedelta(minutes=10))
        else:
            assert isinstance(outcome, Published)

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            ({"data": {"processing_info": {"state": "failed", "error": {"message": "Unsupported codec."}}}}, "post: Unsupported codec."),
            ({"data": {"processing_info": {"state": "failed"}}, "errors": [{"title": "Gone"}]}, "post: Gone."),
            ({"data": {"processing_info": {"state": "failed"}}, "errors": "x"}, "does not say why: export it again as MP4"),
        ],
    )
    def test_what_is_wrong_with_a_film_is_said_in_x_s_words(
        self, server: Running, tmp_path: Path, answer: dict[str, Any], said: str
    ) -> None:
        server.fault("GET /2/media/upload", "answer", status=200, body=answer)
        outcome = self.tried(server, tmp_path, self.film(tmp_path), dict(PREPARED))
        assert isinstance(outcome, Refused)
        assert (outcome.kind, outcome.permanent, said in outcome.reason) == ("media", True, True), outcome.reason

    def test_a_film_costs_no_more_than_its_post(self, server: Running, tmp_path: Path) -> None:
        price = self.facts(server).price
        assert price is not None
        film = self.film(tmp_path)
        assert [price(film), price(replace(film, media=post(tmp_path, "x", pictures=1).media))] == [Decimal("0.015"), Decimal("0.020")]

    def test_the_answers_of_a_thread_ask_nothing(self, server: Running, tmp_path: Path) -> None:
        outgoing = replace(self.asking(tmp_path), replies=(Reply("Bring water"),))
        assert isinstance(self.settle(server, tmp_path, outgoing, dict(PREPARED)), Published)
        assert [bool(each["poll"]) for each in server.state["tweets"]] == [True, False]

    def test_a_second_cashtag_is_told_before_x_refuses_it(self, server: Running, tmp_path: Path) -> None:
        one, two = (post(tmp_path, self.network, text, pictures=0) for text in ("Pay at $TSLA: $25 more", "Pay at $TSLA and $AAPL"))
        assert isinstance(self.settle(server, tmp_path, one, dict(PREPARED)), Published)
        outcome = self.settle(server, tmp_path, two, dict(PREPARED))
        assert isinstance(outcome, Refused)
        assert outcome.reason == "X takes 1 cashtag; this post has 2, $TSLA $AAPL: leave out 1."
        careless = self.publisher(server, tmp_path)
        assert isinstance(careless, TweetPublisher)
        facts = replace(careless.facts, limits=replace(careless.facts.limits, cashtags=None))
        refused = self.try_once(replace(careless, facts=facts), Envelope(two, dict(PREPARED)))
        assert isinstance(refused, Refused)
        assert "one cashtag" in refused.reason, "the emulator holds it by itself"
        answered = replace(one, text="Pay", replies=(Reply("$a and $b"),))
        assert isinstance(self.settle(server, tmp_path, answered, dict(PREPARED)), Refused)

    def test_links_that_come_back_in_another_form_are_recognised(self, server: Running, tmp_path: Path) -> None:
        server.fault(self.visible, "drop")
        text = "Sign https://example.org/a?b=1&c=2 & https://example.org <now>"
        proof = self.settle(server, tmp_path, post(tmp_path, self.network, text), dict(PREPARED))
        assert isinstance(proof, Published)
        assert len(server.state["tweets"]) == 1

    def test_an_address_without_a_scheme_comes_back_with_one_and_is_recognised(self, server: Running, tmp_path: Path) -> None:
        server.fault(self.visible, "drop")
        outgoing = post(tmp_path, self.network, "Sign at example.org/strike, today! (www.example.org)", pictures=0)
        assert isinstance(self.settle(server, tmp_path, outgoing, dict(PREPARED)), Published)
        assert len(server.state["tweets"]) == 1

    def test_words_that_were_out_before_ours_are_not_taken_for_ours(self, server: Running, tmp_path: Path) -> None:
        first = post(tmp_path, self.network, "Strike on Monday", pictures=0, delivery="000000000001")
        assert isinstance(self.settle(server, tmp_path, first, dict(PREPARED)), Published)
        second = post(tmp_path, self.network, "Strike on Monday", pictures=0, delivery="000000000002")
        outcome = self.settle(server, tmp_path, second, dict(PREPARED))
        assert isinstance(outcome, Refused)
        assert outcome.kind == "duplicate"

    def test_a_duplicate_that_is_not_shown_is_a_person_s_question(self, server: Running, tmp_path: Path) -> None:
        body = {"detail": "You are not allowed to create a Tweet with duplicate content.", "status": 403}
        server.fault(self.visible, "answer", status=403, body=body)
        ids = {**PREPARED, "asked": "yes"}
        outcome = self.publisher(server, tmp_path).publish(
            Envelope(post(tmp_path, self.network, pictures=0), dict(ids)), Memory(ids).remember
        )
        assert isinstance(outcome, Uncertain)

    def test_nothing_is_sent_before_the_price_is_accepted(self, server: Running, tmp_path: Path) -> None:
        self.settings = lambda server: {"api_url": server.address}  # type: ignore[method-assign] # one test's own
        with pytest.raises(ConfigurationError, match=r"\$0\.015"):
            self.publisher(server, tmp_path)

    @pytest.mark.parametrize("secret", ["planted", "planted:b:c", "planted:b:c:", "planted:b:c:d:e"])
    def test_a_secret_in_another_form_is_not_shown(self, server: Running, tmp_path: Path, secret: str) -> None:
        with pytest.raises(ConfigurationError) as caught:
            self.publisher(server, tmp_path, secret)
        assert "planted" not in caught.value.message

    @pytest.mark.parametrize("number", [1, 2, 3, 4])
    @pytest.mark.parametrize("late", [True, False], ids=["after it was done", "before it was done"])
    def test_a_lost_answer_of_any_post_is_one_whole_thread(self, server: Running, tmp_path: Path, number: int, *, late: bool) -> None:
        outgoing = thread(tmp_path)
        if number > 1:
            server.fault(self.visible, "slow", seconds=0, times=number - 1)
        server.fault(self.visible, "drop", early=not late)
        proof = self.settle(server, tmp_path, outgoing, dict(PREPARED))
        assert isinstance(proof, Published), proof
        assert chain(server) == [outgoing.text, *(reply.text for reply in outgoing.replies)]
        assert proof.remote_id == server.state["tweets"][0]["id"]

    def test_a_thread_that_is_told_to_wait_in_the_middle_waits_as_long_as_it_is_told(self, server: Running, tmp_path: Path) -> None:
        outgoing, ids = thread(tmp_path), dict(PREPARED)
        server.fault(self.visible, "slow", seconds=0, times=2)
        server.fault(self.visible, "answer", status=429, body={"title": "Too Many Requests"}, headers={"retry-after": "700"})
        outcome = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert isinstance(outcome, Uncertain)
        assert (outcome.reason.startswith("The thread is out up to its post 2;"), outcome.retry_after) == (True, timedelta(seconds=700))
        assert isinstance(self.publisher(server, tmp_path).find(Envelope(outgoing, dict(ids))), Published)
        assert chain(server) == [outgoing.text, *(reply.text for reply in outgoing.replies)]

    @pytest.mark.parametrize("dies", range(1, 12))
    def test_a_death_at_any_id_of_a_thread_heals_into_one(self, server: Running, tmp_path: Path, dies: int) -> None:
        outgoing, ids = thread(tmp_path), dict(PREPARED)
        with suppress(Killed):
            self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids, dies).remember)
        assert isinstance(self.settle(server, tmp_path, outgoing, ids, Uncertain("the program ended")), Published)
        assert chain(server) == [outgoing.text, *(reply.text for reply in outgoing.replies)]


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("", 0),
        ("a" * 280, 280),
        ("é", 1),
        ("e\u0301", 1),
        ("漢字", 4),
        ("한국", 4),
        ("नमस्ते", 6),
        ("👨‍👩‍👧‍👦", 2),
        ("✊🏾", 2),
        ("🇵🇸🇵🇸", 4),
        ("🏳️‍🌈", 2),
        ("1️⃣", 2),
        ("1 # *", 5),
        ("“quotes” – and…", 16),
        ("https://example.org/a/very/long/path?that=goes&on=and#on", 23),
        ("example.org", 23),
        ("see example.org.", 4 + 23 + 1),
        ("nothing.here-is-no-ending", 25),
        ("mail@example.org", 16),
        ("(https://example.org/a)", 25),
        ("@user #tag", 10),
    ],
)
def test_text_is_weighed_as_x_does(text: str, weight: int) -> None:
    assert count(text) == weight


@given(st.text(max_size=100))
def test_any_text_can_be_weighed(text: str) -> None:
    assert 0 <= count(text) <= 4 * max(len(text), 23)


# The example of "Creating a signature" in X's documentation of OAuth 1.0a.
def test_requests_are_signed_as_in_x_s_own_example() -> None:
    keys = Keys(
        "xvz1evFS4wEEPTGEFPHBog",
        "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
        "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
    )
    params = {"status": "Hello Ladies + Gentlemen, a signed OAuth request!", "include_entities": "true"}
    stamp = (datetime.fromtimestamp(1318622958, UTC), "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg")
    header = authorization(keys, "POST", "https://api.twitter.com/1.1/statuses/update.json", params, stamp)
    assert 'oauth_signature="hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D"' in header
    secret = f"{keys.app}:{keys.app_secret}:{keys.token}:{keys.token_secret}"
    url = "https://api.twitter.com/1.1/statuses/update.json"
    assert is_signed(secret, "POST", url, params, header)
    assert not is_signed(secret, "POST", url, {**params, "status": "Other words"}, header)
