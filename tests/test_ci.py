"""The check of a clean checkout runs the README's own line and tells the truth about it."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOOLS = ("ruff", "mypy", "lint-imports", "python")
README = """\
# A project

```
not this one
```

<!-- ci: tests -->

```sh
mkdir -p .venv/bin && cp tools/* .venv/bin && .venv/bin/pytest
```
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Gives a small checkout whose tools succeed at once."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", tmp_path / ".ci/run")
    (tmp_path / "README.md").write_text(README, encoding="utf-8")
    (tmp_path / "tools").mkdir()
    for name in TOOLS:
        tool(tmp_path, name, 'echo "$(basename "$0") $*"')
    tool(tmp_path, "pytest", 'echo "== 2 failed in 9s =="; echo "=== 12 passed, 1 skipped in 3.21s ==="; echo bye')
    return tmp_path


def tool(checkout: Path, name: str, script: str) -> None:
    path = checkout / "tools" / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def run(checkout: Path) -> tuple[int, list[str]]:
    done = subprocess.run([checkout / ".ci/run"], capture_output=True, text=True, check=False, cwd="/")
    return done.returncode, (done.stdout + done.stderr).splitlines()


def test_the_last_line_is_the_summary_of_pytest(checkout: Path) -> None:
    code, lines = run(checkout)
    assert code == 0
    assert lines[-1] == "=== 12 passed, 1 skipped in 3.21s ==="
    assert {"ruff format --check", "ruff check", "mypy ", "lint-imports ", "python -m tests.servers --check"} <= set(lines)


@pytest.mark.parametrize("broken", TOOLS)
def test_a_guard_that_refuses_fails_the_whole(broken: str, checkout: Path) -> None:
    tool(checkout, broken, "exit 3")
    code, lines = run(checkout)
    assert code == 1
    assert any(line.startswith(f"failed: {broken}") for line in lines)
    assert lines[-1] == "=== 12 passed, 1 skipped in 3.21s ==="


def test_failing_tests_fail_the_whole(checkout: Path) -> None:
    tool(checkout, "pytest", 'echo "=== 1 failed, 11 passed in 3.21s ==="; exit 1')
    code, lines = run(checkout)
    assert code == 1
    assert lines[-1] == "=== 1 failed, 11 passed in 3.21s ==="


def test_a_run_that_breaks_off_before_the_summary_says_so(checkout: Path) -> None:
    tool(checkout, "pytest", "echo 'no space left'; exit 4")
    code, lines = run(checkout)
    assert code == 1
    assert lines[-1] == "pytest did not come to its summary"


def test_a_readme_without_the_line_is_refused(checkout: Path) -> None:
    (checkout / "README.md").write_text("# A project\n", encoding="utf-8")
    code, lines = run(checkout)
    assert code == 2
    assert "ci: tests" in lines[-1]
