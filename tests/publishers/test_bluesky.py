"""Bluesky's own server on loopback takes what we send, and gives it back as it was shown."""

import hashlib
import json
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import pytest
from PIL import Image

from scheduler.model.facets import facets_of
from scheduler.model.graphic import Picture
from scheduler.model.network import Account
from scheduler.model.outcome import Absent, Published, Refused, Uncertain
from scheduler.model.outgoing import LinkCard, Media, Outgoing, Reply
from scheduler.publishers.contract import Checked, Connection, Deletes, Publisher, ReadsFeed, Verifies
from scheduler.publishers.counting import graphemes
from scheduler.publishers.discovery import known_networks
from tests.emulators import bluesky as emulated
from tests.emulators.emulating import Running
from tests.publishers.emulated import Emulated
from tests.publishers.online import connected, line_to, prepared, publish, settled, words
from tests.publishers.posts import NOON, TEXT, Shown, outgoing
from tests.publishers.test_richtext import ALIKE, APART
from tests.publishers.texts import texts
from tests.publishers.wired import ESSENTIAL, OnLine, Wired
from tests.servers import bluesky_pds, processes
from tests.servers.bluesky_pds import BlueskyServer

PASSWORD = "correct horse battery staple"
COLLECTION = "app.bsky.feed.post"
FAMILY = "👨‍👩‍👧‍👦"
_numbers = count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BlueskyServer]:
    with bluesky_pds.running(tmp_path_factory.mktemp("bluesky")) as running:
        yield running


class Profile:
    """Is a new account with an app password, and what its server keeps of it."""

    def __init__(self, server: BlueskyServer) -> None:
        self.server = server
        self.handle = f"harbour{next(_numbers)}.test"
        self.did = server.create_account(self.handle, PASSWORD)
        session = self.call("server.createSession", {"identifier": self.handle, "password": PASSWORD})
        made = self.call("server.createAppPassword", {"name": "scheduler"}, session["accessJwt"])
        self.secret = str(made["password"])
        self.token = str(session["accessJwt"])

    def call(self, method: str, body: dict[str, Any], token: str = "") -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.post(f"{self.server.address}/xrpc/com.atproto.{method}", json=body, headers=headers).raise_for_status().json()

    def publisher(self, folder: Path, *, at: str = "", secret: str = "") -> Publisher:
        settings = {"service": at or self.server.address, "identifier": self.handle}
        return connected("bluesky", settings, secret or self.secret, folder)

    def records(self) -> list[dict[str, Any]]:
        return [row["value"] for row in self.rows()]

    def uris(self) -> dict[str, str]:
        """Returns the address of each post by its text."""
        return {row["value"]["text"]: row["uri"] for row in self.rows()}

    def rows(self) -> list[dict[str, Any]]:
        """Returns what the account has published, as the server lists it."""
        asked: dict[str, str] = {"repo": self.did, "collection": COLLECTION, "limit": "100"}
        answer = httpx.get(f"{self.server.address}/xrpc/com.atproto.repo.listRecords", params=asked)
        found: list[dict[str, Any]] = answer.raise_for_status().json()["records"]
        return found

    def blob(self, image: dict[str, Any]) -> bytes:
        asked = {"did": self.did, "cid": image["image"]["ref"]["$link"]}
        return httpx.get(f"{self.server.address}/xrpc/com.atproto.sync.getBlob", params=asked).raise_for_status().content


@pytest.fixture
def profile(server: BlueskyServer) -> Profile:
    return Profile(server)


@pytest.fixture(scope="module")
def counter(server: BlueskyServer) -> Profile:
    return Profile(server)


def as_read(name: str, record: dict[str, Any]) -> Shown:
    """Returns a record as readers see it."""
    return Shown(record["text"], tuple(image["alt"] for image in record.get("embed", {}).get("images", ())), f"/post/{name}")


FILMS_ELSEWHERE = MappingProxyType({"film": "Its films are made playable by a service of their own, whose tests stand beside these."})


