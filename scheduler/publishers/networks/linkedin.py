"""LinkedIn: posts of a person or an organisation; what was sent twice LinkedIn refuses, naming the first."""

from datetime import UTC, datetime, timedelta

from scheduler.model.animations import Animations
from scheduler.model.errors import ConfigurationError
from scheduler.model.limits import Limits, PollLimits, VideoLimits
from scheduler.model.network import Abilities, Ageing, Life, Mentions, Network, Recovery, Setting
from scheduler.publishers.contract import Adapter, Connection, Publisher
from scheduler.publishers.counting import utf16
from scheduler.publishers.linkedin.text import POLL_TERMS, URN, count, count_sent

_LAST_YEAR = 9000


def _life(version: str) -> Life | None:
    """Returns the days of a version, which is named for its month, such as ``202607``."""
    try:
        since = datetime.strptime(version, "%Y%m").replace(tzinfo=UTC).date()
    except ValueError:
        return None
    return Life(since, since.replace(year=since.year + 1)) if since.year < _LAST_YEAR else None


# Commentary of 3,000 characters and 2 to 20 pictures: what publishing programs use (gitroomhq/postiz-app, 2026-08-21); altText of 4,086 and
# the formats: "Images API" and "MultiImage API" from memory. None of the numbers was read at the source.
_FACTS = Network(
    name="linkedin",
    title="LinkedIn",
    limits=Limits(
        text=3_000,
        count=count,
        count_sent=count_sent,
        pictures=20,
        picture_bytes=8_000_000,
        # "Images API", specifications (li-lms-2025-01): fewer than 36,152,320 pixels.
        picture_pixels=36_152_319,
        formats=("image/jpeg", "image/png", "image/gif"),
        animations=Animations(formats=("image/gif",)),
        # "Videos API", specifications (li-lms-2026-06): MP4, 3 seconds to 30 minutes, 75 KB to 500 MB; "Posts API": one film, alone.
        # The shape as publishing programs hold it (Ayrshare's page of media for LinkedIn), pixels likewise (Blotato's); of codecs nothing.
        video=VideoLimits(
            bytes=500_000_000,
            smallest=75_000,
            seconds=(3, 1_800),
            formats=("video/mp4",),
            ratio=(1 / 2.4, 2.4),
            width=4_096,
            pixels=4_096 * 2_304,
        ),
        alt=4_086,
        # "Poll API" (li-lms-2025-01): a question, 2 to 4 options, 1, 3, 7 or 14 days, one vote each; content is a poll or pictures.
        # 140 and 30 characters are the form's; several publishing programs use them too. A post whose commentary is empty is refused (422).
        poll=PollLimits(
            options=4, characters=30, question=140, count=utf16, alone=True, terms=tuple(POLL_TERMS), multiple=False, words=True
        ),
    ),
    # How long words count as said, no page tells; the same 90 days for which the ledger itself takes equal posts for one.
    # "Posts API": a film of a post has a title in its examples, and a picture an altText; Ayrshare says that films take none.
    abilities=Abilities(
        recovery=Recovery.READBACK,
        alt_text_of_films=False,
        link_card=True,
        brings_card=True,
        polls=True,
        refuses_repeats=timedelta(days=90),
    ),
    settings=(
        Setting("author", "Who posts: urn:li:organization:NUMBER for a page, urn:li:person:ID for a person."),
        Setting("version", "The month of LinkedIn's API, such as 202607; each lives for about a year.", default="202607"),
        Setting("api_url", "Where LinkedIn's API answers.", default="https://api.linkedin.com"),
    ),
    graphic_format="link",
    # "LinkedIn Marketing API Versioning" (li-lms-2024-11): a version a month, each kept for at least a year.
    ageing=Ageing("version", _life, old_after=timedelta(days=274)),
    mentions=Mentions(handle=URN, example="urn:li:organization:1234", by_name=True),
    credential="Access token with the right w_organization_social, or w_member_social for a person; it lives for 60 days",
    gaps={
        "alt_text_of_films": "The Posts API has descriptions of pictures only.",
        "focus": "The Posts API has no field for it.",
        "content_warning": "The Posts API has no warning.",
        "language": "The Posts API has no field for the language of a commentary.",
        "threads": "A post cannot be answered with posts of one's own.",
    },
)


class NoAuthor(ConfigurationError):
    """Is an account that does not say who posts."""


def connect(connection: Connection) -> Publisher:
    """Returns the publisher of the author.

    Raises:
        NoAuthor: ``author`` is not in config.toml, or is no URN.
        UnsafeAddress: ``api_url`` is no address to send a token to.
        SecretMissing: There is no token.
    """
    from scheduler.publishers.addresses import configured_address  # noqa: PLC0415 - HTTP is loaded only where something is sent
    from scheduler.publishers.exchange import Exchange, Secrets  # noqa: PLC0415 - as above
    from scheduler.publishers.linkedin.api import ERRORS, Api  # noqa: PLC0415 - as above
    from scheduler.publishers.linkedin.publisher import SharePublisher  # noqa: PLC0415 - as above

    name, settings = connection.account.name, connection.account.settings
    author = settings.get("author", "")
    if not author.startswith(("urn:li:organization:", "urn:li:person:")):
        told = f"The author of {name} is neither a page nor a person." if author else f"The account {name} has no author."
        raise NoAuthor(told, f'Write  author = "urn:li:organization:1234"  below [accounts.{name}].')
    address = configured_address(settings["api_url"], f"api_url of [accounts.{name}]")
    secrets = Secrets()
    token = secrets.add(connection.secret())
    exchange = Exchange(address, _FACTS.title, connection.clock, secrets, ERRORS)
    return SharePublisher(_FACTS, Api(exchange, author, settings["version"], token))


NETWORK = Adapter(_FACTS, connect)
