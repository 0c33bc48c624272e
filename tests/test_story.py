import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.running import inside, scheduler
from tests.story import daemon, items, make_project, soon, states, write_post


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "project")


def test_a_file_dropped_into_the_folder_of_a_running_daemon_becomes_exactly_one_item(project: Path) -> None:
    with daemon(project) as running:
        running.says("running as process")
        write_post(project, "hello.md", "Hello, harbor ✊🏾", due=soon())
        running.says("hello on site: sent")
        assert running.stop() == 0
    assert [item["content_text"] for item in items(project)] == ["Hello, harbor ✊🏾"]
    assert scheduler(project, "run", "--once").code == 0
    assert len(items(project)) == 1
    assert states(project) == {"hello": "sent"}


@pytest.mark.parametrize("point", ["before_claim", "before_send", "after_send", "after_settle"])
def test_a_kill_at_any_moment_of_sending_leaves_exactly_one_item_after_the_restart(project: Path, point: str) -> None:
    write_post(project, "hello.md", "Only once", due=soon())
    with daemon(project, env={"SCHEDULER_FAULT": f"{point}:kill"}) as killed:
        assert killed.ends() == -signal.SIGKILL
    for _ in range(2):
        run = scheduler(project, "run", "--once")
        assert run.code == 0, run.err
    assert [item["content_text"] for item in items(project)] == ["Only once"]
    assert states(project) == {"hello": "sent"}


def test_an_edit_before_the_due_time_wins(project: Path) -> None:
    write_post(project, "hello.md", "The first draft", due=soon(3600))
    assert scheduler(project, "run", "--once").code == 0
    assert items(project) == []
    write_post(project, "hello.md", "The last word", due=soon())
    assert scheduler(project, "run", "--once").code == 0
    assert [item["content_text"] for item in items(project)] == ["The last word"]


def test_a_file_deleted_before_the_due_time_is_never_sent(project: Path) -> None:
    path = write_post(project, "hello.md", "Not any more", due=soon(3600))
    assert scheduler(project, "run", "--once").code == 0
    path.unlink()
    with daemon(project) as running:
        running.says("running as process")
        write_post(project, "other.md", "Another one", due=soon())
        running.says("other on site: sent")
        running.stop()
    assert [item["content_text"] for item in items(project)] == ["Another one"]
    events = inside(project, "status", "--json").json
    assert events["counts"] == {"cancelled": 1, "sent": 1}


def test_an_edit_after_it_went_out_sends_nothing_again(project: Path) -> None:
    write_post(project, "hello.md", "As it was", due=soon())
    assert scheduler(project, "run", "--once").code == 0
    write_post(project, "hello.md", "As I would like it", due=soon())
    assert scheduler(project, "run", "--once").code == 0
    assert [item["content_text"] for item in items(project)] == ["As it was"]


def test_a_broken_file_beside_it_changes_nothing(project: Path) -> None:
    due = soon()
    write_post(project, "hello.md", "Fine", due=due)
    (project / "posts" / "broken.md").write_text(f"---\nwhen: {due}\nno end", encoding="utf-8")
    (project / "posts" / "rubbish.md").write_bytes(b"\x00\xff\xfe\x80" * 50)
    assert scheduler(project, "run", "--once").code == 0
    assert [item["content_text"] for item in items(project)] == ["Fine"]


def test_a_post_that_breaks_while_it_waits_is_held_and_goes_out_once_mended(project: Path) -> None:
    path = write_post(project, "hello.md", "Fine", due=soon(3600))
    assert scheduler(project, "run", "--once").code == 0
    path.write_text(path.read_text(encoding="utf-8").replace("when:", "wenn:"), encoding="utf-8")
    assert scheduler(project, "run", "--once").code == 0
    assert inside(project, "status", "--json").json["counts"] == {"held": 1}
    write_post(project, "hello.md", "Fine", due=soon())
    assert scheduler(project, "run", "--once").code == 0
    assert len(items(project)) == 1


def test_what_fell_due_while_nothing_ran_is_missed_and_never_a_burst(project: Path) -> None:
    for number in range(12):
        write_post(project, f"old-{number}.md", f"Number {number}", due=soon(3600))
    assert scheduler(project, "run", "--once").code == 0
    for number in range(12):
        write_post(project, f"old-{number}.md", f"Number {number}", due=soon(-3 * 86400))
    assert scheduler(project, "run", "--once").code == 0
    assert items(project) == []
    assert inside(project, "status", "--json").json["counts"] == {"missed": 12}


def test_a_pause_holds_back_what_is_due_and_resume_lets_it_go(project: Path) -> None:
    assert scheduler(project, "pause", "--reason", "mourning").code == 0
    write_post(project, "hello.md", "Later", due=soon())
    assert scheduler(project, "run", "--once").code == 0
    assert items(project) == []
    assert scheduler(project, "resume").code == 0
    assert scheduler(project, "run", "--once").code == 0
    assert len(items(project)) == 1


def test_a_second_daemon_is_told_who_holds_the_folder(project: Path) -> None:
    with daemon(project) as first:
        first.says("running as process")
        second = scheduler(project, "run", "--once")
        assert second.code == 1
        assert f"process {first.process.pid}" in second.err
        assert "Traceback" not in second.err
        assert inside(project, "status").code == 0
        assert first.stop(signal.SIGINT) == 0


def test_quiet_before_publish_keeps_half_a_sentence_back(tmp_path: Path) -> None:
    config = '[organisation]\nname = "Us"\ntimezone = "UTC"\n[accounts.site]\nnetwork = "website"\n[policy]\nsettle = "0s"\n'
    project = make_project(tmp_path / "project", config)
    write_post(project, "hello.md", "Half a sen", due=soon())
    assert scheduler(project, "run", "--once").code == 0
    assert items(project) == []
    assert states(project) == {"hello": "queued"}


def test_an_account_that_is_not_live_is_rehearsed_and_nothing_leaves(tmp_path: Path) -> None:
    config = '[organisation]\nname = "Us"\n[accounts.masto]\nnetwork = "mastodon"\nserver = "https://m.example"\n'
    config += '[policy]\nsettle = "0s"\nquiet_before_publish = "0s"\n'
    project = make_project(tmp_path / "project", config)
    write_post(project, "hello.md", "Practice", due=soon())
    assert scheduler(project, "run", "--once").code == 0
    (text,) = (project / ".scheduler" / "rehearsal" / "masto").rglob("post.txt")
    assert text.read_text(encoding="utf-8").strip() == "Practice"


def test_a_disk_that_fills_up_while_settling_loses_nothing(project: Path) -> None:
    """
    The ledger's folder is a file system of one megabyte; mounting it needs the rights of root.
    """
    small = project / ".scheduler"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)], check=False, capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"mounting a small disk needs root: {mounted.stderr.decode().strip()}")
    try:
        write_post(project, "hello.md", "Through thick and thin", due=soon(3600))
        assert scheduler(project, "run", "--once").code == 0
        with (small / "ballast").open("wb") as ballast:
            try:
                for size in (65536, 4096, 512):
                    while True:
                        ballast.write(b"x" * size)
                        ballast.flush()
            except OSError:
                pass
        write_post(project, "hello.md", "Through thick and thin", due=soon())
        full = scheduler(project, "run", "--once")
        assert full.code in {0, 1, 75}, full.err
        assert "Traceback" not in full.err
        (small / "ballast").unlink()
        for _ in range(2):
            assert scheduler(project, "run", "--once").code == 0
        assert [item["content_text"] for item in items(project)] == ["Through thick and thin"]
    finally:
        subprocess.run(["umount", str(small)], check=True)
