"""A project folder with accounts on Meta's networks, as the emulator of the Graph API plays them."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from scheduler.clock import SystemClock
from scheduler.config.secrets import store_secret
from tests.cli.running import Run, inside, scheduler
from tests.emulators import graph
from tests.emulators.emulating import Running
from tests.publishers.posts import jpeg
from tests.servers import processes

CONFIG = """\
[organisation]
name = "Harbour Workers"
timezone = "Europe/Berlin"
languages = ["en"]

[policy]
settle = "0s"
quiet_before_publish = "0s"

[media]
host = "own"
listen = "127.0.0.1:{port}"
public_url = "http://127.0.0.1:{port}"
"""
ACCOUNTS = {
    "gram": ("instagram", f'user_id = "{graph.INSTAGRAM_USER}"', graph.INSTAGRAM_TOKEN),
    "threads": ("threads", f'user_id = "{graph.THREADS_USER}"', graph.THREADS_TOKEN),
    "page": ("facebook", f'page_id = "{graph.PAGE}"', graph.PAGE_TOKEN),
}


class House:
    """Is the folder and the networks."""

    def __init__(self, folder: Path, server: Running, accounts: tuple[str, ...] = ("gram", "threads", "page")) -> None:
        self.folder, self.server = folder, server
        server.reset()
        (folder / "posts").mkdir(parents=True)
        text = CONFIG.format(port=processes.free_port())
        for name in accounts:
            network, setting, token = ACCOUNTS[name]
            text += f'\n[accounts.{name}]\nnetwork = "{network}"\nlive = true\n{setting}\ngraph_url = "{server.address}"\n'
            store_secret(name, token, folder)
        (folder / "config.toml").write_text(text, encoding="utf-8")
        jpeg(folder, "flyer.jpg", (800, 1000))

    def inside(self, *arguments: str) -> Run:
        return inside(self.folder, *arguments)

    def run(self, *arguments: str, given: str = "", env: Mapping[str, str] | None = None) -> Run:
        return scheduler(self.folder, *arguments, given=given, env=env)

    def write(self, name: str, text: str, where: str, *, days: float = -1 / 1440) -> None:
        when = (SystemClock().now() + timedelta(days=days)).astimezone(ZoneInfo("Europe/Berlin"))
        front = f"---\ntitle: {name}\nwhen: {when:%Y-%m-%d %H:%M}\nwhere: [{where}]\n---\n"
        (self.folder / "posts" / f"{name}.md").write_text(front + text, encoding="utf-8")

    def states(self) -> list[str]:
        return sorted(item["state"] for item in self.inside("list", "--json").json["deliveries"])

    def account(self, name: str) -> dict[str, object]:
        found: dict[str, object] = next(each for each in self.inside("status", "--json").json["accounts"] if each["account"] == name)
        return found

    def secret(self, name: str) -> str:
        text = (self.folder / ".scheduler/secrets.toml").read_text("utf-8")
        return next(line.split('"')[1] for line in text.splitlines() if line.startswith(f"{name} ="))

    def token(self, token: str, **changed: object) -> None:
        """Changes what the network knows of a token."""
        tokens = self.server.state["tokens"]
        tokens[token].update(changed)
        self.server.switch(tokens=tokens)
