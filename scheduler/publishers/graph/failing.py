"""What a container that failed means for its post: another one may come right, or the picture or film has to be another.

Sources: "Troubleshooting" (2026) of the network that gives errors names; "IG Container" of the one whose ``status`` is "an error subcode",
in practice within a text ("Error: Media upload has failed with error code 2207026", gitroomhq/postiz-app#1992, 2026-08-30).
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from scheduler.model.outcome import Refused
from scheduler.model.plain import line
from scheduler.publishers.fields import tables, words
from scheduler.publishers.graph.errors import by_subcode

_LONGEST_SAYING = 300
_LATER, _UNFETCHED = timedelta(seconds=30), 2207052
_SUBCODE = re.compile(r"(?<!\d)(2207\d{3})(?!\d)")
# The first of these names is spelled as the network spells it.
_UNFIT: Mapping[str, str] = {
    "INVALID_ASPEC_RATIO": "its shape is too tall or too wide",
    "INVALID_ASPECT_RATIO": "its shape is too tall or too wide",
    "INVALID_BIT_RATE": "it has too many bits a second",
    "INVALID_DURATION": "it is too long or too short",
    "INVALID_FRAME_RATE": "it has too many or too few pictures a second",
    "INVALID_AUDIO_CHANNELS": "its sound has too many channels",
    "INVALID_AUDIO_CHANNEL_LAYOUT": "its sound is neither mono nor stereo",
}
# Whether the same file would come right another time these do not say: it is tried some times, and then a person reads why.
_PERHAPS: Mapping[str, str] = {
    "FAILED_PROCESSING_AUDIO": "it could not work on the sound",
    "FAILED_PROCESSING_VIDEO": "it could not work on the film",
    "UNKNOWN": "",
}


def failed(title: str, status: str, reason: str) -> Refused:
    """Returns what became of a post whose container is in the given ``status``; ``reason`` is what the network says of it."""
    if status == "EXPIRED":
        return Refused(
            f"{title} has forgotten what was handed over a day ago; it is handed over again.", permanent=False, retry_after=_LATER
        )
    if unfit := _UNFIT.get(reason):
        return Refused(f"{title} does not take the film: {unfit} ({reason}).", kind="media")
    if reason == "FAILED_DOWNLOADING_VIDEO":
        return by_subcode(title, _UNFETCHED) or _unused(title, reason)
    found = _SUBCODE.search(reason)
    return (by_subcode(title, int(found[1])) if found else None) or _unused(title, _PERHAPS.get(reason, reason))


def unusable_film(title: str, told: Mapping[str, Any]) -> Refused:
    """Returns what became of a film in the network's own words, where its status has some: each of its phases may tell of errors."""
    errors = (
        error for phase in told.values() if isinstance(phase, Mapping) for error in (phase.get("error"), *tables(phase.get("errors")))
    )
    said = next((text for error in errors if (text := line(words(error, "message"), _LONGEST_SAYING))), "")
    hint = "export it again as MP4: H.264, with AAC sound"
    return Refused(f"{title} could not use the film: {said.rstrip('.') or hint}.", kind="media")


def _unused(title: str, told: str) -> Refused:
    lead = f"{title} could not use what was handed over"
    return Refused(f"{lead}: {told.rstrip('.')}." if told else f"{lead} and does not say why.", permanent=False, retry_after=_LATER)