class TestContract(Wired):
    """Holds the publisher to the contract on Bluesky's own server, with a new account for each test."""

    usual = ESSENTIAL
    network = "bluesky"
    lacks = FILMS_ELSEWHERE
    visible = r"POST /xrpc/com\.atproto\.repo\.putRecord"

    @pytest.fixture
    def server(self, server: BlueskyServer, tmp_path: Path) -> Iterator[Running]:
        self.profile = Profile(server)
        with line_to(server.address, "") as line:
            yield OnLine(line.address, tmp_path, line)

    def token(self) -> str:
        return self.profile.secret

    def settings(self, server: Running) -> dict[str, str]:
        return {"service": server.address, "identifier": self.profile.handle}

    def shown(self, server: Running) -> list[Shown]:
        del server
        return [as_read(row["uri"].rpartition("/")[2], row["value"]) for row in self.profile.rows()]


class TestBluesky(Emulated):
    """Holds the publisher to the contract on a small server of ours, which is quick."""

    emulator = "bluesky"
    network = "bluesky"
    lacks = FILMS_ELSEWHERE
    visible = TestContract.visible
    secret = emulated.PASSWORD

    def settings(self, server: Running) -> dict[str, str]:
        return {"service": server.address, "identifier": emulated.HANDLE, "resolver": server.address, "directory": server.address}

    def shown(self, server: Running) -> list[Shown]:
        return [as_read(name, record) for name, record in server.state["records"].items()]


def test_a_session_that_cannot_be_kept_is_made_again_and_the_post_does_not_wait(profile: Profile, tmp_path: Path) -> None:
    place = tmp_path / "place"
    publisher = profile.publisher(place)
    place.write_text("a file stands where the folder should be")
    assert isinstance(publish(publisher, prepared(publisher, with_pictures(tmp_path, 1))), Published)


def jpeg(folder: Path, name: str, size: tuple[int, int] = (600, 750), *, exactly: int = 0) -> Picture:
    """Writes a JPEG; ``exactly`` fills it up to that many bytes, behind its end where no reader looks."""
    stream = BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(stream, "JPEG", quality=80)
    data = stream.getvalue().ljust(exactly, b"\0")
    path = folder / name
    path.write_bytes(data)
    width, height = size
    return Picture(path=str(path), sha256=hashlib.sha256(data).hexdigest(), width=width, height=height, bytes=len(data), mime="image/jpeg")


def with_pictures(folder: Path, number: int, **more: Any) -> Outgoing:
    media = tuple(Media(jpeg(folder, f"{n}.jpg", (600, 700 + n)), f"Banner {n} ✊🏾") for n in range(number))
    return replace(words("March on Saturday #MayDay"), media=media, **more)


def test_text_links_tags_and_mentions_arrive_where_they_stand(profile: Profile, tmp_path: Path) -> None:
    text = f"✊🏾 Hi @{profile.handle}, @nobody.invalid & @far@social.example: https://example.org/a?b=1 #MayDay नमस्ते #ألمانيا"
    post = words(text)
    assert isinstance(publish(profile.publisher(tmp_path), prepared(profile.publisher(tmp_path), post)), Published)
    [record] = profile.records()
    assert record["text"] == text
    assert record["langs"] == ["en"]
    marked = {}
    for facet in record["facets"]:
        [feature] = facet["features"]
        place = text.encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode()
        marked[place] = {key: value for key, value in feature.items() if key != "$type"}
    assert marked == {
        f"@{profile.handle}": {"did": profile.did},
        "https://example.org/a?b=1": {"uri": "https://example.org/a?b=1"},
        "#MayDay": {"tag": "MayDay"},
        "#ألمانيا": {"tag": "ألمانيا"},
    }


