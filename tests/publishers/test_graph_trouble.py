"""What a person reads in ``status`` and ``queue`` when Meta's networks have trouble in the middle of a campaign, and what they then do."""

import re
from pathlib import Path
from typing import Any

import pytest

from scheduler.config.secrets import store_secret
from tests.cli.running import Run
from tests.emulators import graph, wordpress
from tests.emulators.emulating import running
from tests.publishers.graph_house import House
from tests.publishers.later import later
from tests.publishers.test_instagram import bad_host

FLYER = "![A flyer](../flyer.jpg)\n"
ALL = {"gram": graph.INSTAGRAM_TOKEN, "threads": graph.THREADS_TOKEN, "page": graph.PAGE_TOKEN}


def read(run: Run) -> str:
    """Returns what stands on the screen as one line; none shows a secret."""
    assert not [token for token in ALL.values() if token in run.out + run.err]
    return " ".join(run.out.split())


def states(house: House) -> dict[str, str]:
    listed = house.inside("list", "--json").json["deliveries"]
    return {f"{item['post']} on {item['account']}": item["state"] for item in listed}


def shown_pictures_at(house: House, address: str) -> None:
    """Puts another address into ``[media]``."""
    config = house.folder / "config.toml"
    config.write_text(re.sub(r"public_url = .*", f'public_url = "{address}"', config.read_text("utf-8")), encoding="utf-8")


LONG_THREADS = pytest.param("threads", "Threads", marks=pytest.mark.long)
LONG_PAGE = pytest.param("page", "Facebook", marks=pytest.mark.long)


@pytest.mark.parametrize(("account", "title"), [("gram", "Instagram"), LONG_THREADS, LONG_PAGE])
def test_a_token_that_ends_in_the_middle_of_a_campaign_pauses_its_account_until_there_is_a_new_one(
    house: House, account: str, title: str
) -> None:
    house.write("first", f"First\n\n{FLYER}", account)
    house.inside("run", "--once")
    assert states(house) == {f"first on {account}": "sent"}
    house.token(ALL[account], expires=1)
    house.write("second", f"Second\n\n{FLYER}", "gram, threads, page")
    house.inside("run", "--once")
    assert states(house)[f"second on {account}"] == "queued"
    assert sorted(states(house).values()) == ["queued", "sent", "sent", "sent"], "the other accounts go on"

    status, queue = read(house.inside("status")), read(house.inside("queue"))
    for screen in (status, queue):
        assert f"The account {account} is paused since" in screen
        assert f"The account’s access to {title} has expired: connect the account again." in screen
        assert f"scheduler accounts add {account}" in screen
        assert f"scheduler resume --account {account}" in screen
    assert f"The access token of {account} ends" not in status, "what an ended token would have lasted is no help"
    tested = read(house.inside("accounts", "test", account))
    assert all(
        words in tested for words in ("has expired: connect the account again.", "gets another secret with scheduler accounts add NAME")
    )

    fresh = f"{ALL[account]}-fresh"
    tokens = house.server.state["tokens"]
    house.server.switch(tokens=tokens | {fresh: {**tokens[ALL[account]], "expires": None}})
    assert house.run("accounts", "add", account, "--secret-stdin", given=f"{fresh}\n").code == 0
    house.inside("resume", "--account", account, "--publish")
    house.inside("run", "--once")
    assert set(states(house).values()) == {"sent"}
    assert read(house.inside("status")).count("paused") == 0


@pytest.mark.parametrize(("account", "title"), [("gram", "Instagram"), LONG_THREADS])
def test_a_post_above_the_day_s_number_is_not_sent_days_late_and_says_why(house: House, account: str, title: str) -> None:
    house.server.switch(quota=1)
    house.write("first", f"First\n\n{FLYER}", account)
    house.inside("run", "--once")
    house.write("second", f"Second\n\n{FLYER}", account)
    house.inside("run", "--once")
    assert states(house) == {f"first on {account}": "sent", f"second on {account}": "refused"}
    told = f"Given up at once, since it would have to wait too long. {title} takes 1 post of an account in 24 hours; so many"
    queue = read(house.inside("queue"))
    assert told in queue
    assert "Nothing has to be mended in its file" in queue
    assert "Mend the post file" not in queue
    house.write("third", f"Third\n\n{FLYER}", account)
    house.inside("run", "--once")
    waits = read(house.inside("queue"))
    assert "its network asks the account to wait until then. That is later than it may go out, so it will be missed." in waits
    assert "keeps a gap" not in waits
    status = read(house.inside("status"))
    assert "1 was refused" in status
    assert "paused" not in status


