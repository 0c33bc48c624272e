"""What a benchmark is, and how one side of it is measured in a process of its own."""

import importlib
import json
import pkgutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.memory import MEBIBYTE, own_peak

PACKAGE = "tests.benchmarks"
PEAK = "peak memory"
LIMIT = 600.0


@dataclass(frozen=True, slots=True)
class Value:
    """Is one measured number with its unit; ``against`` is the baseline's, where both were measured in turns."""

    value: float
    unit: str
    against: float | None = None


Figures = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Side:
    """Is one of the two things compared; ``measure`` works in the folder that was prepared."""

    name: str
    measure: Callable[[Path], Figures]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Is what a benchmark's file exports as ``BENCHMARK``.

    A figure of ours is compared with the baseline's figure of the same name, or with the number that was measured in turns with it.
    ``prepare`` fills the folder and is not measured; ``memory`` adds the peak of each side.
    """

    title: str
    prepare: Callable[[Path], None]
    ours: Side
    baseline: Side
    memory: bool = True

    def side(self, which: str) -> Side:
        """Returns the side of the name ``ours`` or ``baseline``."""
        return self.ours if which == "ours" else self.baseline


@dataclass(frozen=True, slots=True)
class Baseline:
    """Is what a result is compared with."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Result:
    """Is one line of the report; ``ratio`` is ours divided by the baseline."""

    name: str
    value: float
    unit: str
    baseline: Baseline | None
    ratio: float | None

    def to_json(self) -> dict[str, Any]:
        """Returns the line as the report's JSON has it."""
        return asdict(self)


def known_benchmarks() -> dict[str, Benchmark]:
    """Returns the benchmarks by name: every file of this folder that exports a ``BENCHMARK``."""
    folder = str(Path(__file__).parent)
    names = [module.name for module in pkgutil.iter_modules([folder]) if not module.name.startswith("_")]
    modules = {name: importlib.import_module(f"{PACKAGE}.{name}") for name in sorted(names)}
    return {name: module.BENCHMARK for name, module in modules.items() if isinstance(getattr(module, "BENCHMARK", None), Benchmark)}


def results(name: str, benchmark: Benchmark) -> Iterator[Result]:
    """Measures both sides, each in a process of its own, and compares them."""
    with tempfile.TemporaryDirectory(prefix="scheduler-benchmark-") as text:
        folder = Path(text)
        benchmark.prepare(folder)
        compared = _in_own_process(name, "baseline", folder)
        for figure, ours in _in_own_process(name, "ours", folder).items():
            other = Value(ours.against, ours.unit) if ours.against is not None else compared.get(figure)
            baseline = Baseline(benchmark.baseline.name, round(other.value, 6)) if other else None
            ratio = round(ours.value / other.value, 3) if other and other.value else None
            yield Result(f"{benchmark.title}: {figure}", round(ours.value, 6), ours.unit, baseline, ratio)


def timed(work: Callable[[], object], *, times: int = 1) -> Value:
    """Returns the shortest of several runs, in seconds: what the work costs when nothing else disturbs it."""
    return Value(min(_seconds(work) for _ in range(times)), "s")


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _in_own_process(name: str, which: str, folder: Path) -> dict[str, Value]:
    command = [sys.executable, "-m", f"{PACKAGE}.benchmark", name, which, str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=True, timeout=LIMIT)
    return {figure: Value(**value) for figure, value in json.loads(done.stdout.splitlines()[-1]).items()}


def _measure_here(name: str, which: str, folder: Path) -> None:
    benchmark: Benchmark = importlib.import_module(f"{PACKAGE}.{name}").BENCHMARK
    figures = dict(benchmark.side(which).measure(folder))
    if benchmark.memory:
        figures.setdefault(PEAK, Value(own_peak() / MEBIBYTE, "MiB"))
    print(json.dumps({figure: asdict(value) for figure, value in figures.items()}))


if __name__ == "__main__":
    _measure_here(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
