"""From one file's own words to a post: with what its folder gives, its event, and the pictures that are really there."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from scheduler.model.finding import Finding, Span
from scheduler.model.poll import Poll
from scheduler.model.post import Event, MediaRef, Part, Post, PostFile, Relative, Repeat, Variant, When
from scheduler.postfiles.folder import unready
from scheduler.postfiles.folder.agreeing import both_ways, contradictions, language_of
from scheduler.postfiles.folder.fitting import undecided, unfitting
from scheduler.postfiles.folder.joining import joined
from scheduler.postfiles.folder.languages import LanguageFile, doubled
from scheduler.postfiles.folder.lookup import Shelf, media
from scheduler.postfiles.folder.spelling import misspelt, respelt, spelt
from scheduler.postfiles.folder.tagging import wrong_tags, wrong_tags_below
from scheduler.postfiles.house.campaign import Campaign, event_of
from scheduler.postfiles.house.files import House
from scheduler.postfiles.house.partners import unknown_partner
from scheduler.postfiles.lines.slips import Slip
from scheduler.postfiles.names import INHERITED, SWITCHED_OFF, Names
from scheduler.postfiles.parsing import Parsed
from scheduler.postfiles.settings.asking import poll
from scheduler.postfiles.settings.fields import Fields
from scheduler.postfiles.settings.plain import Places
from scheduler.postfiles.settings.repeating import repetition
from scheduler.postfiles.text.sections import RawPart, RawVariant

_KEPT = (
    "first-comment",
    "photo-consent",
    "partners",
    "collab",
    "approve-by",
    "hold-until",
    "repeat",
    "repeat-from",
    "repeat-until",
    "pool",
    "review-by",
    "owner",
    "allow",
    "allow-because",
    "id",
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Is what a file alone does not say: its language files, and the house ``series`` that it asks for, if that was found.

    ``saved`` is when the last of all its files was saved, aware UTC.
    """

    names: Names
    shelf: Shelf
    campaign: Campaign
    house: House
    series: Parsed | None = None
    languages: tuple[LanguageFile, ...] = ()
    saved: datetime | None = None


def build(id_: str, parsed: Parsed, around: Surroundings) -> PostFile:
    """Returns the post with all that is wrong with it; a file that could not be understood has no post."""
    own = parsed.fields
    if own is None:
        return PostFile(id_, parsed.path, parsed.sha256, parsed.modified, None, parsed.findings, around.saved)
    return _Builder(id_, parsed, own, around).build()


