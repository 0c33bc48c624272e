"""How long a person waits for ``scheduler --help``, and what it weighs."""

import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.benchmark import PEAK, Benchmark, Figures, Side, Value, timed
from tests.benchmarks.memory import MEBIBYTE

STARTS = 15
WEIGH = "from tests.benchmarks.memory import own_peak; print(own_peak())"
HELP = """\
import contextlib, os, runpy, sys
sys.argv[1:] = ["--help"]
with contextlib.suppress(SystemExit), open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
    runpy.run_module("scheduler", run_name="__main__")
"""


def start(words: Sequence[str], weighed: str) -> Figures:
    """Starts the interpreter again and again, and once more to weigh it; the middle time counts."""

    def once() -> None:
        subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, check=True)

    once()  # the first start compiles and warms the file cache
    middle = statistics.median(timed(once).value for _ in range(STARTS))
    peak = subprocess.run([sys.executable, "-c", f"{weighed}\n{WEIGH}"], stdout=subprocess.PIPE, text=True, check=True)
    return {"time": Value(middle, "s"), PEAK: Value(float(peak.stdout) / MEBIBYTE, "MiB")}


def nothing(_folder: Path) -> None:
    """Needs no input."""


BENCHMARK = Benchmark(
    title="scheduler --help",
    prepare=nothing,
    ours=Side("scheduler --help", lambda _folder: start(("-m", "scheduler", "--help"), HELP)),
    baseline=Side('python -c "import click"', lambda _folder: start(("-c", "import click"), "import click")),
)
