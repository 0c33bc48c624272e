"""What networks count down for an account: how long it has nothing left to spend."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduler.publishers.answers import LONGEST_WAIT, Reply, rest_after

NOW = datetime(2027, 3, 27, 12, tzinfo=UTC)
FIVE = timedelta(minutes=5)


@pytest.mark.parametrize(
    ("headers", "rest"),
    [
        ({}, None),
        ({"x-ratelimit-remaining": "299", "x-ratelimit-reset": "2027-03-27T12:05:00.000Z"}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2027-03-27T12:05:00.000Z"}, FIVE),
        ({"ratelimit-remaining": "0", "ratelimit-reset": str(int((NOW + FIVE).timestamp()))}, FIVE),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "1.5", "x-ratelimit-reset": "1"}, timedelta(seconds=2)),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(int((NOW + FIVE).timestamp()))}, FIVE),
        ({"x-ratelimit-remaining": "0"}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"}, None),
        ({"x-ratelimit-remaining": "-1", "x-ratelimit-reset": "300"}, None),
        ({"x-ratelimit-remaining": "none", "x-ratelimit-reset": "300"}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2027-03-27T11:00:00Z"}, timedelta(seconds=1)),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "999999999"}, LONGEST_WAIT),
    ],
)
def test_a_budget_is_read_in_the_forms_that_networks_write_it(headers: dict[str, str], rest: timedelta | None) -> None:
    assert rest_after(Reply(200, headers), NOW) == rest
