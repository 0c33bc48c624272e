"""Which language of a post was left behind: what its texts were when they last went together is kept from run to run.

Time stamps say nothing here: copies, synced folders and checked-out files change them without changing a word.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from scheduler.disk import private_folder
from scheduler.model.finding import Finding, Severity
from scheduler.model.post import Part, PostFile, Variant
from scheduler.postfiles.lines.slips import Slip

_SCHEMA = "scheduler.languages/1"
_MOST = 5_000  # posts that are remembered, far more than anybody has in two languages
_Kept: TypeAlias = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class _Pair:
    """Is the text of a part and one in another language: what each says, and all that stands there with it."""

    part: Part
    text: Variant
    says: tuple[str, str]
    holds: tuple[str, str]

    @property
    def name(self) -> str:
        return f"{self.part.name or ''}|{self.text.language}"

    @property
    def digests(self) -> list[str]:
        return [*self.says, *self.holds]


class Steps:
    """Judges posts in several languages and remembers them in a file; without a ``path`` nothing is remembered or said."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._kept: dict[str, _Kept] = {}

    def judged(self, files: list[PostFile], hashes: Mapping[str, str], several: set[str], unsettled: set[str]) -> list[PostFile]:
        """Returns the files, with a finding in each where one language was changed and another was not.

        ``several`` are the posts in several languages by id; ``hashes`` those of all files with language files and of these, by path.
        What is ``unsettled`` is judged next time.
        """
        if self._path is None:
            return files
        self._load(self._path)
        before = json.dumps(self._kept)
        present = {file.id for file in files} | unsettled
        judged = [file for file in files if file.id in several - unsettled and not _broken(file)]
        found = {file.id: tuple(self._behind(file, hashes, present)) for file in judged}
        if json.dumps(self._kept) != before:
            self._save(self._path)
        return [replace(file, findings=(*file.findings, *found[file.id])) if found.get(file.id) else file for file in files]

    def _behind(self, file: PostFile, hashes: Mapping[str, str], present: set[str]) -> Iterator[Finding]:
        pairs = {pair.name: pair for pair in _pairs(file, hashes)}
        kept = self._kept.get(file.id)
        kept = kept if kept is not None else self._renamed(pairs, present)
        now: _Kept = {}
        for name, pair in pairs.items():
            before = kept.get(name, [])
            behind = _left_behind(before, pair.digests)
            now[name] = before if behind is not None else pair.digests
            if behind is not None:
                yield _finding(file, pair, behind)
        self._kept.pop(file.id, None)
        self._kept[file.id] = now

    def _renamed(self, pairs: Mapping[str, _Pair], present: set[str]) -> _Kept:
        """Returns what is kept of a post that is gone and whose texts, or those of one language, are these."""
        for post, kept in self._kept.items():
            if post not in present and kept.keys() == pairs.keys() and all(_shares(kept[name], pair) for name, pair in pairs.items()):
                return kept
        return {}

    def _load(self, path: Path) -> None:
        try:
            stat = path.stat()
            if (stat.st_mtime_ns, stat.st_size) == self._seen:
                return
            told = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return
        self._seen = (stat.st_mtime_ns, stat.st_size)
        self._kept = _sound(told) or self._kept

    def _save(self, path: Path) -> None:
        self._kept = dict(list(self._kept.items())[-_MOST:])
        # Whoever may only read the project is told the same; the memory is kept by those who may write.
        with suppress(OSError):
            private_folder(path.parent)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".json")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"schema": _SCHEMA, "posts": self._kept}, file, ensure_ascii=False)
            Path(name).replace(path)
            stat = path.stat()
            self._seen = (stat.st_mtime_ns, stat.st_size)


def _sound(told: object) -> dict[str, _Kept] | None:
    """Returns what a memory says if it is one of ours; anything else is begun anew."""
    posts = told.get("posts") if isinstance(told, dict) and told.get("schema") == _SCHEMA else None
    if not isinstance(posts, dict):
        return None
    whole = all(isinstance(post, dict) and all(isinstance(digests, list) for digests in post.values()) for post in posts.values())
    return posts if whole else None


def in_languages(file: PostFile) -> bool:
    """Tells whether a post has a text in another language."""
    parts = file.post.parts if file.post is not None else ()
    return any(_is_translation(variant) for part in parts for variant in part.variants)


def _is_translation(variant: Variant) -> bool:
    return variant.target is not None and variant.target.startswith("lang ")


def _broken(file: PostFile) -> bool:
    return any(finding.is_error for finding in file.findings)


def _pairs(file: PostFile, hashes: Mapping[str, str]) -> Iterator[_Pair]:
    post = file.post
    assert post is not None
    for part in post.parts:
        own = [variant for variant in part.variants if not variant.source and not _is_translation(variant)]
        for text in filter(_is_translation, part.variants):
            theirs = [variant for variant in part.variants if variant.source == text.source] if text.source else [text]
            whole = (hashes.get(post.path), hashes.get(text.source)) if text.source else (None, None)
            says = (_digest(*(_words(one) for one in own)), _digest(*(_words(one) for one in theirs)))
            holds = (whole[0] or _digest(*map(_all, own)), whole[1] or _digest(*map(_all, theirs)))
            yield _Pair(part, text, says, holds)


def _words(variant: Variant) -> str:
    """Returns what a text says, however its lines are broken."""
    return " ".join(variant.text.split())


def _all(variant: Variant) -> str:
    alts = [ref.alt for ref in variant.media or ()]
    return repr((variant.target, variant.text, sorted(variant.settings.items()), alts))


def _digest(*texts: str) -> str:
    return hashlib.sha256("\x00".join(texts).encode(errors="surrogatepass")).hexdigest()[:16]


def _left_behind(before: list[str], now: list[str]) -> str | None:
    """Returns ``language`` or ``post``, whichever did not follow a change of the other; None where both did, or neither changed.

    A text that was touched in any way counts as one that somebody has looked at.
    """
    if len(before) != len(now):
        return None
    post_says, language_says, post_holds, language_holds = (one != other for one, other in zip(before, now, strict=True))
    if post_says and not language_says and not language_holds:
        return "language"
    if language_says and not post_says and not post_holds:
        return "post"
    return None


def _shares(digests: list[str], pair: _Pair) -> bool:
    return len(digests) == len(pair.digests) and any(one == other for one, other in zip(digests, pair.says, strict=False))


def _finding(file: PostFile, pair: _Pair, behind: str) -> Finding:
    post, text = file.post, pair.text
    assert post is not None
    place = text if behind == "language" else pair.part.default
    old, new = ("post’s own text", f"text in “{text.language}”") if behind == "post" else (f"text in “{text.language}”", "post’s own text")
    note = f"; if it needs no change, leave a note: %% the {new} read again %%" if text.source else ""
    slip = Slip(
        rule="language-older",
        severity=Severity.WARNING if behind == "language" else Severity.HINT,
        message=f"the {old} is older: the {new} was changed, and this was not",
        label="does it still say the same?",
        consequence="readers of the two languages may be told different things",
        fix=f"bring it up to date{note}",
    )
    return slip.found(place.source or post.path, place.span, pair.part.name)
