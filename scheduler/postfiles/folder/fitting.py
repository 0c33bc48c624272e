"""Settings that go with each other, or with the parts of their file, and those that would have no effect beside them."""

from collections.abc import Iterator, Sequence

from scheduler.model.finding import Finding
from scheduler.postfiles.house.campaign import Campaign
from scheduler.postfiles.lines.slips import Slip
from scheduler.postfiles.names import INHERITED
from scheduler.postfiles.parsing import Parsed
from scheduler.postfiles.settings import clearing
from scheduler.postfiles.settings.fields import NEEDED
from scheduler.postfiles.text.sections import RawPart

_OF_ONE_POST = ("when", "repeat", "repeat-from", "repeat-until")
_COMMENT = "first comment"


def unfitting(parsed: Parsed, parts: Sequence[RawPart]) -> Iterator[Finding]:
    """Yields an error for each setting that the post's ``parts`` leave without effect, or that says once more what a section says."""
    if parsed.entries.get("repeat") is not None:
        timed = (variant for part in parts for variant in part.variants if variant.when is not None)
        yield from (_BESIDE_REPEAT.found(parsed.path, variant.entries["when"].key) for variant in timed)
    if any(part.name is not None for part in parts):
        for key in _OF_ONE_POST:
            if parsed.entries.get(key) is not None and parsed.entries[key].value:
                yield _beside_parts(key).found(parsed.path, parsed.entries[key].key)
        return
    sections = [variant for part in parts for variant in part.variants if variant.target == _COMMENT]
    if sections and parsed.fields is not None and parsed.fields.first_comment:
        yield _said_twice(sections[0].span.line).found(parsed.path, parsed.entries["first-comment"].span)


def undecided(parsed: Parsed, campaign: Campaign) -> Iterator[Finding]:
    """Yields an error for each setting without a value, in the post's file or one of its folders, that a folder further up gives."""
    if not campaign.chain:
        return
    files, said = (parsed, *campaign.chain), set(NEEDED)
    for nearer, file in enumerate(files, 1):
        for key, entry in file.entries.items():
            if key not in INHERITED or key in said:
                continue
            said.add(key)
            giver = next((one for one in files[nearer:] if _says(one, key)), None)
            if giver is not None and not _says(file, key) and not clearing.clears(key, giver.entries[key].value):
                place = f"{giver.path}, line {giver.entries[key].key.line}"
                yield clearing.undecided(key, giver.entries[key].text, place).found(file.path, entry.key)


def _says(parsed: Parsed, key: str) -> bool:
    entry = parsed.entries.get(key)
    return entry is not None and (bool(entry.value) or clearing.clears(key, entry.value))


def _beside_parts(key: str) -> Slip:
    return Slip(
        rule="setting-not-here",
        message=f"the setting “{key}” belongs to a single post, and this file has several",
        label="each part has a time of its own",
        consequence="it would have no effect, so the posts of this file are held",
        fix="delete the line, and see that each ## heading ends in its time:  ## Reminder | 1 week before, 18:00",
    )


_BESIDE_REPEAT = Slip(
    rule="setting-not-here",
    message="a section of a post that repeats has no time of its own",
    label="all of it comes again at one time",
    consequence="it would have no effect, so the post is held",
    fix="delete the line, or write a post of its own for this account",
)


def _said_twice(line: int) -> Slip:
    return Slip(
        rule="duplicate-setting",
        message="there are two first comments",
        label=f"the other one begins in line {line}",
        consequence="nobody can tell which of the two you mean, so the post is held",
        fix=f"delete this line, or the section in line {line}",
    )
