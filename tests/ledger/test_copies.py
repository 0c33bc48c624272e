"""Copies of the ledger: sound or refused, and put back without sending anything twice."""

from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.clock import VirtualClock
from scheduler.ledger import LedgerError, open_ledger
from scheduler.ledger.database.copies import back_up, put_back, verify
from scheduler.ledger.database.place import file_system_of, refuse_network_folder
from scheduler.model.delivery import State
from scheduler.model.outcome import Published, Refused
from scheduler.model.outgoing import CALLED
from scheduler.model.settings import Policy
from tests.ledger.making import NOON, POLICY, agenda, claimed, entry, queued, sending, state_of

HOUR = timedelta(hours=1)


def test_what_went_out_after_the_copy_is_in_doubt_and_not_sent_again(tmp_path: Path) -> None:
    path, clock = tmp_path / "ledger.sqlite", VirtualClock(NOON)
    out, later, unknown = entry("out"), entry("later", due=NOON + 9 * HOUR), entry("unknown", text="Written after the copy", due=NOON)
    ledger = open_ledger(path, clock)
    queued(ledger, out, later, now=NOON - HOUR)
    copy = back_up(path, tmp_path / "backups", NOON - HOUR / 2)
    ledger.settle(sending(ledger, out), Published("1"), NOON)
    ledger.close()
    restored_at = NOON + HOUR / 6
    kept = put_back(copy, path, restored_at)
    assert kept is not None
    assert verify(kept).counts == {"queued": 1, "sent": 1}
    clock.advance(HOUR / 6)
    restored = open_ledger(path, clock)
    queued(restored, out, later, unknown, now=restored_at)
    assert [state_of(restored, post) for post in (out, later, unknown)] == [State.UNCERTAIN, State.QUEUED, State.UNCERTAIN]
    assert claimed(restored, out, restored_at) is None
    assert "put back from a copy" in restored.facts().deliveries[unknown.delivery.id].reason
    restored.decide_sent(out.delivery.id, "https://example.org/1", restored_at)
    restored.decide_not_sent(unknown.delivery.id, restored_at)
    queued(restored, out, later, unknown, now=restored_at)
    assert [state_of(restored, post) for post in (out, unknown)] == [State.SENT, State.QUEUED]
    restored.close()


def test_a_post_that_the_copy_does_not_know_is_in_doubt_although_its_time_is_to_come(tmp_path: Path, clock: VirtualClock) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = open_ledger(path, clock)
    old = entry("old", due=NOON + 3 * HOUR)
    queued(ledger, old)
    copy = ledger.back_up(NOON)
    assert copy is not None
    ledger.close()
    at = NOON + HOUR
    put_back(copy, path, at)
    restored = open_ledger(path, clock)
    moved, again = entry("moved", due=NOON + 2 * HOUR), entry("old", due=NOON + 4 * HOUR, account="other")
    restored.record(agenda(old, moved, again, unsettled=frozenset({"typing"})), at, POLICY)
    assert [state_of(restored, post) for post in (old, moved, again)] == [State.QUEUED, State.UNCERTAIN, State.QUEUED]
    assert claimed(restored, moved, NOON + 2 * HOUR) is None
    typed, fresh = entry("typing", due=NOON + 2 * HOUR), entry("fresh", due=NOON + 2 * HOUR)
    queued(restored, old, moved, again, typed, now=at)
    assert state_of(restored, typed) is State.UNCERTAIN
    queued(restored, old, moved, again, typed, fresh, now=at)
    assert state_of(restored, fresh) is State.QUEUED
    restored.decide_not_sent(moved.delivery.id, at)
    assert claimed(restored, moved, at) is None
    assert claimed(restored, moved, NOON + 2 * HOUR) is not None
    restored.close()


@pytest.mark.parametrize("policy", [Policy(late_after=5 * HOUR), Policy(late="publish")], ids=["five hours", "always"])
def test_what_may_go_out_hours_late_is_in_doubt_too_after_a_copy_was_put_back(tmp_path: Path, policy: Policy) -> None:
    """It was held when the copy was made, three hours after its time; then it was mended and went out."""
    path, clock, now = tmp_path / "ledger.sqlite", VirtualClock(NOON), NOON + 3 * HOUR
    broken, mended = entry(state=State.HELD, reason="It has no text."), entry()
    ledger = open_ledger(path, clock)
    ledger.record(agenda(broken), now, policy)
    copy = back_up(path, tmp_path / "backups", now)
    ledger.record(agenda(mended), now, policy)
    assert claimed(ledger, mended, now) is not None
    ledger.close()
    put_back(copy, path, now + HOUR / 6)
    restored = open_ledger(path, clock)
    restored.record(agenda(mended), now + HOUR / 6, policy)
    assert state_of(restored, mended) is State.UNCERTAIN
    assert claimed(restored, mended, now + HOUR / 6) is None
    restored.close()


def test_a_copy_does_not_know_which_calls_were_made_since(tmp_path: Path) -> None:
    path, clock = tmp_path / "ledger.sqlite", VirtualClock(NOON)
    ledger, tried = open_ledger(path, clock), entry("tried")
    queued(ledger, tried, now=NOON)
    ledger.settle(sending(ledger, tried), Refused("busy", permanent=False), NOON)
    copy = back_up(path, tmp_path / "backups", NOON)
    ledger.close()
    put_back(copy, path, NOON + HOUR)
    restored = open_ledger(path, clock)
    (doubt,) = restored.doubts()
    assert doubt.envelope.ids == {"slug": tried.delivery.id, CALLED: "yes"}
    restored.close()


def test_a_damaged_copy_is_refused_and_the_ledger_stays(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = open_ledger(path, VirtualClock(NOON))
    queued(ledger, *(entry(f"p{number}") for number in range(200)))
    copy = back_up(path, tmp_path / "backups", NOON)
    with copy.open("r+b") as file:
        file.seek(4096 * 5)
        file.write(b"\xff" * 4096 * 3)
    with pytest.raises(LedgerError, match="not sound"):
        put_back(copy, path, NOON)
    assert ledger.counts() == {State.QUEUED: 200}
    ledger.close()


def test_a_ledger_copies_itself_once_a_day(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.sqlite", VirtualClock(NOON))
    assert ledger.back_up(NOON, daily=True) is not None
    assert ledger.back_up(NOON + 23 * HOUR, daily=True) is None
    assert ledger.back_up(NOON + 24 * HOUR, daily=True) is not None
    ledger.close()


MOUNTS = """\
22 1 0:5 / / rw - 9p host rw
30 22 0:40 / /srv/share rw - nfs4 server:/x rw
31 22 0:41 / /srv/share/local rw - ext4 /dev/sdb rw
32 22 0:42 / /home/ann/My\\040Drive rw - fuse.rclone drive rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/share/org", "nfs4"),
        ("/srv/share/local/org", None),
        ("/srv/shared", None),
        ("/home/ann/My Drive/org", "fuse.rclone"),
        ("/home/ann/org", None),
    ],
)
def test_a_folder_of_the_network_is_told_from_one_of_this_machine(folder: str, kind: str | None) -> None:
    assert file_system_of(Path(folder), MOUNTS.splitlines()) == kind


def test_a_ledger_in_a_folder_of_the_network_is_refused(tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"30 22 0:40 / {tmp_path} rw - cifs server:/x rw\n", encoding="utf-8")
    with pytest.raises(LedgerError, match="folder of the network"):
        refuse_network_folder(tmp_path, mounts)
    refuse_network_folder(tmp_path, tmp_path / "there is no such file")
