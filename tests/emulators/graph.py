"""Meta's Graph API: Instagram, Threads and Facebook Pages.

Sources: "Content Publishing" guide v25.0, "IG Container", "IG Media" and "Error Codes" (2026-06-02) of the Instagram Platform;
"Threads API" overview (2025-12-22), its publishing and troubleshooting pages; "Page Feed" and "Page Photos" references, and
facebook-python-business-sdk (2026-06-24) for Pages. ``[ours]`` marks what none of them says.
"""

import io
import json
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

import httpx
from PIL import Image, UnidentifiedImageError

from tests.emulators.emulating import Answer, Call, Emulator, Route, Source, loopback, serve
from tests.emulators.graph_pages import PAGES, Pages
from tests.emulators.threads_counting import MOST as MOST_OF_THREADS
from tests.emulators.threads_counting import length as length_of_threads

INSTAGRAM_USER, THREADS_USER, PAGE = "17841400000000001", "25025000000000001", "100200300400500"
INSTAGRAM_TOKEN, THREADS_TOKEN, PAGE_TOKEN = "IGAA-planted-instagram", "THAA-planted-threads", "EAAA-planted-page"
PERSON_TOKEN = "EAAB-planted-person"
PLACE, PAGE_WITHOUT_ADDRESS = "110774245616525", "309968765748101"
DAY = 24 * 3600
VERSION = r"/v\d+\.\d+"
# The permissions are those that the reference pages name in their tables of requirements.
RIGHTS = {
    INSTAGRAM_TOKEN: ["instagram_business_basic", "instagram_business_content_publish", "instagram_business_manage_comments"],
    THREADS_TOKEN: ["threads_basic", "threads_content_publish", "threads_manage_replies", "threads_delete"],
    PAGE_TOKEN: ["pages_manage_posts", "pages_read_engagement", "pages_manage_engagement"],
    PERSON_TOKEN: [
        "instagram_basic",
        "instagram_content_publish",
        "instagram_manage_comments",
        "instagram_manage_contents",
        "pages_read_engagement",
    ],
}
USERS = {
    token: {"user": user, "network": network, "expires": None, "made": 0, "person": token == PERSON_TOKEN, "scopes": RIGHTS[token]}
    for token, user, network in (
        (INSTAGRAM_TOKEN, INSTAGRAM_USER, "instagram"),
        (PERSON_TOKEN, INSTAGRAM_USER, "instagram"),
        (THREADS_TOKEN, THREADS_USER, "threads"),
        (PAGE_TOKEN, PAGE, "facebook"),
    )
}
COMMENTING = {"instagram_business_manage_comments", "instagram_manage_comments"}
NEEDS_COMMENTING = r"(?:GET|POST) /v\d+\.\d+/\d+/comments"
PUBLISHING = {"instagram_business_content_publish", "instagram_content_publish", "threads_content_publish", "pages_manage_posts"}


CAPTION = "The maximum number of characters permitted for a caption is 2200. Please submit media with a shorter caption."
RATIO = "Please submit an image with a valid aspect ratio."
CODES = Source("Instagram Platform, Error Codes (2026-06-02)")
HANDLING = Source("Graph API, Handling Errors: 10, 190, 463; [C] the words, as logs of programs quote them")
UNKNOWN = Source("[C] 2500 and its words, as logs of programs quote them")
ABSENT = Source("[C] 100/33 and its words, as logs of programs quote them")
RENEWING = Source("Refresh Access Token: 24 hours, grant types; [ours] how the others are refused")
TOKENS = Source("[ours] Debug-Token is a page of graph.facebook.com and of Threads: that graph.instagram.com refuses it, and how")
REFERENCE = Source("[ours] how more is refused than IG User Media, Threads Posts and Polls allow")
PLACES = Source("IG User Media, location_id: INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID")
LINKS = Source("Threads API, Posts (2026-07-02): THREADS_API__LINK_LIMIT_EXCEEDED")
CONTAINERS = Source("IG User Media, creating: 400 containers in 24 hours; [ours] that it is told with 9/2207042")
ONCE = Source("[ours] how a container that is published already is refused")


def error(source: Source, code: int, subcode: int = 0, message: str = "An error", *, transient: bool = False, status: int = 400) -> Answer:
    """Returns the error envelope of the Graph API ("Error handling", fields as in the Instagram "Error Codes" page)."""
    del source
    kind = {"message": message, "type": "OAuthException", "code": code, "is_transient": transient, "fbtrace_id": "AbCdEf012345"}
    return Answer(status, {"error": kind | ({"error_subcode": subcode, "error_user_msg": message} if subcode else {})})


