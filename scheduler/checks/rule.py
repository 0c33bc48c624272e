"""What a rule is: a name, and a pure function from one delivery, or from all of them, to findings."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from scheduler.model.delivery import Delivery, Facts
from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.network import Account, Network
from scheduler.model.outgoing import Outgoing
from scheduler.model.plan import Entry
from scheduler.model.post import MediaRef, Variant
from scheduler.model.settings import Config

_SENT_ALONG = ("reply", "first comment")


@dataclass(frozen=True, slots=True)
class Subject:
    """Is one delivery under review, with what will be sent. What only time changes is for the plan to say, not for a rule.

    ``media`` are the pictures as the author named them; ``draws`` says that a graphic was asked for.
    """

    delivery: Delivery
    outgoing: Outgoing
    network: Network
    config: Config
    media: tuple[MediaRef, ...] = ()
    draws: bool = False

    def finding(
        self, rule: str, severity: Severity, message: str, *, at: Span | None = None, label: str = "", fix: str | None = None
    ) -> Finding:
        """Returns a finding about this delivery alone, at the start of its text unless told otherwise."""
        return Finding(
            rule=rule,
            severity=severity,
            message=message,
            path=self.delivery.path,
            span=at or text_start(self.delivery),
            label=label,
            fix=fix,
            part=self.delivery.part.name,
            network=self.network.name,
            account=self.delivery.account.name,
        )

    def lines(self) -> Iterator["Line"]:
        """Yields what the author typed for this delivery, replies and first comment too."""
        delivery = self.delivery
        further = (variant for target in _SENT_ALONG for variant in delivery.part.along(delivery.variant, target))
        for variant in (delivery.variant, *further):
            yield from lines_of(variant)

    def in_file(self, finding: Finding, source: str) -> Finding:
        """Returns the finding about a picture or section in the file where that stands; an empty ``source`` is the post's own."""
        return replace(finding, path=source or self.delivery.post.path)


@dataclass(frozen=True, slots=True)
class Around:
    """Is the project around deliveries that are held against each other.

    ``network`` returns the facts of an account's network, ``facts`` are what the ledger knows of what is out.
    """

    network: Callable[[Account], Network]
    config: Config
    facts: Facts = field(default_factory=Facts)

    def subject(self, entry: Entry, outgoing: Outgoing) -> Subject:
        """Returns a delivery by itself."""
        return Subject(entry.delivery, outgoing, self.network(entry.delivery.account), self.config)


@dataclass(frozen=True, slots=True)
class Line:
    """Is one line of what an author typed; ``number`` counts the lines of its text from 0, ``source`` is its file.

    The file is empty where it is the post's own.
    """

    variant: Variant
    number: int
    text: str

    @property
    def source(self) -> str:
        """Returns the language file that it stands in, if it does in one."""
        return self.variant.source

    def span(self, match: re.Match[str]) -> Span:
        """Returns where what was found in the text stands in the file."""
        return self.variant.span_of(self.number, *match.span())


def lines_of(variant: Variant) -> Iterator[Line]:
    """Yields the lines of a text that stand in a file."""
    texts = variant.text.split("\n")[: len(variant.lines)]
    return (Line(variant, number, text) for number, text in enumerate(texts))


Told = tuple[Entry, Finding]
"""Is a finding with the entry that it is about."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Is what a rule's file exports as ``RULE``; the file's docstring tells people what it catches and why.

    ``check`` looks at one delivery at a time, ``compare`` at all of them, in order of due time; a rule has one of the two.
    """

    name: str
    check: Callable[[Subject], Iterable[Finding]] | None = None
    compare: Callable[[Sequence[Entry], Around], Iterable[Told]] | None = None


def text_start(delivery: Delivery) -> Span:
    """Returns the first line of the delivery's text in its file."""
    variant = delivery.variant
    if not variant.lines:
        return variant.span
    first = variant.text.split("\n", 1)[0]
    return variant.span_of(0, 0, len(first))
