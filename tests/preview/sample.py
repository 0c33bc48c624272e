"""A whole spring of an invented coalition: every state, every look and every kind of finding, for eyes and for axe."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scheduler.model.delivery import State
from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.outgoing import Facet, LinkCard, Media
from scheduler.model.plan import Agenda
from tests.preview.agendas import ACCOUNTS, Line, agenda, later, picture

MARCH = """🚨 May Day is our day 🚨

This May 1st, we take the streets with workers, immigrants and the whole harbor – because when we move together, nobody stands alone.

📍 Pier 4, Harbor Street
🎉 Rally: 2:30 pm | March: 4:00 pm | Ends at City Hall with music and food

Sign up: https://harborworkers.example.org/may-day

#MayDay #HarborWorkers"""
SPANISH = (
    "¿Conoces tus derechos en el trabajo?\n\nVen a la formación gratuita este sábado. "
    "Habrá interpretación en lengua de signos y cuidado infantil."
)
ALT = "Poster: May Day march. Friday 1 May, 2:30 pm, Pier 4. A raised fist in yellow on dark red."


def facets_of(text: str) -> tuple[Facet, ...]:
    words = [word for word in text.split() if word.startswith(("https://", "#", "@"))]
    kinds = {"h": "link", "#": "tag", "@": "mention"}
    return tuple(Facet(kinds[word[0]], text.index(word), text.index(word) + len(word), word) for word in words)


def finding(severity: Severity, message: str, **more: str | Span | None) -> Finding:
    rest = {"path": "posts/spring/march.md", "span": Span(12, 8, 24), **more}
    return Finding(rule="sample", severity=severity, message=message, **rest)  # type: ignore[arg-type] # the keywords are those of Finding


def march(folder: Path) -> Iterator[Line]:
    tall, wide = Media(picture(folder, 1080, 1350, "May Day\nmarch"), ALT), Media(picture(folder, 1200, 630, "May Day march"), ALT)
    strip = (
        tall,
        Media(picture(folder, 1080, 1080, "Pier 4\n2:30 pm"), ""),
        Media(picture(folder, 1080, 720, "Bring water"), "Bring water and a hat."),
    )
    pictures = {"instagram": strip, "facebook": (wide,), "mastodon": (wide,), "bluesky": (wide,), "website": (wide,)}
    hashtags = finding(
        Severity.HINT, "This post has no hashtag of the set “labor”.", fix="hashtags: labor", consequence="Fewer people may find it."
    )
    link = finding(
        Severity.WARNING,
        "Instagram does not make addresses clickable.",
        consequence="People would have to type it.",
        fix="link in bio",
        network="instagram",
    )
    for name, account in ACCOUNTS.items():
        line = Line(MARCH, account, facets=facets_of(MARCH), media=pictures[name], title="May Day: announcement", part="announce")
        yield replace(line, findings=(hashtags, link) if name == "instagram" else (hashtags,))


def rest(folder: Path) -> Iterator[Line]:
    held = finding(
        Severity.ERROR,
        "1 May 2026 is a Friday, not a Thursday.",
        label="the weekday",
        consequence="People would come on the wrong day.",
        fix="Friday, May 1",
    )
    card = LinkCard(
        "https://harborworkers.example.org/report", "Working through the heat", "What 1,200 dock workers told us about last summer."
    )
    text = "Our report is out. Read what 1,200 dock workers told us."
    url = "https://social.example.org/@harborworkers/114381923"
    sent = datetime(2026, 4, 20, 16, 0, 4, tzinfo=UTC)
    base = Line(text, post="report", title="Report release", at=later(-72.5))
    yield replace(base, account=ACCOUNTS["mastodon"], state=State.SENT, sent_at=sent, url=url, link=card)
    yield replace(
        base,
        account=ACCOUNTS["facebook"],
        state=State.UNCERTAIN,
        reason="Facebook did not answer. Please look at the page before anything else is done.",
    )
    yield replace(base, account=ACCOUNTS["bluesky"], state=State.REFUSED, reason="Bluesky refused it: the picture is too large.", link=card)
    yield replace(base, account=ACCOUNTS["website"], state=State.MISSED, reason="It was due while the computer was off.")
    training = Line(SPANISH, post="rights", title="Know your rights", at=later(26), language="es", warning="police, arrest")
    yield replace(
        training, account=ACCOUNTS["mastodon"], media=(Media(picture(folder, 1080, 1080, "Tus derechos"), "Cartel de la formación."),)
    )
    yield replace(training, account=ACCOUNTS["bluesky"], warning=None, not_before=later(26) + timedelta(minutes=2))
    yield Line(
        "Join us this Thursday, May 1!",
        post="spring/wrong-day",
        title="Reminder",
        at=later(100),
        state=State.HELD,
        reason="The weekday does not fit the date.",
        findings=(held,),
    )
    yield Line(
        None,
        post="gala",
        title="Save the date: gala",
        at=later(120),
        account=ACCOUNTS["instagram"],
        state=State.HELD,
        reason="Instagram needs a picture.",
    )
    yield Line("Over. " * 60, post="long", title="Much too long", at=later(121), state=State.SKIPPED, reason="The campaign is paused.")
    yield Line(
        "Never mind.",
        post="off",
        title="Called off",
        at=later(122),
        zone="Europe/Berlin",
        account=ACCOUNTS["website"],
        state=State.CANCELLED,
    )


def everything(folder: Path) -> Agenda:
    key = finding(
        Severity.ERROR,
        "“wehn” is not a key of a post.",
        path="posts/hiring.md",
        span=Span(2, 1, 5),
        label="not known",
        consequence="This post is not sent.",
        fix="when:",
    )
    tags = finding(Severity.WARNING, "The hashtag “#labour” is listed twice.", path="posts/hashtags.toml", span=Span(4, 9, 16))
    return agenda(
        *march(folder),
        *rest(folder),
        findings=(key, tags),
        unreadable={"hiring": "The head of the file could not be read."},
        unsettled=("spring/new-idea",),
    )
