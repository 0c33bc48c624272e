from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.config.durations import clock_range, duration
from scheduler.config.reading import ConfigInvalid, NoProject, find_project, read_config
from scheduler.config.schema import LateAfterTable, LateTable
from scheduler.config.secrets import SecretMissing, SecretsExposed, find_secret, store_secret
from scheduler.config.withholding import redacted
from scheduler.model.network import Setting
from scheduler.model.settings import Kind, Lateness, Pace
from tests.planning.making import network

ALPHA = network("alpha", settings=(Setting("server", "the server's address", required=True), Setting("folder", "where to", "public")))
MINIMAL = '[organisation]\nname = "Us"\n'


def written(folder: Path, text: str) -> Path:
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return folder


def findings(folder: Path, text: str) -> list[tuple[str, int, int, str]]:
    with pytest.raises(ConfigInvalid) as caught:
        read_config(written(folder, text), {"alpha": ALPHA})
    return sorted((f.rule, f.span.line, f.span.column, f.label) for f in caught.value.findings)


def test_a_name_is_enough_and_the_rest_has_defaults(tmp_path: Path) -> None:
    config = read_config(written(tmp_path, MINIMAL), {})
    assert (config.organisation.name, config.organisation.timezone, config.policy.late_after) == ("Us", "UTC", timedelta(minutes=30))


def test_an_account_keeps_its_network_s_settings_and_their_defaults(tmp_path: Path) -> None:
    text = MINIMAL + '[accounts.main]\nnetwork = "alpha"\nserver = "https://a.example"\n'
    account = read_config(written(tmp_path, text), {"alpha": ALPHA}).accounts["main"]
    assert dict(account.settings) == {"folder": "public", "server": "https://a.example"}
    assert not account.live


def test_every_mistake_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    text = '[organisation]\nname = "Us"\ntimezon = "UTC"\n\n[policy]\nlate_after = "soon"\n\n[brand]\nprimary = "blue"\n'
    assert findings(tmp_path, text) == [
        ("bad-setting", 6, 14, ""),
        ("bad-setting", 9, 11, ""),
        ("unknown-setting", 3, 1, "did you mean “timezone”?"),
    ]


@pytest.mark.parametrize(
    ("account", "rule", "line"),
    [
        ('[accounts.main]\nnetwork = "alfa"\n', "unknown-network", 4),
        ('[accounts.main]\nnetwork = "alpha"\n', "missing-setting", 3),
        ('[accounts.main]\nnetwork = "alpha"\nserver = "x"\nsever = "y"\n', "unknown-setting", 6),
        ('[accounts."My Page"]\nnetwork = "alpha"\nserver = "x"\n', "account-name", 3),
    ],
)
def test_a_mistake_in_an_account_is_told_with_its_line(tmp_path: Path, account: str, rule: str, line: int) -> None:
    assert [found[:2] for found in findings(tmp_path, MINIMAL + account)] == [(rule, line)]


@pytest.mark.parametrize(
    ("typed", "message", "fix"),
    [
        ('[slots]\nmain = ["Mon 09:00"]\n', "“slots.main” is a table", '[slots.main]\ntuesday = ["12:00", "18:00"]'),
        ('[accounts]\nmain = "alpha"\n', "“accounts.main” is a table", '[accounts.main]\nnetwork = "…"'),
        (
            '[accounts.main]\nnetwork = "alpha"\nserver = "x"\nlive = "soon"\n',
            "live is either true or false",
            "live = true  or  live = false",
        ),
        ('[accounts.main]\nnetwork = "alpha"\nserver = ["x", "y"]\n', "server takes one text, not several", 'server = "…"'),
        ('[accounts.main]\nnetwork = "alpha"\nserver = "x"\nhandle = 7\n', "handle is text, and text stands in quotes", 'handle = "7"'),
        ('[policy]\nmost_per_hour = "many"\n', "most_per_hour is a whole number", "most_per_hour = 3"),
        ("[policy]\nmost_per_hour = -1\n", "most_per_hour cannot be less than 0", "most_per_hour = 0"),
        ("[policy]\nlate_after = 30\n", "30 of what?", 'late_after = "30m"'),
        ('[policy]\nlate_after = "99999999999 days"\n', "longer than anybody can wait", 'late_after = "30m"'),
        ('[policy]\nlate_after = "5000 days"\n', "longer than anybody can wait", 'late_after = "30m"'),
        ("[policy]\nquiet_hours = [22, 7]\n", "quiet hours are written", None),
        ("[slots.main]\nmonday = [9]\n", "9 is not a time of day", None),
        ('[slots.main]\nmonday = "09:00"\n', "monday is a list", 'monday = ["09:00"]'),
    ],
)
def test_a_value_of_another_kind_is_told_in_plain_words_with_what_to_type(
    tmp_path: Path, typed: str, message: str, fix: str | None
) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        read_config(written(tmp_path, MINIMAL + typed), {"alpha": ALPHA})
    (finding,) = caught.value.findings
    assert (finding.rule, finding.fix) == ("bad-setting", fix)
    assert message in finding.message


