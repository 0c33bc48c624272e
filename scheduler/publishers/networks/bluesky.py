"""Bluesky: what a post may be. Sending comes with the network's own publisher."""

from scheduler.model.network import Abilities, Limits, Network, Recovery, Setting
from scheduler.publishers.contract import Adapter
from scheduler.publishers.counting import graphemes

# Text: lexicon app.bsky.feed.post (bluesky-social/atproto, 2026-08-20): 300 graphemes and 3,000 UTF-8 bytes, both at once.
# Pictures: lexicon app.bsky.embed.images (same date): 4, each "up to 2 MB, formerly limited to 1 MB"; a server that was not updated
# still refuses the larger one, so the smaller is kept. The lexicon takes any image type; these three every app shows.
# Alt: the lexicon sets no limit; 2,000 is that of the Bluesky app, from memory and not verified.
_LIMITS = Limits(
    text=300,
    count=graphemes,
    text_bytes=3_000,
    pictures=4,
    picture_bytes=1_000_000,
    formats=("image/jpeg", "image/png", "image/webp"),
    alt=2_000,
)

NETWORK = Adapter(
    Network(
        name="bluesky",
        title="Bluesky",
        limits=_LIMITS,
        abilities=Abilities(recovery=Recovery.CLIENT_ID, language=True, link_card=True, threads=True),
        settings=(
            Setting("service", "The address of the server to log in to.", default="https://bsky.social"),
            Setting("identifier", "The handle or e-mail address to log in with."),
        ),
    ),
    connect=None,
)
