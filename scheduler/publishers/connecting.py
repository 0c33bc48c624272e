"""Connects accounts by modules that are loaded only where something is sent, so that commands that only look start quickly."""

from collections.abc import Callable
from importlib import import_module

from scheduler.model.network import Network
from scheduler.publishers.contract import Connection, Publisher


def by(module: str, facts: Network) -> Callable[[Connection], Publisher]:
    """Returns what connects an account: the ``connect`` of the module below ``scheduler.publishers``, with the network's facts.

    What is raised for a setting or a secret that lacks is the module's.
    """

    def connect(connection: Connection) -> Publisher:
        publisher: Publisher = import_module(f"scheduler.publishers.{module}").connect(connection, facts)
        return publisher

    return connect
