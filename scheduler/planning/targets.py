"""Which accounts a post goes to, and which of its texts each one gets."""

from collections.abc import Iterator, Mapping

from scheduler.model.network import Account
from scheduler.model.post import Part, Post, Variant


def targets(post: Post, part: Part, accounts: Mapping[str, Account]) -> Iterator[tuple[Account, Variant]]:
    """Yields each account the part goes to with the text for it: the account's own, else its network's, else everyone's."""
    for account in accounts.values():
        if not post.where or account.name in post.where or account.network in post.where:
            yield account, _variant(part, account)


def _variant(part: Part, account: Account) -> Variant:
    by_target = {variant.target: variant for variant in part.variants}
    return by_target.get(account.name) or by_target.get(account.network) or part.default


def setting(post: Post, part: Part, variant: Variant, name: str) -> str | None:
    """Returns what a section, else a part, else the file says for a key that sections may override."""
    for place in (variant.settings, part.settings):
        if name in place:
            return place[name]
    value = {"graphic": post.graphic, "content-warning": post.content_warning, "lang": post.language, "status": post.status.value}[name]
    return value or None
