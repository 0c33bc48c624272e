"""Versions of networks' APIs end: a person is told in time, with the line to write."""

import contextlib
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.assembly import Project, open_project
from scheduler.cli.screen.accounts import account_records, tell_versions
from scheduler.clock import VirtualClock
from scheduler.model.finding import Finding
from scheduler.publishers.discovery import known_networks
from scheduler.publishers.graph.versions import life_of
from tests.publishers.graph_house import CONFIG

ACCOUNTS = """
[accounts.page]
network = "facebook"
live = true
page_id = "1"
graph_version = "v24.0"

[accounts.shares]
network = "linkedin"
live = true
author = "urn:li:organization:1"
{version}

[accounts.threads]
network = "threads"
live = true
user_id = "1"
"""


def project(folder: Path, day: date, version: str = "") -> Project:
    folder.mkdir(exist_ok=True)
    (folder / "posts").mkdir(exist_ok=True)
    (folder / "config.toml").write_text(CONFIG.format(port=8788) + ACCOUNTS.format(version=version), encoding="utf-8")
    return open_project(folder, VirtualClock(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)))


def found(opened: Project) -> list[Finding]:
    now = opened.clock.now()
    return [finding for finding in opened.agenda(now, opened.facts()).findings if finding.rule == "api-version-old"]


def test_an_old_version_is_a_warning_of_check_in_its_line_and_with_its_fix(tmp_path: Path) -> None:
    (page,) = found(project(tmp_path, date(2027, 4, 10)))[:1]
    assert page.message == "page uses version v24.0 of Facebook’s API, which is of October 8, 2025 and ends about February 18, 2028"
    assert page.fix == 'graph_version = "v25.0"'
    line = (tmp_path / "config.toml").read_text("utf-8").splitlines()[page.span.line - 1]
    assert line[page.span.column - 1 : page.span.end_column - 1] == '"v24.0"'
    assert (page.severity.value, page.account, page.network) == ("warning", "page", "facebook")


@pytest.mark.parametrize(
    ("day", "accounts"),
    [
        (date(2027, 3, 31), []),
        (date(2027, 4, 1), ["shares"]),
        (date(2027, 4, 8), ["shares"]),
        (date(2027, 4, 9), ["page", "shares"]),
        (date(2030, 1, 1), ["page", "shares"]),
    ],
)
def test_the_warning_begins_after_nine_months_for_one_and_eighteen_for_the_other(tmp_path: Path, day: date, accounts: list[str]) -> None:
    assert sorted(str(finding.account) for finding in found(project(tmp_path, day))) == accounts


def test_where_our_own_default_is_old_too_a_newer_release_is_the_fix(tmp_path: Path) -> None:
    (shares,) = found(project(tmp_path, date(2027, 4, 5)))
    assert "version 202607 of LinkedIn’s API, which is of July 1, 2026 and ends about July 1, 2027" in shares.message
    assert shares.fix == "install the newest release of scheduler, or set a newer  version  in [accounts.shares]"
    assert found(project(tmp_path, date(2027, 4, 5), 'version = "202702"')) == []


def test_a_version_that_has_ended_is_said_to_have(tmp_path: Path) -> None:
    (shares,) = found(project(tmp_path, date(2026, 11, 22), 'version = "202510"'))
    assert "is of October 1, 2025 and has ended, or ends any day" in shares.message
    assert shares.fix == 'version = "202607"'


@pytest.mark.parametrize("version", ["", "next", "2026", "202613", "999912", "v26", "000001"])
def test_a_version_that_nobody_knows_is_no_warning(tmp_path: Path, version: str) -> None:
    assert [each.account for each in found(project(tmp_path, date(2026, 11, 22), f'version = "{version}"'))] == []


@pytest.mark.parametrize(
    ("version", "since"),
    [("v25.0", date(2026, 2, 18)), ("v2.5", date(2024, 1, 23)), ("v27.0", None), ("25.0", None), ("v25", None), ("v25.7", None)],
)
def test_the_days_of_a_version_of_meta_s(version: str, since: date | None) -> None:
    life = life_of(version)
    assert (life.since if life else None) == since


def test_the_accounts_and_the_status_say_it_as_well(tmp_path: Path) -> None:
    opened = project(tmp_path, date(2027, 4, 10))
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        tell_versions(opened, opened.config.accounts)
    assert "! page uses version v24.0 of Facebook’s API" in said.getvalue()
    assert 'Write or do instead:  graph_version = "v25.0"' in said.getvalue()
    ends = {record["account"]: record["api_version_ends"] for record in account_records(opened)}
    assert ends == {"page": "2028-02-18", "shares": "2027-07-01", "threads": None}


def test_the_version_that_an_account_has_by_default_has_days_and_is_warned_of_before_its_end() -> None:
    ageing = {name: adapter.facts for name, adapter in known_networks().items() if adapter.facts.ageing}
    assert len(ageing) == 3
    for name, facts in ageing.items():
        assert facts.ageing is not None
        ours = next(setting.default for setting in facts.settings if setting.name == facts.ageing.setting)
        life = facts.ageing.life(ours or "")
        assert life is not None, name
        assert timedelta(0) < facts.ageing.old_after < life.until - life.since
