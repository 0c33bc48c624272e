"""Instagram: feed posts of a professional account, by containers that are published once."""

import json
from dataclasses import dataclass, replace
from typing import Any

from scheduler.model.errors import ConfigurationError
from scheduler.model.limits import Limits, VideoLimits
from scheduler.model.network import Abilities, Mentions, Network, Recovery, Setting
from scheduler.model.outgoing import Outgoing
from scheduler.publishers.contract import Adapter, Connection, Publisher
from scheduler.publishers.graph.settings import settings
from scheduler.publishers.graph.versions import AGEING
from scheduler.publishers.hosting.host import MediaHost

# Meta for Developers, "Content Publishing" guide (Graph API v25.0) and the media reference (2026-09-28, as quoted by others): caption 2,200
# characters, 30 hashtags, alt_text 1,000, JPEG only, ratio 4:5 to 1.91:1, a carousel of up to 10.
# "Error Codes" page (2026-06-02): 36000/2207004 refuses pictures above 8 MiB.
# The unit of "characters" is not documented: code points are never fewer than what a reader counts.
# Films, same guide: MP4 or MOV, H.264 or HEVC with AAC, 23 to 60 frames, up to 1920 pixels wide; as a reel 3 seconds to 15 minutes and
# 300 MB, as a story up to 60 seconds and 100 MB. alt_text is for pictures alone.
# Five hashtags: Instagram's announcement of 2025/26 as the press quotes it; whether the API refuses a sixth is not verified.
_FILM: dict[str, Any] = {"codecs": ("H.264", "HEVC"), "sounds": ("AAC",), "frames": (23, 60), "width": 1920, "ratio": (1 / 100, 10)}

_LIMITS = Limits(
    text=2_200,
    pictures=10,
    picture_required=True,
    picture_bytes=8 * 1024 * 1024,
    formats=("image/jpeg",),
    ratio=(4 / 5, 1.91),
    # "IG User Media" reference, image specifications: at least 320 pixels wide, and scaled up to that where it is narrower.
    picture_width=320,
    # Same guide, "Carousel Posts": what a carousel shows is cropped to the shape of its first picture.
    one_shape=True,
    alt=1_000,
    hashtags=30,
    hashtags_advised=5,
    # Same guide and "Error Codes" page (100/2207040): 20 mentions.
    mentions=20,
    # "IG User Media" reference, creating: collaborators, up to 3 usernames.
    collaborators=3,
    video=VideoLimits(bytes=300_000_000, seconds=(3, 900), alone=False, **_FILM),
    story_video=VideoLimits(bytes=100_000_000, seconds=(3, 60), **_FILM),
)


@dataclass(frozen=True, slots=True)
class _Login:
    """Is one of the two ways to a token: the address it is for, the permissions it takes, and the one that first comments take."""

    address: str
    rights: tuple[str, ...]
    comments: str


# "Overview" of the Instagram Platform (2026); what each may do is said in the tables of requirements of every reference page.
_LOGINS = {
    "instagram": _Login(
        "https://graph.instagram.com",
        ("instagram_business_basic", "instagram_business_content_publish"),
        "instagram_business_manage_comments",
    ),
    "facebook": _Login("https://graph.facebook.com", ("instagram_basic", "instagram_content_publish"), "instagram_manage_comments"),
}

_TICK = (
    "See that {right} is among the permissions of your app (Meta’s app dashboard, Instagram, API setup with Instagram login) and was"
    " ticked when the token was made; if it was not, make a new token and connect it."
)

