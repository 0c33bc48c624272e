"""Pictures that have not come yet: the post waits for them, and from half an hour before its time that is an error."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from scheduler.model.delivery import Delivery, State
from scheduler.model.finding import Finding, Severity
from scheduler.model.plan import Entry
from scheduler.model.post import WAITING, MediaRef, PostFile
from scheduler.planning.composing.pictures import further_texts, own_media
from scheduler.planning.context import Context, Pictures, Problem
from scheduler.planning.present import Present

PATIENCE = timedelta(minutes=30)
"""How long before its time a post stops waiting for a picture quietly."""
_FRESH = timedelta(minutes=10)
"""A file that was saved so lately may still be written: what cannot be read of it yet is no damage."""
_ANOTHER_CLOCK = timedelta(hours=1)
FOR = "waiting for"
"""Stands in every reason that names what is waited for."""
_FOR_WANT_OF_IT = frozenset({"nothing-to-read", "picture-missing"})
"""Are the rules that object to a post without the picture that it waits for."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Is what a delivery waits for, by the names that the author typed; ``findings`` say so, as errors where its time is near."""

    files: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def reason(self) -> str:
        """Returns why the delivery is held while that is no error, as a sentence."""
        more = f" (and {len(self.files) - 1} more)" if len(self.files) > 1 else ""
        return f"It is {FOR} {self.files[0]}{more}."

    def without_echo(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yields what is wrong with the delivery beside that its picture has not come."""
        places = {(finding.path, finding.span) for finding in self.findings}
        for finding in findings:
            if finding.rule not in _FOR_WANT_OF_IT and (finding.path, finding.span) not in places:
                yield finding


def awaited(delivery: Delivery, file: PostFile, context: Context, pictures: Pictures, now: Present) -> Waiting | None:
    """Returns what the delivery of a file waits for; None where all its pictures are here, or its network takes none."""
    if not _may_wait(delivery, pictures) or not context.network(delivery.account).limits.pictures:
        return None
    further = (ref for texts in further_texts(delivery, context) for variant in texts for ref in variant.media or ())
    refs = [ref for ref in (*own_media(delivery), *further) if ref.awaited or _is_young(ref, pictures, now)]
    if not refs:
        return None
    is_near = now >= delivery.due.utc - PATIENCE
    told = {(finding.path, finding.span): finding for finding in file.findings if finding.rule == WAITING}
    found = (told.get((ref.source or delivery.post.path, ref.span)) or _not_whole(delivery, ref) for ref in refs)
    findings = dict.fromkeys(_error(finding, delivery) if is_near else finding for finding in found)
    return Waiting(tuple(dict.fromkeys(ref.file for ref in refs)), tuple(findings))


def _may_wait(delivery: Delivery, pictures: Pictures) -> bool:
    """Tells quickly of nearly all deliveries that they wait for nothing."""
    named = (ref for variant in delivery.part.variants for ref in variant.media or ())
    return any(ref.awaited for ref in named) or any(isinstance(found, Problem) for found in pictures.values())


def _is_young(ref: MediaRef, pictures: Pictures, now: Present) -> bool:
    found = pictures.get(ref.path) if ref.path is not None else None
    saved = found.saved if isinstance(found, Problem) else None
    return saved is not None and now < saved + _FRESH and now >= saved - _ANOTHER_CLOCK


def _not_whole(delivery: Delivery, ref: MediaRef) -> Finding:
    return Finding(
        rule="waiting-for-picture",
        severity=Severity.WARNING,
        message=f"waiting for {ref.file}",
        path=ref.source or delivery.post.path,
        span=ref.span,
        label="it cannot be read yet, and was saved just now",
        consequence="the post is held until the whole picture is here; half an hour before its time this becomes an error",
        fix="wait until it has been synced, or save the picture again",
        part=delivery.part.name,
    )


def _error(finding: Finding, delivery: Delivery) -> Finding:
    message = f"still {finding.message}"
    consequence = f"the post is due at {delivery.due.local:%Y-%m-%d %H:%M} and is held until the picture is here"
    return replace(finding, rule="missing-file", severity=Severity.ERROR, message=message, consequence=consequence)


def with_wait(entry: Entry, waiting: Waiting | None) -> Entry:
    """Returns the entry as held by what it waits for, unless something weightier holds it."""
    if waiting is None:
        return entry
    if entry.state is State.MISSED:
        return replace(entry, reason=f"{entry.reason} It was waiting for {waiting.files[0]}.")
    return replace(entry, state=State.HELD, reason=waiting.reason) if entry.state is State.PLANNED else entry


def without_answered(findings: Iterable[Finding], entries: Iterable[Entry]) -> Iterator[Finding]:
    """Yields the findings without what is waited for where that is told as an error by now, or is no longer needed by anything."""
    known = tuple(entries)
    told = {(finding.path, finding.span) for entry in known for finding in entry.findings if finding.is_error}
    over = {entry.delivery.path for entry in known if entry.state in {State.SENT, State.SKIPPED}}
    over -= {entry.delivery.path for entry in known if entry.state not in {State.SENT, State.SKIPPED}}
    for finding in findings:
        if finding.rule != WAITING or ((finding.path, finding.span) not in told and finding.path not in over):
            yield finding
