"""Mastodon's API as its documents and its source describe it, in a process of its own: ``python -m tests.emulators.mastodon PORT``.

Each shape names its source: [D] mastodon/documentation (2026-07-02), [S] glitch-soc/mastodon 4.7.0-alpha.2 (2026-08-08),
[P] pixelfed/pixelfed (2024-03-10), [G] superseriousbusiness/gotosocial (2025-10-03).
``POST /_control`` sets the kind of server and the faults, ``GET /_seen`` tells what readers see and what was called.

A fault is used up by the next visible call: ``drop`` (the post is made, the answer is lost), ``500`` (the post is made, an error is
answered), ``early`` (nothing is made and nothing is answered), ``429`` and ``503`` (nothing is made), ``slow`` (the post is made and the
answer takes ``seconds``). A post that holds the words of ``forbidden`` is refused for good.
"""

import io
import json
import re
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.parser import BytesParser
from email.policy import HTTP
from html import escape
from pathlib import Path
from typing import Any

import httpx
from PIL import Image, UnidentifiedImageError

from scheduler.clock import SystemClock
from tests.emulators.clusters import clusters
from tests.emulators.emulating import Source
from tests.emulators.mastodon_counting import length
from tests.servers import processes
from tests.serving import Answering, Server

TOKEN = "emulated-token-0123456789"
VERSIONS = {"mastodon": "4.5.2", "pixelfed": "3.5.3 (compatible; Pixelfed 0.12.4)", "gotosocial": "0.20.1-gotosocial"}


SIGN_IN = Source("doorkeeper-gem/doorkeeper, config/locales/en.yml: invalid_token")
MISSING = Source("mastodon/mastodon, app/controllers/concerns/api/error_handling.rb: 404")
FILES = Source("glitch-soc/mastodon (2026-08-08), app/models/concerns/attachmentable.rb and MediaAttachment's validations")
FOCUS = Source("[ours] methods/media: two floats from -1.0 to 1.0, and not how others are refused")
LENGTH = Source("glitch-soc/mastodon (2026-08-08), status_length_validator.rb, and Rails' RecordInvalid before it")
POLLS = Source("mastodon/mastodon, app/validators/poll_options_validator.rb, poll_expiration_validator.rb and the words of statuses.poll")
ATTACHING = Source("glitch-soc/mastodon (2026-08-08), post_status_service.rb: validate_media!, without Rails' words before it")
DELETED = Source("glitch-soc/mastodon (2026-08-08), post_status_service.rb: the status of a known key is looked up, 404 where it is gone")
PIXELFED = Source("pixelfed/pixelfed (2024-03-10), app/Http/Controllers/Api/ApiV1Controller.php")
BUSY = Source(
    "glitch-soc/mastodon (2026-08-08), config/initializers/rack_attack.rb: 429; [ours] the words of a 503 of what stands before it"
)
FORBIDDEN = Source("[ours] what an administrator's own rules say; the form is that of app/controllers/concerns/api/error_handling.rb: 422")
BROKEN = Source("[ours] the words of a 500; mastodon/mastodon answers it with a page")

Refusal = tuple[int, dict[str, Any]]


def refusal(source: Source, status: int, words: str) -> Refusal:
    """Returns a refusal, in the only form that servers of this kind have."""
    del source
    return status, {"error": words}


