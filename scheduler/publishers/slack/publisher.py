"""Publishes in a channel of Slack as a bot: pictures are uploaded and waited for, then one call makes the message visible.

A post with a film is a message with files, see :mod:`~scheduler.publishers.slack.sharing`.

Sources: chat.postMessage, chat.delete, conversations.history, auth.test (slack-ruby/slack-api-ref, 2026-08-20), "Message metadata",
"Rich text block", "Image block" and "Slack file object" (docs.slack.dev). There is no key against a second message; the metadata of a
message name the delivery, and the channel's history gives them back; a message with files is known by those.
"""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scheduler.model.network import Network
from scheduler.model.outcome import Absent, Outcome, Proof, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers import fields
from scheduler.publishers.contract import Checked, FeedItem, Remember
from scheduler.publishers.messages.slack import titled
from scheduler.publishers.notes import ASKED, Notes
from scheduler.publishers.slack.api import Api
from scheduler.publishers.slack.pictures import name_of, uploaded
from scheduler.publishers.slack.reading import STAMP, address, has_file, item, shown_by
from scheduler.publishers.slack.sharing import all_brought, files_of, is_shared, shared, stamp_of
from scheduler.publishers.slack.text import block, escaped
from scheduler.publishers.steps import Stopped, published_in_steps

_BEFORE = timedelta(minutes=5)
_KIND = "scheduler_post"
_PAGE, _PAGES = 200, 10
_LONGEST_CURSOR = 1_000
_NEEDED = {"chat:write": "to write", "files:write": "for pictures and films"}
# Of a message with files no page says whether it names the bot, or the bot's user as "Message server-shared file" events do.
_OWN = {"bot_id": "bot_id", "user": "user_id"}
_READING = frozenset({"channels:history", "groups:history"})


