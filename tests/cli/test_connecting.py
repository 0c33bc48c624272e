"""Connecting an account by hand, at a real terminal: secrets are typed and never shown."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import inside
from tests.emulators import graph
from tests.emulators.emulating import Running, running
from tests.publishers.graph_house import House

pytest.importorskip("pty", reason="pseudo-terminals are Unix’s")

from tests.cli.terminal import at_terminal

PLANTED = "planted-wrong-0815"
ACCOUNTS = [
    ("instagram", graph.INSTAGRAM_USER, graph.INSTAGRAM_TOKEN),
    ("threads", graph.THREADS_USER, graph.THREADS_TOKEN),
    ("facebook", graph.PAGE, graph.PAGE_TOKEN),
]


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running("graph", tmp_path_factory.mktemp("graph")) as server:
        yield server


@pytest.mark.parametrize(("network", "number", "token"), ACCOUNTS)
def test_a_secret_is_typed_unseen_tried_and_only_kept_when_it_works(
    process: Running, tmp_path: Path, network: str, number: str, token: str
) -> None:
    house = House(tmp_path / "project", process, ())
    wrong = at_terminal(house.folder, "accounts", "add", network, "--set", f"graph_url={process.address}", answers=(number, PLANTED))
    assert wrong.code == 1, wrong.screen
    assert number in wrong.screen, "what is no secret is shown while it is typed"
    assert "The secret is not kept" in wrong.screen
    assert f"scheduler accounts add {network}" in wrong.screen, "a command is never broken at the end of a line"
    asked = ("Access token", "Page access", "user_id", "page_id", f"  scheduler accounts add {network}")
    told = [line for line in wrong.screen.splitlines() if not line.startswith(asked)]
    assert max(map(len, told)) <= 80
    assert not (house.folder / ".scheduler/secrets.toml").exists()
    assert f"[accounts.{network}]" not in (house.folder / "config.toml").read_text("utf-8")
    again = wrong.screen.partition(f"  scheduler accounts add {network} ")[2].splitlines()[0]
    right = at_terminal(house.folder, "accounts", "add", network, *shlex.split(again), answers=(token,))
    assert right.code == 0, right.screen
    assert f"{network}: may publish as" in right.screen
    assert house.secret(network) == token
    for typed in (wrong, right):
        assert PLANTED not in typed.screen + typed.arguments
        assert token not in typed.screen + typed.arguments
        assert "Traceback" not in typed.screen
    assert "live = true" not in (house.folder / "config.toml").read_text("utf-8")
    listed = inside(house.folder, "accounts", "list").out
    assert "rehearsed" in listed
    assert max(map(len, listed.splitlines())) <= 80


def test_going_live_shows_the_next_posts_and_wants_the_name_typed(process: Running, tmp_path: Path) -> None:
    house = House(tmp_path / "project", process, ("gram",))
    text = (house.folder / "config.toml").read_text("utf-8").replace("live = true\n", "")
    (house.folder / "config.toml").write_text(text, encoding="utf-8")
    house.write("march", "March\n\n![A flyer](../flyer.jpg)\n", "gram", days=1)
    other = at_terminal(house.folder, "accounts", "go-live", "gram", answers=("grm",))
    assert (other.code, "it stays rehearsed" in other.screen) == (1, True)
    done = at_terminal(house.folder, "accounts", "go-live", "gram", answers=("gram",))
    assert done.code == 0, done.screen
    assert "March" in done.screen
    assert "gram has 1 post to come" in done.screen
    assert "live = true" in (house.folder / "config.toml").read_text("utf-8")


def test_what_else_is_missing_is_said_before_anybody_types_a_secret(process: Running, tmp_path: Path) -> None:
    house = House(tmp_path / "project", process, ())
    config = house.folder / "config.toml"
    text = config.read_text("utf-8").partition("[media]")[0]
    config.write_text(f'{text}\n[accounts.gram]\nnetwork = "instagram"\nuser_id = "1"\n', encoding="utf-8")
    told = at_terminal(house.folder, "accounts", "add", "gram", answers=(PLANTED,))
    assert told.code == 2, told.screen
    assert "Add a [media] table" in told.screen
    assert "Access token" not in told.screen


def test_no_option_and_no_argument_takes_a_secret(tmp_path: Path, process: Running) -> None:
    house = House(tmp_path / "project", process, ("gram",))
    refused = house.inside("accounts", "add", "gram", PLANTED)
    assert refused.code == 2
    told = house.inside("accounts", "add", "--help").out
    assert [word for word in ("--token", "--secret ", "--password") if word in told] == []


def test_the_handle_that_the_network_tells_is_offered(process: Running, tmp_path: Path) -> None:
    house = House(tmp_path / "project", process, ())
    config = house.folder / "config.toml"
    table = f'user_id = "{graph.THREADS_USER}"\ngraph_url = "{process.address}"\nhandle = "@harborworkers" # see there\n'
    text = f'{config.read_text("utf-8")}\n[accounts.threads]\nnetwork = "threads"\n{table}'
    config.write_text(text, encoding="utf-8")
    told = at_terminal(house.folder, "accounts", "add", "threads", answers=(graph.THREADS_TOKEN, "n"))
    assert told.code == 0, told.screen
    assert '\n  handle = "@harbourworkers"\n' in told.screen, "what is to be written is never broken at the end of a line"
    assert config.read_text("utf-8") == text
    assert max(len(line) for line in told.screen.splitlines() if not line.startswith("Access token")) <= 80
    taken = at_terminal(house.folder, "accounts", "add", "threads", answers=(graph.THREADS_TOKEN, ""))
    assert taken.code == 0, taken.screen
    assert config.read_text("utf-8") == text.replace('"@harborworkers"', '"@harbourworkers"')


def test_an_empty_answer_leaves_nothing_behind(process: Running, tmp_path: Path) -> None:
    house = House(tmp_path / "project", process, ())
    before = (house.folder / "config.toml").read_bytes()
    told = at_terminal(house.folder, "accounts", "add", "wordpress", answers=("", "", ""))
    assert told.code == 2, told.screen
    assert "has no url" in told.screen
    assert "Nothing was written" in told.screen
    assert "Application password" not in told.screen, "no secret is typed in vain"
    assert (house.folder / "config.toml").read_bytes() == before


def test_a_network_is_known_by_its_name_however_it_is_typed(process: Running, tmp_path: Path) -> None:
    house = House(tmp_path / "project", process, ())
    told = at_terminal(house.folder, "accounts", "add", "page", answers=("Facebok", "Facebook", ""))
    assert told.code == 2, told.screen
    assert "Did you mean “facebook”?" in told.screen
    assert "page_id – " in told.screen
    assert max(len(line) for line in told.screen.splitlines() if not line.startswith("page_id")) <= 80