def test_odd_texts_arrive_with_every_mark_where_it_stands(profile: Profile, tmp_path: Path) -> None:
    publisher = profile.publisher(tmp_path)
    texts = [text.replace("harbour1.test", profile.handle) for text in (*ALIKE, *APART) if graphemes(text) <= 280]
    for number, text in enumerate(texts):
        assert isinstance(publish(publisher, prepared(publisher, words(text, f"{number:012x}"))), Published), text
    records = {record["text"]: record for record in profile.records()}
    assert set(records) == set(texts)
    for text in texts:
        places = [(each["index"]["byteStart"], each["index"]["byteEnd"]) for each in records[text].get("facets", [])]
        arrived = [text.encode()[start:end].decode() for start, end in places]
        known = [
            f for f in facets_of(text) if (f.kind != "mention" or f.value == profile.handle) and not (f.kind == "tag" and len(f.value) > 64)
        ]
        assert arrived == [text[facet.start : facet.end] for facet in known], text


@pytest.mark.parametrize("number", [1, 4])
def test_pictures_arrive_with_their_descriptions_shapes_and_bytes(profile: Profile, tmp_path: Path, number: int) -> None:
    post = with_pictures(tmp_path, number)
    publisher = profile.publisher(tmp_path)
    assert isinstance(publish(publisher, prepared(publisher, post)), Published)
    [record] = profile.records()
    images = record["embed"]["images"]
    assert [image["alt"] for image in images] == [item.alt for item in post.media]
    assert [image["aspectRatio"] for image in images] == [
        {"width": item.picture.width, "height": item.picture.height} for item in post.media
    ]
    assert [profile.blob(image) for image in images] == [Path(item.picture.path).read_bytes() for item in post.media]


def test_a_link_card_a_language_and_a_label_arrive(profile: Profile, tmp_path: Path) -> None:
    card = LinkCard("https://example.org/strike", "Why we strike", "Six questions")
    post = replace(words("Listen"), link_card=card, language="pt-BR", content_warning="nudity")
    publisher = profile.publisher(tmp_path)
    assert isinstance(publish(publisher, prepared(publisher, post)), Published)
    [record] = profile.records()
    external = {"uri": "https://example.org/strike", "title": "Why we strike", "description": "Six questions"}
    assert record["embed"] == {"$type": "app.bsky.embed.external", "external": external}
    assert record["langs"] == ["pt-BR"]
    assert record["labels"]["values"] == [{"val": "nudity"}]


def test_a_post_is_read_back_and_taken_back(profile: Profile, tmp_path: Path) -> None:
    publisher = profile.publisher(tmp_path)
    assert isinstance(publisher, ReadsFeed)
    assert isinstance(publisher, Deletes)
    envelope = prepared(publisher, with_pictures(tmp_path, 2))
    out = publish(publisher, envelope)
    assert isinstance(out, Published)
    [item] = publisher.feed(10) or ()  # type: ignore[misc] # a refusal would fail here as well
    assert (item.remote_id, item.url, item.text, item.language) == (out.remote_id, out.url, envelope.outgoing.text, "en")
    assert [alt for _, alt in item.pictures] == [media.alt for media in envelope.outgoing.media]
    assert httpx.get(item.pictures[0][0]).content == Path(envelope.outgoing.media[0].picture.path).read_bytes()
    assert publisher.delete(out.remote_id) is None
    assert publisher.delete(out.remote_id) is None
    assert publisher.find(envelope) == Absent()
    assert publisher.feed(10) == ()


def test_a_feed_of_many_pages_is_read_to_its_end(profile: Profile, tmp_path: Path) -> None:
    publisher = profile.publisher(tmp_path)
    for number in range(7):
        assert isinstance(publish(publisher, prepared(publisher, words(f"Number {number}", f"{number:012}"))), Published)
    assert isinstance(publisher, ReadsFeed)
    everything = publisher.feed(200)
    assert not isinstance(everything, Refused)
    assert {item.text for item in everything} == {f"Number {number}" for number in range(7)}
    newest = publisher.feed(3)
    assert not isinstance(newest, Refused)
    assert len(newest) == 3


