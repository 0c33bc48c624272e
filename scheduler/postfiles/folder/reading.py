"""The reading of a whole ``posts/`` folder, and of what changed in it since the last time."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.network import Network
from scheduler.model.post import PostFile, Reading
from scheduler.postfiles.folder import filenames
from scheduler.postfiles.folder.building import Surroundings, build
from scheduler.postfiles.folder.campaigns import CampaignFiles, Campaigns
from scheduler.postfiles.folder.collecting import put_off
from scheduler.postfiles.folder.company import Companies, Company
from scheduler.postfiles.folder.languages import main_of, tag_of
from scheduler.postfiles.folder.logos import missing_logos
from scheduler.postfiles.folder.lookup import Shelf
from scheduler.postfiles.folder.series import AllSeries
from scheduler.postfiles.folder.spelling import every_tag
from scheduler.postfiles.folder.steps import Steps, in_languages
from scheduler.postfiles.folder.store import Store
from scheduler.postfiles.folder.twins import without_twins
from scheduler.postfiles.folder.walking import Seen, Walk, walk
from scheduler.postfiles.house.campaign import FILES, Campaign
from scheduler.postfiles.house.files import House, HouseFiles
from scheduler.postfiles.lines.settling import SETTLE, Settling, saved
from scheduler.postfiles.lines.slips import Slip, shown
from scheduler.postfiles.names import Names
from scheduler.postfiles.parsing import Parsed, Role, parse
from scheduler.postfiles.trouble import PostFolderError
from scheduler.postfiles.writing.mending import Mended, mends, write


def read_folder(
    root: Path,
    *,
    accounts: Mapping[str, str],
    networks: Collection[str],
    languages: tuple[str, ...],
    settled_before: datetime | None = None,
) -> Reading:
    """Returns everything that ``root/posts`` says.

    ``accounts`` maps each account to its network, ``languages`` are those whose month names are understood besides English and German.
    Files changed after ``settled_before`` (aware UTC) are not read; their ids are in ``unsettled``.

    Raises:
        PostFolderError: where ``posts/`` or a folder in it is missing or unreadable.
    """
    return PostFolder(root, accounts=accounts, networks=networks, languages=languages).read(settled_before)


@dataclass(slots=True)
class _Built:
    """Is a post with all that it was made of; while every piece is the very same object, the post is too."""

    pieces: tuple[object, ...]
    file: PostFile
    several: bool


@dataclass(slots=True)
class _Round:
    """Is what one reading collects."""

    walk: Walk
    shelf: Shelf
    house: House
    campaigns: CampaignFiles
    settled_before: datetime | None
    files: list[PostFile] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unsettled: set[str] = field(default_factory=set)
    hashes: dict[str, str] = field(default_factory=dict)
    several: set[str] = field(default_factory=set)


class PostFolder:
    """Reads one project folder again and again; what has not changed is not read twice."""

    def __init__(
        self,
        root: Path,
        *,
        accounts: Mapping[str, str],
        networks: Collection[str] | Mapping[str, Network],
        languages: tuple[str, ...],
        settle: timedelta = SETTLE,
    ) -> None:
        self._root = root
        settling = Settling(settle)
        self._steps = Steps()
        self._names = Names.of(accounts, networks, languages)
        self._store = Store(root, self._names, settling)
        self._series = AllSeries(root, self._store, self._names)
        self._companies = Companies(self._store)
        self._campaigns = Campaigns(self._store, self._names)
        self._built: dict[str, _Built] = {}
        self._house = HouseFiles(root, self._names, settling)
        self._device: int | None = None

    def remember_in(self, folder: Path) -> None:
        """Keeps what the texts of posts in several languages were, in a file of that folder: one that is left behind is noticed."""
        self._steps = Steps(folder / "languages.json")

    def read(self, settled_before: datetime | None = None) -> Reading:
        """Returns everything the folder says now.

        Posts whose file changed after ``settled_before`` (aware UTC) are in ``unsettled``, with the version read before, if there was one.

        Raises:
            PostFolderError: where ``posts/`` or a folder in it is missing or unreadable.
        """
        found = walk(self._root)
        self._watch_device(found)
        campaigns = self._campaigns.read(found, settled_before)
        round_ = _Round(found, Shelf(self._root), self._house.read(settled_before), campaigns, settled_before)
        round_.findings += round_.house.findings
        round_.findings += campaigns.findings
        round_.findings += missing_logos(round_.house.partners, round_.shelf)
        round_.findings += _others(found)
        with put_off():
            for seen in found.posts:
                self._read_post(seen, round_)
            self._house_series(round_)
            self._clouded(round_)
            files = without_twins(round_.files)
            if round_.several:
                files = self._steps.judged(files, round_.hashes, round_.several, round_.unsettled)
        self._store.forget_all_but(_paths(found) | self._series.paths | self._companies.paths)
        house = round_.house
        return Reading(
            files=tuple(files),
            hashtag_sets=house.hashtags.known,
            findings=tuple(round_.findings),
            unsettled=frozenset(round_.unsettled),
            partners=house.partners.known,
            words=house.words.words,
        )

    def mends(self, findings: Iterable[Finding], *, unsafe: bool = False) -> list[Mended]:
        """Returns the files that can be mended by what the findings propose; with ``unsafe``, also by what needs asking."""
        return mends(self._root, findings, self._judge, unsafe=unsafe)

    def write(self, mended: Mended) -> None:
        """Puts a mended file in the place of the old one.

        Raises:
            ChangedMeanwhile: where somebody saved the file since.
            NotWritten: where it could not be written.
        """
        write(self._root, mended)

    def _judge(self, path: str, data: bytes) -> tuple[Finding, ...]:
        if path.endswith(".toml"):
            return self._house.judge(path, data)
        return parse(path, data, datetime.fromtimestamp(0, UTC), self._names, self._role(path)).findings

    def _role(self, path: str) -> Role:
        folder, _, name = path.rpartition("/")
        if name in FILES:
            return Role.FOLDER
        beside = (file.name for file in (self._root / folder).iterdir()) if tag_of(name) is not None else ()
        return Role.LANGUAGE if main_of(name, list(beside)) is not None else Role.POST

    def _watch_device(self, found: Walk) -> None:
        """Refuses a folder that is suddenly empty because the disk it was on is gone."""
        device = os.stat(self._root / "posts").st_dev  # noqa: PTH116 - one system call
        if self._device is not None and device != self._device and not found.posts:
            raise PostFolderError(
                "the folder “posts” is on another disk than before, and it is empty", "connect the disk with the posts again"
            )
        self._device = device

    def _read_post(self, seen: Seen, round_: _Round) -> None:
        slip = filenames.wrong(seen.name, round_.walk.siblings[seen.folder])
        if slip is not None:
            round_.files += [_refused(one, slip) for one in (seen, *round_.walk.languages.get(seen.path, ()))]
            return
        parsed, settled = self._store.get(seen, round_.settled_before)
        company = self._companies.of(seen, round_.walk, round_.settled_before)
        round_.files += [_refused(*pair) for pair in company.refused]
        campaign = round_.campaigns.of(seen.folder)
        if not settled or not company.settled or campaign is None or not round_.campaigns.is_settled(seen.folder):
            round_.unsettled.add(seen.id)
        if parsed is not None and campaign is not None:
            file = self._post_file(seen, parsed, campaign, company, round_)
            round_.files.append(file)
            if file.post is not None and round_.house.waits(partial(every_tag, file.post), file.post.partners):
                round_.unsettled.add(seen.id)

    def _post_file(self, seen: Seen, parsed: Parsed, campaign: Campaign, company: Company, round_: _Round) -> PostFile:
        texts = [file.parsed for file in company.files]
        round_.hashes |= {one.path: one.sha256 for one in (parsed, *texts)} if texts else {}
        times = (saved(seen.key), company.saved, round_.campaigns.saved(seen.folder))
        at = max(time for time in times if time is not None)
        pieces = (parsed, campaign, round_.house, at, *texts)
        built = self._built.get(seen.path)
        if built is not None and built.pieces == pieces:
            round_.several |= {seen.id} if built.several else set()
            return _saved(built.file, company)
        asked = self._series.asked_for(parsed, campaign, round_.settled_before)
        last = max(at, asked.series.modified) if asked.series is not None else at
        texts_of = (*company.files, *asked.languages)
        file = build(seen.id, parsed, Surroundings(self._names, round_.shelf, campaign, round_.house, asked.series, texts_of, last))
        if asked.slip is not None:
            return replace(file, findings=(*file.findings, asked.slip.found(parsed.path, parsed.entries["series"].span)))
        several = in_languages(file)
        if asked.series is None and not any(
            variant.pictures for one in (parsed, *texts) for part in one.parts for variant in part.variants
        ):
            self._built[seen.path] = _Built(pieces, file, several)
        round_.several |= {seen.id} if several else set()
        return _saved(file, company)

    def _house_series(self, round_: _Round) -> None:
        """Adds the posts of campaigns whose ``_campaign.md`` asks for a house series and that have no series file."""
        for folder in sorted(round_.walk.campaigns):
            campaign = round_.campaigns.of(folder)
            own = campaign.chain[0] if campaign and campaign.chain else None
            if own is None or campaign is None or own.fields is None or not own.fields.series or self._has_series(folder, round_):
                continue
            asked = self._series.asked_for(own, campaign, round_.settled_before)
            id_ = f"{folder}/series".removeprefix("posts/")
            if asked.series is not None:
                last = round_.campaigns.saved(folder)
                around = Surroundings(self._names, round_.shelf, campaign, round_.house, languages=asked.languages, saved=last)
                round_.files.append(build(id_, asked.series, around))
                round_.several |= {id_} if asked.languages else set()
                round_.unsettled |= set() if round_.campaigns.is_settled(folder) else {id_}
            elif asked.slip is not None:
                finding = asked.slip.found(own.path, own.entries["series"].span)
                round_.files.append(PostFile(id_, own.path, own.sha256, own.modified, None, (finding,)))
            else:
                round_.unsettled.add(id_)

    def _has_series(self, folder: str, round_: _Round) -> bool:
        for seen in round_.walk.posts:
            if seen.folder == folder:
                parsed = self._store.earlier(seen.path)
                if seen.name == "series.md" or (parsed is not None and parsed.fields is not None and parsed.fields.kind == "series"):
                    return True
        return False

    def _clouded(self, round_: _Round) -> None:
        """Keeps posts whose file iCloud has taken off this computer: they are not deleted."""
        for id_ in round_.walk.clouded:
            round_.unsettled.add(id_)
            built = self._built.get(f"posts/{id_}.md")
            if built is not None:
                round_.files.append(built.file)
            slip = Slip(
                rule="not-a-post", severity=Severity.WARNING, message="this post is in iCloud only", fix="download it in the Finder"
            )
            round_.findings.append(slip.found(f"posts/{id_}.md", Span()))


def _paths(found: Walk) -> set[str]:
    campaigns = (seen.path for files in found.campaigns.values() for seen in files)
    return {*(seen.path for seen in found.posts), *campaigns, *(f"posts/{id_}.md" for id_ in found.clouded)}


def _others(found: Walk) -> Iterator[Finding]:
    for path in found.others:
        slip = filenames.no_post(path) or filenames.LINKED_FOLDER
        yield slip.found(shown(path, 200), Span())


def _saved(file: PostFile, company: Company) -> PostFile:
    """Returns the file with the time at which the last of its languages was saved, if that is later than its own."""
    return replace(file, modified=company.saved) if company.saved is not None and company.saved > file.modified else file


def _refused(seen: Seen, slip: Slip) -> PostFile:
    modified = datetime.fromtimestamp(0).astimezone()
    return PostFile(seen.id, seen.path, "", modified, None, (slip.found(seen.path, Span()),))
