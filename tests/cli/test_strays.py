"""What went astray with a network, as a person sees it."""

from pathlib import Path

from tests.cli.running import inside
from tests.daemon.keeper import Office
from tests.daemon.test_strays import only, overtaken
from tests.story import make_project


def test_status_names_it_until_a_person_says_that_it_is_removed(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    (project / ".scheduler").mkdir()
    office = Office(project / ".scheduler")
    overtaken(office)
    delivery = only(office)
    office.ledger.close()
    told = inside(project, "status")
    words = " ".join(told.out.split())
    assert told.code == 1
    assert "page may send it a second time: what was handed over before could not be taken back. Nobody answers." in words
    assert "Or remove it yourself: https://example.org/r1" in words
    assert f"scheduler resolve {delivery[:8]} --removed" in words
    (stray,) = inside(project, "status", "--json").json["strays"]
    assert (stray["delivery"], stray["remote_id"], stray["tries"]) == (delivery, "r1", 1)
    assert inside(project, "resolve", delivery[:8], "--removed", "--not-sent").code == 2
    assert inside(project, "resolve", delivery[:8], "--removed").code == 0
    assert "Nothing is known to be with a network" in inside(project, "resolve", delivery[:8], "--removed").err
    assert inside(project, "status", "--json").json["strays"] == []
    assert inside(project, "status", "--json").json["counts"] == {"queued": 1}
