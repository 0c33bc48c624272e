"""The REST API of a WordPress site. Source: "REST API Handbook" (WP-API/docs, 2025-06-04), posts, media and users references."""

import re
import sys
from typing import Any, ClassVar

from tests.emulators.emulating import Answer, Call, Emulator, basic, serve

USER, PASSWORD = "ana", "abcd planted word pass"


def error(status: int, code: str, message: str) -> Answer:
    return Answer(status, {"code": code, "message": message, "data": {"status": status}})


class WordPress(Emulator):
    routes: ClassVar[tuple[tuple[str, str], ...]] = (
        (r"GET /wp-json/wp/v2/users/me", "me"),
        (r"POST /wp-json/wp/v2/media", "upload"),
        (r"POST /wp-json/wp/v2/media/(\d+)", "describe"),
        (r"DELETE /wp-json/wp/v2/media/(\d+)", "discard"),
        (r"GET /wp-content/uploads/(\S+)", "file"),
        (r"GET /wp-json/wp/v2/posts", "posts"),
        (r"POST /wp-json/wp/v2/posts", "create"),
        (r"(?:POST|GET|DELETE) /wp-json/wp/v2/posts/(\d+)", "post"),
    )

    def fresh(self) -> dict[str, Any]:
        return {"posts": {}, "media": {}, "may_publish": True}

    def unknown(self, call: Call) -> Answer:
        del call
        return error(404, "rest_no_route", "No route was found matching the URL and request method.")

    def refused(self, call: Call) -> Answer | None:
        if call.path.startswith("/wp-content/") or call.headers.get("authorization") == basic(USER, PASSWORD):
            return None
        return error(401, "incorrect_password", "The provided password is an invalid application password.")

    def me(self, call: Call) -> Answer:
        del call
        return Answer(200, {"id": 1, "name": "Ana", "capabilities": {"publish_posts": self.state["may_publish"]}})

    def upload(self, call: Call) -> Answer:
        name = re.search(r'filename="([^"]+)"', call.headers.get("content-disposition", ""))
        if name is None or not call.body:
            return error(400, "rest_upload_no_content_disposition", "No Content-Disposition supplied.")
        number = self.number()
        (self.folder / number).write_bytes(call.body)
        url = f"{self.address}/wp-content/uploads/{number}-{name[1]}"
        self.state["media"][number] = {"id": int(number), "alt_text": "", "source_url": url, "mime": call.headers["content-type"]}
        return Answer(201, self.state["media"][number])

    def describe(self, call: Call, number: str) -> Answer:
        if number not in self.state["media"]:
            return error(404, "rest_post_invalid_id", "Invalid post ID.")
        self.state["media"][number]["alt_text"] = call.json["alt_text"]
        return Answer(200, self.state["media"][number])

    def discard(self, call: Call, number: str) -> Answer:
        if call.fields.get("force") != "true":
            return error(501, "rest_trash_not_supported", "The post does not support trashing. Set 'force=true' to delete.")
        if self.state["media"].pop(number, None) is None:
            return error(404, "rest_post_invalid_id", "Invalid post ID.")
        return Answer(200, {"deleted": True})

    def file(self, call: Call, name: str) -> Answer:
        del call
        number = name.partition("-")[0]
        media = self.state["media"].get(number)
        return Answer(200, (self.folder / number).read_bytes(), {"Content-Type": media["mime"]}) if media else Answer(404, "Not found")

    def posts(self, call: Call) -> Answer:
        wanted = call.fields.get("status", "publish").split(",")
        found = [each for each in self.state["posts"].values() if each["slug"] == call.fields["slug"] and each["status"] in wanted]
        return Answer(200, found)

    def create(self, call: Call) -> Answer:
        number, wanted = self.number(), call.json["slug"]
        taken = {each["slug"] for each in self.state["posts"].values()}
        slug = next(name for name in [wanted, *(f"{wanted}-{n}" for n in range(2, 99))] if name not in taken)
        post = {**call.json, "id": int(number), "slug": slug, "link": f"{self.address}/{slug}/"}
        self.state["posts"][number] = post
        return Answer(201, post)

    def post(self, call: Call, number: str) -> Answer:
        post = self.state["posts"].get(number)
        if post is None:
            return error(404, "rest_post_invalid_id", "Invalid post ID.")
        if call.method == "DELETE":
            return Answer(200, self.state["posts"].pop(number))
        if call.method == "POST" and call.json.get("status") == "publish" and not self.state["may_publish"]:
            return error(403, "rest_cannot_publish", "Sorry, you are not allowed to publish posts in this post type.")
        if call.method == "POST":
            post.update(call.json)
        return Answer(200, post)


if __name__ == "__main__":
    serve(WordPress, sys.argv[1:])
