"""Pictures that a server works on for ever, or whose work fails: the post is never sent without them, and never waited for without end."""

from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.clock import SystemClock, VirtualClock
from scheduler.ledger.sending.settling import MOST_ATTEMPTS
from scheduler.model.network import Account
from scheduler.model.outcome import Refused
from scheduler.model.outgoing import Envelope, Media
from scheduler.publishers.contract import Connection
from scheduler.publishers.discovery import known_networks
from tests.emulators import mastodon
from tests.publishers.online import words
from tests.publishers.posts import picture


def test_a_picture_that_is_worked_on_for_ever_is_uploaded_once_asked_for_a_minute_a_try_and_given_up_with_its_tries(
    tmp_path: Path,
) -> None:
    with mastodon.running(tmp_path) as server:
        server.control(processing=100_000)
        clock, ids = VirtualClock(SystemClock().now()), {"key": "a" * 64, "prepared": SystemClock().now().isoformat()}
        outgoing = replace(words("The strike is on", network="mastodon"), media=(Media(picture(tmp_path, "flyer.png"), "A flyer"),))
        connect = known_networks()["mastodon"].connect
        assert connect is not None
        account = Account(name="main", network="mastodon", live=True, settings={"server": server.address, "visibility": "public"})
        for _ in range(MOST_ATTEMPTS):
            began = clock.monotonic()
            publisher = connect(Connection(account, tmp_path, lambda: mastodon.TOKEN, clock=clock))
            outcome = publisher.publish(Envelope(outgoing, dict(ids)), ids.__setitem__)
            assert outcome == Refused("Mastodon is still working on what the post shows.", permanent=False)
            assert clock.monotonic() - began == pytest.approx(60, abs=6)
        calls = server.calls()
        assert calls.count("POST /api/v2/media") == 1
        assert "POST /api/v1/statuses" not in calls
        assert server.seen() == []
