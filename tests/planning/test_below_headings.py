"""What stands below a heading counts for it alone: from the file to what would be sent, and when."""

from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.model.delivery import Delivery
from scheduler.model.limits import Limits
from scheduler.model.network import Abilities, Account, Recovery
from scheduler.model.outgoing import Outgoing
from scheduler.model.plan import Plan
from scheduler.planning.composing.compose import compose
from scheduler.planning.context import Context
from scheduler.planning.plan import plan
from tests.planning.making import NOW, context, local, network
from tests.postfiles.conftest import folder_at

ABLE = Abilities(recovery=Recovery.NONE, content_warning=True, link_card=True, first_comment=True, threads=True)
NETWORKS = tuple(network(name, abilities=ABLE, limits=Limits(text=5000)) for name in ("mastodon", "bluesky", "facebook"))
ACCOUNTS = {name: Account(name=name, network=of) for name, of in {"masto": "mastodon", "bsky": "bluesky", "fb": "facebook"}.items()}
ON_TOP = """---
title: One
when: 2027-04-14 12:00
where: [masto, bsky, fb]
link: https://example.org/all
hashtags: [core]
content-warning: food
first-comment: For everybody
expires: 2027-05-01
---
Hello {link}
"""


def planned(folder: Path, text: str) -> tuple[Plan, Context]:
    (folder / "posts").mkdir(exist_ok=True)
    (folder / "posts/_hashtags.toml").write_text('[core]\ntags = ["OurUnion", "MayDay2027"]\n', encoding="utf-8")
    (folder / "posts/one.md").write_text(text, encoding="utf-8")
    reading = folder_at(folder).read()
    assert [finding for finding in reading.all_findings if finding.is_error] == []
    around = context(networks=NETWORKS, accounts=ACCOUNTS, sets=dict(reading.hashtag_sets))
    return plan(reading.files, around, NOW), around


def sent(folder: Path, text: str) -> dict[str, tuple[Delivery, Outgoing]]:
    found, around = planned(folder, text)
    return {one.account.name: (one, compose(one, around, {}).outgoing) for one in found.deliveries}


def test_each_setting_of_a_section_is_for_its_network_alone(tmp_path: Path) -> None:
    below = """
### mastodon
when: 2027-04-15 09:00
link: https://example.org/fedi
hashtags: [fediverse, mayday2027]
content-warning: rent
first-comment: For the fediverse
expires: 2027-04-20
lang: es
Hi {link}
"""
    found = sent(tmp_path, ON_TOP + below)
    delivery, outgoing = found["masto"]
    assert local(delivery) == "2027-04-15 09:00"
    assert f"{delivery.expires:%Y-%m-%d %H:%M}" == "2027-04-20 23:59"
    assert outgoing.text == "Hi https://example.org/fedi\n\n#fediverse #MayDay2027"
    assert outgoing.link_card is not None
    assert outgoing.link_card.url == "https://example.org/fedi"
    assert (outgoing.content_warning, outgoing.first_comment, outgoing.language) == ("rent", "For the fediverse", "es")
    for name in ("bsky", "fb"):
        delivery, outgoing = found[name]
        assert local(delivery) == "2027-04-14 12:00"
        assert f"{delivery.expires:%Y-%m-%d}" == "2027-05-01"
        assert outgoing.text == "Hello https://example.org/all\n\n#OurUnion #MayDay2027"
        assert (outgoing.content_warning, outgoing.first_comment, outgoing.language) == ("food", "For everybody", "en")


def test_none_switches_each_of_them_off_for_its_network_alone(tmp_path: Path) -> None:
    off = "link: none\nhashtags: none\ncontent-warning: none\nfirst-comment: none\nexpires: none\n"
    found = sent(tmp_path, f"{ON_TOP}\n### bsky\n{off}Hi\n")
    delivery, outgoing = found["bsky"]
    assert delivery.expires is None
    assert (outgoing.text, outgoing.link_card, outgoing.content_warning, outgoing.first_comment) == ("Hi", None, None, "")
    assert found["fb"][1].first_comment == "For everybody"


def test_none_on_top_leaves_the_event_s_address_out_too(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts/_campaign.md").write_text(
        "---\nkind: event\ntitle: March\nstarts: 2027-05-01 14:00\nurl: https://example.org/march\n---\n", encoding="utf-8"
    )
    text = "---\nwhen: 2027-04-14 12:00\nwhere: [fb]\nLINK---\nHello\n"
    assert sent(tmp_path, text.replace("LINK", "link: none\n"))["fb"][1].link_card is None
    assert sent(tmp_path, text.replace("LINK", ""))["fb"][1].link_card is not None


def test_a_section_that_is_a_draft_keeps_back_its_network_alone(tmp_path: Path) -> None:
    found, _ = planned(tmp_path, f"{ON_TOP}\n### mastodon\nstatus: draft\nHi\n")
    assert {one.account.name for one in found.deliveries} == {"bsky", "fb"}
    assert [(one.delivery.account.name, one.reason) for one in found.held] == [
        ("masto", "Its status is “draft”; only posts that are ready go out.")
    ]


def test_a_section_that_expires_before_its_time_is_held_alone(tmp_path: Path) -> None:
    found, _ = planned(tmp_path, f"{ON_TOP}\n### fb\nexpires: 2027-04-13\nHi\n")
    ((name, reason),) = [(one.delivery.account.name, one.reason) for one in found.held]
    assert (name, reason) == ("fb", "It expires on 2027-04-13 23:59, before its own time.")


