"""What accounts may be called: nothing that hides whose a secret is, and no secret stands among their settings."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scheduler.config.mistakes import Places, finding
from scheduler.config.positions import place_of
from scheduler.config.redacting import without_tokens
from scheduler.config.secrets import MEDIA, variables
from scheduler.model.finding import Finding


@dataclass(frozen=True, slots=True)
class NameFault:
    """Is why an account cannot have its name, and one that it can have instead."""

    told: str
    instead: str


def name_fault(name: str) -> NameFault | None:
    """Returns what is wrong with the name of an account; None where it may be called so."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
        told = f"an account’s name is made of small letters, digits and dashes; “{name}” is not"
        instead = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-") if without_tokens(name) == name else ""
        return NameFault(without_tokens(told), instead or "name")
    if set(variables(name)) & set(variables(MEDIA)):
        told = f"no account can be called “{name}”: under that name the keys of [media] are looked for ({variables(MEDIA)[0]})"
        return NameFault(told, f"our-{name}")
    return None


def shared_secrets(names: Iterable[str], found: Places) -> Iterator[Finding]:
    """Yields the second of each two accounts whose secrets one variable of the environment would give."""
    before: dict[str, str] = {}
    for name in names:
        twin, variable = next(((before[each], each) for each in variables(name) if each in before), ("", ""))
        for each in variables(name):
            before.setdefault(each, name)
        if not twin:
            continue
        line = place_of(found, ("accounts", twin)).line
        message = f"“{twin}” and “{name}” would both get their secret from {variable}, so that one network would get the other’s"
        place = place_of(found, ("accounts", name))
        yield finding("account-name", message, place, label=f"“{twin}” is in line {line}", fix=f"[accounts.{name}-2]")


def secret_inside(name: str, key: str, found: Places) -> Finding:
    """Returns the finding of a setting of an account that must be its secret."""
    message = f"“{key}” must be a secret, and a secret never stands in this file"
    place = place_of(found, ("accounts", name, key), key=True)
    return finding(
        "secret-in-config", message, place, fix=f"delete this line, make a new secret, and type it at  scheduler accounts add {name}"
    )
