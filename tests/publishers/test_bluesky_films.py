"""Films go by the video service into the account's own, real server."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from scheduler.model.outcome import Published, Refused
from scheduler.model.outgoing import Media, Outgoing
from scheduler.publishers.contract import Publisher, ReadsFeed
from tests.emulators.bluesky_video import VideoService, video_service
from tests.films import Film, measured
from tests.publishers.online import connected, line_to, prepared, publish, settled, words
from tests.publishers.test_bluesky import Profile
from tests.servers import bluesky_pds
from tests.servers.bluesky_pds import BlueskyServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BlueskyServer]:
    with bluesky_pds.running(tmp_path_factory.mktemp("bluesky")) as running:
        yield running


@pytest.fixture
def profile(server: BlueskyServer) -> Profile:
    return Profile(server)


@pytest.fixture
def service(server: BlueskyServer) -> Iterator[VideoService]:
    with video_service(server.address) as running:
        yield running


def publisher(profile: Profile, service: VideoService, folder: Path, at: str = "") -> Publisher:
    settings = {"service": at or profile.server.address, "identifier": profile.handle, "video_service": service.address}
    return connected("bluesky", settings, profile.secret, folder)


def film(folder: Path, seconds: float = 12.0) -> Outgoing:
    picture = measured(folder / "march.mp4", Film(seconds=seconds))
    return replace(words("See the march #MayDay"), media=(Media(picture, "A crowd walks by, singing"),))


def test_a_film_arrives_with_its_description_and_its_shape(profile: Profile, service: VideoService, tmp_path: Path) -> None:
    post = film(tmp_path)
    sender = publisher(profile, service, tmp_path)
    assert isinstance(publish(sender, prepared(sender, post)), Published)
    [record] = profile.records()
    embed = record["embed"]
    assert (embed["$type"], embed["alt"]) == ("app.bsky.embed.video", post.media[0].alt)
    assert embed["aspectRatio"] == {"width": post.media[0].picture.width, "height": post.media[0].picture.height}
    assert profile.blob({"image": embed["video"]}) == Path(post.media[0].picture.path).read_bytes()
    [upload] = service.uploads
    described = httpx.get(f"{profile.server.address}/xrpc/com.atproto.server.describeServer").json()
    assert (upload["aud"], upload["lxm"], upload["iss"]) == (described["did"], "com.atproto.repo.uploadBlob", profile.did)
    assert isinstance(sender, ReadsFeed)
    [item] = sender.feed(3) or ()  # type: ignore[misc] # a refusal would fail here as well
    assert [alt for _, alt in item.pictures] == [post.media[0].alt]


@pytest.mark.parametrize("cut", ["late", "500"])
def test_a_film_whose_post_s_answer_was_lost_is_one_post(profile: Profile, service: VideoService, tmp_path: Path, cut: str) -> None:
    with line_to(profile.server.address, "putRecord") as line:
        envelope = prepared(publisher(profile, service, tmp_path), film(tmp_path))
        line.cuts = [cut]
        outcome = publish(publisher(profile, service, tmp_path, line.address), envelope)
        assert isinstance(settled(publisher(profile, service, tmp_path, line.address), envelope, outcome), Published)
    assert len(profile.records()) == 1


def test_a_film_that_the_service_knows_already_is_not_worked_on_again(profile: Profile, service: VideoService, tmp_path: Path) -> None:
    service.polls = 10_000
    sender, post = publisher(profile, service, tmp_path), film(tmp_path)
    service.fails = "never"
    envelope = prepared(sender, post)
    service.refuses = (503, {"error": "Busy"})
    busy = publish(sender, envelope)
    assert isinstance(busy, Refused)
    assert not busy.permanent
    service.refuses, service.polls, service.fails = None, 0, ""
    assert isinstance(publish(sender, envelope), Published)
    again = prepared(sender, replace(post, delivery="ffffffffffff"))
    assert isinstance(publish(sender, again), Published)
    assert len(service.jobs) == 1
    assert len(profile.records()) == 2


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (None, "media", "cannot make this film playable: Codec not supported."),
        ((400, {"error": "BadRequest", "message": "File too large"}), "media", "File too large."),
        ((401, {"error": "Unauthorized", "message": "Please verify your email"}), "auth", "Please verify your email."),
        ((200, {}), "", "gave no number"),
    ],
)
def test_a_film_that_is_not_taken_is_refused_before_anything_is_seen(
    profile: Profile, service: VideoService, tmp_path: Path, answer: tuple[int, dict[str, str]] | None, kind: str, said: str
) -> None:
    service.refuses, service.fails = answer, "" if answer else "Codec not supported"
    sender = publisher(profile, service, tmp_path)
    outcome = publish(sender, prepared(sender, film(tmp_path)))
    assert isinstance(outcome, Refused)
    assert outcome.kind == kind
    assert said in outcome.reason
    assert profile.records() == []


def test_a_film_that_is_too_long_never_leaves(profile: Profile, service: VideoService, tmp_path: Path) -> None:
    sender = publisher(profile, service, tmp_path)
    outcome = publish(sender, prepared(sender, film(tmp_path, seconds=181)))
    assert isinstance(outcome, Refused)
    assert "too long" in outcome.reason
    assert service.uploads == []