@pytest.mark.parametrize("cut", ["early", "late", "500", "429"])
def test_a_lost_answer_is_doubt_and_proof_makes_it_one_post(profile: Profile, tmp_path: Path, cut: str) -> None:
    with line_to(profile.server.address, "putRecord") as line:
        publisher = profile.publisher(tmp_path, at=line.address)
        envelope = prepared(publisher, with_pictures(tmp_path, 1))
        line.cuts = [cut]
        outcome = publish(publisher, envelope)
        assert sum("putRecord" in path for _, path in line.calls) == 1, "the visible call is made once"
        if cut == "429":
            assert isinstance(outcome, Refused)
            assert (outcome.permanent, outcome.kind) == (False, "rate")
            assert outcome.retry_after is not None
            assert outcome.retry_after.total_seconds() == 17
        else:
            assert isinstance(outcome, Uncertain)
        assert len(profile.records()) == (cut in {"late", "500"})
        fresh = profile.publisher(tmp_path, at=line.address)
        assert isinstance(fresh.find(envelope), Published if cut in {"late", "500"} else Absent)
        assert isinstance(settled(fresh, envelope, outcome), Published)
    assert [record["text"] for record in profile.records()] == [envelope.outgoing.text]


@pytest.mark.parametrize("cuts", [[], ["", "late"], ["", "early"], ["", "", "500"], ["", "429"], ["late"]])
def test_a_thread_is_out_whole_and_once(profile: Profile, tmp_path: Path, cuts: list[str]) -> None:
    second = Reply(f"Second, @{profile.handle}", facets_of(f"Second, @{profile.handle}"), with_pictures(tmp_path, 1).media)
    with line_to(profile.server.address, "putRecord") as line:
        envelope = prepared(profile.publisher(tmp_path), replace(words("First"), replies=(second, Reply("Third"))))
        line.cuts = list(cuts)
        outcome = publish(profile.publisher(tmp_path, at=line.address), envelope)
        out = settled(profile.publisher(tmp_path, at=line.address), envelope, outcome)
    assert isinstance(out, Published)
    records = {record["text"]: record for record in profile.records()}
    assert len(profile.records()) == len(records) == 3
    above = {text: record.get("reply", {}).get("parent", {}).get("uri", "").rpartition("/")[2] for text, record in records.items()}
    assert above == {"First": "", "Second, @" + profile.handle: envelope.ids["rkey"], "Third": envelope.ids["rkey-1"]}
    assert {record["reply"]["root"]["uri"] for text, record in records.items() if text != "First"} == {out.remote_id}
    assert records[f"Second, @{profile.handle}"]["facets"][0]["features"][0]["did"] == profile.did


def test_a_post_that_stands_already_under_our_name_is_answered_for_and_never_written_over(profile: Profile, tmp_path: Path) -> None:
    publisher = profile.publisher(tmp_path)
    envelope = prepared(publisher, words("First words"))
    first = publish(publisher, envelope)
    other = replace(envelope, outgoing=words("Other words"))
    assert publish(publisher, other) == first
    assert [record["text"] for record in profile.records()] == ["First words"]


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "é",
        "e\u0301",
        "✊🏾",
        "🇵🇸",
        "🏳️‍🌈",
        "漢",
        "ع",
        "ש",
        "नी",
        "한",
        "\u1100\u1161\u11a8",
        "ก็",
        "1️⃣",
        "👩🏽‍🏭",
        "\r\n",
        "z\u0335\u0336\u0337",
    ],
)
def test_we_count_as_the_server_does_at_the_limit_and_one_over(counter: Profile, unit: str) -> None:
    limits = known_networks()["bluesky"].facts.limits
    assert limits.text is not None
    for number in (limits.text, limits.text + 1):
        text = unit * (number - 2) + " x"
        if len(text.encode()) > 3_000:
            text = "x" * (number - 20) + unit * 20
        ours = limits.count(text) <= limits.text and len(text.encode()) <= 3_000
        assert taken(counter, text) is ours, (unit, number, limits.count(text))


def test_two_hundred_mixed_texts_are_counted_as_the_server_does(counter: Profile) -> None:
    limits = known_networks()["bluesky"].facts.limits
    assert limits.text is not None
    answers = [(fits, taken(counter, text), text) for text, fits in texts(limits.count, limits.text)]
    assert len(answers) == 200
    assert [text for fits, accepted, text in answers if accepted is not fits] == []


