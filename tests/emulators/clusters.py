"""What readers see as one character, for emulators alone: nothing is shared with what they judge.

Characters are cut as UAX #29 says (Unicode 16), as far as tests need it: marks, joined emoji, skins, flags, Hangul, CR LF.
"""

import unicodedata

JOINER = "\u200d"


def clusters(text: str) -> list[str]:
    """Returns the characters of a text, each with everything that belongs to it."""
    found, flags = list[str](), 0
    for place, sign in enumerate(text):
        if place and _belongs(text[:place], sign, flags):
            found[-1] += sign
        else:
            found.append(sign)
        flags = flags + 1 if is_flag_letter(sign) else 0
    return found


def is_flag_letter(sign: str) -> bool:
    """Tells whether a sign is one of the letters that flags are made of in pairs."""
    return "\U0001f1e6" <= sign <= "\U0001f1ff"


def _belongs(before: str, sign: str, flags: int) -> bool:
    """Tells whether a sign is part of the character before it; ``flags`` are the letters of flags that stand right before it."""
    last = before[-1]
    if last in "\r\n":
        return last == "\r" and sign == "\n"
    if _extends(sign) or (is_flag_letter(sign) and flags % 2 == 1):
        return True
    joined = last == JOINER and _is_picture(sign) and _joins(before[:-1])
    return joined or _is_syllable(last, sign) or _is_conjunct(last, sign)


def _extends(sign: str) -> bool:
    is_skin_or_tag = 0x1F3FB <= ord(sign) <= 0x1F3FF or 0xE0020 <= ord(sign) <= 0xE007F
    return sign in {JOINER, "\u200c"} or unicodedata.category(sign) in {"Mn", "Me", "Mc"} or is_skin_or_tag


def _joins(before: str) -> bool:
    """Tells whether the text before a joiner ends in a picture, whatever marks it has."""
    while before and _extends(before[-1]):
        before = before[:-1]
    return bool(before) and _is_picture(before[-1])


def _is_picture(sign: str) -> bool:
    return ord(sign) in range(0x1F300, 0x1FB00) or ord(sign) in range(0x2190, 0x2C00)


def _is_syllable(before: str, sign: str) -> bool:
    """Tells whether two letters are one Hangul syllable (UAX #29, GB6 to GB8)."""
    first, second = ord(before), ord(sign)
    leading, vowel, tail = range(0x1100, 0x1160), range(0x1160, 0x11A8), range(0x11A8, 0x1200)
    whole = range(0xAC00, 0xD7A4)
    if first in leading:
        return second in leading or second in vowel or second in whole
    open_syllable = first in vowel or (first in whole and (first - 0xAC00) % 28 == 0)
    return (open_syllable and (second in vowel or second in tail)) or ((first in whole or first in tail) and second in tail)


def _is_conjunct(before: str, sign: str) -> bool:
    """Tells whether a sign without a vowel binds the letters of Hindi together (UAX #29, GB9c)."""
    return before == "\u094d" and "\u0915" <= sign <= "\u0939"
