"""Mastodon's length of a post, written down once more from its documents for the emulator alone: nothing is shared with what it judges.

Source: "Posting toots" of mastodon/documentation (2026-07-02): a link counts 23 characters whatever its length (the server says how many),
``@user@domain`` counts as ``@user``; ``status_length_validator.rb`` of Mastodon 4.7: what readers see as one character counts once, the
content warning together with the text, and a link needs its ``http://`` or ``https://``.
Characters are cut as UAX #29 says (Unicode 16), as far as tests need it: marks, joined emoji, skins, flags, Hangul, CR LF.
"""

import unicodedata

JOINER = "\u200d"
CLOSING = ".,;:!?'\"’”)]"


def length(text: str, link: int) -> int:
    """Returns how long Mastodon takes a text to be, where a link counts ``link``."""
    total = 0
    for number, word in enumerate(_words(text)):
        total += _characters(word) if number % 2 else _word(word, link)
    return total


def _words(text: str) -> list[str]:
    """Returns words and the spaces between them in turn, a word first."""
    found, spaces = [""], False
    for sign in text:
        if sign.isspace() is not spaces:
            found.append("")
            spaces = not spaces
        found[-1] += sign
    return found


def _word(word: str, link: int) -> int:
    for scheme in ("https://", "http://"):
        begins = word.lower().find(scheme)
        if begins < 0 or (begins and (word[begins - 1].isalnum() or word[begins - 1] in "@_/.")):
            continue
        address = word[begins:]
        for sign in '<>"':
            address = address.split(sign)[0]
        address = address.rstrip(CLOSING)
        host = address[len(scheme) :].split("/")[0].split("?")[0].split("#")[0]
        if "." in host:
            return _mention(word[:begins]) + link + _characters(word[begins + len(address) :])
    return _mention(word)


def _mention(word: str) -> int:
    """Returns the length of a word without the server of the one who is mentioned in it."""
    begins = word.find("@")
    if begins < 0 or (begins and (word[begins - 1].isalnum() or word[begins - 1] in "=/_")):
        return _characters(word)
    user, at, server = word[begins + 1 :].partition("@")
    host = server.rstrip(CLOSING)
    if not (at and user and user.isascii() and user.replace("_", "a").replace(".", "a").replace("-", "a").isalnum() and "." in host):
        return _characters(word)
    return _characters(word[:begins]) + 1 + len(user) + _characters(server[len(host) :])


def _characters(text: str) -> int:
    """Returns how many characters readers see."""
    total, flags = 0, 0
    for place, sign in enumerate(text):
        total += not (place and _belongs(text[:place], sign, flags))
        flags = flags + 1 if _is_flag(sign) else 0
    return total


def _belongs(before: str, sign: str, flags: int) -> bool:
    """Tells whether a sign is part of the character before it; ``flags`` are the letters of flags that stand right before it."""
    last = before[-1]
    if last in "\r\n":
        return last == "\r" and sign == "\n"
    if _extends(sign) or (_is_flag(sign) and flags % 2 == 1):
        return True
    joined = last == JOINER and _is_picture(sign) and _joins(before[:-1])
    return joined or _is_syllable(last, sign) or _is_conjunct(last, sign)


def _is_flag(sign: str) -> bool:
    return "\U0001f1e6" <= sign <= "\U0001f1ff"


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
