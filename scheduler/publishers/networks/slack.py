"""Slack: messages of an incoming webhook in a channel; what became of a lost answer only a person can tell."""

from scheduler.model.network import Abilities, Limits, Network, Recovery
from scheduler.publishers.connecting import by
from scheduler.publishers.contract import Adapter
from scheduler.publishers.counting import utf16

# "Message payloads": text of up to 40,000 characters; the unit is not told, so the largest is taken.
# Webhooks take no files, and pictures by address must stay at that address for ever: none are sent.
_FACTS = Network(
    name="slack",
    title="Slack",
    limits=Limits(text=40_000, count=utf16, pictures=0, formats=()),
    abilities=Abilities(marks=frozenset({"link"}), recovery=Recovery.NONE, alt_text=False, link_card=True),
    graphic_format="link",
    credential="Address of the incoming webhook (api.slack.com, your app, Incoming Webhooks)",
    gaps={
        "alt_text": "A webhook takes no files, so no picture is sent.",
        "content_warning": "A message has no warning.",
        "language": "A message has no field for its language.",
        "threads": "A webhook is not told the number of its message, which an answer needs.",
        "polls": "Slack has no polls of its own.",
        "feed": "A webhook cannot read its channel.",
        "edit": "A webhook is not told the number of its message.",
        "delete": "A webhook is not told the number of its message.",
    },
)
NETWORK = Adapter(_FACTS, by("messages.slack", _FACTS))
