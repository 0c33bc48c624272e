"""X's API v2. Source: xdevplatform/docs (2026-08-22, openapi.json v2.167); the refusal of duplicates as many programs quote it."""

import base64
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote

from tests.emulators.emulating import Answer, Call, Emulator, Route, Source, serve
from tests.emulators.films import looked_at
from tests.emulators.x_counting import LONGEST, links, weighted_length
from tests.emulators.x_signing import is_signed

SECRET = "planted-app-key:planted-app-secret:planted-token:planted-token-secret"
USER = "2244994945"


PROBLEMS = "https://api.x.com/2/problems"
GENERIC = Source(
    "Response codes and errors: about:blank, title and detail; community-notes/quickstart: 401 (xdevplatform/docs, 2026-08-22)"
)
MISSING = Source("posts/lookup/integrate, partial errors (xdevplatform/docs, 2026-08-22)")
INVALID = Source("openapi.json v2.167, InvalidRequestProblem (xdevplatform/docs, 2026-08-22); [ours] what its detail says")
TWICE = Source("[C] 403 and its words, as many programs quote them")
CASHTAGS = Source("integrate.mdx: one cashtag (xdevplatform/docs, 2026-08-22); [ours] how a second one is refused")


def error(source: Source, status: int, detail: str, title: str = "Forbidden", kind: str = "about:blank") -> Answer:
    del source
    return Answer(status, {"title": title, "detail": detail, "type": kind, "status": status})


def missing(source: Source, detail: str) -> Answer:
    return error(source, 404, detail, "Not Found Error", f"{PROBLEMS}/resource-not-found")


def invalid(source: Source, detail: str) -> Answer:
    return error(source, 400, detail, "Invalid Request", f"{PROBLEMS}/invalid-request")


LARGEST_PIECE = 5_000_000
PIECES = Source("POST media/upload (APPEND), version 1.1: a chunk has at most 5 MB; [ours] how a larger one is refused")
NO_ALT = Source("data-dictionary.mdx, alt_text: “can only be added to images at the moment” (xdevplatform/docs, 2026-08-22); [ours] how")
WORKED_ON = {"tweet_gif": (("image/gif",), 15_000_000), "tweet_video": (("video/mp4", "video/quicktime"), 512_000_000)}
"""Is what each category takes in pieces: types and the most bytes (openapi.json; "Best practices", 2026-08-22)."""


