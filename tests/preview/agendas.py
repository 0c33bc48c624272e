"""Builds agendas that no file describes: what the preview is handed, without the rooms below it."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw

from scheduler.model.delivery import Delivery, Moment, State
from scheduler.model.finding import Finding
from scheduler.model.graphic import Picture
from scheduler.model.limits import Limits
from scheduler.model.network import Abilities, Account, Mentions, Network, Recovery
from scheduler.model.outgoing import Facet, LinkCard, Media, Outgoing
from scheduler.model.plan import Agenda, Entry
from scheduler.model.post import Part, Post, Variant
from scheduler.model.settings import Config, Organisation
from scheduler.preview import export_page

ZONE = "America/Los_Angeles"
NOW = datetime(2026, 4, 20, 16, 30, tzinfo=UTC)
START = datetime(2026, 4, 23, 9, 0, tzinfo=ZoneInfo(ZONE))


def network(name: str, title: str, limit: int | None, unit: str = "characters", *, local: bool = False) -> Network:
    limits, abilities = Limits(text=limit, unit=unit), Abilities(recovery=Recovery.NONE)
    return Network(
        name=name, title=title, limits=limits, abilities=abilities, local=local, mentions=Mentions(handle=r"[\w.@-]+", example="@us")
    )


NETWORKS: Mapping[str, Network] = {
    facts.name: facts
    for facts in (
        network("instagram", "Instagram", 2200),
        network("facebook", "Facebook", 63206),
        network("mastodon", "Mastodon", 500),
        network("bluesky", "Bluesky", 300, "graphemes"),
        network("website", "Website", None, local=True),
    )
}
ACCOUNTS: Mapping[str, Account] = {
    account.name: account
    for account in (
        Account(name="instagram", network="instagram", handle="harborworkers"),
        Account(name="facebook", network="facebook"),
        Account(name="mastodon", network="mastodon", handle="harborworkers", settings={"server": "https://social.example.org"}),
        Account(name="bluesky", network="bluesky", handle="harborworkers.example.org"),
        Account(name="website", network="website", settings={"title": "Harbor Workers News", "url": "https://harborworkers.example.org"}),
    )
}


@dataclass(frozen=True)
class Line:
    """Is one line of an agenda in the fewest words; what is not said is ordinary."""

    text: str | None = "A plain post."
    account: Account = ACCOUNTS["bluesky"]
    post: str = "spring/march"
    title: str = "The march"
    part: str | None = None
    at: datetime = START
    zone: str = ZONE
    state: State = State.PLANNED
    reason: str = ""
    facets: tuple[Facet, ...] = ()
    media: tuple[Media, ...] = ()
    warning: str | None = None
    language: str | None = "en"
    link: LinkCard | None = None
    findings: tuple[Finding, ...] = ()
    not_before: datetime | None = None
    sent_at: datetime | None = None
    url: str = ""


def entry(line: Line) -> Entry:
    variant = Variant(None, line.text or "")
    part = Part(line.part, None, (variant,))
    post = Post(id=line.post, path=f"posts/{line.post}.md", sha256="0" * 64, parts=(part,), title=line.title)
    due = Moment(line.at.astimezone(ZoneInfo(line.zone)), line.zone, line.at.astimezone(UTC))
    delivery = Delivery(post=post, part=part, variant=variant, account=line.account, due=due)
    outgoing = Outgoing(
        delivery=delivery.id,
        account=line.account.name,
        network=line.account.network,
        text=line.text or "",
        part=line.part,
        facets=line.facets,
        media=line.media,
        content_warning=line.warning,
        language=line.language,
        link_card=line.link,
    )
    return Entry(
        delivery=delivery,
        state=line.state,
        not_before=line.not_before or due.utc,
        outgoing=None if line.text is None else outgoing,
        reason=line.reason,
        findings=line.findings,
        sent_at=line.sent_at,
        url=line.url,
    )


def agenda(
    *lines: Line, findings: Sequence[Finding] = (), unreadable: Mapping[str, str] | None = None, unsettled: Sequence[str] = ()
) -> Agenda:
    return Agenda(tuple(entry(line) for line in lines), tuple(findings), unreadable or {}, frozenset(unsettled))


def config(folder: Path, *languages: str) -> Config:
    return Config(
        folder=str(folder), organisation=Organisation(name="Harbor Workers’ Coalition", timezone=ZONE, languages=languages or ("en",))
    )


def picture(folder: Path, width: int, height: int, words: str = "") -> Picture:
    """Returns a picture drawn into the folder, of exactly that size."""
    image = Image.new("RGB", (width, height), "#7a1420")
    draw = ImageDraw.Draw(image)
    draw.ellipse((width * 0.55, -height * 0.2, width * 1.2, height * 0.5), fill="#ffd400")
    draw.rectangle((0, height * 0.82, width, height), fill="#1d070b")
    draw.text((width * 0.06, height * 0.3), words, fill="#ffffff", font_size=max(width // 11, 10))
    path = folder / f"picture-{width}x{height}-{len(words)}.png"
    image.save(path)
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return Picture(path=str(path), sha256=digest, width=width, height=height, bytes=len(content), mime="image/png")


def thumbnail(picture: Picture) -> tuple[str, bytes]:
    with Image.open(picture.path) as image:
        image.thumbnail((540, 1080))
        copy = io.BytesIO()
        image.convert("RGB").save(copy, "JPEG", quality=82)
    return "image/jpeg", copy.getvalue()


@dataclass(frozen=True)
class Desk:
    """Is a place to export to; ``thumbnail`` may be replaced by one that fails."""

    folder: Path
    languages: tuple[str, ...] = ()
    networks: Mapping[str, Network] = field(default_factory=lambda: NETWORKS)

    def export(self, agenda: Agenda, name: str = "out/preview.html") -> Path:
        target = self.folder / name
        export_page(agenda, config(self.folder, *self.languages), self.networks, NOW, target, thumbnail)
        return target if target.suffix else target / "index.html"


def later(hours: float) -> datetime:
    return START + timedelta(hours=hours)
