"""A server that throws everything it got back at us, in every field that any network documents, and nobody learns a secret from it."""

import base64
import html
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote, quote_plus, unquote
from zoneinfo import ZoneInfo

import pytest

from scheduler.clock import SystemClock
from scheduler.config.secrets import store_secret
from scheduler.publishers.discovery import known_networks
from scheduler.publishers.exchange import Secrets
from tests.cli.running import inside, scheduler
from tests.publishers.posts import jpeg
from tests.servers import processes
from tests.serving import Answering, serving

WORD = "planted|+/= ü&<secret>"
IN_HEADERS = WORD.replace("ü", "")
IN_BODIES = ("bluesky", "wordpress")
"""Are the networks whose secret may have letters that no header can carry."""
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
SETTINGS = {
    "bluesky": 'identifier = "harbour.test"\nservice = "{server}"',
    "discord": "",
    "facebook": 'page_id = "1"\ngraph_url = "{server}"',
    "instagram": 'user_id = "1"\ngraph_url = "{server}"',
    "linkedin": 'author = "urn:li:organization:1"\napi_url = "{server}"',
    "mastodon": 'server = "{server}"',
    "slack": "",
    "slack-bot": 'channel = "C0123456789"\napi_url = "{server}"',
    "telegram": 'chat = "@harbour"\napi_url = "{server}"',
    "threads": 'user_id = "1"\ngraph_url = "{server}"',
    "wordpress": 'url = "{server}"\nuser = "ana"',
    "x": 'accept_cost = "true"\napi_url = "{server}"',
}
SECRETS = {
    "discord": "{server}/api/webhooks/1/planted-discord-webhook",
    "slack": "{server}/services/T0/B0/planted-slack-webhook",
    "slack-bot": "xoxb-1-planted-slack-bot",
    "telegram": "123456:planted-telegram-token",
    "x": "planted-x-app:planted-x-app-secret:planted-x-token:planted-x-token-secret",
}
FIELDS = ("message", "error", "detail", "description", "error_description", "title", "code", "errorDetails", "status", "error_user_msg")


class Parrot(Answering):
    """Answers with all it was told."""

    status = 400
    heard: ClassVar[list[str]] = []

    def answer(self) -> None:
        body = self.body().decode("utf-8", "replace")[:20_000]
        told = f"{self.path} {unquote(self.path)} {dict(self.headers)} {body} {unquote(body)}"
        self.heard.append(told)
        answer = json.dumps(
            {**dict.fromkeys(FIELDS, told[:4_000]), "error": {"message": told, "code": 190, "error_user_msg": told}}
        ).encode()
        if int(self.headers.get("X-Nothing") or len(self.heard)) % 2:
            answer = json.dumps(dict.fromkeys(FIELDS, told[:4_000])).encode()
        self.say(self.status, answer, {"Location": f"/{quote(told[:500])}"})


@pytest.fixture(params=[400, 401, 307, 500])
def parrot(request: pytest.FixtureRequest) -> Iterator[tuple[str, type[Parrot]]]:
    handler = type("Handler", (Parrot,), {"status": request.param, "heard": []})
    with serving(handler) as address:
        yield address, handler


def house(folder: Path, server: str) -> dict[str, str]:
    """Writes a project with a live account on every network and one post for all; returns the secrets by account."""
    (folder / "posts").mkdir(parents=True)
    text, secrets = CONFIG.format(port=processes.free_port()), {}
    for name, lines in SETTINGS.items():
        text += f'\n[accounts.{name}]\nnetwork = "{name.partition("-")[0]}"\nlive = true\n{lines.format(server=server)}\n'
        secrets[name] = SECRETS.get(name, f"{WORD if name in IN_BODIES else IN_HEADERS}-{name}").format(server=server)
        store_secret(name, secrets[name], folder)
    (folder / "config.toml").write_text(text, encoding="utf-8")
    jpeg(folder, "flyer.jpg", (800, 1000))
    when = (SystemClock().now() - timedelta(minutes=1)).astimezone(ZoneInfo("Europe/Berlin"))
    front = f"---\ntitle: March\nwhen: {when:%Y-%m-%d %H:%M}\nwhere: [{', '.join(SETTINGS)}]\n---\n"
    post = f"{front}Come to the march.\n\n![A flyer](../flyer.jpg)\n"
    (folder / "posts" / "march.md").write_text(post, encoding="utf-8")
    return secrets