class X(Emulator):
    """Has the switches ``polls``, how often it is still working on something, and ``check_after``, its seconds from look to look."""

    routes: ClassVar[tuple[Route, ...]] = (
        (r"GET /2/users/me", "me", "openapi.json: GET /2/users/me"),
        (r"POST /2/media/upload", "upload", "openapi.json: POST /2/media/upload"),
        (r"GET /2/media/upload", "status", "openapi.json: GET /2/media/upload"),
        (r"POST /2/media/upload/initialize", "begin", "openapi.json: POST /2/media/upload/initialize"),
        (r"POST /2/media/upload/(\d+)/append", "append", "openapi.json: POST /2/media/upload/{id}/append"),
        (r"POST /2/media/upload/(\d+)/finalize", "finish", "openapi.json: POST /2/media/upload/{id}/finalize"),
        (r"POST /2/media/metadata", "describe", "openapi.json: POST /2/media/metadata"),
        (r"POST /2/tweets", "create", "openapi.json: POST /2/tweets"),
        (r"DELETE /2/tweets/(\d+)", "delete", "openapi.json: DELETE /2/tweets/{id}"),
        (rf"GET /2/users/{USER}/tweets", "tweets", "openapi.json: GET /2/users/{id}/tweets"),
    )

    def fresh(self) -> dict[str, Any]:
        return {"tweets": [], "media": {}, "polls": 1, "check_after": 1}

    def unknown(self, call: Call) -> Answer:
        return missing(MISSING, f"Could not find {call.path}")

    def refused(self, call: Call) -> Answer | None:
        """Holds each request to the signature of RFC 5849."""
        header = call.headers.get("authorization", "")
        signed = is_signed(SECRET, call.method, self.address + call.path, call.fields, header)
        return None if signed else error(GENERIC, 401, "Unauthorized", "Unauthorized")

    def me(self, call: Call) -> Answer:
        del call
        return Answer(200, {"data": {"id": USER, "username": "harbourworkers"}})

    def upload(self, call: Call) -> Answer:
        if set(call.json) - {"media", "media_category", "additional_owners"}:
            return invalid(INVALID, "One or more parameters to your request was invalid.")
        data = base64.b64decode(call.json["media"])
        if call.json["media_category"] != "tweet_image" or not 0 < len(data) <= 5_000_000:
            return invalid(INVALID, "media_category is missing")
        if frames_of(data) > 1:  # [ours] what X makes of it is not said; readers would not see it move
            return invalid(INVALID, "media_category of an animated GIF is tweet_gif")
        number = self.number()
        self.state["media"][number] = {"bytes": len(data), "alt": "", "kind": "tweet_image", "frames": 0, "ready": True}
        return Answer(200, {"data": {"id": number, "media_key": f"3_{number}", "expires_after_secs": 86400}})

    def begin(self, call: Call) -> Answer:
        asked, kind = call.json, call.json.get("media_category")
        types, most = WORKED_ON.get(kind, ((), 0))
        if set(asked) - {"media_category", "media_type", "total_bytes", "additional_owners", "shared"} or asked["media_type"] not in types:
            return invalid(INVALID, "One or more parameters to your request was invalid.")
        if not 0 < asked["total_bytes"] <= most:
            return invalid(INVALID, "The media category or the size is not supported.")
        number = self.number()
        begun = {"bytes": asked["total_bytes"], "alt": "", "kind": kind, "pieces": {}, "frames": 0, "ready": False, "looks": 0}
        self.state["media"][number] = begun
        return Answer(200, {"data": {"id": number, "media_key": f"16_{number}", "expires_after_secs": 1295999}})

    def append(self, call: Call, number: str) -> Answer:
        media = self.state["media"].get(number)
        if media is None or set(call.json) != {"media", "segment_index"} or not 0 <= call.json["segment_index"] <= 999:
            return invalid(INVALID, "One or more parameters to your request was invalid.")
        data, place = base64.b64decode(call.json["media"], validate=True), call.json["segment_index"]
        if not 0 < len(data) <= LARGEST_PIECE:
            return invalid(PIECES, "The chunk is larger than 5 MB.")
        self._piece(number, place).write_bytes(data)
        media["pieces"][str(place)] = len(data)
        return Answer(200, {"data": {"expires_at": int(self.now()) + 86400}})

    def finish(self, call: Call, number: str) -> Answer:
        del call
        media = self.state["media"].get(number)
        places = sorted(map(int, media["pieces"])) if media else []
        whole = looked_at(self._piece(number, place) for place in places)
        if media is None or whole["size"] != media["bytes"] or places != list(range(len(places))):
            return invalid(INVALID, "Segments do not add up to provided total file size.")
        gif = media["kind"] == "tweet_gif"
        media.update(whole, frames=frames_of(b"".join(self._piece(number, place).read_bytes() for place in places)) if gif else 0)
        work = {"state": "pending", "check_after_secs": self.state["check_after"]}
        return Answer(200, {"data": {"id": number, "size": whole["size"], "processing_info": work}})

    def _piece(self, number: str, place: int) -> Path:
        return self.folder / f"{number}.{place}"

    def status(self, call: Call) -> Answer:
        """Works on a GIF or film for ``polls`` looks; what the best practices rule out fails, and a problem beside it says why."""
        number = call.fields["media_id"]
        media = self.state["media"].get(number)
        if media is None or call.fields.get("command") != "STATUS":
            return missing(INVALID, "Could not find the media.")
        media["looks"] += 1
        if "size" not in media:
            return invalid(INVALID, "The upload was not finalized.")
        if wrong := _unusable(media):
            failed = {"id": number, "processing_info": {"state": "failed", "progress_percent": 12}}
            problem = {"title": "Invalid Request", "detail": wrong, "type": f"{PROBLEMS}/invalid-request"}
            return Answer(200, {"data": failed, "errors": [problem]})
        media["ready"] = media["looks"] > self.state["polls"]
        work = {"state": "succeeded" if media["ready"] else "in_progress", "progress_percent": 50}
        work |= {} if media["ready"] else {"check_after_secs": self.state["check_after"]}
        return Answer(200, {"data": {"id": number, "processing_info": work}})

    def describe(self, call: Call) -> Answer:
        text = call.json["metadata"]["alt_text"]["text"]
        if len(text) > 1_000:
            return invalid(INVALID, "alt_text is too long")
        if call.json["id"] not in self.state["media"]:
            return invalid(INVALID, "Your media IDs are invalid.")
        if self.state["media"][call.json["id"]]["kind"] == "tweet_video":
            return invalid(NO_ALT, "alt_text can only be added to images.")
        self.state["media"][call.json["id"]]["alt"] = text
        return Answer(200, {"data": {"id": call.json["id"]}})

    def create(self, call: Call) -> Answer:
        text, media = call.json["text"], call.json.get("media", {}).get("media_ids", [])
        if refused := _no_text(text):
            return refused
        poll = call.json.get("poll")
        if refused := self._no_media(media) or (self._no_poll(poll, with_media=bool(media)) if poll else None):
            return refused
        above = call.json.get("reply", {}).get("in_reply_to_tweet_id", "")
        if above and above not in {each["id"] for each in self.state["tweets"]}:
            return invalid(INVALID, "Reply to a post that does not exist.")
        # [ours] an answer with the same words as another post is no duplicate of it unless both answer the same one.
        if any(each["text"] == text and each["above"] == above for each in self.state["tweets"]):
            return error(TWICE, 403, "You are not allowed to create a Tweet with duplicate content.")
        number = self.number()
        alts = [self.state["media"][each]["alt"] for each in media]
        tweet = {"id": number, "text": text, "alts": alts, "media": media, "above": above, "at": self.now(), "poll": poll}
        self.state["tweets"].append(tweet)
        return Answer(201, {"data": {"id": number, "text": text}})

    def _no_media(self, media: list[str]) -> Answer | None:
        """Holds pictures to the rule of the best practices: 4 photos, or 1 animated GIF, or 1 video; each of them ready."""
        known = [self.state["media"].get(number, {"ready": False, "kind": ""}) for number in media]
        if len(media) > 4 or not all(each["ready"] for each in known):
            return invalid(INVALID, "Your media IDs are invalid.")
        if len(media) > 1 and any(each["kind"] != "tweet_image" for each in known):
            return invalid(INVALID, "You may attach up to 4 photos, 1 animated GIF or 1 video in a Post.")
        return None

    def _no_poll(self, poll: dict[str, Any], *, with_media: bool) -> Answer | None:
        """Holds a poll to the schema of POST /2/tweets; [ours] that it takes no media beside one, as X's own app."""
        if set(poll) - {"options", "duration_minutes", "reply_settings"} or not 2 <= len(poll["options"]) <= 4:
            return invalid(INVALID, "poll is not valid")
        if any(not 1 <= len(option) <= 25 for option in poll["options"]) or not 5 <= poll["duration_minutes"] <= 10_080:
            return invalid(INVALID, "poll is not valid")
        return invalid(INVALID, "Polls and media cannot be in one post.") if with_media else None

    def delete(self, call: Call, number: str) -> Answer:
        del call
        kept = [each for each in self.state["tweets"] if each["id"] != number]
        if len(kept) == len(self.state["tweets"]):
            return missing(MISSING, f"Could not find tweet with id: [{number}].")
        self.state["tweets"] = kept
        return Answer(200, {"data": {"deleted": True}})

    def tweets(self, call: Call) -> Answer:
        most = int(call.fields["max_results"])
        if not 5 <= most <= 100:
            return invalid(INVALID, "The `max_results` query parameter value is not between 5 and 100")
        since = datetime.fromisoformat(unquote(call.fields.get("start_time", "1970-01-01T00:00:00Z"))).timestamp()
        found = [each for each in reversed(self.state["tweets"]) if each["at"] >= since][:most]
        numbers = [number for each in found for number in each["media"]]
        media = [_medium(number, self.state["media"][number]) for number in numbers]
        polls = [_poll(each) for each in found if each["poll"]] if "attachments.poll_ids" in call.fields.get("expansions", "") else []
        includes = {**({"media": media} if media else {}), **({"polls": polls} if polls else {})}
        body = {"data": [_shown(each) for each in found], **({"includes": includes} if includes else {})}
        return Answer(200, body if found else {"meta": {"result_count": 0}})


