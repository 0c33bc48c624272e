import json
from pathlib import Path

from scheduler.model.network import Account
from scheduler.model.settings import Organisation
from scheduler.publishers.contract import Connection, Publisher
from scheduler.publishers.discovery import known_networks
from tests.publishers.conformance import Conformance, Seen
from tests.publishers.reader import articles


def website(folder: Path, **settings: str) -> Publisher:
    organisation = Organisation(name="Harbour Workers’ Coalition", timezone="Europe/Berlin")
    connect = known_networks()["website"].connect
    assert connect
    return connect(Connection(Account(name="site", network="website", settings=settings), folder, lambda: "", organisation))


class TestWebsite(Conformance):
    def publisher(self, folder: Path) -> Publisher:
        return website(folder)

    def recipe(self) -> str:
        return "__import__('tests.publishers.test_website', fromlist=['x']).website(folder)"

    def seen(self, folder: Path) -> list[Seen]:
        """Returns the posts of the front page, after holding pages and feeds to the same words."""
        index = folder / "public/index.html"
        if not index.exists():
            return []
        on_index = articles(index)
        feed = json.loads((folder / "public/feed.json").read_text(encoding="utf-8"))["items"]
        assert [item["content_text"] for item in feed] == [article.text for article in on_index]
        for article in on_index:
            assert [page.text for page in articles(folder / "public" / article.url)] == [article.text]
        return [Seen(article.text, article.alts, article.url) for article in on_index]
