"""A change in the folder is noticed: by notification, by polling where there is none, and by looking in any case."""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from watchfiles import Change, watch

from scheduler.clock import VirtualClock
from scheduler.daemon import hearing
from scheduler.daemon.hearing import PROBE, hears, is_shared
from scheduler.daemon.instance import Holder
from scheduler.daemon.loop import Daemon
from scheduler.daemon.watching import Watcher
from scheduler.postfiles import PostFolder
from tests.daemon.conftest import Desk

LONG = 120.0  # seconds until a test gives up; it goes on as soon as something happens


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    watcher.start()
    try:
        yield
    finally:
        watcher.stop()


def noticed(folder: Path, *, deaf: bool, asking: Callable[[Path, threading.Event], bool] | None = None) -> bool:
    """Saves a post again and again, as an impatient author would, until the watcher has noticed or time is up.

    ``asking`` is the self-test, where the answer is not simply that the folder is ``deaf`` or not.
    """
    changed, wake, asked = threading.Event(), threading.Event(), threading.Event()

    def hears_or_not(path: Path, stop: threading.Event) -> bool:
        assert path == folder
        heard = not deaf if asking is None else asking(path, stop)
        asked.set()
        return heard

    with watching(Watcher([folder], changed, wake, hears_or_not)):
        assert asked.wait(LONG)
        for number in range(60):
            (folder / "post.md").write_text(f"version {number}\n" * (number + 1), encoding="utf-8")
            if wake.wait(LONG / 60):
                return changed.is_set()
    return False


def hears_in_the_end(folder: Path) -> bool:
    """Tries again where the machine was too busy to announce anything within a second or two."""
    return any(hears(folder, threading.Event()) for _ in range(10))


@pytest.mark.parametrize("deaf", [False, True])
def test_a_saved_post_is_noticed_with_and_without_notifications(tmp_path: Path, deaf: bool) -> None:
    assert noticed(tmp_path, deaf=deaf)


def test_polling_can_be_forced_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "true")
    assert noticed(tmp_path, deaf=False)


def test_a_folder_on_this_machine_is_heard_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "post.md").write_text("Hello.", encoding="utf-8")
    assert hears_in_the_end(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["post.md"]


def test_where_nothing_can_be_written_nothing_is_tried(tmp_path: Path) -> None:
    in_the_way = tmp_path / f"{PROBE}-{os.getpid()}"
    in_the_way.mkdir()
    assert hears(tmp_path, threading.Event())
    assert in_the_way.is_dir()


def test_a_folder_that_cannot_be_watched_is_polled(tmp_path: Path) -> None:
    assert not hears(tmp_path / "gone", threading.Event())


def test_the_probe_itself_is_no_change(tmp_path: Path) -> None:
    changed, wake, asked = threading.Event(), threading.Event(), threading.Event()

    def probing(path: Path, stop: threading.Event) -> bool:
        heard = hears(path, stop)
        asked.set()
        return heard

    with watching(Watcher([tmp_path], changed, wake, probing)):
        assert asked.wait(LONG)
        (tmp_path / f"{PROBE}-1").write_bytes(b"")
        (tmp_path / f"{PROBE}-1").unlink()
        assert not wake.wait(1.0)
        assert not changed.is_set()


def test_a_folder_that_comes_later_is_watched_too(tmp_path: Path) -> None:
    late = tmp_path / "posts"
    changed, wake = threading.Event(), threading.Event()
    with watching(Watcher([tmp_path / "assets", late], changed, wake)):
        (tmp_path / "assets").mkdir()
        late.mkdir()
        for number in range(60):
            (late / "post.md").write_text("x" * number, encoding="utf-8")
            if wake.wait(LONG / 60):
                break
    assert changed.is_set()


SHARED = "22 1 254:0 / / rw - ext4 /dev/vda rw\n30 22 0:40 / {folder} rw - nfs4 server:/posts rw\n"


def test_the_self_test_chooses_polling_on_a_folder_of_another_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    mounts, folder = tmp_path / "mountinfo", tmp_path / "posts"
    mounts.write_text(SHARED.format(folder=folder), encoding="utf-8")
    folder.mkdir()
    assert hears_in_the_end(folder)
    monkeypatch.setattr(hearing, "_MOUNTS", mounts)
    assert not hears(folder, threading.Event())
    caplog.set_level(logging.INFO, "scheduler.daemon.watching")
    assert noticed(folder, deaf=False, asking=hears)
    assert [record.getMessage() for record in caplog.records if "looking every second" in record.getMessage()]


def test_the_self_test_chooses_polling_where_the_probe_is_not_announced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    def deaf(_folder: Path, **how: Any) -> Iterator[set[tuple[Change, str]]]:
        return watch(elsewhere, **how)

    monkeypatch.setattr(hearing, "watch", deaf)
    assert not hears(tmp_path, threading.Event())
    assert noticed(tmp_path, deaf=False, asking=hears)


MOUNTS = r"""
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:40 / /srv/posts rw,relatime shared:1 - nfs4 server:/posts rw
31 22 0:41 / /srv/shared\040drive rw - cifs //server/drive rw
32 22 0:42 / /home/lena/Drive rw - fuse.rclone drive: rw
33 30 0:43 / /srv/posts/local rw - ext4 /dev/vdb rw
34 22 0:44 / /srv/postscript rw - tmpfs none rw
short line
"""


@pytest.mark.parametrize(
    ("folder", "shared"),
    [
        ("/home/lena/posts", False),
        ("/srv/posts", True),
        ("/srv/posts/2027", True),
        ("/srv/posts/local/2027", False),
        ("/srv/postscript", False),
        ("/srv/shared drive/posts", True),
        ("/home/lena/Drive/posts", True),
        ("/home/lena/Driver", False),
    ],
)
def test_a_folder_that_others_write_to_is_known_by_its_file_system(folder: str, shared: bool) -> None:
    assert is_shared(Path(folder), MOUNTS) is shared


def test_a_system_without_a_list_of_mounts_shares_nothing() -> None:
    assert not is_shared(Path("/srv/posts"), "")


class Watch(VirtualClock):
    """Is a clock that ends the daemon after a while of its own time."""

    daemon: Daemon
    ends = 100.0

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        if self.monotonic() >= self.ends:
            self.daemon.stop()
        return super().wait(stop, seconds)


def test_the_folder_is_looked_at_every_half_minute_even_if_nothing_is_announced(desk: Desk, tmp_path: Path) -> None:
    desk.clock = clock = Watch(desk.clock.now())
    engine = desk.hire("deaf")
    clock.daemon = Daemon(engine, clock, tmp_path / "state", [], Holder.here(clock.now()))
    clock.daemon.run()
    assert desk.read == 1 + 100 // 30


def test_a_file_that_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    post = tmp_path / "posts" / "post.md"
    post.parent.mkdir()
    post.write_text("---\nwhen: 2030-04-14 12:00\n---\nHello.\n", encoding="utf-8")
    folder = PostFolder(tmp_path, accounts={"site": "website"}, networks=["website"], languages=("en",))
    first = folder.read().files[0]
    stamp = post.stat()
    with post.open("r+", encoding="utf-8") as file:  # another text of the same size, under the same time stamp and inode
        file.write(first_text := "---\nwhen: 2030-04-14 12:00\n---\nHallo.\n")
    os.utime(post, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert folder.read().files[0] is first
    os.utime(post, ns=(stamp.st_atime_ns, stamp.st_mtime_ns + 1))
    again = folder.read().files[0]
    assert again.post is not None
    assert again.post.parts[0].variants[0].text in first_text
    assert again.sha256 != first.sha256