class _Builder:
    def __init__(self, id_: str, parsed: Parsed, own: Fields, around: Surroundings) -> None:
        self._id = id_
        self._parsed = parsed
        self._own = own
        self._whole = around.campaign.completed(own)
        self._around = around
        self._findings = list(parsed.findings)
        self._words = around.series if around.series is not None else parsed
        self._folder = parsed.path.rpartition("/")[0]

    def build(self) -> PostFile:
        event = self._event()
        self._judge_surroundings()
        parts = self._in_all_languages(tuple(self._part(raw, event) for raw in self._words.parts))
        parts = tuple(respelt(part, self._around.house) for part in parts)
        if self._words is not self._parsed:
            self._findings += self._words.findings
        post = self._post(parts, event)
        findings = tuple(sorted(self._findings, key=self._place))
        return PostFile(self._id, self._parsed.path, post.sha256, self._parsed.modified, post, findings, self._around.saved)

    def _in_all_languages(self, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        """Returns the parts with the texts of the language files beside the post's own."""
        taken = {(self._whole.lang or self._around.names.languages[0]).casefold(): self._parsed.path}
        for file in self._around.languages:
            self._findings += file.parsed.findings
            self._findings += contradictions(file, self._parsed, self._whole)
            tag = language_of(file).casefold()
            self._findings += [doubled(file, taken[tag])] if tag in taken else []
            taken[tag] = file.parsed.path
            self._findings += [
                both_ways(file, variant.span, self._parsed)
                for part in self._words.parts
                for variant in part.variants
                if variant.target is not None and variant.target.startswith("lang ") and (variant.language or "").casefold() == tag
            ]
            parts, wrong = joined(file, parts, self._whole.status, partial(self._look, file.parsed.path))
            self._findings += wrong
        return parts

    def _look(self, path: str, raw: RawVariant, part: str | None) -> tuple[MediaRef, ...] | None:
        """Returns the pictures that a section of a language file names."""
        if not raw.pictures:
            return None
        place = (path, self._folder, f"posts/{self._around.campaign.name}")
        refs, findings = media(raw.pictures, self._around.shelf, place, part, path)
        self._findings += [self._around.names.scope(finding, raw.target) for finding in findings]
        return refs

    def _place(self, finding: Finding) -> tuple[bool, str, int, int]:
        return (finding.path != self._parsed.path, finding.path, finding.span.line, finding.span.column)

    def _event(self) -> Event | None:
        campaign = self._around.campaign
        event, wrong = event_of(self._parsed, self._whole.timezone, self._around.names)
        self._findings += wrong
        event = event if event is not None else campaign.event
        if event is not None and event.cancelled:
            self._error(unready.cancelled(event), self._first_line())
        return event

    def _error(self, slip: Slip, span: Span, part: str | None = None) -> None:
        self._findings.append(slip.found(self._parsed.path, span, part))

    def _first_line(self) -> Span:
        return next((entry.key for entry in self._parsed.entries.values()), Span())

    def _judge_surroundings(self) -> None:
        broken = self._around.campaign.broken
        if broken is not None:
            self._error(unready.campaign_broken(broken), self._first_line())
        for index, slip in wrong_tags(self._whole.hashtags, self._around.house.hashtags):
            self._named(slip, "hashtags", index, self._whole.hashtags[index])
        for parsed in (self._words, *(file.parsed for file in self._around.languages)):
            self._findings += wrong_tags_below(parsed, self._around.house.hashtags, self._around.names)
        self._findings += undecided(self._parsed, self._around.campaign)
        self._judge_partners()
        self._findings += unfitting(self._parsed, self._words.parts)
        read = (self._words, *(file.parsed for file in self._around.languages))
        self._findings += misspelt(read, (self._parsed, *self._around.campaign.chain), self._around.names, self._around.house.spellings)

    def _judge_partners(self) -> None:
        """Holds a post that names a partner whom nobody knows, once the project has a file of partners."""
        file = self._around.house.partners
        if not file.speaks:
            return
        for key, names in (("partners", self._whole.partners), ("collab", self._whole.collab)):
            for index, name in enumerate(names):
                if name not in file.known and not name.startswith("@"):
                    self._named(unknown_partner(name, file), key, index, name)
        for part in self._words.parts:
            for variant in part.variants:
                _, is_partner, name = (variant.target or "").partition("partner ")
                if is_partner and name not in file.known:
                    self._error(replace(unknown_partner(name, file), mend=None), variant.span, part.name)

    def _named(self, slip: Slip, key: str, index: int, name: str) -> None:
        """Adds what is wrong with one name of a list: at the name, or where the file begins if the list is inherited."""
        entry = self._parsed.entries.get(key)
        place = entry.item(index, name) if entry is not None else self._first_line()
        alone = entry is not None and (place != entry.span or entry.text == name)
        self._error(slip if alone else replace(slip, mend=None), place)

    def _part(self, raw: RawPart, event: Event | None) -> Part:
        when = raw.when if raw.name is not None else self._single_when()
        if raw.name is None and when is None and not self._parsed.entries.keys() & {"when", "repeat"} and not self._proposes_when():
            self._error(unready.EVENT_ALONE if self._own.kind == "event" else unready.MISSING_WHEN, self._first_line())
        if isinstance(when, Relative) and event is None and self._around.campaign.broken is None:
            self._error(unready.NO_EVENT, when.span, raw.name)
        variants = tuple(self._variant(variant, raw.name) for variant in raw.variants)
        return Part(raw.name, when, variants, raw.settings, raw.span, raw.expires)

    def _proposes_when(self) -> bool:
        """Tells whether a line that cannot be read is known to be meant as the time, or the whole file as a series."""
        return any(finding.is_error and (finding.fix or "").startswith(_TIMES) for finding in self._parsed.findings)

    def _single_when(self) -> When | None:
        if self._own.when is None:
            return None
        return replace(self._own.when, span=self._parsed.entries["when"].span)

    def _variant(self, raw: RawVariant, part: str | None) -> Variant:
        refs = None
        if raw.pictures:
            place = (self._words.path, self._folder, f"posts/{self._around.campaign.name}")
            refs, findings = media(raw.pictures, self._around.shelf, place, part)
            self._findings += [self._around.names.scope(finding, raw.target) for finding in findings]
        made = Variant(raw.target, raw.text, raw.lines, refs, raw.settings, raw.span, raw.when, raw.language, expires=raw.expires)
        return replace(made, moved=raw.moved) if raw.moved else made

    def _post(self, parts: tuple[Part, ...], event: Event | None) -> Post:
        given = self._whole
        return Post(
            id=self._id,
            path=self._words.path,
            sha256=self._fingerprint(),
            parts=parts,
            title=self._own.title,
            campaign=given.campaign or self._around.campaign.name,
            status=given.status,
            where=given.where,
            language=given.lang,
            hashtags=spelt(given.hashtags, self._around.house),
            link=given.link,
            graphic=given.graphic or None,
            content_warning=given.content_warning or None,
            expires=given.expires,
            timezone=given.timezone,
            event=event,
            notes=self._parsed.notes,
            spans=Places(self._parsed.entries),
            settings=self._settings(),
            repeat=self._repeat(),
            pool=self._own.pool,
            review_by=given.review_by,
            partners=given.partners,
            collab=given.collab,
            hold_until=given.hold_until,
            first_comment=given.first_comment,
            location=given.location,
            poll=self._poll(),
            key=self._own.id,
            without=self._without(),
            language_files=tuple(file.parsed.path for file in self._around.languages),
        )

    def _fingerprint(self) -> str:
        """Returns the hash of the file, or of all its files: a change of any is a change of the post."""
        languages = self._around.languages
        if not languages:
            return self._parsed.sha256
        return hashlib.sha256(" ".join((self._parsed.sha256, *(file.parsed.sha256 for file in languages))).encode()).hexdigest()

    def _repeat(self) -> Repeat | None:
        repeat, findings = repetition(self._parsed.path, self._own, self._parsed.entries)
        self._findings += findings
        return repeat

    def _poll(self) -> Poll | None:
        found, findings = poll(self._parsed.path, self._own, self._parsed.entries)
        self._findings += findings
        return found

    def _settings(self) -> dict[str, str]:
        """Returns the settings that have no field of their own, as typed; a list is joined by commas."""
        found: dict[str, str] = {}
        for parsed in (*reversed(self._around.campaign.chain), self._parsed):
            inherited = parsed is not self._parsed
            kept = {key: entry for key, entry in parsed.entries.items() if key in _KEPT and not (inherited and key not in INHERITED)}
            found |= {key: entry.text for key, entry in kept.items()}
        return {key: words for key, words in found.items() if key not in self._without()}

    def _without(self) -> tuple[str, ...]:
        """Returns the settings that are switched off."""
        given = self._whole.given
        return tuple(key for key, name in _SWITCHES if name in given and not given[name])


_SWITCHES = tuple((key, key.replace("-", "_")) for key in SWITCHED_OFF)
_TIMES = ("when:", "add  kind: series")
