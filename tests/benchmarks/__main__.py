"""Measures and prints: ``python -m tests.benchmarks [NAME] [--json]``."""

import argparse
import json
import sys
from collections.abc import Iterable

from tests.benchmarks.benchmark import Result, known_benchmarks, results


def main() -> int:
    """Runs one benchmark or all of them; returns 0 when every figure was taken."""
    benchmarks = known_benchmarks()
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measures speed and memory beside a baseline.")
    parser.add_argument("name", nargs="?", choices=sorted(benchmarks), help="only this one")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    arguments = parser.parse_args()
    names = [arguments.name] if arguments.name else sorted(benchmarks)
    taken: list[Result] = []
    for name in names:
        print(f"measuring: {benchmarks[name].title}", file=sys.stderr, flush=True)
        taken.extend(results(name, benchmarks[name]))
    if arguments.json:
        report = {"schema": "scheduler.benchmark/1", "results": [result.to_json() for result in taken]}
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        print(_table(taken))
    return 0


def _table(taken: Iterable[Result]) -> str:
    rows = [("figure", "ours", "baseline", "ratio", "baseline is")]
    for result in taken:
        baseline = result.baseline
        ratio = f"{result.ratio:.2f}x" if result.ratio is not None else ""
        compared = _amount(baseline.value, result.unit) if baseline else ""
        rows.append((result.name, _amount(result.value, result.unit), compared, ratio, baseline.name if baseline else ""))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        f"{name:<{widths[0]}}  {ours:>{widths[1]}}  {other:>{widths[2]}}  {ratio:>{widths[3]}}  {what}"
        for name, ours, other, ratio, what in rows
    )


def _amount(value: float, unit: str) -> str:
    if unit == "s" and value < 1:
        return f"{value * 1000:.1f} ms"
    return f"{value:.2f} {unit}"


if __name__ == "__main__":
    sys.exit(main())
