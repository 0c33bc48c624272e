import re
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.publishers.discovery import NetworkFileError, known_networks

HOUSE = Path(__file__).parents[2] / "scheduler"
MADE_UP = """
from scheduler.model.limits import Limits
from scheduler.model.network import Abilities, Network, Recovery
from scheduler.publishers.contract import Adapter
NETWORK = Adapter(Network(name="{name}", title="Pigeon", limits=Limits(text=20), abilities=Abilities(recovery=Recovery.NONE)), connect=None)
"""


def test_the_shipped_networks_are_found() -> None:
    found = known_networks()
    meta, chats = ["facebook", "instagram", "threads"], ["discord", "slack", "telegram"]
    assert list(found) == sorted(["bluesky", "linkedin", "mastodon", "website", "wordpress", "x", *meta, *chats])
    assert {adapter.facts.graphic_format for adapter in found.values()} == {"4:5", "square", "link"}


def test_a_file_in_the_folder_is_a_network(tmp_path: Path) -> None:
    (tmp_path / "pigeon.py").write_text(MADE_UP.format(name="pigeon"))
    (tmp_path / "notes.txt").write_text("no Python")
    assert known_networks(tmp_path)["pigeon"].facts.limits.text == 20


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("NETWORK = 'a string'", "exports no NETWORK"),
        ("", "exports no NETWORK"),
        ("import no_such_module_anywhere", "cannot be loaded"),
        ("def broken(:", "cannot be loaded"),
        (MADE_UP.format(name="owl"), "calls its network “owl”"),
    ],
)
def test_a_file_that_is_no_network_is_named(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "pigeon.py").write_text(content)
    with pytest.raises(NetworkFileError, match=r"pigeon\.py") as caught:
        known_networks(tmp_path)
    assert words in caught.value.message
    assert caught.value.hint


def test_finding_the_networks_loads_nothing_heavy() -> None:
    code = "import sys; from scheduler.publishers.discovery import known_networks as k; k(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=HOUSE.parent).stdout.split()
    assert not {"httpx", "jinja2", "babel", "PIL", "sqlalchemy"} & set(loaded)


def networks_in(text: str) -> list[str]:
    """Returns where a text names a network."""
    ordinary = {"website", "threads", "x", "slack"}
    plain = re.compile(r"\b(" + "|".join(sorted(set(known_networks()) - ordinary)) + r")\b", re.IGNORECASE)
    as_value = re.compile(r"network\W{1,6}(" + "|".join(sorted(ordinary)) + r")\b")
    as_word = re.compile(r"""(["'])(slack|website)\1""")
    words = re.sub(r"^    scheduler .*$", "", text, flags=re.MULTILINE)
    return [match.group() for each in (plain, as_value, as_word) for match in each.finditer(words)]


def test_no_other_file_names_a_network() -> None:
    """Four networks are also ordinary words: those may be written, but not as the value of a network.

    The examples of a help text (``    scheduler show ...``) name accounts of a user, who may call them as they like.
    A network's own room beside the networks (``publishers/<name>/``) may name it.
    """
    kinds = {".py", ".html", ".toml", ".css", ".js"}
    own = set(known_networks())
    files = [path for path in HOUSE.rglob("*") if path.suffix in kinds and path.stem not in own and path.parent.name not in own]
    assert len(files) > 20
    assert [f"{path.relative_to(HOUSE)}: {name}" for path in files for name in networks_in(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("name", sorted(known_networks()))
def test_a_network_that_is_named_is_noticed(name: str) -> None:
    """Holds the test above to what it looks for."""
    assert networks_in(f'if account.network == "{name}":\n    return 1\n')
    assert networks_in(f"NETWORKS = {{'{name}': 1}}\nnetwork = '{name}'")
    assert not networks_in(f"\n    scheduler show march --network {name}\n")
