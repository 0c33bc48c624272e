"""The benchmarks are found, compare like with like, and print what other programs read."""

import json
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.benchmark import PEAK, Benchmark, Side, Value, known_benchmarks, timed


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "tests.benchmarks", *words], capture_output=True, text=True, check=False)


def test_every_benchmark_has_a_title_and_a_baseline() -> None:
    found = known_benchmarks()
    assert {"reading", "help_start", "event_card", "on_time"} <= set(found)
    assert all(benchmark.title and benchmark.baseline.name for benchmark in found.values())


def test_the_report_is_one_document_in_the_agreed_form() -> None:
    done = run("help_start", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["schema"] == "scheduler.benchmark/1"
    assert [result["name"] for result in report["results"]] == ["scheduler --help: time", f"scheduler --help: {PEAK}"]
    for result in report["results"]:
        assert set(result) == {"name", "value", "unit", "baseline", "ratio"}
        assert result["baseline"]["name"] == 'python -c "import click"'
        assert abs(result["ratio"] - result["value"] / result["baseline"]["value"]) < 0.01


def test_an_unknown_name_is_answered_with_those_that_exist() -> None:
    done = run("reeding")
    assert done.returncode == 2
    assert "help_start" in done.stderr


def test_the_shortest_of_several_runs_counts() -> None:
    calls: list[int] = []
    value = timed(lambda: calls.append(1), times=3)
    assert len(calls) == 3
    assert value.unit == "s"
    assert value.value >= 0


def test_each_side_is_measured_by_its_name() -> None:
    def measured(number: float) -> Side:
        return Side(str(number), lambda _folder: {"time": Value(number, "s")})

    benchmark = Benchmark("counting", lambda _folder: None, measured(2), measured(1))
    assert benchmark.side("ours").measure(Path())["time"].value == 2
    assert benchmark.side("baseline").measure(Path())["time"].value == 1
