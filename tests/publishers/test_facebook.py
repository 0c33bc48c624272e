from dataclasses import replace
from pathlib import Path

from scheduler.model.outcome import Absent, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, LinkCard, Outgoing
from tests.emulators import graph
from tests.emulators.emulating import Running
from tests.publishers.remote import Memory, Remote, Shown, post


class TestFacebook(Remote):
    emulator = "graph"
    network = "facebook"
    visible = r"POST /v[^/]*/\d+_\d+"
    secret = graph.PAGE_TOKEN

    def settings(self, server: Running) -> dict[str, str]:
        return {"graph_url": server.address, "page_id": graph.PAGE}

    def shown(self, server: Running) -> list[Shown]:
        return [Shown(each["text"], tuple(each["alts"])) for each in server.state["posts"].values() if each["is_published"]]

    def test_a_link_alone_has_its_card(self, server: Running, tmp_path: Path) -> None:
        card = LinkCard("https://example.org/march")
        outgoing = Outgoing(delivery="d", account="main", network=self.network, text="Come", link_card=card)
        assert isinstance(self.settle(server, tmp_path, outgoing, {}), Published)
        [found] = server.state["posts"].values()
        assert found["link"] == "https://example.org/march"

    def test_the_first_comment_is_written_below(self, server: Running, tmp_path: Path) -> None:
        outgoing = replace(post(tmp_path, self.network), first_comment="Sign here")
        proof = self.settle(server, tmp_path, outgoing, {})
        assert isinstance(proof, Published)
        assert server.state["comments"] == [{"media": proof.remote_id, "message": "Sign here"}]

    def test_photos_of_a_draft_whose_number_was_lost_are_uploaded_again(self, server: Running, tmp_path: Path) -> None:
        outgoing, ids = post(tmp_path, self.network), {"prepared": "0"}
        server.fault("POST /.*/feed", "drop", times=2)
        proof = self.settle(server, tmp_path, outgoing, ids)
        assert isinstance(proof, Published)
        assert len(self.shown(server)) == 1

    def test_a_post_that_stays_a_draft_is_told_to_a_person(self, server: Running, tmp_path: Path) -> None:
        server.switch(drafts_stay_drafts=True)
        outcome = self.settle(server, tmp_path, post(tmp_path, self.network), {})
        assert isinstance(outcome, Refused)
        assert "draft" in outcome.reason
        assert self.shown(server) == []

    def test_a_post_that_is_gone_is_a_person_s_question(self, server: Running, tmp_path: Path) -> None:
        outgoing, ids = post(tmp_path, self.network), {"prepared": "0"}
        assert isinstance(self.settle(server, tmp_path, outgoing, ids), Published)
        server.switch(posts={})
        assert isinstance(self.publisher(server, tmp_path).find(Envelope(outgoing, dict(ids))), Uncertain)

    def test_a_draft_is_proof_of_absence(self, server: Running, tmp_path: Path) -> None:
        outgoing, ids = post(tmp_path, self.network), {"prepared": "0"}
        server.fault(self.visible, "drop", early=True, times=9)
        self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert self.publisher(server, tmp_path).find(Envelope(outgoing, dict(ids))) == Absent()