OUTSIDE = Lateness(timedelta(minutes=30), "hold")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", (OUTSIDE, OUTSIDE, OUTSIDE)),
        ('late = "skip"\nlate_after = "2h"\n', (Lateness(timedelta(hours=2), "skip"),) * 3),
        ('late = { event = "skip", evergreen = "publish" }\n', (OUTSIDE, replace(OUTSIDE, late="skip"), replace(OUTSIDE, late="publish"))),
        ('late_after = { post = "2h" }\n', (replace(OUTSIDE, after=timedelta(hours=2)), OUTSIDE, OUTSIDE)),
        (
            'late_after = "1h"\n[policy.late]\npost = "publish"\n',
            tuple(Lateness(timedelta(hours=1), late) for late in ("publish", "hold", "hold")),
        ),
        ('late.event = "skip"\nlate_after.event = "0s"\n', (OUTSIDE, Lateness(timedelta(0), "skip"), OUTSIDE)),
        ("late = {}\n", (OUTSIDE, OUTSIDE, OUTSIDE)),
    ],
)
def test_lateness_is_one_for_all_or_one_for_each_kind(tmp_path: Path, typed: str, expected: tuple[Lateness, ...]) -> None:
    policy = read_config(written(tmp_path, f"{MINIMAL}[policy]\n{typed}"), {}).policy
    assert tuple(policy.lateness(kind) for kind in Kind) == expected


