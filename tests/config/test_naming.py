from pathlib import Path

import pytest

from scheduler.config.reading import ConfigInvalid, read_config
from scheduler.config.redacting import is_secret_like, without_values
from scheduler.publishers.discovery import known_networks
from tests.cli.running import inside
from tests.planning.making import network

TOKEN = "EAAB4711-planted_Token-0815"
NETWORKS = {"alpha": network("alpha"), "here": network("here", local=True)}


def wrong(folder: Path, accounts: dict[str, str]) -> list[tuple[str, int, str, str]]:
    tables = "".join(f'[accounts.{name}]\nnetwork = "{network}"\n' for name, network in accounts.items())
    (folder / "config.toml").write_text(f'[organisation]\nname = "Us"\n{tables}', encoding="utf-8")
    try:
        read_config(folder, NETWORKS)
    except ConfigInvalid as error:
        return [(found.rule, found.span.line, found.message, found.label) for found in error.findings]
    return []


def test_two_accounts_whose_secrets_one_variable_would_give_are_told_with_both_lines(tmp_path: Path) -> None:
    told = wrong(tmp_path, {"a-b": "alpha", "c": "alpha", "a_b": "alpha", "a-b-file": "alpha"})
    assert [(rule, line, label) for rule, line, _, label in told] == [
        ("account-name", 7, "“a-b” is in line 3"),
        ("account-name", 9, "“a-b” is in line 3"),
    ]
    assert "“a-b” and “a_b” would both get their secret from SCHEDULER_SECRET_A_B," in told[0][2]
    assert "SCHEDULER_SECRET_A_B_FILE" in told[1][2]


def test_the_order_of_the_two_does_not_matter(tmp_path: Path) -> None:
    assert [found[1] for found in wrong(tmp_path, {"a-b-file": "alpha", "a-b": "alpha"})] == [5]


def test_an_account_without_a_secret_shares_none(tmp_path: Path) -> None:
    assert wrong(tmp_path, {"a-b": "alpha", "a_b": "here", "a-c": "alpha"}) == []


@pytest.mark.parametrize("name", ["media", "media-file", "media_file"])
def test_no_account_has_the_name_of_the_bucket_s_keys(tmp_path: Path, name: str) -> None:
    ((rule, line, message, _),) = wrong(tmp_path, {name: "alpha"})
    assert (rule, line) == ("account-name", 3)
    assert "keys of [media]" in message
    assert wrong(tmp_path, {f"our-{name}": "alpha"}) == []


def test_live_is_true_or_false_and_no_text(tmp_path: Path) -> None:
    told = wrong(tmp_path, {"a": 'alpha"\nlive = "true'})
    assert [(rule, line) for rule, line, _, _ in told] == [("bad-setting", 5)]


def test_a_setting_that_must_be_a_secret_is_an_error_of_its_own(tmp_path: Path) -> None:
    told = wrong(tmp_path, {"a": 'alpha"\napi_token = "abc'})
    assert [(rule, line) for rule, line, _, _ in told] == [("secret-in-config", 5)]
    assert "abc" not in told[0][2]


def test_no_setting_of_a_network_sounds_like_a_secret() -> None:
    settings = [setting.name for adapter in known_networks().values() for setting in adapter.facts.settings]
    assert [name for name in settings if is_secret_like(name)] == []


@pytest.mark.parametrize("table", ["[accounts.{}]\nnetwork = 'website'\n", "[accounts.c]\nnetwork = '{}'\n", "{}\n"])
def test_a_token_in_the_place_of_something_else_is_not_repeated(tmp_path: Path, table: str) -> None:
    (tmp_path / "config.toml").write_text(f"[organisation]\nname = 'Us'\n{table.format(TOKEN)}", encoding="utf-8")
    checked = inside(tmp_path, "check")
    assert checked.code == 2
    assert TOKEN.lower() not in (checked.out + checked.err).lower()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('token = "a#b" # ours', "token = ••••• # ours"),
        ("accessToken='a b'", "accessToken=•••••"),
        ('m = { author = "x", "api-key" = "a\\"b", n = 1 }', 'm = { author = "x", "api-key" = ••••••, n = 1 }'),
        ('server = "https://a.example"', 'server = "https://a.example"'),
        ("password = hunter2", "password = •••••••"),
        ("access_token: hunter2", "access_token: •••••••"),
        ('token "hunter 2"', "token ••••••••••"),
        ("note = 'EAAB4711-planted_Token'", "note = '••••••••••••••••••••••'"),
        ("xoxb-4711-0815-PlantedToken", "•" * 27),
        ('url = "https://discord.com/api/webhooks/1/PlantedToken-4711-08"', f'url = "https://discord.com/api/webhooks/1/{"•" * 20}"'),
        ('note = "ab12-cd34-ef56-gh78"', f'note = "{"•" * 19}"'),
        ('note = "ab12 CD34 ef56 gh78 ij90 kl12"', f'note = "{"•" * 29}"'),
        ('logo = "assets/HarbourWorkers-2027-Bold.png"', 'logo = "assets/HarbourWorkers-2027-Bold.png"'),
        ("[accounts.harbour-workers-2027-news]", "[accounts.harbour-workers-2027-news]"),
        ("the token of ours", "the token of ours"),
    ],
)
def test_a_line_is_shown_without_the_values_of_secrets_and_nothing_moves(line: str, shown: str) -> None:
    assert without_values(line) == shown
    assert len(shown) == len(line)
