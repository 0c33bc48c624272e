"""The media library of the organisation's website: pictures are uploaded there and deleted once they were fetched."""

import re
import secrets
from contextlib import closing
from dataclasses import dataclass

from scheduler.model.graphic import Picture
from scheduler.publishers.articles.rest import Site, SiteTrouble
from scheduler.publishers.ascii_address import in_ascii
from scheduler.publishers.files import PictureError, ending, every_minute, measured
from scheduler.publishers.hosting.host import Check, Chosen, Hosted, HostingError, away, strange, unnoted
from scheduler.publishers.hosting.probing import walk

_LONG = 32
_KEY = re.compile(rf"[1-9][0-9]{{0,18}}|[0-9a-f]{{{_LONG}}}")
"""Is a number of the library's, or a name of ours before it has one."""


@dataclass(frozen=True, slots=True)
class LibraryHost:
    """Offers pictures from a media library."""

    site: Site

    def offer(self, picture: Picture, chosen: Chosen = unnoted) -> Hosted:
        """Returns the address that the website gives the picture.

        Raises:
            HostingError: The picture is gone, or the website does not take it.
        """
        name = secrets.token_hex(16)
        beat = every_minute(lambda: chosen(name), self.site.exchange.clock)
        try:
            with closing(self.site.exchange), measured(picture, beat) as source:
                chosen(name)
                number, address = self.site.upload(source, picture, f"{name}{ending(picture)}")
        except PictureError as error:
            raise HostingError(error.reason, permanent=error.permanent) from error
        except SiteTrouble as trouble:
            told = f"The website of [media] does not take the picture: {trouble.refusal.reason}"
            if trouble.refusal.permanent or trouble.refusal.kind:
                raise HostingError(told) from trouble
            raise HostingError(told, fix=away(self.site.exchange.address.host)) from trouble
        chosen(number)
        if not address:
            raise HostingError("The website of [media] took the picture and did not say where it is.")
        return Hosted(in_ascii(address), number)

    def withdraw(self, key: str) -> None:
        """Deletes a picture from the library; where a crash came before its number was known, it is found by its name.

        Raises:
            HostingError: The website cannot be reached or does not allow it.
        """
        if not _KEY.fullmatch(key):
            raise strange(key)
        try:
            with closing(self.site.exchange):
                for number in (key,) if key.isdecimal() and len(key) < _LONG else self.site.media_named(key):
                    self.site.remove(number)
        except SiteTrouble as trouble:
            raise HostingError(f"The website of [media] does not delete the picture: {trouble.refusal.reason}") from trouble

    def test(self) -> tuple[Check, ...]:
        """Returns whether the website takes a picture, shows it to everybody and deletes it."""
        return walk(self, "the media library", self.site.exchange.clock, self.site.exchange.address)
