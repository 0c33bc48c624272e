"""Settings that are kept and have no effect yet; an author is told so, and what was meant to wait does wait."""

from collections.abc import Iterator, Mapping

from scheduler.model.finding import Finding, Severity
from scheduler.postfiles.lines.slips import Slip
from scheduler.postfiles.settings.block import Entry
from scheduler.postfiles.settings.fields import Fields

_HINTS = {
    "owner": "it is shown, and nobody is notified by name yet",
}
_HOLDS = {
    "hold-until": ("this post waits for an approval", "delete the line once everybody has agreed"),
    "approve-by": ("this post waits for an approval by name", "delete the line once they have agreed"),
}


def without_effect(path: str, fields: Fields, entries: Mapping[str, Entry]) -> Iterator[Finding]:
    """Yields a hint for each setting that has no effect yet, and an error for each that asks the post to wait."""
    for key, entry in entries.items():
        if key in _HINTS and fields.has(key):
            yield _kept(key).found(path, entry.key)
        elif key in _HOLDS and fields.has(key):
            yield _held(key).found(path, entry.span)
    if entries.get("tags") is not None and entries["tags"].value not in {"", ()} and not fields.has("hashtags"):
        yield _OF_OBSIDIAN.found(path, entries["tags"].key)
    if fields.cancelled and fields.kind != "event":
        yield _cancelled().found(path, entries["cancelled"].span)
    if fields.photo_consent in {"no", "false"}:
        yield _no_consent().found(path, entries["photo-consent"].span)


_OF_OBSIDIAN = Slip(
    rule="obsidian-tags",
    severity=Severity.HINT,
    message="“tags” are for Obsidian alone and are not published",
    label="hashtags have a setting of their own",
    consequence="the post goes out without them",
    fix="hashtags:  for those that readers see; “tags” may stay for your own search",
)


def _kept(key: str) -> Slip:
    return Slip(
        rule="not-used-yet",
        severity=Severity.HINT,
        message=f"the setting “{key}” has no effect yet",
        label=_HINTS[key],
        consequence="the post goes out as if it were not there",
    )


def _held(key: str) -> Slip:
    message, fix = _HOLDS[key]
    return Slip(
        rule="held-by-setting",
        message=message,
        label=f"held because of “{key}”",
        consequence="approvals cannot be recorded yet, so it is not sent while this line is here",
        fix=fix,
    )


def _cancelled() -> Slip:
    return Slip(
        rule="held-by-setting",
        message="this post is cancelled",
        label="held because of “cancelled”",
        consequence="it is not sent while this line is here",
        fix="delete the line to send it after all",
    )


def _no_consent() -> Slip:
    return Slip(
        rule="held-by-setting",
        message="the people in the picture have not agreed",
        label="held because of “photo-consent”",
        consequence="it is not sent while this says no",
        fix="photo-consent: yes, once they have agreed, or another picture",
    )
