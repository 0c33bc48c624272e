import hmac
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest

from scheduler.clock import SystemClock, VirtualClock
from scheduler.model.errors import ConfigurationError
from scheduler.model.graphic import Picture
from scheduler.model.network import Account
from scheduler.publishers.addresses import UnsafeAddress
from scheduler.publishers.hosting.bucket import BucketHost
from scheduler.publishers.hosting.host import HostingError, MediaHost
from scheduler.publishers.hosting.opening import Places
from scheduler.publishers.hosting.own import Elsewhere, OwnHost, Shelf
from scheduler.publishers.hosting.probing import through_daemon
from scheduler.publishers.hosting.server import MOST_AT_ONCE, ListenError, PortTaken, parse_listen, serving
from scheduler.publishers.hosting.signing import Keys, Request, signed_headers, signed_query
from scheduler.publishers.resolving import Resolver
from tests.films import Film, measured
from tests.publishers import stores
from tests.publishers.posts import jpeg
from tests.servers import processes
from tests.serving import Answering
from tests.serving import serving as at_loopback

EXAMPLE = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
THEN = datetime(2013, 5, 24, tzinfo=UTC)


def get(url: str, method: str = "GET") -> httpx.Response:
    return httpx.request(method, url, trust_env=False)


@pytest.fixture
def picture(tmp_path: Path) -> Picture:
    return jpeg(tmp_path, "march.jpg")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "hosted", VirtualClock(SystemClock().now()))


@contextmanager
def shown(shelf: Shelf) -> Iterator[OwnHost]:
    listen = f"127.0.0.1:{processes.free_port()}"
    with serving(shelf, listen):
        yield OwnHost(shelf, f"http://{listen}", listen)


def test_an_offered_picture_is_shown_byte_for_byte_until_it_is_withdrawn(shelf: Shelf, picture: Picture) -> None:
    with shown(shelf) as host:
        hosted = host.offer(picture)
        answer = get(hosted.address)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert answer.content == Path(picture.path).read_bytes()
        assert get(hosted.address, "HEAD").headers["content-length"] == str(picture.bytes)
        host.withdraw(hosted.key)
        host.withdraw(hosted.key)
        assert get(hosted.address).status_code == 404


def test_an_address_works_for_six_hours_and_is_swept_away_after(shelf: Shelf, picture: Picture) -> None:
    clock = shelf.clock
    assert isinstance(clock, VirtualClock)
    with shown(shelf) as host:
        hosted = host.offer(picture)
        clock.advance(timedelta(hours=5, minutes=59))
        assert get(hosted.address).status_code == 200
        clock.advance(timedelta(minutes=1))
        assert get(hosted.address).status_code == 404
    with shown(shelf):
        assert list(shelf.folder.glob("*.jpg")) == []


@pytest.mark.parametrize("name", ["", "key", "../key", "..%2fkey", "%00", "posts/march.md", "config.toml", "hosted"])
def test_nothing_else_is_shown(shelf: Shelf, picture: Picture, name: str) -> None:
    with shown(shelf) as host:
        host.offer(picture)
        assert get(f"{host.public_url}/{name}").status_code == 404


def test_a_name_that_was_tampered_with_is_not_shown(shelf: Shelf, picture: Picture) -> None:
    with shown(shelf) as host:
        key = host.offer(picture).key
        later = f"{int(key[:10]) + 99_999}{key[10:]}"
        (shelf.folder / later).write_bytes((shelf.folder / key).read_bytes())
        assert get(f"{host.public_url}/{later}").status_code == 404
        assert get(f"{host.public_url}/{key}").status_code == 200


