"""A file is the old one or the new one, whatever becomes of the disk, the rights and the process."""

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.disk import replace_file, replace_quickly

OLD, NEW = b"old " * 5_000, b"new " * 50_000
FULL = """
import resource, sys
from pathlib import Path
from scheduler.disk import replace_file
resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, 65_536))
try:
    replace_file(Path(sys.argv[1]), b"new " * 50_000)
except OSError as error:
    print(error.errno)
"""
KILLED = """
import os, signal, sys
from pathlib import Path
from scheduler.disk import replace_file

def kill_at(line):
    seen = 0
    def trace(frame, event, argument):
        nonlocal seen
        if not frame.f_code.co_filename.endswith("disk.py"):
            return None
        seen += event == "line"
        if seen == line:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace
    return trace

for line in range(1, 200):
    folder = Path(sys.argv[1]) / f"{line:03}"
    folder.mkdir()
    path = folder / "post.md"
    path.write_bytes(b"old " * 5_000)
    child = os.fork()
    if not child:
        sys.settrace(kill_at(line))
        replace_file(path, b"new " * 50_000, by_way_of=folder / ".draft")
        os._exit(0)
    if os.waitpid(child, 0)[1] == 0:
        break
print(line)
"""


def python(script: str, *arguments: str | Path) -> str:
    """Runs a script in a process of its own and returns what it prints."""
    root = Path(__file__).parent.parent
    return subprocess.run(
        [sys.executable, "-c", script, *arguments], cwd=root, check=True, capture_output=True, text=True, timeout=300
    ).stdout


def test_a_full_disk_keeps_the_old_file_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "post.md"
    path.write_bytes(OLD)
    assert python(FULL, path).strip(), "the disk took it all"
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the script forks")
def test_killed_at_any_line_the_file_is_whole_and_the_next_writer_uses_up_what_is_left(tmp_path: Path) -> None:
    lines = int(python(KILLED, tmp_path))
    assert 15 < lines < 199
    found = set()
    for folder in sorted(tmp_path.iterdir()):
        found.add((folder / "post.md").read_bytes())
        replace_file(folder / "post.md", b"next", by_way_of=folder / ".draft")
        assert [path.name for path in folder.iterdir()] == ["post.md"]
    assert found == {OLD, NEW}


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o755])
def test_the_rights_of_the_old_file_stay(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(OLD)
    path.chmod(mode)
    replace_file(path, NEW)
    assert (stat.S_IMODE(path.stat().st_mode), path.read_bytes()) == (mode, NEW)


def test_a_new_file_has_the_rights_that_any_new_file_has(tmp_path: Path) -> None:
    (tmp_path / "usual").write_bytes(OLD)
    replace_file(tmp_path / "ours", OLD)
    replace_quickly(tmp_path / "quick", OLD)
    assert len({path.stat().st_mode for path in tmp_path.iterdir()}) == 1


def test_what_is_private_is_private_from_its_first_byte_on(tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    seen: list[int] = []
    replace_file(path, NEW, mode=0o600, last_look=lambda: seen.extend(stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()))
    assert seen == [0o600]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_last_look_may_keep_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "post.md"
    path.write_bytes(OLD)

    def refuse() -> None:
        raise InterruptedError("edited meanwhile")

    with pytest.raises(InterruptedError):
        replace_file(path, NEW, last_look=refuse)
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_may_come_in_pieces_and_what_a_piece_raises_keeps_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "march.mp4"
    replace_file(path, (bytes([65 + number]) * 10 for number in range(3)))
    assert path.read_bytes() == b"A" * 10 + b"B" * 10 + b"C" * 10

    def broken() -> Iterator[bytes]:
        yield NEW
        raise InterruptedError("changed meanwhile")

    with pytest.raises(InterruptedError):
        replace_file(path, broken())
    assert path.stat().st_size == 30
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    real = tmp_path / "elsewhere" / "config.toml"
    real.write_bytes(OLD)
    (tmp_path / "config.toml").symlink_to(real)
    replace_file(tmp_path / "config.toml", NEW)
    assert (tmp_path / "config.toml").is_symlink()
    assert real.read_bytes() == NEW


def test_many_writers_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "feed.json"
    bodies = [bytes([65 + number]) * 100_000 for number in range(8)]
    threads = [threading.Thread(target=replace_file, args=(path, body)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_bytes() in bodies
    assert list(tmp_path.iterdir()) == [path]
