"""The parts of the suite for networks that a film is brought to: its bytes arrive as they were measured, once, or not at all."""

import random
import tracemalloc
from abc import abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

import pytest

from scheduler.model.limits import VideoLimits
from scheduler.model.outcome import Absent, Outcome, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Media, Outgoing
from scheduler.publishers.contract import Deletes, ReadsFeed
from tests.emulators.emulating import Running
from tests.films import Film, measured
from tests.publishers.emulated import Emulated
from tests.publishers.posts import Killed, Memory, post, with_film
from tests.publishers.suite import Suite

TOLD = "A crowd walks by, singing"


class Films(Suite):
    """Holds a publisher to the films that its network takes."""

    @abstractmethod
    def brought(self, server: Running) -> list[list[str]]:
        """Returns the digests of everything that each post shows, pictures and films, in their order."""

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

    def described(self, server: Running, outgoing: Outgoing) -> tuple[str, ...]:
        """Returns the descriptions that readers get."""
        of_films = self.facts(server).abilities.alt_text_of_films
        return tuple(item.alt if of_films or item.picture.video is None else "" for item in outgoing.media)

    def goes_out_whole(self, server: Running, folder: Path, outgoing: Outgoing) -> None:
        proof = self.settle(server, folder, outgoing, self.prepared(server, folder, outgoing))
        assert isinstance(proof, Published), proof
        [shown] = self.shown(server)
        assert shown.text == self.as_shown(outgoing.text)
        assert self.brought(server) == [[item.picture.sha256 for item in outgoing.media]]
        if self.alts:
            assert shown.alts == self.described(server, outgoing)

    def test_a_film_goes_out_whole_with_its_words(self, server: Running, tmp_path: Path) -> None:
        self.goes_out_whole(server, tmp_path, self.filmed(tmp_path))

    @pytest.mark.parametrize(
        "fault", [{"do": "drop"}, {"do": "drop", "early": True}, {"do": "answer", "status": 500, "late": True}], ids=str
    )
    def test_a_lost_answer_of_a_film_is_one_film_or_a_question(self, server: Running, tmp_path: Path, fault: dict[str, Any]) -> None:
        outgoing = self.filmed(tmp_path)
        ids = self.prepared(server, tmp_path, outgoing)
        server.fault(self.shows_films, **fault)
        self.holds(server, self.settle(server, tmp_path, outgoing, ids), outgoing)
        assert self.brought(server) in ([], [[item.picture.sha256 for item in outgoing.media]])

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
        outgoing = self.filmed(tmp_path)
        ids, path = self.prepared(server, tmp_path, outgoing), Path(outgoing.media[0].picture.path)
        path.write_bytes(path.read_bytes()[:-1] + b"x")
        outcome = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert isinstance(outcome, Refused)
        assert outcome.reason == "The picture “march.mp4” was changed after the post was made ready."
        assert (outcome.permanent, outcome.kind) == (True, "media")
        assert isinstance(self.publisher(server, tmp_path).find(Envelope(outgoing, ids)), Absent)
        assert (server.state["calls"], self.shown(server)) == ([], [])

    def test_a_film_that_is_changed_when_it_is_about_to_be_shown_leaves_no_doubt(self, server: Running, tmp_path: Path) -> None:
        outgoing = self.filmed(tmp_path)
        film, ids = outgoing.media[0].picture, self.prepared(server, tmp_path, outgoing)
        memory = Memory(ids)

        def remember(name: str, value: str) -> None:
            Path(film.path).write_bytes(Path(film.path).read_bytes()[:-1] + b"x")
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
        above = replace(outgoing, media=(Media(film, TOLD),))
        outcome = self.try_once(self.publisher(server, tmp_path), Envelope(above, self.prepared(server, tmp_path, above)))
        assert isinstance(outcome, Refused)
        assert "takes films of up to" in outcome.reason
        assert server.state["calls"] == []

    def test_a_film_is_read_back_and_taken_back(self, server: Running, tmp_path: Path) -> None:
        outgoing = self.filmed(tmp_path)
        proof = self.settle(server, tmp_path, outgoing, self.prepared(server, tmp_path, outgoing))
        assert isinstance(proof, Published)
        publisher = self.publisher(server, tmp_path)
        if isinstance(publisher, ReadsFeed):
            read = publisher.feed(5)
            assert isinstance(read, tuple), read
            assert [(item.remote_id, item.url, item.text) for item in read] == [(proof.remote_id, proof.url, outgoing.text)]
            assert [alt for _, alt in read[0].pictures] == list(self.described(server, outgoing))
        assert isinstance(publisher, Deletes)
        assert publisher.delete(proof.remote_id) is None
        assert self.shown(server) == []


