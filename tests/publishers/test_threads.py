from pathlib import Path

from scheduler.model.outcome import Published, Refused
from scheduler.model.outgoing import Envelope, LinkCard, Outgoing
from tests.emulators import graph
from tests.emulators.emulating import Running
from tests.publishers.remote import Memory, post
from tests.publishers.test_instagram import Hosted


class TestThreads(Hosted):
    network = "threads"
    visible = "POST /.*/threads_publish"
    secret = graph.THREADS_TOKEN

    def settings(self, server: Running) -> dict[str, str]:
        return {"graph_url": server.address, "user_id": graph.THREADS_USER}

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

    def test_a_sixth_link_is_refused_in_the_network_s_words(self, server: Running, tmp_path: Path) -> None:
        text = " ".join(f"https://example.org/{number}" for number in range(6))
        outcome = self.settle(server, tmp_path, post(tmp_path, self.network, text, pictures=0), {"prepared": "0"})
        assert isinstance(outcome, Refused)
        assert "LINK_LIMIT_EXCEEDED" in outcome.reason
