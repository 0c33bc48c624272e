"""Which files exist in the project folder, exactly as their names are spelled; each folder is listed once per reading."""

import fnmatch
import os
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path, PurePath
from urllib.parse import unquote

from scheduler.model.finding import Finding
from scheduler.model.post import WAITING, MediaRef
from scheduler.postfiles.folder.awaiting import is_slip_of, placeholder, waiting
from scheduler.postfiles.folder.stubs import stub
from scheduler.postfiles.lines.slips import Mend, Slip, nearest, shown
from scheduler.postfiles.text.pictures import Named

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)
_PICTURES = (
    ".avif",
    ".gif",
    ".heic",
    ".heif",
    ".hif",
    ".jpeg",
    ".jpg",
    ".m4v",
    ".mov",
    ".mp4",
    ".png",
    ".svg",
    ".tif",
    ".tiff",
    ".webm",
    ".webp",
)
_MOST = 50_000  # files of a project that are looked through for one that is missing


@dataclass
class Shelf:
    """Finds pictures below ``root``; every answer holds for one reading."""

    root: Path
    _names: dict[str, dict[str, bool]] = field(default_factory=dict)
    _inside: dict[str, bool] = field(default_factory=dict)
    _everywhere: dict[str, list[str]] | None = None

    def __post_init__(self) -> None:
        self._real = os.path.realpath(self.root)

    def find(self, named: Named, folder: str, campaign: str, others: Collection[str] = ()) -> list[str] | Slip:
        """Returns the absolute paths of the files a picture names, several for a pattern such as ``photos/*.jpg``; else what is wrong.

        They are looked for next to the post (``folder``, relative to the root), in the campaign's ``photos/``, then in ``assets/``.
        ``others`` are the names of the pictures beside it.
        """
        if _ADDRESS.match(named.file):
            return _remote(named.file)
        near: str | None = None
        coming: str | None = None
        outside = False
        odd = ""
        for written in dict.fromkeys((named.file, unquote(named.file), named.file.replace("\\", "/"))):
            for place in dict.fromkeys((folder, f"{campaign}/photos", "assets")):
                path = os.path.normpath(f"{place}/{written}").replace(os.sep, "/")
                if path.startswith(("../", "/")) or PurePath(written).is_absolute():
                    outside = True
                    continue
                found = self._matching(path)
                coming = coming or self._coming(path, found)
                if found and coming is None and all(self._is_inside(one) for one in found):
                    return [str(self.root / one) for one in found]
                outside = outside or bool(found)
                odd = odd or self._odd(path, found)
                near = near or self._other_spelling(path)
        if coming is not None:
            return _on_its_way(named.file, coming)
        if near is None and (odd or outside):
            return _no_file(named.file, odd) if odd else _outside(named.file)
        return _missing(named.file, near, None if near else self.meant(named.file, folder, (f"{campaign}/photos", "assets")), others)

    def meant(self, file: str, folder: str, places: tuple[str, ...] = ()) -> str | None:
        """Returns how the picture that was probably meant is named from ``folder``: one of the same name elsewhere in the project.

        Else it is one of almost the same name where it was looked for.
        """
        name = file.replace("\\", "/").rpartition("/")[2]
        if not name or "*" in name or "?" in name:
            return None
        found = self._all_pictures().get(_folded(name), [])
        if found:
            return _from(folder, min(found, key=lambda path: (-_shared(folder, path), len(path), path)))
        here = {one: place for place in (*reversed(places), folder) for one in self._listing(place) if one.casefold().endswith(_PICTURES)}
        like = nearest(name, here)
        return _from(folder, f"{here[like]}/{like}") if like is not None else None

    def _all_pictures(self) -> dict[str, list[str]]:
        """Returns the paths of the project's pictures by their folded names, except in folders that begin with a dot."""
        if self._everywhere is None:
            self._everywhere = {}
            seen = 0
            for folder, folders, files in os.walk(self.root):
                folders[:] = sorted(name for name in folders if not name.startswith((".", "_", "node_modules")))
                seen += len(files)
                if seen > _MOST:
                    break
                place = os.path.relpath(folder, self.root).replace(os.sep, "/").removeprefix(".").lstrip("/")
                for name in files:
                    if name.casefold().endswith(_PICTURES):
                        self._everywhere.setdefault(_folded(name), []).append(f"{place}/{name}".lstrip("/"))
        return self._everywhere

    def _matching(self, path: str) -> list[str]:
        folder, _, name = path.rpartition("/")
        names = self._listing(folder)
        if name in names:
            return [path]
        composed = unicodedata.normalize("NFC", name)
        same = [one for one in names if unicodedata.normalize("NFC", one) == composed] if not name.isascii() else []
        if not same and ("*" in name or "?" in name):
            same = sorted(fnmatch.filter(names, name), key=_natural)
        return [f"{folder}/{one}" if folder else one for one in same]

    def _listing(self, folder: str) -> dict[str, bool]:
        """Returns the files of a folder and whether each is a link; an unreadable folder has none."""
        known = self._names.get(folder)
        if known is not None:
            return known
        try:
            with os.scandir(self.root / folder) as entries:
                known = {entry.name: entry.is_symlink() for entry in entries if _is_file(entry)}
        except (OSError, ValueError):
            known = {}
        self._names[folder] = known
        return known

    def _is_inside(self, path: str) -> bool:
        folder, _, name = path.rpartition("/")
        target = path if self._listing(folder).get(name) else folder
        if target not in self._inside:
            real = os.path.realpath(self.root / target)
            self._inside[target] = real == self._real or real.startswith(self._real + os.sep)
        return self._inside[target]

    def _coming(self, path: str, found: list[str]) -> str | None:
        """Returns what stands in the place of a file, or of one more that a pattern names, until it has come."""
        folder, _, name = path.rpartition("/")
        return placeholder(name, self._listing(folder)) if not found or "*" in name or "?" in name else None

    def _odd(self, path: str, found: list[str]) -> str:
        """Returns what has the name of a picture and is no file, empty where nothing does."""
        place = self.root / path
        if found or not os.path.lexists(place):
            return ""
        return "a folder" if place.is_dir() else "no file, or a link to nothing"

    def _other_spelling(self, path: str) -> str | None:
        folder, _, name = path.rpartition("/")
        names = self._listing(folder)
        return next((one for one in names if one.casefold() == name.casefold() and one != name), None)


