"""Names that nobody knows: settings, accounts and networks, each with the one that was probably meant."""

import re
from collections.abc import Mapping
from dataclasses import replace

from scheduler.model.finding import Finding
from scheduler.postfiles.lines.quoting import quoted
from scheduler.postfiles.lines.slips import Mend, Slip, alike, nearest, shown
from scheduler.postfiles.names import SETTINGS, Names
from scheduler.postfiles.settings.block import Entry


def unknown_setting(key: str, present: Mapping[str, Entry]) -> Slip:
    """Returns the slip of a setting that does not exist, with the one that was probably meant; ``present`` are those of the file."""
    plain = _plain(key)
    if plain in _NOT_ON_TOP:
        return _stands_below(key, plain)
    answer = present[key].text.casefold()
    if plain in _FLAGS and answer in _YES_OR_NO:
        return _flag(key, "draft" if _FLAGS[plain] is _YES_OR_NO[answer] else "ready", present[key])
    if (apart := _apart(plain, present)) is not None:
        return apart
    meant = _meant(plain)
    others = [other for other in present if other != key and meant in {other, _ALSO_CALLED.get(_plain(other))}]
    return Slip(
        rule="unknown-setting",
        message=f"I don’t know the setting “{shown(key)}”",
        label=f"did you mean “{meant}”?" if meant else "there is no such setting",
        consequence=_WITHOUT.get(meant or "", "it would be ignored, so the post is held"),
        fix=f"{meant}:" if meant else "delete the line, or write it as a note:  # " + shown(key),
        mend=Mend(meant, safe=alike(key, meant)) if meant and not others else None,
    )


def _plain(key: str) -> str:
    return key.strip("\u200b\ufeff*_").casefold().replace("_", "-").replace(" ", "-")


def meant_by(key: str) -> str | None:
    """Returns the setting of that very name, whatever its capitals, or the one that goes by it elsewhere; None for any other word."""
    plain = _plain(key)
    return plain if plain in SETTINGS else _ALSO_CALLED.get(plain)


def _meant(plain: str) -> str | None:
    return _ALSO_CALLED.get(plain) or nearest(plain, SETTINGS)


_YES_OR_NO = {"true": True, "yes": True, "false": False, "no": False}
_FLAGS = {"draft": True, "published": False, "publish": False}  # which answer means a draft


def _flag(key: str, status: str, entry: Entry) -> Slip:
    return Slip(
        rule="unknown-setting",
        message=f"I don’t know the setting “{shown(key)}”",
        label="did you mean “status”?",
        consequence=_WITHOUT["status"],
        fix=f"status: {status}",
        mend=Mend(f"status: {status}", 0, entry.span.end_column - entry.key.column, safe=False)
        if entry.span.line == entry.key.line and entry.as_typed
        else None,
    )


_DAYS = ("date", "datum", "day", "fecha", "tag", "jour")
_TIMES = ("time", "uhrzeit", "zeit", "hora", "heure")


def _apart(plain: str, present: Mapping[str, Entry]) -> Slip | None:
    """Returns the slip of a date and a time in two lines."""
    known = {_plain(key): entry for key, entry in present.items()}
    day, time = (next((known[word] for word in words if word in known), None) for words in (_DAYS, _TIMES))
    if day is None or time is None or plain not in (*_DAYS, *_TIMES):
        return None
    return Slip(
        rule="unknown-setting",
        message=f"I don’t know the setting “{plain}”",
        label="date and time stand together in one line",
        consequence=_WITHOUT["when"],
        fix=f"when: {shown(day.text)} {shown(time.text)}"
        if plain in _DAYS
        else f"delete this line: the time stands in line {day.key.line}",
    )


WARNINGS = (
    "content-warning",
    "content-note",
    "trigger-warning",
    "cw",
    "cn",
    "tw",
    "inhaltswarnung",
    "inhaltshinweis",
    "triggerwarnung",
    "advertencia-de-contenido",
    "aviso-de-contenido",
    "avertissement-de-contenu",
)
"""Are the names by which a warning goes that hides a text, in small letters and with hyphens."""

_ALSO_CALLED = {
    **dict.fromkeys(
        (
            "date",
            "time",
            "datetime",
            "date-time",
            "publish",
            "publish-at",
            "publishdate",
            "scheduled",
            "send-at",
            "schedule",
            "wann",
            "datum",
        ),
        "when",
    ),
    **dict.fromkeys(("uhrzeit", "zeit", "cuándo", "cuando", "fecha", "hora", "quand", "heure"), "when"),
    **dict.fromkeys(("dónde", "donde", "où", "ou", "réseaux", "redes", "kanäle", "kanal"), "where"),
    **dict.fromkeys(("etiquetas", "schlagworte", "mots-dièse"), "hashtags"),
    **dict.fromkeys(("estado", "statut", "état"), "status"),
    **dict.fromkeys(("enlace", "lien", "enlaces"), "link"),
    **dict.fromkeys(("network", "networks", "platform", "platforms", "channel", "channels", "account", "accounts", "wo"), "where"),
    **dict.fromkeys(("draft", "published"), "status"),
    **dict.fromkeys(("tag", "hashtag"), "hashtags"),
    **dict.fromkeys((*WARNINGS, "spoiler", "avertissement", "advertencia"), "content-warning"),
    **dict.fromkeys(("author", "responsible"), "owner"),
    **dict.fromkeys(("language", "sprache", "idioma", "langue", "lengua"), "lang"),
    **dict.fromkeys(("titel", "name", "headline", "título", "titulo", "titre"), "title"),
}
_PICTURE = ("image", "images", "picture", "pictures", "photo", "photos", "media", "bild", "alt", "alt-text")
_TEXT = ("text", "body", "content", "caption", "message")
_NOT_ON_TOP = {**dict.fromkeys(_PICTURE, "![what it shows](file.jpg)"), **dict.fromkeys(_TEXT, "the words themselves")}


