"""A picture is so small that nobody can see what it shows, or that the network has to enlarge it.

A picture that is 32 pixels high or wide is an icon, or the invisible dot of a web page that was saved along with it: it was hardly meant.
Some networks enlarge what is narrower than they show it, and then it is blurred. The post goes out all the same.

Example:
    ![The march](icon.png)      (16 × 16 pixels)

Use instead:
    ![The march](march.jpg)      (1,080 × 1,350 pixels)

Turn off: It holds nothing back. For a picture that has to be small, write  allow: [picture-small]  and why:  allow-because: its reason.
"""

from collections.abc import Iterable

from scheduler.checks.objection import file_name
from scheduler.checks.rule import Rule, Subject
from scheduler.model.finding import Finding, Severity
from scheduler.model.graphic import Picture

_ICON = 32
"""Is the largest of the usual sizes of icons at which no word can be read."""


def check(subject: Subject) -> Iterable[Finding]:
    """Yields a warning for each picture or film that is an icon, and for each picture that the network would enlarge."""
    for number, item in enumerate(subject.outgoing.media):
        named = subject.media[number] if not subject.draws and number < len(subject.media) else None
        has = f"“{named.file if named else file_name(item.picture)}” has {item.picture.width:,} × {item.picture.height:,} pixels"
        reason = _reason(item.picture, has, subject.network.limits.picture_width, subject.network.title)
        if reason:
            found = subject.finding(
                "picture-small",
                Severity.WARNING,
                reason,
                at=named.span if named else None,
                label="is this the right file?",
                fix="name a larger picture; 1,080 pixels of width are enough everywhere",
            )
            yield subject.in_file(found, named.source if named else "")


def _reason(picture: Picture, has: str, narrowest: int | None, title: str) -> str:
    if min(picture.width, picture.height) <= _ICON:
        return f"{has}: nobody can see what is on it"
    if narrowest is not None and picture.width < narrowest and picture.video is None:
        return f"{has}; {title} enlarges pictures to {narrowest:,} pixels of width, and they are blurred then"
    return ""


RULE = Rule("picture-small", check)
