"""The REST API of a WordPress site. Source: "REST API Handbook" (WP-API/docs, 2025-06-04), posts, media and users references."""

import html
import re
import sys
from datetime import UTC, datetime
from typing import Any, ClassVar

from tests.emulators.emulating import Answer, Call, Emulator, Route, Source, basic, serve

USER, PASSWORD = "ana", "abcd planted word pass"


POSTS = Source("WordPress 6.8, wp-includes/rest-api/endpoints/class-wp-rest-posts-controller.php")
FILES = Source("WordPress 6.8, wp-includes/rest-api/endpoints/class-wp-rest-attachments-controller.php")
TERMS = Source("WordPress 6.8, wp-includes/taxonomy.php: wp_insert_term")
PASSWORDS = Source("WordPress 6.8, wp-includes/user.php: wp_authenticate_application_password")
ROUTES = Source("WordPress 6.8, wp-includes/rest-api/class-wp-rest-server.php")
WEB = Source("[ours] what a web server says of a file that is not there")


def error(source: Source, status: int, code: str, message: str) -> Answer:
    del source
    return Answer(status, {"code": code, "message": message, "data": {"status": status}})


def gone(source: Source) -> Answer:
    del source
    return Answer(404, "Not found")


class WordPress(Emulator):
    routes: ClassVar[tuple[Route, ...]] = (
        (r"GET /wp-json/wp/v2/users/me", "me", "REST API Handbook: Users, Retrieve a User"),
        (r"POST /wp-json/wp/v2/media", "upload", "REST API Handbook: Media, Create a Media Item"),
        (r"POST /wp-json/wp/v2/media/(\d+)", "describe", "REST API Handbook: Media, Update a Media Item"),
        (r"DELETE /wp-json/wp/v2/media/(\d+)", "discard", "REST API Handbook: Media, Delete a Media Item"),
        (r"GET /wp-content/uploads/(\S+)", "file", "[ours] what a web server does with the address in source_url"),
        (r"GET /wp-json/wp/v2/(categories|tags)", "terms", "REST API Handbook: Categories and Tags, List"),
        (r"POST /wp-json/wp/v2/tags", "new_tag", "REST API Handbook: Tags, Create a Tag"),
        (r"GET /wp-json/wp/v2/posts", "posts", "REST API Handbook: Posts, List Posts"),
        (r"POST /wp-json/wp/v2/posts", "create", "REST API Handbook: Posts, Create a Post"),
        (r"(?:POST|GET|DELETE) /wp-json/wp/v2/posts/(\d+)", "post", "REST API Handbook: Posts, Retrieve, Update and Delete a Post"),
    )

    def fresh(self) -> dict[str, Any]:
        categories = [{"id": 1, "name": "Uncategorized"}, {"id": 7, "name": "Strikes &amp; actions"}]
        return {"posts": {}, "media": {}, "may_publish": True, "categories": categories, "tags": []}

    def unknown(self, call: Call) -> Answer:
        del call
        return error(ROUTES, 404, "rest_no_route", "No route was found matching the URL and request method.")

    def refused(self, call: Call) -> Answer | None:
        if call.path.startswith("/wp-content/") or call.headers.get("authorization") == basic(USER, PASSWORD):
            return None
        return error(PASSWORDS, 401, "incorrect_password", "The provided password is an invalid application password.")

    def me(self, call: Call) -> Answer:
        del call
        return Answer(200, {"id": 1, "name": "Ana", "capabilities": {"publish_posts": self.state["may_publish"]}})

    def upload(self, call: Call) -> Answer:
        name = re.search(r'filename="([^"]+)"', call.headers.get("content-disposition", ""))
        if name is None or not call.body:
            return error(FILES, 400, "rest_upload_no_content_disposition", "No Content-Disposition supplied.")
        number = self.number()
        (self.folder / number).write_bytes(call.body)
        url = f"{self.address}/wp-content/uploads/{number}-{name[1]}"
        self.state["media"][number] = {"id": int(number), "alt_text": "", "source_url": url, "mime": call.headers["content-type"]}
        return Answer(201, self.state["media"][number])

    def describe(self, call: Call, number: str) -> Answer:
        if number not in self.state["media"]:
            return error(POSTS, 404, "rest_post_invalid_id", "Invalid post ID.")
        self.state["media"][number]["alt_text"] = call.json["alt_text"]
        return Answer(200, self.state["media"][number])

    def discard(self, call: Call, number: str) -> Answer:
        if call.fields.get("force") != "true":
            return error(POSTS, 501, "rest_trash_not_supported", "The post does not support trashing. Set 'force=true' to delete.")
        if self.state["media"].pop(number, None) is None:
            return error(POSTS, 404, "rest_post_invalid_id", "Invalid post ID.")
        return Answer(200, {"deleted": True})

    def file(self, call: Call, name: str) -> Answer:
        del call
        number = name.partition("-")[0]
        media = self.state["media"].get(number)
        return Answer(200, (self.folder / number).read_bytes(), {"Content-Type": media["mime"]}) if media else gone(WEB)

    def posts(self, call: Call) -> Answer:
        wanted, slug = call.fields.get("status", "publish").split(","), call.fields.get("slug")
        found = [each for each in self.state["posts"].values() if slug in {None, each["slug"]} and each["status"] in wanted]
        return Answer(200, [self._seen(each, call) for each in reversed(found)][: int(call.fields.get("per_page", "10"))])

    def _seen(self, post: dict[str, Any], call: Call) -> dict[str, Any]:
        """Returns an article as the API shows it: its content is a table, raw only to those who may edit."""
        text = post["content"]
        shown = {"rendered": text, "protected": False, **({"raw": text} if call.fields.get("context") == "edit" else {})}
        return {**post, "content": shown}

    def terms(self, call: Call, kind: str) -> Answer:
        """Searches as WordPress does: the words may stand anywhere in the name, and capitals do not count."""
        wanted = call.fields.get("search", "").casefold()
        return Answer(200, [each for each in self.state[kind] if wanted in html.unescape(each["name"]).casefold()])

    def new_tag(self, call: Call) -> Answer:
        name = call.json["name"]
        twin = next((each for each in self.state["tags"] if each["name"].casefold() == name.casefold()), None)
        if twin is not None:
            return error(TERMS, 400, "term_exists", "A term with the name provided already exists in this taxonomy.")
        self.state["tags"].append({"id": int(self.number()), "name": name})
        return Answer(201, self.state["tags"][-1])

    def create(self, call: Call) -> Answer:
        number, wanted = self.number(), call.json["slug"]
        taken = {each["slug"] for each in self.state["posts"].values()}
        slug = next(name for name in [wanted, *(f"{wanted}-{n}" for n in range(2, 99))] if name not in taken)
        made = datetime.fromtimestamp(int(self.now()), UTC).replace(tzinfo=None).isoformat()
        post = {**call.json, "id": int(number), "slug": slug, "link": f"{self.address}/{slug}/", "date_gmt": made}
        self.state["posts"][number] = post
        return Answer(201, self._seen(post, call))

    def post(self, call: Call, number: str) -> Answer:
        post = self.state["posts"].get(number)
        if post is None:
            return error(POSTS, 404, "rest_post_invalid_id", "Invalid post ID.")
        if call.method == "DELETE":
            return Answer(200, self._seen(self.state["posts"].pop(number), call))
        if call.method == "POST" and call.json.get("status") == "publish" and not self.state["may_publish"]:
            return error(POSTS, 403, "rest_cannot_publish", "Sorry, you are not allowed to publish posts in this post type.")
        if call.method == "POST":
            post.update(call.json)
        return Answer(200, self._seen(post, call))


if __name__ == "__main__":
    serve(WordPress, sys.argv[1:])
