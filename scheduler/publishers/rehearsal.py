"""Stands for a network: holds a post to that network's limits and writes it to a folder instead of sending it."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from scheduler.checks.limits import exceeded
from scheduler.checks.objection import Objection
from scheduler.disk import private_folder, sync_folder, write_file
from scheduler.model.delivery import REHEARSAL
from scheduler.model.network import Account, Network
from scheduler.model.outcome import Absent, Outcome, Proof, Published, Refused, Uncertain
from scheduler.model.outgoing import REHEARSED, Envelope, Media, Outgoing
from scheduler.publishers.contract import Remember
from scheduler.publishers.files import LOCK_SECONDS, PictureError, ending, measured, safe_name, trouble

_REAL = "It was being sent when the account was live, and now it is not, so its network is not asked. Look at the account yourself."


def objections(outgoing: Outgoing, facts: Network) -> tuple[Objection, ...]:
    """Returns what the network would refuse about a post."""
    return exceeded(outgoing, facts.limits, facts.abilities, facts.title)


class Rehearsal:
    """Plays the network of ``facts`` for one account: each post becomes the folder ``<account>/<delivery>`` below ``folder``.

    It holds ``post.txt`` (the text, the first comment and the answers of a thread), ``post.json`` (the whole outgoing post) and the
    pictures in their order, those of the answers last.
    A delivery that is rehearsed again after an edit replaces its folder.
    """

    def __init__(self, facts: Network, folder: Path, account: Account) -> None:
        self._facts = facts
        self._name = safe_name(account.name)
        self._folder = folder / self._name

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:  # noqa: ARG002 - the contract hands the post to every publisher
        """Returns the time stamp ``published`` (RFC 3339, UTC), and that nothing leaves this machine."""
        return {"published": now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"), REHEARSED: "yes"}

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:  # noqa: ARG002 - a rehearsal gives no ids of its own
        """Writes the post to its folder, or refuses it in the words of the network's limits."""
        if found := objections(envelope.outgoing, self._facts):
            return Refused(" ".join(objection.sentence for objection in found))
        try:
            with self._lock():
                if not self._holds(envelope.outgoing):
                    self._write(envelope.outgoing)
        except PictureError as error:
            return Refused(error.reason, permanent=error.permanent)
        except Timeout:
            return Refused("Another program is writing to the rehearsal's folder.", permanent=False)
        except OSError as error:
            return self._after(error, envelope)
        return self._answer(envelope.outgoing)

    def find(self, envelope: Envelope) -> Proof:
        """Returns whether the folder holds exactly this post, with all of its pictures.

        What was sent for real before the account was taken off the network is for that network to tell, which nobody asks now.
        """
        return Uncertain(_REAL) if envelope.ids and not envelope.is_rehearsed else self._written(envelope)

    def _written(self, envelope: Envelope) -> Proof:
        try:
            return self._answer(envelope.outgoing) if self._holds(envelope.outgoing) else Absent()
        except OSError as error:
            return Uncertain(f"The rehearsal's folder cannot be read: {trouble(error)}.")

    def _write(self, outgoing: Outgoing) -> None:
        """Writes a folder beside its place and moves it there in one step."""
        target = self._path(outgoing)
        temporary = self._folder / ".writing"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        try:
            _fill(temporary, outgoing)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        if target.exists():
            shutil.rmtree(target)
        temporary.rename(target)
        sync_folder(self._folder)

    def _holds(self, outgoing: Outgoing) -> bool:
        folder = self._path(outgoing)
        try:
            same = (folder / "post.json").read_bytes() == outgoing.to_json().encode()
        except FileNotFoundError:
            return False
        sizes = {name: media.picture.bytes for name, media in zip(_names(outgoing), _media(outgoing), strict=True)}
        sizes["post.txt"] = len(_words(outgoing).encode())
        return same and all((folder / name).is_file() and (folder / name).stat().st_size == size for name, size in sizes.items())

    def _after(self, error: OSError, envelope: Envelope) -> Outcome:
        reason = f"The rehearsal's folder cannot be written: {trouble(error)}."
        return Refused(reason, permanent=False) if isinstance(self._written(envelope), Absent) else Uncertain(reason)

    def _answer(self, outgoing: Outgoing) -> Published:
        place = f"{self._name}/{safe_name(outgoing.delivery)}"
        return Published(f"{REHEARSAL}{place}", place)

    def _path(self, outgoing: Outgoing) -> Path:
        return self._folder / safe_name(outgoing.delivery)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        private_folder(self._folder)
        with FileLock(self._folder / ".lock", timeout=LOCK_SECONDS):
            yield


def _fill(folder: Path, outgoing: Outgoing) -> None:
    write_file(folder / "post.txt", _words(outgoing).encode())
    write_file(folder / "post.json", outgoing.to_json().encode())
    for name, media in zip(_names(outgoing), _media(outgoing), strict=True):
        with measured(media.picture) as source:
            write_file(folder / name, source)


def _names(outgoing: Outgoing) -> list[str]:
    return [f"picture-{number}{ending(media.picture)}" for number, media in enumerate(_media(outgoing), start=1)]


def _media(outgoing: Outgoing) -> tuple[Media, ...]:
    return (*outgoing.media, *(media for reply in outgoing.replies for media in reply.media))


def _words(outgoing: Outgoing) -> str:
    """Returns all that readers would read, with a heading for each further piece; a post without any is its text alone."""
    further = [("Answer", reply.text) for reply in outgoing.replies]
    if outgoing.first_comment:
        further.insert(0, ("First comment", outgoing.first_comment))
    return "".join((outgoing.text, *(f"\n\n--- {name} ---\n{text}" for name, text in further)))
