"""What is said about handles that were typed into a text, where they are somebody else on its network, or nobody."""

from collections.abc import Mapping
from dataclasses import dataclass

from scheduler.model.delivery import Delivery
from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.house import Person
from scheduler.model.network import Network

_FILE = "below [handles] in posts/_words.toml"


@dataclass(frozen=True, slots=True)
class Handle:
    """Is a handle as it was typed, with its ``@``, and where it stands; ``source`` is the language file, if it does in one."""

    delivery: Delivery
    network: Network
    typed: str
    span: Span
    source: str = ""


def foreign(at: Handle, owner: Network) -> Finding | None:
    """Returns what is said where a handle can be one of ``owner`` alone, and the text goes to another network."""
    if owner.name == at.network.name:
        return None
    read = read_as(at.typed, at.network)
    return _finding(
        at,
        "mention-elsewhere",
        Severity.WARNING if read else Severity.HINT,
        f"“{at.typed}” is an address on {owner.title}; {at.network.title} makes no mention of it",
        consequence=f"it may be read as “@{read}”, who is somebody else there"
        if read
        else "readers see these words, and can follow nothing",
        fix=f'"NAME" = {{ {owner.name} = "{at.typed}" }}  {_FILE}; their name stands where no handle is known',
    )


def misplaced(at: Handle, person: Person, owner: Network, here: str) -> Finding:
    """Returns what is said where a text for one network names somebody as they are called on ``owner``; ``here`` is what they are here."""
    return _finding(
        at,
        "mention-elsewhere",
        Severity.WARNING,
        f"“{at.typed}” is {person.title} on {owner.title}; on {at.network.title} that is somebody else, or nobody",
        consequence="a stranger could be mentioned",
        fix=f"{{mention.{person.name}}}, which is “{here}” there",
    )


def ambiguous(at: Handle, known: Mapping[str, Person], networks: Mapping[str, Network]) -> Finding:
    """Returns what is said where a handle is somebody else from network to network."""
    titles = [f"{person.title} on {networks[name].title if name in networks else name}" for name, person in known.items()]
    names = " or ".join(dict.fromkeys(f"{{mention.{person.name}}}" for person in known.values()))
    return _finding(
        at,
        "mention-ambiguous",
        Severity.WARNING,
        f"“{at.typed}” is {', '.join(titles[:-1])} and {titles[-1]}",
        consequence="each network mentions who has that name there",
        fix=names,
    )


def read_as(typed: str, network: Network) -> str:
    """Returns whom the network might take a typed handle for: the longest beginning of it that is a handle there; empty for nobody."""
    whole, mentions = typed.removeprefix("@"), network.mentions
    beginnings = (whole, whole.partition("@")[0], whole.partition("@")[0].partition(".")[0])
    return next((word for word in beginnings if mentions is not None and mentions.reads(word)), "")


def _finding(at: Handle, rule: str, severity: Severity, message: str, *, consequence: str, fix: str) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        message=message,
        path=at.source or at.delivery.post.path,
        span=at.span,
        consequence=consequence,
        fix=fix,
        part=at.delivery.part.name,
        network=at.network.name,
    )
