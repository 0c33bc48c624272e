"""What every publisher on somebody else's server must do; a network's own test subclasses :class:`Remote`.

Each test is a deliverer's day in small: publish, remember, crash, lose an answer, ask for proof, go on.
"""

import hashlib
import io
import logging
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

import pytest
from PIL import Image

from scheduler.clock import SystemClock, VirtualClock
from scheduler.model.graphic import Picture
from scheduler.model.network import Account
from scheduler.model.outcome import Absent, Outcome, Proof, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Media, Outgoing
from scheduler.model.settings import Organisation
from scheduler.publishers.contract import Connection, Deletes, Edits, Publisher, ReadsFeed, Verifies
from scheduler.publishers.discovery import known_networks
from scheduler.publishers.hosting.host import MediaHost
from tests.emulators.emulating import Running, running
from tests.publishers.error_tables import Row, class_of

TEXT = "🚨 ¡Marcha el 1º de mayo! 👩🏽‍🏭\n\nTwo lines, & no <b>HTML</b> {braces} (and) [more] *stars* _under_.\n#MayDay नमस्ते 🏳️‍🌈"
DELIVERY = "0a1b2c3d4e5f"
MOST_ROUNDS = 30


class Killed(BaseException):
    """Ends a delivery where a process would have ended."""


def jpeg(folder: Path, name: str, size: tuple[int, int] = (80, 100), shade: str = "navy", kind: str = "JPEG") -> Picture:
    """Writes a real picture and returns it as measured."""
    stream = io.BytesIO()
    Image.new("RGB", size, shade).save(stream, kind)
    path = folder / name
    path.write_bytes(stream.getvalue())
    digest = hashlib.sha256(stream.getvalue()).hexdigest()
    return Picture(path=str(path), sha256=digest, width=size[0], height=size[1], bytes=len(stream.getvalue()), mime=f"image/{kind.lower()}")


def post(folder: Path, network: str, text: str = TEXT, *, pictures: int = 2, delivery: str = DELIVERY) -> Outgoing:
    """Returns a post with pictures that have descriptions."""
    shades = ("navy", "maroon", "teal", "olive")
    media = tuple(Media(jpeg(folder, f"{delivery}-{n}.jpg", shade=shades[n]), f'Banner {n}: "Unión" & <i>') for n in range(pictures))
    return Outgoing(delivery=delivery, account="main", network=network, text=text, media=media, language="es")


@dataclass
class Shown:
    """Is a post as the network keeps it."""

    text: str
    alts: tuple[str, ...] = ()


@dataclass
class Memory:
    """Is what the ledger would know; it ends the delivery at its ``dies``-th id, before or after keeping it."""

    ids: dict[str, str]
    dies: int = 0
    before: bool = False
    commits: int = field(default=0)

    def remember(self, name: str, value: str) -> None:
        self.commits += 1
        dies = self.commits == self.dies
        if dies and self.before:
            raise Killed
        self.ids[name] = value
        if dies:
            raise Killed


