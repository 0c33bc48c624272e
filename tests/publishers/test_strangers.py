"""What stands before a network and answers in its place refuses nothing for good, and proves nothing."""

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest

from scheduler.clock import SystemClock
from scheduler.model.outcome import Published, Refused, Uncertain
from scheduler.publishers.answers import Reply
from scheduler.publishers.contract import Deletes
from scheduler.publishers.discovery import known_networks
from tests.publishers.posts import post
from tests.publishers.scene import Scene
from tests.publishers.staging import staged, stages

STAGES = stages()
PAGE, NOTHING, GATEWAY = b"<html><body><h1>We are back at ten</h1></body></html>", b"", b'{"message": "no Route matched with those values"}'
SAID = ((404, PAGE), (404, NOTHING), (404, GATEWAY), (400, PAGE), (405, NOTHING), (410, PAGE), (422, GATEWAY))
PAGES = [Reply(status, {"content-type": "text/html"}, body) for status, body in SAID]


def instead(page: Reply) -> Callable[[Reply], Reply]:
    return lambda _genuine: page


@pytest.fixture(params=sorted(STAGES))
def scene(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """Gives each network, with a post that it takes."""
    with staged(STAGES[request.param], tmp_path / "emulator", monkeypatch) as stage:
        scene = Scene(stage, tmp_path, post(tmp_path, stage.suite.network, pictures=min(stage.suite.pictures, 1)))
        scene.ids = dict(scene.publisher().prepare(scene.outgoing, SystemClock().now()))
        yield scene


def test_every_network_on_somebody_else_s_server_is_among_them() -> None:
    assert {kind.network for kind in STAGES.values()} == {name for name, adapter in known_networks().items() if not adapter.facts.local}


def test_a_page_in_the_place_of_any_answer_refuses_no_post_for_good(scene: Scene) -> None:
    stage, ids, empty = scene.stage, dict(scene.ids), scene.stage.kept()
    scene.settle()
    calls, wrong = [call for call, _ in stage.heard], []
    for (number, call), page in product(enumerate(calls), PAGES):
        stage.put_back(empty)
        scene.ids, stage.twists = dict(ids), {number: instead(page)}
        outcome = scene.publisher().publish(scene.envelope(), scene.ids.__setitem__)
        label = f"{call} {page.status} {page.body[:12]!r}: {outcome}"
        wrong += [f"for good: {label}"] if isinstance(outcome, Refused) and outcome.permanent else []
        wrong += [f"pauses the account: {label}"] if isinstance(outcome, Refused) and outcome.of_account else []
        wrong += [f"out and refused: {label}"] if isinstance(outcome, Refused) and stage.out() else []
        wrong += [f"not out and published: {label}"] if isinstance(outcome, Published) and not stage.out() else []
    assert wrong == [], "\n".join(wrong[:40])


def test_a_page_is_no_proof_that_a_post_is_not_out_or_was_deleted(scene: Scene) -> None:
    stage, wrong = scene.stage, []
    out = scene.settle()
    kept = stage.kept()
    for page in PAGES:
        stage.put_back(kept)
        stage.twists = dict.fromkeys(range(20), instead(page))
        found = scene.publisher().find(scene.envelope())
        wrong += [f"{page.status}: {found}"] if not isinstance(found, Uncertain | Published) else []
        stage.put_back(kept)
        stage.twists = dict.fromkeys(range(20), instead(page))
        publisher = scene.publisher()
        if isinstance(publisher, Deletes):
            told = publisher.delete(out.remote_id)
            wrong += [f"{page.status}: called deleted"] if told is None and stage.out() else []
            wrong += [f"{page.status}: {told}"] if isinstance(told, Refused) and told.permanent else []
    assert wrong == [], "\n".join(wrong[:40])
