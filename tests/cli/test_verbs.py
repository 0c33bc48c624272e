import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.running import environment, inside
from tests.sample import lay_out

SAMPLE = Path(__file__).resolve().parents[2]
HEAVY = (
    "alembic",
    "apscheduler",
    "babel",
    "httpx",
    "instaloader",
    "jinja2",
    "PIL",
    "pydantic",
    "regex",
    "rich",
    "sqlalchemy",
    "starlette",
    "yaml",
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("sample") / "my org")


def test_the_sample_is_clean_and_rehearses_without_a_failure(sample: Path) -> None:
    check = inside(sample, "check", "--json", "--now", "2026-12-01")
    assert check.json["findings"] == []
    run = inside(sample, "rehearse", "--json", "--from", "2027-01-01")
    assert run.code == 0, run.err
    deliveries = run.json["deliveries"]
    assert {item["state"] for item in deliveries} == {"sent"}
    assert len({item["delivery"] for item in deliveries}) == len(deliveries) == 50
    assert {item["network"] for item in deliveries} == {"instagram", "facebook", "mastodon", "bluesky", "website"}


def test_the_sample_keeps_its_local_hours_across_the_clock_change_it_spans(sample: Path) -> None:
    times = {(item["due"], item["due_utc"]) for item in inside(sample, "list", "--json").json["deliveries"]}
    assert ("2027-03-06T10:00:00-08:00", "2027-03-06T18:00:00Z") in times
    assert ("2027-04-24T17:30:00-07:00", "2027-04-25T00:30:00Z") in times
    for due, utc in times:
        assert datetime.fromisoformat(due).astimezone(UTC) == datetime.fromisoformat(utc)


def test_a_rehearsal_sends_nothing_to_the_real_website(sample: Path) -> None:
    assert inside(sample, "rehearse", "--json", "--from", "2027-01-01").code == 0
    assert not (sample / "public").exists()
    assert not (sample / ".scheduler" / "ledger.sqlite").exists()


def test_init_never_overwrites_a_file(sample: Path) -> None:
    config = sample / "config.toml"
    before = config.read_text(encoding="utf-8")
    config.write_text(before + "# mine\n", encoding="utf-8")
    again = inside(sample.parent, "init", str(sample), "--yes")
    assert again.code == 0
    assert config.read_text(encoding="utf-8").endswith("# mine\n")
    config.write_text(before, encoding="utf-8")


def test_init_takes_the_name_and_the_zone(tmp_path: Path) -> None:
    run = inside(tmp_path, "init", "org", "--yes", "--name", 'The "Night" Shift', "--timezone", "Europe/Berlin")
    assert run.code == 0, run.err
    assert inside(tmp_path / "org", "check", "--now", "2026-12-01").code == 0
    assert inside(tmp_path, "init", "other", "--yes", "--timezone", "Europe/Belin").code == 2


def test_init_without_a_terminal_asks_nothing(tmp_path: Path) -> None:
    assert inside(tmp_path, "init", "org").code == 0


def test_show_is_exactly_what_is_sent(sample: Path) -> None:
    document = inside(sample, "show", "hiring", "--json").json
    assert (document["schema"], document["post"]) == ("scheduler.show/1", "2027-03-16-hiring")
    by_account = {item["account"]: item for item in document["outgoing"]}
    assert by_account["bluesky"]["text"].endswith("https://harborworkers.example/jobs\n\n#NowHiring #MovementJobs")
    assert (by_account["bluesky"]["limit"], by_account["mastodon"]["limit"]) == (300, 500)
    assert "Link in bio" in by_account["instagram"]["text"]
    (media,) = by_account["website"]["media"]
    assert media["path"] == "assets/photos/hiring.jpg"
    assert media["alt"].startswith("Drawing of a megaphone")
    assert {"width", "height", "bytes", "mime"} <= media.keys()
    keys = {"account", "network", "part", "due", "text", "length", "limit", "media", "content_warning", "language", "facets", "link_card"}
    assert all(keys <= item.keys() for item in document["outgoing"])


def test_an_event_card_is_drawn_in_each_network_s_format(sample: Path) -> None:
    document = inside(sample, "show", "2027-10-09-gala/save-the-date", "--json").json
    sizes = {item["network"]: (item["media"][0]["width"], item["media"][0]["height"]) for item in document["outgoing"]}
    assert sizes["instagram"] == (1080, 1350)
    assert sizes["bluesky"] == (1080, 1080)
    assert "Lanterns on the Water Gala" in document["outgoing"][0]["media"][0]["alt"]


def test_a_name_that_fits_nothing_or_too_much_says_what_to_type(sample: Path) -> None:
    nothing = inside(sample, "show", "hirring")
    assert (nothing.code, "no post “hirring”" in nothing.err) == (2, True)
    several = inside(sample, "show", "2027-03")
    assert (several.code, "fits 3 posts" in several.err) == (2, True)