PLACES = {
    "nobody": "{title} could not fetch the picture from its address; what is not reachable says scheduler accounts test.",
    "missing": "{title} could not fetch the picture from its address; what is not reachable says scheduler accounts test.",
    "slow": "{title} waited too long for the picture at its address; try it with scheduler accounts test.",
    "html": "it is not in a format that it knows, or its address shows something else; try scheduler accounts test.",
}
TESTED = {
    "nobody": "The public address cannot be reached: 127.0.0.1 refuses the connection.",
    "missing": "answers, but does not find the picture (404).",
    "html": "answers with something else than the picture.",
}


@pytest.mark.parametrize("what", PLACES)
def test_a_picture_that_cannot_be_fetched_is_told(house: House, what: str) -> None:
    unfetched(house, what)


@pytest.mark.long
@pytest.mark.parametrize("what", sorted(set(PLACES) - {"html"}))
def test_a_picture_that_could_not_be_fetched_goes_out_once_its_address_works(house: House, what: str) -> None:
    works = re.search(r'public_url = "(.*)"', (house.folder / "config.toml").read_text("utf-8"))
    assert works is not None
    unfetched(house, what)
    shown_pictures_at(house, works[1])
    assert later(house.folder, lambda env: house.run("run", "--once", env=env)) == {"sent"}
    assert len(house.server.state["media"]) == 2


def unfetched(house: House, what: str) -> None:
    """Lets a post find its pictures' address unusable, and reads what a person is told."""
    house.server.switch(fetch_seconds=0.3)
    house.write("march", f"March\n\n{FLYER}", "gram, threads")
    with bad_host(what) as address:
        shown_pictures_at(house, address)
        house.inside("run", "--once")
        tested = read(house.inside("accounts", "test", "gram")) if what in TESTED else ""
    queue = read(house.inside("queue"))
    for title in ("Instagram", "Threads"):
        assert PLACES[what].format(title=title) in queue
    assert TESTED.get(what, "") in tested
    assert house.server.state["media"] == {}
    if what == "html":
        # Whether the file or its address is wrong nobody here can know, so that a person says when it is to be tried again.
        assert set(states(house).values()) == {"refused"}
        assert "2 were refused" in read(house.inside("status"))
        return
    assert set(states(house).values()) == {"queued"}, "the post is not to blame"
    assert "Goes on by itself" in queue


PHOTOS = r"POST /v[^/]*/\d+/photos"
UPLOADS: dict[str, tuple[dict[str, Any], str, str]] = {
    "unreachable": ({"do": "drop", "early": True, "times": 9}, "queued", "Facebook cannot be reach"),
    "slow": ({"do": "slow", "seconds": 1}, "sent", ""),
    "wrong type": (
        {"do": "answer", "status": 400, "body": {"error": {"code": 324, "error_subcode": 2069019, "message": "Invalid image file"}}},
        "refused",
        "Facebook does not take the picture: it cannot be read.",
    ),
    "too many calls": (
        {"do": "answer", "status": 400, "body": {"error": {"code": 32, "message": "Page request limit"}}},
        "queued",
        "Facebook has had too many calls for this Page.",
    ),
}


@pytest.mark.parametrize("what", UPLOADS)
def test_a_picture_that_a_page_does_not_take_is_told_and_nothing_is_shown_without_it(house: House, what: str) -> None:
    """A Page is sent its pictures, where Instagram and Threads fetch them; its number of calls is all that it counts."""
    order, state, told = UPLOADS[what]
    house.server.fault(PHOTOS, **order)
    house.write("march", f"March\n\n{FLYER}", "page")
    house.inside("run", "--once")
    assert states(house) == {"march on page": state}
    assert told in read(house.inside("queue"))
    out = [each["text"] for each in house.server.state["posts"].values() if each["is_published"]]
    assert out == (["March"] if state == "sent" else [])


