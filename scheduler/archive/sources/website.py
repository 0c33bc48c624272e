"""Reads back our own website from its JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scheduler.archive.contract import FeedError, KeptPicture, Record, Source
from scheduler.model.network import Account


def read(account: Account, project: Path) -> Iterator[Record]:
    """Yields the posts of the feed, newest first; a site that has published nothing yet has none."""
    feed = project / account.settings.get("folder", "public") / "feed.json"
    try:
        items: list[dict[str, Any]] = json.loads(feed.read_text(encoding="utf-8"))["items"]
    except FileNotFoundError:
        return
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FeedError(f"{feed} cannot be read as a JSON Feed.", "The next post that is published writes it anew.") from error
    for item in items:
        yield Record(
            account=account.name,
            network=account.network,
            id=item["id"],
            url=item.get("url", ""),
            published=datetime.fromisoformat(item["date_published"]).astimezone(UTC),
            text=item["content_text"],
            language=item.get("language"),
            pictures=tuple(_picture(entry) for entry in item.get("attachments", ())),
        )


def _picture(entry: dict[str, Any]) -> KeptPicture:
    return KeptPicture(entry["url"], entry["mime_type"], entry.get("_scheduler", {}).get("alt", ""))


SOURCE = Source("website", read)
