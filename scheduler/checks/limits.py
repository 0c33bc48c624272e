"""Compares an outgoing post with what a network takes; the one place that does, for the checks and for the rehearsal alike."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from scheduler.checks.animations import animation_objections
from scheduler.checks.films import film_objections
from scheduler.checks.objection import FORMAT_NAMES, Objection, file_name, many, proportion, sizes
from scheduler.checks.polls import poll_objections
from scheduler.model.facets import facets_of
from scheduler.model.graphic import Picture
from scheduler.model.limits import Limits
from scheduler.model.network import Abilities
from scheduler.model.outgoing import Outgoing
from scheduler.model.visible import is_seen

_RUN_ON = re.compile(r"(?:[#＃]\w+)+")
_BROKEN = re.compile("[\ud800-\udfff]")

# twitter-text (2021-10-21), extract cashtags: a dollar sign after a space or at the start, and up to six letters.
_CASHTAG = re.compile(r"(?<!\S)\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?(?![\w$])")

# Networks print their ratios with two decimals: 1200 x 628 pixels is sold as 1.91:1 and is 1.9108.
_RATIO_SLACK = 0.001


def exceeded(outgoing: Outgoing, limits: Limits, abilities: Abilities, title: str = "This network") -> tuple[Objection, ...]:
    """Returns what the network would refuse about a post, in the order a reader meets it: text, hashtags, links, pictures, alt texts.

    ``title`` is the network's name in sentences. Hashtags are the facets of kind ``tag``,
    and those of the first comment count with them.
    A content warning counts with the text where the network takes one, and with that of each answer of a thread, before which it
    stands, too. Answers are held to the same limits, the first comment to those of words, mentions and links.
    """
    return (
        *_text(outgoing, limits, abilities, title),
        *_hashtags(outgoing, limits, title),
        *_cashtags(outgoing, limits, title),
        *_mentions(outgoing, limits, title),
        *_collaborators(outgoing, limits, title),
        *_links(outgoing, limits, title),
        *_number_of_pictures(outgoing, limits, title),
        *_pictures(outgoing, limits, title),
        *_alt_texts(outgoing, limits, abilities, title),
        *poll_objections(outgoing, limits, title),
        *_further(outgoing, limits, abilities, title),
    )


def _pictures(outgoing: Outgoing, limits: Limits, title: str) -> Iterator[Objection]:
    for number, item in enumerate(outgoing.media):
        for objection in _picture(item.picture, limits, title, story=outgoing.story):
            yield replace(objection, picture=number)
    yield from animation_objections(outgoing, limits, title)
    yield from film_objections(outgoing, limits, title)
    yield from _together(outgoing, limits, title)
    if limits.one_shape and outgoing.media and not outgoing.story:
        yield from _cropped([item.picture for item in outgoing.media], title)


def _further(outgoing: Outgoing, limits: Limits, abilities: Abilities, title: str) -> Iterator[Objection]:
    abilities = replace(abilities, link_card=False)  # a card stands below the post itself
    beneath = replace(outgoing, replies=(), first_comment="", poll=None, collaborators=(), link_card=None)
    for number, reply in enumerate(outgoing.replies, start=1):
        alone = reply.beneath(beneath)
        if not (is_seen(reply.text) or reply.media):
            yield Objection("nothing-to-read", f"Answer {number} of the thread is empty.", "Write its words, or delete its heading.")
        for objection in exceeded(alone, limits, abilities, title):
            yield replace(objection, sentence=f"Answer {number} of the thread: {objection.sentence}", picture=None)
    if outgoing.first_comment:
        alone = replace(beneath, text=outgoing.first_comment, content_warning=None, media=(), facets=())
        marked = replace(alone, facets=facets_of(outgoing.first_comment))
        found = (*_text(alone, limits, abilities, title), *_mentions(marked, limits, title), *_links(marked, limits, title))
        for objection in found:
            yield replace(objection, sentence=f"The first comment: {objection.sentence}")


def _text(outgoing: Outgoing, limits: Limits, abilities: Abilities, title: str) -> Iterator[Objection]:
    warning = (outgoing.content_warning or "") if abilities.content_warning else ""
    alts = (item.alt for item in outgoing.media)
    asked = outgoing.poll.words if outgoing.poll else ()
    if any(_BROKEN.search(words) for words in (outgoing.text, warning, *alts, *asked)):
        yield Objection("broken-character", "The text holds half of an emoji, which no network can show.", "Type that emoji again.")
        return
    subject = "this text with its content warning" if warning else "this text"
    length = limits.length_of_warning(warning) + limits.length(outgoing.text, outgoing.facets)
    most = limits.most_text(beside_pictures=bool(outgoing.media), beside_poll=outgoing.poll is not None)
    if most is not None and length > most:
        over = length - most
        where = "" if most == limits.text else " beside a poll" if outgoing.poll else " beside pictures"
        sentence = f"{title} takes {most:,} {limits.unit}{where}; {subject} has {length:,}: cut {over:,}."
        cut = f"Cut {over:,} {limits.unit if over > 1 else limits.unit.removesuffix('s')}"
        helps = abilities.link_card and not (outgoing.media or outgoing.link_card) and _longest_address(outgoing, limits) >= over
        yield Objection(
            "too-long", sentence, f"{cut}, or give the address as  link:  on top of the file: it becomes a card." if helps else f"{cut}."
        )
    size = len((warning + outgoing.text).encode())
    if limits.text_bytes is not None and size > limits.text_bytes:
        over = size - limits.text_bytes
        sentence = f"{title} takes {limits.text_bytes:,} bytes of text; {subject} has {size:,}: cut {over:,}."
        yield Objection("too-long", sentence, "Cut some text; an emoji alone has from 3 to 35 bytes.")


def _longest_address(outgoing: Outgoing, limits: Limits) -> int:
    return max((limits.count(facet.value) for facet in outgoing.facets if facet.kind == "link"), default=0)


def hashtags_in(outgoing: Outgoing) -> int:
    """Returns how many hashtags a post has; those of its first comment count with those of its text."""
    return sum(facet.kind == "tag" for facet in (*outgoing.facets, *facets_of(outgoing.first_comment)))


def _run_together(outgoing: Outgoing) -> int:
    """Returns how many hashtags stand right behind another one (#May#Day): most networks see one there, some may count each."""
    texts = ((outgoing.text, outgoing.facets), (outgoing.first_comment, facets_of(outgoing.first_comment)))
    behind = (_RUN_ON.match(text, facet.end) for text, facets in texts for facet in facets if facet.kind == "tag")
    return sum(found.group().count("#") + found.group().count("＃") for found in behind if found)


def _hashtags(outgoing: Outgoing, limits: Limits, title: str) -> Iterator[Objection]:
    number = hashtags_in(outgoing) + _run_together(outgoing)
    if limits.hashtags is not None and number > limits.hashtags:
        over = number - limits.hashtags
        without = replace(outgoing, first_comment="")
        where = " with its first comment" if number > hashtags_in(without) + _run_together(without) else ""
        sentence = f"{title} takes {many(limits.hashtags, 'hashtag')}; this post has {number}{where}: leave out {over}."
        yield Objection("too-many-hashtags", sentence, f"Leave out {many(over, 'hashtag')}.")


def _cashtags(outgoing: Outgoing, limits: Limits, title: str) -> Iterator[Objection]:
    found = _CASHTAG.findall(outgoing.text)
    if limits.cashtags is not None and len(found) > limits.cashtags:
        over = len(found) - limits.cashtags
        sentence = f"{title} takes {many(limits.cashtags, 'cashtag')}; this post has {len(found)}, {' '.join(found)}: leave out {over}."
        yield Objection("too-many-cashtags", sentence, f"Write {many(over, 'name')} without the  $  before it.")


def _mentions(outgoing: Outgoing, limits: Limits, title: str) -> Iterator[Objection]:
    number = sum(facet.kind == "mention" for facet in outgoing.facets)
    if limits.mentions is not None and number > limits.mentions:
        over = number - limits.mentions
        sentence = f"{title} takes {many(limits.mentions, 'mention')}; this post has {number}: leave out {over}."
        yield Objection("too-many-mentions", sentence, f"Leave out {many(over, 'mention')}, or write names without  @.")


def _collaborators(outgoing: Outgoing, limits: Limits, title: str) -> Iterator[Objection]:
    number = len(outgoing.collaborators)
    # A story is nobody's but ours, whoever is named.
    if limits.collaborators is not None and number > limits.collaborators and not outgoing.story:
        over = number - limits.collaborators
        sentence = (
            f"{title} takes {many(limits.collaborators, 'partner')} who share a post as theirs; this one has {number}: leave out {over}."
        )
        yield Objection("too-many-collaborators", sentence, f"Leave out {many(over, 'partner')} of  collab:  and mention them in the text.")


def _links(outgoing: Outgoing, limits: Limits, title: str) -> Iterator[Objection]:
    card = {outgoing.link_card.url} if outgoing.link_card else set()
    number = len(card | {facet.value for facet in outgoing.facets if facet.kind == "link"})
    if limits.links is not None and number > limits.links:
        over = number - limits.links
        sentence = f"{title} takes {many(limits.links, 'different link')} in a post; this one has {number}: leave out {over}."
        yield Objection("too-many-links", sentence, f"Leave out {many(over, 'link')}, or say them in an answer below the post.")


def _number_of_pictures(outgoing: Outgoing, limits: Limits, title: str) -> Iterator[Objection]:
    number = len(outgoing.media)
    most, kind = (1, "a story") if outgoing.story else (limits.pictures, "a post")
    if outgoing.poll and limits.poll and limits.poll.pictures is not None:
        most, kind = limits.poll.pictures, "a poll"
    if number > most:
        over = number - most
        sentence = f"{title} takes {many(most, 'picture')} in {kind}; this one has {number}: leave out {over}."
        yield Objection("too-many-pictures", sentence, f"Leave out {many(over, 'picture')}.")
    if (limits.picture_required or outgoing.story) and not number:
        sentence = f"{title} takes no {kind.removeprefix('a ')} without a picture; this one has none."
        yield Objection("picture-missing", sentence, "Add a picture:  ![What it shows](photo.jpg)")


def _picture(picture: Picture, limits: Limits, title: str, *, story: bool) -> Iterator[Objection]:
    if picture.video is not None or not limits.pictures:
        return
    name = file_name(picture)
    if picture.mime not in limits.formats and not limits.animations.moves(picture):
        wanted = " or ".join(FORMAT_NAMES.get(mime, mime) for mime in limits.formats)
        kind = FORMAT_NAMES.get(picture.mime, picture.mime or "unknown")
        first = FORMAT_NAMES.get(limits.formats[0], limits.formats[0])
        fix = "Make a film of it (MP4), or save one frame of it" if picture.frames else "Save it"
        has = f"moves, in the {kind} format" if picture.frames else f"is in the {kind} format"
        yield Objection("picture-format", f"{title} takes pictures as {wanted}; “{name}” {has}.", f"{fix} as {first}.")
    is_other = limits.animations.bytes is not None and limits.animations.moves(picture)
    if limits.picture_bytes is not None and picture.bytes > limits.picture_bytes and not is_other:
        has, takes = sizes(picture.bytes, limits.picture_bytes)
        yield Objection(
            "picture-too-large", f"{title} takes pictures of up to {takes}; “{name}” has {has}.", "Save it with fewer pixels or as JPEG."
        )
    yield from _extent(picture, limits, title)
    # What is known of ratios holds for posts; a story may be as tall as a telephone.
    if limits.ratio is not None and not story:
        yield from _shape(picture, limits.ratio, title)


def _extent(picture: Picture, limits: Limits, title: str) -> Iterator[Objection]:
    width, height = picture.width, picture.height
    measured = f"“{file_name(picture)}” has {width:,} × {height:,}"
    if limits.picture_sides is not None and width + height > limits.picture_sides:
        sentence = f"{title} takes pictures whose width and height make up to {limits.picture_sides:,} pixels together; {measured}"
        yield Objection(
            "picture-too-many-pixels", f"{sentence}: {width + height:,}.", _smaller(picture, limits.picture_sides / (width + height))
        )
    if limits.picture_pixels is not None and width * height > limits.picture_pixels:
        sentence = f"{title} takes pictures of up to {limits.picture_pixels:,} pixels in all; {measured}: {width * height:,}."
        yield Objection("picture-too-many-pixels", sentence, _smaller(picture, math.sqrt(limits.picture_pixels / (width * height))))


def _smaller(picture: Picture, scale: float) -> str:
    """Returns advice that keeps the proportions and stays within the limit when it is followed exactly."""
    width, height = (max(int(side * scale), 1) for side in (picture.width, picture.height))
    return f"Save it with at most {width:,} × {height:,} pixels."


def _together(outgoing: Outgoing, limits: Limits, title: str) -> Iterator[Objection]:
    total = sum(item.picture.bytes for item in outgoing.media)
    if limits.pictures_bytes is not None and len(outgoing.media) > 1 and total > limits.pictures_bytes:
        has, takes = sizes(total, limits.pictures_bytes)
        films = any(item.picture.video for item in outgoing.media)
        kind = "pictures and films" if films else "pictures"
        fix = "Save them smaller, or leave some out." if films else "Save them with fewer pixels or as JPEG, or leave some out."
        sentence = f"{title} takes {kind} of up to {takes} together in a post; the {len(outgoing.media)} of this one have {has}."
        yield Objection("pictures-too-large-together", sentence, fix)


def _shape(picture: Picture, ratio: tuple[float, float], title: str) -> Iterator[Objection]:
    lowest, highest = ratio
    shape = picture.width / max(picture.height, 1)
    measured = f"“{file_name(picture)}” has {picture.width:,} × {picture.height:,} pixels"
    if shape < lowest - _RATIO_SLACK:
        fix = f"Crop it to at most {int(picture.width / lowest):,} pixels high."
        yield Objection("picture-ratio", f"{title} takes pictures as tall as {proportion(lowest)}; {measured}: too tall.", fix)
    elif shape > highest + _RATIO_SLACK:
        fix = f"Crop it to at most {int(picture.height * highest):,} pixels wide."
        yield Objection("picture-ratio", f"{title} takes pictures as wide as {proportion(highest)}; {measured}: too wide.", fix)


def _cropped(pictures: Sequence[Picture], title: str) -> Iterator[Objection]:
    """Yields an objection for each picture of a post that would be cut to the shape of the first; nothing of a pixel's rounding."""
    first, *others = pictures
    lead = f"“{file_name(first)}” with {first.width:,} × {first.height:,} pixels"
    for number, picture in enumerate(others, start=1):
        sides = (first.width, first.height, picture.width, picture.height)
        if not all(sides):
            continue
        wide, tall = picture.width * first.height, picture.height * first.width
        if abs(wide - tall) * min(sides) <= max(wide, tall):
            continue
        fits = (min(picture.width, round(tall / first.height)), min(picture.height, round(wide / first.width)))
        off = f"{picture.width - fits[0]:,} pixels of its width" if wide > tall else f"{picture.height - fits[1]:,} pixels of its height"
        sentence = (
            f"{title} shows all pictures of a post in the shape of the first, {lead}; "
            f"“{file_name(picture)}” has {picture.width:,} × {picture.height:,}: {off} would be cut off."
        )
        fix = f"Crop it yourself to {fits[0]:,} × {fits[1]:,} pixels, or put it on a background of that shape."
        yield Objection("picture-cropped", sentence, fix, number)


def _alt_texts(outgoing: Outgoing, limits: Limits, abilities: Abilities, title: str) -> Iterator[Objection]:
    if limits.alt is None or not abilities.alt_text:
        return
    for number, item in enumerate(outgoing.media):
        over = len(item.alt) - limits.alt
        is_sent = abilities.alt_text_of_films or item.picture.video is None
        if over > 0 and is_sent:
            subject = f"the alt text of “{file_name(item.picture)}” has {len(item.alt):,}"
            sentence = f"{title} takes {limits.alt:,} characters of alt text; {subject}: cut {over:,}."
            yield Objection("alt-too-long", sentence, f"Cut {many(over, 'character')} of the alt text.", number)
