"""WordPress itself on MariaDB, answered by PHP's own web server; its files are unpacked from Debian's packages, not installed."""

import getpass
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.servers import cache, debian, processes
from tests.servers.steps import attempt, run

TITLE = "WordPress"
PROGRAMS = ("php-cli", "php-mysql", "php-gd", "php-mbstring", "mariadb-server-core", "mariadb-client-core")
PACKAGES = ("wordpress", "wordpress-theme-twentytwentyfive", "php-getid3")
RELEASE = "trixie"
SCRIPT = Path(__file__).with_suffix(".php")
CARELESS = (
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-log-file-size=8M",
    "--innodb-buffer-pool-size=32M",
    "--character-set-server=utf8mb4",
)


@dataclass(frozen=True, slots=True)
class WordPress:
    """Is a running site with two users: one who publishes and one whose articles wait for a review (``contributor``)."""

    address: str
    user: str
    password: str
    contributor: str
    contributor_password: str
    place: Path

    def reset(self) -> None:
        """Throws away every article, picture and tag; the categories stay."""
        self.sql(
            "TRUNCATE wp_posts; TRUNCATE wp_postmeta; TRUNCATE wp_term_relationships;"
            "DELETE FROM wp_term_taxonomy WHERE taxonomy = 'post_tag';"
            "DELETE FROM wp_terms WHERE term_id NOT IN (SELECT term_id FROM wp_term_taxonomy)"
        )
        shutil.rmtree(self.uploads, ignore_errors=True)

    @property
    def uploads(self) -> Path:
        """Is the folder of the files that the library holds."""
        return self.place / "site/wp-content/uploads"

    def sql(self, command: str) -> None:
        """Runs a command in the database of the site."""
        run(["mariadb", "--no-defaults", f"--socket={self.place / 'sql'}", "--user=root", "wordpress", "-e", command])

    def role(self, name: str) -> None:
        """Gives the user who publishes another role, such as ``author``."""
        role = f'a:1:{{s:{len(name)}:"{name}";b:1;}}'
        self.sql(f"UPDATE wp_usermeta SET meta_value = '{role}' WHERE user_id = 1 AND meta_key = 'wp_capabilities'")

    def option(self, name: str, value: str) -> None:
        """Sets an option of the site, as its administrator does in its settings."""
        run(["php", SCRIPT, "option", name, value], extra=_environment(self.place))

    def get(self, path: str, **params: str) -> Any:
        """Returns what the REST API answers to the user."""
        answer = httpx.get(f"{self.address}/wp-json/wp/v2/{path}", params=params, auth=(self.user, self.password), timeout=60)
        return answer.raise_for_status().json()

    def page(self, address: str) -> str:
        """Returns a page of the site as visitors get it."""
        return httpx.get(address, timeout=60, follow_redirects=True).raise_for_status().text


def is_installed() -> bool:
    """Tells whether the files are in the cache and what they need in the system."""
    return _files().is_dir() and all(debian.installed(program) for program in PROGRAMS)


def install() -> None:
    """Installs PHP and MariaDB, without starting them, and unpacks WordPress into the cache."""
    debian.install(PROGRAMS)
    cache.fill(_key(), _unpack)


@contextmanager
def running(folder: Path) -> Iterator[WordPress]:
    """Runs a new site until the block ends; its logs are in ``folder``.

    Its data have a folder of the system's temporary ones, since the address of a socket has to be short.
    """
    place = Path(tempfile.mkdtemp(prefix="scheduler-wordpress-"))
    try:
        with _database(place, folder / "mariadb.log"):
            port = processes.free_port()
            address = f"http://localhost:{port}"
            made = _made(place, address)
            limits = ("upload_max_filesize=64M", "post_max_size=64M")
            options = [word for limit in limits for word in ("-d", limit)]
            command: list[str | Path] = ["php", *options, "-S", f"127.0.0.1:{port}", "-t", place / "site"]
            environment = {**os.environ, **_environment(place)}
            with processes.running(command, folder / "wordpress.log", lambda: processes.listens(port), environment=environment):
                yield WordPress(address, "ana", made["ana"], "kim", made["kim"], place)
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _database(place: Path, log: Path) -> Iterator[None]:
    data, socket, user = place / "mariadb", place / "sql", f"--user={getpass.getuser()}"
    run(["mariadb-install-db", "--no-defaults", user, f"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db"])
    asked = ["mariadb", "--no-defaults", f"--socket={socket}", "--user=root"]
    program = shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin") or "mariadbd"
    command = [program, "--no-defaults", user, f"--datadir={data}", f"--socket={socket}", "--skip-networking", *CARELESS]
    with processes.running(command, log, lambda: attempt([*asked, "-e", "SELECT 1"]).returncode == 0):
        run([*asked, "-e", "CREATE DATABASE wordpress"])
        yield


def _made(place: Path, address: str) -> Mapping[str, str]:
    """Makes the site; returns the application passwords of its users."""
    (place / "site/wp-content").mkdir(parents=True)
    for name in ("themes", "plugins"):
        (place / "site/wp-content" / name).symlink_to(_files() / "wp-content" / name)
    (place / "site/index.php").write_text(
        f"<?php define('WP_USE_THEMES', true); require '{_files()}/wp-blog-header.php';", encoding="utf-8"
    )
    done = subprocess.run(
        ["php", SCRIPT, "install", address],
        env={**os.environ, **_environment(place)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


def _environment(place: Path) -> dict[str, str]:
    return {"WORDPRESS_PLACE": str(place), "WORDPRESS_FILES": str(_files()), "WORDPRESS_SETTINGS": str(SCRIPT)}


def _files() -> Path:
    return cache.cached(_key()) / "unpacked/usr/share/wordpress"


def _key() -> str:
    return f"wordpress-{RELEASE}"


def _unpack(folder: Path) -> None:
    debian.unpack(folder, RELEASE, PACKAGES)
    files = folder / "unpacked/usr/share/wordpress"
    (files / "wp-config.php").write_text("<?php require getenv('WORDPRESS_SETTINGS');", encoding="utf-8")
