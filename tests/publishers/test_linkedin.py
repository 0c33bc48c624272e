import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.assembly import Project, open_project
from scheduler.cli.screen.accounts import account_record, token_lines
from scheduler.clock import SystemClock, VirtualClock
from scheduler.config.secrets import store_secret
from scheduler.model.errors import ConfigurationError
from scheduler.model.outcome import Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Facet, LinkCard, Outgoing
from scheduler.publishers.contract import Checked, Deletes, ReadsFeed
from scheduler.publishers.linkedin.text import commentary, count_sent, plain
from scheduler.publishers.renewal import ends_by_account
from tests.emulators import linkedin
from tests.emulators.emulating import Running
from tests.publishers.filming import FilmsInPieces
from tests.publishers.posts import Memory, Shown, jpeg, post

PREPARED = {"prepared": "0"}


class TestLinkedIn(FilmsInPieces):
    emulator = "linkedin"
    network = "linkedin"
    visible = "POST /rest/posts"
    piece = 4 * 2**20
    steps = ("POST /rest/videos", r"PUT /part/\d+/1", r"GET /rest/videos/.*")
    ids: ClassVar[dict[str, str]] = PREPARED
    refusal = "LinkedIn could not take a film."
    secret = linkedin.TOKEN
    repeats = "words that are out already"

    def settings(self, server: Running) -> dict[str, str]:
        return {"api_url": server.address, "author": linkedin.AUTHOR}

    def shown(self, server: Running) -> list[Shown]:
        return [Shown(each["text"], tuple(each["alts"])) for each in server.state["posts"]]

    def films(self, server: Running) -> list[dict[str, Any]]:
        return list(server.state["videos"].values())

    def seen(self, server: Running) -> list[list[dict[str, Any]]]:
        state = server.state
        return [[state["videos"][each["content"]["media"]["id"].rpartition(":")[2]]] for each in state["posts"]]

    def test_a_profile_that_cannot_be_read_is_a_person_s_question_and_stays_one(self, server: Running, tmp_path: Path) -> None:
        server.switch(readable=False)
        server.fault(self.visible, "drop")
        outgoing, ids = post(tmp_path, self.network), dict(PREPARED)
        doubt = self.settle(server, tmp_path, outgoing, ids)
        assert isinstance(doubt, Uncertain)
        assert "look there" in doubt.reason
        again = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
        assert isinstance(again, Uncertain), "last week's post of the same words would be named alike"
        assert server.state["posts"][0]["id"] in again.reason
        assert len(server.state["posts"]) == 1

    def test_a_film_of_a_profile_that_cannot_be_read_goes_out_after_the_usual_time(self, server: Running, tmp_path: Path) -> None:
        server.switch(readable=False)
        outgoing = self.film(tmp_path)
        assert isinstance(self.tried(server, tmp_path, outgoing, dict(PREPARED)), Published)
        self.is_out_once(server, outgoing)

    @pytest.mark.parametrize(
        ("status", "body", "kind", "sentence"),
        [
            (401, {"status": 401, "code": "REVOKED_ACCESS_TOKEN", "message": "The token has been revoked"}, "auth", "revoked"),
            (426, {"status": 426, "code": "NONEXISTENT_VERSION", "message": "Version 20260101 is not active"}, "auth", "has ended version"),
            (400, {"status": 400, "code": "ILLEGAL_ARGUMENT", "message": "No."}, "content", "refused this post: No."),
        ],
    )
    def test_what_ends_while_a_film_is_worked_on_is_said_at_once(
        self, server: Running, tmp_path: Path, status: int, body: dict[str, Any], kind: str, sentence: str
    ) -> None:
        """A token that was revoked meanwhile is no film that LinkedIn still works on."""
        server.switch(**self.slowly)
        outgoing, ids = self.film(tmp_path), dict(PREPARED)
        assert isinstance(self.tried(server, tmp_path, outgoing, ids), Refused)
        server.fault("GET /rest/videos/.*", "answer", status=status, body=body, times=99)
        outcome = self.tried(server, tmp_path, outgoing, ids)
        assert isinstance(outcome, Refused)
        assert (sentence in outcome.reason, outcome.kind) == (True, kind), outcome

    def test_a_post_that_comes_before_its_film_is_ready_is_tried_again(self, server: Running, tmp_path: Path) -> None:
        body = {"status": 422, "code": "UNPROCESSABLE_ENTITY", "message": "MEDIA_ASSET_PROCESSING: urn:li:video:1 is not ready"}
        server.fault(self.visible, "answer", status=422, body=body)
        outgoing, ids = self.film(tmp_path), dict(PREPARED)
        outcome = self.tried(server, tmp_path, outgoing, ids)
        assert isinstance(outcome, Refused)
        assert (outcome.permanent, outcome.retry_after) == (False, timedelta(minutes=1))
        assert isinstance(self.settle(server, tmp_path, outgoing, ids, outcome), Published)
        assert (len(self.films(server)), len(server.state["posts"])) == (1, 1)

    @pytest.mark.parametrize(
        "parts",
        [
            [],
            "none",
            [{"firstByte": 0, "lastByte": 9, "uploadUrl": "https://example.org/0"}],
            [{"firstByte": 5, "lastByte": 10**9, "uploadUrl": "https://example.org/0"}],
            [{"firstByte": 0, "lastByte": -1, "uploadUrl": "https://example.org/0"}],
            [{"firstByte": 0, "lastByte": 10**14, "uploadUrl": "https://example.org/0"}],
            [{"firstByte": 0, "lastByte": True, "uploadUrl": 7}, {"uploadUrl": None}],
        ],
    )
    def test_places_that_are_not_the_whole_of_a_film_are_not_sent_to(self, server: Running, tmp_path: Path, parts: object) -> None:
        body = {"value": {"video": "urn:li:video:1", "uploadToken": "", "uploadInstructions": parts}}
        server.fault("POST /rest/videos", "answer", status=200, body=body)
        outcome = self.tried(server, tmp_path, self.film(tmp_path), dict(PREPARED))
        assert isinstance(outcome, Refused)
        assert (outcome.permanent, "names no places for a film" in outcome.reason) == (False, True)
        assert server.state["calls"] == ["POST /rest/videos"]

    def test_a_part_without_a_name_does_not_make_a_film(self, server: Running, tmp_path: Path) -> None:
        server.fault(r"PUT /part/\d+/1", "answer", status=200)
        outgoing, ids = self.film(tmp_path), dict(PREPARED)
        outcome = self.tried(server, tmp_path, outgoing, ids)
        assert isinstance(outcome, Refused)
        assert not outcome.permanent
        assert isinstance(self.settle(server, tmp_path, outgoing, ids, outcome), Published)
        self.is_out_once(server, outgoing)

    def lost(self, server: Running, folder: Path, outgoing: Outgoing) -> dict[str, str]:
        """Sends a post whose answer is lost before LinkedIn has acted; returns its ids."""
        ids = {"prepared": str(int(SystemClock().now().timestamp() * 1_000))}
        server.fault(self.visible, "drop", early=True)
        assert isinstance(self.publisher(server, folder).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember), Uncertain)
        return ids

    def test_an_older_post_of_the_same_words_is_not_taken_for_one_whose_answer_was_lost(self, server: Running, tmp_path: Path) -> None:
        weekly = post(tmp_path, self.network, "Open office on Monday", pictures=0, delivery="000000000001")
        first = self.settle(server, tmp_path, weekly, dict(PREPARED))
        assert isinstance(first, Published)
        ids = self.lost(server, tmp_path, replace(weekly, delivery="000000000002"))
        again = self.publisher(server, tmp_path).publish(Envelope(weekly, dict(ids)), Memory(ids).remember)
        assert isinstance(again, Refused)
        assert (again.kind, "older post" in again.reason) == ("duplicate", True)

    def test_a_post_that_was_deleted_is_not_taken_for_ours(self, server: Running, tmp_path: Path) -> None:
        outgoing = post(tmp_path, self.network, "Open office on Monday", pictures=0)
        first = self.settle(server, tmp_path, outgoing, dict(PREPARED))
        publisher = self.publisher(server, tmp_path)
        assert isinstance(first, Published)
        assert isinstance(publisher, Deletes)
        assert publisher.delete(first.remote_id) is None
        for ids in (self.lost(server, tmp_path, outgoing), dict(PREPARED)):
            again = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
            assert isinstance(again, Refused)
            assert (again.kind, again.permanent, "was deleted since" in again.reason) == ("duplicate", True, True)

    def test_a_clear_no_leaves_an_earlier_doubt_as_it_was(self, server: Running, tmp_path: Path) -> None:
        outgoing, ids = post(tmp_path, self.network, pictures=0), dict(PREPARED)
        server.fault(self.visible, "drop")
        server.fault(self.visible, "answer", status=429)
        for expected in (Uncertain, Refused, Published):
            outcome = self.publisher(server, tmp_path).publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
            assert isinstance(outcome, expected), outcome
        assert len(server.state["posts"]) == 1

    def test_words_that_were_out_before_ours_are_not_taken_for_ours(self, server: Running, tmp_path: Path) -> None:
        first = post(tmp_path, self.network, "Strike on Monday", pictures=0, delivery="000000000001")
        assert isinstance(self.settle(server, tmp_path, first, dict(PREPARED)), Published)
        second = post(tmp_path, self.network, "Strike on Monday", pictures=0, delivery="000000000002")
        outcome = self.settle(server, tmp_path, second, {"prepared": "99999999999999"})
        assert isinstance(outcome, Refused)
        assert (outcome.kind, outcome.permanent) == ("duplicate", True)
        assert server.state["posts"][0]["id"] in outcome.reason

    def test_hashtags_are_hashtags(self, server: Running, tmp_path: Path) -> None:
        text = "Join #MayDay (and #1o_de_mayo)!"
        facets = (Facet("tag", 5, 12, "MayDay"), Facet("tag", 18, 29, "1o_de_mayo"))
        outgoing = Outgoing(delivery="d", account="main", network=self.network, text=text, facets=facets)
        assert isinstance(self.settle(server, tmp_path, outgoing, dict(PREPARED)), Published)
        [found] = server.state["posts"]
        assert found["raw"] == r"Join {hashtag|\#|MayDay} \(and {hashtag|\#|1o\_de\_mayo}\)!"
        assert found["text"] == text

    def test_who_is_known_by_a_urn_is_mentioned_by_name_and_read_back_as_such(self, server: Running, tmp_path: Path) -> None:
        text = "Join the Tenants’ Union [Pier] and @nobody #MayDay!"
        facets = (Facet("mention", 9, 30, "urn:li:organization:12"), Facet("mention", 35, 42, "nobody"), Facet("tag", 43, 50, "MayDay"))
        outgoing = Outgoing(delivery="d", account="main", network=self.network, text=text, facets=facets)
        assert isinstance(self.settle(server, tmp_path, outgoing, dict(PREPARED)), Published)
        [found] = server.state["posts"]
        assert found["raw"] == r"Join the @[Tenants’ Union \[Pier\]](urn:li:organization:12) and \@nobody {hashtag|\#|MayDay}!"
        assert found["text"] == text
        publisher = self.publisher(server, tmp_path)
        assert isinstance(publisher, ReadsFeed)
        feed = publisher.feed(1)
        assert not isinstance(feed, Refused)
        assert [item.text for item in feed] == [text]

    def polled(self, server: Running) -> list[dict[str, Any]]:
        polls = [each["content"]["poll"] for each in server.state["posts"] if "poll" in each["content"]]
        days = {"ONE_DAY": 1, "THREE_DAYS": 3, "SEVEN_DAYS": 7, "FOURTEEN_DAYS": 14}
        return [
            {
                "question": poll["question"],
                "options": [option["text"] for option in poll["options"]],
                "minutes": days[poll["settings"]["duration"]] * 24 * 60,
            }
            for poll in polls
        ]

    def test_two_polls_below_the_same_words_are_told_apart(self, server: Running, tmp_path: Path) -> None:
        first = self.asking(tmp_path, "Vote!", question="Shall we strike?")
        assert isinstance(self.settle(server, tmp_path, first, dict(PREPARED)), Published)
        second, ids = self.asking(tmp_path, "Vote!", question="When shall we strike?"), dict(PREPARED)
        server.fault(self.visible, "drop")
        proof = self.settle(server, tmp_path, second, ids)
        assert isinstance(proof, Published)
        assert [each["id"] for each in server.state["posts"]][1:] == [proof.remote_id]

    def test_a_link_has_its_card(self, server: Running, tmp_path: Path) -> None:
        card = LinkCard("https://example.org/march", "March")
        outgoing = Outgoing(delivery="d", account="main", network=self.network, text="Come", link_card=card)
        assert isinstance(self.settle(server, tmp_path, outgoing, dict(PREPARED)), Published)
        assert server.state["posts"][0]["article"] == {"source": card.url, "title": "March", "description": ""}

    def test_a_card_brings_its_picture_along(self, server: Running, tmp_path: Path) -> None:
        card = LinkCard("https://example.org/march", "March", "On Monday", jpeg(tmp_path, "card.jpg"))
        outgoing = Outgoing(delivery="d", account="main", network=self.network, text="Come", link_card=card)
        assert isinstance(self.settle(server, tmp_path, outgoing, dict(PREPARED)), Published)
        [number] = server.state["images"]
        wanted = {"source": card.url, "title": "March", "description": "On Monday", "thumbnail": f"urn:li:image:{number}"}
        assert server.state["posts"][0]["article"] == wanted

    def test_an_author_is_needed(self, server: Running, tmp_path: Path) -> None:
        self.settings = lambda server: {"api_url": server.address}  # type: ignore[method-assign] # one test's own
        with pytest.raises(ConfigurationError, match="has no author"):
            self.publisher(server, tmp_path)


