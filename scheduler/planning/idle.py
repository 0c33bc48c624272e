"""Sections that nobody would ever read, because no account of the post takes them; an author is told so."""

from collections.abc import Iterator

from scheduler.model.finding import Finding, Severity
from scheduler.model.network import Account
from scheduler.model.post import Part, Post, Variant
from scheduler.planning.context import Context
from scheduler.planning.targets import VARIATION, goes_to


def idle(post: Post, part: Part, context: Context) -> Iterator[Finding]:
    """Yields a warning for each section of the part that none of the post's accounts brings."""
    if len(part.variants) == 1:
        return
    accounts = [account for account in context.config.accounts.values() if goes_to(post, account, context)]
    for variant in part.variants:
        said = _goes_nowhere(post, variant, accounts, context)
        if said is not None:
            reason, fix = said
            yield Finding(
                rule="no-stories" if _is_story(variant) else "idle-section",
                severity=Severity.WARNING,
                message=f"the section “{variant.target}” goes nowhere: {reason}",
                path=variant.source or post.path,
                span=variant.span,
                fix=f"delete the section, or {fix}",
                part=part.name,
            )


_Said = tuple[str, str]


def _is_story(variant: Variant) -> bool:
    return (variant.target or "").rpartition(" ")[2] == "story"


def _goes_nowhere(post: Post, variant: Variant, accounts: list[Account], context: Context) -> _Said | None:
    target = variant.target or ""
    head, _, tail = target.partition(" ")
    if _is_story(variant):
        return _story(target.removesuffix("story").strip(), accounts, context)
    if head == "lang":
        return None
    if head == "partner" and tail:
        return _partner(tail, accounts, context)
    if target == VARIATION and post.repeat is None and not post.pool:
        return "this post goes out once, and a variation takes its turn when a post comes again", "add  repeat:  on top"
    own = target not in {"", "first comment", "reply", VARIATION}
    if own and not any(target in {account.name, account.network} for account in accounts):
        return f"this post does not go to {target}", f"add {target} to  where:"
    return None


def _story(name: str, accounts: list[Account], context: Context) -> _Said | None:
    able = (account for account in accounts if context.network(account).abilities.stories)
    if any(name in {"", account.name, account.network} for account in able):
        return None
    return "none of the accounts of this post has stories", "add an account that has stories to  where:"


def _partner(name: str, accounts: list[Account], context: Context) -> _Said | None:
    if not context.partners:
        return f"nothing is known of {name}", f"describe {name} in posts/_partners.toml"
    partner = context.partners.get(name)
    if partner is None or (partner.kit and not partner.accounts):
        return None  # whether there is such a partner is the file's own question, and a kit is handed over, not sent
    if any(account.name in partner.accounts for account in accounts):
        return None
    return f"this post goes to no account of {name}", f"add {name} to  partners:  and the accounts in posts/_partners.toml"