def frames_of(data: bytes) -> int:
    """Returns how many pictures a GIF holds, by its blocks (GIF89a, appendix B); 0 where it is none."""
    if data[:6] not in {b"GIF87a", b"GIF89a"}:
        return 0

    def table(packed: int) -> int:
        return 3 * 2 ** ((packed & 7) + 1) if packed & 0x80 else 0

    def behind(at: int) -> int:
        while data[at]:
            at += data[at] + 1
        return at + 1

    at, found = 13 + table(data[10]), 0
    while data[at] != 0x3B:
        if data[at] == 0x21:
            at = behind(at + 2)
        else:
            assert data[at] == 0x2C, "a block of a picture"
            at, found = behind(at + 11 + table(data[at + 9])), found + 1
    return found


def _unusable(media: dict[str, Any]) -> str:
    """Returns what the best practices rule out of a GIF or film; [ours] the words."""
    if media["kind"] == "tweet_gif":
        return "" if 1 < media["frames"] <= 350 else "The GIF has too many frames, or only one."
    if not media["seconds"]:
        return "The file is not a video."
    return "" if 0.5 <= media["seconds"] <= 140 else "Video is longer than 140 seconds or shorter than 0.5."


def _medium(number: str, media: dict[str, Any]) -> dict[str, Any]:
    """Returns a media object ("Media" of the data dictionary): a film has a still that stands before it, and no address of its own."""
    row = {"media_key": f"3_{number}", "type": "photo", "alt_text": media["alt"], "url": f"https://pbs.twimg.com/media/{number}.jpg"}
    if media["kind"] == "tweet_video":
        still = f"https://pbs.twimg.com/ext_tw_video_thumb/{number}.jpg"
        row = {"media_key": f"3_{number}", "type": "video", "preview_image_url": still, "duration_ms": round(media["seconds"] * 1_000)}
    return row


