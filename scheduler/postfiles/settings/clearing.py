"""``none``, or an empty list: a setting that the folder gives to its posts, switched off for one of them.

Where only words can stand, a lone ``no`` is neither that nor anything for readers; it is told.
"""

from scheduler.postfiles.lines.slips import Slip, shown
from scheduler.postfiles.names import SWITCHED_OFF

_NONE = frozenset(
    {
        *("none", "null", "kein", "keine", "keiner", "keins", "keines"),
        *("ninguno", "ninguna", "ningún", "ningun", "aucun", "aucune", "nessuno", "nessuna", "geen", "brak", "yok"),
    }
)
_YES_OR_NO = frozenset({"yes", "no", "true", "false", "on", "off", "y", "n", "ja", "nein", "sí", "si", "oui", "non", "wahr", "falsch"})
_WORDS = {
    "content-warning": ("what the post warns of", "food"),
    "first-comment": ("what the comment says", '"The link is here: https://example.org"'),
}


def clears(key: str, value: str | tuple[str, ...]) -> bool:
    """Tells whether a value switches the setting off."""
    if key not in SWITCHED_OFF or value == "":
        return False
    return _is_none(value) if isinstance(value, str) else not value or (len(value) == 1 and _is_none(value[0]))


def _is_none(word: str) -> bool:
    return word.strip("# ").casefold() in _NONE


def said(key: str, value: str | tuple[str, ...]) -> str:
    """Returns the value on one line, a list joined by commas; empty where it switches the setting off."""
    if clears(key, value):
        return ""
    return value if isinstance(value, str) else ", ".join(value)


def unclear(key: str, value: str | tuple[str, ...]) -> Slip | None:
    """Returns the slip of a value that may mean to switch a setting off, or None."""
    if key in _WORDS and isinstance(value, str) and value.casefold() in _YES_OR_NO:
        return _yes_or_no(key, value)
    if key not in _LISTS:
        return None
    words = value.split(",") if isinstance(value, str) else value
    return _none_among_others(key) if len(words) > 1 and any(_is_none(word) for word in words) else None


_LISTS = ("hashtags", "partners", "collab")


def _yes_or_no(key: str, value: str) -> Slip:
    what, example = _WORDS[key]
    return Slip(
        rule="bad-value",
        message=f"“{shown(value)}” does not say {what}",
        label="readers would see this one word",
        consequence="nobody can tell what you mean, so the post is held",
        fix=f"{key}: {example};  without one: delete the line, or write none where the folder gives one",
    )


def _none_among_others(key: str) -> Slip:
    return Slip(
        rule="bad-value",
        message=f"there is a “none” among the {key}",
        label="it stands alone, or not at all",
        consequence="it would be published as a word, so the post is held",
        fix=f"{key}: none  or the others without it",
    )


def undecided(key: str, inherited: str, place: str) -> Slip:
    """Returns the slip of a setting without a value where the folder gives one, which ``place`` names."""
    off = key in SWITCHED_OFF
    return Slip(
        rule="bad-value",
        message=f"the setting “{key}” has no value, and the folder gives one",
        label=f"“{shown(inherited)}” ({place}), or {'none at all' if off else 'another one'}?",
        consequence="nobody can tell what you mean, so the post is held",
        fix=f"{f'{key}: none  to go without, a value of its own' if off else 'write a value'}, or delete the line to take the folder’s",
    )
