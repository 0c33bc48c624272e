"""What is said of sections that none of the post's accounts would ever bring."""

from typing import Any

import pytest

from scheduler.model.house import Partner
from scheduler.model.network import Account
from scheduler.model.post import Repeat
from scheduler.planning.idle import idle
from tests.planning.making import NOON, context, post, variant

ALPHA = Account(name="alpha", network="alpha")
WEEKLY = Repeat(every=1, unit="week", weekdays=(), at=NOON.local.time())


def said(target: str, *accounts: Account, **fields: Any) -> list[tuple[str, str | None]]:
    made = post(variants=(variant("Hello"), variant("Other", target)), **fields)
    around = context(accounts={account.name: account for account in accounts or (ALPHA,)}, partners={"nurses": Partner(name="nurses")})
    return [(finding.rule, finding.fix) for finding in idle(made, made.parts[0], around)]


@pytest.mark.parametrize(
    ("target", "remedy"),
    [
        ("beta", "add beta to  where:"),
        ("variation", "add  repeat:  on top"),
        ("partner nurses", "add nurses to  partners:  and the accounts in posts/_partners.toml"),
    ],
)
def test_a_section_that_no_account_takes_is_named_with_what_to_do(target: str, remedy: str) -> None:
    assert said(target) == [("idle-section", f"delete the section, or {remedy}")]


@pytest.mark.parametrize("target", ["alpha", "reply", "first comment", "partner of-whom-the-file-speaks-itself"])
def test_a_section_that_somebody_brings_is_left_alone(target: str) -> None:
    assert said(target) == []


def test_a_variation_takes_its_turn_where_a_post_comes_again() -> None:
    assert said("variation", when=None, repeat=WEEKLY) == []
    assert said("variation", pool="rights") == []
