"""The emulator of WordPress is asked what a real WordPress is asked: its errors are the same, and its answers have the same shape."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.emulators import wordpress as emulated
from tests.emulators.emulating import running
from tests.films import Film
from tests.publishers.posts import jpeg
from tests.servers import wordpress

WRONG = "wrong password of nobody"
HOSTILE = 'a \\n \\\\ <i>b</i> 5%ab "x" &lt;\n c & d'
NAMED = {"Content-Disposition": 'attachment; filename="march-1.jpg"', "Content-Type": "image/jpeg"}
ARTICLE = {"slug": "march", "status": "draft", "title": "March -- now", "content": "<p>March</p>"}


@dataclass
class Said:
    """Is what was asked and what was answered."""

    asked: str
    status: int
    body: Any


@dataclass
class Talk:
    """Asks one of the two and keeps what it answers."""

    address: str
    user: str
    password: str
    heard: list[Said] = field(default_factory=list)

    def ask(self, method: str, path: str, *, password: str = "", **more: Any) -> Any:
        address = path if path.startswith("http") else f"{self.address}/wp-json/wp/v2/{path}"
        answer = httpx.request(method, address, auth=(self.user, password or self.password), timeout=60, **more)
        is_json = "json" in answer.headers.get("content-type", "")
        self.heard.append(Said(re.sub(r"/\d+", "/N", f"{method} {path}"), answer.status_code, answer.json() if is_json else None))
        return self.heard[-1].body


def users(talk: Talk, _picture: bytes) -> None:
    for password in (talk.password, WRONG):
        talk.ask("GET", "users/me", params={"context": "edit"}, password=password)
        talk.ask("GET", "posts", params={"slug": "x", "status": "draft,publish", "context": "edit"}, password=password)
        talk.ask("GET", "posts", params={"slug": "x"}, password=password)
    talk.ask("POST", "posts", json=ARTICLE, password=WRONG)
    talk.ask("GET", "nothing/here")


def library(talk: Talk, picture: bytes) -> None:
    talk.ask("POST", "media", content=picture, headers={"Content-Type": "image/jpeg"})
    talk.ask("POST", "media", content=b"", headers=NAMED)
    talk.ask("POST", "media", content=b"no picture at all", headers=NAMED)
    made = talk.ask("POST", "media", content=picture, headers=NAMED)
    talk.ask("GET", "media", params={"slug": "march-1"})
    talk.ask("GET", "media", params={"slug": "march-2"})
    kept = talk.ask("POST", f"media/{made['id']}", json={"alt_text": HOSTILE})
    talk.heard.append(Said("the description", 0, kept["alt_text"]))
    talk.ask("POST", "media/999999", json={"alt_text": "x"})
    film = talk.ask("POST", "media", files={"file": ("march-film.mp4", Film().data, "video/mp4")})
    talk.heard.append(Said("the kind of a film", 0, [film["mime_type"], film["slug"]]))
    talk.ask("POST", f"media/{film['id']}", json={"alt_text": "x", "description": "y"})
    talk.ask("POST", "media", files={"file": ("march-film.mp4", b"no film at all", "video/mp4")})
    talk.ask("POST", "media", files={"file": ("march-film.mp4", bytes(65 * 1024**2), "video/mp4")})
    assert httpx.get(made["source_url"]).content == picture
    talk.ask("DELETE", f"media/{made['id']}")
    talk.ask("DELETE", f"media/{made['id']}", params={"force": "true"})
    talk.ask("DELETE", f"media/{made['id']}", params={"force": "true"})
    assert httpx.get(made["source_url"]).status_code == 404


def terms(talk: Talk, _picture: bytes) -> None:
    for wanted in ("Strikes & actions", "Strikes &amp; actions", "strikes", "nothing"):
        found = talk.ask("GET", "categories", params={"search": wanted, "per_page": "100"})
        talk.heard.append(Said(f"names for {wanted}", 0, [row["name"] for row in found]))
    made = talk.ask("POST", "tags", json={"name": "Rent"})
    again = talk.ask("POST", "tags", json={"name": "rent"})
    talk.heard.append(Said("the same tag", 0, again["data"].pop("term_id") == made["id"]))
    again.pop("additional_data", None)  # says the same once more
    talk.ask("POST", "tags", json={"name": "R&D <3"})
    talk.ask("GET", "tags", params={"search": "REN", "per_page": "100"})
    talk.ask("POST", "tags", json={"name": "a" * 201})


def articles(talk: Talk, _picture: bytes) -> None:
    talk.ask("POST", "posts", json={**ARTICLE, "title": "", "content": ""})
    first, second = (talk.ask("POST", "posts", json=ARTICLE) for _ in range(2))
    talk.heard.append(Said("the names of two", 0, [first["slug"], second["slug"]]))
    talk.heard.append(Said("the address of a draft", 0, first["link"].replace(talk.address, "").replace(str(first["id"]), "N")))
    talk.ask("GET", "posts", params={"slug": "march"})
    talk.ask("GET", "posts", params={"slug": "march", "status": "draft,publish", "context": "edit"})
    out = talk.ask("POST", f"posts/{first['id']}", json={"status": "publish"})
    talk.heard.append(
        Said("what is out", 0, [out["link"].replace(talk.address, ""), out["status"], out["title"]["raw"], out["categories"]])
    )
    talk.ask("POST", f"posts/{first['id']}", json={"title": "Mended", "content": "<p>Mended</p>"})
    talk.ask("GET", f"posts/{first['id']}", params={"context": "edit"})
    talk.ask("GET", "posts", params={"status": "publish", "orderby": "date", "order": "desc", "context": "edit", "per_page": "5"})
    binned = talk.ask("DELETE", f"posts/{first['id']}")
    talk.heard.append(Said("what is in the bin", 0, [binned["status"], binned["slug"]]))
    talk.ask("GET", f"posts/{first['id']}", params={"context": "edit"})
    talk.ask("DELETE", f"posts/{first['id']}")
    again = talk.ask("POST", f"posts/{first['id']}", json={"status": "publish"})
    talk.heard.append(Said("what was taken out of the bin", 0, [again["status"], again["slug"]]))
    for method in ("GET", "POST", "DELETE"):
        talk.ask(method, "posts/999999", json={"status": "publish"} if method == "POST" else None)


def unlike(ours: Any, real: Any, at: str = "") -> list[str]:
    """Returns where our answer has what the real one has not: a field, or another kind of value."""
    if isinstance(ours, dict) and isinstance(real, dict):
        missing = [f"{at}.{name} is ours alone" for name in ours if name not in real]
        return [*missing, *(found for name in ours.keys() & real.keys() for found in unlike(ours[name], real[name], f"{at}.{name}"))]
    if isinstance(ours, list) and isinstance(real, list):
        if bool(ours) != bool(real):
            return [f"{at}: {len(ours)} instead of {len(real)}"]
        return unlike(ours[0], real[0], f"{at}[0]") if ours else []
    return [] if type(ours) is type(real) else [f"{at}: {ours!r} instead of {real!r}"]


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Talk, Talk]]:
    folder = tmp_path_factory.mktemp("twins")
    with running("wordpress", folder) as ours, wordpress.running(folder) as real:
        real.reset()
        yield Talk(ours.address, emulated.USER, emulated.PASSWORD), Talk(real.address, real.user, real.password)


@pytest.mark.parametrize("talks", [users, library, terms, articles], ids=lambda talks: talks.__name__)
def test_the_emulator_says_what_a_real_site_says(twins: tuple[Talk, Talk], tmp_path: Path, talks: Any) -> None:
    picture = Path(jpeg(tmp_path, "march.jpg").path).read_bytes()
    for talk in twins:
        talk.heard.clear()
        talks(talk, picture)
    ours, real = (talk.heard for talk in twins)
    assert [(each.asked, each.status) for each in ours] == [(each.asked, each.status) for each in real]
    for mine, theirs in zip(ours, real, strict=True):
        if mine.status >= 400 or mine.status == 0:
            assert mine.body == theirs.body, mine.asked
        else:
            assert unlike(mine.body, theirs.body) == [], mine.asked
