"""Which accounts a post goes to, and which of its texts each one gets."""

from collections.abc import Iterator
from dataclasses import dataclass

from scheduler.model.network import Account
from scheduler.model.post import Part, Post, Variant
from scheduler.planning.context import Context

VARIATION = "variation"
_STORY = "story"


@dataclass(frozen=True, slots=True)
class Target:
    """Is an account with the text it gets; ``story`` says that it goes out as the account's story."""

    account: Account
    variant: Variant
    story: bool = False


def targets(post: Post, part: Part, context: Context, number: int = 0) -> Iterator[Target]:
    """Yields each account that the part goes to with the text for it; ``number`` tells whose turn it is among variations."""
    for account in context.config.accounts.values():
        if goes_to(post, account, context):
            story = _story(part, account) if context.network(account).abilities.stories else None
            if story is None or not _says_nothing(post, part):
                yield Target(account, text_for(post, part, account, context, number))
            if story is not None:
                yield Target(account, story, story=True)


def goes_to(post: Post, account: Account, context: Context) -> bool:
    """Tells whether the post is for the account; the account of a partner takes part only where the post names one of the two."""
    if account.name in post.where:
        return True
    owners = {name for name, partner in context.partners.items() if account.name in partner.accounts}
    if owners and not owners & set(post.partners):
        return False
    return not post.where or account.network in post.where


def text_for(post: Post, part: Part, account: Account, context: Context, number: int = 0) -> Variant:
    """Returns the account's own text, else its owner's, else that in its language, else its network's, else everyone's.

    Variations take turns with the text they vary.
    """
    by_target = {variant.target: variant for variant in part.variants}
    owners = (f"partner {name}" for name, partner in context.partners.items() if account.name in partner.accounts)
    theirs = next((by_target[owner] for owner in owners if owner in by_target), None)
    personal = by_target.get(account.name)
    if theirs is not None and personal is None:
        return theirs
    own = personal or by_target.get(account.network)
    translated = _translated(post, part, account, context) if personal is None else None
    if translated is not None and (own is None or account.language):
        return translated
    turns = [own or part.default, *(variant for variant in part.variants if variant.target == VARIATION)]
    return turns[number % len(turns)]


def _translated(post: Post, part: Part, account: Account, context: Context) -> Variant | None:
    wanted = account.language or context.config.organisation.languages[0]
    if same_language(wanted, language_in(post, part, part.default, context)):
        return None
    return next((variant for language, variant in translations(part) if same_language(language, wanted)), None)


def translations(part: Part) -> Iterator[tuple[str, Variant]]:
    """Yields the part's texts in other languages with their tags, in the order of the file."""
    for variant in part.variants:
        if variant.target is not None and variant.target.startswith("lang "):
            yield variant.target.removeprefix("lang "), variant


def same_language(one: str, other: str) -> bool:
    """Tells whether two tags name one language; a region counts only where both have one."""
    first, second = (tag.replace("_", "-").casefold().split("-") for tag in (one, other))
    return first == second or (first[0] == second[0] and 1 in {len(first), len(second)})


def language_in(post: Post, part: Part, variant: Variant, context: Context) -> str:
    """Returns the language tag of one of a part's texts."""
    return variant.language or setting(post, part, variant, "lang") or context.config.organisation.languages[0]


def _story(part: Part, account: Account) -> Variant | None:
    by_target = {variant.target: variant for variant in part.variants}
    names = (f"{account.name} {_STORY}", f"{account.network} {_STORY}", _STORY)
    return next((by_target[name] for name in names if name in by_target), None)


def _says_nothing(post: Post, part: Part) -> bool:
    default = part.default
    return not default.text.strip() and not default.media and not setting(post, part, default, "graphic")


def setting(post: Post, part: Part, variant: Variant, name: str) -> str | None:
    """Returns what a section, else a part, else the file says for a key that sections may override."""
    for place in (variant.settings, part.settings):
        if name in place:
            return place[name]
    value = {"graphic": post.graphic, "content-warning": post.content_warning, "lang": post.language, "status": post.status.value}[name]
    return value or None
