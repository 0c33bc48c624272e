from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.model.outcome import Absent, Handed, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, LinkCard, Media, Outgoing
from scheduler.publishers.contract import Deletes, Edits, ReadsFeed, Verifies
from tests.emulators import graph
from tests.emulators.emulating import Running
from tests.films import measured
from tests.publishers.keeping import Keeping
from tests.publishers.posts import TEXT, Memory, Shown, jpeg, post


class TestFacebook(Keeping):
    emulator = "graph"
    network = "facebook"
    visible = r"POST /v[^/]*/\d+_\d+"
    handing = r"POST /v[^/]*/\d+/feed"
    taking = r"DELETE /v[^/]*/\d+_\d+"
    secret = graph.PAGE_TOKEN

    def settings(self, server: Running) -> dict[str, str]:
        return {"graph_url": server.address, "page_id": graph.PAGE}

    def shown(self, server: Running) -> list[Shown]:
        films = [Shown(each["text"]) for each in server.state["videos"].values() if each["published"]]
        return films + [Shown(each["text"], tuple(each["alts"])) for each in server.state["posts"].values() if each["is_published"]]

    def kept(self, server: Running) -> list[str]:
        return [each["text"] for each in server.state["posts"].values() if not each["is_published"]]

    def story(self, folder: Path) -> Outgoing:
        media = Media(jpeg(folder, "story.jpg", (90, 160)), "Banner")
        return Outgoing(delivery="d", account="main", network=self.network, text="", media=(media,), story=True)

    def test_a_story_is_made_of_a_photo_that_nothing_else_uses(self, server: Running, tmp_path: Path) -> None:
        proof = self.settle(server, tmp_path, self.story(tmp_path), {})
        assert isinstance(proof, Published)
        assert [each["post_id"] for each in server.state["stories"]] == [proof.remote_id]
        assert [each["published"] for each in server.state["photos"].values()] == [False]

    @pytest.mark.parametrize("late", [True, False])
    @pytest.mark.parametrize("archive", [True, False])
    def test_a_story_in_doubt_is_found_or_a_person_is_asked_and_never_made_twice(
        self, server: Running, tmp_path: Path, *, late: bool, archive: bool
    ) -> None:
        server.switch(story_archive=archive)
        server.fault(r"POST /v[^/]*/\d+/photo_stories", "drop", early=not late)
        outgoing, ids = self.story(tmp_path), {"prepared": "0"}
        proof = self.settle(server, tmp_path, outgoing, ids)
        assert isinstance(proof, Published if late and archive else Uncertain)
        again = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert type(again) is type(proof)
        assert len(server.state["stories"]) == int(late)

    def test_a_story_that_was_refused_may_be_tried_again(self, server: Running, tmp_path: Path) -> None:
        server.fault(r"POST /v[^/]*/\d+/photo_stories", "answer", status=400, body={"error": {"code": 4}})
        assert isinstance(self.settle(server, tmp_path, self.story(tmp_path), {}), Published)
        assert len(server.state["stories"]) == 1

    @pytest.mark.parametrize("fault", ["none", "drop", "500"])
    def test_a_film_is_uploaded_as_a_draft_and_shown_once_it_is_ready(self, server: Running, tmp_path: Path, fault: str) -> None:
        server.switch(polls=3)
        if fault == "drop":
            server.fault(r"POST /v[^/]*/\d+", "drop")
        if fault == "500":
            server.fault(r"POST /v[^/]*/\d+", "answer", status=500, body={"error": {"code": 2}}, late=True)
        outgoing = replace(post(tmp_path, self.network, pictures=0), media=(Media(measured(tmp_path / "march.mp4"), "The march"),))
        ids = {"prepared": "0"}
        outcome = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert isinstance(outcome, Refused)
        assert outcome.reason == "Facebook is still working on the film."
        assert [each["published"] for each in server.state["videos"].values()] == [False]
        assert isinstance(self.settle(server, tmp_path, outgoing, ids, outcome), Published)
        assert [(each["published"], each["text"]) for each in server.state["videos"].values()] == [(True, TEXT)]

    @pytest.mark.parametrize(
        ("phases", "said"),
        [
            (
                {"processing_phase": {"status": "error", "errors": [{"code": 1363026, "message": "The film has no key frames."}]}},
                "no key frames.",
            ),
            ({"uploading_phase": {"status": "error", "error": {"message": "Too\nlong."}}, "processing_phase": 7}, "Too long."),
            ({"processing_phase": {"errors": "x"}}, "export it again as MP4"),
            ({}, "export it again as MP4"),
        ],
    )
    def test_a_film_that_facebook_cannot_use_is_refused_with_its_words_and_another_is_brought(
        self, server: Running, tmp_path: Path, phases: dict[str, object], said: str
    ) -> None:
        outgoing = replace(post(tmp_path, self.network, pictures=0), media=(Media(measured(tmp_path / "march.mp4"), "The march"),))
        ids = {"prepared": "0"}
        server.switch(polls=3)
        assert isinstance(self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember), Refused)
        shown = {"id": ids["post"], "published": False, "status": {"video_status": "error", **phases}}
        server.fault(r"GET /v[^/]*/\d+", "answer", status=200, body=shown, times=2)
        outcome = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert isinstance(outcome, Refused)
        assert (outcome.kind, outcome.permanent, said in outcome.reason) == ("media", True, True), outcome.reason
        assert isinstance(self.settle(server, tmp_path, outgoing, ids), Published)
        assert [each["published"] for each in server.state["videos"].values()] == [False, True]

    def test_words_are_mended_and_a_post_is_taken_back(self, server: Running, tmp_path: Path) -> None:
        outgoing = post(tmp_path, self.network)
        proof = self.settle(server, tmp_path, outgoing, {})
        publisher = self.publisher(server, tmp_path)
        assert isinstance(proof, Published)
        assert isinstance(publisher, Edits)
        assert isinstance(publisher, Deletes)
        assert publisher.edit(proof.remote_id, replace(outgoing, text="Mended")) == proof
        assert [each.text for each in self.shown(server)] == ["Mended"]
        assert publisher.delete(proof.remote_id) is None
        assert publisher.delete(proof.remote_id) is None
        assert self.shown(server) == []
        assert isinstance(publisher.edit(proof.remote_id, outgoing), Refused)

    def test_what_is_out_is_read_back_without_drafts(self, server: Running, tmp_path: Path) -> None:
        for number in range(3):
            outgoing = post(tmp_path, self.network, f"Post {number}", delivery=f"{number:012}")
            assert isinstance(self.settle(server, tmp_path, outgoing, {}), Published)
        server.fault(self.visible, "answer", status=400, body={"error": {"code": 4}})
        draft = post(tmp_path, self.network, "Draft", delivery="9" * 12)
        self.publisher(server, tmp_path).publish(Envelope(draft, {}), Memory({}).remember)
        publisher = self.publisher(server, tmp_path)
        assert isinstance(publisher, ReadsFeed)
        items = publisher.feed(2)
        assert isinstance(items, tuple)
        assert [item.text for item in items] == ["Post 2", "Post 1"]
        assert items[0].pictures[1][1].startswith("Banner 1")
        assert items[0].published is not None

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

    def test_a_token_that_may_not_comment_is_fine_and_says_that_first_comments_would_be_missing(
        self, server: Running, tmp_path: Path
    ) -> None:
        tokens = server.state["tokens"]
        tokens[self.secret]["scopes"].remove("pages_manage_engagement")
        server.switch(tokens=tokens)
        publisher = self.publisher(server, tmp_path)
        assert isinstance(publisher, Verifies)
        checked = publisher.verify()
        assert checked.ok
        assert "First comments would be missing: the access token lacks pages_manage_engagement." in checked.notes

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

    def test_pictures_are_uploaded_for_later(self, server: Running, tmp_path: Path) -> None:
        assert isinstance(self.hand(server, tmp_path, self.planned(server, tmp_path, post(tmp_path, self.network))), Handed)
        photos = server.state["photos"].values()
        assert [(photo["published"], photo["temporary"]) for photo in photos] == [(False, True)] * 2

    def test_its_own_among_hundreds_that_the_page_keeps_is_found(self, server: Running, tmp_path: Path) -> None:
        server.switch(page_size=2)
        for number in range(5):
            other = post(tmp_path, self.network, f"Other {number}", pictures=0, delivery=f"{number:012}")
            assert isinstance(self.hand(server, tmp_path, self.planned(server, tmp_path, other)), Handed)
        envelope = self.planned(server, tmp_path, post(tmp_path, self.network, pictures=0))
        handed = self.hand(server, tmp_path, envelope)
        assert isinstance(handed, Handed)
        assert self.early(server, tmp_path).where_is(envelope) == handed

    def test_a_post_that_the_page_lost_at_its_time_is_not_there(self, server: Running, tmp_path: Path) -> None:
        server.switch(loses_scheduled=True)
        envelope = self.planned(server, tmp_path, post(tmp_path, self.network))
        handed = self.hand(server, tmp_path, envelope)
        assert isinstance(handed, Handed)
        server.advance(hours=3)
        assert self.early(server, tmp_path).where_is(envelope.kept_under(handed.remote_id)) == Absent()

    def test_what_the_page_keeps_can_be_shown_from_here_and_is_one_post(self, server: Running, tmp_path: Path) -> None:
        server.switch(oversleeps=True)
        envelope = self.planned(server, tmp_path, post(tmp_path, self.network))
        handed = self.hand(server, tmp_path, envelope)
        assert isinstance(handed, Handed)
        ids = dict(envelope.kept_under(handed.remote_id).from_here.ids)
        outcome = self.publisher(server, tmp_path).publish(Envelope(envelope.outgoing, ids), Memory(ids).remember)
        assert isinstance(outcome, Published)
        assert outcome.remote_id == handed.remote_id
        server.switch(oversleeps=False)
        server.advance(hours=3)
        assert [each.text for each in self.shown(server)] == [TEXT]

    def test_a_picture_that_was_changed_since_is_not_handed_over(self, server: Running, tmp_path: Path) -> None:
        outgoing = post(tmp_path, self.network)
        Path(outgoing.media[-1].picture.path).write_bytes(b"another picture")
        outcome = self.hand(server, tmp_path, self.planned(server, tmp_path, outgoing))
        assert isinstance(outcome, Refused)
        assert (self.shown(server), self.kept(server)) == ([], [])

    def test_what_is_over_the_limits_is_refused_before_anything_is_called(self, server: Running, tmp_path: Path) -> None:
        outgoing = replace(post(tmp_path, self.network, pictures=0), text="x" * 63_207)
        outcome = self.hand(server, tmp_path, self.planned(server, tmp_path, outgoing))
        assert isinstance(outcome, Refused)
        assert server.state["calls"] == []

    @pytest.mark.parametrize("body", ["<html>Welcome to our hotel</html>", "", "[]", '{"id": null}'])
    def test_a_page_in_the_place_of_an_answer_is_a_doubt(self, server: Running, tmp_path: Path, body: str) -> None:
        server.fault(self.handing, "answer", status=200, body=body, late=True)
        envelope = self.planned(server, tmp_path, post(tmp_path, self.network, pictures=0))
        assert isinstance(self.hand(server, tmp_path, envelope), Uncertain)
        assert isinstance(self.early(server, tmp_path).where_is(envelope), Handed)
