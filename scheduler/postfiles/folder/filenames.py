"""File names in ``posts/``: which are posts, which are left-overs of a sync program, and which look like posts and are none."""

import re
from collections.abc import Collection

from scheduler.model.finding import Severity
from scheduler.postfiles.folder.languages import chained, lonely, main_of, tag_of
from scheduler.postfiles.house.campaign import FILES as CAMPAIGN_FILES
from scheduler.postfiles.lines.slips import Slip, alike, shown

_CONFLICTS = (
    re.compile(r"(?P<name>.+?) ?\([^()]*(?:conflict|konflikt|conflit)[^()]*\)$", re.IGNORECASE),
    re.compile(r"(?P<name>.+)\.sync-conflict-\d{8}-\d{6}(?:-\w+)?$"),
    re.compile(r"(?P<name>.+?)_[^_]+_[A-Z][a-z]{2}-\d{2}-\d{4}-\d{4}_(?:Case)?Conflict$"),
    re.compile(r"(?P<name>.+)\.Conflict$"),
    re.compile(r"(?P<name>.+)\(SFConflict .*\)$"),
)
_COPIES = (
    re.compile(r"(?P<name>.+?) ?\(\d{1,2}\)$"),
    re.compile(r"(?:Copy of|Kopie von|Copia de|Copie de) (?P<name>.+)$", re.IGNORECASE),
    re.compile(r"(?P<name>.+?) (?:- )?copy(?: \d+)?$", re.IGNORECASE),
    re.compile(r"(?P<name>.+?) (?:- )?(?:Kopie|copia|copie)(?: \(?\d+\)?)?$", re.IGNORECASE),
)
_SUSPICIOUS = re.compile(r"\(|conflict|copy|kopie|copia|copie", re.IGNORECASE)
_DOCUMENTS = {
    ".gdoc": "this is a link to a Google document, and holds no text itself",
    ".docx": "this is a Word document",
    ".doc": "this is a Word document",
    ".odt": "this is an office document",
    ".pages": "this is a Pages document",
    ".rtf": "this is a formatted text",
    ".txt": "this file’s name ends in .txt",
    ".markdown": "this file’s name ends in .markdown",
    ".mdown": "this file’s name ends in .mdown",
    ".mdx": "this file’s name ends in .mdx",
    ".md ": "this file’s name ends in a blank",
}


def is_post(name: str) -> bool:
    """Tells whether a file of that name is a post; names that begin with ``_`` or ``.`` never are."""
    return name[:1] not in "_." and name.casefold().endswith(".md") and not name.startswith("~$")


def wrong(name: str, siblings: Collection[str]) -> Slip | None:
    """Returns why a file whose name ends in .md cannot be taken for a post, or None."""
    return odd(name) or conflict(name, siblings) or language(name, siblings)


def conflict(name: str, siblings: Collection[str]) -> Slip | None:
    """Returns why a post file is a sync program's second version of another, or None.

    A plain copy, ``name (1).md``, counts as one only while the original stands beside it.
    """
    stem, ending = name[:-3], name[-3:]
    if _SUSPICIOUS.search(stem) is None:
        return None
    match = next((found for pattern in _CONFLICTS if (found := pattern.match(stem))), None)
    if match is None:
        copies = (found for pattern in _COPIES if (found := pattern.match(stem)))
        match = next((found for found in copies if found["name"] + ending in siblings), None)
    if match is None:
        return None
    return Slip(
        rule="sync-conflict",
        message=f"this looks like a second version of “{shown(match['name'] + ending)}”",
        label="two versions of one post",
        consequence="this version is not sent",
        fix="keep what you need of the two, then delete this file or give it a name of its own",
    )


def language(name: str, siblings: Collection[str]) -> Slip | None:
    """Returns why a language file that stands for itself is no post, or None where its name is no language file's."""
    if tag_of(name) is None:
        return None
    main = main_of(name, siblings)
    return lonely(name) if main is None else chained(main) if tag_of(main) is not None else None


def no_post(path: str) -> Slip | None:
    """Returns why a file that an author may take for a post is none, or None where nobody would; ``path`` begins with ``posts/``."""
    folder, _, name = path.rpartition("/")
    folded = name.casefold()
    if folded.startswith("~$") or folded == "desktop.ini":
        return Slip(rule="not-a-post", severity=Severity.HINT, message="this file belongs to another program", label="it is skipped")
    if name.startswith("."):
        return None
    translated = tag_of(name)
    if translated is not None and translated[0] in CAMPAIGN_FILES:
        return _campaign_language(translated[0])
    if name.startswith("_"):
        return _no_house_file(folder, name)
    ending = next((ending for ending in _DOCUMENTS if folded.endswith(ending)), None)
    if ending is None:
        return None
    return _skipped(_DOCUMENTS[ending], "nothing of it is sent", "save the text as plain text, with a name that ends in .md")


def _skipped(message: str, consequence: str, fix: str) -> Slip:
    return Slip(rule="not-a-post", severity=Severity.WARNING, message=message, label="it is skipped", consequence=consequence, fix=fix)


_SLIP = 2  # letters too many or too few
_HOUSE_FILES = (*CAMPAIGN_FILES, "_hashtags.toml", "_partners.toml", "_words.toml")


def _house_file(folded: str) -> str | None:
    """Returns the file that one of almost its name was meant to be: with other capitals, another ending, or a slip of the fingers."""
    stem = folded.partition(".")[0]
    stems = {known.partition(".")[0]: known for known in _HOUSE_FILES}
    return next((stems[known] for known in stems if abs(len(known) - len(stem)) <= _SLIP and alike(stem, known)), None)


def _no_house_file(folder: str, name: str) -> Slip | None:
    """Returns why a file that was meant to speak for the house or its folder does not, or None where it does or was not."""
    meant = _house_file(name.casefold())
    if meant is not None and meant != name:
        return _misnamed(meant)
    return _misplaced(name) if meant is not None and folder != "posts" and meant not in CAMPAIGN_FILES else None


def _misnamed(meant: str) -> Slip:
    return _skipped(f"the name of this file is almost {meant}", "what it says counts for no post", f"call it {meant}, in small letters")


def _misplaced(name: str) -> Slip:
    message = f"{name} is one file for the whole project, and this is a folder of it"
    return _skipped(message, "what it says counts for no post", f"write what it says into posts/{name}")


LINKED_FOLDER = _skipped(
    "this is a link to a folder, and links to folders are not followed", "no post in it is sent", "put the folder itself here"
)
"""Is what is said of a link to a folder: it could lead out of the project, or round in a circle."""


def waiting_in_cloud(name: str) -> str | None:
    """Returns the name of the post file that iCloud has taken off this computer, or None."""
    if name.startswith(".") and name.endswith(".md.icloud"):
        return name[1:-7]
    return None


def odd(name: str) -> Slip | None:
    """Returns why a file's name cannot stand for a post, or None."""
    if name.isprintable():
        return None
    return Slip(
        rule="odd-file-name",
        message="the name of this file has characters that cannot be shown",
        label="its name cannot be written down",
        consequence="nothing of it is sent",
        fix="rename it, with letters, digits and hyphens",
    )


def _campaign_language(main: str) -> Slip:
    fix = "write what differs into the language files of the posts"
    return _skipped(f"{main} has no language files", "nothing of it is used", fix)