def test_a_mistake_in_the_rule_of_one_kind_names_the_kind(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        read_config(written(tmp_path, f'{MINIMAL}[policy]\nlate = {{ event = "skp" }}\nlate_after = {{ post = ["1h"] }}\n'), {})
    assert {finding.message for finding in caught.value.findings} == {
        "late for event is one of: hold, skip, publish",
        "late_after for post takes one length of time, not several",
    }


def test_the_tables_of_lateness_have_every_kind_of_post() -> None:
    assert [*LateTable.model_fields] == [*LateAfterTable.model_fields] == [*Kind]


@pytest.mark.parametrize(
    ("typed", "rule", "caret", "label", "fix"),
    [
        ('late = "skp"', "bad-setting", '"skp"', "did you mean “skip”?", 'late = "skip"'),
        ("late = 3", "bad-setting", "3", "", 'late = "hold"'),
        (f"late = 0x{'f' * 9000}", "bad-setting", f"0x{'f' * 9000}", "", 'late = "hold"'),
        ('late = { post = "hold", event = "publsh" }', "bad-setting", '"publsh"', "did you mean “publish”?", 'event = "publish"'),
        ('late = { evnt = "skip" }', "unknown-setting", "evnt", "did you mean “event”?", 'event = "skip"'),
        ('late = { campaign = "skip" }', "unknown-setting", "campaign", "", "one of: post, event, evergreen"),
        ('late = { post = "hold", evergreen = true }', "bad-setting", "true", "", 'evergreen = "hold"'),
        ('late.evergren = "skip"', "unknown-setting", "late.evergren", "did you mean “evergreen”?", 'evergreen = "skip"'),
        ('late_after = { post = "1h", evergreen = 30 }', "bad-setting", "30", "", 'evergreen = "30m"'),
        ('late_after = { evergreen = "15" }', "bad-setting", '"15"', "", 'evergreen = "15m"'),
        ('late_after = { pots = "15m" }', "unknown-setting", "pots", "did you mean “post”?", 'post = "15m"'),
        ('late_after = ["15m"]', "bad-setting", '["15m"]', "", 'late_after = "30m"'),
        ('late_after = { event = { a = "1h" } }', "bad-setting", '{ event = { a = "1h" } }', "", 'event = "30m"'),
    ],
)
def test_a_mistake_in_lateness_is_told_where_it_stands_with_what_to_type(
    tmp_path: Path, typed: str, rule: str, caret: str, label: str, fix: str
) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        read_config(written(tmp_path, f"{MINIMAL}[policy]\n{typed}\n"), {})
    (finding,) = caught.value.findings
    assert (finding.rule, finding.span.line, finding.label, finding.fix) == (rule, 4, label, fix)
    assert typed[finding.span.column - 1 : finding.span.end_column - 1] == caret


def test_a_misspelt_day_of_a_slot_is_recognised(tmp_path: Path) -> None:
    assert findings(tmp_path, MINIMAL + '[slots.main]\nthrusday = ["09:00"]\n') == [("unknown-setting", 4, 1, "did you mean “thursday”?")]


def test_broken_toml_is_told_with_its_place(tmp_path: Path) -> None:
    assert [found[:2] for found in findings(tmp_path, "[organisation]\nname = Us\n")] == [("toml-syntax", 2)]


def test_a_missing_name_says_what_to_write(tmp_path: Path) -> None:
    assert [found[0] for found in findings(tmp_path, "[organisation]\n")] == ["missing-setting"]
    assert [found[0] for found in findings(tmp_path, "")] == ["missing-setting"]


def test_the_project_is_the_nearest_folder_above(tmp_path: Path) -> None:
    deep = written(tmp_path, MINIMAL) / "posts" / "march"
    deep.mkdir(parents=True)
    assert find_project(deep) == tmp_path


def test_a_folder_without_config_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoProject, match=r"no config\.toml") as caught:
        find_project(tmp_path)
    assert caught.value.exit_code == 2
    assert "scheduler init" in caught.value.hint


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail_in_any_other_way(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("config")
    (folder / "config.toml").write_bytes(content)
    with pytest.raises(ConfigInvalid) as caught:
        read_config(folder, {"alpha": ALPHA})
    assert all(finding.span.line >= 1 for finding in caught.value.findings)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("30m", 1800), ("2h 30m", 9000), ("45s", 45), ("1 day", 86400), ("0s", 0), ("90 minutes", 5400), ("86400s", 86400)],
)
def test_lengths_of_time_are_read_as_people_write_them(text: str, expected: int) -> None:
    assert duration(text).total_seconds() == expected


@pytest.mark.parametrize("text", ["", "soon", "30", "m30", "1.5h", "-3m"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a length of time"):
        duration(text)


def test_a_stretch_of_the_day_may_pass_midnight() -> None:
    assert clock_range("22:00-07:00") == (time(22), time(7))


def test_a_secret_comes_from_the_first_place_that_has_it(tmp_path: Path) -> None:
    (tmp_path / ".scheduler").mkdir()
    stored = tmp_path / ".scheduler" / "secrets.toml"
    stored.write_text('my-page = "from the file"\n', encoding="utf-8")
    stored.chmod(0o600)
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "my-page").write_text("from systemd\n", encoding="utf-8")
    (tmp_path / "token").write_text("from a named file\n", encoding="utf-8")
    places = {
        "from systemd": {"CREDENTIALS_DIRECTORY": str(credentials), "SCHEDULER_SECRET_MY_PAGE": "from the environment"},
        "from the environment": {"SCHEDULER_SECRET_MY_PAGE": "from the environment"},
        "from a named file": {"SCHEDULER_SECRET_MY_PAGE_FILE": str(tmp_path / "token")},
        "from the file": {},
    }
    assert [find_secret("my-page", tmp_path, environment) for environment in places.values()] == list(places)


def test_a_missing_secret_names_the_places(tmp_path: Path) -> None:
    with pytest.raises(SecretMissing) as caught:
        find_secret("my-page", tmp_path, {})
    assert "SCHEDULER_SECRET_MY_PAGE" in caught.value.hint


def test_secrets_that_others_can_read_are_not_used(tmp_path: Path) -> None:
    (tmp_path / ".scheduler").mkdir()
    stored = tmp_path / ".scheduler" / "secrets.toml"
    stored.write_text('page = "x"\n', encoding="utf-8")
    stored.chmod(0o644)
    with pytest.raises(SecretsExposed):
        find_secret("page", tmp_path, {})


def test_reports_hold_no_secret_from_any_place(tmp_path: Path) -> None:
    (tmp_path / ".scheduler").mkdir()
    (tmp_path / ".scheduler" / "secrets.toml").write_text('a = "alpha-secret"\n[b]\ntoken = "beta-secret"\n', encoding="utf-8")
    text = redacted("alpha-secret beta-secret gamma-secret stays", tmp_path, {"SCHEDULER_SECRET_C": "gamma-secret"})
    assert text == "[secret] [secret] [secret] stays"


def test_a_report_is_written_even_where_the_secrets_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / ".scheduler").mkdir()
    (tmp_path / ".scheduler" / "secrets.toml").write_text("not toml", encoding="utf-8")
    assert redacted("text", tmp_path, {"SCHEDULER_SECRET_C_FILE": str(tmp_path / "missing")}) == "text"


