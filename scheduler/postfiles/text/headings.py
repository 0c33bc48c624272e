"""What is said to an author about a heading that cannot stand where it does."""

import re
from collections.abc import Callable

from scheduler.postfiles.lines.slips import Mend, Slip, SlipError, nearest, shown
from scheduler.postfiles.names import BELOW, SECTIONS, Names
from scheduler.postfiles.settings.calendar_words import language_named
from scheduler.postfiles.settings.moments import parse_when

_ALSO_CALLED = {
    "thread": "reply",
    "answer": "reply",
    "antwort": "reply",
    "comment": "first comment",
    "erster kommentar": "first comment",
    "variant": "variation",
}
_LONGEST_TIME = 10  # words
_JOINED = re.compile(r"\s*(?:,|/|&|\+|\band\b|\bund\b|\by\b)\s*")


def unknown_section(title: str, target: Callable[[str], str | None], names: Names) -> Slip:
    """Returns the slip of a ``###`` heading that names nothing; ``target`` returns the right spelling of what a heading may name."""
    choices = [*names.targets.values(), *SECTIONS]
    several = [found for word in _JOINED.split(title) if (found := target(word))]
    if len(several) > 1:
        return _for_several(title, several)
    meant = _meant(title, target) or nearest(title, choices)
    return Slip(
        rule="unknown-section",
        message=f"I don’t know the section “{shown(title)}”",
        label=f"did you mean “{meant}”?" if meant else "this names no network or account of yours",
        consequence="nobody can tell who this text is for, so the post is held",
        fix=f"### {meant}" if meant else "### and one of " + ", ".join(choices[:8]),
        mend=Mend(meant, safe=False) if meant else None,
    )


def _meant(title: str, target: Callable[[str], str | None]) -> str | None:
    """Returns the section that is named in other words, with marks around it, or by its language alone."""
    words = " ".join(re.sub(r"[^\w\s-]", " ", title).split())
    plain = words.casefold()
    head, _, tail = words.partition(" ")
    both = _along(words, target)
    names = (
        both,
        words,
        words.replace("-", " "),
        _ALSO_CALLED.get(plain, ""),
        f"lang {words}",
        f"lang {language_named(tail if head == 'lang' else words)}",
    )
    return next((found for name in names if name and (found := target(name))), None)


def _along(words: str, target: Callable[[str], str | None]) -> str:
    """Returns the section that goes along with a post, where a network or account stands before its name."""
    head, _, tail = words.partition(" ")
    return tail if tail.casefold() in BELOW and target(head) else ""


def _for_several(title: str, several: list[str]) -> Slip:
    return Slip(
        rule="unknown-section",
        message=f"the section “{shown(title)}” names several",
        label="a section is for one network or account",
        consequence="nobody can tell who this text is for, so the post is held",
        fix="a section for each, with the text below it:  " + "  and  ".join(f"### {name}" for name in several),
    )


def stray_heading(level: int, title: str, target: str | None, names: Names, *, has_parts: bool = False) -> Slip:
    """Returns the slip of a line that looks like a heading where none can stand; ``target`` is the account or network it names."""
    if "|" in title and has_parts:
        return _part_of_level(title)
    words = title.split()
    meant = target or nearest(title, names.targets.values())
    if level != 1 and meant:
        label, fix = "a section begins with three #", f"### {meant}"
    elif "|" in title:
        label, fix = "parts stand in a file with  kind: series", "add  kind: series  to the settings on top"
    elif len(words) == 1:
        label, fix = "a hashtag has no space after its #", f"#{title}"
    else:
        label, fix = "networks show the # as it is", "leave the # away, or write ### and a network"
    return Slip(
        rule="unknown-section",
        message="this line looks like a heading, and posts have none",
        label=label,
        consequence="nobody can tell whether this is text, so the post is held",
        fix=fix,
        mend=Mend(fix, safe=False) if fix.startswith("#") else None,
    )


def _part_of_level(title: str) -> Slip:
    return Slip(
        rule="unknown-section",
        message="this line looks like the heading of a part, and is none",
        label="a part begins with two #",
        consequence="nobody can tell whether this is text, so the post is held",
        fix=f"## {title}",
        mend=Mend(f"## {title}", safe=False),
    )


def duplicate(name: str, what: str) -> Slip:
    """Returns the slip of a second part or section of the same name."""
    return Slip(
        rule="duplicate-part",
        message=f"there are two {what}s named “{shown(name)}”",
        label="the second one",
        consequence="nobody can tell which of the two you mean, so it is held",
        fix="give it another name, or delete one of the two",
    )


def nameless() -> Slip:
    """Returns the slip of a part without a name."""
    return Slip(
        rule="duplicate-part",
        message="this part has no name",
        label="a name belongs before the |",
        consequence="without a name nobody can tell whether it went out",
        fix="## Reminder | 1 week before, 18:00",
    )


def timeless(name: str) -> Slip:
    """Returns the slip of a part without a time; one that ends in a time only lacks the bar before it."""
    title, when = _parted(name)
    return Slip(
        rule="missing-when",
        message=f"the part “{shown(name)}” has no time",
        label=f"a | is missing before “{shown(when)}”" if when else "when should it go out?",
        consequence="without a time it is never sent",
        fix=f"## {title} | {when or '1 week before, 18:00'}",
    )


def _parted(name: str) -> tuple[str, str]:
    words = name.split()
    for index in range(max(1, len(words) - _LONGEST_TIME), len(words)):
        try:
            parse_when(" ".join(words[index:]), ())
        except SlipError:
            continue
        return " ".join(words[:index]).rstrip(" ,:–—-"), " ".join(words[index:])
    return name, ""


def another_language(target: str) -> Slip:
    """Returns the slip of a ``### lang xx`` section inside a language file."""
    return Slip(
        rule="language-file",
        message="a language file holds one language",
        label=f"“### {shown(target)}” belongs into the post’s own file",
        consequence="nobody can tell which text is for whom, so the post is held",
        fix="delete the heading, or move the section into the post’s own file",
    )


def homeless(title: str) -> Slip:
    """Returns the slip of a section above the first part."""
    if "|" in title:
        return _part_of_level(title)
    return Slip(
        rule="unknown-section",
        message="this section belongs to no part",
        label="a ## heading has to come first",
        consequence="nobody can tell when it should go out",
        fix="## Reminder | 1 week before, 18:00",
    )


TOO_MANY = Slip(
    rule="too-many-mistakes",
    message="there are more mistakes in this file than anybody wants to read",
    label="the rest of it is not read",
    consequence="nothing of it is sent",
    fix="mend those above first, or see whether this is a post at all",
)
"""Is the slip of a text of which so much is wrong that the rest is not looked at."""
