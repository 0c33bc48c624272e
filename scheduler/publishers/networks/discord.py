"""Discord: messages of a webhook in a channel; what became of a lost answer only a person can tell."""

import math

from scheduler.model.animations import Animations
from scheduler.model.limits import Limits, PollLimits, VideoLimits
from scheduler.model.network import Abilities, Network, Recovery
from scheduler.publishers.connecting import by
from scheduler.publishers.contract import Adapter
from scheduler.publishers.messages import markdown

# discord/discord-api-docs (2026-08-06): content 2,000 characters, read as Markdown, so escapes count;
# 10 files of 10 MiB, attachment description 1,024; 25 MiB for the whole request, of which 128 KiB are left to the words.
# Films are files like any others, with the same description; MP4, MOV and WebM play in the channel, and no page says which codecs do.
_FACTS = Network(
    name="discord",
    title="Discord",
    limits=Limits(
        text=2_000,
        count=markdown.count,
        pictures=10,
        picture_bytes=10 * 1024 * 1024,
        pictures_bytes=25 * 1024 * 1024 - 128 * 1024,
        formats=("image/jpeg", "image/png", "image/gif", "image/webp"),
        animations=Animations(formats=("image/gif",)),
        alt=1_024,
        video=VideoLimits(bytes=10 * 1024 * 1024, seconds=(0, math.inf), alone=False),
        # "Poll Resource": question 300, 10 answers of 55, up to 32 days in whole hours. No page tells of pictures beside one.
        poll=PollLimits(options=10, characters=55, question=300, alone=True, minutes=(60, 32 * 24 * 60), step=60),
    ),
    abilities=Abilities(marks=frozenset({"link"}), recovery=Recovery.NONE, link_card=True, polls=True),
    graphic_format="link",
    credential="Address of the webhook (channel settings, Integrations, Webhooks)",
    gaps={
        "focus": "A message has no field for it.",
        "content_warning": "A webhook has no warning in words; it could only hide pictures and films behind a blur.",
        "language": "A message has no field for its language.",
        "threads": "A webhook cannot answer its own message.",
        "feed": "A webhook cannot list the messages of its channel.",
    },
)
NETWORK = Adapter(_FACTS, by("messages.discord", _FACTS))
