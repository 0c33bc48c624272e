"""X: off until its price is accepted, since every post costs money; what became of a lost answer the account's own list tells."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from scheduler.model.animations import Animations
from scheduler.model.errors import ConfigurationError
from scheduler.model.limits import Limits, PollLimits, VideoLimits
from scheduler.model.network import Abilities, Mentions, Network, Recovery, Setting
from scheduler.model.outgoing import Media, Outgoing
from scheduler.publishers.contract import Adapter, Connection, Publisher
from scheduler.publishers.x.text import count, has_link

# xdevplatform/docs (2026-08-22): 280 weighted characters, 4 pictures of up to 5 MB as JPEG, PNG, GIF or WebP, alt text 1,000.
# Prices: pricing.mdx (2026-08).
_POST, _WITH_LINK, _ALT = Decimal("0.015"), Decimal("0.200"), Decimal("0.005")
_PRICE = "a post costs $0.015, one with a link $0.20, each description of a picture $0.005"


def price(outgoing: Outgoing) -> Decimal:
    """Returns what a post and the answers of its thread cost, in US dollars, by the prices of August 2026."""
    posts = ((outgoing.text, outgoing.media), *((reply.text, reply.media) for reply in outgoing.replies))
    return sum(((_WITH_LINK if has_link(text) else _POST) + _ALT * _described(media) for text, media in posts), Decimal(0))


def _described(media: Iterable[Media]) -> int:
    """Returns how many descriptions are sent; uploading costs nothing, and a film has none."""
    return sum(bool(item.alt) and item.picture.video is None for item in media)


_FACTS = Network(
    name="x",
    title="X",
    limits=Limits(
        text=280,
        count=count,
        pictures=4,
        picture_bytes=5_000_000,
        formats=("image/jpeg", "image/png", "image/gif", "image/webp"),
        # best-practices.mdx (2026-08-22): 4 photos, 1 animated GIF or 1 video; what a GIF may have. Of WebP nothing is said.
        animations=Animations(formats=("image/gif",), alone=True, bytes=15_000_000, frames=350, size=(1_280, 1_080), pixels=300_000_000),
        # The same page, "Advanced". Its "1280x1024" is not the most: the page itself asks for 720x1280 of portraits and tells of films in
        # 1080p for subscribers, which is held; from an account that has not subscribed X may refuse more than 720p, with its own words.
        video=VideoLimits(
            bytes=512_000_000,
            seconds=(0.5, 140),
            codecs=("H.264",),
            sounds=("AAC",),
            frames=(1, 60),
            ratio=(1 / 3, 3),
            pixels=1_920 * 1_080,
        ),
        alt=1_000,
        # integrate.mdx: one cashtag a post below the contracts for enterprises.
        cashtags=1,
        # openapi.json, TweetCreateRequest: 2 to 4 options of 25 characters, 5 to 10,080 minutes; X itself takes no pictures beside a poll.
        poll=PollLimits(options=4, characters=25, count=count, alone=True, minutes=(5, 10_080), multiple=False),
    ),
    # How long words count as said, no page tells; the same 90 days for which the ledger itself takes equal posts for one.
    # data-dictionary.mdx (2026-08-22), alt_text of a media object: it "can only be added to images at the moment".
    abilities=Abilities(recovery=Recovery.READBACK, alt_text_of_films=False, threads=True, polls=True, refuses_repeats=timedelta(days=90)),
    settings=(
        Setting("accept_cost", f"Write true to accept X's prices of August 2026: {_PRICE}."),
        Setting("api_url", "Where X's API answers.", default="https://api.x.com"),
    ),
    graphic_format="link",
    # twitter-text (2021-10-21), extract mentions: up to 20 letters, digits and underlines, of which new names have at most 15.
    mentions=Mentions(handle="[a-z0-9_]{1,20}", example="@ourunion"),
    price=price,
    credential="APP-KEY:APP-SECRET:TOKEN:TOKEN-SECRET, all four from X’s developer portal, with colons between them",
    gaps={
        "alt_text_of_films": "The API takes descriptions of pictures only.",
        "focus": "The API has no field for it.",
        "content_warning": "The API's only warning is a mark on pictures, without words.",
        "language": "X guesses the language itself and takes none.",
        "edit": "The API does not change a post that is out.",
    },
)


class PriceNotAccepted(ConfigurationError):
    """Is an account on X without a word on the price."""


class NotFourKeys(ConfigurationError):
    """Is a secret that is not made of four keys."""


def connect(connection: Connection) -> Publisher:
    """Returns the publisher of the account.

    Raises:
        PriceNotAccepted: ``accept_cost`` is not true.
        NotFourKeys: The secret is not of the form APP-KEY:APP-SECRET:TOKEN:TOKEN-SECRET.
        UnsafeAddress: ``api_url`` is no address to send keys to.
        SecretMissing: There is no secret.
    """
    from scheduler.publishers.addresses import configured_address  # noqa: PLC0415 - HTTP is loaded only where something is sent
    from scheduler.publishers.exchange import Exchange, Secrets  # noqa: PLC0415 - as above
    from scheduler.publishers.x.api import ERRORS, Api  # noqa: PLC0415 - as above
    from scheduler.publishers.x.publisher import TweetPublisher  # noqa: PLC0415 - as above
    from scheduler.publishers.x.signing import Keys  # noqa: PLC0415 - as above

    name, settings = connection.account.name, connection.account.settings
    if settings.get("accept_cost") != "true":
        raise PriceNotAccepted(
            f"X takes money, and {name} does not accept it: {_PRICE}.", f"Add  accept_cost = true  to [accounts.{name}]."
        )
    address = configured_address(settings["api_url"], f"api_url of [accounts.{name}]")
    secret = connection.secret()
    keys = Keys.read(secret)
    if keys is None:
        raise NotFourKeys(f"The secret of {name} is not of the form  APP-KEY:APP-SECRET:TOKEN:TOKEN-SECRET", "Copy all four from X.")
    secrets = Secrets()
    for word in (secret, keys.app_secret, keys.token, keys.token_secret):
        secrets.add(word)
    return TweetPublisher(_FACTS, Api(Exchange(address, _FACTS.title, connection.clock, secrets, ERRORS), keys))


NETWORK = Adapter(_FACTS, connect)
