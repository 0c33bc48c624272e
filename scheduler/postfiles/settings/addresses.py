"""The addresses that posts lead to, complete or refused."""

import re

from scheduler.postfiles.lines.slips import Mend, Slip, SlipError, shown

_ADDRESS = re.compile(r"(?:https?://[^\s/?#<>]+|mailto:[^\s@<>]+@|tel:\+?\d)[^\s<>]*$", re.IGNORECASE)
_BARE = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}(?::\d+)?(?:[/?#]\S*)?$")
_MARKDOWN_LINK = re.compile(r"\[[^\[\]]*\]\((?P<address>https?://[^\s()]+)\)$")


def address(text: str) -> str:
    """Returns a complete address, or one with a placeholder in it.

    Raises:
        SlipError: with the address that was probably meant.
    """
    if not text or _ADDRESS.match(text) or "{" in text:
        return text
    raise SlipError(_incomplete(text))


def _incomplete(text: str) -> Slip:
    meant = _meant(text)
    encoded = text.replace(" ", "%20")
    return Slip(
        rule="bad-link",
        message=f"“{shown(text)}” is not a complete address",
        label="there is a blank in it" if meant is None and " " in text else "an address begins with https:// and stands alone",
        consequence="readers could not open it, so the post is held",
        fix=meant or (encoded if _ADDRESS.match(encoded) else "https://example.org/page"),
        mend=Mend(meant, safe=False) if meant else None,
    )


def _meant(text: str) -> str | None:
    markdown = _MARKDOWN_LINK.match(text)
    bare = markdown["address"] if markdown else text.strip("<>")
    if _ADDRESS.match(bare):
        return bare
    return f"https://{bare}" if _BARE.match(bare) else None
