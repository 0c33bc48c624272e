"""What a token may do, where the network lists its rights, and where only calls that need one each can tell."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.cli.screen.accounts import print_checked
from scheduler.clock import SystemClock
from scheduler.model.outcome import Published
from scheduler.publishers.contract import Checked, Verifies
from scheduler.publishers.hosting.own import Shelf
from scheduler.publishers.hosting.server import serving
from tests.emulators.emulating import Running
from tests.publishers import test_instagram
from tests.publishers.posts import post
from tests.servers import processes


@pytest.fixture
def server(meta: Running) -> Running:
    meta.reset()
    return meta


class Ours(test_instagram.TestInstagram):
    """Is the login whose tokens the API tells nothing of."""

    __test__ = False


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Ours]:
    made = Ours()
    made.listening = processes.free_port()
    with serving(Shelf(tmp_path / "shelf", SystemClock()), f"127.0.0.1:{made.listening}"):
        yield made


def checked(ours: Ours, server: Running, folder: Path) -> Checked:
    publisher = ours.publisher(server, folder)
    assert isinstance(publisher, Verifies)
    return publisher.verify()


RIGHT = "instagram_business_manage_comments"


def test_whether_a_token_may_comment_is_read_from_the_comments_below_a_post_where_the_network_does_not_tell_it(
    ours: Ours, server: Running, tmp_path: Path
) -> None:
    empty = checked(ours, server, tmp_path)
    assert empty.ok
    assert "whether it may write first comments does not show yet" in empty.open[0]
    assert f"See that {RIGHT} is among the permissions" in empty.open[0]
    proof = ours.settle(server, tmp_path, post(tmp_path, "instagram"), {"prepared": "0"})
    assert isinstance(proof, Published)
    assert checked(ours, server, tmp_path).open == empty.open, "nobody has commented, and an empty list says nothing"
    server.switch(comments=[{"media": proof.remote_id, "message": "Count me in"}])
    assert (checked(ours, server, tmp_path).open, checked(ours, server, tmp_path).notes) == ((), ())
    test_instagram.without(server, ours.secret, RIGHT)
    lacking = checked(ours, server, tmp_path)
    assert (lacking.ok, lacking.open) == (True, ())
    assert lacking.notes == (f"First comments would be missing: the access token lacks {RIGHT}.",)


def test_a_token_of_which_nothing_is_told_gets_a_question_mark_in_accounts_test(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_checked("gram", Checked(ok=True, handle="harbourworkers", open=("It is not known.",)))
    print_checked("page", Checked(ok=True, handle="Harbour Workers"))
    shown = capsys.readouterr().out.splitlines()
    assert [line[0] for line in shown if line[0] != " "] == ["?", "✓"]
    assert "one thing is not known" in shown[0]
    assert "It is not known." in shown[1]
