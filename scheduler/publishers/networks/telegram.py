"""Telegram: messages of a bot in a channel or group; what became of a lost answer only a person can tell."""

import math

from scheduler.model.animations import Animations
from scheduler.model.limits import Limits, PollLimits, VideoLimits
from scheduler.model.network import Abilities, Mentions, Network, Recovery, Setting
from scheduler.publishers.connecting import by
from scheduler.publishers.contract import Adapter

# Bot API 10.0 (python-telegram-bot, 2026-08-16): 4,096 characters, 1,024 beside pictures; groups of 2 to 10 pictures, photos up to 10 MB,
# width and height at most 10,000 together, ratio at most 20. What counts are code points: core.telegram.org/constructor/config,
# message_length_max and caption_length_max, "length in utf8 codepoints"; only the places of entities are units of UTF-16.
_FACTS = Network(
    name="telegram",
    title="Telegram",
    limits=Limits(
        text=4_096,
        text_with_pictures=1_024,
        pictures=10,
        picture_bytes=10_000_000,
        picture_sides=10_000,
        formats=("image/jpeg", "image/png"),
        ratio=(1 / 20, 20),
        # sendAnimation: GIF of up to 50 MB, one in a message: "type "animation" can't be used in sendMediaGroup" (Client.cpp, 2026-05-07).
        # A GIF of one picture is a photo, and goes as JPEG.
        animations=Animations(formats=("image/gif",), alone=True, bytes=50_000_000),
        # sendVideo and InputMediaVideo: MPEG4 of up to 50 MB; of other formats apps make a file to load down.
        video=VideoLimits(bytes=50_000_000, seconds=(0, math.inf), formats=("video/mp4",), alone=False),
        # sendPoll: question 300, 12 options of 100, 5 to 2,628,000 seconds; since 9.6 a description of 1,024,
        # since 10.0 a photo, film or GIF that moves (InputPollMedia). TDLib (2026-07-17) counts code points.
        poll=PollLimits(options=12, characters=100, question=300, minutes=(1, 43_800), text=1_024, pictures=1),
    ),
    abilities=Abilities(recovery=Recovery.NONE, alt_text=False, polls=True),
    settings=(
        Setting("chat", "The channel or group, such as @ourunion; its number if it has no public name."),
        Setting("api_url", "Where the Bot API answers.", default="https://api.telegram.org"),
    ),
    graphic_format="4:5",
    mentions=Mentions(handle="[a-z][a-z0-9_]{3,31}", example="@ourunion"),
    credential="Token of the bot (from @BotFather); the bot must be an administrator of the channel",
    gaps={
        "focus": "The Bot API has no field for it.",
        "alt_text": "The Bot API takes no descriptions.",
        "content_warning": "The Bot API has no warning in words; it can only blur a picture.",
        "language": "The Bot API has no field for the language of a message.",
        "threads": "A channel's messages stand below each other and answer nothing.",
        "feed": "A bot cannot read the messages of a channel.",
    },
)
NETWORK = Adapter(_FACTS, by("messages.telegram", _FACTS))
