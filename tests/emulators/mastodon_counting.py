"""Mastodon's length of a post, written down once more from its source for the emulator alone: nothing is shared with what it judges.

Source: ``status_length_validator.rb`` of Mastodon 4.7: what readers see as one character counts once, the content warning, whole,
together with the text, of which only what would become a link or a mention is shortened: an address with its scheme, whose server's name
ends as the public ones do, with the path, brackets in pairs and query of ``twitter_regex.rb``; and ``@user@server``, which counts as
``@user``.

[ours] The public endings are the few that tests use.
"""

from tests.emulators.clusters import clusters

ENDINGS = ("org", "com", "de", "net", "social")
NOT_IN_NAMES = "!\"#$%&'()*+,./:;<=>?@[]^`{|}~\ufeff"
NOT_BEFORE = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@＠$#＃\ufeff"
NOT_LAST = "?!*\"'「」;:=,.$%[]~&|@"
IN_QUERY = "!?*'();:&=+$/%#[]-_.,~|@^"
LAST_IN_QUERY = "_&=#/-"


def length(text: str, link: int, warning: str = "") -> int:
    """Returns how long Mastodon takes a text to be with its warning, where a link counts ``link`` in the text."""
    kept, place, bare = "", 0, 0  # what an address without its scheme swallows is no link either
    while place < len(text):
        before = text[place - 1] if place else " "
        end = _address(text, place, before) if place >= bare else 0
        if end and text[place:end].lower().startswith(("https://", "http://")):
            kept += "x" * link
        elif (end := _mention(text, place, before)) and "@" in text[place + 1 : end]:
            kept += text[place : text.index("@", place + 1)]
        else:
            bare = max(bare, _address(text, place, before) if place >= bare else 0)
            end = place + 1
            kept += text[place]
        place = end
    return len(clusters(warning + kept))


def _address(text: str, place: int, before: str) -> int:
    """Returns where the address ends that begins here, with its scheme or without one; 0 where none does."""
    scheme = next((each for each in ("https://", "http://") if text[place:].lower().startswith(each)), "")
    if before in NOT_BEFORE:
        return 0
    end = _server(text, place + len(scheme))
    if end and text[end : end + 1] == ":":
        digits = _while(text, end + 1, lambda sign: sign in "0123456789")
        end = digits if digits > end + 1 else end
    if end and text[end : end + 1] == "/":
        end = _path(text, end + 1)
    if end and text[end : end + 1] == "?":
        last = _while(text, end + 1, lambda sign: _letter(sign) or sign in IN_QUERY)
        while last > end + 1 and not (_letter(text[last - 1]) or text[last - 1] in LAST_IN_QUERY):
            last -= 1
        end = last if last > end + 1 else end
    return end


def _letter(sign: str) -> bool:
    return (sign.isascii() and sign.isalnum()) or ord(sign) >= 0xA0


def _while(text: str, place: int, fits: object) -> int:
    assert callable(fits)
    while place < len(text) and fits(text[place]):
        place += 1
    return place


def _server(text: str, place: int) -> int:
    """Returns where the longest name of a server ends that ends in a public ending; 0 where there is none."""
    stop = _while(text, place, lambda sign: not sign.isspace() and sign.isprintable() and (sign == "." or sign not in NOT_IN_NAMES))
    for end in range(stop, place, -1):
        name, dot, ending = text[place:end].rpartition(".")
        after = text[end : end + 1]
        if dot and ending.lower() in ENDINGS and not (after == "@" or (after.isascii() and after.isalnum())):
            labels = name.split(".")
            fine = all(label and label[0] not in "-_" and label[-1] not in "-_" for label in labels)
            return end if fine and "_" not in labels[-1] else 0
    return 0


def _path(text: str, place: int) -> int:
    """Returns where the path ends whose first stroke is before ``place``."""
    end = place
    while place < len(text) and not text[place].isspace() and text[place] not in "<>?)":
        if text[place] == "(":
            place = _closed(text, place, nested=True)
            if not place:
                break
            end = place
            continue
        place += 1
        end = place if text[place - 1] not in NOT_LAST else end
    return end


def _closed(text: str, place: int, *, nested: bool) -> int:
    """Returns the place behind the bracket that closes the one here; 0 where there is none, or nothing in it."""
    begins, inner = place, 0
    place += 1
    while place < len(text) and not text[place].isspace() and text[place] not in "<>?":
        if text[place] == ")":
            return place + 1 if place > begins + 1 else 0
        if text[place] == "(":
            inner += 1
            place = _closed(text, place, nested=False) if nested and inner == 1 else 0
            if not place:
                return 0
            continue
        place += 1
    return 0


def _mention(text: str, place: int, before: str) -> int:
    """Returns where the mention ends that begins here; 0 where none does."""
    if text[place] != "@" or before in "=/_" or before.isalnum():
        return 0
    end = _joined(text, place + 1, lambda sign: (sign.isascii() and sign.isalnum()) or sign == "_")
    if end and text[end : end + 1] == "@":
        end = _joined(text, end + 1, lambda sign: sign.isalnum() or sign == "_") or end
    after = text[end : end + 1]
    foreign = "\u00c0" <= after <= "\u024f" or "\u0300" <= after <= "\u036f"
    return 0 if after in ("@", "＠") or foreign or text[end:].startswith("://") else end


def _joined(text: str, place: int, fits: object) -> int:
    """Returns where words end that dots and hyphens join; 0 where there is none."""
    end = _while(text, place, fits)
    if end == place:
        return 0
    while True:
        begins = _while(text, end, lambda sign: sign in ".-")
        after = _while(text, begins, fits)
        if begins in (end, after):
            return end
        end = after
