"""Facebook Pages: posts are made unpublished, with their pictures, and then shown by one step that can be repeated."""

from datetime import timedelta

from scheduler.model.limits import Limits, VideoLimits
from scheduler.model.network import Abilities, HandOver, Network, Recovery
from scheduler.publishers.contract import Adapter, Connection, Publisher
from scheduler.publishers.graph.settings import settings
from scheduler.publishers.graph.versions import AGEING

# "Posts" guide of the Pages API.
_RIGHTS = ("pages_manage_posts", "pages_read_engagement")
# "Comments" guide of the Pages API.
_OF_COMMENTS = ("pages_manage_engagement",)

# Text: 63,206 characters is what publishing clients use (gitroomhq/postiz-app, 2026-08-21); no page of Meta's was found that says it.
# Pictures: Meta for Developers, "Page Photos" reference (as quoted in 2026): JPEG, PNG, GIF, BMP or TIFF up to 4 MB; other pages say 10.
# Films are uploaded in one piece: Meta's pages name 1 GB and 20 minutes for that; 300 MB is what we hold in memory at once.
# Posts for later: the Pages guide says 10 minutes to 30 days ahead; pictures take time to upload, and other pages say 29 (2026-10).
# Nobody is mentioned: Pages can be with a permission of its own alone ("Page Mentioning"), which goes to reviewed apps.
# Ten pictures is what clients allow, not a documented limit; neither is that of alt_text_custom, so Instagram's is kept.
_LIMITS = Limits(
    text=63_206,
    pictures=10,
    picture_bytes=4_000_000,
    formats=("image/jpeg", "image/png", "image/gif", "image/bmp", "image/tiff"),
    alt=1_000,
    video=VideoLimits(bytes=300_000_000, seconds=(1, 1_200)),
)

_FACTS = Network(
    name="facebook",
    title="Facebook",
    limits=_LIMITS,
    abilities=Abilities(
        recovery=Recovery.TWO_PHASE,
        alt_text_of_films=False,
        link_card=True,
        first_comment=True,
        stories=True,
        hand_over=HandOver(least=timedelta(minutes=15), most=timedelta(days=29)),
    ),
    settings=settings(
        "page_id", "The number of the Page (on the Page: About, Page transparency).", address="https://graph.facebook.com", version="v25.0"
    ),
    graphic_format="4:5",
    ageing=AGEING,
    credential=f"Page access token with {' and '.join(_RIGHTS)}, for first comments also {_OF_COMMENTS[0]}",
    gaps={
        "alt_text_of_films": "The Pages API has descriptions of photos only.",
        "focus": "The Pages API has no field for it.",
        "content_warning": "The Pages API has no warning.",
        "language": "The Pages API has no field for the language of a post.",
        "threads": "A post cannot be answered with posts; a first comment can stand below it.",
        "polls": "The Pages API makes no polls.",
    },
)


def connect(connection: Connection) -> Publisher:
    """Returns the publisher of the Page; pictures are uploaded, so that no ``[media]`` is needed.

    Raises:
        UnsafeAddress: ``graph_url`` is no address to send a token to.
        SettingMissing: The account’s number is not in config.toml.
        SecretMissing: The account has no Page token.
    """
    from scheduler.publishers.graph.api import connect as connect_graph  # noqa: PLC0415 - HTTP is loaded only where something is sent
    from scheduler.publishers.graph.pages import PagePublisher  # noqa: PLC0415 - as above

    return PagePublisher(_FACTS, connect_graph(connection, _FACTS.title, "page_id"), _RIGHTS, _OF_COMMENTS)


NETWORK = Adapter(_FACTS, connect)
