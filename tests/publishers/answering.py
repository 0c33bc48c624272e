"""The part of the suite where somebody answers: answers that are lost, late, wrong or no, and nobody who answers at all."""

import logging
from pathlib import Path

import pytest

from scheduler.clock import SystemClock
from scheduler.model.outcome import Published, Refused
from scheduler.model.outgoing import Envelope
from scheduler.publishers.contract import Verifies
from tests.emulators.emulating import Running
from tests.publishers.error_tables import Row, class_of
from tests.publishers.posts import Memory, post, with_film
from tests.publishers.suite import MOST_ROUNDS, Suite


class Answers(Suite):
    """Holds a publisher to what every answer means."""

    @pytest.mark.parametrize("late", [True, False], ids=["after it was done", "before it was done"])
    @pytest.mark.parametrize("do", ["drop", "500"])
    def test_a_lost_answer_of_the_visible_call_is_one_post_or_a_question(
        self, server: Running, tmp_path: Path, do: str, *, late: bool
    ) -> None:
        self.needs_answers(server)
        outgoing = post(tmp_path, self.network, pictures=self.pictures)
        ids = self.prepared(server, tmp_path, outgoing)
        if do == "drop":
            server.fault(self.visible, "drop", early=not late)
        else:
            server.fault(self.visible, "answer", status=500, body={"error": {"code": 2, "message": "oops"}}, late=late)
        self.holds(server, self.settle(server, tmp_path, outgoing, ids), outgoing)

    def test_each_error_of_the_documents_lands_in_its_class(self, server: Running, tmp_path: Path, error_row: Row | None) -> None:
        self.needs_answers(server)
        assert error_row is not None, "a network on somebody else's server has a table"
        least = 1 if self.facts(server).limits.picture_required else 0
        outgoing = post(tmp_path, self.network, pictures=least if error_row.pictures is None else error_row.pictures)
        outgoing = with_film(outgoing, tmp_path) if error_row.film else outgoing
        ids = self.prepared(server, tmp_path, outgoing) | dict(error_row.ids)
        for earlier in error_row.before:
            server.fault(do="answer", **earlier)
        server.fault(error_row.on or self.visible, "answer", **error_row.answer(SystemClock().now()))
        for _ in range(MOST_ROUNDS):  # the steps before that call may take several rounds
            outcome = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
            if not server.state["faults"]:
                break
        assert not server.state["faults"], "the call was never made"
        assert class_of(outcome) == error_row.lands, outcome
        if isinstance(outcome, Refused):
            waits = outcome.retry_after.total_seconds() if outcome.retry_after else None
            assert waits == (None if error_row.wait is None else pytest.approx(error_row.wait, abs=5)), outcome
            assert outcome.reason.endswith("."), outcome
        assert len(self.shown(server)) == (error_row.late or error_row.lands == "sent")

    @pytest.mark.parametrize("late", [True, False], ids=["after it was done", "before it was done"])
    @pytest.mark.parametrize("body", ["<html>Welcome to our hotel</html>", "", "[]", '{"id": null}'])
    def test_a_page_in_the_place_of_an_answer_is_one_post_or_a_question(
        self, server: Running, tmp_path: Path, body: str, *, late: bool
    ) -> None:
        self.needs_answers(server)
        outgoing = post(tmp_path, self.network, pictures=min(self.pictures, 1))
        ids = self.prepared(server, tmp_path, outgoing)
        server.fault(self.visible, "answer", status=200, body=body, late=late)
        proof = self.settle(server, tmp_path, outgoing, ids)
        texts = [item.text for item in self.shown(server)]
        assert texts == [self.as_shown(outgoing.text)] if isinstance(proof, Published) else len(texts) <= 1
        assert not (isinstance(proof, Refused) and texts)

    def test_too_many_calls_is_a_wait_and_no_failure(self, server: Running, tmp_path: Path) -> None:
        self.needs_answers(server)
        outgoing = post(tmp_path, self.network, pictures=self.pictures)
        publisher = self.publisher(server, tmp_path)
        server.fault(".*", "answer", status=429, headers={"Retry-After": "77"}, body={"parameters": {"retry_after": 77}})
        ids = dict(self.envelope(publisher, outgoing).ids)
        outcome = publisher.publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert isinstance(outcome, Refused)
        assert not outcome.permanent
        assert outcome.kind == "rate"
        assert outcome.retry_after is not None
        assert outcome.retry_after.total_seconds() == 77
        self.holds(server, self.settle(server, tmp_path, outgoing, ids, outcome), outgoing)

    def test_a_secret_that_is_refused_is_told_and_never_shown(
        self, server: Running, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        self.needs_answers(server)
        caplog.set_level(logging.DEBUG)
        wrong = self.wrong_secret()
        publisher = self.publisher(server, tmp_path, wrong.replace("SERVER", server.address))
        outgoing = post(tmp_path, self.network, pictures=self.pictures)
        envelope = self.envelope(publisher, outgoing)
        outcome = self.try_once(publisher, envelope)
        assert isinstance(outcome, Refused), outcome
        assert outcome.kind == "auth", outcome
        proof = publisher.find(envelope)
        told = f"{outcome.reason} {proof} {caplog.text}"
        assert not [word for word in (wrong, wrong.rpartition("/")[2], wrong.rpartition(":")[2]) if word in told]
        assert self.shown(server) == []

    def test_an_account_is_asked_about_without_a_post(self, server: Running, tmp_path: Path) -> None:
        self.needs_answers(server)
        publisher = self.publisher(server, tmp_path)
        assert isinstance(publisher, Verifies)
        assert publisher.verify().ok, publisher.verify().reason
        wrong = self.wrong_secret().replace("SERVER", server.address)
        stranger = self.publisher(server, tmp_path, wrong)
        assert isinstance(stranger, Verifies)
        checked = stranger.verify()
        assert checked.ok is not self.can_be_asked
        assert wrong not in checked.reason
        assert self.shown(server) == []

    def test_a_server_that_is_not_there_is_tried_again_later(self, server: Running, tmp_path: Path) -> None:
        self.needs_answers(server)
        publisher = self.publisher(Running("http://127.0.0.1:9", server.folder), tmp_path)
        outgoing = post(tmp_path, self.network, pictures=self.pictures)
        outcome = self.try_once(publisher, self.envelope(publisher, outgoing))
        assert isinstance(outcome, Refused)
        assert not outcome.permanent
