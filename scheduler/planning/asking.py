"""What a post asks for before it has a time: one of its texts on one account."""

from collections.abc import Iterable
from dataclasses import dataclass

from scheduler.model.delivery import Delivery, Moment, label_of
from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.network import Account
from scheduler.model.post import NextSlot, Part, Post, PostFile, Variant, When


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Is a part of a post for one account; :meth:`at` makes a delivery of it. ``identity`` is the ledger's name for the post."""

    file: PostFile
    post: Post
    part: Part
    account: Account
    variant: Variant
    story: bool = False
    identity: str = ""

    @property
    def when(self) -> When | None:
        """Returns the time that is asked for: the section's own, else that of the part."""
        return self.variant.when or self.part.when

    @property
    def label(self) -> str | None:
        """Returns the name of the part, or of its story."""
        return label_of(self.part, story=self.story)

    @property
    def waits_for_slot(self) -> bool:
        """Tells whether the account's next free slot is asked for."""
        return isinstance(self.when, NextSlot)

    def at(self, due: Moment, occurrence: str = "", number: int = 0) -> Delivery:
        """Returns the delivery at a time."""
        return Delivery(
            post=self.post,
            part=self.part,
            variant=self.variant,
            account=self.account,
            due=due,
            occurrence=occurrence,
            number=number,
            story=self.story,
            identity="" if self.identity == self.post.id else self.identity,
        )


def span_of(post: Post, part: Part) -> Span:
    """Returns where the post says when the part goes out."""
    if part.when is not None:
        return part.when.span
    return post.repeat.span if post.repeat is not None else part.span


def timeless(post: Post, part: Part, rule: str, message: str, *, label: str = "", fix: str) -> Finding:
    """Returns the error that a part has no time it could go out at."""
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        message=message,
        path=post.path,
        span=span_of(post, part),
        label=label,
        consequence="without a time this post would never go out",
        fix=fix,
        part=part.name,
    )


def concerns(finding: Finding, about: Ask | Delivery) -> bool:
    """Tells whether a finding of the file is about this part on this account."""
    return (
        finding.part in {None, about.part.name}
        and finding.network in {None, about.account.network}
        and finding.account in {None, about.account.name}
    )


def said(findings: Iterable[Finding]) -> str:
    """Returns the findings as one sentence: the first in full, the others counted."""
    first, *others = findings
    more = f" (and {len(others)} more)" if others else ""
    return f"{first.path}:{first.span.line}: {first.message}{more}"
