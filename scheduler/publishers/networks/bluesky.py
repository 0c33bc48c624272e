"""Bluesky: what a post may be, and how an account is reached."""

from scheduler.model.errors import ConfigurationError
from scheduler.model.limits import Limits, VideoLimits
from scheduler.model.network import Abilities, Account, Mentions, Network, Recovery, Setting
from scheduler.publishers.bluesky.record import LABELS
from scheduler.publishers.contract import Adapter, Connection, Publisher
from scheduler.publishers.counting import graphemes

_ENTRANCE = "https://bsky.social"
_FILMS = "https://video.bsky.app"
# "Handle" of the atproto specifications: a name of the domain system. Those below this one are given out by Bluesky itself.
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_MENTIONS = Mentions(
    handle=rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?", example="@union.bsky.social", only_here=rf"{_LABEL}\.bsky\.social"
)

# Text: lexicon app.bsky.feed.post (bluesky-social/atproto, 2026-08-20): 300 graphemes and 3,000 UTF-8 bytes, both at once.
# Pictures: lexicon app.bsky.embed.images (same date): 4, each "up to 2 MB, formerly limited to 1 MB"; a server that was not updated
# still refuses the larger one, so the smaller is kept. The lexicon takes any image type; these three every app shows.
# Up to 10 pictures go out as a gallery where the account's server knows it (app.bsky.embed.gallery, same date); verify finds that out.
# Card: lexicon app.bsky.embed.external (same date), "thumb" of up to 1,000,000 bytes.
# Films: lexicon app.bsky.embed.video (same date): MP4 of up to 300,000,000 bytes; three minutes are from memory and not verified.
# Alt: the lexicon sets no limit; 2,000 is that of the Bluesky app, from memory and not verified.
_LIMITS = Limits(
    text=300,
    count=graphemes,
    text_bytes=3_000,
    pictures=4,
    picture_bytes=1_000_000,
    card_bytes=1_000_000,
    formats=("image/jpeg", "image/png", "image/webp"),
    alt=2_000,
    video=VideoLimits(bytes=300_000_000, seconds=(0, 180), formats=("video/mp4",)),
)

_FACTS = Network(
    name="bluesky",
    title="Bluesky",
    limits=_LIMITS,
    abilities=Abilities(
        recovery=Recovery.CLIENT_ID, language=True, link_card=True, brings_card=True, threads=True, warning_labels=tuple(LABELS)
    ),
    settings=(
        Setting("identifier", "The handle to log in with, such as union.bsky.social, or the e-mail address."),
        Setting("service", "The address of the account’s server; found from the handle unless given."),
        Setting("resolver", "Who is asked for the identity behind a handle.", default="https://public.api.bsky.app"),
        Setting("directory", "Who is asked for the server of an identity.", default="https://plc.directory"),
        Setting("video_service", "Who makes films playable.", default=_FILMS),
    ),
    mentions=_MENTIONS,
    credential="App password (Bluesky: Settings, Privacy and security, App passwords)",
    gaps={
        "focus": "Bluesky has no field for it; its apps cut to the middle.",
        "polls": "Bluesky has no polls.",
        "edit": "Bluesky shows readers what a post said first; replacing its record would leave two versions about.",
    },
)


class BlueskySettingsError(ConfigurationError):
    """Is a Bluesky account whose settings cannot be used."""


def connect(connection: Connection) -> Publisher:
    """Returns the publisher of the account.

    Raises:
        BlueskySettingsError: Nothing says which account it is.
        UnsafeAddress: One of its addresses is none, or is not encrypted.
    """
    from scheduler.publishers.addresses import Address, configured_address  # noqa: PLC0415 - a network is loaded where it is used
    from scheduler.publishers.bluesky.films import Films  # noqa: PLC0415 - as above
    from scheduler.publishers.bluesky.identity import Finder  # noqa: PLC0415 - as above
    from scheduler.publishers.bluesky.publisher import BlueskyPublisher  # noqa: PLC0415 - as above
    from scheduler.publishers.bluesky.session import ERRORS, Login, Session  # noqa: PLC0415 - as above
    from scheduler.publishers.exchange import Exchange, Secrets  # noqa: PLC0415 - as above

    account, settings = connection.account, connection.account.settings
    identifier = _identifier(account)
    secrets = Secrets()

    def door(address: Address) -> Exchange:
        return Exchange(address, _FACTS.title, connection.clock, secrets, ERRORS)

    def place(name: str, default: str) -> Address:
        return configured_address(settings.get(name) or default, f"The setting  {name}  of [accounts.{account.name}]")

    service = settings.get("service") or (_ENTRANCE if "@" in identifier else "")
    finder = Finder(place("resolver", "https://public.api.bsky.app"), place("directory", "https://plc.directory"), door)
    known = place("service", service) if service else None
    keep = connection.folder / ".scheduler" / "sessions" / f"{account.name}.json"
    login = Login(identifier, f"{identifier} at {service}", connection.secret, lambda: known or finder.home(identifier), keep)
    session = Session(login, door)
    return BlueskyPublisher(connection.facts or _FACTS, session, Films(session, door(place("video_service", _FILMS))))


def _identifier(account: Account) -> str:
    found = (account.settings.get("identifier") or account.handle).removeprefix("@").strip()
    if not found:
        raise BlueskySettingsError(
            f"The account {account.name} does not say who it is.",
            f'Write  identifier = "union.bsky.social"  below [accounts.{account.name}] in config.toml.',
        )
    return found


NETWORK = Adapter(_FACTS, connect)