@given(st.text(max_size=80))
def test_every_text_comes_back_as_it_was_typed(text: str) -> None:
    assert plain(commentary(text, ())) == text


@given(st.lists(st.tuples(st.text(max_size=9), st.text(min_size=1, max_size=9)), max_size=4))
def test_mentions_come_back_as_the_names_that_readers_see(pieces: list[tuple[str, str]]) -> None:
    text, facets = "", []
    for words, name in pieces:
        start = len(text) + len(words)
        facets.append(Facet("mention", start, start + len(name), "urn:li:person:aB_9-z"))
        text = f"{text}{words}{name}"
    sent = commentary(text, facets)
    assert plain(sent) == text
    assert sent.count("(urn:li:person:aB_9-z)") == len(pieces)
    assert count_sent(text, facets) == len(sent)


@given(st.lists(st.tuples(st.text(max_size=9), st.from_regex(r"[A-Za-z0-9_]{1,9}", fullmatch=True)), max_size=4))
def test_hashtags_come_back_as_they_were_typed(pieces: list[tuple[str, str]]) -> None:
    text, facets = "", []
    for words, tag in pieces:
        start = len(text) + len(words)
        facets.append(Facet("tag", start, start + len(tag) + 1, tag))
        text = f"{text}{words}#{tag}"
    assert plain(commentary(text, facets)) == text


