"""The network's video service as its lexicons describe it: it works on a film for a while and lays it into the account's own server.

Shapes: lexicons app.bsky.video.uploadVideo, getJobStatus and defs (bluesky-social/atproto, 2026-08-20); 409 for a film that it knows is
as clients meet it. What is laid in is the film as it came.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.serving import Answering, serving


@dataclass
class VideoService:
    """Is the service; ``polls`` is how often it says that it is still working, ``fails`` what it says instead of finishing."""

    server: str
    address: str = ""
    polls: int = 2
    fails: str = ""
    refuses: tuple[int, dict[str, Any]] | None = None
    uploads: list[dict[str, Any]] = field(default_factory=list)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)

    def upload(self, token: str, data: bytes, kind: str) -> tuple[int, dict[str, Any]]:
        """Takes a film, once."""
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        self.uploads.append({**claims, "kind": kind})
        if self.refuses:
            return self.refuses
        name = hashlib.sha256(data).hexdigest()[:12]
        known = name in self.jobs
        self.jobs.setdefault(name, {"token": token, "data": data, "kind": kind, "left": self.polls})
        return 409 if known else 200, {"jobId": name, "did": claims["iss"], "state": "JOB_STATE_CREATED"}

    def status(self, name: str) -> tuple[int, dict[str, Any]]:
        """Tells how far it is; at the end it lays the film in, with the pass that came with it."""
        job = self.jobs[name]
        if job["left"] > 0:
            job["left"] -= 1
            return 200, {"jobStatus": {"jobId": name, "did": "", "state": "JOB_STATE_ENCODING", "progress": 50}}
        if self.fails:
            return 200, {"jobStatus": {"jobId": name, "did": "", "state": "JOB_STATE_FAILED", "message": self.fails}}
        if "blob" not in job:
            headers = {"Authorization": f"Bearer {job['token']}", "Content-Type": job["kind"]}
            laid = httpx.post(f"{self.server}/xrpc/com.atproto.repo.uploadBlob", content=job["data"], headers=headers, timeout=60)
            job["blob"] = laid.raise_for_status().json()["blob"]
        return 200, {"jobStatus": {"jobId": name, "did": "", "state": "JOB_STATE_COMPLETED", "blob": job["blob"]}}


@contextmanager
def video_service(server: str) -> Iterator[VideoService]:
    """Runs the service for accounts of a server until the block ends."""
    service = VideoService(server)
    with serving(_Handler, service=service) as service.address:
        yield service


class _Handler(Answering):
    service: VideoService

    def post(self) -> None:
        data = self.body()
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.say(*self.service.upload(token, data, self.headers["Content-Type"]))

    def get(self) -> None:
        self.say(*self.service.status(parse_qs(urlsplit(self.path).query)["jobId"][0]))
