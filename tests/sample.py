"""The sample project with the days that it has in the repository, for tests that name them; ``init`` counts them from today."""

from pathlib import Path

from scheduler.cli.screen.files.sample import WRITTEN_FOR, Sample


def lay_out(folder: Path) -> Path:
    """Writes the sample as if ``init`` were run on the day that it stands for; returns the folder."""
    Sample.found().write(folder, name=None, timezone=None, today=WRITTEN_FOR)
    return folder
