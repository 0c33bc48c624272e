"""LinkedIn's Posts API.

Source: "Posts API", "Images API" (li-lms-2026-01), "Videos API" (li-lms-2026-06), "Poll API" (li-lms-2025-01); the little text format and
the refusal of duplicates as several programs quote them.
"""

import re
import sys
from pathlib import Path
from typing import Any, ClassVar

from tests.emulators.emulating import Answer, Call, Emulator, Route, Source, serve
from tests.emulators.films import looked_at

TOKEN, AUTHOR = "AQX-planted-linkedin", "urn:li:organization:77001"
UNESCAPED = re.compile(r"(?<!\\)(?:\\\\)*[|{}@\[\]()<>#*_~]")
LONGEST = 3_000
"""How many characters a commentary may have, as publishing programs use it (gitroomhq/postiz-app, 2026-08-21).

[ours] That these are code points of what is sent, with its escapes and the form of its hashtags, and how one more is refused.
"""
HASHTAG = re.compile(r"\{hashtag\|\\?#\|((?:[^\\}]|\\.)*)\}")
MENTION = re.compile(r"(?<!\\)@\[((?:\\.|[^\\\]])+)\]\((?:urn:li:(?:organization|person):[\w-]+)\)")


HANDLING = Source("Error Handling (learn.microsoft.com, concepts/error-handling): message, serviceErrorCode, status")
QUOTED = Source("[C] code and words as several programs quote them")
EMPTY = Source("[C] 422 for an empty commentary: one report (dev.to, Posting to LinkedIn from Node.js); [ours] its words")
VERSIONS = Source("[C] 426 NONEXISTENT_VERSION, as publishing programs quote it; Versioning page: that a version ends")
OURS = Source("[ours] that it is refused, and how: no page says")
FORBIDDEN = Source("Videos API, Permissions: 403 and its words (li-lms-2026-06)")
UNREADY = Source("[C] MEDIA_ASSET_WAITING_UPLOAD, as a program quotes it for a post that came too early; [ours] its status and the others")
PART = 4 * 1024 * 1024


def error(source: Source, status: int, code: str, message: str, number: int = 0) -> Answer:
    del source
    return Answer(status, {"status": status, "serviceErrorCode": number, "code": code, "message": message})


