"""Threads: what a post may be. Sending comes with the network's own publisher."""

import regex

from scheduler.model.network import Abilities, Limits, Network, Recovery, Setting
from scheduler.publishers.contract import Adapter

_CLUSTER = regex.compile(r"\X")
_EMOJI = regex.compile(r"[\p{Extended_Pictographic}\p{Regional_Indicator}\u20e3\ufe0f]")


def count(text: str) -> int:
    """Returns the length as Threads measures it: one for each grapheme, and the number of UTF-8 bytes for an emoji.

    Signs that may be drawn either way (as in U+2122) count as emoji, so that nothing is called short enough that is not.
    """
    clusters = (match.group() for match in _CLUSTER.finditer(text))
    return sum(len(cluster.encode()) if _EMOJI.search(cluster) else 1 for cluster in clusters)


# Meta for Developers, Threads API (2026-04-14): 500 characters, "emojis are counted as the number of UTF-8 bytes".
# Its reference (read 2026-11): alt_text 1,000; JPEG or PNG up to 8 MB, ratio up to 10:1; one topic tag a post.
# A carousel of up to 20: Meta's text as Ayrshare's documentation repeats it, not read at the source.
_LIMITS = Limits(
    text=500,
    count=count,
    pictures=20,
    picture_bytes=8_000_000,
    ratio=(1 / 10, 10.0),
    alt=1_000,
    hashtags_advised=1,
)

NETWORK = Adapter(
    Network(
        name="threads",
        title="Threads",
        limits=_LIMITS,
        abilities=Abilities(recovery=Recovery.TWO_PHASE, link_card=True, threads=True),
        settings=(
            Setting("user_id", "The number of the Threads profile."),
            Setting("graph_url", "Where the Threads API answers.", default="https://graph.threads.net"),
        ),
        graphic_format="4:5",
    ),
    connect=None,
)
