"""What was offered for networks to fetch lies there no longer than it is needed, whatever becomes of its post, and whenever we die."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scheduler.config.secrets import store_secret
from tests.emulators import wordpress
from tests.emulators.emulating import Running, running
from tests.publishers import stores
from tests.publishers.graph_house import House
from tests.publishers.posts import jpeg

FLYER = "![A flyer](../flyer.jpg)\n"
OTHER = "![Another flyer](../other.jpg)\n"
NOT_NOW = {"error": {"message": "try later", "code": -1, "error_subcode": 2207001}}
LONG = pytest.mark.long
KEYS = "planted-key-id:planted-secret-key"


@dataclass
class Place:
    """Is where pictures are offered; ``kept`` tells how many lie there."""

    house: House
    kept: Callable[[], int]
    site: Running | None = None

    def tries(self) -> None:
        """Runs once while the network fetches the picture and then has trouble."""
        self.house.server.fault("POST .*/media", "answer", status=400, body=NOT_NOW, late=True)
        assert self.house.inside("run", "--once").code == 0
        assert self.house.states() == ["queued"]
        assert self.kept() == 1, "it may be fetched at the next try"

    def runs(self, left: int = 0) -> None:
        assert self.house.inside("run", "--once").code == 0
        assert self.kept() == left

    def writes(self, text: str = FLYER, where: str = "gram") -> None:
        self.house.write("march", f"March\n\n{text}", where)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running("wordpress", tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with stores.running(tmp_path_factory.mktemp("store")) as store:
        yield store


def offering_at(house: House, media: str, account: str = "") -> None:
    config = house.folder / "config.toml"
    text = re.sub(r"\[media\].*?\n\n", f"[media]\n{media}\n\n", config.read_text("utf-8"), flags=re.DOTALL)
    config.write_text(f"{text}\n{account}", encoding="utf-8")
    jpeg(house.folder, "other.jpg", (1080, 1350))


@pytest.fixture
def library(house: House, site: Running) -> Place:
    site.reset()
    blog = f'[accounts.blog]\nnetwork = "wordpress"\nurl = "{site.address}"\nuser = "{wordpress.USER}"\n'
    offering_at(house, 'host = "wordpress"\naccount = "blog"', blog)
    store_secret("blog", wordpress.PASSWORD, house.folder)
    return Place(house, lambda: len(site.state["media"]), site)


@pytest.fixture
def bucket(house: House, store: str, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("SCHEDULER_SECRET_MEDIA", KEYS)
    media = f'host = "s3"\nbucket = "pictures"\nendpoint_url = "{store}"\npublic_url = "{store}/pictures"\nacl = "public-read"'
    offering_at(house, media)
    return Place(house, lambda: stores.kept(store))


@pytest.fixture(params=[pytest.param("bucket", marks=pytest.mark.long), "library"])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(request.param)
    return found


def test_an_edit_takes_the_earlier_picture_out_of_a_bucket(bucket: Place) -> None:
    bucket.writes()
    bucket.tries()
    bucket.writes(OTHER)
    bucket.runs()
    assert bucket.house.states() == ["sent"]


@pytest.mark.parametrize("text", [FLYER + "Other words\n", OTHER, pytest.param(FLYER + OTHER, marks=pytest.mark.long)])
def test_an_edit_of_a_queued_post_takes_the_earlier_picture_away(place: Place, text: str) -> None:
    place.writes()
    place.tries()
    place.writes(text)
    place.runs()
    assert place.house.states() == ["sent"]


def called_off(place: Place) -> None:
    (place.house.folder / "posts/march.md").unlink()


def to_another_account(place: Place) -> None:
    config = place.house.folder / "config.toml"
    config.write_text(re.sub(r"(?s)\[accounts.gram\].*?\n\n", "", config.read_text("utf-8")), encoding="utf-8")
    place.house.write("march", f"March\n\n{FLYER}", "threads", days=3)


def made_a_draft(place: Place) -> None:
    post = place.house.folder / "posts/march.md"
    post.write_text(post.read_text("utf-8").replace("---\n", "---\nstatus: draft\n", 1), encoding="utf-8")


def given_up(place: Place) -> None:
    place.house.server.fault("POST .*/media", "answer", status=400, body={"error": {"message": "no", "code": 36003}})
    place.writes(FLYER.replace("flyer]", "leaflet]"))


def too_late(place: Place) -> None:
    place.house.write("march", f"March\n\n{FLYER}", "gram", days=-0.2)


REST = (called_off, given_up, too_late)


@pytest.mark.parametrize("what", [to_another_account, made_a_draft, *(pytest.param(each, marks=LONG) for each in REST)])
def test_whatever_becomes_of_the_post_nothing_lies_there(place: Place, what: Callable[[Place], None]) -> None:
    place.writes()
    place.tries()
    what(place)
    place.runs()
    assert "sent" not in place.house.states()
    assert place.house.server.state["media"] == {}


DEATHS = ("after_step:kill:1", "after_step:kill:2", "after_send:kill")


@pytest.mark.parametrize("fault", ["before_step:kill:2", *(pytest.param(each, marks=LONG) for each in DEATHS)])
def test_a_death_at_any_step_leaves_nothing_there_in_the_end(place: Place, fault: str) -> None:
    place.writes()
    assert place.house.run("run", "--once", env={"SCHEDULER_FAULT": fault}).code == -9
    place.writes(OTHER)
    place.runs()
    assert place.house.states() == ["sent"]
    assert len(place.house.server.state["media"]) == 1


def test_what_cannot_be_taken_away_is_taken_away_later_also_of_a_post_that_is_out(library: Place) -> None:
    assert library.site is not None
    library.writes()
    library.site.fault("DELETE .*/media/.*", "answer", status=503, times=2)
    library.runs(left=1)
    assert library.house.states() == ["sent"]
    library.runs(left=0)
    before = len(library.site.state["calls"])
    library.runs()
    assert len(library.site.state["calls"]) == before, "what is gone is not asked for again"


def test_an_earlier_picture_that_cannot_be_taken_away_at_once_is_not_forgotten(library: Place) -> None:
    assert library.site is not None
    library.writes()
    library.tries()
    library.writes(OTHER)
    library.site.fault("DELETE .*/media/.*", "answer", status=503)
    library.runs()
    assert library.house.states() == ["sent"]


def test_a_picture_at_a_place_of_before_is_told_and_nobody_looks_for_it_for_ever(bucket: Place, tmp_path: Path) -> None:
    bucket.writes()
    bucket.tries()
    called_off(bucket)
    offering_at(bucket.house, 'host = "own"\nlisten = "127.0.0.1:9"\npublic_url = "https://media.example"')
    ran = bucket.house.run("run", "--once", env={"TMPDIR": str(tmp_path)})
    assert "take it away there by hand" in " ".join(ran.err.split())
    assert "by hand" not in bucket.house.run("run", "--once").err


@pytest.mark.parametrize("how", ["twice", pytest.param("once", marks=LONG), "lost", pytest.param("damaged", marks=LONG)])
def test_a_ledger_that_is_put_back_from_a_copy_takes_away_what_the_one_before_offered(library: Place, how: str) -> None:
    assert library.house.inside("run", "--once").code == 0
    assert library.house.inside("backup").code == 0
    library.writes()
    library.tries()
    ledger, is_known = library.house.folder / ".scheduler/ledger.sqlite", how in {"once", "twice"}
    if how == "lost":
        ledger.unlink()
    elif how == "damaged":
        ledger.write_bytes(b"SQLite format 3\0" + b"?" * 9_000)
    elif how == "twice":
        assert library.house.inside("restore", "--yes").code == 0
    told = " ".join(library.house.inside("restore", "--yes").err.split())
    known = "One picture that was offered to networks since the copy will be taken away by the next scheduler run"
    unknown = "nobody knows which pictures were offered to networks since the copy"
    assert ((known in told), (unknown in told)) == (is_known, not is_known), told
    library.house.inside("run", "--once")
    assert library.kept() == (0 if is_known else 1)
