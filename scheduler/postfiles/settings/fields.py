"""The settings of a post file as typed values; pydantic judges each, and every complaint stands on the very value."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

from scheduler.model.finding import Finding
from scheduler.model.post import Status
from scheduler.postfiles.lines.slips import Slip, SlipError
from scheduler.postfiles.names import OBSIDIAN, Names
from scheduler.postfiles.settings.block import Entry
from scheduler.postfiles.settings.clearing import clears, unclear
from scheduler.postfiles.settings.unfamiliar import glued, unknown_setting, unknown_targets
from scheduler.postfiles.settings.values import (
    DOUBT,
    NOT_ONE,
    Address,
    Again,
    Consent,
    Day,
    DayEnd,
    Kind,
    Language,
    Length,
    Listed,
    Moment,
    Progress,
    Targets,
    Text,
    Time,
    Waiting,
    YesNo,
    Zone,
)


class Fields:
    """Is every setting of the format; what is not named here is refused.

    An instance holds what a file says, and the class what counts where a file says nothing: most say little.
    """

    title: Text = ""
    when: Time | None = None
    where: Targets = ()
    status: Progress = Status.READY
    link: Address = ""
    hashtags: Listed = ()
    campaign: Text = ""
    expires: DayEnd | None = None
    lang: Language | None = None
    content_warning: Text = ""
    graphic: Text = ""
    first_comment: Text = ""
    photo_consent: Consent | None = None
    partners: Listed = ()
    collab: Listed = ()
    approve_by: Listed = ()
    hold_until: Waiting = ""
    location: Text = ""
    poll: Listed = ()
    poll_question: Text = ""
    poll_for: Length | None = None
    poll_multiple: YesNo = False
    repeat: Again | None = None
    repeat_from: Day | None = None
    repeat_until: Day | None = None
    pool: Text = ""
    review_by: DayEnd | None = None
    timezone: Zone | None = None
    owner: Text = ""
    allow: Listed = ()
    allow_because: Text = ""
    id: Text = ""
    kind: Kind = "post"
    series: Text = ""
    starts: Moment | None = None
    ends: Text = ""
    doors: Text = ""
    place: Text = ""
    address: Text = ""
    online: YesNo = False
    access: Text = ""
    url: Address = ""
    cancelled: YesNo = False
    postponed_to: Moment | None = None

    def __init__(self, given: Mapping[str, Any]) -> None:
        vars(self).update(given)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fields) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(tuple(vars(self).items()))

    def __repr__(self) -> str:
        return f"Fields({vars(self)})"

    @property
    def given(self) -> Mapping[str, Any]:
        """Returns what the file says, by the names of the attributes."""
        return vars(self)

    def has(self, *keys: str) -> bool:
        """Tells whether the file sets any of these keys, named as in the file."""
        return any(key.replace("-", "_") in vars(self) for key in keys)

    def completed(self, others: Mapping[str, Any]) -> "Fields":
        """Returns the same settings with those of the others that the file does not set."""
        return self if others.keys() <= vars(self).keys() else Fields({**others, **vars(self)})


KINDS: dict[str, Any] = get_type_hints(Fields, include_extras=True)
"""Are the types of all settings by the names of the attributes, each with the function that reads it."""

# Most files say few of the settings, so that one reader for each is quicker than one for all.
_READERS = {
    name.replace("_", "-"): (name, TypeAdapter(kind, config=ConfigDict(arbitrary_types_allowed=True)).validator)
    for name, kind in KINDS.items()
}


def validate(path: str, entries: Mapping[str, Entry], names: Names, part: str | None = None) -> tuple[Fields, list[Finding]]:
    """Returns the settings that could be understood, and a finding for each that could not."""
    given: dict[str, Any] = {}
    findings = []
    for key, entry in entries.items():
        if not entry.value and key in NEEDED:
            findings.append(empty(key).found(path, entry.key, part))
        elif clears(key, entry.value):
            given[key.replace("-", "_")] = getattr(Fields, key.replace("-", "_"))
        elif not entry.value or key in OBSIDIAN:
            continue
        elif (slip := unclear(key, entry.value)) is not None:
            findings.append(slip.found(path, entry.span, part))
        elif key not in _READERS:
            findings.append((glued(key, entry) or unknown_setting(key, entries)).found(path, entry.key, part))
        else:
            name, reader = _READERS[key]
            try:
                given[name] = reader.validate_python(entry.value, context=names)
            except ValidationError as trouble:
                slip = _slip(trouble)
                findings.append((slip if entry.as_typed else replace(slip, mend=None)).found(path, entry.span, part))
    findings += unknown_targets(path, entries.get("where"), names, part)
    return Fields(given), findings


NEEDED = ("when", "where", "status", "starts", "hold-until", "timezone", "kind")
"""Are the settings that are never left empty: what was meant to stand there decides whether and when the post goes out."""


def empty(key: str) -> Slip:
    """Returns the slip of a setting without a value."""
    return Slip(
        rule="bad-value",
        message=f"the setting “{key}” has no value",
        label="a value belongs here",
        consequence=DOUBT,
        fix=f"write a value after  {key}:  or delete the line",
    )


def _slip(trouble: ValidationError) -> Slip:
    (error,) = trouble.errors(include_url=False, include_input=False)
    cause = error.get("ctx", {}).get("error")
    return cause.slip if isinstance(cause, SlipError) else NOT_ONE
