"""A real server that speaks Mastodon's language and keeps no keys, and an emulator of what only Mastodon itself does."""

import html
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.checks.limits import exceeded
from scheduler.clock import SystemClock
from scheduler.model.network import Network
from scheduler.model.outcome import Absent, Published, Refused, Uncertain
from scheduler.model.outgoing import Media, Outgoing, Reply
from scheduler.model.poll import Poll
from scheduler.publishers.contract import Checked, Deletes, Edits, Publisher, ReadsFeed, Verifies
from scheduler.publishers.discovery import known_networks
from scheduler.publishers.mastodon.length import counting
from scheduler.publishers.mastodon.markup import escaped
from scheduler.publishers.mastodon.server import described
from scheduler.publishers.mastodon.statuses import mark, plain
from scheduler.publishers.standing import Standings
from tests.emulators import mastodon as emulated
from tests.emulators.emulating import Running
from tests.emulators.mastodon import TOKEN, Emulator
from tests.emulators.mastodon_counting import length
from tests.films import measured
from tests.publishers.online import connected, line_to, prepared, publish, settled, words
from tests.publishers.posts import Shown, picture
from tests.publishers.wired import ESSENTIAL, OnLine, Wired
from tests.servers import snac
from tests.servers.snac import Snac

TEXT = (
    "🚨 ¡Marcha! 👩🏽‍🏭 @hall@social.example\n\nTwo lines & <b>no</b> HTML:\n"
    "https://example.org/a/very/long/way/to/the/strike?page=1#top #MayDay"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snac]:
    with snac.running(tmp_path_factory.mktemp("snac")) as running:
        yield running


@pytest.fixture(scope="module")
def emulator_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with emulated.running(tmp_path_factory.mktemp("emulator")) as running:
        yield running


@pytest.fixture
def emulator(emulator_process: Emulator) -> Emulator:
    emulator_process.control(reset=True)
    return emulator_process


def statuses(server: Snac) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {server.token}"}
    me = httpx.get(f"{server.address}/api/v1/accounts/verify_credentials", headers=headers, timeout=60).raise_for_status().json()["id"]
    found: list[dict[str, Any]] = (
        httpx.get(f"{server.address}/api/v1/accounts/{me}/statuses", headers=headers, timeout=60).raise_for_status().json()
    )
    return found


def on_snac(server: Snac, folder: Path, *, at: str = "", token: str = "") -> Publisher:
    return connected("mastodon", {"server": at or server.address}, token or server.token, folder)


def on_emulator(emulator: Emulator, folder: Path, **settings: str) -> Publisher:
    return connected("mastodon", {"server": emulator.address, **settings}, TOKEN, folder)


class OnServer(Wired):
    """Holds the publisher to the contract on a server that speaks Mastodon's language."""

    network = "mastodon"
    visible = "POST /api/v1/statuses"

    def settings(self, server: Running) -> dict[str, str]:
        return {"server": server.address}