@pytest.mark.parametrize(
    ("asked", "status", "piece"),
    [
        ("bytes=0-9", 206, slice(0, 10)),
        ("bytes=100-", 206, slice(100, None)),
        ("bytes=-7", 206, slice(-7, None)),
        ("bytes=0-99999999", 200, slice(None)),
        ("bytes=0-", 200, slice(None)),
        ("bytes=9999999-", 416, slice(0, 0)),
        ("bytes=9-3", 416, slice(0, 0)),
        ("bytes=0-1,4-5", 200, slice(None)),
        ("bytes=-", 200, slice(None)),
        ("lines=1-2", 200, slice(None)),
        ("bytes=٣-٤", 200, slice(None)),
    ],
)
def test_a_piece_is_given_to_who_asks_for_one(shelf: Shelf, picture: Picture, asked: str, status: int, piece: slice) -> None:
    whole = Path(picture.path).read_bytes()
    with shown(shelf) as host:
        address = host.offer(picture).address
        answer = httpx.get(address, headers={b"Range": asked.encode()}, trust_env=False)
        head = httpx.head(address, headers={b"Range": asked.encode()}, trust_env=False)
    assert (answer.status_code, answer.content) == (status, whole[piece])
    assert head.headers["content-length"] == str(len(whole[piece]))
    assert answer.headers.get("accept-ranges", "bytes") == "bytes"
    if status == 206:
        first, last, _ = piece.indices(len(whole))
        assert answer.headers["content-range"] == f"bytes {first}-{last - 1}/{len(whole)}"


