"""The REST API of a WordPress site. Source: "REST API Handbook" (WP-API/docs, 2025-06-04), posts, media and users references.

What is marked "real 6.8.7" is as WordPress 6.8.7 itself answered on MariaDB; ``tests/publishers/test_wordpress_twins.py`` asks both
the same and compares.
"""

import html
import re
import sys
from datetime import UTC, datetime
from typing import Any, ClassVar

from tests.emulators.emulating import Answer, Call, Emulator, File, Route, Source, basic, serve

PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF")
LONGEST_TERM = 200
USER, PASSWORD = "ana", "abcd planted word pass"


REAL = Source("what WordPress 6.8.7 itself answers to the same call, which other tests compare")
POSTS = Source("WordPress 6.8, wp-includes/rest-api/endpoints/class-wp-rest-posts-controller.php")
WEB = Source("[ours] what a web server says of a file that is not there")


def error(source: Source, status: int, code: str, message: str, **data: Any) -> Answer:
    del source
    return Answer(status, {"code": code, "message": message, "data": {"status": status, **data}})


def broken(source: Source, data: str) -> Answer:
    del source
    return Answer(500, {"code": "db_insert_error", "message": "Could not insert term into the database.", "data": data})


def gone(source: Source) -> Answer:
    del source
    return Answer(404, "Not found")


def shown(text: str, *, raw: bool) -> dict[str, Any]:
    """Returns a text as the API shows it: raw only to those who may edit."""
    return {"rendered": text, **({"raw": text} if raw else {})}


def sanitized(text: str) -> str:
    """Returns a description as the library keeps it: without markup, on one line, and without single backslashes."""
    plain = re.sub(r"<[a-zA-Z/][^>]*>", "", text)
    return re.sub(r"\\(.?)", r"\1", re.sub(r"\s+", " ", re.sub(r"%[a-f0-9]{2}", "", plain, flags=re.IGNORECASE)).strip())


