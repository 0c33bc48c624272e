"""What ``show`` says: what a post costs, what a network leaves out, where hashtags stand, and whom a text mentions on each network."""

from pathlib import Path

import pytest

from tests.cli.running import inside
from tests.films import measured
from tests.publishers.posts import jpeg

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
    assert "Alt text: is not sent. The Bot API takes no descriptions." in telegram
    assert "/ 1,024 characters" in telegram
    assert "· costs $0.205" in x
    records = {item["network"]: item for item in inside(tmp_path, "show", "march", "--json").json["outgoing"]}
    assert {name: (item["limit"], len(item["media"])) for name, item in records.items()} == {
        "slack": (40_000, 0),
        "telegram": (1_024, 1),
        "x": (280, 1),
    }


def test_a_story_says_that_its_description_is_not_sent_where_a_network_takes_none(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG + '\n[accounts.ig]\nnetwork = "instagram"\nuser_id = "1"\n', encoding="utf-8")
    (tmp_path / "posts").mkdir()
    story = f"{FRONT}March\n\n![A flyer](../flyer.jpg)\n\n### instagram story\n![A banner](../flyer.jpg)\n"
    (tmp_path / "posts/march.md").write_text(story.replace("[slack, telegram, x]", "[instagram]"), encoding="utf-8")
    jpeg(tmp_path, "flyer.jpg", (1080, 1350))
    shown = inside(tmp_path, "show", "march").out
    assert "Alt text: A flyer" in shown
    assert "Alt text: is not sent. Instagram takes none for a story." in shown


def test_a_film_says_that_its_description_is_not_sent_where_a_network_takes_none(tmp_path: Path) -> None:
    numbers = {"facebook": 'page_id = "1"', "instagram": 'user_id = "1"', "threads": 'user_id = "1"', "mastodon": ""}
    accounts = "".join(f'\n[accounts.{name}]\nnetwork = "{name}"\n{number}\n' for name, number in numbers.items())
    (tmp_path / "config.toml").write_text(CONFIG + accounts, encoding="utf-8")
    (tmp_path / "posts").mkdir()
    measured(tmp_path / "march.mp4")
    post = FRONT.replace("[slack, telegram, x]", f"[{', '.join(numbers)}]") + "March\n\n![The march at noon](../march.mp4)\n"
    (tmp_path / "posts/march.md").write_text(post, encoding="utf-8")
    said = [line for line in inside(tmp_path, "show", "march").out.splitlines() if "Alt text:" in line]
    facebook, instagram, threads, mastodon = said
    assert "Alt text: is not sent. The Pages API has descriptions of photos only." in facebook
    assert "Alt text: is not sent. The API takes descriptions of pictures only." in instagram
    assert "Alt text: The march at noon" in threads
    assert "Alt text: The march at noon" in mastodon


WORDS = "Fair pay on May Day: all out, port of Ellison!"


@pytest.mark.parametrize(
    ("place", "text", "comment"),
    [
        ("end", f"{WORDS}\n\n#MayDay #UnionStrong", None),
        ("inline", f"{WORDS.replace('May Day', '#MayDay')}\n\n#UnionStrong", None),
        ("first-comment", WORDS, "Sources in our bio\n\n#MayDay #UnionStrong"),
    ],
)
def test_hashtags_stand_where_their_set_says(place: str, text: str, comment: str | None, tmp_path: Path) -> None:
    accounts = '\n[accounts.page]\nnetwork = "facebook"\npage_id = "1"\n\n[accounts.slack]\nnetwork = "slack"\n'
    (tmp_path / "config.toml").write_text(CONFIG + accounts, encoding="utf-8")
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts/_hashtags.toml").write_text(f'[core]\ntags = ["MayDay", "UnionStrong"]\nplace = "{place}"\n', encoding="utf-8")
    own = "first-comment: Sources in our bio\n" if comment else ""
    front = f"---\nwhen: 2030-05-01 10:00\nwhere: [facebook, slack]\nhashtags: [core]\n{own}---\n"
    (tmp_path / "posts/march.md").write_text(f"{front}{WORDS}\n", encoding="utf-8")
    records = {item["network"]: item for item in inside(tmp_path, "show", "march", "--json").json["outgoing"]}
    assert (records["facebook"]["text"], records["facebook"]["first_comment"]) == (text, comment)
    below = f"{WORDS}\n\n#MayDay #UnionStrong" if comment else text
    assert (records["slack"]["text"], records["slack"]["first_comment"]) == (below, None)
    for record in records.values():
        tags = [facet for facet in record["facets"] if facet["kind"] == "tag"]
        assert [record["text"][facet["start"] : facet["end"]] for facet in tags] == [f"#{facet['value']}" for facet in tags]
    assert "not-used-yet" not in inside(tmp_path, "check").out


def test_people_are_mentioned_as_each_network_knows_them_and_the_length_is_that_of_what_is_sent(tmp_path: Path) -> None:
    names = ("linkedin", "mastodon", "website", "x")
    accounts = "".join(f'\n[accounts.{name}]\nnetwork = "{name}"\n' for name in names)
    (tmp_path / "config.toml").write_text(CONFIG + accounts, encoding="utf-8")
    (tmp_path / "posts").mkdir()
    handles = '"Tenants’ Union" = { mastodon = "@tenants@social.example", linkedin = "urn:li:organization:1234" }\n'
    (tmp_path / "posts/_words.toml").write_text(f"[handles]\n{handles}", encoding="utf-8")
    front = "---\nwhen: 2030-05-01 10:00\n---\n"
    text = "With {mention.Tenants’ Union}, thanks @tenants@social.example and @choir@far.example\n"
    (tmp_path / "posts/march.md").write_text(front + text, encoding="utf-8")
    records = {item["network"]: item for item in inside(tmp_path, "show", "march", "--json").json["outgoing"]}
    by_name = "With Tenants’ Union, thanks Tenants’ Union and @choir@far.example"
    assert {name: record["text"] for name, record in records.items()} == {
        "linkedin": by_name,
        "mastodon": "With @tenants@social.example, thanks @tenants@social.example and @choir@far.example",
        "website": by_name,
        "x": by_name,
    }
    sent = len(by_name.replace("Tenants’ Union", "@[Tenants’ Union](urn:li:organization:1234)").replace("@choir@", r"\@choir\@"))
    assert records["linkedin"]["length"] == sent
    shown = inside(tmp_path, "show", "march").out.split("╭─")[1:]
    assert "Mentions: Tenants’ Union (urn:li:organization:1234)" in shown[0]
    told = {(found["network"], found["severity"]) for found in inside(tmp_path, "check", "--format", "json").json["findings"]}
    assert told == {("linkedin", "hint"), ("website", "hint"), ("x", "warning")}
