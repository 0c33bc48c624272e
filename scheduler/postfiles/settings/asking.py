"""Polls: what ``poll``, ``poll-question``, ``poll-for`` and ``poll-multiple`` say together."""

from collections.abc import Mapping

from scheduler.model.finding import Finding
from scheduler.model.poll import Poll
from scheduler.postfiles.lines.slips import Slip
from scheduler.postfiles.settings.block import Entry
from scheduler.postfiles.settings.fields import Fields

_KEYS = ("poll", "poll-question", "poll-for", "poll-multiple")
_A_DAY = 24 * 60


def poll(path: str, fields: Fields, entries: Mapping[str, Entry]) -> tuple[Poll | None, list[Finding]]:
    """Returns the poll of a file's post, None where it has none, and what is wrong with it."""
    if not any(key in entries for key in _KEYS):
        return None, []
    if "poll" not in entries:
        return None, [_lonely(key).found(path, entries[key].key) for key in _KEYS[1:] if key in entries]
    options = fields.poll
    findings: list[Finding] = []
    if len(options) < 2:  # noqa: PLR2004 - nobody can choose among one
        findings.append(_TOO_FEW.found(path, entries["poll"].span))
    if (comma := _decimal(entries["poll"])) is not None:
        return None, [*findings, comma.found(path, entries["poll"].span)]
    if len({option.casefold() for option in options}) < len(options):
        findings.append(_TWICE.found(path, entries["poll"].span))
    minutes = int(fields.poll_for.total_seconds()) // 60 if fields.poll_for is not None else _A_DAY
    return Poll(options, minutes, fields.poll_multiple, fields.poll_question), findings


def _decimal(entry: Entry) -> Slip | None:
    """Returns that a decimal comma would part one answer in two, where a digit stands on both sides of a comma without a space.

    Where no comma of the list has a space, they all part answers.
    """
    typed = entry.value if isinstance(entry.value, tuple) else tuple(entry.value.split(","))
    told = list(entry.items) if isinstance(entry.value, tuple) else []
    answers: list[str] = []
    parted = False
    for index, word in enumerate(typed):
        before = typed[index - 1] if index else ""
        together = told[index - 1].end_column + 1 == told[index].column if told and index else not word.startswith(" ")
        if index and before[-1:].isdigit() and word[:1].isdigit() and together:
            answers[-1] += f",{word}"
            parted = True
        else:
            answers.append(word.strip())
    if not parted or len(answers) < 2:  # noqa: PLR2004 - one answer alone would be no poll
        return None
    return Slip(
        rule="bad-poll",
        message="a comma parts the answers of a poll, also the one within a number",
        label="quotes around a number with a comma, or a space after each comma",
        consequence="people would choose among pieces of numbers, so the post is held",
        fix="poll: [" + ", ".join(f'"{answer}"' if "," in answer else answer for answer in answers) + "]",
    )


def _lonely(key: str) -> Slip:
    return Slip(
        rule="setting-not-here",
        message=f"the setting “{key}” says nothing without “poll”",
        label="which answers can people choose?",
        consequence="it would have no effect, so the post is held",
        fix="poll: [Yes, No, I do not know yet]",
    )


_TOO_FEW = Slip(
    rule="bad-poll",
    message="a poll needs at least two answers",
    label="answers are separated by commas",
    consequence="nobody could choose, so the post is held",
    fix="poll: [Yes, No, I do not know yet]",
)

_TWICE = Slip(
    rule="bad-poll",
    message="two answers of this poll are the same",
    label="each answer once",
    consequence="nobody could tell them apart, so the post is held",
    fix="delete one of the two, or give it other words",
)
