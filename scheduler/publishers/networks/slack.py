"""Slack: messages in a channel, of a bot with pictures, films and a proof of what became of them, or of a webhook with words alone."""

import math
import re
from dataclasses import replace

from scheduler.model.animations import Animations
from scheduler.model.errors import ConfigurationError
from scheduler.model.limits import Limits, VideoLimits
from scheduler.model.network import Abilities, Account, Network, Recovery, Setting
from scheduler.publishers.contract import Adapter, Connection, Publisher
from scheduler.publishers.slack.text import count

_CHANNEL = re.compile(r"[CG][A-Z0-9]{8,}")

# "Message payloads" and chat.postMessage: text of up to 40,000 characters; the unit is not told, so the strictest is taken.
# Beside pictures the words are a block; blocks of more than about 13,000 characters are refused (slackapi/bolt-js#2509).
# "Image block" and "Slack file object": PNG, JPEG, GIF; 50 blocks a message, alt_text 2,000; alt_txt of files.getUploadURLExternal 1,000.
# No page tells how large a picture in a block may be.
# Films: files of up to 1 GB (slack.com/help, "Add files to Slack"); no page says which codecs play in the channel.
# A film has no alt_txt ("Description of image"), so that its description is the title above it; how long one may be no page says.
_FACTS = Network(
    name="slack",
    title="Slack",
    limits=Limits(
        text=40_000,
        text_with_pictures=12_000,
        count=count,
        pictures=10,
        picture_bytes=10_000_000,
        formats=("image/jpeg", "image/png", "image/gif"),
        animations=Animations(formats=("image/gif",)),
        alt=1_000,
        video=VideoLimits(bytes=1_000_000_000, seconds=(0, math.inf), alone=False),
    ),
    abilities=Abilities(marks=frozenset({"link"}), recovery=Recovery.READBACK, link_card=True),
    settings=(
        Setting("channel", "The channel's id, such as C0123456789 (at the end of its details); with it the account is a bot."),
        Setting("api_url", "Where Slack's Web API answers.", default="https://slack.com"),
    ),
    graphic_format="link",
    credential="Bot token (xoxb-…, scopes chat:write, files:write, files:read, channels:history), or without  channel  an incoming webhook",
    gaps={
        "focus": "A message has no field for it.",
        "content_warning": "A message has no warning.",
        "language": "A message has no field for its language.",
        "threads": "A thread stands beside the channel, where few see it: it is not sent by this release.",
        "polls": "Slack has no polls of its own.",
        "edit": "A message with pictures or films is changed only whole, with all that it shows; it is taken back and sent anew.",
    },
)

# Webhooks take no files, and pictures and films by address must stay at that address for ever: none are sent.
_WEBHOOK = replace(
    _FACTS,
    limits=replace(_FACTS.limits, pictures=0, formats=(), text_with_pictures=None, picture_bytes=None, alt=None, video=None),
    abilities=replace(_FACTS.abilities, recovery=Recovery.NONE, alt_text=False),
    gaps={
        **_FACTS.gaps,
        "alt_text": "A webhook takes no files, so no picture and no film is sent.",
        "feed": "A webhook cannot read its channel.",
        "edit": "A webhook is not told the number of its message.",
        "delete": "A webhook is not told the number of its message.",
    },
)


class NoChannel(ConfigurationError):
    """Is an account whose channel is not given by its id."""


class NoBot(ConfigurationError):
    """Is an account with a channel whose secret is no bot's token."""


def own_facts(account: Account) -> Network:
    """Returns what Slack takes from this account: a bot's has a channel, a webhook's has none."""
    return _FACTS if account.settings.get("channel") else _WEBHOOK


def connect(connection: Connection) -> Publisher:
    """Returns the publisher of the channel.

    Raises:
        NoChannel: ``channel`` is no id.
        NoBot: There is a channel, and the secret is no token of a bot; it is not shown.
        NoWebhook: There is no channel, and the secret is no address of a webhook; it is not shown.
        UnsafeAddress: ``api_url`` is no address to send a token to.
        SecretMissing: There is no secret.
    """
    account, settings = connection.account, connection.account.settings
    channel = settings.get("channel", "").strip()
    if not channel:
        from scheduler.publishers.messages.slack import connect as connect_webhook  # noqa: PLC0415 - HTTP is loaded only where something is sent

        return connect_webhook(connection, _WEBHOOK)
    from scheduler.publishers.addresses import configured_address  # noqa: PLC0415 - as above
    from scheduler.publishers.exchange import Exchange, Secrets  # noqa: PLC0415 - as above
    from scheduler.publishers.slack.api import ERRORS, Api  # noqa: PLC0415 - as above
    from scheduler.publishers.slack.publisher import BotPublisher  # noqa: PLC0415 - as above

    if not _CHANNEL.fullmatch(channel):
        raise NoChannel(
            f"The channel of {account.name} is not given by its id.",
            "Open the channel’s details in Slack; the id is at the end: C0123456789.",
        )
    address = configured_address(settings["api_url"], f"api_url of [accounts.{account.name}]")
    secrets = Secrets()
    token = secrets.add(connection.secret())
    if not token.startswith("xoxb-"):
        raise NoBot(
            f"The secret of {account.name} is no token of a bot.", "Copy the one that begins with  xoxb-  (your app, OAuth & Permissions)."
        )
    return BotPublisher(_FACTS, Api(Exchange(address, _FACTS.title, connection.clock, secrets, ERRORS), token, channel))


NETWORK = Adapter(_FACTS, connect, own_facts)
