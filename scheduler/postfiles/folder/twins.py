"""Posts that claim to be the same one: by a name that differs in capitals alone, or by the same ``id``."""

from collections.abc import Callable
from dataclasses import replace

from scheduler.model.finding import Edit, Span
from scheduler.model.post import PostFile
from scheduler.postfiles.lines.slips import Slip, shown

_LINE_END = 1_000_000  # a column that no line has


def without_twins(files: list[PostFile]) -> list[PostFile]:
    """Returns the files sorted by their ids; those that cannot be told apart hold each other, and of copies the older one is held too."""
    kept: list[PostFile] = []
    for twins in _alike(files, lambda file: file.id.casefold()):
        if len(twins) == 1:
            kept += twins
            continue
        for file in {file.id: file for file in twins}.values():
            kept.append(replace(file, findings=(*file.findings, _TWIN.found(file.path, Span()))))
    named = [file for file in kept if file.post is not None and file.post.key]
    result = [file for file in kept if file.post is None or not file.post.key]
    for copies in _alike(named, lambda file: file.post.key if file.post is not None else ""):
        result += copies if len(copies) == 1 else _told_apart(copies)
    return sorted(result, key=lambda file: file.id)


def _alike(files: list[PostFile], key: Callable[[PostFile], str]) -> list[list[PostFile]]:
    groups: dict[str, list[PostFile]] = {}
    for file in files:
        groups.setdefault(key(file), []).append(file)
    return list(groups.values())


def _told_apart(copies: list[PostFile]) -> list[PostFile]:
    """Returns the copies, each held with the name of another; the line is to be deleted in all but the oldest."""
    first, *later = sorted(copies, key=lambda file: (file.modified, file.id))
    return [_held(first, later[0], newer=False), *(_held(file, first, newer=True) for file in later)]


def _held(file: PostFile, other: PostFile, *, newer: bool) -> PostFile:
    post = file.post
    assert post is not None
    slip = Slip(
        rule="duplicate-id",
        message=f"{shown(other.path, 80)} has the same id",
        label="two posts with one id" if not newer else "this file is the newer one, so it may be the copy",
        consequence="nobody can tell which of the two is the post, so both are held",
        fix="delete this line in the copy",
    )
    span = post.spans.get("id", Span())
    finding = slip.found(file.path, span)
    if newer:
        finding = replace(finding, edit=Edit(span.line, 1, _LINE_END, "", safe=False))
    return replace(file, findings=(*file.findings, finding))


_TWIN = Slip(
    rule="same-name",
    message="another post file has the same name, but for capitals or accents",
    label="on many computers these are one file",
    consequence="nobody can tell which of the two is the post, so both are held",
    fix="give one of them another name",
)