class TestContract(OnServer):
    """Is Mastodon itself, with its keys, as an emulator plays it."""

    secret = TOKEN
    trims = True

    @pytest.fixture
    def server(self, emulator: Emulator, tmp_path: Path) -> Iterator[Running]:
        self.world = emulator
        with line_to(emulator.address, "") as line:
            yield OnLine(line.address, tmp_path, line)

    def shown(self, server: Running) -> list[Shown]:
        del server
        return [
            Shown(plain(each["content"]), tuple(item["description"] for item in each["media_attachments"])) for each in self.world.seen()
        ]

    def polled(self, server: Running) -> list[dict[str, Any]]:
        del server
        polls = [each["poll"] for each in self.world.seen() if each["poll"]]
        return [
            {"options": [option["title"] for option in poll["options"]], "minutes": poll["expires_in"] // 60, "multiple": poll["multiple"]}
            for poll in polls
        ]


class TestRealServer(OnServer):
    """Is snac, which keeps no keys: a new one for each test."""

    usual = ESSENTIAL
    drawn = True

    @pytest.fixture
    def server(self, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
        self.snac_folder = folder = tmp_path_factory.mktemp("snac")
        with snac.running(folder) as self.snac, line_to(self.snac.address, "") as line:
            yield OnLine(line.address, folder, line)

    def token(self) -> str:
        return self.snac.token

    def facts(self, server: Running) -> Network:
        """Returns what this server takes, once it was asked: it has no polls."""
        facts, found = super().facts(server), on_snac(self.snac, self.snac_folder)
        assert isinstance(found, Verifies)
        standings = Standings(self.snac_folder / "accounts", SystemClock())
        standings.keep("main", found.verify())
        told = standings.told("main", facts)
        return replace(told, gaps={**told.gaps, "polls": "snac takes the words and leaves the poll out."})

    def shown(self, server: Running) -> list[Shown]:
        del server
        return [
            Shown(plain(status["content"]), tuple(item["description"] for item in status["media_attachments"]), status["url"])
            for status in statuses(self.snac)
        ]


def with_pictures(folder: Path, number: int, text: str = TEXT, delivery: str = "0a1b2c3d4e5f") -> Outgoing:
    media = tuple(Media(picture(folder, f"{delivery}-{n}.png"), f"Banner {n} ✊🏾 & <i>") for n in range(number))
    return replace(words(text, delivery), media=media, language="es")


def test_the_point_that_stays_in_sight_of_a_picture_arrives_with_it(emulator: Emulator, tmp_path: Path) -> None:
    post = with_pictures(tmp_path, 3)
    points = ((0.25, -0.5), None, (-1.0, 0.0))
    post = replace(post, media=tuple(replace(item, focus=point) for item, point in zip(post.media, points, strict=True)))
    publisher = on_emulator(emulator, tmp_path)
    assert isinstance(publish(publisher, prepared(publisher, post)), Published)
    [status] = emulator.seen()
    assert [item.get("meta") for item in status["media_attachments"]] == [
        {"focus": {"x": 0.25, "y": -0.5}},
        None,
        {"focus": {"x": -1.0, "y": 0.0}},
    ]


@pytest.mark.parametrize("number", [0, 1, 4])
def test_a_post_arrives_on_a_real_server_with_all_it_has(server: Snac, tmp_path: Path, number: int) -> None:
    post = replace(with_pictures(tmp_path, number, f"{TEXT} {number}"), content_warning="deaths at work")
    post = replace(post, media=tuple(replace(item, focus=(0.25, -0.5)) for item in post.media))
    publisher = on_snac(server, tmp_path)
    out = publish(publisher, prepared(publisher, post))
    assert isinstance(out, Published)
    [status] = [each for each in statuses(server) if each["id"] == out.remote_id]
    assert plain(status["content"]) == post.text
    assert (status["spoiler_text"], status["sensitive"], status["visibility"]) == ("deaths at work", True, "public")
    assert [item["description"] for item in status["media_attachments"]] == [item.alt for item in post.media]
    there = [httpx.get(item["url"], timeout=60).content for item in status["media_attachments"]]
    assert there == [Path(item.picture.path).read_bytes() for item in post.media]


def test_a_later_post_s_picture_does_not_take_the_place_of_an_earlier_one_s(server: Snac, tmp_path: Path) -> None:
    """This server names files after the name they were uploaded with."""
    publisher = on_snac(server, tmp_path)
    posts = [with_pictures(tmp_path, 1, f"Picture {number}", f"{number:012}") for number in (51, 52)]
    for post in posts:
        assert isinstance(publish(publisher, prepared(publisher, post)), Published)
    there = {
        plain(status["content"]): httpx.get(status["media_attachments"][0]["url"], timeout=60).content
        for status in statuses(server)
        if "Picture 5" in status["text"]
    }
    assert there == {post.text: Path(post.media[0].picture.path).read_bytes() for post in posts}


def test_a_delivery_of_the_same_name_from_elsewhere_is_not_known_by_its_picture(server: Snac, tmp_path: Path) -> None:
    """A picture proves a post, so it must not share its name with one that another folder of posts sent with the same file."""
    publisher = on_snac(server, tmp_path)
    elsewhere, here = (with_pictures(tmp_path, 1, f"Twin {number}", "7" * 12) for number in (1, 2))
    same = replace(here, media=elsewhere.media)
    for post in (elsewhere, same):
        assert isinstance(publish(publisher, prepared(publisher, post)), Published)
    names = {plain(status["content"]): status["media_attachments"][0]["url"] for status in statuses(server) if "Twin" in status["text"]}
    assert len(set(names.values())) == len(names) == 2


def test_a_real_server_s_posts_are_read_back_and_mended(server: Snac, tmp_path: Path) -> None:
    publisher = on_snac(server, tmp_path)
    assert isinstance(publisher, ReadsFeed)
    assert isinstance(publisher, Edits)
    envelope = prepared(publisher, with_pictures(tmp_path, 2, "To be mended"))
    out = publish(publisher, envelope)
    assert isinstance(out, Published)
    mended = publisher.edit(out.remote_id, replace(envelope.outgoing, text="Mended"))
    assert isinstance(mended, Published)
    feed = publisher.feed(50)
    assert not isinstance(feed, Refused)
    [item] = [item for item in feed if item.remote_id == out.remote_id]
    assert (item.text, len(item.pictures)) == ("Mended", 2)
    assert len({each.remote_id for each in feed}) == len(feed), "a server that does not turn pages is not read twice"


SIGNS = (
    "Kolleg*innen und Freund*innen, `code`, ~~s~~, __u__ and ***all***, 2*3*4, a_b and a * b",
    "# head\n> quote\n---\n* one\n- two\n[a](b) ![c](d)\n```\ncode\n```",
    "<b>x</b> & y &amp; &#42; a<3 <script>alert(1)</script>",
    ":-) ;-) *-) :beer: 10:30:00 :_( --> *",
    "*a* https://example.org/*x*?a=1&b=__2__ #strike_now (*) @kim_x *b*",
    "#May__Day__Now and #a___b, #c__d @union__x@social.example\n#e__f\nhttps://example.org/g__h #i__j &#39; and #k__l https://example.org/m__n",
)


@pytest.mark.parametrize("text", SIGNS)
def test_readers_of_a_server_that_reads_markup_see_what_was_typed(server: Snac, tmp_path: Path, text: str) -> None:
    publisher = on_snac(server, tmp_path)
    assert isinstance(publisher, ReadsFeed)
    assert isinstance(publisher, Edits)
    envelope = prepared(publisher, words(text, f"{SIGNS.index(text):012}"))
    out = publish(publisher, envelope)
    assert isinstance(out, Published)
    [status] = [each for each in statuses(server) if each["id"] == out.remote_id]
    assert plain(status["content"]) == text
    assert re.sub(r"</?a\b[^>]*>|<br>", "", status["content"]).count("<") == 0
    feed = publisher.feed(5)
    assert not isinstance(feed, Refused)
    assert text in [item.text for item in feed]
    assert publisher.find(envelope) == Published(out.remote_id, out.url)
    assert isinstance(publisher.edit(out.remote_id, replace(envelope.outgoing, text=f"{text} *m*")), Published)
    headers = {"Authorization": f"Bearer {server.token}"}
    mended = httpx.get(f"{server.address}/api/v1/statuses/{out.remote_id}", headers=headers, timeout=60).json()
    assert plain(mended["content"]) == f"{text} *m*"


@pytest.mark.parametrize(
    "text",
    [
        "Our poster: https://example.org/poster.png - & come!",
        "https://example.org/?a=1&amp;b=2 & <https://example.org/c>",
        "https://example.org/<b>bold</b> & https://example.org/?x=<y>&z=1",
    ],
)
def test_a_status_is_known_again_whatever_the_server_made_of_its_links(server: Snac, tmp_path: Path, text: str) -> None:
    publisher = on_snac(server, tmp_path)
    envelope = prepared(publisher, words(text, f"{zlib.crc32(text.encode()):012}"))
    out = publish(publisher, envelope)
    assert isinstance(out, Published)
    assert publisher.find(envelope) == Published(out.remote_id, out.url)
    [status] = [each for each in statuses(server) if each["id"] == out.remote_id]
    assert "<b>" not in status["content"]
    assert "<y>" not in status["content"]


@pytest.mark.parametrize(("html", "words"), [("a <![x[ b ]]> c", "a  c"), ("a <![ b", "a <![ b"), ("<p>a</p>" + "<a " * 30_000, "a")])
def test_html_of_any_kind_is_read_at_once(html: str, words: str) -> None:
    assert plain(html).startswith(words)


@given(st.text(alphabet="ab*_`~[]()<>&#@;:-x2a \n"))
def test_what_is_written_for_such_a_server_means_what_was_typed(text: str) -> None:
    assert html.unescape(escaped(text)) == text
    assert not re.search(r"__[^_\n]+__", escaped(text))


def test_a_server_that_did_not_say_what_it_is_is_asked_again_and_readers_see_what_was_typed(server: Snac, tmp_path: Path) -> None:
    page = {"status": 200, "body": "<html>Back soon</html>", "headers": {}, "late": False}
    missing = {"status": 404, "body": "<html>Not here</html>", "headers": {}, "late": False}
    with line_to(server.address, "") as line:
        publisher = on_snac(server, tmp_path, at=line.address)
        envelope = prepared(publisher, words("*One* for `all`", "asked-again0"))
        line.answers = [("GET /api/v2/instance", page), ("GET /api/v1/instance", page)]
        waits = publish(publisher, envelope)
        assert isinstance(waits, Refused)
        assert not waits.permanent
        line.answers = [("GET /api/v2/instance", missing), ("GET /api/v1/instance", missing)]
        assert isinstance(publisher, Verifies)
        assert publisher.verify().ok
        out = publish(publisher, envelope)
        assert isinstance(out, Published)
        [status] = [each for each in statuses(server) if each["id"] == out.remote_id]
        assert plain(status["content"]) == "*One* for `all`"
        asked = len([path for _, path in line.calls if path.endswith("/instance")])
        assert isinstance(publish(publisher, prepared(publisher, words("Two", "asked-again1"))), Published)
        assert len([path for _, path in line.calls if path.endswith("/instance")]) == asked, "what it has said is kept"


def test_a_poll_is_not_sent_to_a_server_without_polls(server: Snac, tmp_path: Path) -> None:
    publisher, asking = on_snac(server, tmp_path), replace(words("Shall we vote?"), poll=Poll(("Yes", "No"), minutes=90))
    outcome = publish(publisher, prepared(publisher, asking))
    assert isinstance(outcome, Refused)
    assert outcome.kind == "content"
    assert "Shall we vote?" not in [plain(each["content"]) for each in statuses(server)]
    assert isinstance(publisher, Verifies)
    standings, facts = Standings(tmp_path / "accounts", SystemClock()), known_networks()["mastodon"].facts
    standings.keep("main", publisher.verify())
    assert (facts.abilities.polls, standings.told("main", facts).abilities.polls) == (True, False)


def test_a_poll_is_open_for_no_other_time_than_the_server_takes(emulator: Emulator, tmp_path: Path) -> None:
    emulator.control(poll_seconds=[3601, 86_400])
    publisher, asking = on_emulator(emulator, tmp_path), replace(words("Shall we vote?"), poll=Poll(("Yes", "No"), minutes=90))
    assert isinstance(publisher, Verifies)
    standings, facts = Standings(tmp_path / "accounts", SystemClock()), known_networks()["mastodon"].facts
    standings.keep("main", publisher.verify())
    told = standings.told("main", facts)
    for minutes, rules in ((60, ["poll-too-much"]), (61, []), (24 * 60, []), (3 * 24 * 60, ["poll-too-much"])):
        post = replace(asking, poll=Poll(("Yes", "No"), minutes=minutes))
        assert [each.rule for each in exceeded(post, told.limits, told.abilities, told.title)] == rules
        outcome = publish(publisher, prepared(publisher, post))
        assert isinstance(outcome, Refused if rules else Published), "the server holds the same numbers"


def test_what_readers_see_as_one_character_of_an_answer_counts_once(emulator: Emulator, tmp_path: Path) -> None:
    asking = replace(words("Who?"), poll=Poll(("👩🏽‍🏭" * 50, "No"), minutes=90))
    facts = known_networks()["mastodon"].facts
    assert not exceeded(asking, facts.limits, facts.abilities, facts.title)
    publisher = on_emulator(emulator, tmp_path)
    assert isinstance(publish(publisher, prepared(publisher, asking)), Published)


def test_a_poll_that_a_server_left_out_is_told(emulator: Emulator, tmp_path: Path) -> None:
    emulator.control(polls=False)
    publisher, asking = on_emulator(emulator, tmp_path), replace(words("Shall we vote?"), poll=Poll(("Yes", "No"), minutes=90))
    envelope = prepared(publisher, asking)
    out = publish(publisher, envelope)
    assert isinstance(out, Published)
    assert "without its poll" in out.lacks
    found = publisher.find(envelope)
    assert isinstance(found, Published)
    assert found.lacks == out.lacks


def test_what_a_server_cannot_delete_is_said(server: Snac, tmp_path: Path) -> None:
    publisher = on_snac(server, tmp_path)
    assert isinstance(publisher, Deletes)
    out = publish(publisher, prepared(publisher, words("Stays", "dddddddddddd")))
    assert isinstance(out, Published)
    refused = publisher.delete(out.remote_id)
    assert isinstance(refused, Refused)
    assert "by hand" in refused.reason
    assert publisher.delete("1795302616e489657a949cab10b477a465ca000000") is None


@pytest.mark.parametrize("cut", ["early", "late", "500", "429"])
@pytest.mark.parametrize("number", [0, 2])
def test_without_keys_a_lost_answer_is_settled_by_reading_back(server: Snac, tmp_path: Path, cut: str, number: int) -> None:
    text = f"{TEXT} {cut} {number}"
    with line_to(server.address, "/statuses") as line:
        envelope = prepared(on_snac(server, tmp_path), with_pictures(tmp_path, number, text, f"{cut}{number}"))
        publisher = on_snac(server, tmp_path, at=line.address)
        line.cuts = [cut]
        outcome = publish(publisher, envelope)
        assert isinstance(outcome, Refused if cut == "429" else Uncertain)
        assert [path for verb, path in line.calls if verb == "POST"].count("/api/v1/statuses") == 1
        out = settled(on_snac(server, tmp_path, at=line.address), envelope, outcome)
    assert isinstance(out, Published)
    said = text.replace("\n  ", "\n")
    assert [status["id"] for status in statuses(server) if plain(status["content"]) == said] == [out.remote_id]


@pytest.mark.parametrize("dies", [1, 2, 3])
def test_a_process_that_dies_between_steps_leaves_one_post(server: Snac, tmp_path: Path, dies: int) -> None:
    class KilledError(BaseException):
        pass

    envelope = prepared(on_snac(server, tmp_path), with_pictures(tmp_path, 2, f"Killed at {dies}", f"dead{dies}"))
    ids = envelope.ids
    assert isinstance(ids, dict)
    commits = []

    def remember(name: str, value: str) -> None:
        ids[name] = value
        commits.append(name)
        if len(commits) == dies:
            raise KilledError

    with pytest.raises(KilledError):
        on_snac(server, tmp_path).publish(envelope, remember)
    uploads = len(commits) - ("asked" in commits)
    with line_to(server.address, "/media") as line:
        fresh = on_snac(server, tmp_path, at=line.address)
        assert fresh.find(envelope) == Absent()
        assert isinstance(publish(fresh, envelope), Published)
        assert sum(path == "/api/v2/media" for _, path in line.calls) == 2 - uploads, "what was uploaded is not uploaded again"
    [status] = [each for each in statuses(server) if each["text"] == f"Killed at {dies}"]
    assert [item["description"] for item in status["media_attachments"]] == [item.alt for item in envelope.outgoing.media]


def test_a_real_server_is_known_for_what_it_is(server: Snac, tmp_path: Path) -> None:
    publisher = on_snac(server, tmp_path)
    assert isinstance(publisher, Verifies)
    checked = publisher.verify()
    assert (checked.ok, checked.handle) == (True, "@comms")
    assert checked.limits["text"] == 100_000
    assert "snac" in checked.notes[0]
    wrong = on_snac(server, tmp_path, token="planted-secret-4711")
    assert isinstance(wrong, Verifies)
    assert not wrong.verify().ok
    outcome = publish(wrong, prepared(wrong, words("Never")))
    assert isinstance(outcome, Refused)
    assert "planted-secret-4711" not in f"{wrong.verify()} {outcome}"


@pytest.mark.parametrize(
    ("table", "keeps_keys"),
    [
        ({"version": "4.5.2"}, True),
        ({"version": "4.7.0-alpha.2+glitch"}, True),
        ({"version": "4.0.0 (not true; really snac/2.75)"}, False),
        ({"version": "3.5.3 (compatible; Pixelfed 0.12.4)"}, False),
        ({"version": "0.20.1", "source_url": "https://codeberg.org/superseriousbusiness/gotosocial"}, False),
        ({"version": "2.7.2 (compatible; Pleroma 2.6.0)"}, False),
        ({"version": "2.8.0 (compatible; Friendica 2024.12)"}, False),
        ({"version": "0.20.1+git-0ab1c2d"}, False),
        ({}, False),
        ({"version": None, "configuration": "none"}, False),
    ],
)
def test_only_mastodon_itself_is_trusted_with_keys(table: dict[str, Any], keeps_keys: bool) -> None:
    assert described(table).keeps_keys is keeps_keys


def test_a_server_s_own_numbers_are_counted_with(emulator: Emulator, tmp_path: Path) -> None:
    emulator.control(link_length=40, characters=600)
    publisher = on_emulator(emulator, tmp_path)
    assert isinstance(publisher, Verifies)
    standings = Standings(tmp_path / "accounts", SystemClock())
    facts = known_networks()["mastodon"].facts
    assert standings.told("main", facts) == facts
    standings.keep("main", publisher.verify())
    limits = standings.told("main", facts).limits
    assert (limits.text, limits.count("See https://example.org/a")) == (600, 44)
    assert limits.video is not None
    assert limits.poll is not None
    assert (limits.video.bytes, limits.poll.options, limits.poll.characters) == (5_000_000, 7, 80)
    assert facts.limits.count("See https://example.org/a") == 27


@pytest.mark.parametrize(
    ("on", "kind"), [("POST /api/v2/media", Refused), ("POST /api/v1/statuses", Uncertain), ("verify_credentials", Refused)]
)
@pytest.mark.parametrize("body", ["<html>Welcome</html>", '{"id": ', "[]", "{}"])
def test_an_answer_that_makes_no_sense_is_never_taken_for_success(
    emulator: Emulator, tmp_path: Path, on: str, kind: type[object], body: str
) -> None:
    nonsense = {"status": 200, "body": body, "headers": {}, "late": False}
    with line_to(emulator.address, "") as line:
        publisher = connected("mastodon", {"server": line.address}, TOKEN, tmp_path)
        envelope = prepared(publisher, with_pictures(tmp_path, 1))
        line.answers = [(on, nonsense)]
        if on == "verify_credentials":
            assert isinstance(publisher, Verifies)
            assert isinstance(publisher, ReadsFeed)
            assert isinstance(publisher.feed(5), Refused)
            return
        outcome = publish(publisher, envelope)
        assert isinstance(outcome, kind), outcome
        line.answers = [("GET /api/v1/accounts/7/statuses", nonsense)] * 2
        if isinstance(outcome, Uncertain) and body != "[]":
            assert not isinstance(publisher.find(envelope), Absent)
        line.answers.clear()
        assert isinstance(settled(publisher, envelope, outcome), Published)
    assert len(emulator.seen()) == 1


def test_a_poll_is_held_to_what_the_server_takes(tmp_path: Path) -> None:
    facts = known_networks()["mastodon"].facts
    poll = Poll(("Yes", "No", "Perhaps", "Later", "x" * 51), minutes=90)
    found = exceeded(replace(with_pictures(tmp_path, 1), poll=poll), facts.limits, facts.abilities, facts.title)
    assert [objection.rule for objection in found] == ["poll-too-much"] * 3


def test_a_server_s_own_pictures_are_judged_with(emulator: Emulator, tmp_path: Path) -> None:
    emulator.control(pixels=1_000, types=["image/png", "image/heic", "audio/mpeg"])
    publisher = on_emulator(emulator, tmp_path)
    assert isinstance(publisher, Verifies)
    standings, usual = Standings(tmp_path / "accounts", SystemClock()), known_networks()["mastodon"].facts
    standings.keep("main", publisher.verify())
    facts = standings.told("main", usual)
    large, photo = picture(tmp_path, "large.png", width=100, height=11), replace(picture(tmp_path), mime="image/jpeg")
    for wrong, rule in ((large, "picture-too-many-pixels"), (photo, "picture-format"), (measured(tmp_path / "march.mp4"), "no-video")):
        outgoing = replace(words("Look"), media=(Media(wrong, "A banner"),))
        assert [found.rule for found in exceeded(outgoing, facts.limits, facts.abilities)] == [rule]
        assert not exceeded(outgoing, usual.limits, usual.abilities)
    assert not exceeded(with_pictures(tmp_path, 1), facts.limits, facts.abilities)


def test_a_panorama_of_more_pixels_than_servers_usually_take_is_told(tmp_path: Path) -> None:
    usual, panorama = known_networks()["mastodon"].facts, picture(tmp_path, width=9_000, height=4_000)
    found = exceeded(replace(words("Look"), media=(Media(panorama, "A banner"),)), usual.limits, usual.abilities, usual.title)
    assert [each.sentence for each in found] == [
        "Mastodon takes pictures of up to 33,177,600 pixels in all; “march.png” has 9,000 × 4,000: 36,000,000."
    ]


def test_the_server_of_the_tests_holds_types_and_pixels_itself(emulator: Emulator, tmp_path: Path) -> None:
    envelope = prepared(on_emulator(emulator, tmp_path), with_pictures(tmp_path, 1))
    for control in ({"pixels": 10}, {"types": ["image/jpeg"]}):
        emulator.control(reset=True, **control)
        assert isinstance(publish(on_emulator(emulator, tmp_path), envelope), Refused)
        assert emulator.seen() == []


@pytest.mark.parametrize("types", [None, "image/png", [], [7, None], ["video/mp4"], ["x" * 10_000] * 10_000])
def test_types_that_make_no_sense_change_nothing(types: object, tmp_path: Path) -> None:
    standings, usual = Standings(tmp_path / "accounts", SystemClock()), known_networks()["mastodon"].facts
    told = described({"version": "4.5.2", "configuration": {"media_attachments": {"supported_mime_types": types}}})
    standings.keep("main", Checked(ok=True, limits=told.limits))
    assert standings.told("main", usual) == usual


def test_a_film_of_more_pixels_than_the_server_takes_is_told(tmp_path: Path) -> None:
    facts = known_networks()["mastodon"].facts
    assert facts.limits.video is not None
    limits, film = replace(facts.limits, video=replace(facts.limits.video, pixels=8_294_400)), measured(tmp_path / "march.mp4")
    for width, rules in ((3_840, []), (3_841, ["video-shape"])):
        outgoing = replace(words("Look"), media=(Media(replace(film, width=width, height=2_160), "A march"),))
        assert [found.rule for found in exceeded(outgoing, limits, facts.abilities)] == rules


def test_a_server_for_pictures_wants_one(emulator: Emulator, tmp_path: Path) -> None:
    emulator.control(kind="pixelfed")
    publisher = on_emulator(emulator, tmp_path)
    assert isinstance(publisher, Verifies)
    standings = Standings(tmp_path / "accounts", SystemClock())
    standings.keep("main", publisher.verify())
    facts = standings.told("main", known_networks()["mastodon"].facts)
    assert [found.rule for found in exceeded(words("Words alone"), facts.limits, facts.abilities)] == ["picture-missing"]
    assert not exceeded(with_pictures(tmp_path, 1), facts.limits, facts.abilities)


@pytest.mark.parametrize("fault", ["drop", "500", "429", "503"])
@pytest.mark.parametrize("number", [0, 2])
@pytest.mark.parametrize("kind", ["mastodon", "pixelfed", "gotosocial"])
def test_every_kind_of_server_shows_one_post_after_every_fault(
    emulator: Emulator, tmp_path: Path, kind: str, number: int, fault: str
) -> None:
    if kind == "pixelfed" and not number:
        pytest.skip("Pixelfed takes no post without a picture")
    emulator.control(kind=kind, faults=[fault])
    envelope = prepared(on_emulator(emulator, tmp_path), with_pictures(tmp_path, number))
    outcome = publish(on_emulator(emulator, tmp_path), envelope)
    assert isinstance(outcome, Refused if fault == "429" else Uncertain)
    out = settled(on_emulator(emulator, tmp_path), envelope, outcome)
    assert isinstance(out, Published)
    assert [status["id"] for status in emulator.seen()] == [out.remote_id]
    assert [item["description"] for item in emulator.seen()[0]["media_attachments"]] == [item.alt for item in envelope.outgoing.media]


THREAD = (Reply("Second: why"), Reply("Third: how #MayDay"))


@pytest.mark.parametrize("cuts", [[], ["", "late"], ["", "early"], ["", "", "500"], ["late"]])
def test_a_thread_is_out_whole_and_once_on_a_real_server_that_keeps_no_keys(server: Snac, tmp_path: Path, cuts: list[str]) -> None:
    name = f"({', '.join(cuts)})"
    replies = tuple(replace(each, text=f"{each.text} {name}") for each in THREAD)
    with line_to(server.address, "/statuses") as line:
        post = replace(words(f"First {name}", f"t{name}"), replies=replies)
        envelope = prepared(on_snac(server, tmp_path), post)
        line.cuts = list(cuts)
        outcome = publish(on_snac(server, tmp_path, at=line.address), envelope)
        out = settled(on_snac(server, tmp_path, at=line.address), envelope, outcome)
    assert isinstance(out, Published)
    found = {status["text"]: status for status in statuses(server) if status["text"].endswith(name)}
    wanted = [f"First {name}", *(each.text for each in replies)]
    assert sorted(found) == sorted(wanted)
    assert [found[text]["in_reply_to_id"] for text in wanted] == [None, *(found[text]["id"] for text in wanted[:-1])]


@pytest.mark.parametrize("fault", ["drop", "500", "429", "503"])
@pytest.mark.parametrize("kind", ["mastodon", "gotosocial"])
@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_thread_is_whole_after_every_fault_at_every_part(emulator: Emulator, tmp_path: Path, kind: str, fault: str, part: int) -> None:
    emulator.control(kind=kind, faults=[""] * part + [fault])
    replies = tuple(replace(each, media=with_pictures(tmp_path, 1, delivery=f"r{n}").media) for n, each in enumerate(THREAD))
    envelope = prepared(on_emulator(emulator, tmp_path), replace(with_pictures(tmp_path, 1), replies=replies))
    outcome = publish(on_emulator(emulator, tmp_path), envelope)
    assert isinstance(settled(on_emulator(emulator, tmp_path), envelope, outcome), Published)
    seen = emulator.seen()
    assert [plain(status["content"]) for status in seen[1:]] == [each.text for each in THREAD]
    assert [status["in_reply_to_id"] for status in seen] == [None, *(status["id"] for status in seen[:-1])]
    assert [len(status["media_attachments"]) for status in seen] == [1, 1, 1]


def test_a_poll_is_asked(emulator: Emulator, tmp_path: Path) -> None:
    publisher = on_emulator(emulator, tmp_path)
    post = replace(words("Do we strike?"), poll=Poll(("Yes", "Yes, at once"), minutes=90, multiple=True))
    assert isinstance(publish(publisher, prepared(publisher, post)), Published)
    poll = emulator.seen()[0]["poll"]
    assert ([each["title"] for each in poll["options"]], poll["expires_in"], poll["multiple"]) == (["Yes", "Yes, at once"], 5400, True)
    assert isinstance(publisher, ReadsFeed)
    read = publisher.feed(1)
    assert isinstance(read, tuple)
    assert read[0].poll == ("Yes", "Yes, at once")


@pytest.mark.parametrize("hours", [0.2, 2])
@pytest.mark.parametrize("number", [0, 1])
def test_sending_again_makes_no_second_post_within_the_key_s_hour_and_after_it(
    emulator: Emulator, tmp_path: Path, number: int, hours: float
) -> None:
    envelope = prepared(on_emulator(emulator, tmp_path), with_pictures(tmp_path, number))
    first = publish(on_emulator(emulator, tmp_path), envelope)
    assert isinstance(first, Published)
    emulator.control(hours=hours)
    if hours > 1:
        assert isinstance(envelope.ids, dict)
        earlier = SystemClock().now().replace(year=SystemClock().now().year - 1)
        envelope.ids.update(asked=earlier.isoformat())
    assert publish(on_emulator(emulator, tmp_path), envelope) == first
    assert len(emulator.seen()) == 1


def test_pictures_that_the_server_threw_away_are_uploaded_again(emulator: Emulator, tmp_path: Path) -> None:
    envelope = prepared(on_emulator(emulator, tmp_path), with_pictures(tmp_path, 2))
    assert isinstance(envelope.ids, dict)
    envelope.ids["media"] = '["1", "2"]'
    outcome = publish(on_emulator(emulator, tmp_path), envelope)
    assert isinstance(outcome, Refused)
    assert (outcome.permanent, outcome.kind) == (False, "")
    assert isinstance(publish(on_emulator(emulator, tmp_path), envelope), Published)
    assert len(emulator.seen()) == 1


def test_a_picture_that_takes_its_time_is_waited_for(emulator: Emulator, tmp_path: Path) -> None:
    emulator.control(processing=2)
    publisher = on_emulator(emulator, tmp_path)
    assert isinstance(publish(publisher, prepared(publisher, with_pictures(tmp_path, 1))), Published)
    assert sum("GET /api/v1/media/" in call for call in emulator.calls()) == 3


def test_a_film_is_uploaded_once_even_if_the_process_ends_while_the_server_works_on_it(emulator: Emulator, tmp_path: Path) -> None:
    class KilledError(BaseException):
        pass

    emulator.control(processing=2)
    post = replace(words("See the march"), media=(Media(measured(tmp_path / "march.mp4"), "A crowd walks by, singing"),))
    envelope = prepared(on_emulator(emulator, tmp_path), post)
    ids = envelope.ids
    assert isinstance(ids, dict)

    def remember(name: str, value: str) -> None:
        ids[name] = value
        if name == "readying":
            raise KilledError

    with pytest.raises(KilledError):
        on_emulator(emulator, tmp_path).publish(envelope, remember)
    assert isinstance(publish(on_emulator(emulator, tmp_path), envelope), Published)
    [status] = emulator.seen()
    assert [item["description"] for item in status["media_attachments"]] == ["A crowd walks by, singing"]
    assert emulator.calls().count("POST /api/v2/media") == 1


@pytest.mark.parametrize("visibility", ["public", "unlisted", "private", "direct"])
def test_who_may_read_language_and_warning_are_always_said(emulator: Emulator, tmp_path: Path, visibility: str) -> None:
    publisher = on_emulator(emulator, tmp_path, visibility=visibility)
    post = replace(with_pictures(tmp_path, 1), content_warning="deaths")
    publish(publisher, prepared(publisher, post))
    [status] = emulator.seen()
    found = {name: status[name] for name in ("visibility", "language", "spoiler_text", "sensitive")}
    assert found == {"visibility": visibility, "language": "es", "spoiler_text": "deaths", "sensitive": True}


def test_a_post_is_taken_back_and_a_second_time_is_no_trouble(emulator: Emulator, tmp_path: Path) -> None:
    publisher = on_emulator(emulator, tmp_path)
    assert isinstance(publisher, Deletes)
    envelope = prepared(publisher, words("Oops"))
    out = publish(publisher, envelope)
    assert isinstance(out, Published)
    assert publisher.delete(out.remote_id) is None
    assert publisher.delete(out.remote_id) is None
    assert emulator.seen() == []


def test_a_token_that_was_revoked_is_the_account_s_trouble(emulator: Emulator, tmp_path: Path) -> None:
    publisher = on_emulator(emulator, tmp_path)
    envelope = prepared(publisher, words("Later"))
    emulator.control(token="another")
    outcome = publish(publisher, envelope)
    assert isinstance(outcome, Refused)
    assert (outcome.kind, outcome.permanent) == ("auth", False)
    assert isinstance(publisher.find(envelope), Uncertain)
    emulator.control(token=TOKEN)
    assert isinstance(publish(publisher, envelope), Published)
    assert len(emulator.seen()) == 1


def test_an_equal_post_of_long_ago_is_not_taken_for_this_one(emulator: Emulator, tmp_path: Path) -> None:
    emulator.control(kind="gotosocial")
    publisher = on_emulator(emulator, tmp_path)
    publish(publisher, prepared(publisher, words("Weekly reminder", "000000000001")))
    [status] = emulator.seen()
    emulator.control(statuses=[{**status, "created_at": "2020-01-01T00:00:00+00:00"}])
    assert publisher.find(prepared(publisher, words("Weekly reminder", "000000000002"))) == Absent()


def test_the_same_words_with_other_pictures_are_another_post(emulator: Emulator, tmp_path: Path) -> None:
    emulator.control(kind="gotosocial")
    publisher = on_emulator(emulator, tmp_path)
    first = prepared(publisher, with_pictures(tmp_path, 1, delivery="000000000001"))
    second = prepared(publisher, with_pictures(tmp_path, 1, delivery="000000000002"))
    publish(publisher, first)
    assert isinstance(second.ids, dict)
    second.ids["media"] = '["999"]'
    assert publisher.find(second) == Absent()


@pytest.mark.parametrize(
    ("html", "words_in_it"),
    [
        ("<p>One</p><p>Two<br />Three</p>", "One\n\nTwo\nThree"),
        ('<a href="x"><span class="invisible">https://</span><span class="ellipsis">example.org/a</span>', "https://example.org/a"),
        ("a &amp; b &lt;i&gt; &#39;c&#39;", "a & b <i> 'c'"),
        ("<p>broken <b>never closed", "broken never closed"),
        ("", ""),
        ("<!-- a --><p>x</p><script>y</script>", "xy"),
    ],
)
def test_html_becomes_words(html: str, words_in_it: str) -> None:
    assert plain(html) == words_in_it


def test_a_mark_outlives_what_servers_do_to_a_text() -> None:
    assert mark(TEXT) == mark(plain(emulated.html(TEXT)))
    assert mark("e\u0301 @hall@social.example") == mark("é  @HALL ")
    assert mark("one") != mark("two")


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        (f"https://example.org#{'a' * 40}", 23 + 41),
        ("https://wiki.hafen/abcdefghijklmnop", 35),
        ("https://10.0.0.1/abcdefghijklmnop", 33),
        ("https://localhost:8080/abcdefghijklmnop", 39),
        ("https://en.wikipedia.org/wiki/Strike_(labor)", 23),
        ("(https://en.wikipedia.org/wiki/Strike_(labor).)", 26),
        ("見てhttps://example.org/abcdefghijklmnopqrstu", 25),
        ("aahttps://example.org/abcdefghijklmnopqrstu", 43),
        ("https://example.org/?a=b&c=d#top!", 24),
        ("https://example.org:8080/a", 23),
        ("http://a.org.", 24),
        ("@kim@social.example:8080", 9),
        ("@kim@localhost", 4),
        ("@kim@social.example@x", 21),
    ],
)
def test_only_what_the_server_makes_a_link_of_is_shortened(text: str, counts: int) -> None:
    assert (counting(23)(text), length(text, 23)) == (counts, counts)


@given(st.lists(st.sampled_from([*'(a) .,見-_/?#:@é=*"', "https://", "example.org", "hafen", "@kim", "10.0.0.1", ".org"]), max_size=14))
def test_no_text_is_counted_lower_than_by_the_server(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert counting(23)(text) >= length(text, 23)


@pytest.mark.parametrize(
    "text", ["見.見" * 1_500 + "://", "a." * 2_000 + "://", "https://a.org/(" * 2_000, "https://a.org/" + "a." * 2_000, "@a." * 5_000]
)
def test_long_rubbish_is_counted_in_no_time(text: str) -> None:
    assert counting(23)(text) <= len(text) + 23
