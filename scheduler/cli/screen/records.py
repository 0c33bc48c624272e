"""The records of the JSON documents that other programs read; the shapes are a contract, adding to them is fine."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any

import click

from scheduler.ledger.history import Event
from scheduler.model.delivery import Fact
from scheduler.model.finding import Finding, Severity
from scheduler.model.graphic import Picture
from scheduler.model.limits import Limits
from scheduler.model.outcome import Placed
from scheduler.model.outgoing import LinkCard, Media, Outgoing
from scheduler.model.plan import Agenda, Entry
from scheduler.planning.changes import Change


def print_json(schema: str, content: Mapping[str, Any]) -> None:
    """Prints one JSON document with its schema's name first."""
    click.echo(json.dumps({"schema": f"scheduler.{schema}", **content}, ensure_ascii=False, indent=2))


def utc_text(instant: datetime) -> str:
    """Returns an instant as RFC 3339 in UTC, ending in ``Z``."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def entry_record(entry: Entry) -> dict[str, Any]:
    """Returns a line of the agenda."""
    delivery = entry.delivery
    return {
        "delivery": delivery.id,
        "post": delivery.post.id,
        "part": delivery.label,
        "account": delivery.account.name,
        "network": delivery.account.network,
        "due": delivery.due.local.isoformat(timespec="seconds"),
        "due_utc": utc_text(delivery.due.utc),
        "state": entry.state.value,
        "reason": entry.reason or None,
        "occurrence": delivery.occurrence or None,
        "changed": entry.changed,
        "rehearsed": entry.rehearsed,
    }


def change_record(change: Change) -> dict[str, Any]:
    """Returns what the plan changes of one delivery; times are those of its zone."""
    before, after = ((moment.local.isoformat(timespec="seconds") if moment else None) for moment in (change.before, change.after))
    return {
        "change": change.kind.value,
        "delivery": change.delivery,
        "post": change.post,
        "part": change.part,
        "account": change.account,
        "network": change.network,
        "due_before": before,
        "due": after,
        "reason": change.reason or None,
        "takes_effect": utc_text(change.takes_effect) if change.takes_effect else None,
    }


def move_record(fact: Fact, event: Event) -> dict[str, Any]:
    """Returns what was written of a delivery that moved, or that was out while others moved."""
    named = {"delivery": fact.delivery, "post": fact.post, "part": fact.part, "account": fact.account, "network": fact.network}
    return {**named, "at": utc_text(event.at), "state": event.became.value, "says": event.reason}


def finding_record(finding: Finding) -> dict[str, Any]:
    """Returns a finding."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "path": finding.path,
        "line": finding.span.line,
        "column": finding.span.column,
        "end_column": finding.span.end_column,
        "message": finding.message,
        "label": finding.label or None,
        "consequence": finding.consequence or None,
        "fix": finding.fix,
        "part": finding.part,
        "network": finding.network,
        "account": finding.account,
    }


def check_document(findings: tuple[Finding, ...], posts: int) -> dict[str, Any]:
    """Returns the findings with their counts."""
    counts = {f"{severity.value}s": sum(finding.severity is severity for finding in findings) for severity in Severity}
    return {"findings": [finding_record(finding) for finding in findings], "summary": {**counts, "posts": posts}}


def posts_in(agenda: Agenda) -> int:
    """Returns how many posts the agenda is about, those that could not be understood or are not due for a long time included."""
    return len({entry.delivery.post.id for entry in agenda.entries} | set(agenda.unreadable) | agenda.read)


def thread_record(out: Sequence[Placed]) -> dict[str, Any] | None:
    """Returns what is out of a thread that is out in part, and the number of the post that is to follow; None where it is none."""
    known = [{"post": number, "remote_id": post.remote_id, "url": post.url or None} for number, post in enumerate(out, start=1)]
    return {"out": known, "next": len(out) + 1} if known else None


def outgoing_record(entry: Entry, outgoing: Outgoing, limits: Limits, folder: Path) -> dict[str, Any]:
    """Returns exactly what one account sends, with how long it is in the network's own count."""
    card = outgoing.link_card
    return {
        "delivery": outgoing.delivery,
        "account": outgoing.account,
        "network": outgoing.network,
        "part": outgoing.part,
        "due": entry.delivery.due.local.isoformat(timespec="seconds"),
        "state": entry.state.value,
        "reason": entry.reason or None,
        "text": outgoing.text,
        "length": limits.length(outgoing.text, outgoing.facets),
        "limit": limits.most_text(beside_pictures=bool(outgoing.media), beside_poll=outgoing.poll is not None),
        "unit": limits.unit,
        "media": [media_record(item, folder) for item in outgoing.media],
        "content_warning": outgoing.content_warning,
        "language": outgoing.language,
        "facets": [asdict(facet) for facet in outgoing.facets],
        "link_card": card_record(card, folder) if card else None,
        "first_comment": outgoing.first_comment or None,
        "replies": [
            {
                "text": reply.text,
                "length": limits.length(reply.text, reply.facets),
                "media": [media_record(item, folder) for item in reply.media],
                "facets": [asdict(facet) for facet in reply.facets],
                "language": reply.language,
            }
            for reply in outgoing.replies
        ],
        "story": outgoing.story,
        "location": outgoing.location or None,
        "location_id": outgoing.location_id or None,
        "collaborators": list(outgoing.collaborators),
        "poll": asdict(outgoing.poll) if outgoing.poll else None,
        "occurrence": entry.delivery.occurrence or None,
        "changed": entry.changed,
    }


def card_record(card: LinkCard, folder: Path) -> dict[str, Any]:
    """Returns a link's card with its picture, where we bring one along."""
    picture = card.thumbnail
    measured = {"path": relative(picture.path, folder), **_measures(picture)} if picture else None
    return {"url": card.url, "title": card.title, "description": card.description, "thumbnail": measured}


def _measures(picture: Picture) -> dict[str, Any]:
    return {"width": picture.width, "height": picture.height, "bytes": picture.bytes, "mime": picture.mime}


def media_record(item: Media, folder: Path) -> dict[str, Any]:
    """Returns a picture or a film with its measures and its description.

    ``video`` is there for films only, ``frames`` for pictures that move, ``focus`` where it is sent.
    """
    picture = item.picture
    video = {"video": asdict(picture.video)} if picture.video else {"frames": picture.frames} if picture.frames else {}
    return {
        "path": relative(picture.path, folder),
        "width": picture.width,
        "height": picture.height,
        "bytes": picture.bytes,
        "mime": picture.mime,
        "alt": item.alt,
        **({"focus": list(item.focus)} if item.focus is not None else {}),
        **video,
    }


def relative(path: str, folder: Path) -> str:
    """Returns the path as seen from the project folder, with forward slashes; one outside of it stays absolute."""
    pure = PurePath(path)
    return pure.relative_to(folder).as_posix() if pure.is_relative_to(folder) else pure.as_posix()
