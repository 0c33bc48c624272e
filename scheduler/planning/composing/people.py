"""Whom texts mention: partners, those of ``[handles]``, and the organisation itself, each by its name on every network."""

import difflib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from scheduler.model.house import Partner, Person
from scheduler.model.network import Network
from scheduler.model.outgoing import Facet
from scheduler.model.settings import Config

_APOSTROPHES = str.maketrans("’‘ʼ", "'''")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Is what stands in a text for somebody; ``mentions`` are those that cannot be seen in it, counted from its start."""

    text: str
    mentions: tuple[Facet, ...] = ()


@dataclass(frozen=True, slots=True)
class People:
    """Is everybody who is known, by name, and the other way round: ``called`` maps a handle to whom it is by network."""

    named: Mapping[str, Person] = field(default_factory=dict)
    called: Mapping[str, Mapping[str, Person]] = field(default_factory=dict)

    def find(self, name: str) -> Person | None:
        """Returns who has a name, whatever its capitals and the form of its apostrophes."""
        return self.named.get(_key(name))

    def nearest(self, name: str) -> str:
        """Returns the name that was probably meant; empty where there is none like it."""
        found = difflib.get_close_matches(_key(name), self.named, n=1, cutoff=0.7)
        return self.named[found[0]].name if found else ""

    def with_handle(self, typed: str) -> Mapping[str, Person]:
        """Returns by network who has that handle there; ``typed`` is without its ``@``."""
        return self.called.get(typed.casefold(), {})


def known_people(config: Config, partners: Mapping[str, Partner], handles: Mapping[str, Person]) -> People:
    """Returns everybody; what the partners' file says of somebody goes before what ``[handles]`` says."""
    people = {name: Person(name=name, title=partner.title or name, handles=partner.handles) for name, partner in partners.items()}
    for name, person in handles.items():
        known = next((one for one in people.values() if _key(name) in {_key(one.name), _key(one.title)}), person)
        people[known.name] = Person(name=known.name, title=known.title or known.name, handles={**person.handles, **known.handles})
    named = {_key(word): person for person in people.values() for word in (person.title, person.name)}
    called: dict[str, dict[str, Person]] = {}
    for network, handle, person in (*_ours(config, partners), *_handles(people.values())):
        called.setdefault(bare(handle).casefold(), {})[network] = person
    return People(named, called)


def _ours(config: Config, partners: Mapping[str, Partner]) -> Iterator[tuple[str, str, Person]]:
    """Yields the handles of our own accounts; those that a partner has lent us are the partner's."""
    lent = {account for partner in partners.values() for account in partner.accounts}
    accounts = [account for account in config.accounts.values() if account.handle and account.name not in lent]
    first = {account.network: account.handle for account in reversed(accounts)}
    ours = Person(name=config.organisation.name, title=config.organisation.name, handles=first)
    yield from ((account.network, account.handle, ours) for account in accounts)


def _handles(people: Iterable[Person]) -> Iterator[tuple[str, str, Person]]:
    yield from ((network, handle, person) for person in people for network, handle in person.handles.items())


def bare(handle: str) -> str:
    """Returns a handle without its ``@``."""
    return handle.strip().removeprefix("@")


def mention(title: str, handle: str, network: Network) -> Phrase:
    """Returns what stands for somebody on a network: the handle there, or the name where none is known."""
    if not handle or network.mentions is None:
        return Phrase(handle or title)
    word = bare(handle)
    if not network.mentions.is_handle(word):
        return Phrase(handle)
    if network.mentions.by_name:
        return Phrase(title, (Facet("mention", 0, len(title), word),))
    return Phrase(f"@{word}")


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFC", name).translate(_APOSTROPHES).removeprefix("@")
    return " ".join(plain.casefold().split())
