"""The names that a post file may use: accounts, networks, settings, sections and placeholders."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from scheduler.model.finding import Finding, Severity
from scheduler.model.network import Mentions, Network
from scheduler.postfiles.lines.slips import Slip, shown

INHERITED = (
    "where",
    "status",
    "link",
    "hashtags",
    "campaign",
    "expires",
    "lang",
    "content-warning",
    "graphic",
    "first-comment",
    "photo-consent",
    "partners",
    "collab",
    "approve-by",
    "hold-until",
    "review-by",
    "timezone",
    "owner",
    "allow",
    "allow-because",
    "location",
)
"""Are the settings that ``_campaign.md`` and ``_defaults.md`` give to the posts of their folder."""

SWITCHED_OFF = (
    "link",
    "hashtags",
    "content-warning",
    "graphic",
    "first-comment",
    "partners",
    "collab",
    "location",
    "expires",
    "review-by",
)
"""Are those of them that ``none`` takes away from a post."""

EVENT_KEYS = ("starts", "ends", "doors", "place", "address", "online", "access", "url", "cancelled", "postponed-to")
"""Are the settings that describe an event."""

SETTINGS = (
    *INHERITED,
    "title",
    "when",
    "repeat",
    "repeat-from",
    "repeat-until",
    "pool",
    "poll",
    "poll-question",
    "poll-for",
    "poll-multiple",
    "id",
    "kind",
    "series",
    *EVENT_KEYS,
)
"""Are all settings that stand between the dashes."""

OBSIDIAN = ("aliases", "tags", "cssclasses")
"""Are the keys that Obsidian writes by itself; they are accepted and mean nothing here."""

IN_STORIES = ("when", "expires", "status", "graphic", "content-warning", "lang")
"""Are the settings that a story may change for itself: it has no words, so no link, no hashtags and no comment."""

IN_SECTIONS = (*IN_STORIES, "link", "hashtags", "first-comment")
"""Are the settings that a ``##`` part, or any other ``###`` section with a text of its own, may change for itself."""

IN_TRANSLATED_PARTS = tuple(key for key in IN_SECTIONS if key != "expires")
"""Are those of a part in a language file: all languages of a part expire together."""

BELOW = {"reply": ("lang",), "first comment": ("lang",)}
"""Are the settings of what stands below a post and goes out with it."""

PLACEHOLDERS = (
    "link",
    "event.title",
    "event.date",
    "event.weekday",
    "event.time",
    "event.ends",
    "event.doors",
    "event.place",
    "event.address",
    "event.access",
    "event.url",
    "org.name",
    "org.mention",
    "org.website",
    "partners.mentions",
    "days.left",
    "count",
)
"""Are the names that may stand in braces."""

MENTION = "mention."
"""Stands in braces before the name of whoever is mentioned."""

SECTIONS = ("first comment", "reply", "variation", "story")
"""Are the sections that belong to no network of their own."""


@dataclass(frozen=True)
class Names:
    """Is what the project folder knows by name: each account with its network, the networks, and the languages it writes in.

    ``mentions`` tells of networks how people are mentioned there.
    """

    accounts: Mapping[str, str]
    networks: Collection[str]
    languages: tuple[str, ...] = ("en",)
    mentions: Mapping[str, Mentions] = field(default_factory=dict)

    @classmethod
    def of(cls, accounts: Mapping[str, str], networks: Collection[str] | Mapping[str, Network], languages: tuple[str, ...]) -> "Names":
        """Returns the names; networks may come with their facts, so that handles can be judged too."""
        facts = networks if isinstance(networks, Mapping) else {}
        mentions = {name: one.mentions for name, one in facts.items() if one.mentions is not None}
        return cls(dict(accounts), tuple(networks), languages, mentions)

    def no_handle(self, network: str, typed: str) -> Slip | None:
        """Returns what is wrong with a handle that cannot be one on its network; None where it can, or where that is not known."""
        mentions = self.mentions.get(network)
        if mentions is None or not typed.strip() or mentions.is_handle(typed.strip().removeprefix("@")):
            return None
        return Slip(
            rule="bad-handle",
            severity=Severity.WARNING,
            message=f"“{shown(typed)}” cannot be anybody’s handle on {network}",
            label=f"such as {mentions.example}",
            consequence="nobody is mentioned by it, or somebody else",
            fix=f'{network} = "{mentions.example}"',
        )

    @cached_property
    def targets(self) -> Mapping[str, str]:
        """Returns the right spelling of every account and network by its case-folded form; an account wins over a network."""
        return {name.casefold(): name for name in (*self.networks, *self.accounts)}

    def target(self, word: str) -> str | None:
        """Returns the account or network of that name, whatever its capitals."""
        return self.targets.get(word.casefold())

    def scope(self, finding: Finding, target: str | None) -> Finding:
        """Returns a finding about a section so that it holds the section's account or network alone."""
        if target in self.accounts:
            return replace(finding, account=target)
        return replace(finding, network=target) if target in self.networks else finding
