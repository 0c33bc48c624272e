"""Telegram, Discord and Slack: one visible call, and a person where its answer is lost."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from scheduler.model.errors import ConfigurationError
from scheduler.model.facets import facets_of
from scheduler.model.outcome import Absent, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Facet, LinkCard, Media, Outgoing
from scheduler.model.poll import Poll
from scheduler.publishers.contract import Deletes, Edits
from tests.emulators import discord, slack, telegram
from tests.emulators.emulating import Running
from tests.films import Film
from tests.films import measured as film_at
from tests.moving import moving
from tests.publishers.emulated import Emulated
from tests.publishers.filming import TOLD, FilmsAmongPictures
from tests.publishers.posts import Killed, Memory, Shown, heavy, jpeg, post


class Message(Emulated):
    proves = False

    def settings(self, server: Running) -> dict[str, str]:
        del server
        return {}

    def shown(self, server: Running) -> list[Shown]:
        return [Shown(each["text"], tuple(each.get("alts", ()))) for each in server.state["messages"]]

    def test_a_death_before_the_call_proves_that_nothing_is_out(self, server: Running, tmp_path: Path) -> None:
        outgoing, ids = post(tmp_path, self.network, pictures=self.pictures), dict[str, str]()
        with pytest.raises(Killed):
            self.publisher(server, tmp_path).publish(Envelope(outgoing, {}), Memory(ids, dies=1, before=True).remember)
        assert self.publisher(server, tmp_path).find(Envelope(outgoing, ids)) == Absent(is_uncalled=True)
        assert isinstance(self.settle(server, tmp_path, outgoing, ids), Published)
        assert len(self.shown(server)) == 1

    no: ClassVar[Any] = None
    """Is an error in the network's own form."""

    def test_a_clear_no_leaves_no_doubt(self, server: Running, tmp_path: Path) -> None:
        outgoing, ids = post(tmp_path, self.network, pictures=self.pictures), dict[str, str]()
        server.fault("POST .*", "answer", status=400, body=self.no)
        assert isinstance(self.publisher(server, tmp_path).publish(Envelope(outgoing, {}), Memory(ids).remember), Refused)
        assert self.publisher(server, tmp_path).find(Envelope(outgoing, ids)) == Absent(is_uncalled=True)

    def test_an_answer_in_no_known_form_is_a_doubt(self, server: Running, tmp_path: Path) -> None:
        outgoing, ids = post(tmp_path, self.network, pictures=self.pictures), dict[str, str]()
        server.fault("POST .*", "answer", status=200, body="<html>", late=True)
        outcome = self.publisher(server, tmp_path).publish(Envelope(outgoing, {}), Memory(ids).remember)
        assert isinstance(outcome, Uncertain)
        assert isinstance(self.settle(server, tmp_path, outgoing, ids, outcome), Uncertain)
        assert len(self.shown(server)) == 1


