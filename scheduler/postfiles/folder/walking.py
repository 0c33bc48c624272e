"""Walks ``posts/`` once and tells which files are there; it reads none of them."""

import os
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from scheduler.postfiles.folder import filenames
from scheduler.postfiles.folder.languages import main_of, tag_of
from scheduler.postfiles.house.campaign import FILES as CAMPAIGN_FILES
from scheduler.postfiles.trouble import PostFolderError


@dataclass(slots=True)
class Seen:
    """Is a file as it lies there; ``path`` is relative to the project folder, ``id`` the path below ``posts/`` without its ending.

    ``outside`` says that it is a link out of the project folder; ``alias`` names the post file of this folder that it is a link to.
    """

    id: str
    path: str
    folder: str
    name: str
    size: int
    mtime_ns: int
    inode: int
    outside: bool = False
    alias: str = ""

    @property
    def key(self) -> tuple[int, int, int]:
        """Returns what changes when the file does."""
        return (self.size, self.mtime_ns, self.inode)


@dataclass(slots=True)
class Walk:
    """Is all files of interest: posts, the files of campaigns by folder, others that need a word, and posts that lie in a cloud.

    ``languages`` are the language files of a post by its path; ``siblings`` are the names of all these by folder.
    """

    posts: list[Seen] = field(default_factory=list)
    campaigns: dict[str, list[Seen]] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    clouded: list[str] = field(default_factory=list)
    siblings: dict[str, set[str]] = field(default_factory=dict)
    languages: dict[str, list[Seen]] = field(default_factory=dict)


def walk(root: Path) -> Walk:
    """Returns what lies in ``posts/``, sorted by id.

    Raises:
        PostFolderError: where ``posts/`` is missing, or it or any folder in it cannot be read.
    """
    found = Walk()
    real = os.path.realpath(root)
    folders = ["posts"]
    while folders:
        folder = folders.pop()
        for entry in _entries(root, folder):
            name = entry.name
            if entry.is_dir(follow_symlinks=False):
                if name[:1] not in "._":
                    folders.append(f"{folder}/{name}")
                continue
            if name in CAMPAIGN_FILES or filenames.is_post(name):
                _note(found, entry, folder, real)
            elif (away := filenames.waiting_in_cloud(name)) is not None:
                found.clouded.append(_id(folder, away))
            elif filenames.no_post(f"{folder}/{name}") is not None or (name[:1] not in "._" and _is_linked_folder(entry)):
                found.others.append(f"{folder}/{name}")
    _sort_out_languages(found)
    found.posts.sort(key=lambda seen: seen.id)
    found.others.sort()
    return found


def _sort_out_languages(found: Walk) -> None:
    posts = []
    for seen in found.posts:
        main = main_of(seen.name, found.siblings[seen.folder]) if seen.name.count(".") > 1 else None
        if main is None or tag_of(main) is not None:
            posts.append(seen)
        else:
            found.languages.setdefault(f"{seen.folder}/{main}", []).append(seen)
    found.posts = posts
    for files in found.languages.values():
        files.sort(key=lambda seen: seen.name)


def _entries(root: Path, folder: str) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(root / folder) as entries:
            return list(entries)
    except FileNotFoundError:
        if folder != "posts":
            return []
        raise PostFolderError(
            "there is no folder “posts” in the project folder", f"make it, or call this from the right place; looked in {root}"
        ) from None
    except OSError as trouble:
        raise PostFolderError(
            f"the folder “{folder}” cannot be read: {trouble.strerror or trouble}",
            "give yourself the right to read it, or connect the disk again",
        ) from trouble


def _note(found: Walk, entry: "os.DirEntry[str]", folder: str, real: str) -> None:
    try:
        stat = entry.stat()
    except OSError:
        size, mtime_ns, inode = -1, 0, 0
    else:
        size = stat.st_size if entry.is_file() else -1
        mtime_ns, inode = stat.st_mtime_ns, stat.st_ino
    seen = Seen(_id(folder, entry.name), f"{folder}/{entry.name}", folder, entry.name, size, mtime_ns, inode)
    if entry.is_symlink():
        leads_to = os.path.realpath(entry.path)
        inside = leads_to.removeprefix(real + os.sep).replace(os.sep, "/")
        seen.outside = inside == leads_to
        seen.alias = inside if inside.startswith("posts/") and filenames.is_post(inside.rpartition("/")[2]) and size >= 0 else ""
    if entry.name in CAMPAIGN_FILES:
        found.campaigns.setdefault(folder, []).append(seen)
    else:
        found.posts.append(seen)
        found.siblings.setdefault(folder, set()).add(entry.name)


def _is_linked_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_symlink() and entry.is_dir()
    except OSError:
        return False  # it leads to itself


def _id(folder: str, name: str) -> str:
    path = f"{folder}/{name[:-3]}"[len("posts/") :]
    return path if path.isascii() else unicodedata.normalize("NFC", path)
