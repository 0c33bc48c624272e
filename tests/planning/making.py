"""Small posts, accounts and networks for tests of the pure rooms."""

from datetime import UTC, datetime
from typing import Any

from scheduler.model.delivery import Facts
from scheduler.model.network import Abilities, Account, Limits, Network, Recovery
from scheduler.model.post import At, HashtagSet, MediaRef, Part, Post, PostFile, Variant, When
from scheduler.model.settings import Config, Organisation
from scheduler.planning.context import Context

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
) -> Context:
    known = {item.name: item for item in networks or (network("alpha"), network("beta"))}
    accounts = {name: Account(name=name, network=name, handle=f"@{name}") for name in known}
    organisation = Organisation(name="Harbor Workers", timezone=zone, link_in_bio="Link in bio")
    return Context(Config(folder="/project", organisation=organisation, accounts=accounts), known, sets or {}, facts or Facts())