def _shown(tweet: dict[str, Any]) -> dict[str, Any]:
    """Puts t.co addresses in the place of links, which get a scheme, and after the words for pictures, and escapes as the API does."""
    urls: list[dict[str, str]] = []
    text = tweet["text"]
    for start, end in reversed(links(text)):
        typed = text[start:end]
        whole = typed if typed.lower().startswith(("https://", "http://")) else f"http://{typed}"
        urls.append({"url": f"https://t.co/{len(urls):010}", "expanded_url": whole})
        text = f"{text[:start]}{urls[-1]['url']}{text[end:]}"
    for number in range(len(tweet["alts"][:1])):
        urls.append({"url": f"https://t.co/picture{number}", "expanded_url": "https://x.com/photo/1", "media_key": "3_1"})
        text = f"{text} {urls[-1]['url']}"
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    made = datetime.fromtimestamp(tweet["at"], UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    row = {"id": tweet["id"], "text": text, "entities": {"urls": urls}, "created_at": made, "lang": "und"}
    if tweet["above"]:
        row["referenced_tweets"] = [{"type": "replied_to", "id": tweet["above"]}]
    attached = {"media_keys": [f"3_{number}" for number in tweet["media"]]} if tweet["media"] else {}
    attached |= {"poll_ids": [f"9{tweet['id']}"]} if tweet["poll"] else {}
    return {**row, **({"attachments": attached} if attached else {})}


def _poll(tweet: dict[str, Any]) -> dict[str, Any]:
    """Returns the poll object of a tweet (openapi.json, Poll and PollOptions)."""
    options = [{"position": place, "label": text, "votes": 0} for place, text in enumerate(tweet["poll"]["options"], start=1)]
    return {"id": f"9{tweet['id']}", "options": options}


def _no_text(text: str) -> Answer | None:
    """Holds a text to its length, and to the one cashtag of integrate.mdx; [ours] how a second one is refused."""
    if weighted_length(text) > LONGEST:
        return invalid(INVALID, "Your Tweet text is too long.")
    several = len(re.findall(r"(?:^|\s)\$[a-z]{1,6}\b", text, re.IGNORECASE)) > 1
    return error(CASHTAGS, 403, "You are not permitted to post more than one cashtag.") if several else None


if __name__ == "__main__":
    serve(X, sys.argv[1:])
