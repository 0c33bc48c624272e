"""Publishes articles on the organisation's own site in two phases: a draft with a name of ours, then its status is set to publish.

Both phases can be repeated: the draft is found by its name, and publishing what is published changes nothing.
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scheduler.model.network import Network
from scheduler.model.outcome import Absent, Outcome, Proof, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers import fields
from scheduler.publishers.articles.article import Shown, content, described, slug, title
from scheduler.publishers.articles.reading import figures, item, written
from scheduler.publishers.articles.rest import Site, SiteTrouble
from scheduler.publishers.articles.terms import category_numbers, tag_numbers
from scheduler.publishers.contract import Checked, FeedItem, Remember
from scheduler.publishers.exchange import Call
from scheduler.publishers.files import PictureError, ending, measured
from scheduler.publishers.notes import Notes, still_sending
from scheduler.publishers.rehearsal import objections

_POSTS = "/wp-json/wp/v2/posts"
_ANY_STATUS = "publish,future,draft,pending,private"
# "Posts" of the same handbook, ``status``; ``trash`` and ``auto-draft`` are those of what is thrown away and of what was only begun.
_KEPT_BACK = frozenset({"future", "draft", "pending", "private", "trash", "auto-draft"})
_DIGITS = 8
"""Is how many digits of a picture's checksum stand in its name, so that another one that took its place is not taken for it."""
_IN_BIN = "The article is in the website’s bin; look there whether it was out."