class LinkedIn(Emulator):
    """Has the switches ``readable``, whether this app may read the author's posts, and ``polls``, how often a film is not ready yet."""

    routes: ClassVar[tuple[Route, ...]] = (
        (r"POST /rest/images", "begin", "Images API: Initialize Image Upload"),
        (r"PUT /upload/(\d+)", "upload", "Images API: Upload the Image"),
        (r"GET /rest/images/urn:li:image:(\d+)", "image", "Images API: Get a Single Image"),
        (r"POST /rest/videos", "film", "Videos API: Initialize Video Upload, Finalize Video Upload"),
        (r"PUT /part/(\d+)/(\d+)", "part", "Videos API: Upload the Video, with the ETag of each part"),
        (r"GET /rest/videos/urn:li:video:(\d+)", "video", "Videos API: Get a Video"),
        (r"POST /rest/posts", "create", "Posts API: Create Organic Posts"),
        (r"POST /rest/posts/(urn:li:share:\d+)", "update", "Posts API: Update Posts"),
        (r"DELETE /rest/posts/(urn:li:share:\d+)", "delete", "Posts API: Delete Posts"),
        (r"GET /rest/posts/(urn:li:share:\d+)", "post", "Posts API: Get Posts by URN"),
        (r"GET /rest/posts", "posts", "Posts API: Find Posts by Authors"),
    )

    def fresh(self) -> dict[str, Any]:
        return {"posts": [], "deleted": [], "images": {}, "videos": {}, "readable": True, "polls": 1}

    def unknown(self, call: Call) -> Answer:
        return error(HANDLING, 404, "RESOURCE_NOT_FOUND", f"No virtual resource found for {call.path}")

    def refused(self, call: Call) -> Answer | None:
        if call.headers.get("authorization") != f"Bearer {TOKEN}":
            return error(QUOTED, 401, "INVALID_ACCESS_TOKEN", "Invalid access token", 65600)
        if call.path.startswith("/rest/") and not re.fullmatch(r"20\d{4}", call.headers.get("linkedin-version", "")):
            return error(VERSIONS, 426, "NONEXISTENT_VERSION", "Requested version is not active")
        return None

    def begin(self, call: Call) -> Answer:
        number = self.number()
        self.state["images"][number] = {"owner": call.json["initializeUploadRequest"]["owner"], "bytes": 0, "looks": 1}
        value = {"uploadUrl": f"{self.address}/upload/{number}?ca=vector&sync=0", "image": f"urn:li:image:{number}"}
        return Answer(200, {"value": value})

    def upload(self, call: Call, number: str) -> Answer:
        self.state["images"][number]["bytes"] = len(call.body)
        return Answer(201)

    def image(self, call: Call, number: str) -> Answer:
        del call
        if not self.state["readable"]:
            return error(QUOTED, 403, "ACCESS_DENIED", "Not enough permissions to access: images.GET", 100)
        image = self.state["images"][number]
        image["looks"] -= 1
        status = "WAITING_UPLOAD" if not image["bytes"] else "AVAILABLE" if image["looks"] < 0 else "PROCESSING"
        return Answer(200, {"id": f"urn:li:image:{number}", "status": status})

    def film(self, call: Call) -> Answer:
        """Names a place for each 4 MB of a film, and takes the parts for one once all of them are there."""
        if call.fields.get("action") == "finalizeUpload":
            return self._whole(call.json["finalizeUploadRequest"])
        asked = call.json["initializeUploadRequest"]
        size = asked["fileSizeBytes"]
        if asked["owner"] != AUTHOR:
            return error(FORBIDDEN, 403, "ACCESS_DENIED", "Accessing this video resource is forbidden. Please check your permissions")
        if not 75_000 <= size <= 500_000_000:
            return error(OURS, 400, "ILLEGAL_ARGUMENT", "fileSizeBytes is not between 75 KB and 500 MB")
        number, firsts = self.number(), range(0, size, PART)
        parts = [{"firstByte": first, "lastByte": min(first + PART, size) - 1, "etag": ""} for first in firsts]
        self.state["videos"][number] = {"size": size, "parts": parts, "token": f"token-{number}", "status": "WAITING_UPLOAD", "looks": 0}
        places = [
            {"uploadUrl": f"{self.address}/part/{number}/{place}?ca=vector", "firstByte": part["firstByte"], "lastByte": part["lastByte"]}
            for place, part in enumerate(parts)
        ]
        expires = int(self.now() + 86_400) * 1_000
        value = {"uploadUrlsExpireAt": expires, "video": f"urn:li:video:{number}", "uploadInstructions": places}
        return Answer(200, {"value": {**value, "uploadToken": f"token-{number}"}})

    def part(self, call: Call, number: str, place: str) -> Answer:
        part = self.state["videos"][number]["parts"][int(place)]
        if len(call.body) != part["lastByte"] + 1 - part["firstByte"]:
            return error(OURS, 400, "ILLEGAL_ARGUMENT", "The part has another length than its instruction says")
        self._part(number, int(place)).write_bytes(call.body)
        part["etag"] = f"/ambry-video/signedId/{number}-{place}.bin"
        return Answer(200, headers={"ETag": part["etag"]})

    def _part(self, number: str, place: int) -> Path:
        return self.folder / f"{number}.{place}"

    def _whole(self, asked: dict[str, Any]) -> Answer:
        number = asked["video"].rpartition(":")[2]
        video = self.state["videos"].get(number)
        if video is None or asked["uploadToken"] != video["token"] or asked["uploadedPartIds"] != [part["etag"] for part in video["parts"]]:
            return error(OURS, 400, "ILLEGAL_ARGUMENT", "The parts are not those of the video, in their order")
        video.update(looked_at(self._part(number, place) for place in range(len(video["parts"]))), status="PROCESSING")
        return Answer(200)

    def video(self, call: Call, number: str) -> Answer:
        """Works on a film for some looks; what its specifications rule out fails."""
        del call
        if not self.state["readable"]:
            return error(QUOTED, 403, "ACCESS_DENIED", "Not enough permissions to access: videos.GET", 100)
        video = self.state["videos"].get(number)
        if video is None:
            return error(OURS, 404, "NOT_FOUND", "Video does not exist")
        if video["status"] == "PROCESSING":
            video["looks"] += 1
            done = "AVAILABLE" if 3 <= video["seconds"] <= 1_800 else "PROCESSING_FAILED"
            video["status"] = done if video["looks"] > self.state["polls"] else "PROCESSING"
        return Answer(200, {"id": f"urn:li:video:{number}", "owner": AUTHOR, "status": video["status"]})

    def _no_media(self, content: dict[str, Any], shown: list[dict[str, str]]) -> Answer | None:
        """Holds what a post shows to what was uploaded: pictures that are there, or one film that has all of its parts."""
        for each in shown:
            kind, _, number = each["id"].rpartition(":")
            if kind == "urn:li:video":
                status = self.state["videos"].get(number, {}).get("status", "")
                if "multiImage" in content:
                    return error(OURS, 422, "UNPROCESSABLE_ENTITY", "multiImage takes images")
                if status in {"", "WAITING_UPLOAD", "PROCESSING_FAILED"}:
                    return error(UNREADY, 422, "UNPROCESSABLE_ENTITY", f"MEDIA_ASSET_{status}: the video cannot be shown")
            elif not self.state["images"].get(number, {}).get("bytes"):
                return error(OURS, 422, "UNPROCESSABLE_ENTITY", "The image is not available")
        return None

    def create(self, call: Call) -> Answer:
        body = call.json
        content = body.get("content") or {}
        images = [content["media"]] if "media" in content else content.get("multiImage", {}).get("images", [])
        if refused := self._no_media(content, images):
            return refused
        if not body["commentary"]:
            return error(EMPTY, 422, "UNPROCESSABLE_ENTITY", "ERROR :: /commentary :: is empty")
        if len(body["commentary"]) > LONGEST:
            return error(OURS, 422, "UNPROCESSABLE_ENTITY", f"ERROR :: /commentary :: is longer than {LONGEST} characters")
        if "poll" in content and not (list(content) == ["poll"] and _is_poll(content["poll"])):
            return error(OURS, 400, "ILLEGAL_ARGUMENT", "/content/poll is not valid")
        # [ours] the words, the pictures and the poll together make a duplicate; no page says what is compared.
        same = (body["commentary"], len(images), content.get("poll"))
        # [ours] a post that was deleted is still one: how long it is remembered no page says.
        seen = self.state["posts"] + self.state["deleted"]
        twin = [each for each in seen if (each["raw"], len(each["alts"]), each["content"].get("poll")) == same]
        if twin:
            return error(QUOTED, 422, "DUPLICATE_POST", f"Content is a duplicate of {twin[0]['id']}")
        urn = f"urn:li:share:{self.number()}"
        # [C] A film takes no description (Ayrshare, "LinkedIn does not support altText on videos").
        alts = [each.get("altText", "") if ":image:" in each["id"] else "" for each in images]
        shown = {"id": urn, "raw": body["commentary"], "text": _read(body["commentary"]), "alts": alts, "at": self.now() * 1_000}
        self.state["posts"].append({**shown, "article": content.get("article"), "content": content})
        return Answer(201, headers={"x-restli-id": urn})

    def posts(self, call: Call) -> Answer:
        if not self.state["readable"]:
            return error(QUOTED, 403, "ACCESS_DENIED", "Not enough permissions to access: posts.FINDER-author", 100)
        if call.fields.get("author") != AUTHOR:
            return error(OURS, 400, "ILLEGAL_ARGUMENT", "author is missing")
        rows = [_row(each) for each in reversed(self.state["posts"])]
        count = int(call.fields["count"])
        return Answer(200, {"elements": rows[:count], "paging": {"count": count, "start": 0}})

    def post(self, call: Call, urn: str) -> Answer:
        """Shows one post ("Get Posts by URN")."""
        del call
        if not self.state["readable"]:
            return error(QUOTED, 403, "ACCESS_DENIED", "Not enough permissions to access: posts.GET", 100)
        found = next((each for each in self.state["posts"] if each["id"] == urn), None)
        return Answer(200, _row(found)) if found else error(OURS, 404, "NOT_FOUND", "Post does not exist")

    def update(self, call: Call, urn: str) -> Answer:
        """Takes a partial update ("Update posts"): of a post's words, nothing else that is sent here."""
        if call.headers.get("x-restli-method") != "PARTIAL_UPDATE" or list(call.json["patch"]["$set"]) != ["commentary"]:
            return error(OURS, 400, "ILLEGAL_ARGUMENT", "The patch is not valid")
        post = next((each for each in self.state["posts"] if each["id"] == urn), None)
        if post is None:
            return error(OURS, 404, "NOT_FOUND", "Post does not exist")
        raw = call.json["patch"]["$set"]["commentary"]
        post.update(raw=raw, text=_read(raw))
        return Answer(204)

    def delete(self, call: Call, urn: str) -> Answer:
        kept = [each for each in self.state["posts"] if each["id"] != urn]
        if call.headers.get("x-restli-method") != "DELETE" or len(kept) == len(self.state["posts"]):
            return error(OURS, 404, "NOT_FOUND", "Post does not exist")
        self.state["deleted"] += [each for each in self.state["posts"] if each["id"] == urn]
        self.state["posts"] = kept
        return Answer(204)