class FilmsAmongPictures(Films):
    """Holds a publisher to films that stand beside pictures, too."""

    def test_a_film_goes_out_whole_beside_pictures(self, server: Running, tmp_path: Path) -> None:
        self.goes_out_whole(server, tmp_path, self.filmed(tmp_path, pictures=2))

    def test_a_film_and_its_pictures_are_read_back_with_their_descriptions(self, server: Running, tmp_path: Path) -> None:
        outgoing = self.filmed(tmp_path, pictures=1)
        assert isinstance(self.settle(server, tmp_path, outgoing, self.prepared(server, tmp_path, outgoing)), Published)
        publisher = self.publisher(server, tmp_path)
        read = publisher.feed(5) if isinstance(publisher, ReadsFeed) else ()
        assert isinstance(read, tuple), read
        assert not read or [alt for _, alt in read[0].pictures] == list(self.described(server, outgoing))


class FilmsInPieces(Films, Emulated):
    """Holds a publisher to films that go piece by piece, alone in their post, and that the network works on before it shows them."""

    piece: ClassVar[int]
    """Is how many bytes go in one call."""
    steps: ClassVar[tuple[str, ...]]
    """Are patterns of the calls that bring a film, the visible one not among them."""
    slowly: ClassVar[Mapping[str, int]] = MappingProxyType({"polls": 100})
    """Is the switches of a network that works on a film for a quarter of an hour."""
    ids: ClassVar[dict[str, str]]
    """Is what a delivery begins with."""

    @abstractmethod
    def films(self, server: Running) -> list[dict[str, Any]]:
        """Returns what is known there of each film that was brought, with its ``sha256`` where it came whole."""

    @abstractmethod
    def seen(self, server: Running) -> list[list[dict[str, Any]]]:
        """Returns the films of each post that readers see."""

    def brought(self, server: Running) -> list[list[str]]:
        return [[film["sha256"] for film in films] for films in self.seen(server)]

    def filmed(self, folder: Path, *, pictures: int = 0) -> Outgoing:
        assert not pictures, "a film stands alone there"
        return self.film(folder)

    def film(self, folder: Path, film: Film | None = None) -> Outgoing:
        """Returns a post with a film of two pieces."""
        content = random.Random(7).randbytes(self.piece + 99_000)
        made = film or Film(size=(720, 1280), content=content)
        media = Media(measured(folder / "march.mp4", made), "The march comes round the corner")
        return replace(post(folder, self.network, "See the march", pictures=0), media=(media,))

    def tried(
        self, server: Running, folder: Path, outgoing: Outgoing, ids: dict[str, str], dies: int = 0, *, before: bool = False
    ) -> Outcome:
        """Returns what comes of one try, whose ids are kept."""
        return self.publisher(server, folder).publish(Envelope(outgoing, dict(ids)), Memory(ids, dies, before).remember)

    def begun(self, server: Running) -> int:
        """Returns how many films it was begun to bring."""
        return len(self.films(server))

    def is_out_once(self, server: Running, outgoing: Outgoing) -> None:
        assert self.brought(server) == [[outgoing.media[0].picture.sha256]]

    def test_a_film_whose_upload_breaks_off_anywhere_is_one_post(self, server: Running, tmp_path: Path) -> None:
        outgoing = self.film(tmp_path)
        for step, do in product(self.steps, ("drop", "answer")):
            server.reset()
            server.fault(step, do, **({"status": 503} if do == "answer" else {}))
            ids = dict(self.ids)
            outcome = self.tried(server, tmp_path, outgoing, ids)
            assert isinstance(outcome, Published if do == "drop" else Refused), (step, do, outcome)
            assert isinstance(self.settle(server, tmp_path, outgoing, ids, outcome), Published), (step, do)
            self.is_out_once(server, outgoing)

    def test_a_death_at_any_id_is_one_post_and_what_was_brought_is_not_brought_again(self, server: Running, tmp_path: Path) -> None:
        outgoing, commits = self.film(tmp_path), Memory(dict(self.ids))
        self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(self.ids)), commits.remember)
        for dies, before in product(range(1, commits.commits + 1), (True, False)):
            server.reset()
            ids = dict(self.ids)
            with suppress(Killed):
                self.tried(server, tmp_path, outgoing, ids, dies, before=before)
            known = set(ids) - set(self.ids)
            assert isinstance(self.settle(server, tmp_path, outgoing, ids, Uncertain("the program ended")), Published), (dies, before)
            self.is_out_once(server, outgoing)
            assert self.begun(server) == (1 if known else 2), (dies, before)

    def test_a_film_that_is_worked_on_for_long_is_asked_after_later_and_not_brought_again(self, server: Running, tmp_path: Path) -> None:
        server.switch(**self.slowly)
        outgoing, ids = self.film(tmp_path), dict(self.ids)
        outcome = self.tried(server, tmp_path, outgoing, ids)
        assert isinstance(outcome, Refused)
        assert (outcome.permanent, "is still working on" in outcome.reason) == (False, True)
        assert outcome.retry_after is not None
        assert outcome.retry_after >= timedelta(minutes=1)
        assert self.seen(server) == []
        server.switch(polls=0)
        assert isinstance(self.tried(server, tmp_path, outgoing, ids), Published)
        self.is_out_once(server, outgoing)
        assert self.begun(server) == 1

    def test_a_death_while_a_film_is_worked_on_leaves_no_doubt_that_nothing_is_out(self, server: Running, tmp_path: Path) -> None:
        server.switch(**self.slowly)
        outgoing, ids = self.film(tmp_path), dict(self.ids)
        assert isinstance(self.tried(server, tmp_path, outgoing, ids), Refused)
        assert self.publisher(server, tmp_path).find(Envelope(outgoing, ids)) == Absent(is_uncalled=True)

    def test_a_film_that_the_network_cannot_use_is_refused_and_a_mended_one_is_brought(self, server: Running, tmp_path: Path) -> None:
        """Its file says something else than what was measured, which only whoever plays it finds out."""
        wrong = self.film(tmp_path, Film(seconds=3_600, size=(720, 1280), padding=99_000))
        shown = wrong.media[0].picture
        assert shown.video is not None
        told = replace(wrong, media=(replace(wrong.media[0], picture=replace(shown, video=replace(shown.video, seconds=12.0))),))
        ids = dict(self.ids)
        outcome = self.tried(server, tmp_path, told, ids)
        assert isinstance(outcome, Refused)
        assert (outcome.kind, outcome.permanent) == ("media", True)
        assert self.refusal in outcome.reason
        assert self.seen(server) == []
        mended = self.film(tmp_path)
        assert isinstance(self.tried(server, tmp_path, mended, ids), Published)
        self.is_out_once(server, mended)

    refusal: ClassVar[str]
    """Is what the network says of a film of an hour."""

    def test_a_film_is_never_held_in_memory_as_a_whole(self, server: Running, tmp_path: Path) -> None:
        """Neither is it held by pieces that were sent and are waiting to be forgotten."""
        outgoing = self.film(tmp_path, Film(size=(720, 1280), padding=5 * self.piece + 2**23))
        publisher, ids = self.publisher(server, tmp_path), dict(self.ids)
        tracemalloc.start()
        try:
            outcome = publisher.publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert isinstance(outcome, Published)
        assert most < 4 * self.piece + 2**21
        self.is_out_once(server, outgoing)

    def test_a_film_beyond_the_limits_or_beside_a_picture_never_leaves(self, server: Running, tmp_path: Path) -> None:
        film = self.film(tmp_path)
        limits = self.facts(server).limits.video
        assert limits is not None
        shown = film.media[0]
        assert shown.picture.video is not None
        beside = replace(film, media=(*film.media, *post(tmp_path, self.network, pictures=1).media))
        long = replace(shown.picture, video=replace(shown.picture.video, seconds=limits.seconds[1] + 1))
        wide = replace(shown.picture, width=3_000, height=200)
        refused = {"video-not-alone": beside, **{str(each): replace(film, media=(Media(each, ""),)) for each in (long, wide)}}
        for name, outgoing in refused.items():
            outcome = self.tried(server, tmp_path, outgoing, dict(self.ids))
            assert isinstance(outcome, Refused), name
            assert outcome.kind == "content", name
        assert server.state["calls"] == []