@pytest.mark.parametrize("over", [0, 1])
def test_three_thousand_bytes_are_taken_and_one_more_is_not(profile: Profile, tmp_path: Path, over: int) -> None:
    text = FAMILY * 120 + "a" * over
    assert len(text.encode()) == 3_000 + over
    assert taken(profile, text) is not bool(over)
    outcome = publish(profile.publisher(tmp_path), prepared(profile.publisher(tmp_path), words(text)))
    assert isinstance(outcome, Refused if over else Published)


def taken(profile: Profile, text: str) -> bool:
    """Tells whether the server itself takes the text, asked without any limits of ours."""
    token = profile.token
    record = {"$type": COLLECTION, "text": text, "createdAt": "2026-03-02T08:00:00Z"}
    body = {"repo": profile.did, "collection": COLLECTION, "record": record}
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.post(f"{profile.server.address}/xrpc/com.atproto.repo.createRecord", json=body, headers=headers)
    assert answer.status_code in {200, 400}, answer.text
    return answer.is_success


@pytest.mark.parametrize("over", [0, 1])
def test_the_largest_picture_is_taken_and_one_byte_more_is_refused_by_us_as_by_the_server(
    profile: Profile, tmp_path: Path, over: int
) -> None:
    limit = known_networks()["bluesky"].facts.limits.picture_bytes
    assert limit == 1_000_000
    post = replace(words("Big"), media=(Media(jpeg(tmp_path, "big.jpg", exactly=limit + over), "Big"),))
    publisher = profile.publisher(tmp_path)
    outcome = publish(publisher, prepared(publisher, post))
    if not over:
        assert isinstance(outcome, Published)
        return
    assert isinstance(outcome, Refused)
    assert "1,000,001 bytes" in outcome.reason
    facts = known_networks()["bluesky"].facts
    generous = replace(facts, limits=replace(facts.limits, picture_bytes=None))
    account = Account(name="main", network="bluesky", settings={"service": profile.server.address, "identifier": profile.handle})
    connect = known_networks()["bluesky"].connect
    assert connect is not None
    unguarded = connect(Connection(account, tmp_path, lambda: profile.secret, facts=generous))
    theirs = publish(unguarded, prepared(unguarded, post))
    assert isinstance(theirs, Refused)
    assert (theirs.kind, theirs.permanent) == ("media", True)
    assert "blob too big" in theirs.reason
    assert profile.records() == []


def test_five_pictures_are_refused_by_us_as_by_the_server(profile: Profile, tmp_path: Path) -> None:
    publisher = profile.publisher(tmp_path)
    outcome = publish(publisher, prepared(publisher, with_pictures(tmp_path, 5)))
    assert isinstance(outcome, Refused)
    assert "takes 4 pictures" in outcome.reason
    assert profile.records() == []


KNOWS: tuple[tuple[str, str], ...] = (('"items": ?"none"', "InvalidRequest"), ('"size": ?2000000', "BlobNotFound"))


def test_a_server_s_own_rules_are_found_out_without_writing_anything(profile: Profile, tmp_path: Path) -> None:
    """This server's copy of the rules has no galleries and pictures of up to 1 MB; a newer one answers these two questions otherwise."""
    older = profile.publisher(tmp_path)
    assert isinstance(older, Verifies)
    assert older.verify().limits == {}
    with line_to(profile.server.address, "") as line:
        newer = profile.publisher(tmp_path / "newer", at=line.address)
        assert isinstance(newer, Verifies)
        line.answers = [(pattern, {"status": 400, "body": {"error": error}, "headers": {}, "late": False}) for pattern, error in KNOWS]
        assert newer.verify().limits == {"pictures": 10, "picture_bytes": 2_000_000}
        grumpy = {"status": 400, "body": {"error": "InvalidRequest"}, "headers": {}, "late": False}
        line.answers = [("putRecord", grumpy)] * 4
        assert newer.verify().limits == {}, "one that objects to everything tells nothing by it"
    assert profile.records() == []


