"""What a post that is out says otherwise than its file does now, in one sentence."""

from difflib import SequenceMatcher

from scheduler.model.outgoing import Outgoing

_LONG = 160


def otherwise(sent: Outgoing, now: Outgoing) -> str:
    """Returns the first words that differ, as a sentence; empty where nothing that is read or seen differs."""
    before, after = _lines(sent), _lines(now)
    for tag, start, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            said, says = _short(before[start:end]), _short(after[first:last])
            return f"it says {said}, and its file now says {says}."
    if [item.picture.sha256 for item in sent.media] != [item.picture.sha256 for item in now.media]:
        return "it shows another picture than its file asks for now."
    return ""


def _lines(outgoing: Outgoing) -> list[str]:
    texts = (outgoing.text, outgoing.content_warning or "", outgoing.first_comment, *(reply.text for reply in outgoing.replies))
    return [line for text in texts for line in text.split("\n") if line.strip()]


def _short(lines: list[str]) -> str:
    words = " ".join(lines)
    if not words:
        return "nothing of it"
    return f"“{words}”" if len(words) <= _LONG else f"“{words[: _LONG - 1]}…”"