def test_a_section_counts_from_the_event_and_is_told_where_there_is_none(tmp_path: Path) -> None:
    found, _ = planned(tmp_path, f"{ON_TOP}\n### mastodon\nwhen: 1 week before, 10:00\nHi\n")
    (finding,) = [finding for finding in found.findings if finding.is_error]
    assert (finding.rule, finding.span.line, finding.account) == ("no-event", 14, "masto")


def test_a_missed_time_is_told_where_it_stands(tmp_path: Path) -> None:
    found, _ = planned(tmp_path, f"{ON_TOP}\n### mastodon\nwhen: 2027-03-01 10:00\nHi\n")
    assert [(finding.rule, finding.span.line, finding.account) for finding in found.findings] == [("missed-time", 14, "masto")]


def test_a_part_of_a_series_has_a_link_and_hashtags_of_its_own(tmp_path: Path) -> None:
    text = (
        "---\nkind: series\nwhere: [fb]\nlink: https://example.org/all\nhashtags: [core]\n---\n"
        "## One | 2027-04-14 12:00\nlink: https://example.org/one\nhashtags: [mayday2027]\nfirst-comment: Mine\nHi {link}\n"
        "## Two | 2027-04-15 12:00\nHi {link}\n"
    )
    found, around = planned(tmp_path, text)
    made = [compose(one, around, {}).outgoing for one in found.deliveries]
    assert [(one.text, one.first_comment) for one in made] == [
        ("Hi https://example.org/one\n\n#MayDay2027", "Mine"),
        ("Hi https://example.org/all\n\n#OurUnion #MayDay2027", ""),
    ]


def test_a_comment_of_a_section_goes_before_the_one_for_everybody(tmp_path: Path) -> None:
    text = ON_TOP.replace("first-comment: For everybody\n", "")
    found = sent(tmp_path, f"{text}\n### first comment\nAll of you\n\n### fb\nfirst-comment: You alone\nHi\n")
    assert {name: outgoing.first_comment for name, (_, outgoing) in found.items()} == {
        "masto": "All of you",
        "bsky": "All of you",
        "fb": "You alone",
    }


def test_a_section_of_a_language_file_has_its_own_too(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts/one.es.md").write_text(
        "Hola {link}\n\n### fb\nlink: https://example.org/es\nhashtags: [mayday2027]\nexpires: 2027-04-20\nHola {link}\n", encoding="utf-8"
    )
    accounts = {"fb": Account(name="fb", network="facebook", language="es")}
    _, around = planned(tmp_path, ON_TOP)
    around = replace(around, config=replace(around.config, accounts=accounts))
    (delivery,) = plan(folder_at(tmp_path).read().files, around, NOW).deliveries
    assert compose(delivery, around, {}).outgoing.text == "Hola https://example.org/es\n\n#MayDay2027"
    assert f"{delivery.expires:%Y-%m-%d}" == "2027-04-20"


@pytest.mark.parametrize(
    ("section", "line", "fix"),
    [
        ("### mastodon\nwhere: [bsky]", 14, "a section is for whom its heading names"),
        ("### mastodon\ntitle: Another", 14, "the settings on top"),
        ("### mastodon\nplace: Pier Square", 14, "_campaign.md"),
        ("### mastodon\npoll: [Yes, No]", 14, "the settings on top"),
        ("### story\nlink: https://example.org", 14, "the settings on top"),
    ],
)
def test_what_cannot_stand_there_is_told_where_it_belongs(tmp_path: Path, section: str, line: int, fix: str) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts/one.md").write_text(f"{ON_TOP}\n{section}\nHi\n", encoding="utf-8")
    (finding,) = [finding for finding in folder_at(tmp_path).read().all_findings if finding.is_error]
    assert (finding.rule, finding.span.line) == ("setting-not-here", line)
    assert finding.fix is not None
    assert fix in finding.fix


@pytest.mark.parametrize(
    ("setting", "rule"),
    [
        ("when: tomorrow", "bad-time"),
        ("link: example.org", "bad-link"),
        ("hashtags: [May-Day]", "hashtag-broken"),
        ("expires: soon", "bad-time"),
        ("first-comment: no", "bad-value"),
        ("hashtags:", "bad-value"),
        ("when:", "bad-value"),
    ],
)
def test_a_mistake_in_one_holds_its_network_alone(tmp_path: Path, setting: str, rule: str) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts/one.md").write_text(f"{ON_TOP}\n### mastodon\n{setting}\nHi\n", encoding="utf-8")
    (finding,) = [finding for finding in folder_at(tmp_path).read().all_findings if finding.is_error]
    assert (finding.rule, finding.span.line, finding.network) == (rule, 14, "mastodon")


def test_a_post_that_repeats_has_one_time(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    text = ON_TOP.replace("when: 2027-04-14 12:00", "repeat: every week on Tuesday at 12:30")
    (tmp_path / "posts/one.md").write_text(f"{text}\n### mastodon\nwhen: 2027-04-15 09:00\nHi\n", encoding="utf-8")
    (finding,) = [finding for finding in folder_at(tmp_path).read().all_findings if finding.is_error]
    assert (finding.rule, finding.span.line) == ("setting-not-here", 14)