@dataclass(frozen=True, slots=True)
class BotPublisher:
    """Publishes in one channel."""

    facts: Network
    api: Api

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:  # noqa: ARG002 - the contract hands the post to every publisher
        """Returns ``prepared``, the moment before which the message cannot be out (seconds since 1970)."""
        return {"prepared": str(int((now - _BEFORE).timestamp()))}

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        """Sends the message once; after a lost answer the channel's history tells whether it is there."""

        def steps(notes: Notes) -> Outcome:
            outgoing = envelope.outgoing
            if is_shared(outgoing):
                return self._share(outgoing, notes)
            body = _body(outgoing, uploaded(self.api, outgoing, notes), self.api.channel)
            # A doubt that is left was a person's to settle: who sends again has the network's word or theirs.
            if notes[ASKED] and isinstance(proof := self._sought(outgoing, notes.ids), Published):
                return proof
            notes.ask()
            found = self.api.show("chat.postMessage", body)
            return notes.answered(self._out(found) if isinstance(found, dict) else found)

        return published_in_steps(envelope, remember, self.facts, self.api.exchange, steps)

    def find(self, envelope: Envelope) -> Proof:
        """Returns what the channel's history shows, where the app may read it; otherwise a person is asked."""
        if not envelope.ids.get(ASKED):
            return Absent(is_uncalled=True)
        with closing(self.api.exchange):
            return self._sought(envelope.outgoing, envelope.ids)

    def _share(self, outgoing: Outgoing, notes: Notes) -> Outcome:
        """Shares a film, and what stands beside it; Slack lets that be done once, and may show it later than it answers."""
        files = all_brought(self.api, outgoing, notes)
        if notes[ASKED] and isinstance(proof := self._sought(outgoing, notes.ids), Published):
            return proof
        if failed := shared(self.api, outgoing, files, notes):
            return notes.answered(failed)
        proof = self._sought(outgoing, notes.ids)
        return proof if isinstance(proof, Published) else Uncertain(f"{self.facts.title} has taken the film and does not show it yet.")

    def verify(self) -> Checked:
        """Asks whose token it is, what it may do, and whether the bot is in the channel."""
        try:
            with closing(self.api.exchange):
                headers, found = self.api.look("auth.test")
                if found.get("ok") is not True:
                    return Checked(ok=False, reason=self.api.refusal(found).reason)
                handle, scopes = fields.words(found, "user"), {word.strip() for word in headers.get("x-oauth-scopes", "").split(",")}
                if lacks := [f"{scope} ({why})" for scope, why in _NEEDED.items() if scope not in scopes]:
                    return Checked(
                        ok=False, handle=handle, reason=f"The app lacks {' and '.join(lacks)}: add it, and install the app again."
                    )
                if not scopes & _READING:
                    lost = "The app may not read the channel (channels:history): where an answer is lost, you are asked."
                    return Checked(ok=True, handle=handle, notes=(lost,))
                self._history(limit="1")
        except Stopped as stopped:
            return Checked(ok=False, reason=stopped.refused.reason)
        return Checked(ok=True, handle=handle)

    def feed(self, most: int) -> tuple[FeedItem, ...] | Refused:
        """Returns the bot's newest messages in the channel."""
        try:
            with closing(self.api.exchange):
                me = self.api.table("auth.test")
                rows = fields.tables(self._history(limit=str(_PAGE)).get("messages"))
        except Stopped as stopped:
            return stopped.refused
        own = [row for row in rows if any(fields.name(row, name) and row[name] == me.get(told) for name, told in _OWN.items())]
        return tuple(item(row, self.api.channel, fields.address(me, "url")) for row in own[:most])

    def delete(self, remote_id: str) -> Refused | None:
        """Takes a message back; one that is gone already is no trouble."""
        channel, _, stamp = remote_id.rpartition("/")
        try:
            with closing(self.api.exchange):
                _, found = self.api.look("chat.delete", channel=channel, ts=stamp)
        except Stopped as stopped:
            return stopped.refused
        return None if found.get("ok") is True or found.get("error") == "message_not_found" else self.api.refusal(found)

    def _history(self, **fields: str) -> dict[str, Any]:
        return self.api.table("conversations.history", channel=self.api.channel, **fields)

    def _sought(self, outgoing: Outgoing, ids: Mapping[str, str]) -> Proof:
        """Looks for the message that names the delivery, or has its files, through everything in the channel since it was prepared."""
        files, since = files_of(outgoing, ids), ids.get("prepared", "0")
        try:
            stamp, ended = stamp_of(self.api, files)
        except Stopped as stopped:
            return Uncertain(f"{stopped.refused.reason} Look into the channel whether the message is there.")
        if stamp:
            return self._out({"ts": stamp})
        found = self._looked_through(since, lambda row: shown_by(row, _KIND) == outgoing.delivery or has_file(row, files))
        if ended and isinstance(found, Absent):
            return Uncertain(f"{self.facts.title} has taken the film and does not show it; look into the channel whether it is there.")
        return found

    def _looked_through(self, since: str, is_it: Callable[[Mapping[str, Any]], bool]) -> Proof:
        cursor = ""
        for _ in range(_PAGES):
            try:
                page = self._history(oldest=since, include_all_metadata="true", limit=str(_PAGE), **({"cursor": cursor} if cursor else {}))
            except Stopped as stopped:
                return Uncertain(f"{stopped.refused.reason} Look into the channel whether the message is there.")
            rows = page.get("messages")
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                break
            if row := next((row for row in rows if is_it(row)), None):
                return self._out({**row, "channel": self.api.channel})
            told = page.get("response_metadata")
            cursor = fields.words(told, "next_cursor")
            if len(cursor) > _LONGEST_CURSOR or (told and not isinstance(told, dict)):
                break
            if not cursor:
                return Absent()
        return Uncertain(
            f"{self.facts.title} shows too much, or nothing that is known; look into the channel whether the message is there."
        )

    def _out(self, found: Mapping[str, Any]) -> Published | Uncertain:
        stamp, channel = fields.words(found, "ts"), fields.name(found, "channel") or self.api.channel
        if not STAMP.fullmatch(stamp):
            return Uncertain(f"{self.facts.title} took the message and did not say which it is; it may be there.")
        try:
            workspace = fields.address(self.api.table("auth.test"), "url")
        except Stopped:
            workspace = ""  # the message is out in any case
        return Published(f"{channel}/{stamp}", address(workspace, channel, stamp))


def _body(outgoing: Outgoing, files: list[str], channel: str) -> dict[str, Any]:
    """Returns the message; beside pictures its words are a block of their own, and ``text`` is what notifications and screen readers say.

    A picture without a description has its file's name there, as Slack wants one.
    """
    payload = {"event_type": _KIND, "event_payload": {"delivery": outgoing.delivery}}
    body: dict[str, Any] = {"channel": channel, "text": escaped(outgoing.text), "mrkdwn": False, "metadata": payload}
    if not files:
        return {**body, **titled(outgoing)}
    pictures = [
        {"type": "image", "slack_file": {"id": file}, "alt_text": item.alt or name_of(item, number)}
        for number, (file, item) in enumerate(zip(files, outgoing.media, strict=True))
    ]
    return {**body, "blocks": [block(outgoing), *pictures] if outgoing.text else pictures}
