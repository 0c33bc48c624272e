"""Characters that nobody sees: those that come with copied text are named, those that a script or an emoji needs are not."""

from collections.abc import Callable

import pytest

from scheduler.model.finding import Severity
from scheduler.model.post import PostFile

ReadOne = Callable[[str | bytes], PostFile]
HEAD = "---\nwhen: 2026-04-14 12:00\n---\n"


@pytest.mark.parametrize(
    "text",
    [
        "👨\u200d👩\u200d👧 come along",
        "👩🏽\u200d🚒 and 🏳️\u200d🌈 and ❤️\u200d🔥 and 🏴\u200d☠️ and 👁️\u200d🗨️",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f plays",
        "☎\ufe0f and ☎\ufe0e and 1\ufe0f\u20e3",
        "می\u200cخواهم به خانه بروم",
        "क्\u200dष और क्\u200cष",
        "ശ്രീ\u200cരാമൻ ന്\u200d",
        "বিকল্\u200cপ র\u200d্যা",
        "שלום\u200f! (2027\u200e)",
        "السلام \u202aabc\u202c عليكم \u2066xyz\u2069",
        "ยินดี\u200bต้อนรับ",
        "សួស្តី\u200bពិភពលោក",
        "Schöne Grüße – “ja”, sagt sie … \u00a0\u202fder Rest",
    ],
)
def test_what_a_script_or_an_emoji_needs_is_left_alone(text: str, read_one: ReadOne) -> None:
    assert not read_one(f"{HEAD}{text}\n").findings


@pytest.mark.parametrize(
    ("text", "column", "named", "safe", "after"),
    [
        ("Come\u200b all", 5, "U+200B", True, "Come all"),
        ("Har\u00adbour", 4, "U+00AD", True, "Harbour"),
        ("a\ufeffb\u2060c", 2, "U+FEFF", True, "abc"),
        ("#\u200bMayDay", 2, "U+200B", False, "#MayDay"),
        ("x\u200dy", 2, "U+200D", False, "xy"),
        ("Auf\u200clage", 4, "U+200C", False, "Auflage"),
        ("\u200eHello", 1, "U+200E", False, "Hello"),
        ("see \u202efdp.exe", 5, "U+202E", False, "see fdp.exe"),
        ("שלום \u202eabc", 6, "U+202E", False, "שלום abc"),
        ("good\U000e0068\U000e0069", 5, "U+E0068", False, "good"),
        ("a\u2063b", 2, "U+2063", False, "ab"),
    ],
)
def test_what_nobody_sees_is_named_with_its_place_and_taken_out_by_one_change(
    text: str, column: int, named: str, safe: bool, after: str, read_one: ReadOne
) -> None:
    file = read_one(f"{HEAD}{text}\n")
    (finding,) = file.findings
    assert (finding.rule, finding.severity, finding.span.line, finding.span.column) == ("hidden-character", Severity.WARNING, 4, column)
    assert named in finding.message
    assert finding.edit is not None
    assert finding.edit.safe is safe
    assert text[: finding.edit.column - 1] + finding.edit.replacement + text[finding.edit.end_column - 1 :] == after
    assert file.post is not None
    assert file.post.parts[0].variants[0].text == text
