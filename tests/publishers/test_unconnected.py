"""Live accounts that have no secret yet, on networks that look for it when something is sent: they wait, and the others go out."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scheduler.clock import SystemClock
from scheduler.config.secrets import store_secret
from tests.cli.running import inside

CONFIG = """\
[organisation]
name = "Harbour Workers"
timezone = "Europe/Berlin"
languages = ["en"]

[policy]
settle = "0s"
quiet_before_publish = "0s"

[accounts.main]
live = true
network = "{network}"
{settings}

[accounts.web]
network = "website"
"""
NOBODY = "http://127.0.0.1:9"
SETTINGS = {
    "bluesky": f'identifier = "harbour.test"\nservice = "{NOBODY}"\nresolver = "{NOBODY}"\ndirectory = "{NOBODY}"',
    "mastodon": f'server = "{NOBODY}"',
    "wordpress": f'url = "{NOBODY}"\nuser = "ana"',
}


@pytest.mark.parametrize("network", SETTINGS)
def test_a_live_account_without_a_secret_is_paused_and_nobody_is_asked_what_became_of_its_posts(network: str, tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "config.toml").write_text(CONFIG.format(network=network, settings=SETTINGS[network]), encoding="utf-8")
    when = (SystemClock().now() - timedelta(minutes=1)).astimezone(ZoneInfo("Europe/Berlin"))
    for name in ("first", "second"):
        front = f"---\ntitle: {name}\nwhen: {when:%Y-%m-%d %H:%M}\nwhere: [main, web]\n---\n"
        (tmp_path / "posts" / f"{name}.md").write_text(f"{front}We march, {name} of all\n", encoding="utf-8")
    ran = inside(tmp_path, "run", "--once")
    assert "Traceback" not in ran.err
    states = {(item["account"], item["state"]) for item in inside(tmp_path, "list", "--json").json["deliveries"]}
    assert states == {("main", "queued"), ("web", "sent")}
    told = " ".join(inside(tmp_path, "status").out.split())
    assert "The account main is paused since" in told
    assert "There is no secret for the account “main”." in told

    store_secret("main", "epwv-zd7t-epwv-zd7t", tmp_path)
    inside(tmp_path, "resume", "--account", "main", "--publish")
    inside(tmp_path, "run", "--once")
    rows = inside(tmp_path, "history", "--json").json["attempts"]
    assert any("cannot be reached" in (row["reason"] or "") for row in rows), "with its secret the network is asked"
