"""The settings of an account behind the Graph API: its number there, and where which version of the API answers."""

from scheduler.model.network import Setting


def settings(number: str, whose: str, *, address: str, version: str) -> tuple[Setting, ...]:
    """Returns the settings; ``number`` names the one with the account's number, ``whose`` says whose that is and where to find it."""
    return (
        Setting(number, whose),
        Setting("graph_url", "Where Meta's API for this network answers.", default=address),
        Setting("graph_version", "The version of that API.", default=version),
    )