@dataclass(frozen=True, slots=True)
class ArticlePublisher:
    """Publishes on one site; ``categories`` are the names of those that every article of the account belongs to."""

    facts: Network
    site: Site
    categories: tuple[str, ...] = ()

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:  # noqa: ARG002 - an article's name does not depend on the time
        """Returns ``slug``, the name that the article has in its address."""
        return {"slug": slug(outgoing)}

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        """Makes the article visible; pictures and the draft of an earlier attempt are used again."""
        if found := objections(envelope.outgoing, self.facts):
            return Refused(" ".join(objection.sentence for objection in found), kind="content")
        notes = Notes(dict(envelope.ids), remember)
        with closing(self.site.exchange):
            try:
                number = self._known(notes) or self._draft(envelope.outgoing, notes)
            except SiteTrouble as trouble:
                return trouble.refusal
            except PictureError as error:
                return Refused(error.reason, permanent=error.permanent, kind="media")
            return self._show(number, notes)

    def find(self, envelope: Envelope) -> Proof:
        """Returns what the site itself says of the article of our name."""
        notes = Notes(dict(envelope.ids), lambda _name, _value: None)
        with closing(self.site.exchange):
            try:
                number = self._known(notes)
                return (self._seen(number) if number else None) or Absent()
            except SiteTrouble as trouble:
                if trouble.gone:
                    return Uncertain("The article was made and is not on the website any more; look there whether it was out.")
                return Uncertain(trouble.refusal.reason)

    def verify(self) -> Checked:
        """Asks who we are, whether we may publish, and for the categories of the account."""
        with closing(self.site.exchange):
            try:
                user = self.site.one(Call(path="/wp-json/wp/v2/users/me", params={"context": "edit"}))
                category_numbers(self.site, self.categories)
            except SiteTrouble as trouble:
                return Checked(ok=False, reason=trouble.refusal.reason)
        handle = fields.words(user, "name")
        if not fields.table(user, "capabilities").get("publish_posts"):
            return Checked(ok=False, reason="This user may not publish posts on the website.", handle=handle)
        return Checked(ok=True, handle=handle)

    def delete(self, remote_id: str) -> Refused | None:
        """Moves an article to the website's bin; one that is gone already is no trouble."""
        with closing(self.site.exchange):
            try:
                self.site.ask(Call(path=f"{_POSTS}/{remote_id}", method="DELETE"))
            except SiteTrouble as trouble:
                return None if trouble.gone else trouble.refusal
        return None

    def feed(self, most: int) -> tuple[FeedItem, ...] | Refused:
        """Returns the newest published articles."""
        params = {"per_page": str(min(most, 100)), "status": "publish", "orderby": "date", "order": "desc", "context": "edit"}
        with closing(self.site.exchange):
            try:
                return tuple(item(row) for row in self.site.ask(Call(path=_POSTS, params=params))[:most])
            except SiteTrouble as trouble:
                return trouble.refusal

    def edit(self, remote_id: str, outgoing: Outgoing) -> Outcome:
        """Gives an article another title and other words; its address and its pictures stay."""
        path = f"{_POSTS}/{remote_id}"
        with closing(self.site.exchange):
            try:
                standing = self.site.one(Call(path=path, params={"context": "edit"}))
                if fields.words(standing, "status") == "trash":
                    return Refused("The article is in the website’s bin; nothing was changed there.")
                body = {"title": title(outgoing.text), "content": "\n\n".join((content(outgoing, ()), *figures(written(standing))))}
                answer = self.site.show_one(Call(path=path, method="POST", json=body))
            except SiteTrouble as trouble:
                return Uncertain(trouble.refusal.reason) if trouble.doubtful else trouble.refusal
        return Published(remote_id, fields.address(answer, "link"))

    def _known(self, notes: Notes) -> str:
        """Returns the number of the article: the one that was kept, or that of the article with our name, made when its answer was lost."""
        if notes["post"]:
            return notes["post"]
        rows = self.site.ask(Call(path=_POSTS, params={"slug": notes["slug"], "status": _ANY_STATUS, "context": "edit"}))
        return notes.keep("post", self.site.numbered(rows[0])) if rows else ""

    def _draft(self, outgoing: Outgoing, notes: Notes) -> str:
        pictures = [self._picture(outgoing, number, notes) for number in range(len(outgoing.media))]
        body: dict[str, Any] = {
            "slug": notes["slug"],
            "status": "draft",
            "title": title(outgoing.text),
            "content": content(outgoing, pictures),
        }
        if cover := next((each for each in pictures if not each.film), None):
            body["featured_media"] = int(cover.number)
        body |= {"categories": category_numbers(self.site, self.categories)} if self.categories else {}
        if tags := tag_numbers(self.site, outgoing):
            body["tags"] = tags
        answer = self.site.one(Call(path=_POSTS, method="POST", json=body, patience=60.0, once=True))
        return notes.keep("post", self.site.numbered(answer))

    def _picture(self, outgoing: Outgoing, place: int, notes: Notes) -> Shown:
        """Uploads a picture or film and gives it its description; both are committed before the next step."""
        item = outgoing.media[place]
        number, _, address = notes[f"media-{place}"].partition(" ")
        if not number:
            name = f"{notes['slug']}-{place + 1}-{item.picture.sha256[:_DIGITS]}"
            with measured(item.picture, still_sending(notes.keep, self.site.exchange.clock)) as source:
                number, address = self.site.uploaded(name) or self.site.upload(source, item.picture, name + ending(item.picture))
            notes.keep(f"media-{place}", f"{number} {address}")
        shown = Shown(number, address, item.alt, film=item.picture.video is not None)
        try:
            self.site.ask(Call(path=f"/wp-json/wp/v2/media/{number}", method="POST", json=described(shown)))
        except SiteTrouble as trouble:
            if trouble.gone and not trouble.refusal.of_account:
                notes.forget(f"media-{place}")
                lost = f"The website does not keep {'a film' if shown.film else 'a picture'} of this post any more; it is uploaded again."
                raise SiteTrouble(Refused(lost, permanent=False)) from trouble
            raise
        return shown

    def _show(self, number: str, notes: Notes) -> Outcome:
        try:
            answer = self.site.show_one(Call(path=f"{_POSTS}/{number}", method="POST", json={"status": "publish"}))
        except SiteTrouble as trouble:
            return self._after(trouble, number, notes)
        if fields.words(answer, "status") in _KEPT_BACK:
            return Refused("The website keeps the article for review; this user may not publish.", kind="auth", permanent=False)
        if answer.get("status") != "publish":
            return Uncertain("The website does not say whether it shows the article; it may be out.")
        return Published(number, fields.address(answer, "link"))

    def _after(self, trouble: SiteTrouble, number: str, notes: Notes) -> Outcome:
        """Asks the site, since publishing twice is the same as once; a draft that was thrown away is made again."""
        if trouble.gone:
            notes.forget("post")
            return Refused("The draft was deleted on the website; it is made again.", permanent=False)
        try:
            return self._seen(number) or trouble.refusal
        except SiteTrouble:
            return Uncertain(trouble.refusal.reason) if trouble.doubtful else trouble.refusal

    def _seen(self, number: str) -> Published | None:
        answer = self.site.one(Call(path=f"{_POSTS}/{number}", params={"context": "edit"}))
        status = fields.words(answer, "status")
        if status == "trash":  # what was out and what never was look alike there
            raise SiteTrouble(Refused(_IN_BIN, permanent=False))
        if status not in _KEPT_BACK | {"publish"}:
            raise SiteTrouble(Refused("The website does not say whether it shows the article; it is asked again.", permanent=False))
        return Published(number, fields.address(answer, "link")) if status == "publish" else None
