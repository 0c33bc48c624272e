"""Runs every rule over one delivery, or over all of them."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from scheduler.checks import rules
from scheduler.checks.rule import Around, Rule, Subject, Told
from scheduler.discovery import load, names_in
from scheduler.model.errors import SchedulerError
from scheduler.model.finding import Finding
from scheduler.model.plan import Entry


class NotARule(SchedulerError):
    """Is a file among the rules that holds no rule."""

    def __init__(self, module: str) -> None:
        super().__init__(f"{module} does not export a rule.", "A rule's file ends with  RULE = Rule(name, check).")


def known_rules(*folders: str) -> tuple[Rule, ...]:
    """Returns the rules found in ``checks/rules/`` and in further folders, one a file, in order of their names."""
    further = (_rule(load(name, folder), name) for folder in folders for name in names_in(folder))
    return tuple(sorted((*_shipped(), *further), key=lambda rule: rule.name))


@lru_cache(maxsize=1)
def _shipped() -> tuple[Rule, ...]:
    return tuple(_rule(load(name, "", rules.__name__), name) for name in names_in(rules.__path__[0]))


def _rule(module: object, name: str) -> Rule:
    rule = getattr(module, "RULE", None)
    if not isinstance(rule, Rule):
        raise NotARule(name)
    return rule


def review(subject: Subject, applied: Iterable[Rule]) -> tuple[Finding, ...]:
    """Returns what the rules find in one delivery."""
    return tuple(finding for rule in applied if rule.check is not None for finding in rule.check(subject))


def compare(applied: Iterable[Rule], around: Around, entries: Sequence[Entry]) -> tuple[Told, ...]:
    """Returns what the rules find in deliveries beside each other; ``entries`` are in order of due time."""
    return tuple(told for rule in applied if rule.compare is not None for told in rule.compare(entries, around))
