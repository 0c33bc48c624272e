"""Small posts, accounts and networks for tests of the pure rooms."""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any

from scheduler.model.delivery import Delivery, Fact, Facts, Source, State
from scheduler.model.house import HashtagSet
from scheduler.model.limits import Limits
from scheduler.model.network import Abilities, Account, Network, Recovery
from scheduler.model.post import At, MediaRef, Part, Post, PostFile, Variant, When
from scheduler.model.settings import Config, Organisation, Policy
from scheduler.planning.context import Context
from scheduler.planning.identity import words_of

NOON = At(datetime(2027, 4, 14, 12, 0))
NOW = datetime(2027, 4, 1, 12, 0, tzinfo=UTC)


def network(name: str, **facts: Any) -> Network:
    limits = facts.pop("limits", Limits(text=500))
    abilities = facts.pop("abilities", Abilities(recovery=Recovery.NONE))
    return Network(name=name, title=name.capitalize(), limits=limits, abilities=abilities, **facts)


def variant(text: str, target: str | None = None, media: tuple[MediaRef, ...] | None = None, **settings: str) -> Variant:
    lines = tuple(range(10, 10 + text.count("\n") + 1))
    return Variant(target, text, lines, media, {key.replace("_", "-"): value for key, value in settings.items()})


def post(text: str = "Hello", *, when: When | None = NOON, variants: tuple[Variant, ...] = (), **fields: Any) -> Post:
    part = Part(None, when, variants or (variant(text),))
    defaults: dict[str, Any] = {"id": "hello", "path": "posts/hello.md", "sha256": "0" * 64, "parts": (part,)}
    return Post(**{**defaults, **fields})


def file_of(made: Post, **fields: Any) -> PostFile:
    return PostFile(made.id, made.path, made.sha256, datetime(2027, 1, 1, tzinfo=UTC), made, **fields)


def context(
    *,
    zone: str = "Europe/Berlin",
    networks: tuple[Network, ...] = (),
    sets: dict[str, HashtagSet] | None = None,
    facts: Facts | None = None,
    **more: Any,
) -> Context:
    """Returns a project of an account on each network; ``accounts``, ``slots``, ``policy``, ``languages`` and ``partners`` may come."""
    known = {item.name: item for item in networks or (network("alpha"), network("beta"))}
    accounts = more.get("accounts") or {name: Account(name=name, network=name, handle=f"@{name}") for name in known}
    organisation = Organisation(
        name="Harbor Workers", timezone=zone, link_in_bio="Link in bio", languages=more.get("languages", ("en", "es"))
    )
    config = Config(
        folder="/project",
        organisation=organisation,
        accounts=accounts,
        slots=more.get("slots", {}),
        policy=more.get("policy", Policy()),
    )
    return Context(config, known, sets or {}, facts or Facts(), more.get("partners", {}))


def daily(*times: str) -> dict[int, tuple[time, ...]]:
    """Returns slots at the same times on each day."""
    return {day: tuple(time.fromisoformat(clock) for clock in times) for day in range(7)}


def fact_of(delivery: Delivery, state: State, **more: Any) -> Fact:
    """Returns what the ledger would know of a delivery."""
    told: dict[str, Any] = {
        "delivery": delivery.id,
        "post": delivery.post.id,
        "part": delivery.label,
        "account": delivery.account.name,
        "network": delivery.account.network,
        "occurrence": delivery.occurrence,
        "campaign": delivery.post.campaign,
        "state": state,
        "due": delivery.due.utc,
        "zone": delivery.due.zone,
    }
    return Fact(**{**told, **more})


def facts_of(deliveries: Iterable[Delivery], state: State = State.QUEUED, **more: Any) -> Facts:
    """Returns a ledger that has taken over these deliveries."""
    return Facts({delivery.id: fact_of(delivery, state, **more) for delivery in deliveries})


def source_of(made: Post, **more: Any) -> Source:
    """Returns what the ledger remembers of a post's file."""
    told = {"identity": made.id, "post": made.id, "key": made.key, "sha256": made.sha256, "text": words_of(made)}
    return Source(**{**told, **more})


def local(delivery: Delivery) -> str:
    """Returns the wall-clock time of a delivery."""
    return f"{delivery.due.local:%Y-%m-%d %H:%M}"
