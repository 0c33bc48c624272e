"""What ``show`` says of a network that takes money, one without alt texts, and one without pictures."""

from pathlib import Path

from tests.cli.running import inside
from tests.publishers.remote import jpeg

CONFIG = '[organisation]\nname = "Harbour Workers"\ntimezone = "Europe/Berlin"\nlanguages = ["en"]\n'
FRONT = "---\ntitle: March\nwhen: 2030-03-09 10:00\nwhere: [slack, telegram, x]\n---\n"
POST = f"{FRONT}March for https://example.org #MayDay\n\n![A flyer](../flyer.jpg)\n"


def test_costs_and_what_does_not_arrive_are_shown_before_anything_is_sent(tmp_path: Path) -> None:
    accounts = "".join(f'\n[accounts.{name}]\nnetwork = "{name}"\n' for name in ("slack", "telegram", "x"))
    (tmp_path / "config.toml").write_text(CONFIG + accounts, encoding="utf-8")
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts/march.md").write_text(POST, encoding="utf-8")
    jpeg(tmp_path, "flyer.jpg", (800, 1000))
    shown = inside(tmp_path, "show", "march")
    slack, telegram, x = shown.out.split("╭─")[1:]
    assert "words alone" in slack
    assert "A flyer" not in slack.split("╰")[0]
    assert "Alt text: is not sent. The Bot API takes no description of a picture." in telegram
    assert "/ 1,024 characters" in telegram
    assert "· costs $0.205" in x
    records = {item["network"]: item for item in inside(tmp_path, "show", "march", "--json").json["outgoing"]}
    assert {name: (item["limit"], len(item["media"])) for name, item in records.items()} == {
        "slack": (40_000, 0),
        "telegram": (1_024, 1),
        "x": (280, 1),
    }
