"""Mastodon: what a post may be on a server with the usual settings. Sending comes with the network's own publisher."""

import regex

from scheduler.model.network import Abilities, Limits, Network, Recovery, Setting
from scheduler.publishers.contract import Adapter
from scheduler.publishers.counting import graphemes

_LINK_LENGTH = 23
_LINK = regex.compile(
    r"""(?<![\w@/.])https?://            # a link needs its scheme; without it the text counts as typed
        [\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)+(?::\d+)?
        (?:[/?\#][^\s<>"]*[^\s<>".,;:!?'’”)\]])?/?""",
    regex.VERBOSE | regex.IGNORECASE,
)
_FAR_MENTION = regex.compile(
    r"(?<![=/\w])(@[a-z0-9_]+(?:[a-z0-9_.-]*[a-z0-9_])?)@[\p{L}\p{N}_]+(?:[.:-]+[\p{L}\p{N}_]+)+", regex.IGNORECASE
)


def count(text: str) -> int:
    """Returns the length as Mastodon measures it: graphemes, 23 for each link, and ``@user@server`` as ``@user``."""
    links_short = _LINK.sub("x" * _LINK_LENGTH, text)
    return graphemes(_FAR_MENTION.sub(r"\1", links_short))


# mastodon/documentation, entities/V2_Instance (2026-07-02): max_characters 500, max_media_attachments 4, characters_reserved_per_url 23,
# description_limit 1,500, image_size_limit 16 MiB: a server's own numbers may be higher.
# What counts: app/validators/status_length_validator.rb (4.7.0-alpha.2, 2026-08-08): content warning and text together.
_LIMITS = Limits(
    text=500,
    count=count,
    pictures=4,
    picture_bytes=16 * 1024 * 1024,
    formats=("image/jpeg", "image/png", "image/gif", "image/webp"),
    alt=1_500,
)

NETWORK = Adapter(
    Network(
        name="mastodon",
        title="Mastodon",
        limits=_LIMITS,
        abilities=Abilities(recovery=Recovery.IDEMPOTENCY_KEY, content_warning=True, language=True, threads=True, polls=True),
        settings=(Setting("server", "The address of the server, such as https://social.example.org."),),
    ),
    connect=None,
)
