"""Which accounts a post goes to, and which of its texts each one gets."""

from collections.abc import Iterator
from dataclasses import dataclass

from scheduler.model.finding import Finding, Severity
from scheduler.model.network import Account
from scheduler.model.post import Part, Post, Variant
from scheduler.planning.context import Context

VARIATION = "variation"
_STORY = "story"
_IN_LANGUAGE = "lang "


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
            story = _story(post, part, account, context) if context.network(account).abilities.stories else None
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

    A section of the account's language file goes before the same section of the post's own. Variations take turns with the text they vary.
    """
    translated = translation_for(post, part, account, context)
    main = part.written_in("")
    files = (part.written_in(translated.source), main) if translated is not None and translated.source else (main,)
    personal = next((file[account.name] for file in files if account.name in file), None)
    owners = [f"partner {name}" for name, partner in context.partners.items() if account.name in partner.accounts]
    theirs = next((file[owner] for file in files for owner in owners if owner in file), None)
    if theirs is not None and personal is None:
        return theirs
    own = personal or main.get(account.network)
    if translated is not None and personal is None and (own is None or account.language):
        return _whose_turn(part, files[0].get(account.network, translated) if translated.source else translated, number)
    return _whose_turn(part, own or part.default, number)


def _whose_turn(part: Part, text: Variant, number: int) -> Variant:
    is_section = text.target is not None and text.target.startswith(_IN_LANGUAGE) and not text.source
    turns = [text] if is_section else [text, *(one for one in part.variants if one.target == VARIATION and one.source == text.source)]
    return turns[number % len(turns)]


def translation_for(post: Post, part: Part, account: Account, context: Context) -> Variant | None:
    """Returns the text in the account's language where the post's own text is in another; the very same tag goes before a like one."""
    wanted = account.language or context.config.organisation.languages[0]
    own, found = language_in(post, part, part.default, context), list(translations(part))
    exact = next((variant for language, variant in found if language.casefold() == wanted.casefold() != own.casefold()), None)
    if exact is not None or same_language(wanted, own):
        return exact
    return next((variant for language, variant in found if same_language(language, wanted)), None)


def translations(part: Part) -> Iterator[tuple[str, Variant]]:
    """Yields the part's texts in other languages with their tags, in the order of the file."""
    for variant in part.variants:
        if variant.target is not None and variant.target.startswith(_IN_LANGUAGE):
            yield variant.language or variant.target.removeprefix(_IN_LANGUAGE), variant


def same_language(one: str, other: str) -> bool:
    """Tells whether two tags name one language; a region counts only where both have one."""
    first, second = (tag.replace("_", "-").casefold().split("-") for tag in (one, other))
    return first == second or (first[0] == second[0] and 1 in {len(first), len(second)})


def language_in(post: Post, part: Part, variant: Variant, context: Context) -> str:
    """Returns the language tag of one of a part's texts."""
    return variant.language or setting(post, part, variant, "lang") or context.config.organisation.languages[0]


def _story(post: Post, part: Part, account: Account, context: Context) -> Variant | None:
    translated = translation_for(post, part, account, context)
    sources = dict.fromkeys((translated.source if translated is not None else "", ""))
    names = (f"{account.name} {_STORY}", f"{account.network} {_STORY}", _STORY)
    found = (part.written_in(source).get(name) for source in sources for name in names)
    return next((variant for variant in found if variant is not None), None)


def _says_nothing(post: Post, part: Part) -> bool:
    default = part.default
    return not default.text.strip() and not default.media and not setting(post, part, default, "graphic")


def idle_languages(post: Post, part: Part, context: Context) -> Iterator[Finding]:
    """Yields a warning for each text in a language that no account of the post reads."""
    texts = list(translations(part))
    chosen = [account for account in context.config.accounts.values() if goes_to(post, account, context)] if texts else []
    if any(account.thread for account in chosen):
        return
    read = [translation_for(post, part, account, context) for account in chosen]
    for language, variant in texts:
        if variant not in read and variant.lines:  # a text that comes with the program asks for no reader
            yield Finding(
                rule="language-unread",
                severity=Severity.WARNING,
                message=f"the text in “{language}” goes nowhere: no account of this post reads it",
                path=variant.source or post.path,
                span=variant.span,
                fix=f'language = "{language}"  in config.toml, below the account that it is for',
                part=part.name,
            )


def own(part: Part, variant: Variant, name: str) -> str | None:
    """Returns what a section, else its part, says for a key: no words where it switches one off, None where neither says anything."""
    return next((place[name] for place in (variant.settings, part.settings) if name in place), None)


def link_of(post: Post, part: Part, variant: Variant) -> str:
    """Returns the address that a text leads to: that of its section, language or part, of the post, or of the event."""
    said = own(part, variant, "link")
    if said is not None:
        return said
    return post.link or (post.event.url if post.event and "link" not in post.without else "")


def setting(post: Post, part: Part, variant: Variant, name: str) -> str | None:
    """Returns what a section, else a part, else the file says for a key that sections may override."""
    said = own(part, variant, name)
    if said is not None:
        return said or None
    value = {"graphic": post.graphic, "content-warning": post.content_warning, "lang": post.language, "status": post.status.value}[name]
    return value or None
