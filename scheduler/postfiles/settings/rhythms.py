"""What an author probably meant by a repetition that cannot be read, such as one in Spanish or French: proposed, and never taken."""

import re
from dataclasses import replace

from scheduler.model.post import Repeat
from scheduler.postfiles.lines.slips import Mend, Slip, SlipError
from scheduler.postfiles.settings import calendar_words
from scheduler.postfiles.settings.counting import ARTICLES, NUMBERS, UNITS
from scheduler.postfiles.settings.repeats import parse_repeat

_PHRASES = (
    (re.compile(r"\b(?:tou(?:te)?s les|todos los|todas las|cada|chaque|alle|jede[nsrm]?|each|every)\b", re.IGNORECASE), "every"),
    (re.compile(r"\b(?:zweiten?|andere[nr]?|second|2nd|2\.)(?=\s)", re.IGNORECASE), "2"),
    (re.compile(r"\b(?:a las?|à|um|gegen)(?=\s+\d)", re.IGNORECASE), "at"),
    (re.compile(r"\b(?:und|y|et)\b", re.IGNORECASE), "and"),
    (re.compile(r"\b(?:immer|jeweils|am|an|el|los|les?)\b", re.IGNORECASE), "on"),
    (re.compile(r"\bon(?:\s+on)+\b"), "on"),
)
_WORD = re.compile(r"[^\W\d_]+")
_NAMED_DAYS = re.compile(r"\bevery\s+(?=\d+\s+(?:mon|tues|wednes|thurs|fri|satur|sun)day)", re.IGNORECASE)
_WEEKLY = re.compile(r"\b(?:semanalmente|hebdomadaire|once a week|einmal (?:pro|die|in der) woche|every seven days)\b", re.IGNORECASE)
_LONGEST = 120


def with_proposal(slip: Slip, text: str, languages: tuple[str, ...]) -> Slip:
    """Returns the slip of a repetition with what was probably meant, where its words have one reading."""
    if slip.rule != "bad-repeat" or len(text) > _LONGEST:
        return slip
    try:
        meant = _written(parse_repeat(_in_english(text), languages))
    except SlipError:
        return slip
    return replace(slip, label=f"did you mean “{meant}”?", fix=meant, start=0, end=None, mend=Mend(meant, safe=False))


def _in_english(text: str) -> str:
    english = _WEEKLY.sub("every week", text)
    for pattern, words in _PHRASES:
        english = pattern.sub(words, english)
    english = _WORD.sub(_word, english)
    english = re.sub(r"\bon\s+(?=every\b)", "", english)
    return _every_so_many(calendar_words.in_english(english))


def _word(match: re.Match[str]) -> str:
    word = match[0].casefold()
    if len(word) > 1 and word in UNITS:
        return f"{UNITS[word]}s"
    # “lundis” and “dienstags” are known without their last letter alone, “mars” and “lunes” as they are
    bare = word.removesuffix("s")
    single = bare if calendar_words.in_english(word) == word != calendar_words.in_english(bare) else word
    return str(NUMBERS[word]) if word in NUMBERS and word not in ARTICLES else single


def _every_so_many(text: str) -> str:
    """Returns ``every 2 weeks on Tuesday`` for ``every 2 Tuesday``."""
    named = _NAMED_DAYS.search(text)
    return text if named is None else re.sub(r"\bevery\s+(\d+)\s+", r"every \1 weeks on ", text, count=1)


def _written(repeat: Repeat) -> str:
    every = f"every {repeat.unit}" if repeat.every == 1 else f"every {repeat.every} {repeat.unit}s"
    names = [calendar_words.weekday_name(day) for day in repeat.weekdays]
    on = f" on {' and '.join(filter(None, (', '.join(names[:-1]), names[-1])))}" if names else ""
    return f"{every}{on} at {repeat.at.hour}:{repeat.at.minute:02}"
