"""How long it takes to read a folder of 10,000 post files, and how much memory each post holds afterwards."""

import gc
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from tests.benchmarks.benchmark import PEAK, Benchmark, Figures, Side, Value, timed
from tests.benchmarks.memory import MEBIBYTE, own_peak

if TYPE_CHECKING:
    from scheduler.postfiles import PostFolder

COUNT = 10_000
RUNS = 3
HELD = "memory held, each post"
TEXTS = (
    "Why did rents in our city double in ten years? We asked the people who\nfought back – and won.",
    "¿Por qué se duplicaron los alquileres? Hablamos con quienes lucharon ✊ y ganaron.",
    "One week to go. Comfortable shoes, water, friends.\n\nNeed a lift, or a ramp? Everything is on {link}",
)


def write_posts(folder: Path) -> None:
    """Writes the post files of a busy decade, a hundred to a campaign."""
    for number in range(COUNT):
        campaign = folder / "posts" / f"campaign-{number // 100:03}"
        campaign.mkdir(parents=True, exist_ok=True)
        (campaign / f"post-{number:05}.md").write_text(_post(number), encoding="utf-8")


def _post(number: int) -> str:
    day, hour = 1 + number % 28, 8 + number % 12
    return (
        f"---\ntitle: Post number {number}\nwhen: {2026 + number // 1200}-{1 + number // 100 % 12:02}-{day:02} {hour:02}:30\n"
        f"where: [instagram, mastodon]\nlink: https://example.org/posts/{number}\nhashtags: [Housing, Strike{number}]\n---\n"
        f"{TEXTS[number % len(TEXTS)]}\n\nListen here: {{link}}\n\n### mastodon\nA shorter text for number {number}: {{link}}\n"
    )


def with_scheduler(folder: Path) -> Figures:
    """Reads the folder as every command does, and again as the daemon does while nothing changes; each file must be understood."""
    from scheduler.postfiles import PostFolder  # noqa: PLC0415 - the baseline's memory must not include ours

    def opened() -> PostFolder:
        return PostFolder(
            folder, accounts={"feed": "instagram", "toots": "mastodon"}, networks=("instagram", "mastodon"), languages=("en", "es")
        )

    cold = timed(lambda: opened().read(), times=RUNS)
    known = opened()
    reading = known.read()
    assert len([file for file in reading.files if file.post]) == COUNT
    assert not reading.all_findings, reading.all_findings[:3]
    return {"time": cold, "rescan, nothing changed": timed(known.read, times=RUNS), **memory(lambda: _with_reading(opened()))}


def _with_reading(folder: "PostFolder") -> object:
    """Returns what a daemon holds between two looks: what the folder knows and what it read."""
    return folder, folder.read()


def memory(work: Callable[[], object]) -> Figures:
    """Returns the peak so far, and how much memory what the work returns holds, for each post, in bytes.

    What it let go again is not held; counting takes memory of its own, so that the peak is looked at before.
    """
    peak = Value(own_peak() / MEBIBYTE, "MiB")
    gc.collect()
    tracemalloc.start()
    kept = work()
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept is not None
    return {PEAK: peak, HELD: Value(size / COUNT, "bytes")}


def with_yaml_alone(folder: Path) -> Figures:
    """Reads the same bytes and loads the front matter alone, all scalars strings."""

    def read() -> None:
        for path in (folder / "posts").glob("*/*.md"):
            _, front, _ = path.read_bytes().split(b"---\n", 2)
            assert yaml.load(front, Loader=yaml.CBaseLoader)["title"]

    return {"time": timed(read, times=RUNS), **memory(lambda: [_front_and_text(path) for path in (folder / "posts").glob("*/*.md")])}


def _front_and_text(path: Path) -> tuple[object, str]:
    """Returns the least that a program can hold of a post: its settings as a dictionary, and its text."""
    _, front, text = path.read_text(encoding="utf-8").split("---\n", 2)
    return yaml.load(front, Loader=yaml.CBaseLoader), text


BENCHMARK = Benchmark(
    title="reading 10,000 post files",
    prepare=write_posts,
    ours=Side("scheduler.postfiles", with_scheduler),
    baseline=Side("PyYAML CBaseLoader alone on the same files", with_yaml_alone),
)
