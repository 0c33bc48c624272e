"""What every publisher must do that hands posts over early; a network's own test subclasses :class:`Keeping` beside its other suite."""

from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from scheduler.clock import SystemClock
from scheduler.model.outcome import Absent, Handed, HandingOver, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.contract import HandsOver
from tests.emulators.emulating import Running
from tests.publishers.emulated import Emulated
from tests.publishers.posts import TEXT, Memory, post

HOUR = timedelta(hours=1)


class Keeping(Emulated):
    """Holds a publisher to what is asked of one that hands posts over."""

    handing: ClassVar[str]
    """Is the pattern of the call that hands a post over."""
    taking: ClassVar[str]
    """Is the pattern of the call that takes it back."""

    def kept(self, server: Running) -> list[str]:
        """Returns the texts that the network keeps until their time."""
        raise NotImplementedError

    def early(self, server: Running, folder: Path) -> HandsOver:
        publisher = self.publisher(server, folder)
        assert isinstance(publisher, HandsOver)
        return publisher

    def planned(self, server: Running, folder: Path, outgoing: Outgoing, ahead: timedelta = 2 * HOUR) -> Envelope:
        ready = self.envelope(self.publisher(server, folder), outgoing)
        return ready.going_out(SystemClock().now() + ahead)

    def hand(self, server: Running, folder: Path, envelope: Envelope) -> HandingOver:
        return self.early(server, folder).hand_over(envelope, Memory(dict(envelope.ids)).remember)

    def test_a_post_is_kept_until_its_time_and_goes_out_by_itself(self, server: Running, tmp_path: Path) -> None:
        outgoing = post(tmp_path, self.network)
        envelope = self.planned(server, tmp_path, outgoing)
        handed = self.hand(server, tmp_path, envelope)
        assert isinstance(handed, Handed)
        assert (self.shown(server), self.kept(server)) == ([], [TEXT])
        known = envelope.kept_under(handed.remote_id)
        assert isinstance(self.early(server, tmp_path).where_is(known), Handed)
        server.advance(hours=2.1)
        found = self.early(server, tmp_path).where_is(known)
        assert isinstance(found, Published)
        assert found.url == handed.url != ""
        assert self.kept(server) == []
        assert [(each.text, each.alts) for each in self.shown(server)] == [(TEXT, tuple(item.alt for item in outgoing.media))]

    def test_it_is_taken_back_and_never_goes_out(self, server: Running, tmp_path: Path) -> None:
        envelope = self.planned(server, tmp_path, post(tmp_path, self.network))
        handed = self.hand(server, tmp_path, envelope)
        assert isinstance(handed, Handed)
        known = envelope.kept_under(handed.remote_id)
        assert self.early(server, tmp_path).take_back(known) == Absent()
        assert self.early(server, tmp_path).take_back(known) == Absent(), "what is gone already is no trouble"
        assert self.early(server, tmp_path).where_is(known) == Absent()
        server.advance(hours=3)
        assert (self.shown(server), self.kept(server)) == ([], [])

    def test_what_is_out_already_is_not_deleted(self, server: Running, tmp_path: Path) -> None:
        envelope = self.planned(server, tmp_path, post(tmp_path, self.network))
        handed = self.hand(server, tmp_path, envelope)
        assert isinstance(handed, Handed)
        server.advance(hours=2.1)
        assert isinstance(self.early(server, tmp_path).take_back(envelope.kept_under(handed.remote_id)), Published)
        assert len(self.shown(server)) == 1

    @pytest.mark.parametrize("late", [True, False], ids=["after it was done", "before it was done"])
    @pytest.mark.parametrize("do", ["drop", "500"])
    def test_a_lost_answer_to_handing_over_is_found_by_its_words_and_time(
        self, server: Running, tmp_path: Path, do: str, *, late: bool
    ) -> None:
        other = self.planned(server, tmp_path, post(tmp_path, self.network, "Other words", delivery="1" * 12))
        assert isinstance(self.hand(server, tmp_path, other), Handed)
        envelope = self.planned(server, tmp_path, post(tmp_path, self.network))
        self.break_answer(server, self.handing, do, late=late)
        assert isinstance(self.hand(server, tmp_path, envelope), Uncertain)
        found = self.early(server, tmp_path).where_is(envelope)
        assert isinstance(found, Handed if late else Absent)
        assert self.kept(server).count(TEXT) == int(late)
        server.advance(hours=2.1)
        assert isinstance(self.early(server, tmp_path).where_is(envelope), Published if late else Absent)

    @pytest.mark.parametrize("late", [True, False], ids=["after it was done", "before it was done"])
    @pytest.mark.parametrize("do", ["drop", "500"])
    def test_a_lost_answer_to_taking_back_is_read_back(self, server: Running, tmp_path: Path, do: str, *, late: bool) -> None:
        envelope = self.planned(server, tmp_path, post(tmp_path, self.network))
        handed = self.hand(server, tmp_path, envelope)
        assert isinstance(handed, Handed)
        self.break_answer(server, self.taking, do, late=late)
        found = self.early(server, tmp_path).take_back(envelope.kept_under(handed.remote_id))
        assert isinstance(found, Absent if not self.kept(server) else Uncertain)
        assert self.early(server, tmp_path).take_back(envelope.kept_under(handed.remote_id)) == Absent()
        assert self.kept(server) == []

    @pytest.mark.parametrize("ahead", [timedelta(minutes=5), timedelta(days=40), timedelta(minutes=-5)])
    def test_a_time_that_the_network_does_not_take_is_refused(self, server: Running, tmp_path: Path, ahead: timedelta) -> None:
        outcome = self.hand(server, tmp_path, self.planned(server, tmp_path, post(tmp_path, self.network), ahead))
        assert isinstance(outcome, Refused)
        assert (self.shown(server), self.kept(server)) == ([], [])

    def test_two_posts_with_the_same_words_at_the_same_time_are_nobody_s_guess(self, server: Running, tmp_path: Path) -> None:
        envelope = self.planned(server, tmp_path, post(tmp_path, self.network))
        for _ in range(2):
            assert isinstance(self.hand(server, tmp_path, envelope), Handed)
        assert isinstance(self.early(server, tmp_path).where_is(envelope), Uncertain)

    def test_a_server_that_is_away_proves_nothing(self, server: Running, tmp_path: Path) -> None:
        envelope = self.planned(server, tmp_path, post(tmp_path, self.network))
        away = self.early(Running("http://127.0.0.1:9", server.folder), tmp_path)
        refused = away.hand_over(envelope, Memory({}).remember)
        assert isinstance(refused, Refused)
        assert not refused.permanent
        assert isinstance(away.where_is(envelope), Uncertain)
        assert isinstance(away.take_back(envelope.kept_under("1_2")), Uncertain)

    def break_answer(self, server: Running, on: str, do: str, *, late: bool) -> None:
        if do == "drop":
            server.fault(on, "drop", early=not late)
        else:
            server.fault(on, "answer", status=500, body={"error": {"code": 2, "message": "oops"}}, late=late)