class TestTelegram(FilmsAmongPictures, Message):
    emulator = "telegram"
    network = "telegram"
    visible = "POST /bot.*"
    secret = telegram.TOKEN
    no: ClassVar[Any] = {"ok": False, "error_code": 400, "description": "no"}
    alts = False

    def settings(self, server: Running) -> dict[str, str]:
        return {"api_url": server.address, "chat": telegram.CHAT}

    def test_words_that_stand_for_a_link_are_marked_where_they_are(self, server: Running, tmp_path: Path) -> None:
        text = "👩🏽‍🏭 Sign the petition"
        start = text.index("petition")
        facets = (Facet("link", start, len(text), "https://example.org/petition"),)
        outgoing = Outgoing(delivery="d", account="main", network=self.network, text=text, facets=facets)
        proof = self.settle(server, tmp_path, outgoing, {})
        assert isinstance(proof, Published)
        assert proof.url.startswith("https://t.me/harbourworkers/")
        assert server.state["messages"][0]["links"] == [["petition", "https://example.org/petition"]]

    def test_an_address_without_its_scheme_becomes_a_link_by_itself(self, server: Running, tmp_path: Path) -> None:
        text = "Sign at example.org/petition"
        outgoing = Outgoing(delivery="d", account="main", network=self.network, text=text, facets=facets_of(text))
        assert isinstance(self.settle(server, tmp_path, outgoing, {}), Published)
        assert server.state["messages"][0]["links"] == []

    @pytest.mark.parametrize(("pictures", "most"), [(0, 4_096), (1, 1_024), (2, 1_024)])
    def test_the_limit_is_another_one_beside_pictures(self, server: Running, tmp_path: Path, pictures: int, most: int) -> None:
        fits = "😀" * most
        assert isinstance(self.settle(server, tmp_path, post(tmp_path, self.network, fits, pictures=pictures), {}), Published)
        outcome = self.settle(server, tmp_path, post(tmp_path, self.network, f"{fits}x", pictures=pictures), {})
        assert isinstance(outcome, Refused)
        assert f"{most:,} characters" in outcome.reason

    @pytest.mark.parametrize(("size", "fits"), [((9_000, 1_000), True), ((9_000, 1_001), False)])
    def test_width_and_height_have_a_limit_together(self, server: Running, tmp_path: Path, size: tuple[int, int], fits: bool) -> None:
        photo = jpeg(tmp_path, "panorama.jpg", size)
        outgoing = replace(post(tmp_path, self.network, "Come", pictures=0), media=(Media(photo, "From above"),))
        outcome = self.try_once(self.publisher(server, tmp_path), Envelope(outgoing, {}))
        assert isinstance(outcome, Published if fits else Refused)
        assert fits or "width and height make up to 10,000 pixels together" in getattr(outcome, "reason", "")
        with Path(photo.path).open("rb") as file:
            said = httpx.post(
                f"{server.address}/bot{self.secret}/sendPhoto", data={"chat_id": telegram.CHAT, "photo": "attach://p"}, files={"p": file}
            )
        assert said.is_success is fits  # the emulator holds it by itself

    def brought(self, server: Running) -> list[list[str]]:
        return [[file["sha256"] for file in each["shown"]] for each in server.state["messages"]]

    def test_a_film_is_a_video_that_plays_while_it_loads(self, server: Running, tmp_path: Path) -> None:
        text = "See the petition"
        facets = (Facet("link", 8, len(text), "https://example.org/petition"),)
        outgoing = replace(self.filmed(tmp_path), text=text, facets=facets)
        proof = self.settle(server, tmp_path, outgoing, {})
        assert isinstance(proof, Published)
        [message] = server.state["messages"]
        wanted = {"type": "video", "width": 1080, "height": 1920, "duration": 12, "supports_streaming": True}
        assert message["shown"] == [{**wanted, "sha256": outgoing.media[0].picture.sha256}]
        assert message["links"] == [["petition", "https://example.org/petition"]]
        assert server.state["calls"] == [f"POST /bot{self.secret}/sendVideo"]
        publisher = self.publisher(server, tmp_path)
        assert isinstance(publisher, Edits)
        assert isinstance(publisher.edit(proof.remote_id, replace(outgoing, text="Seen?", facets=())), Published)
        assert server.state["messages"][0]["text"] == "Seen?"

    def test_films_stand_beside_photos_in_one_group(self, server: Running, tmp_path: Path) -> None:
        outgoing = self.filmed(tmp_path, pictures=4)
        second = Media(film_at(tmp_path / "second.mp4", Film(seconds=7.6, size=(640, 360))), "")
        outgoing = replace(outgoing, media=(*outgoing.media, second))
        assert isinstance(self.settle(server, tmp_path, outgoing, {}), Published)
        [message] = server.state["messages"]
        assert [file["type"] for file in message["shown"]] == ["video", "photo", "photo", "photo", "photo", "video"]
        assert [message["shown"][-1][name] for name in ("width", "height", "duration", "supports_streaming")] == [640, 360, 8, True]
        assert server.state["calls"] == [f"POST /bot{self.secret}/sendMediaGroup"]

    def test_a_gif_that_moves_is_an_animation_alone_in_its_message(self, server: Running, tmp_path: Path) -> None:
        plain = post(tmp_path, self.network, pictures=1)
        days = Media(moving(tmp_path / "days.gif"), "Three days left")
        assert isinstance(self.settle(server, tmp_path, replace(plain, media=(days,)), {}), Published)
        [message] = server.state["messages"]
        wanted = {"type": "animation", "width": 80, "height": 100, "sha256": days.picture.sha256}
        assert (message["text"], message["shown"]) == (plain.text, [wanted])
        for beside in ((days, *plain.media), (*plain.media, days), (days, days)):
            outcome = self.try_once(self.publisher(server, tmp_path), Envelope(replace(plain, media=beside), {}))
            assert isinstance(outcome, Refused)
            assert "a picture that moves alone in a post" in outcome.reason
        assert server.state["calls"] == [f"POST /bot{self.secret}/sendAnimation"]

    def test_a_png_that_moves_is_the_photo_that_readers_see_of_it(self, server: Running, tmp_path: Path) -> None:
        days = Media(moving(tmp_path / "days.png"), "Three days left")
        assert isinstance(self.settle(server, tmp_path, replace(post(tmp_path, self.network, pictures=0), media=(days,)), {}), Published)
        assert [file["type"] for file in server.state["messages"][0]["shown"]] == ["photo"]

    def test_what_the_api_makes_no_player_for_is_refused_before_it_is_sent(self, server: Running, tmp_path: Path) -> None:
        plain = post(tmp_path, self.network, pictures=0)
        clip, days = film_at(tmp_path / "clip.mov", Film(brand="qt  ")), moving(tmp_path / "days.webp")
        for picture, said in ((clip, "takes films as MP4"), (days, "takes pictures as JPEG or PNG; “days.webp” moves")):
            outcome = self.try_once(self.publisher(server, tmp_path), Envelope(replace(plain, media=(Media(picture, "Seen"),)), {}))
            assert isinstance(outcome, Refused)
            assert said in outcome.reason
        assert server.state["calls"] == []

    def test_the_server_of_the_tests_holds_films_to_the_api_itself(self, server: Running) -> None:
        def said(method: str, data: dict[str, str], file: bytes) -> tuple[int, str]:
            where = f"{server.address}/bot{self.secret}/{method}"
            reply = httpx.post(where, data={"chat_id": telegram.CHAT, **data}, files={"p": ("p", file)})
            return reply.status_code, reply.json().get("description", "")

        item = {"type": "animation", "media": "attach://p"}
        refused = said("sendMediaGroup", {"media": json.dumps([item, item])}, b"GIF89a")
        assert refused == (400, "Bad Request: can't parse InputMedia: type \"animation\" can't be used in sendMediaGroup")
        assert said("sendVideo", {"video": "attach://q"}, b"film") == (400, "Bad Request: there is no video in the request")
        assert said("sendVideo", {"video": "attach://p"}, bytes(telegram.MOST + 1)) == (413, "Request Entity Too Large")
        assert said("sendVideo", {"video": "attach://p"}, Film(brand="qt  ").data) == (200, "")
        assert server.state["messages"][-1]["shown"][0]["type"] == "document"

    @pytest.mark.parametrize("name", ["days.gif", "march.mp4"])
    def test_a_film_or_a_gif_stands_above_a_poll(self, server: Running, tmp_path: Path, name: str) -> None:
        shown = moving(tmp_path / name) if name.endswith(".gif") else film_at(tmp_path / name)
        plain = replace(post(tmp_path, self.network, "Come", pictures=0), media=(Media(shown, "Seen"),))
        outgoing = replace(plain, poll=Poll(("Yes", "No"), question="Strike?"))
        assert isinstance(self.settle(server, tmp_path, outgoing, {}), Published)
        [message] = server.state["messages"]
        assert [file["type"] for file in message["shown"]] == ["animation" if name.endswith(".gif") else "video"]
        assert message["poll"]["question"] == "Strike?"

    def test_every_picture_of_a_group_is_taken_back(self, server: Running, tmp_path: Path) -> None:
        proof = self.settle(server, tmp_path, post(tmp_path, self.network, pictures=4), {})
        assert isinstance(proof, Published)
        assert len(proof.remote_id.rpartition("/")[2].split(",")) == 4
        publisher = self.publisher(server, tmp_path)
        assert isinstance(publisher, Deletes)
        assert publisher.delete(proof.remote_id) is None
        assert server.state["messages"] == []

    def test_words_that_are_there_already_are_mended(self, server: Running, tmp_path: Path) -> None:
        outgoing = post(tmp_path, self.network, pictures=0)
        proof = self.settle(server, tmp_path, outgoing, {})
        publisher = self.publisher(server, tmp_path)
        assert isinstance(proof, Published)
        assert isinstance(publisher, Edits)
        assert isinstance(publisher.edit(proof.remote_id, outgoing), Published)

    def polled(self, server: Running) -> list[dict[str, Any]]:
        return [each["poll"] for each in server.state["messages"] if "poll" in each]

    @pytest.mark.parametrize("pictures", [0, 1])
    def test_a_poll_has_the_text_above_it_and_a_picture_in_one_message(self, server: Running, tmp_path: Path, pictures: int) -> None:
        text = "We have waited long enough.\n\nRead our demands"
        start = text.index("demands")
        facets = (Facet("link", start, len(text), "https://example.org/demands"),)
        plain = post(tmp_path, self.network, text, pictures=pictures)
        outgoing = replace(plain, facets=facets, poll=Poll(("Yes", "No"), question="Strike?"))
        proof = self.settle(server, tmp_path, outgoing, {})
        assert isinstance(proof, Published)
        [message] = server.state["messages"]
        assert (message["text"], message["pictures"]) == (text, pictures)
        assert message["links"] == [["demands", "https://example.org/demands"]]
        assert message["poll"] == {"question": "Strike?", "options": ["Yes", "No"], "minutes": 24 * 60, "multiple": False}
        assert [call for call in server.state["calls"] if call.startswith("POST")] == [f"POST /bot{self.secret}/sendPoll"]
        publisher = self.publisher(server, tmp_path)
        assert isinstance(publisher, Edits)
        mended = publisher.edit(proof.remote_id, replace(outgoing, text="Other words"))
        assert isinstance(mended, Refused)
        assert "take it back" in mended.reason

    @pytest.mark.parametrize(
        ("text", "pictures", "said"), [("x" * 1_025, 0, "1,024 characters beside a poll"), ("x", 2, "1 picture in a poll")]
    )
    def test_what_does_not_fit_beside_a_poll_is_not_sent(
        self, server: Running, tmp_path: Path, text: str, pictures: int, said: str
    ) -> None:
        outgoing = replace(post(tmp_path, self.network, text, pictures=pictures), poll=Poll(("Yes", "No"), question="Strike?"))
        outcome = self.settle(server, tmp_path, outgoing, {})
        assert isinstance(outcome, Refused)
        assert said in outcome.reason

    def test_a_chat_is_needed(self, server: Running, tmp_path: Path) -> None:
        server = Running(server.address, server.folder)
        self.settings = lambda server: {"api_url": server.address}  # type: ignore[method-assign] # one test's own
        with pytest.raises(ConfigurationError, match="has no chat"):
            self.publisher(server, tmp_path)


