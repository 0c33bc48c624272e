"""A picture has no description.

People who cannot see the picture hear its description read out; without one they hear a file name or nothing.
Say what matters in the picture in one sentence, with every word that is written in it. The name of a file is no description.

Example:
    ![](march.jpg)

Use instead:
    ![A crowd at the harbor; in front a banner: Harbor Workers March](march.jpg)

Turn off: It cannot be turned off: a post with such a picture waits. Take the picture out if it says nothing.
"""

import re
from collections.abc import Iterable

from scheduler.checks.rule import Rule, Subject
from scheduler.model.finding import Finding, Severity

_FILE_NAME = re.compile(
    r"\S+\.(?:jpe?g|png|gif|webp|hei[cf]|hif|avif|tiff?|mp4|mov)"
    r"|(?:img|dsc[fn]?|pxl|image|photo|foto|picture|bild|screenshot|bildschirmfoto)[ _-]?\d[\d _.-]*",
    re.IGNORECASE,
)


def check(subject: Subject) -> Iterable[Finding]:
    """Yields an error for each picture without alt text, where the network takes one."""
    if not subject.network.abilities.alt_text:
        return
    for media in subject.media:
        if not media.alt.strip() or _FILE_NAME.fullmatch(media.alt.strip()):
            found = subject.finding(
                "alt-missing",
                Severity.ERROR,
                f"the picture “{media.file}” has no description"
                + (f": “{media.alt.strip()}” is the name of a file" if media.alt.strip() else ""),
                at=media.span,
                label="people who cannot see it would not know what it shows",
                fix=f"![What the picture shows, in one sentence]({media.file})",
            )
            yield subject.in_file(found, media.source)


RULE = Rule("alt-missing", check)
