"""Mastodon's length of a post, written down once more from its documents for the emulator alone: nothing is shared with what it judges.

Source: "Posting toots" of mastodon/documentation (2026-07-02): a link counts 23 characters whatever its length (the server says how many),
``@user@domain`` counts as ``@user``; ``status_length_validator.rb`` of Mastodon 4.7: what readers see as one character counts once, the
content warning together with the text, and a link needs its ``http://`` or ``https://``.
"""

from tests.emulators.clusters import clusters

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
    return len(clusters(text))
