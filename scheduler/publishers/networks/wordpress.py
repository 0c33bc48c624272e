"""WordPress: articles on the organisation's own site, made as drafts and then shown by one step that can be repeated."""

from scheduler.model.animations import Animations
from scheduler.model.limits import Limits
from scheduler.model.network import Abilities, Network, Recovery, Setting
from scheduler.publishers.browsers import films
from scheduler.publishers.contract import Adapter, Connection, Publisher

# WordPress has no limit of text; 25 MB is below what hosts usually let through, and each site has its own number.
_FACTS = Network(
    name="wordpress",
    title="WordPress",
    limits=Limits(
        text=None,
        pictures=50,
        picture_bytes=25_000_000,
        formats=("image/jpeg", "image/png", "image/gif", "image/webp"),
        # The article shows the file itself, as the browser does.
        animations=Animations(formats=("image/gif", "image/webp", "image/png")),
        # The same is true of films. How large one may be, no call of the site tells: what it does not take, it says then.
        video=films(),
    ),
    abilities=Abilities(marks=frozenset({"link"}), recovery=Recovery.TWO_PHASE),
    settings=(
        Setting("url", "The address of the site, such as https://www.example.org."),
        Setting("user", "The name of the user who publishes; the secret is an application password of theirs."),
        Setting("categories", "Names of the site's categories for every article, with commas between them.", default=""),
    ),
    graphic_format="link",
    credential="Application password of the user (Users, Profile, Application Passwords)",
    gaps={
        "focus": "WordPress itself has none; themes that cut pictures each have their own way.",
        "content_warning": "An article has no warning.",
        "language": "WordPress itself has no language of an article; plugins that add one each have their own field.",
        "threads": "An article has room for all of it: write one text.",
        "polls": "WordPress itself has no polls.",
    },
)


def connect(connection: Connection) -> Publisher:
    """Returns the publisher of the site.

    Raises:
        SiteSettingMissing: ``url`` or ``user`` is not in config.toml.
        UnsafeAddress: ``url`` is no address to send a password to.
        SecretMissing: There is no application password.
    """
    from scheduler.publishers.articles.publisher import ArticlePublisher  # noqa: PLC0415 - as above
    from scheduler.publishers.articles.rest import ERRORS, open_site  # noqa: PLC0415 - as above
    from scheduler.publishers.exchange import Exchange  # noqa: PLC0415 - HTTP is loaded only where something is sent

    site = open_site(
        connection.account, connection.secret, lambda address, secrets: Exchange(address, _FACTS.title, connection.clock, secrets, ERRORS)
    )
    categories = connection.account.settings.get("categories", "").split(",")
    return ArticlePublisher(_FACTS, site, tuple(name.strip() for name in categories if name.strip()))


NETWORK = Adapter(_FACTS, connect)