class WordPress(Emulator):
    routes: ClassVar[tuple[Route, ...]] = (
        (r"GET /wp-json/wp/v2/users/me", "me", "REST API Handbook: Users, Retrieve a User; real 6.8.7"),
        (r"POST /wp-json/wp/v2/media", "upload", "REST API Handbook: Media, Create a Media Item; real 6.8.7"),
        (r"GET /wp-json/wp/v2/media", "library", "REST API Handbook: Media, List Media; real 6.8.7"),
        (r"POST /wp-json/wp/v2/media/(\d+)", "describe", "REST API Handbook: Media, Update a Media Item; real 6.8.7"),
        (r"DELETE /wp-json/wp/v2/media/(\d+)", "discard", "REST API Handbook: Media, Delete a Media Item; real 6.8.7"),
        (r"GET /wp-content/uploads/(\S+)", "file", "[ours] what a web server does with the address in source_url"),
        (r"GET /wp-json/wp/v2/(categories|tags)", "terms", "REST API Handbook: Categories and Tags, List; real 6.8.7"),
        (r"POST /wp-json/wp/v2/tags", "new_tag", "REST API Handbook: Tags, Create a Tag; real 6.8.7"),
        (r"GET /wp-json/wp/v2/posts", "posts", "REST API Handbook: Posts, List Posts; real 6.8.7"),
        (r"POST /wp-json/wp/v2/posts", "create", "REST API Handbook: Posts, Create a Post; real 6.8.7"),
        (r"(?:POST|GET) /wp-json/wp/v2/posts/(\d+)", "post", "REST API Handbook: Posts, Retrieve and Update a Post; real 6.8.7"),
        (r"DELETE /wp-json/wp/v2/posts/(\d+)", "trash", "REST API Handbook: Posts, Delete a Post; real 6.8.7"),
    )

    def fresh(self) -> dict[str, Any]:
        categories = [{"id": 1, "name": "Uncategorized"}, {"id": 7, "name": "Strikes &amp; actions"}]
        return {"posts": {}, "media": {}, "may_publish": True, "most": 64 * 1024**2, "categories": categories, "tags": []}

    def unknown(self, call: Call) -> Answer:
        del call
        return error(REAL, 404, "rest_no_route", "No route was found matching the URL and request method.")

    def refused(self, call: Call) -> Answer | None:
        """Answers a stranger: the site says nothing of a password that is wrong, and strangers read what everybody may (real 6.8.7)."""
        if call.path.startswith("/wp-content/") or call.headers.get("authorization") == basic(USER, PASSWORD):
            return None
        if call.method == "POST":
            return error(REAL, 401, "rest_cannot_create", "Sorry, you are not allowed to create posts as this user.")
        if call.path.endswith("/me"):
            return error(REAL, 401, "rest_not_logged_in", "You are not currently logged in.")
        if call.method == "DELETE":
            return error(REAL, 401, "rest_cannot_delete", "Sorry, you are not allowed to delete this post.")
        return self._hidden(401) if "status" in call.fields else None

    def _hidden(self, status: int) -> Answer:
        inner = {"code": "rest_forbidden_status", "message": "Status is forbidden.", "data": {"status": status}}
        params = {"status": "Status is forbidden."}
        return error(REAL, 400, "rest_invalid_param", "Invalid parameter(s): status", params=params, details={"status": inner})

    def me(self, call: Call) -> Answer:
        del call
        return Answer(200, {"id": 1, "name": "Ana", "capabilities": {"publish_posts": self.state["may_publish"]}})

    def upload(self, call: Call) -> Answer:
        """Takes a bare file with its name in a header, or a form, of which nothing is left above the limit (both real 6.8.7)."""
        if not call.body:
            return error(REAL, 400, "rest_upload_no_data", "No data supplied.")
        named = re.search(r'filename="([^"]+)"', call.headers.get("content-disposition", ""))
        bare = File(named[1], call.headers["content-type"], call.body) if named else None
        found = call.files.get("file", bare) if len(call.body) <= self.state["most"] else bare
        if found is None:
            return error(REAL, 400, "rest_upload_no_content_disposition", "No Content-Disposition supplied.")
        if not found.data.startswith(PICTURES) and found.data[4:8] != b"ftyp":
            code = "rest_upload_sideload_error" if found is bare else "rest_upload_unknown_error"
            return error(REAL, 500, code, "Sorry, you are not allowed to upload this file type.")
        number = self.number()
        (self.folder / number).write_bytes(found.data)
        self.state["media"][number] = {
            "id": int(number),
            "slug": found.name.rpartition(".")[0],
            "alt_text": "",
            "source_url": f"{self.address}/wp-content/uploads/{number}-{found.name}",
            "mime_type": found.mime,
        }
        return Answer(201, self.state["media"][number])

    def library(self, call: Call) -> Answer:
        return Answer(200, [each for each in self.state["media"].values() if call.fields.get("slug") in {None, each["slug"]}])

    def describe(self, call: Call, number: str) -> Answer:
        if number not in self.state["media"]:
            return error(REAL, 404, "rest_post_invalid_id", "Invalid post ID.")
        self.state["media"][number]["alt_text"] = sanitized(call.json["alt_text"])
        if "description" in call.json:
            self.state["media"][number]["description"] = {"rendered": call.json["description"], "raw": call.json["description"]}
        return Answer(200, self.state["media"][number])

    def discard(self, call: Call, number: str) -> Answer:
        if call.fields.get("force") != "true":
            return error(REAL, 501, "rest_trash_not_supported", "The post does not support trashing. Set 'force=true' to delete.")
        if self.state["media"].pop(number, None) is None:
            return error(REAL, 404, "rest_post_invalid_id", "Invalid post ID.")
        return Answer(200, {"deleted": True})

    def file(self, call: Call, name: str) -> Answer:
        del call
        number = name.partition("-")[0]
        media = self.state["media"].get(number)
        return Answer(200, (self.folder / number).read_bytes(), {"Content-Type": media["mime_type"]}) if media else gone(WEB)

    def posts(self, call: Call) -> Answer:
        wanted, slug = call.fields.get("status", "publish").split(","), call.fields.get("slug")
        found = [each for each in self.state["posts"].values() if slug in {None, each["slug"]} and each["status"] in wanted]
        return Answer(200, [self._seen(each, call) for each in reversed(found)][: int(call.fields.get("per_page", "10"))])

    def _seen(self, post: dict[str, Any], call: Call) -> dict[str, Any]:
        """Returns an article as the API shows it: its texts are tables, and only what is out has an address of words."""
        raw = call.fields.get("context") == "edit" or call.method != "GET"
        texts = {name: shown(post[name], raw=raw) for name in ("title", "content")}
        link = f"{self.address}/{post['slug']}/" if post["status"] == "publish" else f"{self.address}/?p={post['id']}"
        return {**post, **texts, "link": link}

    def terms(self, call: Call, kind: str) -> Answer:
        """Searches as WordPress does: in the names as they are kept, which is HTML; capitals do not count."""
        wanted = call.fields.get("search", "").casefold()
        return Answer(200, [each for each in self.state[kind] if wanted in each["name"].casefold()][: int(call.fields["per_page"])])

    def new_tag(self, call: Call) -> Answer:
        name = html.escape(call.json["name"], quote=False)
        if len(name) > LONGEST_TERM:
            said = "WordPress database error: Processing the value for the following field failed: name."
            data = f"{said} The supplied value may be too long or contains invalid data."
            return broken(REAL, data)
        twin = next((each for each in self.state["tags"] if each["name"].casefold() == name.casefold()), None)
        if twin is not None:
            said = "A term with the name provided already exists in this taxonomy."
            return error(REAL, 400, "term_exists", said, term_id=twin["id"])
        self.state["tags"].append({"id": int(self.number()), "name": name})
        return Answer(201, self.state["tags"][-1])

    def create(self, call: Call) -> Answer:
        if not call.json.get("title") and not call.json.get("content"):
            return error(REAL, 400, "empty_content", "Content, title, and excerpt are empty.")
        number, wanted = self.number(), call.json["slug"]
        taken = {each["slug"] for each in self.state["posts"].values()}
        slug = next(name for name in [wanted, *(f"{wanted}-{n}" for n in range(2, 99))] if name not in taken)
        made = datetime.fromtimestamp(int(self.now()), UTC).replace(tzinfo=None).isoformat()
        post = {"categories": [1], "tags": [], **call.json, "id": int(number), "slug": slug, "date_gmt": made}
        self.state["posts"][number] = post
        return Answer(201, self._seen(post, call))

    def post(self, call: Call, number: str) -> Answer:
        post = self.state["posts"].get(number)
        if post is None:
            return error(REAL, 404, "rest_post_invalid_id", "Invalid post ID.")
        if call.method == "POST" and call.json.get("status") == "publish" and not self.state["may_publish"]:
            return error(POSTS, 403, "rest_cannot_publish", "Sorry, you are not allowed to publish posts in this post type.")
        if call.method == "POST":
            slug = post["slug"].removesuffix("__trashed") if "status" in call.json else post["slug"]
            post.update({**call.json, "slug": slug})
        return Answer(200, self._seen(post, call))

    def trash(self, call: Call, number: str) -> Answer:
        """Moves an article to the bin, where its number still finds it and its name does not."""
        post = self.state["posts"].get(number)
        if post is None:
            return error(REAL, 404, "rest_post_invalid_id", "Invalid post ID.")
        if post["status"] == "trash":
            return error(REAL, 410, "rest_already_trashed", "The post has already been deleted.")
        post.update(status="trash", slug=f"{post['slug']}__trashed")
        return Answer(200, self._seen(post, call))


if __name__ == "__main__":
    serve(WordPress, sys.argv[1:])