@dataclass
class World:
    """Is everything the server knows; ``hours`` is how far its clock was moved."""

    kind: str = "mastodon"
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0
    hours: float = 0.0
    token: str = TOKEN
    processing: int = 0
    characters: int = 500
    link_length: int = 23
    pixels: int = 33_177_600
    types: list[str] = field(default_factory=lambda: ["image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "video/quicktime"])
    polls: bool = True
    forbidden: str = ""
    poll_seconds: tuple[int, int] = (300, 2_629_746)
    calls: list[str] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    media: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, tuple[float, str]] = field(default_factory=dict)


class Handler(Answering):
    world = World()
    lock = threading.Lock()
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        self.sent = self.body()
        path = self.path.partition("?")[0]
        if path == "/_control":
            wanted = json.loads(self.sent)
            if wanted.pop("reset", False):
                type(self).world = World()
            for name, value in wanted.items():
                setattr(self.world, name, value)
            return self.say(200, {})
        if path == "/_seen":
            return self.say(200, {"statuses": self.world.statuses, "calls": self.world.calls, "media": list(self.world.media)})
        self.world.calls.append(f"{self.command} {path}")
        if self.headers.get("Authorization") != f"Bearer {self.world.token}":
            return self.say(*refusal(SIGN_IN, 401, "The access token is invalid"))
        return self.route(path)

    def route(self, path: str) -> None:  # noqa: PLR0911 - one line for each address
        if path in {"/api/v2/instance", "/api/v1/instance"}:
            return self.instance()
        if path == "/api/v1/accounts/verify_credentials":
            return self.say(200, {"id": "7", "username": "comms", "acct": "comms"})  # [D] entities/Account
        if path == "/api/v2/media":
            return self.upload()
        if path.startswith("/api/v1/media/"):
            return self.media(path.rpartition("/")[2])
        if path == "/api/v1/statuses":
            return self.post()
        if path.endswith("/statuses"):
            return self.listed()
        if path.startswith("/api/v1/statuses/"):
            return self.one(path.rpartition("/")[2])
        return self.say(*refusal(MISSING, 404, "Record not found"))

    def instance(self) -> None:
        # [D] entities/V2_Instance; [P] and [G] name themselves in the version.
        statuses = {
            "max_characters": self.world.characters,
            "max_media_attachments": 4,
            "characters_reserved_per_url": self.world.link_length,
        }
        media = {
            "description_limit": 1500,
            "image_size_limit": 16_777_216,
            "image_matrix_limit": self.world.pixels,
            "video_size_limit": 5_000_000,
            "video_matrix_limit": 8_294_400,
            "supported_mime_types": self.world.types,
        }
        shortest, longest = self.world.poll_seconds
        polls = {"max_options": 7, "max_characters_per_option": 80, "min_expiration": shortest, "max_expiration": longest}
        version = VERSIONS[self.world.kind]
        self.say(200, {"version": version, "configuration": {"statuses": statuses, "media_attachments": media, "polls": polls}})

    def upload(self) -> None:
        # [D] methods/media v2: 200 when done, 202 while it is worked on, its url null until then.
        parts = form(self.headers.get("Content-Type", ""), self.sent)
        if wrong := self.no_picture(parts.get("file", b"")):
            return self.say(*refusal(FILES, 422, f"Validation failed: {wrong}"))
        name = str(len(self.world.media) + 100)
        described = parts.get("description", b"").decode()
        item: dict[str, Any] = {"id": name, "type": "image", "url": f"/media/{name}.jpg", "description": described, "status": None}
        if "focus" in parts:
            x, y = (float(number) for number in parts["focus"].decode().split(","))  # [D] methods/media: two floats, -1.0 to 1.0
            if not (abs(x) <= 1 and abs(y) <= 1):
                return self.say(*refusal(FOCUS, 422, "Validation failed: File focus is out of range"))
            item["meta"] = {"focus": {"x": x, "y": y}}  # [D] entities/MediaAttachment
        self.world.media[name] = item
        pending = self.world.processing > 0
        return self.say(202 if pending else 200, {**item, "url": None if pending else item["url"]})

    def no_picture(self, data: bytes) -> str:
        """Holds a picture to the types and the number of pixels that the server tells ([S] attachmentable); films are not looked into."""
        try:
            picture = Image.open(io.BytesIO(data))
        except UnidentifiedImageError:
            return ""
        if picture.get_format_mimetype() not in self.world.types:
            return "File content type is invalid"
        width, height = picture.size
        return f"{width}x{height} images are not supported" if width * height > self.world.pixels else ""

    def media(self, name: str) -> None:
        item = self.world.media.get(name)
        # [S] media_controller: only those without a status are found; 206 while it is worked on.
        if item is None or item["status"] is not None:
            return self.say(*refusal(MISSING, 404, "Record not found"))
        if self.world.processing > 0:
            self.world.processing -= 1
            return self.say(206, {**item, "url": None})
        return self.say(200, item)

    def post(self) -> None:
        world, wanted, key = self.world, json.loads(self.sent), self.headers.get("Idempotency-Key", "")
        fault = world.faults.pop(0) if world.faults else ""
        if fault in {"429", "503"}:
            return self.say(*refusal(BUSY, int(fault), "Too many requests"), {"Retry-After": "30"})
        if fault == "early":
            self.close_connection = True
            return None
        with self.lock:
            status, body = self.made(wanted, key)
        if fault == "drop":
            self.close_connection = True
            return None
        if fault == "500":
            return self.say(*refusal(BROKEN, 500, "We're sorry"))
        if fault == "slow":
            SystemClock().wait(threading.Event(), world.seconds)
        return self.say(status, body)

    def made(self, wanted: Mapping[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        world, now = self.world, SystemClock().now().timestamp() / 3600 + self.world.hours
        if key in world.keys and world.kind == "pixelfed":
            return refusal(PIXELFED, 400, "Duplicate idempotency key.")  # kept before the post is looked at
        if world.kind == "pixelfed":
            world.keys[key] = (now, "")
            if not wanted.get("media_ids"):
                return refusal(PIXELFED, 403, "Empty statuses are not allowed")
        if world.kind == "mastodon" and key in world.keys and now - world.keys[key][0] < 1:  # [S] kept for 3,600 seconds
            found = next((status for status in world.statuses if status["id"] == world.keys[key][1]), None)
            return (200, found) if found else refusal(DELETED, 404, "Record not found")
        if refused := self.refused(wanted):
            return refused
        status = self.new(wanted)
        if world.kind == "mastodon":
            world.keys[key] = (now, status["id"])  # [S] only after success
        return 200, status

    def refused(self, wanted: Mapping[str, Any]) -> Refusal | None:
        ids = [str(each) for each in wanted.get("media_ids", [])]
        if length(wanted.get("status", ""), self.world.link_length, wanted.get("spoiler_text", "")) > self.world.characters:
            return refusal(LENGTH, 422, f"Validation failed: Text character limit of {self.world.characters} exceeded")
        if self.world.forbidden and self.world.forbidden in wanted.get("status", ""):
            return refusal(FORBIDDEN, 422, f"Validation failed: Text may not hold {self.world.forbidden}")
        if wrong := self.no_poll(wanted.get("poll") or {}):
            return refusal(POLLS, 422, f"Validation failed: {wrong}")
        wrong = self.no_files(ids)
        return refusal(ATTACHING, 422, wrong) if wrong else None

    def no_files(self, ids: list[str]) -> str:
        """Holds what is to be attached to validate_media! ([S] post_status_service)."""
        if len(ids) > 4:
            return "Cannot attach more than 4 files"
        gone = [name for name in ids if name not in self.world.media or self.world.media[name]["status"]]
        if gone:
            return f"Media {', '.join(gone)} not found or already attached to another post"
        unready = ids and self.world.processing > 0
        return "Cannot attach files that have not finished processing. Try again in a moment!" if unready else ""

    def no_poll(self, poll: Mapping[str, Any]) -> str:
        """Holds a poll to the numbers that the server tells ([S] poll_options_validator, poll_expiration_validator)."""
        options, (shortest, longest) = poll.get("options", []), self.world.poll_seconds
        if len(options) > 7:
            return "Options can't contain more than 7 items"
        if any(len(clusters(option)) > 80 for option in options):
            return "Options can't be longer than 80 characters each"
        if poll and poll["expires_in"] > longest:
            return "Expires at is too far into the future"
        return "Expires at is too soon" if poll and poll["expires_in"] < shortest else ""

    def new(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        name = str(len(self.world.statuses) + 1000)
        ids = [str(each) for each in wanted.get("media_ids", [])]
        for each in ids:
            self.world.media[each]["status"] = name
        status = {
            "id": name,
            "created_at": (SystemClock().now() + timedelta(hours=self.world.hours)).isoformat(),
            "url": f"https://social.example/@comms/{name}",
            "content": html(wanted.get("status", "")),
            "spoiler_text": wanted.get("spoiler_text", ""),
            "sensitive": wanted.get("sensitive", False),
            "visibility": wanted.get("visibility", "public"),
            "language": wanted.get("language"),
            "in_reply_to_id": wanted.get("in_reply_to_id"),
            "poll": poll(wanted.get("poll")) if self.world.polls else None,  # [ours] a server that leaves it out
            "media_attachments": [{key: value for key, value in self.world.media[each].items() if key != "status"} for each in ids],
        }
        self.world.statuses.append(status)
        return status

    def listed(self) -> None:
        # [D] methods/accounts#statuses: newest first, at most 40, older than max_id.
        asked = dict(pair.split("=") for pair in self.path.partition("?")[2].split("&") if "=" in pair)
        before = re.match(r"\d*", asked.get("max_id", str(10**9)))  # [S] a number is read as far as it is one
        older = [status for status in reversed(self.world.statuses) if int(status["id"]) < int((before and before[0]) or 0)]
        self.say(200, older[: int(asked.get("limit", 20))])

    def one(self, name: str) -> None:
        # [D] methods/statuses: get, edit and delete a single status.
        found = next((status for status in self.world.statuses if status["id"] == name), None)
        if found is None:
            return self.say(*refusal(MISSING, 404, "Record not found"))
        if self.command == "DELETE":
            self.world.statuses.remove(found)
        if self.command == "PUT":
            wanted = json.loads(self.sent)
            found |= {"content": html(wanted["status"]), "spoiler_text": wanted.get("spoiler_text", ""), "language": wanted.get("language")}
        return self.say(200, found)


def poll(wanted: dict[str, Any] | None) -> dict[str, Any] | None:
    """Returns a poll as servers show it ([D] entities/Poll)."""
    if wanted is None:
        return None
    options = [{"title": words, "votes_count": 0} for words in wanted["options"]]
    return {"id": "1", "multiple": wanted["multiple"], "options": options, "expires_in": wanted["expires_in"]}


def html(text: str) -> str:
    """Returns a text as Mastodon shows it: paragraphs, lines, and links with their ends hidden ([S] text_formatter)."""

    def link(match: re.Match[str]) -> str:
        scheme, rest = match[1], match[2]
        shown, hidden = rest[:30], rest[30:]
        ellipsis = "ellipsis" if hidden else ""
        spans = f'<span class="invisible">{scheme}</span><span class="{ellipsis}">{shown}</span><span class="invisible">{hidden}</span>'
        return f'<a href="{match[0]}" rel="nofollow noopener" target="_blank">{spans}</a>'

    linked = re.sub(r"(https?://)([^\s<]+)", link, escape(text, quote=False))
    mentioned = re.sub(
        r"(?<![\w/])@(\w+)@([\w.]+)",
        r'<span class="h-card"><a href="https://\2/@\1" class="u-url mention">@<span>\1</span></a></span>',
        linked,
    )
    tagged = re.sub(r"(?<![\w&/])#(\w+)", r'<a href="/tags/\1" class="mention hashtag" rel="tag">#<span>\1</span></a>', mentioned)
    paragraphs = re.split(r"\n{2,}", tagged.strip())
    return "".join(f"<p>{paragraph.replace(chr(10), '<br />')}</p>" for paragraph in paragraphs)


def form(kind: str, body: bytes) -> dict[str, bytes]:
    """Returns the parts of a multipart form."""
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    parts = {}
    for part in message.iter_parts():
        found = part.get_payload(decode=True)
        parts[str(part.get_param("name", header="content-disposition"))] = found if isinstance(found, bytes) else b""
    return parts


@dataclass(frozen=True)
class Emulator:
    """Is the running emulator as a test sees it."""

    address: str

    def control(self, **values: Any) -> None:
        httpx.post(f"{self.address}/_control", json=values).raise_for_status()

    def seen(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(f"{self.address}/_seen").json()["statuses"]
        return found

    def calls(self) -> list[str]:
        found: list[str] = httpx.get(f"{self.address}/_seen").json()["calls"]
        return found


@contextmanager
def running(folder: Path) -> Iterator[Emulator]:
    """Runs the emulator in a process of its own."""
    port = processes.free_port()
    command = [sys.executable, "-m", "tests.emulators.mastodon", str(port)]
    with processes.running(command, folder / "emulator.log", lambda: processes.listens(port)):
        yield Emulator(f"http://localhost:{port}")


if __name__ == "__main__":
    Server(Handler, int(sys.argv[1])).serve_forever()
