from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from scheduler.checks.limits import exceeded
from scheduler.model.outcome import Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, LinkCard, Media, Outgoing, Reply
from scheduler.model.poll import Poll
from scheduler.publishers.contract import Deletes
from scheduler.publishers.discovery import known_networks
from tests.emulators import graph
from tests.emulators.emulating import Running
from tests.publishers.online import words
from tests.publishers.posts import Killed, Memory, jpeg, post
from tests.publishers.test_instagram import Hosted

WORDS = ["One", "Two", "Three"]


class TestThreads(Hosted):
    network = "threads"
    visible = "POST /.*/threads_publish"
    secret = graph.THREADS_TOKEN
    film_kind = "VIDEO"

    def settings(self, server: Running) -> dict[str, str]:
        return {"graph_url": server.address, "user_id": graph.THREADS_USER}

    def thread(self, folder: Path, delivery: str = "0a1b2c3d4e5f", *, pictures: bool = True) -> Outgoing:
        media = tuple(Media(jpeg(folder, f"{delivery}-answer-{n}.jpg"), f"Banner {n}") for n in range(2 * pictures))
        root = post(folder, self.network, WORDS[0], pictures=int(pictures), delivery=delivery)
        return replace(root, replies=(Reply(WORDS[1]), Reply(WORDS[2], media=media)))

    def chain(self, server: Running) -> list[tuple[str, str]]:
        """Returns each post with what it answers, as readers see it."""
        media = server.state["media"]
        return [(each["text"], media[each["reply_to"]]["text"] if each["reply_to"] else "") for each in media.values()]

    def whole(self, server: Running) -> bool:
        return self.chain(server) == [("One", ""), ("Two", "One"), ("Three", "Two")]

    def test_a_thread_is_one_post_below_the_other(self, server: Running, tmp_path: Path) -> None:
        proof = self.settle(server, tmp_path, self.thread(tmp_path), {"prepared": "0"})
        assert isinstance(proof, Published)
        assert self.whole(server)
        first = next(iter(server.state["media"].values()))
        assert proof.remote_id == first["id"]
        assert next(each["alts"] for each in server.state["media"].values() if each["text"] == "Three") == ["Banner 0", "Banner 1"]
        assert self.left(tmp_path) == []

    @pytest.mark.parametrize("late", [True, False], ids=["after it was done", "before it was done"])
    @pytest.mark.parametrize("which", [1, 2, 3])
    @pytest.mark.parametrize("do", ["drop", "answer"])
    def test_a_thread_goes_on_at_the_post_whose_answer_was_lost(
        self, server: Running, tmp_path: Path, which: int, do: str, *, late: bool
    ) -> None:
        outgoing, ids = self.thread(tmp_path), {"prepared": "0"}
        for _ in range(which - 1):
            server.fault(self.visible, "slow", seconds=0)
        order: dict[str, Any] = {"early": not late} if do == "drop" else {"status": 500, "body": {"error": {"code": 2}}, "late": late}
        server.fault(self.visible, do, **order)
        assert isinstance(self.settle(server, tmp_path, outgoing, ids), Published)
        assert self.whole(server)

    @pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
    @pytest.mark.parametrize(("pictures", "ids"), [(False, 8), pytest.param(True, 13, marks=pytest.mark.long)])
    def test_a_death_at_any_id_of_a_thread_heals_into_one_thread(
        self, server: Running, tmp_path: Path, ids: int, *, pictures: bool, before: bool
    ) -> None:
        for dies in range(1, ids + 1):
            server.reset()
            outgoing, known = self.thread(tmp_path, f"{dies:012}", pictures=pictures), {"prepared": "0"}
            with pytest.raises(Killed):
                self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(known)), Memory(known, dies, before).remember)
            assert isinstance(self.settle(server, tmp_path, outgoing, known, Uncertain("the program ended")), Published)
            assert self.whole(server), dies
        memory = Memory({"prepared": "0"})
        server.reset()
        self.publisher(server, tmp_path).publish(Envelope(outgoing, {"prepared": "0"}), memory.remember)
        assert memory.commits == ids, "every id is one at which a process may die"

    def test_a_thread_that_stops_in_the_middle_says_how_far_it_came(self, server: Running, tmp_path: Path) -> None:
        outgoing, ids = self.thread(tmp_path), {"prepared": "0"}
        server.fault("POST /.*/threads", "slow", seconds=0)
        server.fault("POST /.*/threads", "answer", status=400, body={"error": {"code": 4}})
        outcome = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        told = "The thread is out up to its post 1; the rest follows. Threads has had too many calls."
        assert outcome == Uncertain(told, retry_after=timedelta(hours=1))
        assert self.chain(server) == [("One", "")]
        assert isinstance(self.publisher(server, tmp_path).find(Envelope(outgoing, dict(ids))), Published)
        assert self.whole(server)
        assert isinstance(self.publisher(server, tmp_path).find(Envelope(outgoing, dict(ids))), Published)
        assert self.whole(server)

    def polled(self, server: Running) -> list[dict[str, Any]]:
        return [{"options": list(each["poll"].values())} for each in server.state["media"].values() if each["poll"]]

    def test_a_poll_is_asked_below_words_alone(self, server: Running, tmp_path: Path) -> None:
        outgoing = replace(post(tmp_path, self.network, "Shall we?", pictures=0), poll=Poll(("Strike", "Talk first")))
        assert isinstance(self.settle(server, tmp_path, outgoing, {"prepared": "0"}), Published)
        [media] = server.state["media"].values()
        assert media["poll"] == {"option_a": "Strike", "option_b": "Talk first"}

    @pytest.mark.parametrize(
        ("options", "pictures", "said"),
        [
            (("A",) * 5, 0, "polls of up to 4 answers; this one has 5"),
            (("Yes, of course we should all go", "No"), 0, "answers of up to 25 characters in a poll"),
            (("Yes", "No"), 1, "below words alone"),
        ],
    )
    def test_a_poll_that_would_be_refused_is_not_sent(
        self, server: Running, tmp_path: Path, options: tuple[str, ...], pictures: int, said: str
    ) -> None:
        outgoing = replace(post(tmp_path, self.network, "Shall we?", pictures=pictures), poll=Poll(options))
        outcome = self.settle(server, tmp_path, outgoing, {"prepared": "0"})
        assert isinstance(outcome, Refused)
        assert said in outcome.reason
        assert server.state["calls"] == []

    def test_a_post_is_taken_back_and_what_is_gone_is_no_trouble(self, server: Running, tmp_path: Path) -> None:
        proof = self.settle(server, tmp_path, post(tmp_path, self.network), {"prepared": "0"})
        assert isinstance(proof, Published)
        publisher = self.publisher(server, tmp_path)
        assert isinstance(publisher, Deletes)
        assert publisher.delete(proof.remote_id) is None
        assert self.shown(server) == []
        assert publisher.delete(proof.remote_id) is None
        refused = publisher.delete("container:1")
        assert refused is not None
        assert "by hand" in refused.reason

    def test_nothing_is_visible_before_the_container_is_published(self, server: Running, tmp_path: Path) -> None:
        outgoing = post(tmp_path, self.network, "Words", pictures=0)
        server.fault(self.visible, "answer", status=400, body={"error": {"code": 9007, "error_subcode": 2207027}})
        ids = {"prepared": "0"}
        outcome = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert isinstance(outcome, Refused)
        assert self.shown(server) == []
        assert [each["fields"].get("auto_publish_text") for each in server.state["containers"].values()] == [None]
        assert isinstance(self.settle(server, tmp_path, outgoing, ids, outcome), Published)

    def test_the_card_of_a_link_is_asked_for(self, server: Running, tmp_path: Path) -> None:
        card = LinkCard("https://example.org/march")
        outgoing = Outgoing(delivery="d", account="main", network=self.network, text="Come https://example.org/march", link_card=card)
        assert isinstance(self.settle(server, tmp_path, outgoing, {"prepared": "0"}), Published)
        [media] = server.state["media"].values()
        assert media["link"] == "https://example.org/march"

    def test_a_sixth_link_is_said_before_anything_is_sent_and_the_card_is_one(self, server: Running, tmp_path: Path) -> None:
        text = " ".join([f"https://example.org/{number}" for number in range(5)] + ["https://example.org/0"])
        outgoing = replace(words(text, network=self.network), link_card=LinkCard("https://example.org/1"))
        limits, abilities = known_networks()[self.network].facts.limits, known_networks()[self.network].facts.abilities
        assert exceeded(outgoing, limits, abilities) == ()
        outcome = self.settle(server, tmp_path, replace(outgoing, link_card=LinkCard("https://example.org/card")), {"prepared": "0"})
        assert isinstance(outcome, Refused)
        assert outcome.reason == "Threads takes 5 different links in a post; this one has 6: leave out 1."
        assert server.state["calls"] == []

    def test_a_sixth_link_is_refused_in_words(self, server: Running, tmp_path: Path) -> None:
        text = " ".join(f"https://example.org/{number}" for number in range(6))
        outcome = self.settle(server, tmp_path, post(tmp_path, self.network, text, pictures=0), {"prepared": "0"})
        assert isinstance(outcome, Refused)
        assert outcome.reason == "Threads takes no more than five different links in a post."
