"""Threads: posts of a profile, by containers that are published once."""

import json

import regex

from scheduler.model.limits import Limits, PollLimits, VideoLimits
from scheduler.model.network import Abilities, Mentions, Network, Recovery
from scheduler.model.outgoing import Outgoing
from scheduler.publishers.contract import Adapter, Connection, Publisher
from scheduler.publishers.graph.settings import settings

# "Get Started" page of the Threads API (2026-06-30).
_RIGHTS = ("threads_basic", "threads_content_publish")
_CLUSTER = regex.compile(r"\X")
_EMOJI = regex.compile(r"[\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}\u20e3\ufe0f]")


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
    # "Media specifications": at least 320 pixels wide, and scaled up to that where it is narrower.
    picture_width=320,
    alt=1_000,
    hashtags_advised=1,
    # "Posts" page (2026-07-02): more than five different links are refused, that of ``link_attachment`` counted with them.
    links=5,
    # "Polls" page (2026-07-02): two to four options of 25 characters, below a post of words alone; it takes neither a length nor
    # several answers; that people can vote for a day is the app's word.
    poll=PollLimits(options=4, characters=25, alone=True, terms=(24 * 60,), multiple=False),
    # "Media specifications" of the same reference: MOV or MP4, H.264 or HEVC with AAC, 23 to 60 frames, up to 5 minutes and 1 GB.
    video=VideoLimits(
        bytes=1_000_000_000,
        seconds=(0, 300),
        codecs=("H.264", "HEVC"),
        sounds=("AAC",),
        frames=(23, 60),
        ratio=(1 / 100, 10),
        width=1920,
        alone=False,
    ),
)

_FACTS = Network(
    name="threads",
    title="Threads",
    limits=_LIMITS,
    abilities=Abilities(recovery=Recovery.TWO_PHASE, link_card=True, threads=True, polls=True),
    settings=settings("user_id", "The number of the Threads profile.", address="https://graph.threads.net", version="v1.0"),
    graphic_format="4:5",
    fetches=True,
    mentions=Mentions(handle="[a-z0-9_.]{1,30}", example="@our.union"),
    credential=f"Access token of the profile (Meta’s app dashboard, Threads, as a Threads tester), with {' and '.join(_RIGHTS)}",
    gaps={
        "focus": "The API has no field for it.",
        "content_warning": "The API has no warning.",
        "language": "The API has no field for the language of a post.",
        "edit": "The API does not change a post that is out.",
    },
)


def connect(connection: Connection) -> Publisher:
    """Returns the publisher of the profile; without ``[media]`` in config.toml it sends posts without pictures only.

    Raises:
        UnsafeAddress: ``graph_url`` is no address to send a token to.
        SettingMissing: The account’s number is not in config.toml.
        SecretMissing: The account has no token.
    """
    from scheduler.publishers.graph.api import connect as connect_graph  # noqa: PLC0415 - HTTP is loaded only where something is sent
    from scheduler.publishers.graph.dialect import Dialect  # noqa: PLC0415 - as above
    from scheduler.publishers.graph.extending import RenewableAndRemovable  # noqa: PLC0415 - as above

    # Fields: "Publishing", "Replies", "Retrieve posts" and "Troubleshooting" pages of the Threads API (2026).
    dialect = Dialect(
        making="threads",
        showing="threads_publish",
        quota="threads_publishing_limit",
        listing="threads",
        status="status",
        reason="error_message",
        words="text",
        fields="id,text,permalink,timestamp,media_url,alt_text,children{media_url,alt_text},"
        "poll_attachment{option_a,option_b,option_c,option_d}",
        single=_single,
        grant="th_refresh_token",
        rights=_RIGHTS,
        answers="replies",
        alt_of_films=True,
    )
    return RenewableAndRemovable(_FACTS, dialect, connect_graph(connection, _FACTS.title, "user_id", "id,username"), connection.media)


def _single(outgoing: Outgoing, address: str) -> dict[str, str]:
    """Returns a post with one picture or none; ``auto_publish_text`` is never used, since it would make the first step visible."""
    if not outgoing.media:
        card = {"link_attachment": outgoing.link_card.url} if outgoing.link_card else {}
        return {"media_type": "TEXT", "text": outgoing.text, **card, **_poll(outgoing)}
    item = outgoing.media[0]
    kind = {"media_type": "VIDEO", "video_url": address} if item.picture.video else {"media_type": "IMAGE", "image_url": address}
    return {**kind, "text": outgoing.text, **({"alt_text": item.alt} if item.alt else {})}


def _poll(outgoing: Outgoing) -> dict[str, str]:
    if outgoing.poll is None:
        return {}
    return {
        "poll_attachment": json.dumps({f"option_{letter}": words for letter, words in zip("abcd", outgoing.poll.options, strict=False)})
    }


NETWORK = Adapter(_FACTS, connect)