class TestDiscord(FilmsAmongPictures, Message):
    emulator = "discord"
    network = "discord"
    visible = "POST /api/webhooks/.*"
    secret = f"SERVER{discord.WEBHOOK}"
    no: ClassVar[Any] = {"code": 50035, "message": "no"}

    def brought(self, server: Running) -> list[list[str]]:
        return [[digest for _, _, digest in each["files"]] for each in server.state["messages"]]

    def test_films_and_pictures_are_files_with_their_own_kinds(self, server: Running, tmp_path: Path) -> None:
        outgoing = self.filmed(tmp_path, pictures=1)
        clip = Media(film_at(tmp_path / "clip.mov", Film(brand="qt  ")), "")
        outgoing = replace(outgoing, media=(*outgoing.media, clip))
        assert isinstance(self.settle(server, tmp_path, outgoing, {}), Published)
        [message] = server.state["messages"]
        wanted = [["film-0.mp4", "video/mp4"], ["picture-1.jpg", "image/jpeg"], ["film-2.mov", "video/quicktime"]]
        assert [file[:2] for file in message["files"]] == wanted
        assert message["alts"] == [TOLD, outgoing.media[1].alt, ""]

    def test_nobody_is_called_and_the_message_has_an_address(self, server: Running, tmp_path: Path) -> None:
        proof = self.settle(server, tmp_path, post(tmp_path, self.network, "@everyone strike!", pictures=0), {})
        assert isinstance(proof, Published)
        assert proof.url.startswith("https://discord.com/channels/42/7/")
        assert [each["calls_everyone"] for each in server.state["messages"]] == [False]

    def test_a_link_that_does_not_stand_in_the_words_has_its_card(self, server: Running, tmp_path: Path) -> None:
        card = LinkCard("https://example.org/march", "March")
        outgoing = replace(post(tmp_path, self.network, "Come", pictures=0), link_card=card)
        assert isinstance(self.settle(server, tmp_path, outgoing, {}), Published)
        assert isinstance(self.settle(server, tmp_path, replace(outgoing, text=f"Come: {card.url}"), {}), Published)
        assert [each["embeds"] for each in server.state["messages"]] == [[{"title": "March", "url": card.url}], []]

    @pytest.mark.parametrize("pictures", [0, 1])
    def test_a_thread_in_the_address_of_the_webhook_is_where_messages_are(self, server: Running, tmp_path: Path, pictures: int) -> None:
        publisher = self.publisher(server, tmp_path, f"{server.address}{discord.WEBHOOK}?thread_id={discord.THREAD}")
        outgoing = post(tmp_path, self.network, pictures=pictures)
        outcome = self.try_once(publisher, Envelope(outgoing, {}))
        assert isinstance(outcome, Published)
        assert outcome.url.startswith(f"https://discord.com/channels/42/{discord.THREAD}/")
        assert [each["channel"] for each in server.state["messages"]] == [discord.THREAD]
        assert isinstance(publisher, Edits)
        assert isinstance(publisher, Deletes)
        assert isinstance(publisher.edit(outcome.remote_id, replace(outgoing, text="Later", media=())), Published)
        assert [each["text"] for each in server.state["messages"]] == ["Later"]
        assert publisher.delete(outcome.remote_id) is None
        assert server.state["messages"] == []

    @pytest.mark.parametrize("title", ["", "*" * 200, "March " * 50])
    def test_a_card_is_cut_to_what_it_may_hold(self, server: Running, tmp_path: Path, title: str) -> None:
        card = LinkCard(f"https://example.org/{'a' * 328}", title, "_so_ " * 1_000)
        outgoing = replace(post(tmp_path, self.network, "Come", pictures=0), link_card=card)
        assert isinstance(self.settle(server, tmp_path, outgoing, {}), Published)
        [[embed]] = [each["embeds"] for each in server.state["messages"]]
        assert embed["url"] == card.url
        assert 250 < len(embed["title"]) <= 256
        assert 4_085 < len(embed["description"]) <= 4_096
        assert embed["title"].endswith("…")

    def test_pictures_that_are_too_large_together_are_told_before_they_are_sent(self, server: Running, tmp_path: Path) -> None:
        media = tuple(Media(heavy(tmp_path, f"{number}.jpg", 6_200_000), "A banner") for number in range(5))
        fits, over = (replace(post(tmp_path, self.network, "Come", pictures=0), media=media[:most]) for most in (4, 5))
        assert isinstance(self.settle(server, tmp_path, fits, {}), Published)
        outcome = self.try_once(self.publisher(server, tmp_path), Envelope(over, {}))
        assert isinstance(outcome, Refused)
        assert outcome.reason == "Discord takes pictures of up to 26.08 MB together in a post; the 5 of this one have 31 MB."

    def test_films_and_pictures_count_together(self, server: Running, tmp_path: Path) -> None:
        films = tuple(film_at(tmp_path / f"{number}.mp4", Film(padding=9_000_000)) for number in range(3))
        outgoing = replace(post(tmp_path, self.network, "Come", pictures=0), media=tuple(Media(film, TOLD) for film in films))
        outcome = self.try_once(self.publisher(server, tmp_path), Envelope(outgoing, {}))
        assert isinstance(outcome, Refused)
        assert outcome.reason == "Discord takes pictures and films of up to 26.08 MB together in a post; the 3 of this one have 27 MB."

    def test_the_server_of_the_tests_holds_the_size_of_a_request_itself(self, server: Running) -> None:
        files = {f"files[{number}]": (f"{number}.jpg", bytes(6_600_000), "image/jpeg") for number in range(4)}
        reply = httpx.post(f"{server.address}{discord.WEBHOOK}?wait=true", data={"payload_json": '{"content": "Come"}'}, files=files)
        assert (reply.status_code, reply.json()["code"]) == (413, 40005)

    def polled(self, server: Running) -> list[dict[str, Any]]:
        polls = [each["poll"] for each in server.state["messages"] if each["poll"]]
        return [
            {
                "question": poll["question"]["text"],
                "options": [answer["poll_media"]["text"] for answer in poll["answers"]],
                "minutes": poll["duration"] * 60,
                "multiple": poll["allow_multiselect"],
            }
            for poll in polls
        ]

    def test_a_code_that_is_none_is_no_trouble_of_ours(self, server: Running, tmp_path: Path) -> None:
        server.fault(self.visible, "answer", status=403, body={"code": {"odd": [1]}, "message": "no"})
        outcome = self.try_once(self.publisher(server, tmp_path), Envelope(post(tmp_path, self.network, pictures=0), {}))
        assert isinstance(outcome, Refused)
        assert outcome.kind == "auth"

    def test_a_message_that_is_gone_cannot_be_mended(self, server: Running, tmp_path: Path) -> None:
        publisher = self.publisher(server, tmp_path)
        assert isinstance(publisher, Edits)
        for remote_id, said in (("7/123", "Unknown message"), ("message", "by hand")):
            outcome = publisher.edit(remote_id, post(tmp_path, self.network, pictures=0))
            assert isinstance(outcome, Refused)
            assert said in outcome.reason


