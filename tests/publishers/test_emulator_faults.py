"""The real command against the emulator of each network, killed at every fault point: a post is out once, or a person is asked."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest

from scheduler.clock import SystemClock
from scheduler.config.secrets import store_secret
from scheduler.daemon.faults import PASSED
from scheduler.publishers.mastodon.statuses import plain
from tests.cli.running import scheduler
from tests.emulators import mastodon
from tests.emulators.emulating import running
from tests.publishers import test_linkedin, test_messages, test_slack, test_wordpress, test_x
from tests.publishers.emulated import Emulated
from tests.publishers.later import later
from tests.publishers.posts import jpeg

POINTS = [*((point, number) for point in PASSED for number in (1, 2)), *(("after_step", number) for number in range(1, 7))]
USUAL = [("x", "after_send", 1), ("slack as a bot", "after_step", 2), ("telegram", "before_step", 1), ("mastodon", "after_send", 2)]
CONFIG = """\
[organisation]
name = "Harbour Workers"
languages = ["en"]

[policy]
settle = "0s"
quiet_before_publish = "0s"

[accounts.main]
network = "{network}"
live = true
"""


@dataclass(frozen=True)
class Site:
    """Is a network that is up: what an account there needs, and the words of every post that readers see."""

    network: str
    settings: dict[str, str]
    secret: str
    seen: Callable[[], list[str]]
    pictures: bool = True
    proves: bool = True


def remote(module: ModuleType, name: str) -> Emulated:
    made: Emulated = getattr(module, name)()
    return made


REMOTES = {
    "discord": remote(test_messages, "TestDiscord"),
    "linkedin": remote(test_linkedin, "TestLinkedIn"),
    "slack": remote(test_messages, "TestSlackWebhook"),
    "slack as a bot": remote(test_slack, "TestSlack"),
    "telegram": remote(test_messages, "TestTelegram"),
    "wordpress": remote(test_wordpress, "TestWordPress"),
    "x": remote(test_x, "TestX"),
}
NETWORKS = (*REMOTES, "mastodon")


@contextmanager
def up(name: str, folder: Path) -> Iterator[Site]:
    folder.mkdir()
    if name == "mastodon":
        with mastodon.running(folder) as emulator:
            yield Site(name, {"server": emulator.address}, mastodon.TOKEN, lambda: [plain(each["content"]) for each in emulator.seen()])
        return
    rules = REMOTES[name]
    with running(rules.emulator, folder) as server:
        yield Site(
            rules.network,
            rules.settings(server),
            rules.secret.replace("SERVER", server.address),
            lambda: [each.text for each in rules.shown(server)],
            pictures=rules.pictures > 0,
            proves=rules.proves,
        )


def house(folder: Path, site: Site) -> Path:
    (folder / "posts").mkdir(parents=True)
    told = "".join(f'{key} = "{value}"\n' if value != "true" else f"{key} = true\n" for key, value in site.settings.items())
    (folder / "config.toml").write_text(CONFIG.format(network=site.network) + told, encoding="utf-8")
    store_secret("main", site.secret, folder)
    jpeg(folder, "flyer.jpg", (800, 1000))
    picture = "\n\n![A flyer](../flyer.jpg)\n" if site.pictures else "\n"
    when = f"{SystemClock().now() - timedelta(minutes=1):%Y-%m-%d %H:%M}"
    for word in ("First", "Second"):
        front = f"---\ntitle: {word}\nwhen: {when}\nwhere: [main]\n---\n"
        (folder / "posts" / f"{word}.md").write_text(f"{front}{word} words{picture}", encoding="utf-8")
    return folder


def heals(name: str, folder: Path, *faults: str) -> None:
    with up(name, folder / "network") as site:
        project = house(folder / "project", site)
        for fault in faults:
            killed = scheduler(project, "run", "--once", env={"SCHEDULER_FAULT": fault})
            assert killed.code in {-signal.SIGKILL, 0}, killed.err
        states = later(project, lambda env: scheduler(project, "run", "--once", env=env))
        seen = sorted(site.seen())
        assert len(seen) == len(set(seen))
        if site.proves or states == {"sent"}:
            assert (states, seen) == ({"sent"}, ["First words", "Second words"])
        else:
            assert states <= {"sent", "uncertain"}


@pytest.mark.parametrize(("name", "point", "number"), USUAL)
def test_killed_at_a_point_a_post_is_out_once(tmp_path: Path, name: str, point: str, number: int) -> None:
    heals(name, tmp_path, f"{point}:kill:{number}")


@pytest.mark.long
@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize(("point", "number"), POINTS)
def test_killed_at_any_point_a_post_is_out_once_or_a_person_is_asked(tmp_path: Path, name: str, point: str, number: int) -> None:
    heals(name, tmp_path, f"{point}:kill:{number}", "after_step:kill:1")
