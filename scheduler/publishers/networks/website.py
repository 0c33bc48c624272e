"""The organisation's own website: a static folder with pages, an Atom feed and a JSON Feed; real, and nobody else's."""

from pathlib import Path
from urllib.parse import urlsplit

from scheduler.model.animations import Animations
from scheduler.model.errors import ConfigurationError
from scheduler.model.limits import Limits
from scheduler.model.network import Abilities, Network, Recovery, Setting
from scheduler.publishers.browsers import films
from scheduler.publishers.contract import Adapter, Connection, Publisher

_OUR_FOLDERS = {"posts", "assets", ".scheduler", ".git"}

# The limits are our own: what browsers show without help, and as many pictures as a page loads in good time.
_FACTS = Network(
    name="website",
    title="The website",
    limits=Limits(
        text=None,
        pictures=100,
        formats=("image/jpeg", "image/png", "image/webp", "image/gif"),
        animations=Animations(formats=("image/gif", "image/webp", "image/png")),
        video=films(),
    ),
    abilities=Abilities(recovery=Recovery.CLIENT_ID, content_warning=True, language=True, link_card=True, threads=True),
    settings=(
        Setting("folder", "The folder that the site is written to.", default="public"),
        Setting("title", "The title of the site; the organisation's name unless given."),
        Setting("url", "The address that the folder is served at, such as https://www.example.org/news/."),
    ),
    graphic_format="link",
    local=True,
    gaps={
        "focus": "Our pages show whole pictures, so that none is needed.",
        "polls": "A page without a server cannot count votes.",
    },
)


class SiteSettingsError(ConfigurationError):
    """Is a website account whose settings cannot be used."""


def connect(connection: Connection) -> Publisher:
    """Returns the publisher of the account's folder.

    Raises:
        SiteSettingsError: The folder belongs to the project itself, or ``url`` is no web address.
    """
    from scheduler.publishers.site.pages import Site  # noqa: PLC0415 - templates and dates are loaded only where a site is written
    from scheduler.publishers.site.publisher import SitePublisher  # noqa: PLC0415 - as above

    account, organisation = connection.account, connection.organisation
    shown_as = account.settings.get("folder") or "public"
    site = Site(
        title=account.settings.get("title") or organisation.name or account.handle or account.name,
        url=_address(account.name, account.settings.get("url") or ""),
        language=organisation.languages[0],
        zone=organisation.timezone,
    )
    return SitePublisher(_FACTS, _folder(connection.folder, shown_as), Path(shown_as).as_posix(), site)


def _folder(project: Path, setting: str) -> Path:
    folder = (project / setting).resolve()
    home = project.resolve()
    first = folder.relative_to(home).parts[:1] if folder.is_relative_to(home) else ()
    if home.is_relative_to(folder) or set(first) & _OUR_FOLDERS:
        message = f"The website's folder “{setting}” holds the project's own files."
        raise SiteSettingsError(message, 'Give the site a folder of its own, such as folder = "public".')
    return folder


def _address(account: str, url: str) -> str:
    """Returns the address with a slash at its end, or nothing where none is set."""
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or not url.isprintable():
        raise SiteSettingsError(
            f"The account {account} has the url “{url}”, which is no web address.", 'Write it as "https://www.example.org/news/".'
        )
    return url.rstrip("/") + "/"


NETWORK = Adapter(_FACTS, connect)
