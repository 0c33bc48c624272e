"""The part of the Graph API that answers for Facebook Pages; see :mod:`tests.emulators.graph` for the sources."""

import json
from datetime import UTC, datetime
from typing import Any

from tests.emulators.emulating import Answer, Call, Source

PAGES = (
    (r"POST VERSION/(\d+)/photos", "photo", "Page Photos: creating"),
    (r"POST VERSION/(\d+)/feed", "feed", "Page Feed: publishing"),
    (r"POST VERSION/(\d+)/videos", "video", "Page Videos: creating"),
    (r"POST VERSION/(\d+)/photo_stories", "photo_story", "Page Stories API: publishing a photo"),
    (r"GET VERSION/(\d+)/stories", "stories", "Page Stories API: reading"),
    (r"POST VERSION/(\d+)", "update_video", "Video: updating"),
    (r"GET VERSION/(\d+)/published_posts", "published_posts", "Page Published Posts"),
    (r"GET VERSION/(\d+)/scheduled_posts", "scheduled_posts", "Page Scheduled Posts"),
    (r"POST VERSION/(\d+_\d+)/comments", "comment_on_post", "Object Comments: publishing"),
    (r"GET VERSION/(\d+_\d+)/comments", "comments_on_post", "Object Comments: reading"),
    (r"POST VERSION/(\d+_\d+)", "update", "Page Post: updating"),
    (r"GET VERSION/(\d+_\d+)", "post", "Page Post: reading"),
    (r"DELETE VERSION/(\d+_\d+)", "delete", "Page Post: deleting"),
)
LARGEST_PHOTO = 4_000_000
LONGEST = 63_206
"""How many characters a post may have: what publishing programs use (gitroomhq/postiz-app, 2026-08-21).

[ours] That these are code points, and how the API refuses one more: no page of Meta's says either.
"""
SOONEST, LATEST = 600, 30 * 24 * 3600
"""How many seconds ahead a post may be scheduled ("Posts", guide of the Pages API: 10 minutes to 30 days)."""


MAPPED = Source("[C] subcode and words in gitroomhq/postiz-app (2026-08-21)")
IMAGES = Source("[C] 324/2069019, 352/1363024 and their words, as logs of programs quote them")
ABSENT = Source("[C] 100/33 and its words, as logs of programs quote them")
WINDOW = Source("Posts, guide of the Pages API: 10 minutes to 30 days; [ours] how another time is refused")
EMPTY = Source("[ours] that a post without words, link and photos is refused, and how")
LONG = Source("[ours] how a text is refused that is too long")
STORIES = Source("Page Stories API: a photo that was not published; [ours] how another one is refused")
PHOTOS = Source("[ours] how a post with photos that are not there is refused")


def _refusal(source: Source, code: int, subcode: int, message: str) -> Answer:
    del source
    return Answer(400, {"error": {"message": message, "type": "OAuthException", "code": code, "error_subcode": subcode, "fbtrace_id": "A"}})