class TestSlackWebhook(Message):
    emulator = "slack"
    network = "slack"
    errors = "slack-webhook"
    no: ClassVar[Any] = "no_text"
    visible = "POST /services/.*"
    secret = f"SERVER{slack.WEBHOOK}"
    pictures = 0
    alts = False
    can_be_asked = False

    def test_signs_that_slack_reads_as_its_own_arrive_as_typed(self, server: Running, tmp_path: Path) -> None:
        text = "<!channel> & <https://example.org|here> *not bold* &amp;"
        assert isinstance(self.settle(server, tmp_path, post(tmp_path, self.network, text, pictures=0), {}), Published)
        [message] = server.state["messages"]
        assert (message["text"], message["mrkdwn"]) == (text, False)
        assert "<" not in message["raw"]

    def test_a_link_that_does_not_stand_in_the_words_has_a_title_that_leads_there(self, server: Running, tmp_path: Path) -> None:
        card = LinkCard("https://example.org/march?a=1&b=2", "March & more")
        outgoing = replace(post(tmp_path, self.network, "Come", pictures=0), link_card=card)
        assert isinstance(self.settle(server, tmp_path, outgoing, {}), Published)
        wanted = {"fallback": "March &amp; more", "title": "March &amp; more", "title_link": card.url}
        assert server.state["messages"][0]["attachments"] == [wanted]


@pytest.mark.parametrize(
    "secret", ["planted", "http://discord.com/api/webhooks/1/planted", "https://a:planted@discord.com/x", "http://[planted"]
)
@pytest.mark.parametrize("test", [TestDiscord(), TestSlackWebhook()], ids=["discord", "slack"])
def test_a_webhook_that_is_none_is_refused_without_showing_it(test: Emulated, tmp_path: Path, secret: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        test.publisher(Running("http://127.0.0.1:9", tmp_path), tmp_path, secret)
    assert "planted" not in caught.value.message + caught.value.hint