CONFIG = """\
[organisation]
name = "Harbour Workers"
timezone = "Europe/Berlin"
languages = ["en"]

[accounts.page]
network = "linkedin"
live = true
author = "urn:li:organization:1234"
"""


def at(folder: Path, days: float) -> Project:
    found = open_project(folder, VirtualClock(datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(days=days)))
    found.accounts.renewal().look_after()
    return found


def test_a_token_ends_about_60_days_after_it_was_first_seen_and_that_is_told_in_time(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    store_secret("page", linkedin.TOKEN, tmp_path)
    at(tmp_path, 0)
    # So it is kept by earlier releases: a token that was seen, and nothing of its end.
    kept = tmp_path / ".scheduler/accounts/page.json"
    kept.write_text(json.dumps({**json.loads(kept.read_text("utf-8")), "token_expires": "", "is_about": False}), encoding="utf-8")
    found = at(tmp_path, 30)
    assert token_lines(found)[0].endswith("The access token of page ends about April 30, 2026, in 30 days.")
    assert account_record(found, "page")["token_expires"].startswith("2026-04-30T12:00")
    assert caplog.text == ""
    at(tmp_path, 53.2)
    assert "The access token of page ends about April 30, 2026, in 7 days. Connect it again" in caplog.text
    [(name, _, words)] = ends_by_account(["page"], found.accounts.standings, found.clock.now(), UTC)
    assert (name, words) == ("page", "ends about April 30, 2026")
    late = at(tmp_path, 61)
    record = account_record(late, "page")
    assert (record["ok"], record["reason"].startswith("The access token of page ended about April 30, 2026.")) == (False, True)
    late.accounts.standings.keep("page", Checked(ok=True))
    assert account_record(late, "page")["ok"], "the network takes it all the same, so the count was wrong"
    store_secret("page", "another", tmp_path)
    assert token_lines(at(tmp_path, 62))[0].endswith("ends about July 1, 2026, in 60 days.")