def test_a_place_that_the_network_does_not_know_is_told_with_what_it_takes(house: House) -> None:
    house.write("march", f"March\n\n{FLYER}", "gram")
    post = house.folder / "posts/march.md"
    post.write_text(post.read_text("utf-8").replace("title:", f"location: Hall ({graph.PAGE_WITHOUT_ADDRESS})\ntitle:"), encoding="utf-8")
    house.inside("run", "--once")
    assert "Instagram knows no place of this number: it takes that of a Page with an address." in read(house.inside("queue"))
    post.write_text(post.read_text("utf-8").replace(graph.PAGE_WITHOUT_ADDRESS, graph.PLACE), encoding="utf-8")
    short = re.search(r"scheduler resolve (\w+) --not-sent", house.inside("queue").out)
    assert short is not None
    assert house.inside("resolve", short[1], "--not-sent").code == 0
    house.inside("run", "--once")
    assert [each["place"] for each in house.server.state["media"].values()] == [graph.PLACE]


def test_pictures_offered_by_a_website_that_is_not_connected_say_which_account_comes_first(house: House) -> None:
    config = house.folder / "config.toml"
    text = re.sub(r"\[media\].*?\n\n", '[media]\nhost = "wordpress"\naccount = "blog"\n\n', config.read_text("utf-8"), flags=re.DOTALL)
    config.write_text(f'{text}\n[accounts.blog]\nnetwork = "wordpress"\nurl = "http://127.0.0.1:9"\nuser = "ana"\n', encoding="utf-8")
    told = read(house.inside("accounts", "test", "gram"))
    assert "Pictures are offered by the account “blog”" in told
    assert "scheduler accounts add blog" in told
    assert "may publish" in read(house.inside("accounts", "test", "page")), "a network that is sent its pictures does not care"
    tried = house.run("accounts", "add", "blog", "--secret-stdin", given="app password\n")
    assert "cannot be reached" in tried.out, "connecting the website itself does not ask for it to be connected"


