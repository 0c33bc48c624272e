"""A picture that moves stands still on the network.

The network takes pictures of this kind, and shows the first frame alone. Where that frame says too little (an empty card, a blank
that words appear on later), the post says nothing to those who see it there.

Example:
    ![The countdown runs from ten to zero](countdown.gif)

Use instead:
    ![The countdown runs from ten to zero](countdown.mp4)

Turn off: It holds nothing back. Where the first frame is enough, write  allow: [picture-still]  and why:  allow-because: its reason.
"""

from collections.abc import Iterable

from scheduler.checks.objection import FORMAT_NAMES, file_name
from scheduler.checks.rule import Rule, Subject
from scheduler.model.finding import Finding, Severity


def check(subject: Subject) -> Iterable[Finding]:
    """Yields a warning for each picture that moves, in a format that the network takes and shows standing still."""
    limits = subject.network.limits
    for number, item in enumerate(subject.outgoing.media):
        picture = item.picture
        if not picture.moves or picture.mime not in limits.formats or picture.mime in limits.moving:
            continue
        named = subject.media[number] if not subject.draws and number < len(subject.media) else None
        kinds = " or ".join(FORMAT_NAMES.get(mime, mime) for mime in limits.moving)
        found = subject.finding(
            "picture-still",
            Severity.WARNING,
            f"“{named.file if named else file_name(picture)}” moves, and {subject.network.title} shows its first frame alone",
            at=named.span if named else None,
            fix=f"save it as {kinds}" if kinds else "make a film of it (MP4)" if limits.video else "see that the first frame says it all",
        )
        yield subject.in_file(found, named.source if named else "")


RULE = Rule("picture-still", check)
