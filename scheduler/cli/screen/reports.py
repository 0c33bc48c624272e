"""The forms in which ``check`` prints findings."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from scheduler.checks.explaining import pages
from scheduler.cli.screen.frames import frame
from scheduler.cli.screen.records import check_document, posts_in, print_json
from scheduler.model.finding import Finding, Severity
from scheduler.model.plan import Agenda

_WEIGHT = {Severity.HINT: 0, Severity.WARNING: 1, Severity.ERROR: 2}


def human(agenda: Agenda, folder: Path) -> None:
    """Prints a code frame for each finding, the most important of a file last, and one line that counts them."""
    findings = in_order(agenda.findings)
    for finding in findings:
        click.echo(frame(finding, folder))
    counted = [
        (severity, sum(finding.severity is severity for finding in findings))
        for severity in (Severity.ERROR, Severity.WARNING, Severity.HINT)
    ]
    said = ", ".join(f"{number} {severity.value}{'s' if number > 1 else ''}" for severity, number in counted if number)
    posts = posts_in(agenda)
    looked = f"{posts} post file{'s' if posts != 1 else ''}"
    click.echo(f"{looked} checked: {said}." if said else f"{click.style('✓', fg='green')} {looked} checked, nothing to mend.")
    if findings:
        heaviest = max(findings, key=lambda finding: _WEIGHT[finding.severity])
        click.echo(f"What a rule means:  scheduler explain {heaviest.rule}")


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Returns the findings by file and merged, in each file those that hold the most last, where the eye is when all are printed."""
    return sorted(
        merged(findings),
        key=lambda f: (f.path, _WEIGHT[f.severity], not (f.part or f.account or f.network), f.span.line, f.span.column),
    )


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Returns the findings with those that say the same of several accounts or parts joined into one."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.rule, finding.path, finding.span, finding.message), []).append(finding)
    return [same[0] if len(same) == 1 else replace(same[0], account=None, network=None, part=None) for same in groups.values()]


def json_document(agenda: Agenda, folder: Path) -> None:
    """Prints the contract's document."""
    del folder
    print_json("check/1", check_document(agenda.findings, posts_in(agenda)))


def github(agenda: Agenda, folder: Path) -> None:
    """Prints workflow commands that a forge shows beside the lines of a change."""
    del folder
    levels = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "notice"}
    for finding in merged(agenda.findings):
        place = f"file={_property(finding.path)},line={finding.span.line},col={finding.span.column},endColumn={finding.span.end_column}"
        text = finding.message + (f"\nfix: {finding.fix}" if finding.fix else "")
        click.echo(f"::{levels[finding.severity]} {place},title={_property(finding.rule)}::{_escaped(text)}")


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def sarif(agenda: Agenda, folder: Path) -> None:
    """Prints a SARIF 2.1.0 log."""
    del folder
    import json

    findings = merged(agenda.findings)
    rules = sorted({finding.rule for finding in findings})
    described = [_rule(rule) for rule in rules]
    driver = {"name": "scheduler", "informationUri": "https://pypi.org/project/scheduler/", "rules": described}
    results = [_result(finding, rules.index(finding.rule)) for finding in findings]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }
    click.echo(json.dumps(log, ensure_ascii=False, indent=2))


def _rule(rule: str) -> dict[str, Any]:
    page = pages().get(rule)
    told = {"shortDescription": {"text": page.what}, "fullDescription": {"text": page.why}} if page is not None else {}
    return {"id": rule, **told}


def _result(finding: Finding, number: int) -> dict[str, Any]:
    levels = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "note"}
    region = {"startLine": finding.span.line, "startColumn": finding.span.column, "endColumn": finding.span.end_column}
    location = {"physicalLocation": {"artifactLocation": {"uri": quote(finding.path, errors="replace")}, "region": region}}
    text = finding.message + (f" Fix: {finding.fix}" if finding.fix else "")
    return {
        "ruleId": finding.rule,
        "ruleIndex": number,
        "level": levels[finding.severity],
        "message": {"text": text},
        "locations": [location],
    }


REPORTS: Mapping[str, Callable[[Agenda, Path], None]] = {"human": human, "json": json_document, "github": github, "sarif": sarif}
