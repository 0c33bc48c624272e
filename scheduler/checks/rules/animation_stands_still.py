"""A picture that moves may stand still on this network.

Some networks keep only the first picture of a GIF, WebP or PNG that moves, and do not say so. What is seen only later in it,
such as a second line of text, may be seen by nobody there.

Example:
    ![Two dates in turn](dates.webp), on a network that shows pictures as they stand

Use instead:
    a picture that says all of it at once, in a section for that network

Turn off: It holds nothing back.
"""

from collections.abc import Iterable

from scheduler.checks.objection import file_name
from scheduler.checks.rule import Rule, Subject
from scheduler.model.finding import Finding, Severity


def check(subject: Subject) -> Iterable[Finding]:
    """Yields a warning for each picture of the post that would move on the author's screen and does not on the network."""
    limits, title = subject.network.limits, subject.network.title
    for number, item in enumerate(subject.outgoing.media):
        picture = item.picture
        if limits.animations.stands_still(picture) and picture.mime in limits.formats:
            at = subject.media[number].span if not subject.draws and number < len(subject.media) else None
            message = (
                f"{title} may show only the first picture of “{file_name(picture)}”, which has {picture.frames:,} that follow each other"
            )
            fix = "Say in one picture what readers are to see, in a section for that network."
            yield subject.finding("animation-stands-still", Severity.WARNING, message, at=at, fix=fix)


RULE = Rule("animation-stands-still", check)
