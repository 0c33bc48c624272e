"""What an emulator reads in a film, as a network that makes it playable does: boxes as in ISO/IEC 14496-12:2022."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def looked_at(pieces: Iterable[Path]) -> dict[str, Any]:
    """Returns what the pieces of a file are together: its size and digest, and how many seconds it plays, 0 where it is no film."""
    data = b"".join(path.read_bytes() for path in pieces)
    return {"size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "seconds": seconds_of(data)}


def seconds_of(data: bytes) -> float:
    """Returns the length that the box ``mvhd`` tells."""
    at = data.find(b"mvhd")
    if data[4:8] != b"ftyp" or at < 0:
        return 0.0
    wide = data[at + 4] == 1
    begins = at + 8 + (16 if wide else 8)
    scale = int.from_bytes(data[begins : begins + 4], "big")
    return int.from_bytes(data[begins + 4 : begins + (12 if wide else 8)], "big") / max(scale, 1)
