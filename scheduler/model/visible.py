"""Tells whether readers see anything of a text."""

import regex

# The blank of braille is drawn as nothing, too, as are all that Unicode lets fonts leave out.
_SEEN = regex.compile(r"[^\s\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]")


def is_seen(text: str) -> bool:
    """Tells whether there is a sign in the text that is drawn."""
    return _SEEN.search(text) is not None
