"""The hashtag sets of ``posts/_hashtags.toml`` (else ``assets/hashtags.toml``)."""

from datetime import date, datetime, time

import regex

from scheduler.model.finding import Severity
from scheduler.model.house import HashtagSet
from scheduler.postfiles.house.entries import Entries, Sheet, read_entries
from scheduler.postfiles.house.spelling import with_one_spelling
from scheduler.postfiles.house.tables import Tables
from scheduler.postfiles.lines.slips import Mend, Slip, nearest, shown
from scheduler.postfiles.names import Names

_PLACES = ("end", "inline", "first-comment")
_KEYS = ("tags", "place", "rotate", "until", "never-with")
_TAG = regex.compile(r"(?=[\w·]*\p{L})[\w·\u200c]+")
_APART = regex.compile(r"[^\w·\u200c]+")


def read_hashtags(path: str, data: bytes, names: Names) -> Entries[HashtagSet]:
    """Returns the sets; a set with an error is left out, and posts that name it are held."""
    file = Tables(path, data, "posts that name a hashtag set are held", 'tags = ["MayDay2026", "FairPay"]')
    return with_one_spelling(read_entries(file, lambda sheet: _read(sheet, names), _not_a_set))


def _read(sheet: Sheet, names: Names) -> HashtagSet:
    known = (*_KEYS, *names.targets.values())
    for key in sheet.table:
        if names.target(key) is None and key not in _KEYS:
            sheet.wrong(_unknown_key(key, known), key)
    tags = _tags(sheet, "tags", sheet.table.get("tags"))
    networks = {}
    for key, value in sheet.table.items():
        target = names.target(key)
        if target is not None and key not in _KEYS:
            networks[target] = tags if value == "all" else _tags(sheet, key, value)
    return HashtagSet(
        name=sheet.name,
        tags=tags,
        networks=networks,
        place=_place(sheet, sheet.table.get("place", "end")),
        rotate=_rotate(sheet, sheet.table.get("rotate", 0)),
        until=_until(sheet, sheet.table.get("until")),
        never_with=_words(sheet, "never-with", sheet.table.get("never-with", [])),
    )


def is_hashtag(word: str) -> bool:
    """Tells whether networks take the whole word, without its #, for one hashtag: letters of any script, digits and _, no number alone."""
    return _TAG.fullmatch(word) is not None


def pieces(word: str) -> list[str]:
    """Returns what a word falls into at the characters that no hashtag has."""
    return [piece for piece in _APART.split(word) if piece]


def camel_case(word: str) -> str:
    """Returns the word as one hashtag, in which each of its pieces begins with a capital."""
    return "".join(piece[0].upper() + piece[1:] for piece in pieces(word))


def _words(sheet: Sheet, key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return tuple(value)
    sheet.wrong(_bad(f"“{key}” is a list of names in quotes", f'{key} = ["MayDay2026", "FairPay"]'), key)
    return ()


def _tags(sheet: Sheet, key: str, value: object) -> tuple[str, ...]:
    if value is None:
        sheet.wrong(_bad("this set has no tags", 'tags = ["MayDay2026", "FairPay"]'))
        return ()
    words = _words(sheet, key, value)
    for word in words:
        if word.startswith("#"):
            sheet.noted(_with_hash(word), key, word)
        bare = word.removeprefix("#")
        if not is_hashtag(bare):
            sheet.wrong(_not_a_tag(bare), key, word)
    return tuple(dict.fromkeys(word.removeprefix("#") for word in words))


def _place(sheet: Sheet, value: object) -> str:
    if value not in _PLACES:
        meant = nearest(str(value), _PLACES)
        sheet.wrong(_bad(f"tags can stand at {', '.join(_PLACES)}", f'place = "{meant or "end"}"'), "place")
    return str(value)


def _rotate(sheet: Sheet, value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    sheet.wrong(_bad("“rotate” is how many tags to take, as a number", "rotate = 3"), "rotate")
    return 0


def _until(sheet: Sheet, value: object) -> datetime | None:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        day = False
    if isinstance(day, datetime):
        return day.replace(tzinfo=None)
    if isinstance(day, date):
        return datetime.combine(day, time(23, 59, 59))
    if day is not None:
        sheet.wrong(_bad("“until” is a date", "until = 2026-05-03"), "until")
    return None


def _bad(message: str, fix: str) -> Slip:
    return Slip(rule="bad-hashtag-set", message=message, label="look here", consequence="posts that name this set are held", fix=fix)


def _not_a_set(name: str) -> Slip:
    return _bad(f"“{shown(name)}” stands outside every set", f'[{name}]  on a line of its own, and below it  tags = ["…"]')


def _unknown_key(key: str, known: tuple[str, ...]) -> Slip:
    meant = nearest(key, known)
    return Slip(
        rule="unknown-setting",
        message=f"I don’t know the setting “{shown(key)}”",
        label=f"did you mean “{meant}”?" if meant else "a set has tags, place, rotate, until, never-with and names of networks",
        consequence="posts that name this set are held",
        fix=meant or "delete the line",
        mend=Mend(meant, safe=False) if meant else None,
    )


def _with_hash(word: str) -> Slip:
    return Slip(
        rule="hashtag-with-hash",
        severity=Severity.HINT,
        message="tags in a set are written without #",
        label="the # is added when the post is put together",
        consequence="it is understood all the same",
        fix=f'"{word.removeprefix("#")}"',
        mend=Mend(word.removeprefix("#")),
    )


def _not_a_tag(word: str) -> Slip:
    return Slip(
        rule="hashtag-broken",
        message=f"“{shown(word)}” cannot be a hashtag",
        label="a hashtag has letters, digits and _ and is no number",
        consequence="networks would cut it off, so posts that name this set are held",
        fix=f'"{camel_case(word) if is_hashtag(camel_case(word)) else "MayDay"}"',
    )