@pytest.mark.parametrize(
    "target",
    [
        b"/../key",
        b"/..%2f..%2fsecrets.toml",
        b"/%2e%2e/%2e%2e/config.toml",
        b"//etc/passwd",
        b"/....//key",
        b"/.",
        b"/?name=key",
        b"/*",
        b"/key%00.jpg",
        b"/1795334740-*.jpg",
        b"/" + b"0" * 10 + b"-" + b"0" * 32 + b"-" + b"0" * 32 + b".jpg",
        b"http://127.0.0.1/key",
        b"/" + b"a" * 60_000,
    ],
)
def test_no_way_leads_out_of_the_folder_or_lists_it(shelf: Shelf, picture: Picture, target: bytes) -> None:
    with shown(shelf) as host:
        hosted = host.offer(picture)
        address, _, port = host.listen.rpartition(":")
        for method in (b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"PROPFIND"):
            with socket.create_connection((address, int(port)), timeout=10) as line:
                line.sendall(method + b" " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                answer = line.makefile("rb").read()
            assert answer.split(b" ")[1] in {b"404", b"414", b"501", b"400"}, answer[:80]
            assert hosted.key.encode() not in answer
            assert str(shelf.folder).encode() not in answer
            assert b"Python" not in answer
        assert (shelf.folder / hosted.key).is_file()


def test_guessing_names_finds_nothing_and_a_name_opens_one_picture_only(shelf: Shelf, picture: Picture) -> None:
    with shown(shelf) as host:
        key = host.offer(picture).key
        for place in range(len(key) - 4):
            other = "1" if key[place] != "1" else "2"
            if key[place] != "-":
                assert get(f"{host.public_url}/{key[:place]}{other}{key[place + 1 :]}").status_code == 404
        assert get(f"{host.public_url}/{key.removesuffix('.jpg')}.png").status_code == 404


def test_a_picture_is_still_shown_after_the_daemon_started_anew(shelf: Shelf, picture: Picture) -> None:
    with shown(shelf) as host:
        hosted = host.offer(picture)
    with shown(Shelf(shelf.folder, shelf.clock)) as again:
        assert get(f"{again.public_url}/{hosted.key}").content == Path(picture.path).read_bytes()


def test_a_film_is_copied_in_pieces_and_held_to_what_was_measured(shelf: Shelf, tmp_path: Path) -> None:
    film = measured(tmp_path / "march.mp4", Film(padding=3_000_000))
    with shown(shelf) as host:
        hosted = host.offer(film)
        answer = get(hosted.address)
        assert (answer.headers["content-type"], len(answer.content)) == ("video/mp4", film.bytes)
        Path(film.path).write_bytes(b"another film")
        with pytest.raises(HostingError, match="was changed"):
            host.offer(film)
    assert [path.name for path in shelf.folder.iterdir() if path.name != "key"] == [hosted.key]


def test_what_a_killed_process_left_unfinished_is_swept_away(shelf: Shelf) -> None:
    clock = shelf.clock
    assert isinstance(clock, VirtualClock)
    shelf.folder.mkdir()
    (shelf.folder / f"{int(clock.now().timestamp()) + 60}-{'0' * 32}.unfinished").write_bytes(b"half")
    shelf.sweep()
    assert len(list(shelf.folder.iterdir())) == 1
    clock.advance(timedelta(hours=7))
    shelf.sweep()
    assert list(shelf.folder.iterdir()) == []


def test_the_key_is_known_before_anything_is_there_so_that_a_crash_leaves_nothing(shelf: Shelf, picture: Picture) -> None:
    noted: list[tuple[str, int]] = []
    with shown(shelf) as host:
        hosted = host.offer(picture, lambda key: noted.append((key, len(list(shelf.folder.glob("*.jpg"))))))
        assert noted == [(hosted.key, 0)]
        unfinished = shelf.folder / f"{hosted.key[:43]}.unfinished"
        unfinished.write_bytes(b"half")
        host.withdraw(hosted.key)
    assert [path.name for path in shelf.folder.iterdir()] == ["key"]


@contextmanager
def talking(host: OwnHost) -> Iterator[socket.socket]:
    name, _, port = host.listen.rpartition(":")
    with socket.create_connection((name, int(port)), timeout=10) as line:
        yield line


def heard(line: socket.socket) -> bytes:
    """Returns everything that is said until the talk ends, however it ends."""
    said = b""
    with suppress(ConnectionError):
        while piece := line.recv(65_536):
            said += piece
    return said


def await_cut() -> None:
    """Waits until the server has ended every talk, which it does by itself once their time is over."""
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(60)
            assert not thread.is_alive()


def test_who_asks_for_ever_is_cut_off_and_holds_nobody_up(shelf: Shelf, picture: Picture) -> None:
    assert isinstance(shelf.clock, VirtualClock)
    with shown(shelf) as host, ExitStack() as strangers:
        hosted = host.offer(picture)
        slow = [strangers.enter_context(talking(host)) for _ in range(MOST_AT_ONCE)]
        for line in slow:
            line.sendall(b"GET /x HTTP/1.1\r\nX-Slow: ")
        turned_away = get(hosted.address)
        assert (turned_away.status_code, turned_away.headers["retry-after"]) == (503, "10")
        shelf.clock.advance(timedelta(seconds=16))
        assert [heard(line) for line in slow[:3]] == [b""] * 3
        await_cut()
        assert get(hosted.address).content == Path(picture.path).read_bytes()


def long_film(folder: Path) -> Picture:
    data = b"\0" * 20_000_000
    (folder / "march.mp4").write_bytes(data)
    plain = Picture(path=str(folder / "march.mp4"), sha256=sha256(data).hexdigest(), width=1, height=1, bytes=0, mime="video/mp4")
    return replace(plain, bytes=len(data))


def test_who_takes_a_picture_in_for_ever_is_cut_off(shelf: Shelf, tmp_path: Path) -> None:
    assert isinstance(shelf.clock, VirtualClock)
    film = long_film(tmp_path)
    with shown(shelf) as host, talking(host) as line:
        line.sendall(f"GET /{host.offer(film).key} HTTP/1.0\r\n\r\n".encode())
        assert line.recv(15) == b"HTTP/1.0 200 OK"
        shelf.clock.advance(timedelta(seconds=1_031))
        await_cut()  # before it is read: on a fast line all of it would be taken in before the server looks at its clock
        assert len(heard(line)) < 20_000_000


@pytest.mark.parametrize(
    "asked",
    [
        b"GET /" + b"x" * 100_000,
        b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"y" * 1_000) for n in range(90)) + b"\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"\0\xff\x1b[2J\r\n\r\n",
        b"GET / HTTP/99999999999999999999.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\nx",
        b"TRACE / HTTP/1.1\r\n\r\n",
        b"CONNECT example.org:443 HTTP/1.1\r\n\r\n",
        b"DELETE /robots.txt HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
    ids=["line", "long headers", "many headers", "no HTTP", "version", "POST", "TRACE", "CONNECT", "DELETE", "HTTP/2", "TLS"],
)
def test_a_strange_question_is_answered_with_no_and_told_to_nobody(shelf: Shelf, capfd: pytest.CaptureFixture[str], asked: bytes) -> None:
    with shown(shelf) as host, talking(host) as line:
        with suppress(OSError):  # the server may have hung up already
            line.sendall(asked)
            line.shutdown(socket.SHUT_WR)
        said = heard(line)
        assert b" 200 " not in said.partition(b"\r\n")[0]
        assert get(f"http://{host.listen}/robots.txt").status_code == 200, "and the next one is answered"
    assert capfd.readouterr().err == ""


def test_who_hangs_up_in_the_middle_is_told_to_nobody(shelf: Shelf, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    film = long_film(tmp_path)
    with shown(shelf) as host:
        key = host.offer(film).key
        for _ in range(3):
            with talking(host) as line:
                line.sendall(f"GET /{key} HTTP/1.0\r\n\r\n".encode())
                line.recv(100)
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert capfd.readouterr().err == ""


def test_a_link_in_the_folder_shows_nothing_even_under_a_signed_name(shelf: Shelf, picture: Picture, tmp_path: Path) -> None:
    (tmp_path / "passwords.jpg").write_text("secret")
    with shown(shelf) as host:
        hosted = host.offer(picture)
        (shelf.folder / hosted.key).unlink()
        (shelf.folder / hosted.key).symlink_to(tmp_path / "passwords.jpg")
        assert get(hosted.address).status_code == 404
        (shelf.folder / hosted.key).unlink()
        os.mkfifo(shelf.folder / hosted.key)
        assert get(hosted.address).status_code == 404


def test_a_key_that_was_cut_off_signs_nothing(shelf: Shelf, picture: Picture) -> None:
    shelf.take(picture)
    key = shelf.folder / "key"
    key.write_bytes(b"")
    forged = hmac.new(b"", b"9999999999-" + b"0" * 32 + b".jpg", "sha256").hexdigest()[:32]
    (shelf.folder / f"9999999999-{'0' * 32}-{forged}.jpg").write_bytes(b"planted")
    with shown(shelf) as host:
        assert get(f"http://{host.listen}/9999999999-{'0' * 32}-{forged}.jpg").status_code == 404
        assert get(host.offer(picture).address).status_code == 200
    assert len(key.read_bytes()) == 32


def test_robots_are_welcome_because_networks_ask(shelf: Shelf) -> None:
    with shown(shelf) as host:
        assert "Disallow" not in get(f"{host.public_url}/robots.txt").text
        assert get(f"{host.public_url}/robots.txt").status_code == 200


def test_the_key_is_the_owner_s_and_stays_the_same(shelf: Shelf, picture: Picture) -> None:
    with shown(shelf) as host:
        hosted = host.offer(picture)
        assert (shelf.folder / "key").stat().st_mode & 0o077 == 0
        assert Shelf(shelf.folder, shelf.clock).find(hosted.key)
        assert not list(shelf.folder.glob(".*"))


def test_a_picture_that_was_changed_is_not_offered(shelf: Shelf, picture: Picture) -> None:
    Path(picture.path).write_bytes(b"x")
    with shown(shelf) as host, pytest.raises(HostingError, match="was changed"):
        host.offer(picture)


@pytest.mark.parametrize(("listen", "parts"), [("127.0.0.1:8788", ("127.0.0.1", 8788)), ("[::1]:80", ("::1", 80))])
def test_listen_is_an_address_and_a_port(listen: str, parts: tuple[str, int]) -> None:
    assert parse_listen(listen) == parts


@pytest.mark.parametrize("listen", ["", "8788", ":8788", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:99999", "127.0.0.1:x", "127.0.0.1:²"])
def test_other_words_are_told_to_the_operator(listen: str) -> None:
    with pytest.raises(ListenError, match="no address with a port"):
        parse_listen(listen)


def test_a_port_that_is_taken_is_told(shelf: Shelf) -> None:
    listen = f"127.0.0.1:{processes.free_port()}"
    with serving(shelf, listen), pytest.raises(PortTaken, match=listen), serving(shelf, listen):
        pass


# The example of "Signature Calculations for the Authorization Header" in the Amazon S3 API reference (PUT Object).
def test_headers_are_signed_as_in_amazon_s_own_example() -> None:
    request = Request("PUT", "examplebucket.s3.amazonaws.com", "/test$file.text", sha256(b"Welcome to Amazon S3.").hexdigest())
    more = {"date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"}
    authorization = signed_headers(request, EXAMPLE, THEN, more)["authorization"]
    assert authorization.endswith("Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")


# The example of "Authenticating Requests: Using Query Parameters" in the same reference.
def test_addresses_are_signed_as_in_amazon_s_own_example() -> None:
    request = Request("GET", "examplebucket.s3.amazonaws.com", "/test.txt")
    query = signed_query(request, EXAMPLE, THEN, 86_400)
    assert query.endswith("Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Runs an emulator of S3 that checks nothing but who may read; signatures are held to Amazon's examples above."""
    with stores.running(tmp_path_factory.mktemp("store")) as base:
        yield base


def bucket(store: str, folder: Path, **settings: str) -> MediaHost | None:
    media = {"host": "s3", "bucket": "pictures", "endpoint_url": store, **settings}
    return Places(media, folder, SystemClock(), {}, lambda _name: "planted-key-id:planted-secret-key").open()


def test_a_bucket_shows_and_forgets_a_picture(store: str, tmp_path: Path, picture: Picture) -> None:
    host = bucket(store, tmp_path, public_url=f"{store}/pictures", acl="public-read", prefix="posts/")
    assert host is not None
    hosted = host.offer(picture)
    answer = get(hosted.address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.content == Path(picture.path).read_bytes()
    assert hosted.key.startswith("posts/")
    host.withdraw(hosted.key)
    host.withdraw(hosted.key)
    assert get(hosted.address).status_code == 404


def test_a_bucket_that_nobody_can_read_gives_signed_addresses(store: str, tmp_path: Path, picture: Picture) -> None:
    host = bucket(store, tmp_path)
    assert host is not None
    hosted = host.offer(picture)
    assert get(hosted.address.partition("?")[0]).status_code == 403
    assert get(hosted.address).content == Path(picture.path).read_bytes()
    assert "planted-secret-key" not in hosted.address


def test_a_bucket_that_does_not_exist_is_named(store: str, tmp_path: Path, picture: Picture) -> None:
    host = bucket(store, tmp_path, bucket="nothing")
    assert host is not None
    with pytest.raises(HostingError, match="There is no bucket “nothing”"):
        host.offer(picture)


@pytest.mark.parametrize(
    ("settings", "parts"),
    [
        ({"acl": "public-read", "public_url": "STORE/pictures"}, [("the bucket", True), ("the public address", True), ("clean-up", True)]),
        ({"public_url": "STORE/pictures"}, [("the bucket", True), ("the public address", False), ("clean-up", True)]),
        ({"public_url": "http://127.0.0.1:9/"}, [("the bucket", True), ("the public address", False), ("clean-up", True)]),
        ({"bucket": "nothing"}, [("the bucket", False)]),
    ],
)
def test_a_bucket_s_test_says_which_part_fails(store: str, tmp_path: Path, settings: dict[str, str], parts: list[tuple[str, bool]]) -> None:
    host = bucket(store, tmp_path, **{name: value.replace("STORE", store) for name, value in settings.items()})
    assert host is not None
    found = host.test()
    assert [(check.part, check.works) for check in found] == parts
    assert all(check.fix for check in found if not check.works)
    assert "planted" not in " ".join(check.sentence for check in found)


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (400, {}, b"<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-central-1</Region></Error>"),
        (301, {"x-amz-bucket-region": "eu-central-1", "Location": "https://elsewhere.example.org/"}, b""),
    ],
)
def test_a_bucket_in_another_region_names_it(tmp_path: Path, status: int, headers: dict[str, str], body: bytes) -> None:
    class Handler(Answering):
        def put(self) -> None:
            self.body()
            self.say(status, body, headers)

    with at_loopback(Handler) as address:
        host = bucket(address, tmp_path)
        assert host is not None
        [found] = host.test()
    assert found.sentence == "The bucket “pictures” is in the region eu-central-1, and [media] says us-east-1."
    assert found.fix == 'Write  region = "eu-central-1"  below [media] in config.toml.'


def test_a_store_that_is_down_is_no_mistake_of_the_configuration(tmp_path: Path) -> None:
    host = bucket(f"http://127.0.0.1:{processes.free_port()}", tmp_path)
    assert host is not None
    [found] = host.test()
    assert "cannot be reached" in found.sentence
    assert found.fix.startswith("Look whether 127.0.0.1 is up")


@contextmanager
def proxy(answers: str) -> Iterator[str]:
    """Stands where the organisation's web server would, and does one thing wrong."""

    class Handler(Answering):
        def get(self) -> None:
            status = {"page": 200, "closed": 403, "lost": 404, "login": 302}[answers]
            self.say(status, b"<html>", {"Content-Type": "text/html", "Location": "https://login.example.org/?secret=1"})

    with at_loopback(Handler) as address:
        yield address.replace("localhost", "127.0.0.1")


def test_the_daemon_s_own_test_tells_what_works(shelf: Shelf) -> None:
    with shown(shelf) as host:
        assert [(check.part, check.works) for check in host.test()] == [
            ("the daemon", True),
            ("the folder for pictures", True),
            ("the public address", True),
            ("clean-up", True),
        ]
    assert not list(shelf.folder.glob("*.png"))


def test_a_daemon_that_does_not_run_is_no_hindrance(shelf: Shelf) -> None:
    listen = f"127.0.0.1:{processes.free_port()}"
    assert all(check.works for check in OwnHost(shelf, f"http://{listen}", listen).test())
    assert not processes.listens(int(listen.rpartition(":")[2]))


@pytest.mark.parametrize(("every", "here"), [("0.0.0.0", "127.0.0.1"), ("[::]", "[::1]")])
def test_all_addresses_of_this_machine_are_asked_at_the_one_that_never_leaves_it(shelf: Shelf, every: str, here: str) -> None:
    port = processes.free_port()
    with serving(shelf, f"{here}:{port}"):
        found = through_daemon(OwnHost(shelf, "https://media.example.org", f"{every}:{port}"), f"{every}:{port}", shelf.clock)
    assert found.works, found


def test_an_address_that_this_machine_does_not_have_is_no_taken_port(shelf: Shelf) -> None:
    [found] = OwnHost(shelf, "https://media.example.org", f"nowhere.invalid:{processes.free_port()}").test()
    assert not found.works
    assert "this machine does not have the address nowhere.invalid" in found.sentence
    assert "0.0.0.0" in found.fix


def test_another_program_on_the_port_is_the_part_that_fails(shelf: Shelf) -> None:
    with proxy("page") as other:
        [daemon, *_] = OwnHost(shelf, other, other.removeprefix("http://")).test()
    assert not daemon.works
    assert "another one as  listen" in daemon.fix


@pytest.mark.parametrize(
    ("answers", "told"),
    [("page", "something else than the picture"), ("closed", "answers 403"), ("lost", "does not find"), ("login", "login.example.org")],
)
def test_a_proxy_that_is_set_up_wrongly_is_told_apart(shelf: Shelf, answers: str, told: str) -> None:
    with shown(shelf) as host, proxy(answers) as public:
        found = {check.part: check for check in OwnHost(shelf, public, host.listen).test()}
    assert found["the daemon"].works
    assert not found["the public address"].works
    assert told in found["the public address"].sentence
    assert "secret=1" not in found["the public address"].sentence


def places(tmp_path: Path, secret: str = "a:b", **media: str) -> Places:
    accounts = {"blog": Account(name="blog", network="wordpress", settings={"url": "https://blog.example.org", "user": "ana"})}
    return Places(media, tmp_path, SystemClock(), accounts, lambda _name: secret)


def test_without_media_there_is_no_place(tmp_path: Path) -> None:
    assert places(tmp_path).open() is None
    with places(tmp_path).serve():
        pass


def test_an_address_with_umlauts_is_handed_over_in_ascii(tmp_path: Path, picture: Picture) -> None:
    """Networks fetch no other; what was escaped by hand stays so."""
    host = places(tmp_path, host="own", public_url="https://Bücher.example:8443/größe/b%C3%BCro").open()
    assert host is not None
    hosted = host.offer(picture)
    assert hosted.address == f"https://xn--bcher-kva.example:8443/gr%C3%B6%C3%9Fe/b%C3%BCro/{hosted.key}"


def test_the_address_that_is_tested_is_the_one_that_is_handed_over(tmp_path: Path) -> None:
    asked = []

    class Handler(Answering):
        def get(self) -> None:
            asked.append(self.path)
            self.say(404)

    with at_loopback(Handler) as address:
        listen = f"127.0.0.1:{processes.free_port()}"
        host = places(tmp_path, host="own", public_url=f"{address}/größe", listen=listen).open()
        assert host is not None
        host.test()
    assert [path.rpartition("/")[0] for path in asked if path.endswith(".png")] == ["/gr%C3%B6%C3%9Fe"]


def test_what_is_signed_is_what_a_store_with_umlauts_is_sent(tmp_path: Path, picture: Picture) -> None:
    """A store counts the signature anew from what arrives."""
    heard: list[tuple[str, str, str]] = []

    class Handler(Answering):
        def answer(self) -> None:
            self.body()
            assert self.path.isascii()
            given = {name: self.headers[name] for name in ("Content-Type", "X-Amz-Acl") if name in self.headers}
            asked = Request(self.command, self.headers["Host"], unquote(self.path), self.headers["X-Amz-Content-Sha256"])
            then = datetime.strptime(self.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            keys = Keys("planted-key-id", "planted-secret-key", "us-east-1")
            right = signed_headers(asked, keys, then, given)["authorization"] == self.headers["Authorization"]
            heard.append((self.command, self.headers["Host"], self.path.rpartition("/")[0]))
            self.say(200 if right else 403)

    with at_loopback(Handler) as address:
        port = address.rpartition(":")[2]
        host = bucket(f"http://Bücher.localhost:{port}/Größe%20M/", tmp_path, prefix="Fotos für alle/", acl="public-read")
        assert isinstance(host, Elsewhere)
        assert isinstance(host.host, BucketHost)
        host.host.exchange.resolver = Resolver(lambda _host: ["127.0.0.1"])
        hosted = host.offer(picture)
        host.withdraw(hosted.key)
    folder = "/Gr%C3%B6%C3%9Fe%20M/pictures/Fotos%20f%C3%BCr%20alle"
    assert heard == [(verb, f"xn--bcher-kva.localhost:{port}", folder) for verb in ("PUT", "DELETE")]
    assert hosted.address.startswith(f"http://xn--bcher-kva.localhost:{port}{folder}/")


def test_an_address_that_is_not_encrypted_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsafeAddress, match="not encrypted"):
        places(tmp_path, host="own", public_url="http://media.example.org").open()


def test_keys_in_another_form_are_refused_without_showing_them(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        places(tmp_path, secret="planted-and-without-a-colon", host="s3", bucket="b", endpoint_url="https://s3.example.org").open()
    assert "planted" not in caught.value.message + caught.value.hint


def test_a_library_needs_an_account_that_exists(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="“nobody”"):
        places(tmp_path, host="wordpress", account="nobody").open()
    with pytest.raises(ConfigurationError, match="on elsewhere"):
        places(tmp_path, host="elsewhere", account="blog").open()
    assert places(tmp_path, host="wordpress", account="blog").open() is not None


def test_writers_that_start_at_once_keep_one_key(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from scheduler.clock import SystemClock\n"
        "from scheduler.publishers.hosting.own import Shelf\n"
        "print(Shelf(Path(sys.argv[1]), SystemClock()).put(b'x', '.jpg'))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "hosted")]
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) for _ in range(4)]
    names = [writer.communicate(timeout=300)[0].strip() for writer in writers]
    shelf = Shelf(tmp_path / "hosted", SystemClock())
    assert all(shelf.find(name) for name in names)