def test_an_account_may_have_a_language_of_its_own_or_all_of_them_as_a_thread(tmp_path: Path) -> None:
    text = MINIMAL + '[accounts.main]\nnetwork = "alpha"\nserver = "https://a.example"\n'
    config = read_config(written(tmp_path, text + 'language = "es"\nlanguages = "thread"\n'), {"alpha": ALPHA})
    assert (config.accounts["main"].language, config.accounts["main"].thread) == ("es", True)
    with pytest.raises(ConfigInvalid) as caught:
        read_config(written(tmp_path, text + 'languages = "both"\n'), {"alpha": ALPHA})
    assert caught.value.findings[0].message == "languages is one of: one, thread"


@pytest.mark.parametrize("value", ["9" * 5_000, "[" * 3_000 + "]" * 3_000])
def test_what_no_machine_reads_is_told_with_its_place(value: str, tmp_path: Path) -> None:
    assert findings(tmp_path, f"{MINIMAL}website = {value}\n")[0][:1] == ("toml-syntax",)


@pytest.mark.parametrize(
    "line",
    [
        'timezone = "a\\u0000b"',
        f'timezone = "{"x" * 9_000}"',
        "timezone = 2027-01-01",
        "[preview]\nport = [1, {}]",
        "[preview]\nport = {a = 1}",
        "[archive]\nx = 10:00:00",
        "[policy]\nmost_per_hour = nan",
        f'[policy]\nsettle = "{"9" * 400}m"',
        f'[slots.default]\ndaily = "{"1" * 9_000}"',
    ],
)
def test_a_value_of_the_wrong_kind_is_told_once_and_in_plain_words(line: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        read_config(written(tmp_path, f"{MINIMAL}{line}\n"), {})
    (finding,) = caught.value.findings
    assert finding.message.isprintable()
    assert len(finding.message) < 250
    assert not any(word in finding.message for word in ("input", "valid", "finite", "int:", "expected"))


@pytest.mark.parametrize("asked", ["optional", "one", "two", "named"])
def test_nobody_is_left_to_believe_that_posts_wait_for_an_approval(tmp_path: Path, asked: str) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        read_config(written(tmp_path, f'{MINIMAL}[policy]\napproval = "{asked}"\n'), {"alpha": ALPHA})
    (finding,) = caught.value.findings
    assert "cannot be recorded yet" in finding.message
    assert (finding.span.line, finding.span.column) == (4, 12)


BOTH = """
[accounts.main]
network = "alpha"
server = "x"
[accounts.second]
network = "alpha"
server = "y"
[policy]
minimum_gap = "10m"
quiet_hours = "22:00-07:00"
most_per_hour = 6
"""
NIGHT, COMMON = (time(22), time(7)), timedelta(minutes=10)


@pytest.mark.parametrize(
    ("slots", "main", "second"),
    [
        ("", None, None),
        ('[slots.main]\ndaily = ["09:00"]\n', None, None),
        ('[slots.main]\nminimum_gap = "2h"\n', Pace(minimum_gap=timedelta(hours=2), quiet_hours=NIGHT, most_per_hour=6), None),
        ('[slots.main]\nquiet_hours = "None"\n', Pace(minimum_gap=COMMON, most_per_hour=6), None),
        (
            (
                '[slots.alpha]\nmost_per_hour = 2\n[slots.default]\nmost_per_hour = 3\nminimum_gap = "1m"\n'
                '[slots.main]\nquiet_hours = "1:00-2:00"\n'
            ),
            Pace(minimum_gap=timedelta(minutes=1), quiet_hours=(time(1), time(2)), most_per_hour=2),
            Pace(minimum_gap=timedelta(minutes=1), quiet_hours=NIGHT, most_per_hour=2),
        ),
        ('[slots.second]\nminimum_gap = "0m"\nmost_per_hour = 0\n', None, Pace(quiet_hours=NIGHT)),
    ],
)
def test_the_pace_of_an_account_is_that_of_its_slots_and_else_that_of_the_project(
    tmp_path: Path, slots: str, main: Pace | None, second: Pace | None
) -> None:
    policy = read_config(written(tmp_path, MINIMAL + BOTH + slots), {"alpha": ALPHA}).policy
    common = Pace(minimum_gap=COMMON, quiet_hours=NIGHT, most_per_hour=6)
    assert (policy.pace("main"), policy.pace("second"), policy.pace("gone")) == (main or common, second or common, common)


@pytest.mark.parametrize(
    ("typed", "rule", "line", "message", "fix"),
    [
        ('[slots.mian]\nminimum_gap = "2h"\n', "bad-setting", 15, "there is no account “mian”", "[slots.main]"),
        ('[slots.tips]\ndaily = ["09:00"]\nquiet_hours = "1:00-2:00"\n', "bad-setting", 16, "posts of a pool keep", "[slots.main]"),
        (
            "[accounts.third]\nnetwork = 'alpha'\nserver = 'z'\nminimum_gap = '2h'\n",
            "unknown-setting",
            17,
            "stands with its slots",
            "[slots.third]",
        ),
        ("[slots.main]\nminimum_gap = 2\n", "bad-setting", 15, "2 of what?", None),
        ("[slots.main]\nquiet_hours = 'at night'\n", "bad-setting", 15, "is not a stretch of the day", None),
        ("[slots.main]\nmost_per_hour = -1\n", "bad-setting", 15, "cannot be less than 0", "most_per_hour = 0"),
        ("[slots.main]\nminimun_gap = '2h'\n", "unknown-setting", 15, "“minimun_gap”", None),
    ],
)
def test_a_mistake_in_the_pace_of_an_account_is_told_where_it_stands(
    tmp_path: Path, typed: str, rule: str, line: int, message: str, fix: str | None
) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        read_config(written(tmp_path, MINIMAL + BOTH + typed), {"alpha": ALPHA})
    (finding,) = caught.value.findings
    assert (finding.rule, finding.span.line) == (rule, line)
    assert message in finding.message
    assert (fix or "") in (finding.fix or "")


def test_what_systemd_gives_and_single_parts_of_secrets_are_kept_out_of_reports(tmp_path: Path) -> None:
    given = tmp_path / "credentials"
    given.mkdir()
    (given / "chirps").write_text("planted-app-key:planted-app-secret:planted-token:planted-token-secret\n", encoding="utf-8")
    (given / "binary").write_bytes(b"\xff\xfe")
    store_secret("toots", "planted-with-a-newline\n", tmp_path)
    env = {
        "CREDENTIALS_DIRECTORY": str(given),
        "SCHEDULER_SECRET_MEDIA": "planted-key-id:planted-half\n",
        "SCHEDULER_SECRET_BOT": "123456:planted-bot",
    }
    words = ["planted-app-secret", "planted-token-secret", "planted-token", "planted-app-key", "planted-with-a-newline"]
    words += ["planted-half", "planted-key-id", "planted-bot"]
    assert redacted(" ".join((*words, "123456", "https")), tmp_path, env) == "[secret] " * len(words) + "123456 https"
