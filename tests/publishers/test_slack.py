"""Slack as a bot: files that nobody sees until one call shows them, and a history that names each delivery."""

import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from scheduler.model.errors import ConfigurationError
from scheduler.model.network import Account, Recovery
from scheduler.model.outcome import Absent, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Facet, LinkCard
from scheduler.publishers.contract import Verifies
from scheduler.publishers.discovery import known_networks
from scheduler.publishers.slack.reading import shown_by
from tests.emulators import slack
from tests.emulators.emulating import Running
from tests.publishers.emulated import Emulated
from tests.publishers.filming import TOLD, FilmsAmongPictures
from tests.publishers.posts import Memory, Shown, post

PREPARED = {"prepared": "0"}


class TestSlack(FilmsAmongPictures, Emulated):
    emulator = "slack"
    network = "slack"
    visible = r"POST /api/chat\.postMessage"
    secret = slack.TOKEN

    def settings(self, server: Running) -> dict[str, str]:
        return {"api_url": server.address, "channel": slack.CHANNEL}

    def shown(self, server: Running) -> list[Shown]:
        return [Shown(each["text"], tuple(each.get("alts", ()))) for each in server.state["messages"]]

    @property
    def shows_films(self) -> str:
        return r"POST /api/files\.completeUploadExternal"

    def brought(self, server: Running) -> list[list[str]]:
        return [[file["sha256"] for file in each["files"]] for each in server.state["messages"]]

    def test_a_film_is_a_file_of_a_message_with_its_description_as_its_title(self, server: Running, tmp_path: Path) -> None:
        text = "*See* the petition & <now>"
        start = text.index("petition")
        facets = (Facet("link", start, start + 8, "https://example.org/petition"),)
        outgoing = replace(self.filmed(tmp_path, pictures=1), text=text, facets=facets)
        proof = self.settle(server, tmp_path, outgoing, dict(PREPARED))
        assert isinstance(proof, Published)
        [message] = server.state["messages"]
        assert (message["text"], message["links"]) == (text, [["petition", "https://example.org/petition"]])
        assert [(file["title"], file["alt"]) for file in message["files"]] == [(TOLD, ""), ("picture-2.jpg", outgoing.media[1].alt)]
        assert "POST /api/chat.postMessage" not in server.state["calls"]
        channel, stamp = proof.remote_id.split("/")
        assert proof.url == f"https://harbour.slack.com/archives/{channel}/p{stamp.replace('.', '')}"

    @pytest.mark.parametrize("alt", ["", "A crowd\nwalks  by"])
    def test_a_title_is_one_line_and_never_nothing(self, server: Running, tmp_path: Path, alt: str) -> None:
        plain = self.filmed(tmp_path)
        outgoing = replace(plain, text="", facets=(), media=(replace(plain.media[0], alt=alt),))
        assert isinstance(self.settle(server, tmp_path, outgoing, dict(PREPARED)), Published)
        [file] = server.state["messages"][0]["files"]
        assert file["title"] == ("A crowd walks by" if alt else "film-1.mp4")

    @pytest.mark.parametrize("lag", [3, 30])
    def test_a_film_that_comes_later_than_the_answer_is_waited_for_and_never_sent_twice(
        self, server: Running, tmp_path: Path, lag: int
    ) -> None:
        server.switch(lag=lag)
        outgoing, ids = self.filmed(tmp_path), dict(PREPARED)
        outcome = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        if lag == 3:
            assert isinstance(outcome, Published)
        else:
            assert isinstance(outcome, Uncertain)
            doubt = self.publisher(server, tmp_path).find(Envelope(outgoing, dict(ids)))
            assert isinstance(doubt, Uncertain), "it was taken: nobody may send it again"
            again = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
            assert isinstance(again, Uncertain)
            while not isinstance(self.publisher(server, tmp_path).find(Envelope(outgoing, dict(ids))), Published):
                assert server.state["coming"]
        assert len(self.shown(server)) == len(server.state["files"]) == 1

    def test_what_slack_threw_away_is_uploaded_again(self, server: Running, tmp_path: Path) -> None:
        outgoing, ids = self.filmed(tmp_path), dict(PREPARED)
        server.fault(self.shows_films, "drop", early=True)
        assert isinstance(self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember), Uncertain)
        server.switch(discards=True)
        refused = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert isinstance(refused, Refused)
        assert not refused.permanent
        server.switch(discards=False)
        assert isinstance(self.settle(server, tmp_path, outgoing, ids, refused), Published)
        assert len(self.shown(server)) == 1

    @pytest.mark.parametrize("scopes", ["chat:write,files:write,channels:history", "chat:write,files:write,files:read"])
    def test_one_right_to_look_is_enough_to_find_a_film(self, server: Running, tmp_path: Path, scopes: str) -> None:
        server.switch(scopes=scopes)
        server.fault(self.shows_films, "drop")
        outgoing = self.filmed(tmp_path)
        assert isinstance(self.settle(server, tmp_path, outgoing, dict(PREPARED)), Published)
        assert len(self.shown(server)) == 1

    def test_no_block_of_a_message_shows_a_film(self, server: Running) -> None:
        """Holds the server of the tests to the reason for another call than that of pictures."""
        with httpx.Client(base_url=f"{server.address}/api/", headers={"Authorization": f"Bearer {slack.TOKEN}"}) as client:
            place = client.post("files.getUploadURLExternal", data={"filename": "film-1.mp4", "length": "4"}).json()
            httpx.post(place["upload_url"], content=b"film")
            client.post("files.completeUploadExternal", data={"files": json.dumps([{"id": place["file_id"]}])})
            again = client.post("files.completeUploadExternal", data={"files": json.dumps([{"id": place["file_id"]}])}).json()
            assert again["error"] == "file_not_found", "it can only be called once"
            block = {"type": "image", "slack_file": {"id": place["file_id"]}, "alt_text": "A crowd"}
            assert client.post("chat.postMessage", json={"channel": slack.CHANNEL, "blocks": [block]}).json()["error"] == "invalid_blocks"

    def test_pictures_stand_below_the_words_with_their_descriptions(self, server: Running, tmp_path: Path) -> None:
        text = "Sign *here*: petition & <now>"
        start = text.index("petition")
        facets = (Facet("link", start, start + 8, "https://example.org/petition"), Facet("tag", 0, 4, "Sign"))
        outgoing = replace(post(tmp_path, self.network, text), facets=facets)
        proof = self.settle(server, tmp_path, outgoing, dict(PREPARED))
        assert isinstance(proof, Published)
        [message] = server.state["messages"]
        assert [block["type"] for block in message["blocks"]] == ["rich_text", "image", "image"]
        assert (message["text"], message["links"]) == (text, [["petition", "https://example.org/petition"]])
        assert [file["alt"] for file in server.state["files"].values()] == [item.alt for item in outgoing.media]
        channel, stamp = proof.remote_id.split("/")
        assert proof.url == f"https://harbour.slack.com/archives/{channel}/p{stamp.replace('.', '')}"

    def test_a_picture_without_a_description_has_its_file_s_name(self, server: Running, tmp_path: Path) -> None:
        plain = post(tmp_path, self.network, pictures=1)
        outgoing = replace(plain, text="", media=(replace(plain.media[0], alt=""),))
        assert isinstance(self.settle(server, tmp_path, outgoing, dict(PREPARED)), Published)
        assert server.state["messages"][0]["alts"] == ["picture-1.jpg"]

    def test_signs_that_slack_reads_as_its_own_arrive_as_typed(self, server: Running, tmp_path: Path) -> None:
        text = "<!channel> & <https://example.org|here> *not bold* &amp;"
        assert isinstance(self.settle(server, tmp_path, post(tmp_path, self.network, text, pictures=0), dict(PREPARED)), Published)
        assert "<" not in server.state["messages"][0]["raw"]
        assert self.shown(server)[0].text == text

    def test_a_link_that_does_not_stand_in_the_words_has_a_title_that_leads_there(self, server: Running, tmp_path: Path) -> None:
        card = LinkCard("https://example.org/march", "March")
        outgoing = replace(post(tmp_path, self.network, "Come", pictures=0), link_card=card)
        assert isinstance(self.settle(server, tmp_path, outgoing, dict(PREPARED)), Published)
        assert server.state["messages"][0]["attachments"] == [{"fallback": "March", "title": "March", "title_link": card.url}]

    def test_a_file_that_slack_is_slow_to_know_is_uploaded_once(self, server: Running, tmp_path: Path) -> None:
        server.switch(looks=20)
        outgoing, ids = post(tmp_path, self.network, pictures=1), dict(PREPARED)
        outcome = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert isinstance(outcome, Refused)
        assert (outcome.permanent, outcome.kind) == (False, "")
        assert isinstance(self.settle(server, tmp_path, outgoing, ids, outcome), Published)
        assert len(server.state["files"]) == 1

    def test_an_app_that_may_not_ask_about_files_goes_on(self, server: Running, tmp_path: Path) -> None:
        server.switch(scopes="chat:write,files:write,channels:history", looks=-1)
        assert isinstance(self.settle(server, tmp_path, post(tmp_path, self.network), dict(PREPARED)), Published)

    def test_a_message_is_looked_for_on_every_page(self, server: Running, tmp_path: Path) -> None:
        wanted = post(tmp_path, self.network, "Ours", pictures=0)
        assert isinstance(self.settle(server, tmp_path, wanted, dict(PREPARED)), Published)
        for number in range(5):
            other = post(tmp_path, self.network, "Ours", pictures=0, delivery=f"{number:012}")
            assert isinstance(self.settle(server, tmp_path, other, dict(PREPARED)), Published)
        server.switch(page=2)
        ids = {**PREPARED, "asked": "yes"}
        proof = self.publisher(server, tmp_path).find(Envelope(wanted, ids))
        assert isinstance(proof, Published)
        assert proof.remote_id.endswith(server.state["messages"][0]["ts"])
        absent = post(tmp_path, self.network, "Ours", pictures=0, delivery="ffffffffffff")
        assert self.publisher(server, tmp_path).find(Envelope(absent, ids)) == Absent()

    def test_a_channel_that_cannot_be_read_is_a_person_s_question_and_their_word_counts(self, server: Running, tmp_path: Path) -> None:
        server.switch(scopes="chat:write,files:write")
        server.fault(self.visible, "drop", early=True)
        outgoing, ids = post(tmp_path, self.network, pictures=0), dict(PREPARED)
        doubt = self.settle(server, tmp_path, outgoing, ids)
        assert isinstance(doubt, Uncertain)
        assert "Look into the channel" in doubt.reason
        again = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert isinstance(again, Published)
        assert len(self.shown(server)) == 1

    @pytest.mark.parametrize(("status", "kind"), [(200, Uncertain), (403, Refused)])
    @pytest.mark.parametrize("error", [{"odd": [1]}, ["a"], None, 7])
    def test_an_error_in_no_known_form_is_no_trouble_of_ours(
        self, server: Running, tmp_path: Path, error: object, status: int, kind: type[object]
    ) -> None:
        server.fault(self.visible, "answer", status=status, body={"ok": False, "error": error})
        envelope = Envelope(post(tmp_path, self.network, pictures=0), dict(PREPARED))
        assert isinstance(self.try_once(self.publisher(server, tmp_path), envelope), kind)

    @pytest.mark.parametrize(
        ("switches", "ok", "said"),
        [
            ({"scopes": "files:write"}, False, "lacks chat:write (to write)"),
            ({"scopes": "chat:write"}, False, "lacks files:write (for pictures and films)"),
            ({"scopes": "chat:write,files:write"}, True, "channels:history"),
            ({"member": False}, False, "invite it there"),
            ({}, True, ""),
        ],
    )
    def test_what_the_app_lacks_is_said_when_the_account_is_tested(
        self, server: Running, tmp_path: Path, switches: dict[str, object], said: str, *, ok: bool
    ) -> None:
        server.switch(**switches)
        publisher = self.publisher(server, tmp_path)
        assert isinstance(publisher, Verifies)
        checked = publisher.verify()
        assert checked.ok is ok
        assert said in " ".join((checked.reason, *checked.notes))
        assert self.shown(server) == []

    @pytest.mark.parametrize(
        ("channel", "secret", "said"),
        [("#strike", slack.TOKEN, "not given by its id"), (slack.CHANNEL, "https://hooks.slack.com/services/planted", "no token of a bot")],
    )
    def test_a_channel_s_name_or_another_secret_is_refused_without_showing_it(
        self, server: Running, tmp_path: Path, channel: str, secret: str, said: str
    ) -> None:
        self.settings = lambda server: {"api_url": server.address, "channel": channel}  # type: ignore[method-assign] # one test's own
        with pytest.raises(ConfigurationError, match=said) as caught:
            self.publisher(server, tmp_path, secret)
        assert "planted" not in caught.value.message + caught.value.hint


def test_a_bot_takes_pictures_and_a_webhook_words_alone() -> None:
    adapter = known_networks()["slack"]
    bot = adapter.facts_of(Account(name="main", network="slack", settings={"channel": slack.CHANNEL}))
    webhook = adapter.facts_of(Account(name="main", network="slack"))
    assert (bot.limits.pictures, bot.abilities.alt_text, bot.abilities.recovery) == (10, True, Recovery.READBACK)
    assert (bot.limits.video is None, webhook.limits.video) == (False, None)
    assert (webhook.limits.pictures, webhook.abilities.alt_text, webhook.abilities.recovery) == (0, False, Recovery.NONE)


@pytest.mark.parametrize(
    "row",
    [
        {},
        "nothing",
        {"metadata": None},
        {"metadata": {"event_type": "scheduler_post"}},
        {"metadata": {"event_type": "x", "event_payload": {"delivery": "d"}}},
    ],
)
def test_a_message_of_another_program_is_not_taken_for_ours(row: object) -> None:
    assert shown_by(row, "scheduler_post") == ""
