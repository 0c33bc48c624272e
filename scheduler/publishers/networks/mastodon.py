"""Mastodon and servers that speak its language: what a post may be with the usual settings, and how an account is reached."""

import math
from datetime import timedelta

from scheduler.model.animations import Animations
from scheduler.model.errors import ConfigurationError
from scheduler.model.limits import Limits, PollLimits, VideoLimits
from scheduler.model.network import Abilities, Mentions, Network, Recovery, Setting
from scheduler.publishers.contract import Adapter, Connection, Publisher
from scheduler.publishers.counting import graphemes
from scheduler.publishers.mastodon.length import counting

_LINK_LENGTH = 23
_NAME, _SERVER = r"[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*", r"@[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+"

# mastodon/documentation, entities/V2_Instance (2026-07-02): max_characters 500, max_media_attachments 4, characters_reserved_per_url 23,
# description_limit 1,500, image_size_limit 16 MiB, image_matrix_limit 33,177,600: a server's own numbers may be others, as may the types of
# files that it takes.
# Films: video_size_limit 99 MiB, video_frame_rate_limit 120 (same page), none beside pictures (app/services/post_status_service.rb).
# Polls: max_options 4, max_characters_per_option 50, min_expiration 300, max_expiration 2,629,746 (same page);
# none beside pictures (validate_media! of the same service); app/validators/poll_options_validator.rb counts what readers see as one
# character once.
# What counts: app/validators/status_length_validator.rb (4.7.0-alpha.2, 2026-08-08): content warning and text together, and only the
# text's links and mentions are shortened.
_LIMITS = Limits(
    text=500,
    count=counting(_LINK_LENGTH),
    count_warning=graphemes,
    link_length=_LINK_LENGTH,
    count_links=counting,
    pictures=4,
    picture_bytes=16 * 1024 * 1024,
    picture_pixels=33_177_600,
    formats=("image/jpeg", "image/png", "image/gif", "image/webp"),
    # app/models/media_attachment.rb: a GIF becomes a film without sound that runs by itself (“gifv”); of other formats nothing is said.
    animations=Animations(formats=("image/gif",)),
    alt=1_500,
    video=VideoLimits(bytes=99 * 1024 * 1024, seconds=(0, math.inf), frames=(0, 120)),
    poll=PollLimits(options=4, characters=50, count=graphemes, alone=True, minutes=(5, 43_829)),
)

_VISIBILITIES = ("public", "unlisted", "private", "direct")

_FACTS = Network(
    name="mastodon",
    title="Mastodon",
    limits=_LIMITS,
    abilities=Abilities(
        recovery=Recovery.IDEMPOTENCY_KEY,
        key_window=timedelta(hours=1),
        focus=True,
        content_warning=True,
        language=True,
        threads=True,
        polls=True,
    ),
    settings=(
        Setting("server", "The address of the server, such as https://social.example.org."),
        Setting("visibility", "Who may read the posts: public, unlisted (not in public timelines), private (followers).", default="public"),
    ),
    # app/models/account.rb (4.7.0-alpha.2, 2026-08-08): USERNAME_RE, and the server behind a second @ for people of other servers.
    mentions=Mentions(handle=f"{_NAME}(?:{_SERVER})?", example="@union@social.example", only_here=_NAME + _SERVER),
    credential="Access token with the rights read and write (Preferences, Development, New application)",
)


class MastodonSettingsError(ConfigurationError):
    """Is a Mastodon account whose settings cannot be used."""


def connect(connection: Connection) -> Publisher:
    """Returns the publisher of the account.

    Raises:
        MastodonSettingsError: No server is named, or the visibility is none of Mastodon's.
        UnsafeAddress: The server's address is none, or is not encrypted.
    """
    from scheduler.publishers.addresses import configured_address  # noqa: PLC0415 - a network is loaded where it is used
    from scheduler.publishers.exchange import Exchange  # noqa: PLC0415 - as above
    from scheduler.publishers.mastodon.publisher import MastodonPublisher  # noqa: PLC0415 - as above
    from scheduler.publishers.mastodon.server import ERRORS, Server  # noqa: PLC0415 - as above

    account, settings = connection.account, connection.account.settings
    place = settings.get("server", "").strip()
    if not place:
        raise MastodonSettingsError(
            f"The account {account.name} does not say which server it is on.",
            f'Write  server = "https://social.example.org"  below [accounts.{account.name}] in config.toml.',
        )
    visibility = settings.get("visibility") or "public"
    if visibility not in _VISIBILITIES:
        raise MastodonSettingsError(
            f"The account {account.name} has the visibility “{visibility}”.", f"Mastodon knows: {', '.join(_VISIBILITIES)}."
        )
    address = configured_address(place, f"The setting  server  of [accounts.{account.name}]")
    server = Server(Exchange(address, _FACTS.title, connection.clock, errors=ERRORS), connection.secret)
    return MastodonPublisher(connection.facts or _FACTS, server, visibility)


NETWORK = Adapter(_FACTS, connect)