def media(
    named: tuple[Named, ...], shelf: Shelf, place: tuple[str, str, str], part: str | None, source: str = ""
) -> tuple[tuple[MediaRef, ...], list[Finding]]:
    """Returns the pictures with the files found for them; ``place`` is the path of the naming file, its folder and campaign folder.

    ``source`` is that path once more where it is a language file.
    """
    path, folder, campaign = place
    refs: list[MediaRef] = []
    findings: list[Finding] = []
    names = {one.file.replace("\\", "/").rpartition("/")[2] for one in named}
    for one in named:
        found = shelf.find(one, folder, campaign, names)
        for file, slip in [(None, found)] if isinstance(found, Slip) else [(file, stub(file, one.file)) for file in found]:
            awaited = slip is not None and slip.rule == WAITING
            refs.append(MediaRef(one.file, one.alt, None if awaited else file, one.span, source, one.alt_span, one.focus, awaited))
            findings += [slip.found(path, one.span, part)] if slip is not None else []
    return tuple(refs), list(dict.fromkeys(findings))


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False  # a link that leads to itself, which hides nothing of what lies beside it


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _shared(folder: str, path: str) -> int:
    """Returns how many folders two paths begin with together."""
    pairs = zip(folder.split("/"), path.split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _from(folder: str, path: str) -> str:
    return os.path.relpath(path, folder).replace(os.sep, "/")


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Returns a sort key by which ``2.png`` stands before ``10.png``."""
    return [
        (0, int(piece), "") if piece.isdecimal() and piece.isascii() else (1, 0, piece.casefold()) for piece in re.split(r"([0-9]+)", name)
    ]


def _missing(file: str, near: str | None, meant: str | None, others: Collection[str]) -> Slip:
    name = file.replace("\\", "/").rpartition("/")[2]
    if near is not None:
        label, fix = f"there is “{shown(near)}”, spelled differently", file.removesuffix(file.rpartition("/")[2]) + near
    elif meant is not None and is_slip_of(name, meant.rpartition("/")[2], others):
        label, fix = f"did you mean “{shown(meant, 80)}”?", meant
    else:
        return waiting(file, "no file of that name" + (f"; did you mean “{shown(meant, 80)}”?" if meant is not None else ""))
    return Slip(
        rule="missing-file",
        message=f"there is no picture “{shown(file, 80)}”",
        label=label,
        consequence="the post would go out without its picture",
        fix=fix,
        mend=Mend(meant, safe=False) if meant else Mend(fix) if near is not None and file.casefold() == fix.casefold() else None,
    )


def _on_its_way(file: str, there: str) -> Slip:
    if there.casefold().endswith(".icloud"):
        return waiting(file, "it is still in iCloud", "open the folder in the Finder and download the picture")
    return waiting(
        file, f"there is only “{shown(there, 80)}”", "wait until it has been synced, or fetch it with the program that syncs the folder"
    )


def _no_file(file: str, odd: str) -> Slip:
    return Slip(
        rule="missing-file",
        message=f"“{shown(file, 80)}” is not the file of a picture",
        label=f"this is {odd}",
        consequence="the post would go out without its picture",
        fix="put the file itself there, or name another one",
    )


def _outside(file: str) -> Slip:
    return Slip(
        rule="missing-file",
        message=f"the picture “{shown(file, 80)}” is not in the project folder",
        label="this leads out of the folder",
        consequence="files from elsewhere on this computer are never published",
        fix="copy the file next to the post, or into assets/",
    )


def _remote(file: str) -> Slip:
    return Slip(
        rule="missing-file",
        message="a picture has to be a file in the folder",
        label="this is an address",
        consequence=f"“{shown(file)}” would not be sent",
        fix="save the picture next to the post and name the file here",
    )
