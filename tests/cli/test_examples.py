"""The six kinds of posts from file to what each network would be sent: ``show --json`` for all of them, against a reviewed file.

``UPDATE_GOLDEN=1 pytest tests/cli/test_examples.py`` writes it anew; then read the difference.
"""

import json
import os
import shutil
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image

from scheduler.assembly import Project, open_project
from scheduler.cli.screen.records import outgoing_record
from scheduler.clock import VirtualClock
from tests.postfiles.test_examples import EXAMPLES, PICTURES

GOLDEN = EXAMPLES / "sent.json"
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("examples")
    shutil.copytree(EXAMPLES, folder, dirs_exist_ok=True)
    for number, name in enumerate(PICTURES):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (1080, 1350), (20 * number, 90, 120)).save(file)
    return open_project(folder, VirtualClock(NOW))


def sent(project: Project) -> dict[str, Any]:
    """Returns what goes out, by post, part, account and time, without the bytes of pictures."""
    found: dict[str, Any] = {}
    for entry in project.shown_agenda(NOW).entries:
        if entry.outgoing is None:
            continue
        record = outgoing_record(entry, entry.outgoing, project.accounts.facts_of(entry.delivery.account).limits, project.folder)
        for item in record["media"]:
            del item["bytes"], item["path"]
        post, part = entry.delivery.post.id, entry.delivery.part.name
        held = sorted({finding.rule for finding in entry.findings if finding.is_error})
        kind = "story" if record["story"] else "post"
        found[f"{post} | {part or ''} | {kind} | {record['account']} | {record['due']}"] = {**record, "held_by": held}
    return found


def test_every_example_goes_to_every_network_as_reviewed(project: Project) -> None:
    found = json.loads(json.dumps(sent(project), ensure_ascii=False))
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert {record["account"] for record in found.values()} == set(project.config.accounts)
