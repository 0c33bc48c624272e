"""The organisations of ``posts/_partners.toml`` (else ``assets/partners.toml``): a table for each."""

from collections.abc import Mapping

from scheduler.model.house import Partner
from scheduler.postfiles.house.entries import Entries, Sheet, read_entries
from scheduler.postfiles.house.tables import Tables
from scheduler.postfiles.lines.slips import Mend, Slip, alike, nearest, shown
from scheduler.postfiles.names import Names
from scheduler.postfiles.settings.calendar_words import is_language

_TEXTS = ("name", "logo", "logo-dark", "language", "contact")
_NUMBERS = ("minimum-width", "clear-space")
_KEYS = (*_TEXTS, *_NUMBERS, "accounts", "kit")
_HELD = "posts that name this partner are held"


def read_partners(path: str, data: bytes, names: Names) -> Entries[Partner]:
    """Returns the partners; one with an error is left out, and posts that name it are held."""
    file = Tables(path, data, "posts that name a partner are held", 'name = "Tenants’ Union"')
    return read_entries(file, lambda sheet: _read(sheet, names), _outside)


def _read(sheet: Sheet, names: Names) -> Partner:
    networks = {network.casefold(): network for network in names.networks}
    for key in sheet.table:
        if key not in _KEYS and key.casefold() not in networks:
            sheet.wrong(_unknown_key(key, (*_KEYS, *networks.values())), key)
    texts = {key: _text(sheet, key) for key in _TEXTS}
    return Partner(
        name=sheet.name,
        title=texts["name"] or sheet.name,
        handles=_handles(sheet, networks, names),
        accounts=_accounts(sheet, sheet.table.get("accounts", []), names),
        logo=texts["logo"],
        logo_dark=texts["logo-dark"],
        minimum_width=_number(sheet, "minimum-width"),
        clear_space=_number(sheet, "clear-space"),
        language=_language(sheet, texts["language"]),
        contact=texts["contact"],
        kit=_kit(sheet, sheet.table.get("kit", False)),
    )


def _text(sheet: Sheet, key: str) -> str:
    value = sheet.table.get(key, "")
    if isinstance(value, str):
        return value.strip()
    sheet.wrong(_bad(f"“{key}” is a text in quotes", f'{key} = "…"'), key)
    return ""


def _number(sheet: Sheet, key: str) -> int:
    value = sheet.table.get(key, 0)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    sheet.wrong(_bad(f"“{key}” is a number of pixels", f"{key} = 120"), key)
    return 0


def _handles(sheet: Sheet, networks: Mapping[str, str], names: Names) -> dict[str, str]:
    typed = {key: networks[key.casefold()] for key in sheet.table if key.casefold() in networks}
    found = {network: _text(sheet, key) for key, network in typed.items()}
    for key, network in typed.items():
        if (slip := names.no_handle(network, found[network])) is not None:
            sheet.noted(slip, key, found[network])
    return {network: handle for network, handle in found.items() if handle}


def _accounts(sheet: Sheet, value: object, names: Names) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        sheet.wrong(_bad("“accounts” is a list of names in quotes", 'accounts = ["our-page"]'), "accounts")
        return ()
    for word in value:
        if word not in names.accounts:
            sheet.wrong(_no_account(word, names), "accounts", word)
    return tuple(value)


def _language(sheet: Sheet, tag: str) -> str | None:
    if tag and not is_language(tag):
        sheet.wrong(_bad(f"I don’t know the language “{shown(tag)}”", 'language = "de"'), "language")
    return tag.replace("_", "-") or None


def _kit(sheet: Sheet, value: object) -> bool:
    if not isinstance(value, bool):
        sheet.wrong(_bad("“kit” is true or false", "kit = true"), "kit")
    return value is True


def _outside(name: str) -> Slip:
    return _bad(f"“{shown(name)}” stands outside every partner", f"[{name}]  on a line of its own")


def _bad(message: str, fix: str) -> Slip:
    return Slip(rule="bad-partner", message=message, label="look here", consequence=_HELD, fix=fix)


def _unknown_key(key: str, known: tuple[str, ...]) -> Slip:
    meant = nearest(key, known)
    return Slip(
        rule="unknown-setting",
        message=f"I don’t know the setting “{shown(key)}”",
        label=f"did you mean “{meant}”?" if meant else "a partner has name, logo, accounts, kit and a handle for each network",
        consequence=_HELD,
        fix=meant or "delete the line",
        mend=Mend(meant, safe=alike(key, meant)) if meant else None,
    )


def _no_account(word: str, names: Names) -> Slip:
    meant = nearest(word, names.accounts)
    return Slip(
        rule="unknown-account",
        message=f"there is no account “{shown(word)}”",
        label=f"did you mean “{meant}”?" if meant else "not in config.toml",
        consequence=_HELD,
        fix=meant or f"one of {', '.join(list(names.accounts)[:8])}",
        mend=Mend(meant, safe=False) if meant else None,
    )


def unknown_partner(name: str, file: Entries[Partner]) -> Slip:
    """Returns the slip of a partner that a post names and nobody knows, or whose table has a mistake."""
    if file.lost(name):
        return Slip(
            rule="partners-unreadable",
            message=f"the partner “{shown(name)}” cannot be looked up",
            label="the file with the partners has a mistake",
            consequence="a wrong name or handle could go out, so the post is held",
            fix="mend _partners.toml first",
        )
    meant = nearest(name, file.known)
    return Slip(
        rule="unknown-partner",
        message=f"there is no partner “{shown(name)}”",
        label=f"did you mean “{meant}”?" if meant else "not in _partners.toml",
        consequence="nobody can tell who is meant, so the post is held",
        fix=meant or f"[{name}]  in posts/_partners.toml, with  name = …  below it",
        mend=Mend(meant, safe=False) if meant else None,
    )
