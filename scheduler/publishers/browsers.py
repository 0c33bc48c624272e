"""What people's browsers play without help, for networks that show a film as it is and make no other of it."""

import math

from scheduler.model.limits import VideoLimits

# MDN, "Web video codec guide" and "Web audio codec guide": what Chrome, Edge, Firefox and Safari of today all play in such a file.
# HEVC is not among them: most computers show a black sheet instead.
_CODECS, _SOUNDS = ("H.264", "VP9", "AV1"), ("AAC", "MP3", "Opus", "FLAC")
_MOST_BYTES = 1024**3
"""Is the largest film that is looked at at all."""


def films() -> VideoLimits:
    """Returns the limits of films on a page that shows the file itself: any number, length and shape."""
    return VideoLimits(bytes=_MOST_BYTES, seconds=(0, math.inf), codecs=_CODECS, sounds=_SOUNDS, alone=False)
