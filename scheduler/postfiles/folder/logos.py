"""Logos of partners: those that ``_partners.toml`` names have to be there."""

from collections.abc import Iterator
from dataclasses import replace

from scheduler.model.finding import Finding, Severity
from scheduler.model.house import Partner
from scheduler.postfiles.folder.lookup import Shelf
from scheduler.postfiles.folder.stubs import stub
from scheduler.postfiles.house.entries import Entries
from scheduler.postfiles.lines.slips import Mend, Slip, shown

_LOST = "no picture with this partner’s logo can be drawn"
_DRAWINGS = {"svg": "an SVG drawing", "pdf": "a PDF file", "ai": "an Illustrator drawing", "eps": "an EPS drawing"}


def missing_logos(partners: Entries[Partner], shelf: Shelf) -> Iterator[Finding]:
    """Yields an error for each logo that is not in the project folder; looked up in each reading, as pictures come and go."""
    for name, partner in partners.known.items():
        for key, logo in (("logo", partner.logo), ("logo-dark", partner.logo_dark)):
            slip = _wrong(logo, shelf) if logo else None
            if slip is not None and partners.file is not None:
                yield slip.found(partners.file.path, partners.file.where(name, key, logo))


def _drawing(logo: str) -> Slip | None:
    """Returns the slip for a file that has no pixels: a post is held only if its graphic needs it.

    Whether other files are what their names say shows when they are drawn.
    """
    stem, _, ending = logo.rpartition(".")
    kind = _DRAWINGS.get(ending.lower())
    if kind is None:
        return None
    return Slip(
        rule="picture-unreadable",
        severity=Severity.WARNING,
        message=f"the logo “{shown(logo, 80)}” is {kind}, and graphics are made of pixels",
        label="export it as PNG, 600 pixels wide or more",
        consequence=_LOST,
        fix=f"{stem}.png",
    )


def _wrong(logo: str, shelf: Shelf) -> Slip | None:
    path = shelf.root / logo
    inside = not logo.startswith("/") and ".." not in path.relative_to(shelf.root).parts
    if inside and path.is_file():
        empty = stub(str(path), logo)
        return replace(empty, severity=Severity.ERROR, rule="picture-not-here", consequence=_LOST) if empty is not None else _drawing(logo)
    meant = shelf.meant(logo, ".", (logo.rpartition("/")[0],))
    return Slip(
        rule="missing-file",
        message=f"there is no logo “{shown(logo, 80)}”",
        label=f"did you mean “{shown(meant, 80)}”?" if meant else "logos are looked for from the project folder",
        consequence=_LOST,
        fix=meant or "put the file into assets/ and name it from the project folder: assets/logos/tenants.png",
        mend=Mend(meant, safe=False) if meant else None,
    )
