"""The part of the suite for networks that a film is brought to: its bytes arrive as they were measured, once, or not at all."""

from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.model.limits import VideoLimits
from scheduler.model.outcome import Absent, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Media, Outgoing
from scheduler.publishers.contract import Deletes, ReadsFeed
from tests.emulators.emulating import Running
from tests.films import Film
from tests.publishers.posts import Killed, Memory, post, with_film
from tests.publishers.suite import Suite

TOLD = "A crowd walks by, singing"


class Films(Suite):
    """Holds a publisher to the films that its network takes."""

    def brought(self, server: Running) -> list[list[str]]:
        """Returns the digests of everything that each post shows, pictures and films, in their order."""
        raise NotImplementedError(server)

    @property
    def shows_films(self) -> str:
        """Returns the pattern of the call that makes a film visible."""
        return self.visible

    def takes(self, server: Running) -> VideoLimits:
        """Returns what the network takes of a film."""
        found = self.facts(server).limits.video
        assert found is not None
        return found

    def filmed(self, folder: Path, *, pictures: int = 0) -> Outgoing:
        """Returns a post with a film, which stands before its pictures."""
        return with_film(post(folder, self.network, pictures=pictures), folder, TOLD)

    @pytest.mark.parametrize("pictures", [0, 2])
    def test_a_film_goes_out_whole_with_its_words_beside_pictures_too(self, server: Running, tmp_path: Path, pictures: int) -> None:
        outgoing = self.filmed(tmp_path, pictures=pictures)
        proof = self.settle(server, tmp_path, outgoing, self.prepared(server, tmp_path, outgoing))
        assert isinstance(proof, Published), proof
        [shown] = self.shown(server)
        assert shown.text == self.as_shown(outgoing.text)
        assert self.brought(server) == [[item.picture.sha256 for item in outgoing.media]]
        if self.alts:
            assert shown.alts == tuple(item.alt for item in outgoing.media)

    @pytest.mark.parametrize("late", [True, False], ids=["after it was done", "before it was done"])
    def test_a_lost_answer_of_a_film_is_one_film_or_a_question(self, server: Running, tmp_path: Path, *, late: bool) -> None:
        outgoing = self.filmed(tmp_path)
        ids = self.prepared(server, tmp_path, outgoing)
        server.fault(self.shows_films, "drop", early=not late)
        self.holds(server, self.settle(server, tmp_path, outgoing, ids), outgoing)
        assert len(self.brought(server)) <= 1

    def test_a_death_at_any_id_of_a_film_heals_into_one_film_or_a_question(self, server: Running, tmp_path: Path) -> None:
        outgoing = self.filmed(tmp_path)
        for dies in range(1, 20):
            server.reset()
            ids = self.prepared(server, tmp_path, outgoing)
            try:
                outcome = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids, dies).remember)
            except Killed:
                proof = self.settle(server, tmp_path, outgoing, ids, Uncertain("the program ended"))
                self.holds(server, proof, outgoing)
                continue
            assert isinstance(outcome, Published)
            return
        raise AssertionError("there is no end of ids")

    def test_a_film_that_was_changed_since_is_not_sent(self, server: Running, tmp_path: Path) -> None:
        outgoing = self.filmed(tmp_path, pictures=1)
        ids = self.prepared(server, tmp_path, outgoing)
        Film(content=b"another march").write(Path(outgoing.media[0].picture.path))
        outcome = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert isinstance(outcome, Refused)
        assert (outcome.permanent, outcome.kind, "was changed" in outcome.reason) == (True, "media", True)
        assert isinstance(self.publisher(server, tmp_path).find(Envelope(outgoing, ids)), Absent)
        assert self.shown(server) == []

    def test_a_film_that_is_changed_when_it_is_about_to_be_shown_leaves_no_doubt(self, server: Running, tmp_path: Path) -> None:
        outgoing = self.filmed(tmp_path)
        film, ids = outgoing.media[0].picture, self.prepared(server, tmp_path, outgoing)
        memory = Memory(ids)

        def remember(name: str, value: str) -> None:
            Path(film.path).write_bytes(Path(film.path).read_bytes().replace(b"march", b"dance"))
            memory.remember(name, value)

        outcome = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), remember)
        if isinstance(outcome, Published):  # it was whole at the network before anything of it was committed
            assert self.brought(server) == [[film.sha256]]
        else:
            assert isinstance(outcome, Refused)
            assert "was changed" in outcome.reason
            assert self.publisher(server, tmp_path).find(Envelope(outgoing, ids)) == Absent(is_uncalled=True)
            assert self.shown(server) == []

    def test_a_film_above_the_limit_is_refused_before_anything_is_sent(self, server: Running, tmp_path: Path) -> None:
        outgoing = self.filmed(tmp_path)
        film = replace(outgoing.media[0].picture, bytes=self.takes(server).bytes + 1)
        envelope = Envelope(replace(outgoing, media=(Media(film, TOLD),)), {"prepared": "0"})
        outcome = self.try_once(self.publisher(server, tmp_path), envelope)
        assert isinstance(outcome, Refused)
        assert "takes films of up to" in outcome.reason
        assert server.state["calls"] == []

    def test_a_film_is_read_back_and_taken_back(self, server: Running, tmp_path: Path) -> None:
        outgoing = self.filmed(tmp_path, pictures=1)
        proof = self.settle(server, tmp_path, outgoing, self.prepared(server, tmp_path, outgoing))
        assert isinstance(proof, Published)
        publisher = self.publisher(server, tmp_path)
        if isinstance(publisher, ReadsFeed):
            read = publisher.feed(5)
            assert isinstance(read, tuple), read
            assert [(item.remote_id, item.url, item.text) for item in read] == [(proof.remote_id, proof.url, outgoing.text)]
            assert [alt for _, alt in read[0].pictures] == [item.alt for item in outgoing.media]
        assert isinstance(publisher, Deletes)
        assert publisher.delete(proof.remote_id) is None
        assert self.shown(server) == []
