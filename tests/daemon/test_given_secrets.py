"""What a daemon does about secrets that change, or cannot be had any more, while it runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.assembly import open_project
from scheduler.clock import SystemClock
from scheduler.config.secrets import store_secret
from scheduler.daemon.following import Following
from scheduler.model.outcome import Refused
from scheduler.model.outgoing import Envelope
from scheduler.publishers.contract import Verifies
from tests.cli.running import inside
from tests.emulators import mastodon
from tests.ledger.making import entry
from tests.serving import Answering, serving
from tests.story import soon

HEAD = '[organisation]\nname = "Harbour Workers"\n\n[policy]\nsettle = "0s"\nquiet_before_publish = "0s"\n'
TOOTS = '\n[accounts.toots]\nnetwork = "mastodon"\nserver = "{server}"\nlive = true\n'


class Hooks(Answering):
    """Is a server of webhooks, and keeps which of them was asked."""

    asked: list[str]

    def get(self) -> None:
        self.asked.append(self.path)
        self.say(200, {"type": 1, "id": "1", "name": "Comms", "channel_id": "2"})


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[mastodon.Emulator]:
    with mastodon.running(tmp_path_factory.mktemp("network")) as running:
        yield running


def test_a_running_daemon_works_with_the_secret_that_was_given_last(tmp_path: Path) -> None:
    asked: list[str] = []
    (tmp_path / "posts").mkdir()
    (tmp_path / "config.toml").write_text(f'{HEAD}\n[accounts.hook]\nnetwork = "discord"\nlive = true\n', encoding="utf-8")
    with serving(Hooks, asked=asked) as address:
        store_secret("hook", f"{address}/api/webhooks/1/first-0815", tmp_path)
        assert inside(tmp_path, "accounts", "test", "hook").code == 0
        opened = open_project(tmp_path)
        following = Following(opened, "this one", SystemClock())
        with following.serving():
            following.look()
            assert following.look() is None
            store_secret("hook", f"{address}/api/webhooks/1/second-0815", tmp_path)
            assert inside(tmp_path, "accounts", "test", "hook").code == 0
            asked.clear()
            outfit = following.look()
            assert outfit is not None
            publisher = outfit.publishers["hook"]._publisher  # type: ignore[attr-defined] # noqa: SLF001 - whoever is watched
            assert isinstance(publisher, Verifies)
            assert publisher.verify().ok
            assert [path.rpartition("/")[2] for path in asked] == ["second-0815"]


@pytest.mark.parametrize(
    ("spoilt", "mode", "told"),
    [
        (f'toots = "{mastodon.TOKEN}"\n'.encode(), 0o644, "can be read by other people"),
        (b"toots = oops\n", 0o600, "is not TOML"),
        (f'toots = "{mastodon.TOKEN}"\n'.encode("utf-16"), 0o600, "not written in UTF-8"),
        (b"", 0o600, "There is no secret"),
    ],
    ids=["shown to others", "no TOML", "utf-16", "empty"],
)
def test_a_secret_that_cannot_be_had_pauses_the_account_and_leaves_no_doubt(
    network: mastodon.Emulator, tmp_path: Path, spoilt: bytes, mode: int, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    words, secrets = f"Written while it {told}.", tmp_path / ".scheduler/secrets.toml"
    (tmp_path / "posts").mkdir()
    (tmp_path / "config.toml").write_text(HEAD + TOOTS.format(server=network.address), encoding="utf-8")
    (tmp_path / "posts/post.md").write_text(f"---\nwhen: {soon(-60):%Y-%m-%d %H:%M:%S}\n---\n{words}\n", encoding="utf-8")
    store_secret("toots", mastodon.TOKEN, tmp_path)
    right = secrets.read_bytes()
    secrets.write_bytes(spoilt)
    secrets.chmod(mode)
    assert inside(tmp_path, "run", "--once").code == 0
    assert "Traceback" not in caplog.text
    item = inside(tmp_path, "list", "--json").json["deliveries"][0]
    assert (item["state"], told in item["reason"]) == ("queued", True), item
    secrets.write_bytes(right)
    secrets.chmod(0o600)
    assert inside(tmp_path, "resume", "--account", "toots", "--publish").code == 0
    assert inside(tmp_path, "run", "--once").code == 0
    assert [status["content"] for status in network.seen()].count(f"<p>{words}</p>") == 1


def test_a_secret_that_is_gone_while_a_post_is_sent_refuses_it_for_the_account(network: mastodon.Emulator, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(HEAD + TOOTS.format(server=network.address), encoding="utf-8")
    store_secret("toots", mastodon.TOKEN, tmp_path)
    opened = open_project(tmp_path)
    publisher, sent = opened.accounts.publishers()["toots"], entry("march").outgoing
    assert sent is not None
    envelope = Envelope(sent, publisher.prepare(sent, opened.clock.now()))
    (tmp_path / ".scheduler/secrets.toml").unlink()
    outcome = publisher.publish(envelope, lambda _name, _value: None)
    assert isinstance(outcome, Refused)
    assert outcome.of_account
