"""The six examples as each network would send them, were it asked to, in the words of ``scheduler show --json``.

The files in ``golden/`` were read by a person.

``UPDATE_GOLDEN=1 pytest tests/planning/test_examples.py`` writes those anew; then read the difference.
"""

import json
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scheduler.cli.screen.records import outgoing_record
from scheduler.model.graphic import Graphic, GraphicRequest, Picture
from scheduler.model.network import Account
from scheduler.model.plan import Agenda
from scheduler.model.post import Reading
from scheduler.model.settings import Config, Organisation
from scheduler.planning.agenda import Tools, build
from scheduler.planning.context import Context, PictureRequest
from scheduler.postfiles import PostFolder
from scheduler.publishers.discovery import known_networks

EXAMPLES = Path(__file__).parent.parent / "postfiles" / "examples"
GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2027, 3, 20, 8, 0, tzinfo=UTC)
NETWORKS = ("instagram", "facebook", "threads", "mastodon", "bluesky", "website")
POSTS = ("01-simple", "2027-05-01-spring-march/series", "03-carousel", "04-variants", "05-coalition", "evergreen/06-sick-pay")
PICTURES = (
    "episode-12.jpg",
    *(f"slides/{number}.jpg" for number in range(1, 6)),
    "wanted.jpg",
    "together.jpg",
    "evergreen/sick-pay.png",
    "2027-05-01-spring-march/photos/2.jpg",
    "2027-05-01-spring-march/photos/10.jpg",
)


def picture(request: PictureRequest) -> Picture | Graphic:
    """Returns a picture of a good size for whatever is asked for."""
    if isinstance(request, str):
        mime = "image/png" if request.endswith(".png") else "image/jpeg"
        return Picture(path=request, sha256="1" * 64, width=1080, height=1350, bytes=250_000, mime=mime)
    return drawn(request)


def drawn(request: GraphicRequest) -> Graphic:
    path = f"/drawn/{request.template}/{request.format}.jpg"
    words = "; ".join(f"{name}: {value}" for name, value in request.fields)
    return Graphic(picture=Picture(path=path, sha256="2" * 64, width=1080, height=1350, bytes=250_000, mime="image/jpeg"), alt=words)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("examples")
    shutil.copytree(EXAMPLES / "posts", root / "posts")
    for name in PICTURES:
        file = root / "posts" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"a picture")
    return root


@pytest.fixture(scope="module")
def agenda(project: Path) -> Agenda:
    facts = {name: adapter.facts for name, adapter in known_networks().items()}
    accounts = {name: Account(name=name, network=name, handle=f"@harbour-{name}") for name in NETWORKS}
    accounts["fb"] = Account(name="fb", network="facebook", handle="@tenants")
    organisation = Organisation(
        name="Harbour Workers", timezone="Europe/Berlin", link_in_bio="Link in our bio", website="https://example.org"
    )
    folder = PostFolder(
        project, accounts={name: account.network for name, account in accounts.items()}, networks=facts, languages=organisation.languages
    )
    reading = everywhere(folder.read())
    config = Config(folder=str(project), organisation=organisation, accounts=accounts)
    context = Context(config, facts, reading.hashtag_sets, partners=reading.partners)
    return build(reading, context, NOW, Tools(lambda request, _limits: picture(request), lambda _delivery, _outgoing: ()))


def everywhere(reading: Reading) -> Reading:
    """Returns the posts for every account there is, whatever their ``where`` says."""
    files = (replace(file, post=replace(file.post, where=())) if file.post else file for file in reading.files)
    return replace(reading, files=tuple(files))


def shown(agenda: Agenda, project: Path, post: str) -> list[dict[str, Any]]:
    limits = {name: adapter.facts.limits for name, adapter in known_networks().items()}
    found = []
    for entry in agenda.entries:
        if entry.delivery.post.id == post and entry.outgoing is not None:
            record = outgoing_record(entry, entry.outgoing, limits[entry.outgoing.network], project)
            found.append({**record, "rules": [finding.rule for finding in entry.findings]})
    return found


@pytest.mark.parametrize("post", POSTS)
def test_each_network_gets_exactly_this(post: str, agenda: Agenda, project: Path) -> None:
    said = json.dumps(shown(agenda, project, post), ensure_ascii=False, indent=1) + "\n"
    golden = GOLDEN / f"{post.replace('/', '-')}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(said, encoding="utf-8", newline="\n")
    assert said == golden.read_text(encoding="utf-8")


def test_there_is_a_file_for_each_example_and_none_is_empty() -> None:
    files = sorted(path.stem for path in GOLDEN.iterdir())
    assert files == sorted(post.replace("/", "-") for post in POSTS)
    assert all(len(json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))) >= 2 for name in files)