def test_list_shows_days_and_holds_in_80_columns(sample: Path) -> None:
    run = inside(sample, "list")
    assert run.code == 0
    assert "Saturday, March 6, 2027" in run.out
    assert max(len(line) for line in run.out.splitlines()) <= 80


def test_list_from_until_takes_local_times(sample: Path) -> None:
    document = inside(sample, "list", "--from", "2027-05-01", "--until", "2027-05-01 23:59", "--json").json
    assert {item["part"] for item in document["deliveries"]} == {"Today"}
    assert inside(sample, "list", "--from", "tomorrow-ish").code == 2


def test_preview_writes_one_file_or_a_folder(sample: Path) -> None:
    assert inside(sample, "preview", "--export", "out.html").code == 0
    page = (sample / "out.html").read_text(encoding="utf-8")
    assert "March for a Living Wage" in page
    assert "data:image/jpeg" in page
    assert inside(sample, "preview", "--export", "site").code == 0
    assert (sample / "site" / "index.html").is_file()


def test_status_before_the_first_run_is_not_healthy_and_says_how_to_start(sample: Path) -> None:
    run = inside(sample, "status")
    assert (run.code, "scheduler run" in run.out) == (1, True)
    document = inside(sample, "status", "--json").json
    assert document["schema"] == "scheduler.status/1"
    assert document["daemon"] == {"alive": False, "last_tick": None}
    assert {"account", "network", "live", "ok", "reason", "token_expires"} <= document["accounts"][0].keys()


def test_history_of_a_folder_that_never_ran_is_empty(sample: Path) -> None:
    assert inside(sample, "history", "--json").json == {"schema": "scheduler.history/1", "attempts": [], "in_part": []}


def test_pause_and_resume_say_what_they_did_and_refuse_unknown_names(posts_folder: Path) -> None:
    """
    ---
    when: 2030-04-14 12:00
    ---
    Hello.
    """
    assert inside(posts_folder, "pause", "--account", "site", "--reason", "waiting").code == 0
    (pause,) = inside(posts_folder, "status", "--json").json["paused"]
    assert (pause["scope"], pause["name"], pause["reason"]) == ("account", "site", "waiting")
    assert inside(posts_folder, "resume", "--account", "site").code == 0
    assert inside(posts_folder, "status", "--json").json["paused"] == []
    wrong = inside(posts_folder, "pause", "--account", "sit")
    assert (wrong.code, "Did you mean “site”?" in wrong.err) == (2, True)


def test_a_folder_without_config_is_told_what_to_do(tmp_path: Path) -> None:
    run = inside(tmp_path, "list")
    assert run.code == 2
    assert "scheduler init" in run.err
    assert "Traceback" not in run.err


def test_a_mistake_in_config_is_shown_like_one_in_a_post(posts_folder: Path) -> None:
    """
    === config.toml
    [organisation]
    name = "Us"

    [accounts.page]
    network = "facebok"
    """
    run = inside(posts_folder, "list")
    assert run.code == 2
    assert "--> config.toml:5:11" in run.err
    assert "did you mean “facebook”?" in run.err


def test_an_unreadable_posts_folder_is_one_sentence(posts_folder: Path) -> None:
    (posts_folder / "posts").rmdir()
    run = inside(posts_folder, "list")
    assert run.code == 1
    assert run.err.startswith("error: ")
    assert "Traceback" not in run.err


def test_help_starts_with_examples_and_loads_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys, json\n"
        "from scheduler.cli import Verbs\n"
        "from click.testing import CliRunner\n"
        "verbs = Verbs()\n"
        "outputs = [CliRunner().invoke(verbs, [*verb, '--help']).output for verb in [[], *([v] for v in verbs.list_commands(None))]]\n"
        f"print(json.dumps([outputs, [name for name in {HEAVY!r} if name in sys.modules]]))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True)
    outputs, loaded = json.loads(done.stdout)
    assert loaded == []
    assert all("  scheduler" in output for output in outputs)


def test_an_unknown_command_is_answered_with_the_nearest(tmp_path: Path) -> None:
    run = inside(tmp_path, "previw")
    assert (run.code, "Did you mean “preview”?" in run.err) == (2, True)


def test_an_error_of_ours_leaves_a_report_without_secrets(posts_folder: Path) -> None:
    """
    ---
    when: 2030-04-14 12:00
    ---
    Hello.
    """
    code = (
        "import click, sys\n"
        "from scheduler.cli.screen.boundary import guarded\n"
        "@click.command()\n"
        "def broken(): raise ValueError('token is planted-secret')\n"
        "sys.exit(guarded(broken, []))"
    )
    env = environment({"SCHEDULER_SECRET_SITE": "planted-secret"})
    done = subprocess.run([sys.executable, "-c", code], cwd=posts_folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    (report,) = (posts_folder / ".scheduler").glob("crash-*.txt")
    assert "ValueError: token is [secret]" in report.read_text(encoding="utf-8")
    assert "planted-secret" not in done.stderr + done.stdout
