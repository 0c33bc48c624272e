"""A disk that is full, really: whoever copies a film there says so, and leaves nothing of it behind."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.clock import SystemClock
from scheduler.config.editing import add_account, set_live
from scheduler.config.secrets import find_secret, keep_secret
from scheduler.graphics.anonymous import film_without_notes
from scheduler.graphics.cache import CacheError
from scheduler.graphics.video import measure_video
from scheduler.model.errors import SchedulerError
from scheduler.model.graphic import Picture
from scheduler.model.network import Account
from scheduler.model.outcome import Refused
from scheduler.model.outgoing import Envelope, Media, Outgoing
from scheduler.publishers.discovery import known_networks
from scheduler.publishers.hosting.host import HostingError
from scheduler.publishers.hosting.own import OwnHost, Shelf
from scheduler.publishers.rehearsal import Rehearsal
from scheduler.publishers.site.items import Shelf as SiteShelf
from tests.daemon.test_storage import mounted
from tests.films import Film, box

MEBIBYTE = 1024 * 1024


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of one megabyte."""
    place = tmp_path / "small"
    place.mkdir()
    with mounted(place, "-t", "tmpfs", "-o", "size=1m", "tmpfs"):
        yield place


@pytest.fixture
def film(tmp_path: Path) -> Picture:
    """A film of three megabytes whose telephone wrote something down."""
    found = measure_video(Film(notes=box("udta", b"a place"), padding=3 * MEBIBYTE).write(tmp_path / "march.mp4"))
    assert isinstance(found, Picture)
    return found


def envelope(film: Picture) -> Envelope:
    post = Outgoing(delivery="0a1b2c3d4e5f", account="main", network="mastodon", text="See the march", media=(Media(film, "A march"),))
    return Envelope(post, {"published": "2027-03-27T12:00:00Z", "slug": "march", "id": "urn:uuid:1"})


def cleaned(film: Picture, folder: Path) -> None:
    with pytest.raises(CacheError, match="No space left"):
        film_without_notes(film, folder)


def hosted(film: Picture, folder: Path) -> None:
    with pytest.raises(HostingError, match="No space left"):
        OwnHost(Shelf(folder, SystemClock()), "https://media.example.org", "127.0.0.1:1").offer(film)


def rehearsed(film: Picture, folder: Path) -> None:
    outcome = Rehearsal(known_networks()["mastodon"].facts, folder, Account(name="main", network="mastodon")).publish(
        envelope(film), lambda _name, _value: None
    )
    assert isinstance(outcome, Refused)
    assert not outcome.permanent
    assert "No space left" in outcome.reason


def shown(film: Picture, folder: Path) -> None:
    (folder / ".items").mkdir()
    with pytest.raises(OSError, match="No space left"):
        SiteShelf(folder).add(envelope(replace(film, video=None)))


@pytest.mark.parametrize("copy", [cleaned, hosted, rehearsed, shown])
def test_on_a_full_disk_no_piece_of_a_film_is_left(small: Path, film: Picture, copy: Callable[[Picture, Path], None]) -> None:
    copy(film, small)
    left = {path: path.stat().st_size for path in small.rglob("*") if path.is_file()}
    assert sum(left.values()) < 1_000, left
    assert not [path.name for path in left if path.name not in {"key", ".lock"}]


def test_a_secret_that_does_not_fit_leaves_the_old_one_and_says_what_to_do(small: Path) -> None:
    config = small / "config.toml"
    config.write_text('[accounts.toots]\nnetwork = "mastodon"\n', encoding="utf-8")
    keep_secret("toots", "the-old-token", small)
    set_live(small, "toots")
    before = config.read_bytes()
    with contextlib.suppress(OSError):
        (small / "film.mp4").write_bytes(bytes(2 * MEBIBYTE))
    changes: tuple[Callable[[], None], ...] = (
        lambda: keep_secret("toots", "the-new-token", small),
        lambda: add_account(small, "more", {"network": "mastodon"}),
    )
    for change in changes:
        with pytest.raises(SchedulerError, match="No space left") as told:
            change()
        assert told.value.hint == "Free some space on that disk."
    assert (find_secret("toots", small), config.read_bytes()) == ("the-old-token", before)
    assert list(small.rglob("*.part")) == []