def _row(post: dict[str, Any]) -> dict[str, Any]:
    """Returns a post as it is listed."""
    row = {"id": post["id"], "commentary": post["raw"], "createdAt": int(post["at"]), "publishedAt": int(post["at"])}
    return row | ({"content": post["content"]} if post["content"] else {})


def _is_poll(poll: dict[str, Any]) -> bool:
    """Holds a poll to "Poll API": the number of options, the four lengths, one vote each, voters that the author sees.

    [ours] that its form's 140 and 30 characters bind the API too, which several programs go by.
    """
    options, settings = [option["text"] for option in poll["options"]], poll["settings"]
    known = settings["duration"] in {"ONE_DAY", "THREE_DAYS", "SEVEN_DAYS", "FOURTEEN_DAYS"}
    fits = 2 <= len(options) <= 4 and all(1 <= len(text) <= 30 for text in options) and 1 <= len(poll["question"]) <= 140
    return known and fits and settings["voteSelectionType"] == "SINGLE_VOTE" and settings["isVoterVisibleToAuthor"] is True


def _read(commentary: str) -> str:
    """Returns what readers see: hashtags and mentions in words, and everything cut at the first sign that is not escaped."""
    text = MENTION.sub(r"\1", HASHTAG.sub(lambda match: f"\\#{match[1]}", commentary))
    cut = UNESCAPED.search(text)
    return re.sub(r"\\(.)", r"\1", text[: cut.end() - 1] if cut else text)


if __name__ == "__main__":
    serve(LinkedIn, sys.argv[1:])