_FACTS = Network(
    name="instagram",
    title="Instagram",
    limits=_LIMITS,
    abilities=Abilities(
        recovery=Recovery.TWO_PHASE,
        alt_text_of_stories=False,
        alt_text_of_films=False,
        links_clickable=False,
        first_comment=True,
        stories=True,
        collaborators=True,
        location=True,
    ),
    settings=(
        *settings(
            "user_id",
            "The number of the professional account, as Meta’s app dashboard shows it.",
            address=_LOGINS["instagram"].address,
            version="v25.0",
        ),
        Setting("login", "How the token was made: with Instagram’s login, or with Facebook’s, as deleting takes.", default="instagram"),
    ),
    graphic_format="4:5",
    ageing=AGEING,
    fetches=True,
    credential="Access token of the professional account (Meta’s app dashboard, Instagram, API setup with Instagram login), "
    f"with {' and '.join(_LOGINS['instagram'].rights)}, for first comments also {_LOGINS['instagram'].comments}",
    # What the app lets people choose.
    mentions=Mentions(handle="[a-z0-9_.]{1,30}", example="@our.union"),
    place_number="the number of the place’s Page on Facebook",
    gaps={
        "alt_text_of_films": "The API takes descriptions of pictures only.",
        "focus": "The API has no field for it.",
        "content_warning": "The API has no warning.",
        "language": "The API has no field for the language of a caption.",
        "threads": "A post cannot be answered with posts.",
        "polls": "The API makes no polls.",
        # "IG Media" reference (2026-08-12): Updating, Deleting.
        "edit": "The API changes nothing of a post that is out but whether it can be commented on.",
        "delete": 'The API deletes for tokens of Facebook’s login alone (login = "facebook"), not for those of Instagram’s.',
    },
)


class NoPlaceForPictures(ConfigurationError):
    """Is an account on a network that fetches pictures by address, in a project that offers them nowhere."""


class UnknownLogin(ConfigurationError):
    """Is a way to a token that the network does not have."""


def connect(connection: Connection) -> Publisher:
    """Returns the publisher of the account.

    Raises:
        NoPlaceForPictures: config.toml has no ``[media]``, and every post here has a picture.
        UnknownLogin: ``login`` is neither of the two.
        UnsafeAddress: ``graph_url`` is no address to send a token to.
        SettingMissing: The account’s number is not in config.toml.
        SecretMissing: The account has no token.
    """
    from scheduler.publishers.graph.api import connect as connect_graph  # noqa: PLC0415 - HTTP is loaded only where something is sent
    from scheduler.publishers.graph.dialect import Dialect  # noqa: PLC0415 - as above
    from scheduler.publishers.graph.extending import RemovableUntilItEnds, Renewable  # noqa: PLC0415 - as above

    login, media = _login(connection), _media(connection)
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
        rights=login.rights,
        comments=(login.comments,),
        tick=_TICK.format(right=login.comments),
        more=_around,
    )
    if login is _LOGINS["facebook"]:
        graph = connect_graph(_at(login, connection), _FACTS.title, "user_id", "id,username", of_person=True)
        return RemovableUntilItEnds(_FACTS, dialect, graph, media)
    return Renewable(_FACTS, dialect, connect_graph(connection, _FACTS.title, "user_id", "id,user_id,username"), media)


def _media(connection: Connection) -> MediaHost:
    if connection.media is None:
        raise NoPlaceForPictures(
            f"“{connection.account.name}” cannot publish: Instagram fetches pictures by their address, and config.toml does not say where.",
            "Add a [media] table; the README explains its three kinds.",
        )
    return connection.media


def _login(connection: Connection) -> _Login:
    name = connection.account.settings["login"]
    if name not in _LOGINS:
        told = f"“{connection.account.name}” has the login “{name}”, and there are {' and '.join(_LOGINS)}."
        raise UnknownLogin(told, 'Write  login = "instagram"  unless the token was made with Facebook’s login.')
    return _LOGINS[name]


def _at(login: _Login, connection: Connection) -> Connection:
    """Returns the connection with the login's own address, unless config.toml names one."""
    given = connection.account.settings
    address = login.address if given["graph_url"] == _LOGINS["instagram"].address else given["graph_url"]
    return replace(connection, account=replace(connection.account, settings={**given, "graph_url": address}))


def _single(outgoing: Outgoing, address: str) -> dict[str, str]:
    film = outgoing.media[0].picture.video is not None
    if outgoing.story:
        return {"media_type": "STORIES", "video_url" if film else "image_url": address}
    if film:
        return {"media_type": "REELS", "video_url": address, "caption": outgoing.text, "share_to_feed": "true"}
    alt = outgoing.media[0].alt
    return {"image_url": address, "caption": outgoing.text, **({"alt_text": alt} if alt else {})}


def _around(outgoing: Outgoing) -> dict[str, str]:
    """Returns the accounts that are invited to share the post and its place; a story has neither."""
    if outgoing.story:
        return {}
    handles = [handle.lstrip("@") for handle in outgoing.collaborators]
    place = {"location_id": outgoing.location_id} if outgoing.location_id else {}
    return place | ({"collaborators": json.dumps(handles)} if handles else {})


NETWORK = Adapter(_FACTS, connect)