def test_an_account_without_a_secret_waits_and_says_so_while_the_others_go_out(house: House) -> None:
    secrets = house.folder / ".scheduler/secrets.toml"
    kept = [line for line in secrets.read_text("utf-8").splitlines() if not line.startswith("threads")]
    secrets.write_text("\n".join(kept) + "\n", encoding="utf-8")
    for name in ("first", "second"):
        house.write(name, name.title(), "threads, page")
    ran = house.inside("run", "--once")
    assert ran.code == 0
    assert ran.err.count("There is no secret for the account “threads”.") <= 1, "a person is told once"
    assert states(house) == {f"{name} on page": "sent" for name in ("first", "second")} | {
        f"{name} on threads": "queued" for name in ("first", "second")
    }
    assert not house.server.state["media"]

    status = house.inside("status")
    assert status.code == 1
    for screen in (read(status), read(house.inside("queue"))):
        assert "The account threads is paused since" in screen
        assert "There is no secret for the account “threads”." in screen
        assert "scheduler accounts add threads" in screen
        assert "scheduler resume --account threads" in screen

    assert house.run("accounts", "add", "threads", "--secret-stdin", given=f"{ALL['threads']}\n").code == 0
    house.inside("resume", "--account", "threads", "--publish")
    house.inside("run", "--once")
    assert set(states(house).values()) == {"sent"}
    assert sorted(each["text"] for each in house.server.state["media"].values()) == ["First", "Second"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("", "Add a [media] table; the README explains its three kinds."),
        ('[media]\nhost = "wordpress"\naccount = "blog"\n\n', "[media] names the account “blog”"),
        ('[media]\nhost = "own"\npublic_url = "http://media.example.org"\n\n', "not encrypted"),
    ],
)
def test_an_account_that_config_toml_describes_wrongly_waits_and_says_so_while_the_others_go_out(
    house: House, wrong: str, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    config = house.folder / "config.toml"
    right = config.read_text("utf-8")
    config.write_text(re.sub(r"\[media\].*?\n\n", wrong, right, flags=re.DOTALL), encoding="utf-8")
    house.write("march", "March\n\n![A flyer](../flyer.jpg)\n", "gram, page")
    ran = house.inside("run", "--once")
    assert ran.code == 0, ran.err
    assert "gram cannot send, and its posts will wait:" in caplog.text
    assert states(house) == {"march on page": "sent", "march on gram": "queued"}
    status = house.inside("status")
    assert (status.code, "The account gram is paused since" in read(status), told in read(status)) == (1, True, True)

    config.write_text(right, encoding="utf-8")
    house.inside("resume", "--account", "gram", "--publish")
    house.inside("run", "--once")
    assert set(states(house).values()) == {"sent"}


def test_a_network_that_points_elsewhere_for_a_moment_refuses_no_post(house: House) -> None:
    house.write("march", f"March\n\n{FLYER}", "gram")
    house.server.fault("GET .*/content_publishing_limit", "answer", status=302, headers={"Location": "https://upkeep.example/"})
    house.inside("run", "--once")
    assert states(house) == {"march on gram": "queued"}
    assert "sends us on to upkeep.example" in read(house.inside("queue"))
    assert later(house.folder, lambda env: house.run("run", "--once", env=env)) == {"sent"}
    assert len(house.server.state["media"]) == 1


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            {"status": 403, "body": {"error": {"message": "(#200) Permissions error", "code": 200}}},
            "The post is out without its first comment:",
        ),
        ({"status": 502, "body": "<h1>Bad gateway</h1>"}, "The post is out, and perhaps without its first comment:"),
    ],
)
@pytest.mark.parametrize("account", ["page", pytest.param("gram", marks=pytest.mark.long)])
def test_a_first_comment_that_is_not_written_is_told_and_neither_it_nor_the_post_is_sent_again(
    house: House, account: str, answer: dict[str, Any], told: str
) -> None:
    house.write("march", f"March\n\n{FLYER}\n### first comment\n\nSign here\n", account)
    house.server.fault("POST .*/comments", "answer", **answer)
    for _ in range(2):
        ran = house.inside("run", "--once")
        assert ran.code == 0
    assert states(house) == {f"march on {account}": "sent"}
    assert house.server.state["comments"] == []
    assert sum(call.endswith("/comments") and call.startswith("POST") for call in house.server.state["calls"]) == 1
    for screen in (house.inside("queue"), house.inside("history"), house.inside("history", "march")):
        assert told in read(screen)
        assert "by hand" in read(screen)
    assert "1 is out, and something of it lacks" in read(house.inside("status"))
    [line] = house.inside("queue", "--json").json["deliveries"]
    assert line["needs_a_person"]
    assert line["state"] == "sent"


def test_a_picture_that_was_offered_for_a_post_is_taken_away_once_the_post_is_called_off(house: House, tmp_path: Path) -> None:
    with running("wordpress", tmp_path / "site") as site:
        config = house.folder / "config.toml"
        text = re.sub(r"\[media\].*?\n\n", '[media]\nhost = "wordpress"\naccount = "blog"\n\n', config.read_text("utf-8"), flags=re.DOTALL)
        blog = f'[accounts.blog]\nnetwork = "wordpress"\nurl = "{site.address}"\nuser = "{wordpress.USER}"\n'
        config.write_text(f"{text}\n{blog}", encoding="utf-8")
        store_secret("blog", wordpress.PASSWORD, house.folder)
        house.write("march", f"March\n\n{FLYER}", "gram")
        busy = {"error": {"message": "Application request limit reached", "code": 4}}
        house.server.fault("POST .*/media", "answer", status=400, body=busy)
        house.inside("run", "--once")
        assert states(house) == {"march on gram": "queued"}
        assert len(site.state["media"]) == 1, "it may be fetched at the next try"
        (house.folder / "posts/march.md").unlink()
        site.fault("DELETE .*/media/.*", "answer", status=503)
        for left in (1, 0, 0):
            assert house.inside("run", "--once").code == 0
            assert len(site.state["media"]) == left, "what cannot be taken away is tried again"
        assert sum(call.startswith("DELETE ") for call in site.state["calls"]) == 2
        assert house.server.state["media"] == {}
