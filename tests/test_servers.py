"""The real servers start on loopback, answer, and leave nothing behind."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.servers import axe, bluesky_pds, cache, chromium, postgresql, processes, snac, wordpress
from tests.servers.__main__ import SERVERS

PASSWORD = "correct horse battery staple"


def test_installing_again_changes_nothing() -> None:
    done = subprocess.run([sys.executable, "-m", "tests.servers"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(": ready") == len(SERVERS)
    assert "installing" not in done.stderr


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-m", "tests.servers", "--check"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Missing: snac (Mastodon API), axe-core, Bluesky PDS, @atproto/api" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_download_that_broke_off_is_not_taken_for_a_whole_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def break_off(folder: Path) -> None:
        (folder / "half").touch()
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        cache.fill("thing-1", break_off)
    assert not cache.cached("thing-1").exists()
    assert (cache.fill("thing-1", lambda folder: (folder / "whole").touch()) / "whole").exists()
    assert {path.name for path in cache.cache_folder().iterdir()} == {"thing-1", "thing-1.lock"}


def test_postgresql_keeps_a_row(tmp_path: Path) -> None:
    with postgresql.running(tmp_path) as address:
        plain = address.replace("+psycopg", "")
        with psycopg.connect(plain) as connection:
            connection.execute("create table posts (name text)")
            connection.execute("insert into posts values ('march ✊')")
        with psycopg.connect(plain) as connection:
            assert connection.execute("select name from posts").fetchall() == [("march ✊",)]
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(plain)


def test_bluesky_comes_back_after_a_kill_with_its_posts_and_sessions(tmp_path: Path) -> None:
    with bluesky_pds.directory(tmp_path) as directory:
        with bluesky_pds.server(tmp_path, directory) as bluesky:
            did = bluesky.create_account("harbour.test", PASSWORD)
            session = _call(bluesky.address, "server.createSession", {"identifier": "harbour.test", "password": PASSWORD})
            bearer = {"Authorization": f"Bearer {session['accessJwt']}"}
            record = {"$type": "app.bsky.feed.post", "text": "March on Saturday ✊", "createdAt": "2026-03-02T08:00:00Z"}
            post = {"repo": did, "collection": "app.bsky.feed.post", "rkey": "3lk2yhqd3cs2a", "record": record}
            _call(bluesky.address, "repo.putRecord", post, bearer)
            bluesky.process.kill()
            bluesky.process.wait()
        port = int(bluesky.address.rpartition(":")[2])
        with bluesky_pds.server(tmp_path, directory, port) as again:
            asked = {"repo": did, "collection": "app.bsky.feed.post"}
            found = httpx.get(f"{again.address}/xrpc/com.atproto.repo.listRecords", params=asked).raise_for_status().json()
            assert [item["value"]["text"] for item in found["records"]] == ["March on Saturday ✊"]
            assert httpx.get(f"{again.address}/xrpc/com.atproto.server.getSession", headers=bearer).json()["did"] == did


def test_snac_takes_a_status_and_gives_it_back(tmp_path: Path) -> None:
    with snac.running(tmp_path) as server:
        headers = {"Authorization": f"Bearer {server.token}", "Connection": "close"}
        with httpx.Client(base_url=server.address, headers=headers) as client:
            client.post("/api/v1/statuses", data={"status": "March on Saturday ✊"}).raise_for_status()
            me = client.get("/api/v1/accounts/verify_credentials").raise_for_status().json()
            statuses = client.get(f"/api/v1/accounts/{me['id']}/statuses").raise_for_status().json()
        assert "March on Saturday ✊" in statuses[0]["content"]
    assert not processes.listens(int(server.address.rpartition(":")[2]))


def test_wordpress_takes_an_article_and_shows_it(tmp_path: Path) -> None:
    with wordpress.running(tmp_path) as site:
        body = {"title": "March", "content": "<p>March on Saturday ✊</p>", "status": "publish"}
        made = httpx.post(f"{site.address}/wp-json/wp/v2/posts", json=body, auth=(site.user, site.password), timeout=60)
        assert "<p>March on Saturday ✊</p>" in site.page(made.raise_for_status().json()["link"])
    assert not processes.listens(int(site.address.rpartition(":")[2]))
    assert not site.place.exists()


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no room on this machine')"]
    with (
        pytest.raises(processes.ServerFailedError, match="no room on this machine"),
        processes.running(command, tmp_path / "log", lambda: False),
    ):
        pass


def test_axe_finds_a_picture_without_alt_text_in_the_browser(tmp_path: Path) -> None:
    page_file = tmp_path / "page.html"
    page_file.write_text("<!doctype html><html lang=en><title>Posts</title><main><h1>Posts</h1><img src='x.png'></main>", encoding="utf-8")
    with chromium.running() as browser:
        page = browser.new_page()
        page.goto(page_file.as_uri())
        page.add_script_tag(path=axe.script())
        result = page.evaluate("axe.run()")
    assert [violation["id"] for violation in result["violations"]] == ["image-alt"]


def test_the_browser_reaches_no_other_machine() -> None:
    with chromium.running() as browser:
        page = browser.new_page()
        with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
            page.goto("http://example.org/")


def _call(address: str, method: str, body: Mapping[str, object], headers: dict[str, str] | None = None) -> dict[str, str]:
    answer = httpx.post(f"{address}/xrpc/com.atproto.{method}", json=body, headers=headers, timeout=20)
    result: dict[str, str] = answer.raise_for_status().json()
    return result
