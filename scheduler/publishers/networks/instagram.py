"""Instagram: feed posts of a professional account, by containers that are published once."""

import json
from typing import Any

from scheduler.model.errors import ConfigurationError
from scheduler.model.network import Abilities, Limits, Network, Recovery, Setting, VideoLimits
from scheduler.model.outgoing import Outgoing
from scheduler.publishers.contract import Adapter, Connection, Publisher

# Meta for Developers, "Content Publishing" guide (Graph API v25.0) and the media reference (2026-09-28, as quoted by others): caption 2,200
# characters, 30 hashtags, alt_text 1,000, JPEG only, ratio 4:5 to 1.91:1, a carousel of up to 10.
# "Error Codes" page (2026-06-02): 36000/2207004 refuses pictures above 8 MiB.
# The unit of "characters" is not documented: code points are never fewer than what a reader counts.
# Films, same guide: MP4 or MOV, H.264 or HEVC with AAC, 23 to 60 frames, up to 1920 pixels wide; as a reel 3 seconds to 15 minutes and
# 300 MB, as a story up to 60 seconds and 100 MB. alt_text is for pictures alone.
# Five hashtags: Instagram's announcement of 2025/26 as the press quotes it; whether the API refuses a sixth is not verified.
_FILM: dict[str, Any] = {"codecs": ("H.264", "HEVC"), "sounds": ("AAC",), "frames": (23, 60), "width": 1920}

_LIMITS = Limits(
    text=2_200,
    pictures=10,
    picture_required=True,
    picture_bytes=8 * 1024 * 1024,
    formats=("image/jpeg",),
    ratio=(4 / 5, 1.91),
    alt=1_000,
    hashtags=30,
    hashtags_advised=5,
    video=VideoLimits(bytes=300_000_000, seconds=(3, 900), alone=False, **_FILM),
    story_video=VideoLimits(bytes=100_000_000, seconds=(3, 60), **_FILM),
)

_FACTS = Network(
    name="instagram",
    title="Instagram",
    limits=_LIMITS,
    abilities=Abilities(recovery=Recovery.TWO_PHASE, links_clickable=False, first_comment=True, stories=True, collaborators=True),
    settings=(
        Setting("user_id", "The number of the professional account, as Meta's app dashboard shows it."),
        Setting("graph_url", "Where Meta's Graph API answers.", default="https://graph.instagram.com"),
        Setting("graph_version", "The version of the Graph API.", default="v25.0"),
    ),
    graphic_format="4:5",
    credential="Access token of the professional account (Meta’s app dashboard, Instagram, API setup with Instagram login)",
    gaps={
        "content_warning": "The API has no warning.",
        "language": "The API has no field for the language of a caption.",
        "threads": "A post cannot be answered with posts.",
        "polls": "The API makes no polls.",
        "edit": "The API does not change a caption that is out.",
        "delete": "The API does not delete what is out.",
    },
)


class NoPlaceForPictures(ConfigurationError):
    """Is a live account on a network that fetches pictures by address, in a project that offers them nowhere."""


def connect(connection: Connection) -> Publisher:
    """Returns the publisher of the account.

    Raises:
        NoPlaceForPictures: config.toml has no ``[media]``, and every post here has a picture.
        UnsafeAddress: ``graph_url`` is no address to send a token to.
        SettingMissing: The account’s number is not in config.toml.
        SecretMissing: The account has no token.
    """
    from scheduler.publishers.graph.api import connect as connect_graph  # noqa: PLC0415 - HTTP is loaded only where something is sent
    from scheduler.publishers.graph.containers import Containers  # noqa: PLC0415 - as above
    from scheduler.publishers.graph.dialect import Dialect  # noqa: PLC0415 - as above

    if connection.media is None:
        raise NoPlaceForPictures(
            f"“{connection.account.name}” cannot publish: Instagram fetches pictures by their address, and config.toml does not say where.",
            "Add a [media] table; the README explains its three kinds.",
        )
    # Media and status fields: "Content Publishing" guide, "IG Container" and "IG User Media" references (v25.0).
    dialect = Dialect(
        making="media",
        showing="media_publish",
        quota="content_publishing_limit",
        listing="media",
        status="status_code",
        reason="status",
        words="caption",
        fields="id,caption,permalink,timestamp,media_url,alt_text,children{media_url,alt_text}",
        single=_single,
        grant="ig_refresh_token",
        more=_together,
    )
    return Containers(_FACTS, dialect, connect_graph(connection, _FACTS.title, "user_id", "id,user_id,username"), connection.media)


def _single(outgoing: Outgoing, address: str) -> dict[str, str]:
    film = outgoing.media[0].picture.video is not None
    if outgoing.story:
        return {"media_type": "STORIES", "video_url" if film else "image_url": address}
    if film:
        return {"media_type": "REELS", "video_url": address, "caption": outgoing.text, "share_to_feed": "true"}
    alt = outgoing.media[0].alt
    return {"image_url": address, "caption": outgoing.text, **({"alt_text": alt} if alt else {})}


def _together(outgoing: Outgoing) -> dict[str, str]:
    """Returns the accounts that are invited to share the post; Instagram takes up to three."""
    handles = [handle.lstrip("@") for handle in outgoing.collaborators]
    return {"collaborators": json.dumps(handles)} if handles and not outgoing.story else {}


NETWORK = Adapter(_FACTS, connect)