class Remote(ABC):
    """Holds a publisher on somebody else's server to the contract."""

    emulator: ClassVar[str]
    network: ClassVar[str]
    visible: ClassVar[str]
    """Is the pattern of the call that makes a post visible."""
    secret: ClassVar[str]
    pictures: ClassVar[int] = 2
    alts: ClassVar[bool] = True
    can_be_asked: ClassVar[bool] = True
    proves: ClassVar[bool] = True
    """Tells whether the network can prove what became of a post; where it cannot, a person is asked."""

    @abstractmethod
    def settings(self, server: Running) -> dict[str, str]:
        """Returns the account's settings that lead to the emulator."""

    @abstractmethod
    def shown(self, server: Running) -> list[Shown]:
        """Returns every post that readers see there."""

    def host(self, folder: Path) -> MediaHost | None:
        """Returns where pictures can be fetched, for networks that fetch them."""
        del folder
        return None

    @pytest.fixture(scope="class")
    @classmethod
    def process(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
        with running(cls.emulator, tmp_path_factory.mktemp("emulator")) as server:
            yield server

    @pytest.fixture
    def server(self, process: Running) -> Running:
        process.reset()
        return process

    def publisher(self, server: Running, folder: Path, secret: str | None = None) -> Publisher:
        """Returns a new publisher, as after a start of the program."""
        adapter = known_networks()[self.network]
        defaults = {setting.name: setting.default for setting in adapter.facts.settings if setting.default is not None}
        account = Account(name="main", network=self.network, live=True, settings=defaults | self.settings(server))
        assert adapter.connect is not None
        clock = VirtualClock(SystemClock().now())
        organisation = Organisation(name="Harbour Workers")
        told = self.secret.replace("SERVER", server.address) if secret is None else secret
        return adapter.connect(Connection(account, folder, lambda: told, organisation, clock=clock, media=self.host(folder)))

    def envelope(self, publisher: Publisher, outgoing: Outgoing) -> Envelope:
        return Envelope(outgoing, dict(publisher.prepare(outgoing, SystemClock().now())))

    def try_once(self, publisher: Publisher, envelope: Envelope) -> Outcome:
        ids = dict(envelope.ids)
        return publisher.publish(Envelope(envelope.outgoing, ids), Memory(ids).remember)

    def settle(
        self, server: Running, folder: Path, outgoing: Outgoing, ids: dict[str, str], outcome: Outcome | None = None
    ) -> Proof | Refused:
        """Does what the engine does until it is sure or has to ask a person; each round is a new start of the program."""
        for _ in range(MOST_ROUNDS):
            publisher = self.publisher(server, folder)
            if outcome is None or isinstance(outcome, Refused):
                if isinstance(outcome, Refused) and outcome.permanent:
                    return outcome
                outcome = publisher.publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
            if isinstance(outcome, Published):
                return outcome
            if isinstance(outcome, Uncertain):
                proof = publisher.find(Envelope(outgoing, dict(ids)))
                if not isinstance(proof, Absent):
                    return proof
                outcome = None
        raise AssertionError(f"never settled: {outcome}")

    def holds(self, server: Running, proof: Proof | Refused, outgoing: Outgoing) -> None:
        """Looks as a reader: one post and a proof of it, or a person who is asked, and never two."""
        posts = self.shown(server)
        assert len(posts) <= 1
        if self.proves or isinstance(proof, Published):
            assert isinstance(proof, Published), proof
            assert [item.text for item in posts] == [outgoing.text]
        else:
            assert isinstance(proof, Uncertain), proof

    def test_a_post_goes_out_with_its_text_and_alt_texts_unchanged(self, server: Running, tmp_path: Path) -> None:
        outgoing = post(tmp_path, self.network, pictures=self.pictures)
        proof = self.settle(server, tmp_path, outgoing, dict(self.envelope(self.publisher(server, tmp_path), outgoing).ids))
        assert isinstance(proof, Published), proof
        [shown] = self.shown(server)
        assert shown.text == TEXT
        if self.alts:
            assert shown.alts == tuple(item.alt for item in outgoing.media)

    def test_a_post_of_words_alone_and_one_with_a_single_picture_go_out(self, server: Running, tmp_path: Path) -> None:
        first = 1 if known_networks()[self.network].facts.limits.picture_required else 0
        for number in range(first, min(self.pictures, 1) + 1):
            outgoing = post(tmp_path, self.network, f"Words {number}", pictures=number, delivery=f"{number:012}")
            ids = dict(self.envelope(self.publisher(server, tmp_path), outgoing).ids)
            assert isinstance(self.settle(server, tmp_path, outgoing, ids), Published)
            assert self.shown(server)[-1].text == f"Words {number}"
            if self.alts:
                assert self.shown(server)[-1].alts == tuple(item.alt for item in outgoing.media)

    def test_what_was_sent_is_found_and_sent_again_it_is_the_same_post(self, server: Running, tmp_path: Path) -> None:
        outgoing = post(tmp_path, self.network, pictures=self.pictures)
        ids = dict(self.envelope(self.publisher(server, tmp_path), outgoing).ids)
        before = self.publisher(server, tmp_path).find(Envelope(outgoing, dict(ids)))
        assert isinstance(before, Absent)
        first = self.settle(server, tmp_path, outgoing, ids)
        if not self.proves:
            assert isinstance(self.publisher(server, tmp_path).find(Envelope(outgoing, dict(ids))), Uncertain)
            return
        found = self.publisher(server, tmp_path).find(Envelope(outgoing, dict(ids)))
        again = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert isinstance(first, Published)
        assert first == found == again
        assert len(self.shown(server)) == 1

    def test_prepare_gives_the_same_ids_each_time_and_asks_nobody(self, server: Running, tmp_path: Path) -> None:
        publisher, outgoing, now = self.publisher(server, tmp_path), post(tmp_path, self.network), SystemClock().now()
        assert publisher.prepare(outgoing, now) == publisher.prepare(outgoing, now)
        assert server.state["calls"] == []

    def test_a_picture_that_was_changed_since_is_not_sent(self, server: Running, tmp_path: Path) -> None:
        if not self.pictures:
            pytest.skip("this network takes no pictures")
        publisher, outgoing = self.publisher(server, tmp_path), post(tmp_path, self.network, pictures=self.pictures)
        Path(outgoing.media[-1].picture.path).write_bytes(b"another picture")
        outcome = self.try_once(publisher, self.envelope(publisher, outgoing))
        assert isinstance(outcome, Refused)
        assert outcome.permanent
        assert "was changed" in outcome.reason
        assert self.shown(server) == []

    def test_half_an_emoji_is_refused_in_words_and_nothing_is_sent(self, server: Running, tmp_path: Path) -> None:
        publisher = self.publisher(server, tmp_path)
        outgoing = replace(post(tmp_path, self.network, pictures=min(self.pictures, 1)), text="cut \ud83d")
        outcome = self.try_once(publisher, self.envelope(publisher, outgoing))
        assert isinstance(outcome, Refused)
        assert "half of an emoji" in outcome.reason
        assert server.state["calls"] == []

    @pytest.mark.parametrize("late", [True, False], ids=["after it was done", "before it was done"])
    @pytest.mark.parametrize("do", ["drop", "500"])
    def test_a_lost_answer_of_the_visible_call_is_one_post_or_a_question(
        self, server: Running, tmp_path: Path, do: str, *, late: bool
    ) -> None:
        outgoing = post(tmp_path, self.network, pictures=self.pictures)
        ids = dict(self.envelope(self.publisher(server, tmp_path), outgoing).ids)
        if do == "drop":
            server.fault(self.visible, "drop", early=not late)
        else:
            server.fault(self.visible, "answer", status=500, body={"error": {"code": 2, "message": "oops"}}, late=late)
        self.holds(server, self.settle(server, tmp_path, outgoing, ids), outgoing)

    @pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
    def test_a_death_at_any_id_heals_into_one_post(self, server: Running, tmp_path: Path, *, before: bool) -> None:
        if not self.proves:
            pytest.skip("a network without ids: the engine asks a person")
        for dies in range(1, 20):
            outgoing = post(tmp_path, self.network, f"Death {dies}", pictures=self.pictures, delivery=f"{dies:012}")
            publisher = self.publisher(server, tmp_path)
            ids = dict(self.envelope(publisher, outgoing).ids)
            memory = Memory(ids, dies, before)
            outcome = self._until_death(server, tmp_path, outgoing, memory)
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

    def test_each_error_of_the_documents_lands_in_its_class(self, server: Running, tmp_path: Path, error_row: Row) -> None:
        least = 1 if known_networks()[self.network].facts.limits.picture_required else 0
        outgoing = post(tmp_path, self.network, pictures=least if error_row.pictures is None else error_row.pictures)
        ids = dict(self.envelope(self.publisher(server, tmp_path), outgoing).ids) | dict(error_row.ids)
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

    @pytest.mark.parametrize("late", [True, False], ids=["after it was done", "before it was done"])
    @pytest.mark.parametrize("body", ["<html>Welcome to our hotel</html>", "", "[]", '{"id": null}'])
    def test_a_page_in_the_place_of_an_answer_is_one_post_or_a_question(
        self, server: Running, tmp_path: Path, body: str, *, late: bool
    ) -> None:
        outgoing = post(tmp_path, self.network, pictures=min(self.pictures, 1))
        ids = dict(self.envelope(self.publisher(server, tmp_path), outgoing).ids)
        server.fault(self.visible, "answer", status=200, body=body, late=late)
        proof = self.settle(server, tmp_path, outgoing, ids)
        texts = [item.text for item in self.shown(server)]
        assert texts == [outgoing.text] if isinstance(proof, Published) else len(texts) <= 1
        assert not (isinstance(proof, Refused) and texts)

    def test_too_many_calls_is_a_wait_and_no_failure(self, server: Running, tmp_path: Path) -> None:
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

    def test_what_is_out_is_read_back_mended_and_taken_back(self, server: Running, tmp_path: Path) -> None:
        outgoing = post(tmp_path, self.network, pictures=self.pictures)
        proof = self.settle(server, tmp_path, outgoing, dict(self.envelope(self.publisher(server, tmp_path), outgoing).ids))
        assert isinstance(proof, Published)
        publisher, alts = self.publisher(server, tmp_path), tuple(item.alt for item in outgoing.media)
        if isinstance(publisher, ReadsFeed):
            found = publisher.feed(5)
            assert isinstance(found, tuple), found
            assert [(item.remote_id, item.url, item.text) for item in found] == [(proof.remote_id, proof.url, TEXT)]
            assert [alt for _, alt in found[0].pictures] == (list(alts) if self.alts else [""] * self.pictures)
            assert found[0].published is not None
        if isinstance(publisher, Edits):
            mended = publisher.edit(proof.remote_id, replace(outgoing, text="Mended & <b>so</b> #MayDay"))
            assert isinstance(mended, Published), mended
            assert self.shown(server) == [Shown("Mended & <b>so</b> #MayDay", alts if self.alts else ())]
        if isinstance(publisher, Deletes):
            assert publisher.delete(proof.remote_id) is None
            assert self.shown(server) == []
            assert publisher.delete(proof.remote_id) is None, "what is gone already is no trouble"

    def wrong_secret(self) -> str:
        """Returns a secret of the right form that the network does not know."""
        return f"{self.secret}-but-wrong"

    def test_a_server_that_is_not_there_is_tried_again_later(self, server: Running, tmp_path: Path) -> None:
        publisher = self.publisher(replace_address(server), tmp_path)
        outgoing = post(tmp_path, self.network, pictures=self.pictures)
        outcome = self.try_once(publisher, self.envelope(publisher, outgoing))
        assert isinstance(outcome, Refused)
        assert not outcome.permanent


def replace_address(server: Running) -> Running:
    """Returns the emulator at a port where nobody listens."""
    return Running("http://127.0.0.1:9", server.folder)