@pytest.mark.parametrize("number", [5, 10])
def test_more_than_four_pictures_are_a_gallery_where_the_server_knows_it(profile: Profile, tmp_path: Path, number: int) -> None:
    facts = known_networks()["bluesky"].facts
    knows = replace(facts, limits=replace(facts.limits, pictures=10))
    account = Account(name="main", network="bluesky", settings={"service": profile.server.address, "identifier": profile.handle})
    connect = known_networks()["bluesky"].connect
    assert connect is not None
    publisher = connect(Connection(account, tmp_path, lambda: profile.secret, facts=knows))
    post = with_pictures(tmp_path, number)
    assert isinstance(publish(publisher, prepared(publisher, post)), Published)
    [record] = profile.records()
    assert record["embed"]["$type"] == "app.bsky.embed.gallery"
    items = record["embed"]["items"]
    assert [item["alt"] for item in items] == [item.alt for item in post.media]
    assert {item["$type"] for item in items} == {"app.bsky.embed.gallery#image"}
    assert all(item["aspectRatio"]["width"] for item in items)
    assert [profile.blob(item) for item in items] == [Path(item.picture.path).read_bytes() for item in post.media]
    assert isinstance(publisher, ReadsFeed)
    [item] = publisher.feed(3) or ()  # type: ignore[misc] # a refusal would fail here as well
    assert [alt for _, alt in item.pictures] == [media.alt for media in post.media]


def test_the_session_is_kept_private_and_used_again(profile: Profile, tmp_path: Path) -> None:
    with line_to(profile.server.address, "createSession") as line:
        for number in range(3):
            publisher = profile.publisher(tmp_path, at=line.address)
            assert isinstance(publish(publisher, prepared(publisher, words(f"Number {number}", f"{number:012}"))), Published)
        assert sum("createSession" in path for _, path in line.calls) == 1
    [kept] = (tmp_path / ".scheduler/sessions").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert profile.secret not in kept.read_text()


@pytest.mark.parametrize("damage", ["access", "both", "file"])
def test_a_session_that_ran_out_is_renewed_without_a_second_post(profile: Profile, tmp_path: Path, damage: str) -> None:
    publisher = profile.publisher(tmp_path)
    assert isinstance(publisher, Verifies)
    assert publisher.verify().ok
    kept = tmp_path / ".scheduler/sessions/main.json"
    tokens = json.loads(kept.read_text())
    if damage == "file":
        kept.write_text('{"whose": ')
    else:
        tokens["access"] = tokens["access"][:-6] + "AAAAAA"
        tokens["refresh"] = tokens["refresh"] if damage == "access" else "rubbish"
        kept.write_text(json.dumps(tokens))
    again = profile.publisher(tmp_path)
    assert isinstance(publish(again, prepared(again, words("Still here"))), Published)
    assert [record["text"] for record in profile.records()] == ["Still here"]


def test_a_kept_session_is_not_used_for_another_account(profile: Profile, server: BlueskyServer, tmp_path: Path) -> None:
    publisher = profile.publisher(tmp_path)
    publish(publisher, prepared(publisher, words("Mine")))
    other = Profile(server)
    theirs = other.publisher(tmp_path)
    assert isinstance(publish(theirs, prepared(theirs, words("Theirs"))), Published)
    assert [record["text"] for record in profile.records()] == ["Mine"]
    assert [record["text"] for record in other.records()] == ["Theirs"]


def test_a_wrong_password_is_the_account_s_trouble_and_not_told_to_anybody(profile: Profile, tmp_path: Path) -> None:
    publisher = profile.publisher(tmp_path, secret="planted-secret-4711")
    outcome = publish(publisher, prepared(publisher, words("Never out")))
    assert isinstance(outcome, Refused)
    assert (outcome.kind, outcome.permanent) == ("auth", False)
    assert "planted-secret-4711" not in outcome.reason
    assert isinstance(publisher, Verifies)
    assert publisher.verify() == Checked(ok=False, reason=outcome.reason)
    assert isinstance(publisher.find(prepared(publisher, words("Never out"))), Uncertain)


