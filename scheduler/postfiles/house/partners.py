"""The organisations of ``posts/_partners.toml`` (else ``assets/partners.toml``): a table for each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scheduler.model.finding import Finding
from scheduler.model.post import Partner
from scheduler.postfiles.house.tables import Tables
from scheduler.postfiles.lines.slips import Mend, Slip, alike, nearest, shown
from scheduler.postfiles.names import Names
from scheduler.postfiles.settings.calendar_words import is_language

_TEXTS = ("name", "logo", "logo-dark", "language", "contact")
_NUMBERS = ("minimum-width", "clear-space")
_KEYS = (*_TEXTS, *_NUMBERS, "accounts", "kit")
_HELD = "posts that name this partner are held"


@dataclass(frozen=True, slots=True)
class PartnerFile:
    """Is the partners of the file. ``broken`` names those that could not be read; with ``unreadable`` nobody knows which there are."""

    partners: dict[str, Partner] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    broken: frozenset[str] = frozenset()
    unreadable: bool = False

    @property
    def speaks(self) -> bool:
        """Tells whether there is such a file, so that a name it does not have is a mistake."""
        return bool(self.partners or self.broken or self.unreadable)


def read_partners(path: str, data: bytes, names: Names) -> PartnerFile:
    """Returns the partners; one with an error is left out, and posts that name it are held."""
    file = Tables(path, data, "posts that name a partner are held", 'name = "Tenants’ Union"')
    if file.tables is None:
        return PartnerFile(findings=tuple(file.findings), unreadable=True)
    reader = _Reader(file, names)
    for name, table in file.tables.items():
        reader.read(name, table)
    return PartnerFile(reader.partners, tuple(file.findings), frozenset(reader.broken))


class _Reader:
    def __init__(self, file: Tables, names: Names) -> None:
        self._file = file
        self._names = names
        self._networks = {network.casefold(): network for network in names.networks}
        self.partners: dict[str, Partner] = {}
        self.broken: set[str] = set()

    def read(self, name: str, table: object) -> None:
        if not isinstance(table, dict):
            self._wrong(name, "", _bad(f"“{shown(name)}” stands outside every partner", f"[{name}]  on a line of its own"))
            return
        for key in table:
            if key not in _KEYS and key.casefold() not in self._networks:
                self._wrong(name, key, _unknown_key(key, (*_KEYS, *self._networks.values())))
        texts = {key: self._text(name, key, table) for key in _TEXTS}
        partner = Partner(
            name=name,
            title=texts["name"] or name,
            handles=self._handles(name, table),
            accounts=self._accounts(name, table.get("accounts", [])),
            logo=texts["logo"],
            logo_dark=texts["logo-dark"],
            minimum_width=self._number(name, "minimum-width", table),
            clear_space=self._number(name, "clear-space", table),
            language=self._language(name, texts["language"]),
            contact=texts["contact"],
            kit=self._kit(name, table.get("kit", False)),
        )
        if name not in self.broken:
            self.partners[name] = partner

    def _text(self, name: str, key: str, table: Mapping[str, Any]) -> str:
        value = table.get(key, "")
        if isinstance(value, str):
            return value.strip()
        self._wrong(name, key, _bad(f"“{key}” is a text in quotes", f'{key} = "…"'))
        return ""

    def _number(self, name: str, key: str, table: Mapping[str, Any]) -> int:
        value = table.get(key, 0)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        self._wrong(name, key, _bad(f"“{key}” is a number of pixels", f"{key} = 120"))
        return 0

    def _handles(self, name: str, table: Mapping[str, Any]) -> dict[str, str]:
        found = {}
        for key in table:
            network = self._networks.get(key.casefold())
            if network is not None:
                found[network] = self._text(name, key, table)
        return {network: handle for network, handle in found.items() if handle}

    def _accounts(self, name: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            self._wrong(name, "accounts", _bad("“accounts” is a list of names in quotes", 'accounts = ["our-page"]'))
            return ()
        for word in value:
            if word not in self._names.accounts:
                self._wrong(name, "accounts", _no_account(word, self._names), word)
        return tuple(value)

    def _language(self, name: str, tag: str) -> str | None:
        if tag and not is_language(tag):
            self._wrong(name, "language", _bad(f"I don’t know the language “{shown(tag)}”", 'language = "de"'))
        return tag.replace("_", "-") or None

    def _kit(self, name: str, value: object) -> bool:
        if not isinstance(value, bool):
            self._wrong(name, "kit", _bad("“kit” is true or false", "kit = true"))
        return value is True

    def _wrong(self, name: str, key: str, slip: Slip, word: str = "") -> None:
        self.broken.add(name)
        self._file.found(slip, name, key, word)


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


def unknown_partner(name: str, file: PartnerFile) -> Slip:
    """Returns the slip of a partner that a post names and nobody knows, or whose table has a mistake."""
    if file.unreadable or name in file.broken:
        return Slip(
            rule="partners-unreadable",
            message=f"the partner “{shown(name)}” cannot be looked up",
            label="the file with the partners has a mistake",
            consequence="a wrong name or handle could go out, so the post is held",
            fix="mend _partners.toml first",
        )
    meant = nearest(name, file.partners)
    return Slip(
        rule="unknown-partner",
        message=f"there is no partner “{shown(name)}”",
        label=f"did you mean “{meant}”?" if meant else "not in _partners.toml",
        consequence="nobody can tell who is meant, so the post is held",
        fix=meant or f"[{name}]  in posts/_partners.toml, with  name = …  below it",
        mend=Mend(meant, safe=False) if meant else None,
    )
