"""Servers whose words are commands for the terminal, turn the line around or never end: no screen, log, report or ledger has them."""

import json
import re
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.cli.running import inside
from tests.publishers.test_secrets import FIELDS, house
from tests.serving import serving

PAINT = "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x9b1m\u202egnp.exe\u2066\u2028\r\nnext\0"
COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\u2066\u2028]")
WORDS = {name: PAINT * (40_000 if name == "message" else 1) for name in (*FIELDS, "name", "username", "handle", "version", "acct", "user")}


class Painter(BaseHTTPRequestHandler):
    """Answers with paint in every field that any network documents."""

    status = 200
    body = b""

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("x-restli-id", "urn:li:share:1\x1b[2J")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 - the library calls them by these names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        del format, args


BODIES = {
    "a good answer": {
        **WORDS,
        "id": PAINT,
        "url": f"https://x.example/{PAINT}",
        "permalink": PAINT,
        "did": PAINT,
        "uri": PAINT,
        "ok": True,
    },
    "an error": {**WORDS, "error": {"message": PAINT * 40_000, "code": 999, "error_user_msg": PAINT}, "ok": False},
    "words": PAINT * 1_000,
}


@pytest.mark.parametrize(("status", "kind"), [(200, "a good answer"), (400, "an error"), (401, "words"), (200, "words")])
def test_what_a_server_paints_is_seen_nowhere(tmp_path: Path, status: int, kind: str) -> None:
    folder = tmp_path / "project"
    with serving(Painter, status=status, body=json.dumps(BODIES[kind]).encode()) as server:
        house(folder, server)
        talk = [inside(folder, *words) for words in (["run", "--once"], ["status"], ["queue"], ["history"], ["list"], ["show", "march"])]
        talk += [inside(folder, "history", "--json"), inside(folder, "accounts", "test")]
    for run in talk:
        said = run.out + run.err
        assert not COMMANDS.search(said.replace("\r\n", "\n")), said
        assert max(map(len, said.splitlines()), default=0) < 5_000
        assert "Traceback" not in said
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix not in {".jpg", ".png"}:
            data = path.read_bytes()
            assert b"\x1b]0;owned" not in data, path
            assert "\u202egnp".encode() not in data, path
            assert rb"\u001b]0;owned" not in data, path
