"""A bucket of any S3-compatible store: pictures are put under random names and deleted once they were fetched."""

import re
import secrets
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from scheduler.model.graphic import Picture
from scheduler.model.outcome import Refused
from scheduler.publishers.answers import Reply
from scheduler.publishers.exchange import Body, Call, Exchange
from scheduler.publishers.files import PictureError, ending, every_minute, measured
from scheduler.publishers.hosting.host import LIFETIME, Check, Chosen, Hosted, HostingError, away, strange, unnoted
from scheduler.publishers.hosting.probing import walk
from scheduler.publishers.hosting.signing import NOTHING, Keys, Request, escaped, signed_headers, signed_query

_FORBIDDEN, _MISSING, _OWN_TROUBLE = 403, 404, 500
_MOST_SAID = 64_000
_REGION = re.compile(r"[a-z0-9-]{1,40}")
_SAID_REGION = re.compile(rb"<Region>\s*([a-z0-9-]{1,40})\s*</Region>")
_KEY = re.compile(r"(?![0-9]{10}-[0-9a-f]{32}-).*[0-9a-f]{32}\.[a-z0-9]{3,4}", re.DOTALL)
_PATIENCE, _SLOWEST = 60.0, 100_000
"""Is how many seconds an upload may take, and one more for so many bytes: films are large and lines are slow."""


@dataclass(frozen=True, slots=True)
class BucketHost:
    """Offers pictures from a bucket.

    ``public_url`` is where everybody can read the bucket; empty where nobody can, and addresses are signed for a while.
    ``acl`` is a canned permission such as ``public-read`` that is asked for each picture, or empty.
    """

    exchange: Exchange
    keys: Keys
    bucket: str
    prefix: str = ""
    public_url: str = ""
    acl: str = ""

    def offer(self, picture: Picture, chosen: Chosen = unnoted) -> Hosted:
        """Returns the public or the signed address of the picture.

        Raises:
            HostingError: The picture is gone, or the store does not take it.
        """
        key = f"{self.prefix}{secrets.token_hex(16)}{ending(picture)}"
        more = {"content-type": picture.mime} | ({"x-amz-acl": self.acl} if self.acl else {})
        try:
            with measured(picture, every_minute(lambda: chosen(key), self.exchange.clock)) as source:
                chosen(key)
                request = self._request("PUT", key, picture.sha256)
                self._ask(request, key, more, content=source, patience=_PATIENCE + picture.bytes / _SLOWEST)
        except PictureError as error:
            raise HostingError(error.reason, permanent=error.permanent) from error
        return Hosted(self._address(key), key)

    def withdraw(self, key: str) -> None:
        """Deletes a picture; one that is gone is fine.

        Raises:
            HostingError: The store cannot be reached or does not allow it.
        """
        if not _KEY.fullmatch(key):
            raise strange(key)
        self._ask(self._request("DELETE", key), key)

    def test(self) -> tuple[Check, ...]:
        """Returns whether the store takes a picture, shows it and deletes it."""
        return walk(self, "the bucket", self.exchange.clock)

    def _ask(
        self,
        request: Request,
        key: str,
        more: Mapping[str, str] | None = None,
        *,
        content: Body | None = None,
        patience: float = _PATIENCE,
    ) -> None:
        headers = signed_headers(request, self.keys, self.exchange.clock.now(), more or {})
        path = escaped(f"/{self.bucket}/{key}")
        with closing(self.exchange):
            reply = self.exchange.look(Call(path=path, method=request.method, headers=headers, content=content, patience=patience))
        if isinstance(reply, Refused):
            raise HostingError(reply.reason, fix=away(self.exchange.address.host))
        if not reply.is_success and not (request.method == "DELETE" and reply.status == _MISSING):
            raise self._trouble(reply)

    def _trouble(self, reply: Reply) -> HostingError:
        region = _region_of(reply)
        if region and region != self.keys.region:
            told = f"The bucket “{self.bucket}” is in the region {region}, and [media] says {self.keys.region}."
            return HostingError(told, fix=f'Write  region = "{region}"  below [media] in config.toml.')
        judged = self.exchange.judged(reply)
        told = judged.reason if isinstance(judged, Refused) else self._told(reply)
        return HostingError(told, fix=away(self.exchange.address.host)) if reply.status >= _OWN_TROUBLE else HostingError(told)

    def _told(self, reply: Reply) -> str:
        if reply.status == _FORBIDDEN:
            return f"The bucket “{self.bucket}” does not accept the keys of [media], or they may not write and delete there."
        if reply.status == _MISSING:
            return f"There is no bucket “{self.bucket}” at {self.exchange.address.host}."
        return f"The bucket “{self.bucket}” refuses the picture ({reply.status})."

    def _address(self, key: str) -> str:
        if self.public_url:
            return f"{self.public_url}/{escaped(key)}"
        query = signed_query(self._request("GET", key), self.keys, self.exchange.clock.now(), int(LIFETIME.total_seconds()))
        return f"{self.exchange.address.base}{escaped(f'/{self.bucket}/{key}')}?{query}"

    def _request(self, method: str, key: str, digest: str = NOTHING) -> Request:
        parts = urlsplit(self.exchange.address.base)
        return Request(method, parts.netloc, f"{unquote(parts.path)}/{self.bucket}/{key}", digest)


def _region_of(reply: Reply) -> str:
    """Returns where the store says that the bucket is ("Error responses" and "HeadBucket" of the S3 API); empty where it does not."""
    told = reply.headers.get("x-amz-bucket-region", "")
    if _REGION.fullmatch(told):
        return told
    said = _SAID_REGION.search(reply.body[:_MOST_SAID])
    return said[1].decode("ascii") if said else ""
