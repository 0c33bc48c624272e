"""The part of the suite for polls: networks that have none say so in a reason of their own."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scheduler.model.limits import PollLimits
from scheduler.model.outcome import Published, Refused
from scheduler.model.outgoing import Outgoing
from scheduler.model.poll import Poll
from scheduler.planning.composing.polls import asked, timed
from scheduler.publishers.contract import ReadsFeed
from tests.emulators.emulating import Running
from tests.publishers.posts import post
from tests.publishers.suite import Suite


class Polls(Suite):
    """Holds a publisher to the polls that its network takes."""

    def needs_polls(self, server: Running) -> PollLimits:
        """Returns what the network takes of a poll; leaves a test out where it takes none."""
        takes = self.facts(server).limits.poll
        if takes is None:
            self.lacking(server, "polls")
        return takes

    def asking(self, folder: Path, words: str = "Strike?", **changes: Any) -> Outgoing:
        """Returns a post with a poll, as compose hands it to this network."""
        takes = self.adapter().facts.limits.poll
        poll = replace(Poll(("Strike", "Talk first")), **changes)
        left, found = asked(words, timed(poll, takes), takes)
        return replace(post(folder, self.network, left, pictures=0), poll=found)

    @pytest.mark.parametrize("minutes", [1, 90, 24 * 60, 60 * 24 * 60])
    @pytest.mark.parametrize("question", ["", "Shall we strike?"])
    def test_a_poll_goes_out_with_its_question_answers_and_time(self, server: Running, tmp_path: Path, question: str, minutes: int) -> None:
        multiple = self.needs_polls(server).multiple
        outgoing = self.asking(tmp_path, question=question, minutes=minutes, multiple=multiple)
        poll = outgoing.poll
        assert poll is not None
        proof = self.settle(server, tmp_path, outgoing, self.prepared(server, tmp_path, outgoing))
        assert isinstance(proof, Published), proof
        [found] = self.polled(server)
        wanted = {"question": poll.question, "options": list(poll.options), "minutes": poll.minutes, "multiple": multiple}
        assert found == {name: wanted[name] for name in found}
        publisher = self.publisher(server, tmp_path)
        if isinstance(publisher, ReadsFeed):
            read = publisher.feed(1)
            assert isinstance(read, tuple)
            assert [item.poll for item in read] == [poll.options]
        [shown] = self.shown(server)
        assert (shown.text, "Strike?" in f"{shown.text} {poll.question}") == (outgoing.text, True)

    @pytest.mark.parametrize("late", [True, False], ids=["after it was done", "before it was done"])
    def test_a_lost_answer_of_a_poll_is_one_poll_or_a_question(self, server: Running, tmp_path: Path, *, late: bool) -> None:
        self.needs_polls(server)
        outgoing = self.asking(tmp_path, question="Shall we strike?")
        ids = self.prepared(server, tmp_path, outgoing)
        server.fault(self.visible, "drop", early=not late)
        self.holds(server, self.settle(server, tmp_path, outgoing, ids), outgoing)
        assert len(self.polled(server)) <= 1

    def test_a_poll_that_the_network_would_refuse_is_not_sent(self, server: Running, tmp_path: Path) -> None:
        takes = self.needs_polls(server)
        most = takes.characters
        bad: list[dict[str, Any]] = [{"options": tuple(map(str, range(takes.options + 1)))}, {"options": ("x" * (most + 1), "y")}]
        bad += [{"options": ("cut \ud83d", "y")}]
        bad += [] if takes.multiple else [{"multiple": True}]
        bad += [{"question": "q" * (takes.question + 1)}, {"question": "Two\nlines?"}] if takes.question else []
        for changes in bad:
            outcome = self.settle(server, tmp_path, self.asking(tmp_path, **changes), {"prepared": "0"})
            assert isinstance(outcome, Refused)
            assert outcome.kind == "content"
        assert server.state["calls"] == []

    def test_the_largest_poll_is_taken(self, server: Running, tmp_path: Path) -> None:
        takes = self.needs_polls(server)
        options = tuple(chr(ord("a") + number) * takes.characters for number in range(takes.options))
        question = "é" * (takes.question or 20)
        outgoing = self.asking(tmp_path, options=options, question=question)
        ids = self.prepared(server, tmp_path, outgoing)
        assert isinstance(self.settle(server, tmp_path, outgoing, ids), Published)
