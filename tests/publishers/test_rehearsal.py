import json
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from scheduler.model.network import Account
from scheduler.model.outcome import Absent, Published, Refused
from scheduler.model.outgoing import Envelope, Outgoing, Reply
from scheduler.publishers.contract import Publisher
from scheduler.publishers.discovery import known_networks
from scheduler.publishers.rehearsal import Rehearsal, objections
from tests.publishers.folders import InFolder
from tests.publishers.posts import NOON, Shown, nothing, outgoing


def bluesky(folder: Path) -> Rehearsal:
    return Rehearsal(known_networks()["bluesky"].facts, folder, Account(name="main", network="bluesky"))


def kept(folder: Path) -> list[Shown]:
    """Returns the posts that lie in a rehearsal's folder, with the descriptions of pictures that are really there."""
    found = []
    for path in folder.glob("main/[!.]*/post.json"):
        post = Outgoing.from_json(path.read_text(encoding="utf-8"))
        text = (path.parent / "post.txt").read_bytes().decode()
        alts = tuple(item.alt for number, item in enumerate(post.media, 1) if list(path.parent.glob(f"picture-{number}.*")))
        found.append(Shown(text, alts, path.parent.relative_to(folder).as_posix()))
    return found


class TestRehearsal(InFolder):
    network = "bluesky"
    lacks = MappingProxyType(
        {**InFolder.lacks, **dict.fromkeys(("feed", "edit", "delete"), "A rehearsal is read by nobody, and the next one replaces it.")}
    )

    def writer(self, folder: Path) -> Publisher:
        return bluesky(folder)

    def recipe(self) -> str:
        return "__import__('tests.publishers.test_rehearsal', fromlist=['x']).bluesky(folder)"

    def seen(self, folder: Path) -> list[Shown]:
        return kept(folder)


def test_the_folder_holds_the_exact_post_and_its_pictures(tmp_path: Path) -> None:
    post = outgoing(tmp_path)
    published = bluesky(tmp_path / "out").publish(Envelope(post), nothing)
    assert published == Published("rehearsal:main/0a1b2c3d4e5f", "main/0a1b2c3d4e5f")
    folder = tmp_path / "out/main/0a1b2c3d4e5f"
    assert Outgoing.from_json((folder / "post.json").read_text(encoding="utf-8")) == post
    assert json.loads((folder / "post.json").read_text(encoding="utf-8"))["language"] == "es"
    assert [(folder / f"picture-{n}.png").read_bytes() for n in (1, 2)] == [Path(item.picture.path).read_bytes() for item in post.media]


def test_what_the_network_would_refuse_is_refused_with_its_numbers(tmp_path: Path) -> None:
    post = replace(outgoing(tmp_path, pictures=0), text="👨‍👩‍👧‍👦" * 312)
    outcome = bluesky(tmp_path / "out").publish(Envelope(post), nothing)
    assert isinstance(outcome, Refused)
    assert outcome.permanent
    assert outcome.reason.startswith("Bluesky takes 300 characters; this text has 312: cut 12.")
    assert not (tmp_path / "out").exists()


def test_objections_are_those_of_the_network_it_stands_for(tmp_path: Path) -> None:
    post = outgoing(tmp_path, pictures=0)
    assert [found.rule for found in objections(post, known_networks()["instagram"].facts)] == ["picture-missing"]
    assert objections(post, known_networks()["bluesky"].facts) == ()


def test_an_edited_post_replaces_what_was_rehearsed_before(tmp_path: Path) -> None:
    post = outgoing(tmp_path)
    rehearsal = bluesky(tmp_path / "out")
    rehearsal.publish(Envelope(post), nothing)
    edited = replace(post, text="Edited", media=post.media[:1])
    assert rehearsal.find(Envelope(edited)) == Absent()
    assert isinstance(rehearsal.publish(Envelope(edited), nothing), Published)
    folder = tmp_path / "out/main/0a1b2c3d4e5f"
    assert sorted(path.name for path in folder.iterdir()) == ["picture-1.png", "post.json", "post.txt"]


def test_a_rehearsal_that_lost_a_picture_is_absent_and_made_again(tmp_path: Path) -> None:
    envelope = Envelope(outgoing(tmp_path))
    rehearsal = bluesky(tmp_path / "out")
    rehearsal.publish(envelope, nothing)
    (tmp_path / "out/main/0a1b2c3d4e5f/picture-2.png").unlink()
    assert rehearsal.find(envelope) == Absent()
    assert isinstance(rehearsal.publish(envelope, nothing), Published)
    assert (tmp_path / "out/main/0a1b2c3d4e5f/picture-2.png").is_file()


def test_an_account_cannot_write_outside_the_folder(tmp_path: Path) -> None:
    rehearsal = Rehearsal(known_networks()["bluesky"].facts, tmp_path / "out", Account(name="../../etc", network="bluesky"))
    post = replace(outgoing(tmp_path), delivery="../up")
    assert isinstance(rehearsal.publish(Envelope(post, rehearsal.prepare(post, NOON)), nothing), Published)
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"out"}


def test_answers_and_the_first_comment_are_written_with_their_pictures(tmp_path: Path) -> None:
    media = outgoing(tmp_path, pictures=2).media
    post = replace(outgoing(tmp_path, pictures=1), replies=(Reply("And more.", (), (media[1],)),), first_comment="Sources")
    assert isinstance(bluesky(tmp_path / "out").publish(Envelope(post), nothing), Published)
    folder = tmp_path / "out/main/0a1b2c3d4e5f"
    words = (folder / "post.txt").read_text(encoding="utf-8")
    assert words == f"{post.text}\n\n--- First comment ---\nSources\n\n--- Answer ---\nAnd more."
    assert (folder / "picture-2.png").read_bytes() == Path(media[1].picture.path).read_bytes()
    assert isinstance(bluesky(tmp_path / "out").find(Envelope(post)), Published)
    (folder / "picture-2.png").unlink()
    assert isinstance(bluesky(tmp_path / "out").find(Envelope(post)), Absent)


def test_an_answer_that_the_network_would_refuse_holds_the_whole_thread(tmp_path: Path) -> None:
    post = replace(outgoing(tmp_path, pictures=0), replies=(Reply("x" * 301),))
    outcome = bluesky(tmp_path / "out").publish(Envelope(post), nothing)
    assert isinstance(outcome, Refused)
    assert outcome.reason == "Answer 1 of the thread: Bluesky takes 300 characters; this text has 301: cut 1."
