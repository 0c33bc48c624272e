"""Runs every rule over one delivery."""

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterable
from functools import lru_cache

from scheduler.checks import rules
from scheduler.checks.rule import Rule, Subject
from scheduler.model.errors import SchedulerError
from scheduler.model.finding import Finding


class NotARule(SchedulerError):
    """Is a file among the rules that holds no rule."""

    def __init__(self, module: str) -> None:
        super().__init__(f"{module} does not export a rule.", "A rule's file ends with  RULE = Rule(name, check).")


def known_rules(*folders: str) -> tuple[Rule, ...]:
    """Returns the rules found in ``checks/rules/`` and in further folders, one a file, in order of their names."""
    found = list(_shipped())
    for info in pkgutil.iter_modules(folders):
        spec = info.module_finder.find_spec(info.name, None)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules.setdefault(info.name, module)
        spec.loader.exec_module(module)
        found.append(_rule(module, info.name))
    return tuple(sorted(found, key=lambda rule: rule.name))


@lru_cache(maxsize=1)
def _shipped() -> tuple[Rule, ...]:
    names = [info.name for info in pkgutil.iter_modules(rules.__path__, f"{rules.__name__}.")]
    return tuple(_rule(importlib.import_module(name), name) for name in names)


def _rule(module: object, name: str) -> Rule:
    rule = getattr(module, "RULE", None)
    if not isinstance(rule, Rule):
        raise NotARule(name)
    return rule


def review(subject: Subject, applied: Iterable[Rule]) -> tuple[Finding, ...]:
    """Returns what the rules find in one delivery."""
    return tuple(finding for rule in applied for finding in rule.check(subject))