class Refuse(Exception):
    """Carries the answer that ends a call early."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


NEEDS_PUBLISHING = (
    rf"POST {VERSION}/\d+/(media|threads|media_publish|threads_publish|photos|feed|videos|photo_stories)$"
    rf"|GET {VERSION}/\d+/(content|threads)_publishing_limit$"
)


class Graph(Emulator, Pages):
    """Answers for one Instagram account, one Threads profile and one Page.

    Switches: ``polls``, ``quota``, ``admin``, ``tokens``, ``usage``.

    What is scheduled on the Page goes out by the emulator's clock, at the next call.
    """

    routes: ClassVar[tuple[Route, ...]] = (
        (rf"POST {VERSION}/(\d+)/media", "create", "IG User Media, Threads User Threads: creating a container"),
        (rf"POST {VERSION}/(\d+)/threads", "create", "IG User Media, Threads User Threads: creating a container"),
        (rf"POST {VERSION}/(\d+)/(?:media|threads)_publish", "publish", "IG User Media Publish, Threads Publish"),
        (
            rf"GET {VERSION}/(\d+)/(?:content|threads)_publishing_limit",
            "quota",
            "IG User Content Publishing Limit, Threads Publishing Limit",
        ),
        (rf"GET {VERSION}/(\d+)/(media|threads|replies)", "listing", "IG User Media, Threads User Threads, Threads User Replies: reading"),
        (rf"DELETE {VERSION}/(\d+)", "remove", "Delete Posts (Threads), IG Media: Deleting"),
        (rf"POST {VERSION}/(\d+)/comments", "comment", "IG Media Comments: creating"),
        (rf"GET {VERSION}/(\d+)/comments", "comments", "IG Media Comments: reading"),
        (r"GET /refresh_access_token", "refresh", "Refresh Access Token"),
        (rf"GET {VERSION}/me", "me", "User: /me"),
        (rf"GET {VERSION}/debug_token", "debug", "Debug-Token"),
        *((pattern.replace("VERSION", VERSION), name, document) for pattern, name, document in PAGES),
        (rf"GET {VERSION}/(\d+)", "node", "IG Container, IG Media, Threads Media: reading"),
    )

    def fresh(self) -> dict[str, Any]:
        users = json.loads(json.dumps(USERS))
        switches = {
            "polls": 1,
            "quota": 100,
            "admin": False,
            "fetch_seconds": 3.0,
            "story_archive": True,
            "data_access": 0,
            "drafts_stay_drafts": False,
            "oversleeps": False,
            "loses_scheduled": False,
            "page_size": 100,
            "usage": {},
            "usage_met": 0,
        }
        return {
            "tokens": users,
            "containers": {},
            "media": {},
            "photos": {},
            "posts": {},
            "videos": {},
            "stories": [],
            "comments": [],
            "fetched": [],
            **switches,
        }

    def unknown(self, call: Call) -> Answer:
        return error(UNKNOWN, 2500, message=f"Unknown path components: {call.path}")

    def refused(self, call: Call) -> Answer | None:
        token = call.fields.get("access_token") or call.headers.get("authorization", "").removeprefix("Bearer ")
        known = self.state["tokens"].get(token)
        if known is None:
            return error(HANDLING, 190, message=f"Invalid OAuth access token - Cannot parse access token {token}")
        if known["expires"] is not None and known["expires"] <= self.now():
            return error(HANDLING, 190, 463, f"Error validating access token {token}: Session has expired")
        if re.fullmatch(NEEDS_COMMENTING, f"{call.method} {call.path}") and not COMMENTING & set(known["scopes"]):
            return error(HANDLING, 10, message="(#10) Application does not have permission for this action")
        if re.search(NEEDS_PUBLISHING, f"{call.method} {call.path}") and not PUBLISHING & set(known["scopes"]):
            return error(HANDLING, 10, message="(#10) Application does not have permission for this action")
        return None

    def handle(self, call: Call) -> Answer:
        self.ripen()
        try:
            answer = super().handle(call)
        except Refuse as refusal:
            answer = refusal.answer
        return replace(answer, headers={**answer.headers, **self.usage(call)})

    def usage(self, call: Call) -> dict[str, str]:
        """Returns the headers of "Rate Limits" that the switch ``usage`` holds under ``headers``: texts, or tables that become JSON.

        Its key ``after`` is a pattern: they are sent from the first call on that it matches, or from as many on as ``times`` says.
        """
        ordered: dict[str, Any] = self.state["usage"]
        times = ordered.get("times", 1)
        if ordered and self.state["usage_met"] < times:
            self.state["usage_met"] += bool(re.fullmatch(ordered.get("after", ".*"), f"{call.method} {call.path}"))
        if not ordered or self.state["usage_met"] < times:
            self.state["usage_met"] *= bool(ordered)
            return {}
        headers = ordered.get("headers", {})
        return {name: value if isinstance(value, str) else json.dumps(value) for name, value in headers.items()}

    def bearer(self, call: Call) -> dict[str, Any]:
        """Returns what is known of the token that a call brings along."""
        token = call.fields.get("access_token") or call.headers.get("authorization", "").removeprefix("Bearer ")
        known: dict[str, Any] = self.state["tokens"][token]
        return known

    def me(self, call: Call) -> Answer:
        """Tells whose the token is: of Facebook's login it is a person's, who is not the account."""
        known = self.bearer(call)
        if known["person"]:
            return self._named(call, {"id": "7000000000000001", "name": "Ida Marsh"})
        return self._named(call, {"id": known["user"], "user_id": known["user"], "username": "harbourworkers", "name": "Harbour Workers"})

    def _named(self, call: Call, names: dict[str, str]) -> Answer:
        return Answer(200, {name: value for name, value in names.items() if name in call.fields.get("fields", "id").split(",")})

    def refresh(self, call: Call) -> Answer:
        """Gives 60 more days to a token that is a day old and has not ended ("Refresh Access Token", 2025-07-17)."""
        token = call.fields["access_token"]
        known = self.state["tokens"][token]
        grant = {"instagram": "ig_refresh_token", "threads": "th_refresh_token"}.get(known["network"])
        if call.fields.get("grant_type") != grant:
            return error(RENEWING, 100, message="Unsupported grant_type")
        if known["made"] > self.now() - DAY:
            return error(RENEWING, 10, message="The token must be at least 24 hours old")
        self.state["tokens"][f"{token}-next"] = {**known, "expires": self.now() + 60 * DAY, "made": self.now()}
        return Answer(200, {"access_token": f"{token}-next", "token_type": "bearer", "expires_in": 60 * DAY})

    def debug(self, call: Call) -> Answer:
        """Tells of a token when it ends, 0 for never ("Debug-Token" reference)."""
        known = self.state["tokens"].get(call.fields.get("input_token", ""))
        ends = {"expires_at": int((known or {}).get("expires") or 0), "data_access_expires_at": self.state["data_access"]}
        if self.bearer(call)["network"] == "instagram" and not self.bearer(call)["person"]:
            return error(TOKENS, 100, 33, "Unsupported get request.")  # the page is of graph.facebook.com, and Threads has one of its own
        return Answer(200, {"data": {"is_valid": known is not None, "scopes": (known or {}).get("scopes", []), **ends}})

    def create(self, call: Call, user: str) -> Answer:
        """Makes a container; pictures are fetched at once, as the guide says: "We cURL media"."""
        network = "threads" if call.path.endswith("/threads") else "instagram"
        made = [each for each in self.state["containers"].values() if each["user"] == user and each["created"] > self.now() - DAY]
        if network == "instagram" and len(made) >= 400:
            raise Refuse(
                error(
                    CONTAINERS, 9, 2207042, "You reached maximum number of posts that is allowed to be published by Content Publishing API."
                )
            )
        kind = _kind(network, call)
        self._words(network, kind, call)
        if call.fields.get("video_url") or kind in {"VIDEO", "REELS"}:
            self._fetch(network, call.fields.get("video_url", ""), "VIDEO")
        elif kind in {"IMAGE", "STORIES"}:
            self._fetch(network, call.fields.get("image_url", ""), kind)
        number = self.number()
        self.state["containers"][number] = {
            "id": number,
            "user": user,
            "network": network,
            "kind": kind,
            "fields": {key: value for key, value in call.fields.items() if key != "access_token"},
            "polls": self.state["polls"],
            "created": self.now(),
            "error": "",
            "published": None,
        }
        if call.fields.get("auto_publish_text") == "true":
            self._publish(self.state["containers"][number])
        return Answer(200, {"id": number})

    def _words(self, network: str, kind: str, call: Call) -> None:
        if kind == "CAROUSEL":
            children = call.fields.get("children", "").split(",")
            if not 2 <= len(children) <= (10 if network == "instagram" else 20):
                raise Refuse(
                    error(
                        CODES,
                        100,
                        2207028,
                        "Your post won't work as a carousel. Carousels need at least 2 photos/videos and no more than 10 photos/videos.",
                    )
                )
            for child in children:
                self._ready(child, network)
        refusal = _caption(call.fields.get("caption", "")) if network == "instagram" else _text(call.fields.get("text", ""))
        if refusal:
            raise Refuse(refusal)
        # "IG User Media": collaborators, up to 3 usernames; [ours]: the page does not say how it refuses.
        if len(json.loads(call.fields.get("collaborators", "[]"))) > 3:
            raise Refuse(error(REFERENCE, 100, message="Param collaborators must have at most 3 usernames."))
        self._place(kind, call)
        above = call.fields.get("reply_to_id", "")
        if above and above not in self.state["media"]:
            raise Refuse(error(REFERENCE, 100, 33, "The post that this one answers does not exist"))
        self._poll(call)
        if len(call.fields.get("alt_text", "")) > 1_000:
            raise Refuse(error(REFERENCE, 100, message="Param alt_text must be at most 1000 characters long."))

    def _place(self, kind: str, call: Call) -> None:
        """Takes the Page of a place that has an address, but for parts of a carousel and stories ("IG User Media": location_id)."""
        place = call.fields.get("location_id", "")
        if place and (call.fields.get("is_carousel_item") or kind == "STORIES"):
            raise Refuse(
                error(REFERENCE, 100, message="Param location_id is not supported here")
            )  # [ours]: the page does not say how it refuses
        if place and place != PLACE:
            raise Refuse(error(PLACES, 100, message="INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID"))

    def _poll(self, call: Call) -> None:
        """Takes two to four answers of 25 characters, below words alone ("Polls", 2026-07-02)."""
        options = list(json.loads(call.fields.get("poll_attachment", "{}")).values())
        if options and (not 2 <= len(options) <= 4 or any(not 1 <= len(each) <= 25 for each in options)):
            raise Refuse(error(REFERENCE, 100, message="Param poll_attachment has an invalid number or length of options."))
        if options and call.fields.get("media_type") != "TEXT":
            raise Refuse(error(REFERENCE, 100, message="Polls can be attached to text-only posts."))

    def _fetch(self, network: str, url: str, kind: str) -> None:
        """Gets the picture over HTTP from wherever it says, with the answers of the "Error Codes" page."""
        if not url.isascii() or not url:
            raise Refuse(error(CODES, 9004, 2207052, f"The media could not be fetched from this uri: {url}"))
        try:
            answer = loopback().get(url, timeout=float(self.state["fetch_seconds"]), follow_redirects=True)
        except httpx.TimeoutException as late:
            raise Refuse(error(CODES, -2, 2207003, "It takes too long to download the media.", transient=True)) from late
        except httpx.HTTPError as unreachable:
            raise Refuse(error(CODES, 9004, 2207052, f"The media could not be fetched from this uri: {url}")) from unreachable
        if answer.status_code != 200:
            raise Refuse(error(CODES, 9004, 2207052, f"The media could not be fetched from this uri: {url}"))
        if kind == "VIDEO":
            _play(answer.content)
        elif len(answer.content) > 8 * 1024 * 1024:
            raise Refuse(error(CODES, 36000, 2207004, "The image is too large to download. It should be less than 8 MiB."))
        else:
            _look(answer.content, network, kind)
        self.state["fetched"].append({"url": url, "bytes": len(answer.content), "type": answer.headers.get("content-type", "")})

    def _ready(self, container: str, network: str) -> dict[str, Any]:
        found: dict[str, Any] | None = self.state["containers"].get(container)
        if found is None or found["network"] != network:
            raise Refuse(error(CODES, 24, 2207006, f"The media with {container} cannot be found"))
        if self._status(found) == "EXPIRED":
            raise Refuse(error(CODES, 24, 2207008, f"The media builder with creation id = {container} does not exist or has been expired."))
        return found

    def _status(self, container: dict[str, Any]) -> str:
        if container["published"]:
            return "PUBLISHED"
        if container["error"]:
            return "ERROR"
        if container["created"] <= self.now() - DAY:
            return "EXPIRED"
        return "IN_PROGRESS" if container["polls"] > 0 else "FINISHED"

    def publish(self, call: Call, user: str) -> Answer:
        """Makes a finished container visible, once; the second time is refused [ours: no page tells how]."""
        container = self._ready(call.fields.get("creation_id", ""), "threads" if call.path.endswith("threads_publish") else "instagram")
        status = self._status(container)
        if status in {"IN_PROGRESS", "ERROR"}:
            raise Refuse(error(CODES, 9007, 2207027, "The media is not ready for publishing, please wait for a moment"))
        if status == "PUBLISHED":
            raise Refuse(error(ONCE, 24, 2207006, "The requested media was already published"))
        if self._used(user) >= self.state["quota"]:
            raise Refuse(
                error(CODES, 9, 2207042, "You reached maximum number of posts that is allowed to be published by Content Publishing API.")
            )
        return Answer(200, {"id": self._publish(container)})

    def _publish(self, container: dict[str, Any]) -> str:
        number = self.number()
        fields = container["fields"]
        children = [self.state["containers"][child]["fields"] for child in fields.get("children", "").split(",") if child]
        container["published"] = number
        self.state["media"][number] = {
            "id": number,
            "user": container["user"],
            "network": container["network"],
            "kind": container["kind"],
            "text": fields.get("caption", "") or fields.get("text", ""),
            "alts": [
                each.get("alt_text", "") for each in (children or ([fields] if fields.get("image_url") or fields.get("video_url") else []))
            ],
            "poll": json.loads(fields.get("poll_attachment", "{}")),
            "link": fields.get("link_attachment", ""),
            "reply_to": fields.get("reply_to_id", ""),
            "place": fields.get("location_id", ""),
            "at": self.now(),
        }
        return number

    def _used(self, user: str) -> int:
        return sum(each["user"] == user and each["at"] > self.now() - DAY for each in self.state["media"].values())

    def quota(self, call: Call, user: str) -> Answer:
        del call
        config = {"quota_total": self.state["quota"], "quota_duration": DAY}
        return Answer(200, {"data": [{"quota_usage": self._used(user), "config": config}]})

    def listing(self, call: Call, user: str, what: str) -> Answer:
        """Lists what is out, newest first, in pages; stories are not in it ("IG User Media"), answers have a list of their own."""
        since, answers = float(call.fields.get("since", 0)), what == "replies"
        mine = [each for each in self.state["media"].values() if each["user"] == user and each["at"] >= since]
        found = [each for each in reversed(mine) if each["kind"] != "STORIES" and bool(each["reply_to"]) is answers]
        start, most = int(call.fields.get("after", 0)), int(call.fields.get("limit", 25))
        page, last = found[start : start + most], start + most >= len(found)
        paging = {} if last else {"cursors": {"after": str(start + most)}}
        return Answer(200, {"data": [self._media(each) for each in page], "paging": paging})

    def remove(self, call: Call, number: str) -> Answer:
        """Deletes a post ("Delete Posts" of Threads, "IG Media": Deleting), but with no token of Instagram's login.

        What is not there and what the token does not allow is answered alike, as the Graph API does everywhere.
        """
        known, media = self.bearer(call), self.state["media"].get(number)
        if media is None or not {"threads_delete", "instagram_manage_contents"} & set(known["scopes"]):
            told = f"Unsupported delete request. Object with ID '{number}' does not exist, cannot be loaded due to missing permissions, or"
            return error(ABSENT, 100, 33, f"{told} does not support this operation.")
        del self.state["media"][number]
        return Answer(200, {"success": True, "deleted_id": number})

    def _media(self, media: dict[str, Any]) -> dict[str, Any]:
        at = datetime.fromtimestamp(media["at"], UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
        shown = {"id": media["id"], "timestamp": at, "media_type": media["kind"], **_pictures(media)}
        shown["comments_count"] = len(self.below(media["id"]))
        if media["reply_to"]:
            shown["replied_to"] = {"id": media["reply_to"]}
        if media["poll"]:
            shown["poll_attachment"] = {**media["poll"], "total_votes": 0}
        if media["network"] == "threads":
            return shown | {"text": media["text"], "permalink": f"https://www.threads.net/@harbourworkers/post/{media['id']}"}
        caption = media["text"] if self.state["admin"] else media["text"].replace("@", "")
        return shown | {"caption": caption, "permalink": f"https://www.instagram.com/p/{media['id']}/"}

    def node(self, call: Call, number: str) -> Answer:
        """Tells of a container, of a medium or of the account itself by its id."""
        if number == self.bearer(call)["user"]:
            return self._named(call, {"id": number, "username": "harbourworkers"})
        container = self.state["containers"].get(number)
        if container:
            status = self._status(container)
            container["polls"] -= 1
            if container["network"] == "threads":
                return Answer(200, {"id": number, "status": status} | ({"error_message": container["error"]} if container["error"] else {}))
            return Answer(
                200, {"id": number, "status_code": status, "status": f"{status.title()}: {container['error'] or 'see status_code'}"}
            )
        media = self.state["media"].get(number)
        video = self.state["videos"].get(number)
        if video:
            status = "processing" if video["polls"] > 0 else "ready"
            video["polls"] -= 1
            shown = {"published": video["published"], "status": {"video_status": status}, "permalink_url": f"/watch/?v={number}"}
            return Answer(200, {"id": number, **shown})
        if media:
            return Answer(200, self._media(media))
        return error(
            ABSENT,
            100,
            33,
            f"Unsupported get request. Object with ID '{number}' does not exist, cannot be loaded due to missing permissions",
        )

    def comment(self, call: Call, media: str) -> Answer:
        if media not in self.state["media"]:
            return error(ABSENT, 100, 33, "Unsupported post request.")
        self.state["comments"].append({"media": media, "message": call.fields["message"]})
        return Answer(200, {"id": self.number()})

    def comments(self, call: Call, media: str) -> Answer:
        del call
        if media not in self.state["media"]:
            return error(ABSENT, 100, 33, "Unsupported get request.")
        return Answer(200, {"data": [{"id": str(n), "text": each["message"]} for n, each in enumerate(self.below(media))]})


def _pictures(media: dict[str, Any]) -> dict[str, Any]:
    each = [{"media_url": f"https://cdn.example/{media['id']}-{n}.jpg", "alt_text": alt} for n, alt in enumerate(media["alts"])]
    return {"children": {"data": each}} if len(each) > 1 else (each[0] if each else {})


def _play(data: bytes) -> None:
    """Refuses what is no MP4 or MOV ("Error Codes": 352/2207026)."""
    if data[4:8] not in {b"ftyp", b"moov", b"wide", b"mdat"}:
        raise Refuse(error(CODES, 352, 2207026, "The video format is not supported. Please check spec for supported video format"))


def _caption(text: str) -> Answer | None:
    if len(text) > 2_200:  # [ours] code points: the guide says "characters"
        return error(CODES, 36004, 2207010, f"The submitted image's caption was {len(text)} characters long. {CAPTION}")
    return error(CODES, 100, 2207040, "Cannot use more than 20 tags per created media.") if len(re.findall(r"@\w", text)) > 20 else None


def _text(text: str) -> Answer | None:
    if length_of_threads(text) > MOST_OF_THREADS:
        return error(REFERENCE, 100, message="Param text must be at most 500 characters long.")
    return error(LINKS, 100, message="THREADS_API__LINK_LIMIT_EXCEEDED") if len(set(re.findall(r"https?://\S+", text))) > 5 else None


def _look(data: bytes, network: str, kind: str) -> None:
    """Refuses pictures as the "Error Codes" page says."""
    try:
        picture = Image.open(io.BytesIO(data))
    except UnidentifiedImageError as wrong:
        raise Refuse(error(CODES, 36001, 2207005, "The image format unknown is not supported. Supported formats are: JPEG.")) from wrong
    if picture.format not in ({"JPEG"} if network == "instagram" else {"JPEG", "PNG"}):
        raise Refuse(error(CODES, 36001, 2207005, f"The image format {picture.format} is not supported. Supported formats are: JPEG."))
    if network == "instagram" and kind != "STORIES" and not 0.799 <= picture.width / picture.height <= 1.911:
        raise Refuse(
            error(
                CODES,
                36003,
                2207009,
                f"The submitted image with aspect ratio {picture.width}:{picture.height} cannot be published. {RATIO}",
            )
        )


def _kind(network: str, call: Call) -> str:
    if network == "threads":
        return call.fields.get("media_type", "TEXT")
    return call.fields.get("media_type", "IMAGE")


if __name__ == "__main__":
    serve(Graph, sys.argv[1:])