def _stands_below(key: str, plain: str) -> Slip:
    return Slip(
        rule="unknown-setting",
        message=f"I don’t know the setting “{shown(key)}”",
        label="this stands below the second line of dashes",
        consequence="it would not be published, so the post is held",
        fix=f"below the dashes:  {_NOT_ON_TOP[plain]}",
    )


def glued(key: str, entry: Entry) -> Slip | None:
    """Returns the slip of a setting without a space after its colon whose text has another one: ``title:Hello: world``."""
    name, colon, begin = key.partition(":")
    if not colon or name not in SETTINGS or not isinstance(entry.value, str) or entry.span.line != entry.key.line:
        return None
    whole = quoted(f"{begin}: {entry.value}")
    return Slip(
        rule="missing-space",
        message=f"a space is missing after “{name}:”",
        label="put a space here",
        consequence="the line is not understood as a setting, so the post is held",
        fix=f"{name}: {whole}",
        start=len(name) + 1,
        end=len(name) + 2,
        mend=Mend(f" {whole}", len(name) + 1, entry.span.end_column - entry.key.column),
    )


_WITHOUT = {
    "when": "without it this post is never sent",
    "where": "without it this post would go to every account",
    "status": "without it a draft would be published",
    "expires": "without it this post could go out when it is over",
    "hold-until": "without it this post would not wait",
}


def unknown_targets(path: str, entry: Entry | None, names: Names, part: str | None) -> list[Finding]:
    """Returns a finding for each name of a list that is neither an account nor a network."""
    if entry is None:
        return []
    wanted = entry.value.split(",") if isinstance(entry.value, str) else entry.value
    findings: list[Finding] = []
    for index, name in enumerate(word.strip() for word in wanted):
        if name and names.target(name) is None and len(findings) < _MOST:
            slip = unknown_account(name, names)
            findings.append((slip if entry.as_typed else replace(slip, mend=None)).found(path, entry.item(index, name), part))
    return findings


def unknown_account(name: str, names: Names) -> Slip:
    """Returns the slip of a name that is neither an account nor a network."""
    known = tuple(names.accounts) or tuple(names.networks)
    if name.casefold() in _EVERYWHERE:
        return _everywhere(name)
    if (without := _BUT.match(name)) is not None and (left := names.target(without["name"].strip())) is not None:
        return _all_but(name, [other for other in known if left not in (other, names.accounts.get(other))])
    if (
        len(
            several := [
                found for word in re.split(r"\s+(?:and|und|y|&|\+)\s+|\s+|[;/]", name) if (found := names.target(word.lstrip("*•–—−-")))
            ]
        )
        > 1
    ):
        return _separated(name, several)
    meant = names.target(name.lstrip("@#*•–—− -")) or nearest(name, names.targets.values())
    return Slip(
        rule="unknown-account",
        message=f"there is no account or network “{shown(name)}”",
        label=f"did you mean “{meant}”?" if meant else "not in config.toml",
        consequence="this post would not go where you want it",
        fix=meant or f"one of {', '.join(known[:8])}",
        mend=Mend(meant, safe=False) if meant else None,
    )


_MOST = 20  # names that are told
_EVERYWHERE = ("all", "everywhere", "everyone", "every", "*", "alle", "überall")


_BUT = re.compile(
    r"(?:(?:all|everywhere|everyone|alle|überall|todos|tous)\s+)?"
    r"(?:not|no|never|without|except(?:\s+for)?|but|nicht|ohne|außer|kein|sin|menos|excepto|sans|sauf|pas)\s+(?:on\s+|auf\s+)?(?P<name>.+)",
    re.IGNORECASE,
)


def _all_but(name: str, others: list[str]) -> Slip:
    return Slip(
        rule="unknown-account",
        message=f"there is no account or network “{shown(name)}”",
        label="where: names those that a post goes to, not those that it leaves out",
        consequence="this post would go nowhere",
        fix=", ".join(others[:8]),
    )


def _everywhere(name: str) -> Slip:
    return Slip(
        rule="unknown-account",
        message=f"there is no account or network “{shown(name)}”",
        label="without the line  where:  a post goes everywhere",
        consequence="this post would go nowhere",
        fix="delete the line",
    )


def _separated(name: str, several: list[str]) -> Slip:
    return Slip(
        rule="unknown-account",
        message=f"there is no account or network “{shown(name)}”",
        label="a comma belongs between two names",
        consequence="this post would not go where you want it",
        fix=", ".join(several),
        mend=Mend(", ".join(several), safe=False),
    )