def test_the_main_password_works_and_is_warned_of(profile: Profile, tmp_path: Path) -> None:
    good, risky = profile.publisher(tmp_path), profile.publisher(tmp_path / "other", secret=PASSWORD)
    assert isinstance(good, Verifies)
    assert isinstance(risky, Verifies)
    assert good.verify() == Checked(ok=True, handle=f"@{profile.handle}")
    assert "main password" in risky.verify().notes[0]


def test_a_server_that_is_away_is_no_doubt_and_no_end(profile: Profile, tmp_path: Path) -> None:
    publisher = profile.publisher(tmp_path)
    envelope = prepared(publisher, words("Later"))
    publish(publisher, prepared(publisher, words("Sooner", "ffffffffffff")))
    away = profile.publisher(tmp_path, at=f"http://localhost:{processes.free_port()}")
    outcome = publish(away, envelope)
    assert isinstance(outcome, Refused)
    assert not outcome.permanent
    assert "refuses the connection" in outcome.reason


def test_the_server_is_found_from_the_handle(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    with bluesky_pds.directory(tmp_path) as directory, bluesky_pds.server(tmp_path, directory) as home:
        did = home.create_account("union.test", PASSWORD)
        settings = {"identifier": "@union.test", "resolver": home.address, "directory": f"http://localhost:{directory}"}
        publisher = connected("bluesky", settings, PASSWORD, tmp_path_factory.mktemp("project"))
        assert isinstance(publisher, Verifies)
        checked = publisher.verify()
        assert checked.ok, checked.reason
        by_did = connected("bluesky", {**settings, "identifier": did}, PASSWORD, tmp_path_factory.mktemp("project"))
        assert isinstance(by_did, Verifies)
        assert by_did.verify().handle == "@union.test"
        nobody = connected("bluesky", {**settings, "identifier": "nobody.test"}, PASSWORD, tmp_path_factory.mktemp("project"))
        assert isinstance(nobody, Verifies)
        assert "Nobody knows the handle nobody.test" in nobody.verify().reason


@pytest.mark.parametrize("old", ["away", "AccountDeactivated", "not a server any more"])
def test_an_account_that_moved_to_another_server_is_found_there(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, old: str) -> None:
    """The session of before stays in its file; the identity names the new server."""
    with bluesky_pds.directory(tmp_path) as directory, bluesky_pds.server(tmp_path, directory) as home, line_to(home.address, "") as line:
        home.create_account("union.test", PASSWORD)
        settings = {"identifier": "union.test", "resolver": home.address, "directory": f"http://localhost:{directory}"}
        project = tmp_path_factory.mktemp("project")
        first = connected("bluesky", settings, PASSWORD, project)
        assert isinstance(publish(first, prepared(first, words("Before", "aaaaaaaaaaaa"))), Published)
        kept = project / ".scheduler/sessions/main.json"
        where = f"http://localhost:{processes.free_port()}" if old == "away" else line.address
        kept.write_text(json.dumps({**json.loads(kept.read_text()), "base": where}))
        gone = {"status": 400, "body": {"error": old}, "headers": {}, "late": False}
        line.answers = [(".", gone if old == "AccountDeactivated" else {**gone, "status": 404, "body": "<html>Not Found</html>"})]
        moved = connected("bluesky", settings, PASSWORD, project)
        out = publish(moved, prepared(moved, words("After", "bbbbbbbbbbbb")))
        assert isinstance(out, Published), out
        assert json.loads(kept.read_text())["base"] == home.address
        assert isinstance(moved, ReadsFeed)
        assert {item.text for item in moved.feed(5) or ()} == {"Before", "After"}  # type: ignore[union-attr] # a refusal fails as well


@pytest.mark.parametrize("part", [1, 2])
def test_a_session_that_ends_in_the_middle_of_a_thread_is_renewed_and_the_thread_is_whole(
    profile: Profile, tmp_path: Path, part: int
) -> None:
    ended = {"status": 400, "body": {"error": "ExpiredToken", "message": "Token has expired"}, "headers": {}, "late": False}
    with line_to(profile.server.address, "") as line:
        publisher = profile.publisher(tmp_path, at=line.address)
        envelope = prepared(publisher, replace(words("First"), replies=(Reply("Second"), Reply("Third"))))
        line.answers = [(f"putRecord.*{envelope.ids[f'rkey-{part}']}", ended)]
        assert isinstance(publish(publisher, envelope), Published)
        assert line.answers == []
        assert sum("refreshSession" in path for _, path in line.calls) == 1
    assert sorted(record["text"] for record in profile.records()) == ["First", "Second", "Third"]


HTML = {"status": 200, "body": "<html>Welcome</html>", "headers": {}, "late": False}


@pytest.mark.parametrize(
    ("on", "kind"), [("createSession", Refused), ("uploadBlob", Refused), ("putRecord", Uncertain), ("resolveHandle", Published)]
)
@pytest.mark.parametrize("body", ["<html>Welcome</html>", '{"blob": 4, "did": 4, "uri": 4}'])
def test_an_answer_that_makes_no_sense_is_never_taken_for_success(
    profile: Profile, tmp_path: Path, on: str, kind: type[object], body: str
) -> None:
    with line_to(profile.server.address, "") as line:
        publisher = profile.publisher(tmp_path, at=line.address)
        post = with_pictures(tmp_path, 1, text="Hi @nobody.invalid", facets=facets_of("Hi @nobody.invalid"))
        envelope = prepared(publisher, post)
        line.answers = [(on, {**HTML, "body": body})]
        outcome = publish(publisher, envelope)
        assert isinstance(outcome, kind), outcome
        line.answers = [("getRecord", {**HTML, "body": body})]
        if not isinstance(outcome, Published):
            assert not isinstance(publisher.find(envelope), Absent)
            line.answers.clear()
        assert isinstance(settled(publisher, envelope, outcome), Published)
    assert len(profile.records()) == 1


def test_a_feed_that_cannot_be_read_is_no_empty_feed(profile: Profile, tmp_path: Path) -> None:
    with line_to(profile.server.address, "") as line:
        publisher = profile.publisher(tmp_path, at=line.address)
        assert isinstance(publisher, ReadsFeed)
        for body, status in (("<html>Welcome</html>", 200), ("{}", 200), ('{"error": "InvalidRequest"}', 400)):
            line.answers = [("listRecords", {**HTML, "body": body, "status": status})]
            assert isinstance(publisher.feed(5), Refused)
        assert publisher.feed(5) == ()


def test_the_record_of_a_delivery_has_a_name_of_its_own(tmp_path: Path) -> None:
    publisher = connected("bluesky", {"service": "http://localhost:1", "identifier": "a.test"}, "x", tmp_path)
    keys = {publisher.prepare(outgoing(tmp_path, f"{number:012x}", TEXT, pictures=0), NOON)["rkey"] for number in range(2_000)}
    assert len(keys) == 2_000
    assert all(len(key) == 13 and key[0] in "234567abcdefghij" for key in keys)
    assert not list(tmp_path.iterdir())


FIELDS: tuple[tuple[str, Callable[[dict[str, Any]], object]], ...] = (
    ("alt text", lambda record: record["embed"]["images"][0]["alt"]),
    ("language", lambda record: record["langs"][0]),
    ("content warning, as a label", lambda record: record["labels"]["values"][0]["val"]),
)


def test_nothing_that_the_network_takes_is_dropped(profile: Profile, tmp_path: Path) -> None:
    publisher = profile.publisher(tmp_path)
    post = with_pictures(tmp_path, 1, language="es", content_warning="graphic media")
    publish(publisher, prepared(publisher, post))
    [record] = profile.records()
    found = {name: read(record) for name, read in FIELDS}
    print(found)
    assert found == {"alt text": post.media[0].alt, "language": "es", "content warning, as a label": "graphic-media"}
