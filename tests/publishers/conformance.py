"""The suite of the publisher's contract: a network's own test subclasses :class:`Conformance`, by way of the kind of place it is tried in.

:class:`~tests.publishers.emulated.Emulated` is for an emulator, :class:`~tests.publishers.wired.Wired` for a real server,
:class:`~tests.publishers.folders.InFolder` for what is written on this machine. Each test is a deliverer's day in small: publish,
remember, crash, lose an answer, ask for proof, go on. What a network cannot do is left out with its own reason, which is printed.
"""

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from scheduler.clock import SystemClock
from scheduler.model.outcome import Absent, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Media, Outgoing
from scheduler.publishers.contract import Deletes, Edits, ReadsFeed
from tests.emulators.emulating import Running
from tests.films import Film, measured
from tests.publishers.answering import Answers
from tests.publishers.polling import Polls
from tests.publishers.posts import TEXT, Killed, Memory, Shown, post
from tests.publishers.suite import MOST_ROUNDS


class Conformance(Answers, Polls):
    """Holds a publisher to the contract."""

    repeats: ClassVar[str] = ""
    """Is how the network refuses the same words a second time, where it does."""

    def test_a_post_goes_out_with_its_text_and_alt_texts_unchanged(self, server: Running, tmp_path: Path) -> None:
        outgoing = post(tmp_path, self.network, pictures=self.pictures)
        proof = self.settle(server, tmp_path, outgoing, self.prepared(server, tmp_path, outgoing))
        assert isinstance(proof, Published), proof
        [shown] = self.shown(server)
        assert shown.text == self.as_shown(TEXT)
        assert proof.url.endswith(shown.url)
        if self.alts:
            assert shown.alts == tuple(item.alt for item in outgoing.media)

    def test_a_post_of_words_alone_and_one_with_a_single_picture_go_out(self, server: Running, tmp_path: Path) -> None:
        first = 1 if self.facts(server).limits.picture_required else 0
        for number in range(first, min(self.pictures, 1) + 1):
            outgoing = post(tmp_path, self.network, f"Words {number}", pictures=number, delivery=f"{number:012}")
            assert isinstance(self.settle(server, tmp_path, outgoing, self.prepared(server, tmp_path, outgoing)), Published)
            [shown] = [each for each in self.shown(server) if each.text == f"Words {number}"]
            if self.alts:
                assert shown.alts == tuple(item.alt for item in outgoing.media)

    def test_a_film_goes_out_with_its_description_or_is_refused_in_words(self, server: Running, tmp_path: Path) -> None:
        facts, film = self.facts(server), Media(measured(tmp_path / "march.mp4", Film(padding=100_000)), "The march comes")
        if "film" in self.lacks:
            self.lacking(server, "film")
        outgoing = replace(post(tmp_path, self.network, "March", pictures=0), media=(film,))
        proof = self.settle(server, tmp_path, outgoing, self.prepared(server, tmp_path, outgoing))
        if facts.limits.video is None:
            assert isinstance(proof, Refused), proof
            assert (proof.permanent, "gets no films in posts; “march.mp4” is one" in proof.reason) == (True, True), proof
            assert self.shown(server) == []
            return
        assert isinstance(proof, Published), proof
        [shown] = self.shown(server)
        assert shown.text == "March"
        if self.alts and not facts.no_alt_text(story=False, film=True):
            assert shown.alts == ("The march comes",)

    def test_the_same_envelope_twice_is_one_post_with_one_address(self, server: Running, tmp_path: Path) -> None:
        self.needs_proof(server)
        outgoing = post(tmp_path, self.network, pictures=self.pictures)
        ids = self.prepared(server, tmp_path, outgoing)
        first = self.settle(server, tmp_path, outgoing, ids)
        publisher = self.publisher(server, tmp_path)
        again = publisher.publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert isinstance(first, Published)
        assert first == again == self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert len(self.shown(server)) == 1

    def test_find_proves_absence_before_and_presence_after(self, server: Running, tmp_path: Path) -> None:
        outgoing = post(tmp_path, self.network, pictures=self.pictures)
        ids = self.prepared(server, tmp_path, outgoing)
        assert isinstance(self.publisher(server, tmp_path).find(Envelope(outgoing, dict(ids))), Absent)
        proof = self.settle(server, tmp_path, outgoing, ids)
        found = self.publisher(server, tmp_path).find(Envelope(outgoing, dict(ids)))
        assert found == proof if self.proves else isinstance(found, Uncertain)
        other = post(tmp_path, self.network, "Another", pictures=self.pictures, delivery="f" * 12)
        other_ids = self.prepared(server, tmp_path, other)
        assert isinstance(self.publisher(server, tmp_path).find(Envelope(other, other_ids)), Absent)

    def test_prepare_gives_the_same_ids_each_time_and_asks_nobody(self, server: Running, tmp_path: Path) -> None:
        publisher, outgoing, now = self.publisher(server, tmp_path), post(tmp_path, self.network), SystemClock().now()
        assert (
            publisher.prepare(outgoing, now) == publisher.prepare(outgoing, now) == self.publisher(server, tmp_path).prepare(outgoing, now)
        )
        assert server.state["calls"] == []

    def test_two_posts_of_equal_words_are_two_posts(self, server: Running, tmp_path: Path) -> None:
        for delivery in ("000000000001", "000000000002"):
            outgoing = post(tmp_path, self.network, pictures=self.pictures, delivery=delivery)
            proof = self.settle(server, tmp_path, outgoing, self.prepared(server, tmp_path, outgoing))
            if self.repeats and delivery.endswith("2"):
                assert isinstance(proof, Refused), proof
                assert (proof.kind, self.repeats in proof.reason) == ("duplicate", True), proof
            else:
                assert isinstance(proof, Published), proof
        posts = self.shown(server)
        assert [each.text for each in posts] == [self.as_shown(TEXT)] * (1 if self.repeats else 2)
        assert len({each.url for each in posts}) == len([each for each in posts if each.url] or [Shown("")])

    def test_a_picture_that_was_changed_since_is_not_sent(self, server: Running, tmp_path: Path) -> None:
        if not self.pictures:
            self.lacking(server, "alt_text")
        publisher, outgoing = self.publisher(server, tmp_path), post(tmp_path, self.network, pictures=self.pictures)
        envelope = self.envelope(publisher, outgoing)
        Path(outgoing.media[-1].picture.path).write_bytes(b"another picture")
        outcome = self.try_once(publisher, envelope)
        assert isinstance(outcome, Refused)
        assert outcome.permanent
        assert "was changed" in outcome.reason
        assert isinstance(self.publisher(server, tmp_path).find(envelope), Absent)
        assert self.shown(server) == []

    def test_half_an_emoji_is_refused_in_words_and_nothing_is_sent(self, server: Running, tmp_path: Path) -> None:
        publisher = self.publisher(server, tmp_path)
        outgoing = replace(post(tmp_path, self.network, pictures=min(self.pictures, 1)), text="cut \ud83d", facets=())
        outcome = self.try_once(publisher, self.envelope(publisher, outgoing))
        assert isinstance(outcome, Refused)
        assert "half of an emoji" in outcome.reason
        assert server.state["calls"] == []

    @pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
    def test_a_death_at_any_id_heals_into_one_post(self, server: Running, tmp_path: Path, *, before: bool) -> None:
        self.needs_proof(server)
        for dies in range(1, 20):
            outgoing = post(tmp_path, self.network, f"Death {dies}", pictures=self.pictures, delivery=f"{dies:012}")
            ids = self.prepared(server, tmp_path, outgoing)
            outcome = self._until_death(server, tmp_path, outgoing, Memory(ids, dies, before))
            if outcome is not None:
                return
            proof = self.settle(server, tmp_path, outgoing, ids, Uncertain("the program ended"))
            assert isinstance(proof, Published)
            assert [item.text for item in self.shown(server)].count(outgoing.text) == 1
        raise AssertionError("there is no end of ids")

    def _until_death(self, server: Running, folder: Path, outgoing: Outgoing, memory: Memory) -> Published | None:
        try:
            for _ in range(MOST_ROUNDS):
                outcome = self.publisher(server, folder).publish(Envelope(outgoing, dict(memory.ids)), memory.remember)
                if isinstance(outcome, Published):
                    return outcome
        except Killed:
            return None
        raise AssertionError("never published")

    def out(self, server: Running, folder: Path) -> tuple[Outgoing, Published]:
        """Publishes a post; returns it with the proof."""
        outgoing = post(folder, self.network, pictures=self.pictures)
        proof = self.settle(server, folder, outgoing, self.prepared(server, folder, outgoing))
        assert isinstance(proof, Published)
        return outgoing, proof

    def test_what_is_out_is_read_back(self, server: Running, tmp_path: Path) -> None:
        publisher = self.publisher(server, tmp_path)
        if not isinstance(publisher, ReadsFeed):
            self.lacking(server, "feed")
        outgoing, proof = self.out(server, tmp_path)
        found = publisher.feed(5)
        assert isinstance(found, tuple), found
        assert [(item.remote_id, item.url, item.text.rstrip()) for item in found] == [(proof.remote_id, proof.url, TEXT.rstrip())]
        assert [alt for _, alt in found[0].pictures] == ([item.alt for item in outgoing.media] if self.alts else [""] * self.pictures)
        assert found[0].published is not None

    def test_what_is_out_is_mended(self, server: Running, tmp_path: Path) -> None:
        publisher = self.publisher(server, tmp_path)
        if not isinstance(publisher, Edits):
            self.lacking(server, "edit")
        outgoing, proof = self.out(server, tmp_path)
        mended = publisher.edit(proof.remote_id, replace(outgoing, text="Mended & <b>so</b> #MayDay", facets=()))
        assert isinstance(mended, Published), mended
        [shown] = self.shown(server)
        assert (shown.text, shown.alts) == ("Mended & <b>so</b> #MayDay", tuple(item.alt for item in outgoing.media) if self.alts else ())

    def test_what_is_out_is_taken_back_and_a_second_time_is_no_trouble(self, server: Running, tmp_path: Path) -> None:
        publisher = self.publisher(server, tmp_path)
        if not isinstance(publisher, Deletes):
            self.lacking(server, "delete")
        _, proof = self.out(server, tmp_path)
        assert publisher.delete(proof.remote_id) is None
        assert self.shown(server) == []
        assert publisher.delete(proof.remote_id) is None, "what is gone already is no trouble"
