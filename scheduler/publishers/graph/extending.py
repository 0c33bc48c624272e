"""What some publishers by containers can do besides: renew their token, tell when it ends, take a post back."""

from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

from scheduler.model.outcome import Refused
from scheduler.publishers.contract import Checked, Renewed
from scheduler.publishers.graph import feeds
from scheduler.publishers.graph.api import GraphTrouble
from scheduler.publishers.graph.containers import Containers


class Renewable(Containers):
    """Publishes with a token that is exchanged for a new one before it ends."""

    __slots__ = ()

    @property
    def lasts(self) -> timedelta:
        """Returns how long a new token works: 60 days ("Refresh Access Token", 2025-07-17)."""
        return timedelta(days=60)

    def renew(self) -> Renewed | Refused:
        """Exchanges the token for one that lasts anew."""
        try:
            with closing(self.graph.exchange):
                return self.graph.renewed(self.dialect.grant)
        except GraphTrouble as trouble:
            return trouble.refusal


class Removable(Containers):
    """Publishes, and deletes by the post's id."""

    __slots__ = ()

    def delete(self, remote_id: str) -> Refused | None:
        """Deletes a post."""
        return feeds.delete(self.graph, remote_id)


class RenewableAndRemovable(Renewable, Removable):
    """Publishes and deletes with a token that renews."""

    __slots__ = ()


class RemovableUntilItEnds(Removable):
    """Publishes and deletes with the token of a person, which only that person can make anew."""

    __slots__ = ()

    def verify(self) -> Checked:
        """Asks what the account says, and when the token, or its access to data, ends."""
        checked = super().verify()
        return replace(checked, token_expires=self.ends()) if checked.ok or checked.of_media else checked

    def ends(self) -> datetime | None:
        """Returns when the token, or its access to data, ends."""
        with closing(self.graph.exchange):
            return self.graph.ends()