def forms(secret: str) -> set[str]:
    """Returns a secret, its parts, and how each looks in addresses, pages and headers."""
    parts = {secret, *secret.split(":"), secret.rpartition("/")[2]}
    plain = {part for part in parts if "planted" in part and part != "planted-x-app"}
    encoded = {change(part) for part in plain for change in (quote, quote_plus, html.escape, lambda part: json.dumps(part)[1:-1])}
    return plain | encoded | {base64.b64encode(f"ana:{part}".encode()).decode() for part in plain}


def test_every_network_is_among_them() -> None:
    assert {name.partition("-")[0] for name in SETTINGS} == {name for name, adapter in known_networks().items() if not adapter.facts.local}


def test_errors_that_repeat_a_secret_teach_it_to_nobody(parrot: tuple[str, type[Parrot]], tmp_path: Path) -> None:
    server, handler = parrot
    folder = tmp_path / "project"
    secrets = house(folder, server)
    (tmp_path / "sitecustomize.py").write_text("import logging\n\nlogging.basicConfig(level=logging.DEBUG)\n", encoding="utf-8")
    run = scheduler(folder, "run", "--once", env={"PYTHONPATH": f"{tmp_path}:{Path(__file__).parents[2]}"})
    assert run.code == 0, run.err
    assert "DEBUG" in run.err
    talk = [run] + [inside(folder, *words) for words in (["status", "--json"], ["history", "--json"], ["list"], ["show", "march"])]
    talk += [inside(folder, "accounts", "test"), inside(folder, "preview", "--export", "out.html")]
    heard = "".join(handler.heard)
    assert "planted-telegram-token" in heard, "the server got them"
    assert quote(WORD) in heard or WORD in heard
    assert {name for name in secrets if name not in SECRETS and f"{IN_HEADERS}-{name}" not in heard} <= set(IN_BODIES)
    unsaid = {form for secret in secrets.values() for form in forms(secret)}
    told = "".join(each.out + each.err for each in talk)
    assert {form for form in unsaid if form in told} == set()
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "secrets.toml":
            assert {form for form in unsaid if form.encode() in path.read_bytes()} == set(), path


def test_a_report_of_a_mistake_of_ours_holds_no_secret(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    secrets = house(folder, "http://127.0.0.1:9")
    (tmp_path / "sitecustomize.py").write_text(
        "import scheduler.publishers.exchange as door\n\n"
        "def broken(self, call):\n    raise ZeroDivisionError(f'{call} {self.secrets.words}')\n\n"
        "door.Exchange.show = door.Exchange.ask = broken\n",
        encoding="utf-8",
    )
    run = scheduler(folder, "accounts", "test", env={"PYTHONPATH": f"{tmp_path}:{Path(__file__).parents[2]}"})
    reports = "".join(path.read_text(encoding="utf-8") for path in (folder / ".scheduler").glob("crash-*.txt"))
    assert "ZeroDivisionError" in reports + run.out + run.err
    unsaid = {form for secret in secrets.values() for form in forms(secret)}
    assert {form for form in unsaid if form in reports + run.out + run.err} == set()


def test_a_secret_is_removed_however_it_is_written() -> None:
    known = Secrets()
    known.add(WORD)
    for form in (WORD, quote(WORD), quote(WORD, safe=""), quote_plus(WORD), html.escape(WORD), json.dumps(WORD)[1:-1]):
        assert known.removed(f"said {form}!") == "said [secret]!"
