"""What is said where a language file and its post do not fit together."""

from collections.abc import Iterator, Sequence

from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.post import Part, Variant
from scheduler.postfiles.lines.slips import Mend, Slip, nearest, shown
from scheduler.postfiles.text.sections import RawPart

_UNFIT = "nobody can tell which text belongs to which, so the post is held"


def part(lost: Part, path: str, language: str) -> Finding:
    """Returns the warning that a part of the post has no text in the language."""
    slip = Slip(
        rule="language-incomplete",
        severity=Severity.WARNING,
        message=f"the part “{shown(lost.name or '')}” has no text in “{language}” here",
        label="its heading is missing",
        consequence="accounts in this language get the post’s own text",
        fix=f"## {lost.name}",
    )
    return slip.found(path, Span(), lost.name)


def unknown_part(raw: RawPart, parts: Sequence[Part], path: str) -> Finding:
    """Returns the error that a part of the language file belongs to none of the post's."""
    names = [one.name for one in parts if one.name is not None]
    meant = nearest(raw.name or "", names)
    slip = Slip(
        rule="language-file",
        message=f"the post has no part “{shown(raw.name)}”" if raw.name is not None else "this text stands above the first ## heading",
        label=f"did you mean “{meant}”?" if meant else f"it has {', '.join(names[:6])}" if names else "the post has no parts at all",
        consequence=_UNFIT,
        fix=f"## {meant}" if meant else "use the headings of the post, word for word or with the same times",
        mend=Mend(meant, safe=False) if meant else None,
    )
    return slip.found(path, raw.span)


def other_time(there: Part, path: str, span: Span) -> Finding:
    """Returns the error that a part has another time in the language file than in the post."""
    slip = Slip(
        rule="language-differs",
        message=f"the part “{shown(there.name or '')}” has another time here than in its post",
        label="all languages of a part go out at one time",
        consequence="nobody can tell which of the two you mean, so it is held",
        fix=f"## {there.name}",
    )
    return slip.found(path, span, there.name)


def own_time(path: str, span: Span, name: str | None) -> Finding:
    """Returns the error that a section of a language file asks for a time of its own."""
    slip = Slip(
        rule="setting-not-here",
        message="a section of a language file has no time of its own",
        label="all languages of a post go out at one time",
        consequence="it would have no effect, so the post is held",
        fix="delete the line, or move it to the post’s own file",
    )
    return slip.found(path, span, name)


def in_texts(there: Part, texts: Sequence[Variant], path: str, language: str) -> Iterator[Finding]:
    """Yields what the texts of a part lack in the language: the text itself, an answer, or the description of a picture."""
    own = texts[0]
    if there.default.text.strip() and not own.text.strip():
        yield _textless(language).found(path, own.span, there.name)
    for variant in texts:
        here = [ref for ref in variant.media or () if not ref.source and ref.alt]
        if here and (variant is own or variant.target == "reply"):
            yield _undescribed(here[0].file, len(here), language).found(path, variant.span, there.name)
    answers = sum(variant.target == "reply" for variant in there.variants if not variant.source)
    given = sum(variant.target == "reply" for variant in texts)
    if answers and given and answers != given:
        yield _answers(answers, given).found(path, own.span, there.name)
    elif answers and not given:
        yield _unanswered(language).found(path, own.span, there.name)


def _textless(language: str) -> Slip:
    return Slip(
        rule="language-incomplete",
        message=f"there is no text in “{language}” here yet",
        label="accounts in this language would get a post without words",
        consequence="so the post is held",
        fix="write the text, or delete this file until there is one",
    )


def _undescribed(file: str, count: int, language: str) -> Slip:
    more = f" and {count - 1} more" if count > 1 else ""
    return Slip(
        rule="language-incomplete",
        severity=Severity.WARNING,
        message=f"the picture “{shown(file)}”{more} has no description in “{language}”",
        label="it goes out with the description of the post’s own file",
        consequence="people who hear it read would hear another language",
        fix=f"![what it shows, in this language]({file})",
    )


def _answers(answers: int, given: int) -> Slip:
    return Slip(
        rule="language-incomplete",
        severity=Severity.WARNING,
        message=f"the post has {answers} answers, and this language has {given}",
        label="the thread is not the same in this language",
        consequence="it goes out as it stands here",
        fix="see that the thread says the same",
    )


def _unanswered(language: str) -> Slip:
    return Slip(
        rule="language-incomplete",
        severity=Severity.WARNING,
        message=f"the answers of the post are not here in “{language}”",
        label="those of the post’s own file follow this text",
        consequence="readers would see two languages in one thread",
        fix="### reply",
    )