class Pages:
    """Keeps photos and posts of one Page; a post is a draft until ``is_published`` is set (parameter list of the official SDK)."""

    state: dict[str, Any]

    def now(self) -> float:
        """Returns the emulator's time."""
        raise NotImplementedError

    def number(self) -> str:
        """Returns an id that was never given before."""
        raise NotImplementedError

    def photo(self, call: Call, page: str) -> Answer:
        """Takes a picture as multipart ``source`` ("Page Photos": up to 4 MB)."""
        source = call.files.get("source")
        if source is None:
            return _refusal(IMAGES, 324, 2069019, "(#324) Missing or invalid image file")
        if len(source.data) > LARGEST_PHOTO:
            return _refusal(
                MAPPED, 100, 1366046, "Your photos couldn't be uploaded. Photos should be smaller than 4 MB and saved as JPG, PNG."
            )
        number = self.number()
        published = call.fields.get("published", "true") == "true"
        self.state["photos"][number] = {
            "page": page,
            "alt": call.fields.get("alt_text_custom", ""),
            "bytes": len(source.data),
            "used": "",
            "published": published,
            "temporary": call.fields.get("temporary") == "true",
        }
        return Answer(200, {"id": number})

    def feed(self, call: Call, page: str) -> Answer:
        """Makes a post, visible unless ``published=false``."""
        photos = [str(each["media_fbid"]) for each in json.loads(call.fields.get("attached_media", "[]"))]
        if not (call.fields.get("message") or call.fields.get("link") or photos):
            return _refusal(EMPTY, 100, 0, "(#100) A post needs a message, a link or photos")
        if len(call.fields.get("message", "")) > LONGEST:
            return _refusal(LONG, 100, 0, "(#100) Param message is too long")
        known = self.state["photos"]
        if any(number not in known for number in photos):
            return _refusal(PHOTOS, 100, 33, "(#100) The photo does not exist")
        if any(known[number]["used"] for number in photos):
            return _refusal(MAPPED, 100, 1366051, "These photos were already posted.")
        at = call.fields.get("scheduled_publish_time", "")
        refused = self._unfit_time(call, at) if at else None
        if refused is not None:
            return refused
        number = f"{page}_{self.number()}"
        for each in photos:
            known[each]["used"] = number
        published = call.fields.get("published", "true") == "true"
        self.state["posts"][number] = {
            "id": number,
            "page": page,
            "text": call.fields.get("message", ""),
            "link": call.fields.get("link", ""),
            "alts": [known[each]["alt"] for each in photos],
            "is_published": published,
            "at": self.now(),
            "scheduled": int(at) if at else 0,
        }
        return Answer(200, {"id": number})

    def _unfit_time(self, call: Call, at: str) -> Answer | None:
        """Refuses a time that is not ahead enough, or too far [ours: the numbers of the errors are in no document that was found]."""
        if call.fields.get("published", "true") != "false":
            return _refusal(WINDOW, 100, 0, "You cannot specify a scheduled publish time on a published post")
        if not SOONEST <= int(at) - self.now() <= LATEST:
            return _refusal(WINDOW, 100, 0, "The specified scheduled publish time is invalid.")
        return None

    def ripen(self) -> None:
        """Publishes what was scheduled and is due; does nothing where ``oversleeps`` is on, and loses it where ``loses_scheduled`` is."""
        for number, post in list(self.state["posts"].items()):
            if not post.get("scheduled") or post["is_published"] or post["scheduled"] > self.now() or self.state["oversleeps"]:
                continue
            if self.state["loses_scheduled"]:
                del self.state["posts"][number]
            else:
                post |= {"is_published": True, "at": float(post["scheduled"])}

    def scheduled_posts(self, call: Call, page: str) -> Answer:
        """Lists what is scheduled and not out yet ("Page Scheduled Posts"), a page at a time."""
        found = [
            each for each in self.state["posts"].values() if each["page"] == page and each.get("scheduled") and not each["is_published"]
        ]
        first = int(call.fields.get("after", 0))
        limit = min(int(call.fields.get("limit", 25)), self.state["page_size"])
        more = {"paging": {"cursors": {"after": str(first + limit)}}} if len(found) > first + limit else {}
        return Answer(200, {"data": [_shown(each) for each in found[first : first + limit]], **more})

    def video(self, call: Call, page: str) -> Answer:
        """Takes a film as multipart ``source`` (parameter list of the official SDK); it is worked on for ``polls`` looks [ours]."""
        source = call.files.get("source")
        if source is None or source.data[4:8] not in {b"ftyp", b"moov", b"wide"}:
            return _refusal(IMAGES, 352, 1363024, "The video file you selected is in a format that we don't support.")
        number = self.number()
        self.state["videos"][number] = {
            "id": number,
            "page": page,
            "text": call.fields.get("description", ""),
            "published": call.fields.get("published", "true") == "true",
            "polls": self.state["polls"],
        }
        return Answer(200, {"id": number})

    def update_video(self, call: Call, number: str) -> Answer:
        video = self.state["videos"].get(number)
        if video is None:
            return _refusal(ABSENT, 100, 33, "Unsupported post request.")
        video["text"] = call.fields.get("description", video["text"])
        video["published"] = video["published"] or call.fields.get("published") == "true"
        return Answer(200, {"success": True})

    def photo_story(self, call: Call, page: str) -> Answer:
        """Makes a story of a photo that was used for nothing else ("Page Stories API")."""
        photo = self.state["photos"].get(call.fields.get("photo_id", ""))
        if photo is None or photo["used"]:
            return _refusal(STORIES, 100, 33, "The photo does not exist or was published before")
        number = self.number()
        photo["used"] = number
        story = {"post_id": number, "media_id": call.fields["photo_id"], "page": page, "url": f"https://www.facebook.com/stories/{number}"}
        self.state["stories"].append(story)
        return Answer(200, {"success": True, "post_id": number})

    def stories(self, call: Call, page: str) -> Answer:
        """Lists stories where the Page's archive of them is turned on ("Page Stories API")."""
        del call
        shown = self.state["stories"] if self.state["story_archive"] else []
        return Answer(200, {"data": [each for each in shown if each["page"] == page]})

    def update(self, call: Call, number: str) -> Answer:
        """Sets ``is_published``; setting it again changes nothing."""
        post = self.state["posts"].get(number)
        if post is None:
            return _refusal(ABSENT, 100, 33, "Unsupported post request.")
        post["text"] = call.fields.get("message", post["text"])
        if call.fields.get("is_published") == "true" and not post["is_published"] and not self.state["drafts_stay_drafts"]:
            post |= {"is_published": True, "at": self.now()}
        return Answer(200, {"success": True})

    def delete(self, call: Call, number: str) -> Answer:
        del call
        if self.state["posts"].pop(number, None) is None:
            return _refusal(ABSENT, 100, 33, f"Unsupported delete request. Object with ID '{number}' does not exist")
        return Answer(200, {"success": True})

    def post(self, call: Call, number: str) -> Answer:
        del call
        post = self.state["posts"].get(number)
        return (
            Answer(200, _shown(post))
            if post
            else _refusal(ABSENT, 100, 33, f"Unsupported get request. Object with ID '{number}' does not exist")
        )

    def published_posts(self, call: Call, page: str) -> Answer:
        since = float(call.fields.get("since", 0))
        found = [each for each in self.state["posts"].values() if each["page"] == page and each["is_published"] and each["at"] >= since]
        return Answer(200, {"data": [_shown(each) for each in reversed(found)][: int(call.fields.get("limit", 25))]})

    def comment_on_post(self, call: Call, number: str) -> Answer:
        self.state["comments"].append({"media": number, "message": call.fields["message"]})
        return Answer(200, {"id": f"{number}_{self.number()}"})

    def comments_on_post(self, call: Call, number: str) -> Answer:
        del call
        if number not in self.state["posts"]:
            return _refusal(ABSENT, 100, 33, "Unsupported get request.")
        return Answer(200, {"data": [{"id": f"{number}_{n}", "message": each["message"]} for n, each in enumerate(self.below(number))]})

    def below(self, number: str) -> list[dict[str, str]]:
        """Returns the comments below a post, newest first."""
        return [each for each in reversed(self.state["comments"]) if each["media"] == number]


def _shown(post: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": post["id"],
        "message": post["text"],
        "attachments": {
            "data": [
                {"media": {"image": {"src": f"https://cdn.example/{n}.jpg"}}, "description": alt} for n, alt in enumerate(post["alts"])
            ]
        },
        "created_time": datetime.fromtimestamp(post["at"], UTC).strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "is_published": post["is_published"],
        **({"scheduled_publish_time": post["scheduled"]} if post.get("scheduled") and not post["is_published"] else {}),
        "permalink_url": f"https://www.facebook.com/{post['id'].replace('_', '/posts/')}",
    }
