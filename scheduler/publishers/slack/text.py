"""Text as Slack takes it: three signs are its own, and are sent in another form.

Source: "Formatting text for app surfaces" and "Message payloads" (docs.slack.dev).
"""

from scheduler.publishers.counting import utf16


def escaped(text: str) -> str:
    """Returns the text with the three signs that Slack reads as its own."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def count(text: str) -> int:
    """Returns the length of what is sent, in UTF-16 code units: what Slack counts is not documented, and this is never too short."""
    return utf16(escaped(text))
