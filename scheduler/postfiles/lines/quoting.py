"""What a line of settings is made of, and how a text is typed so that YAML keeps it whole."""

import re

SETTING = re.compile(r"(?P<key>[^\s:#\[\]{}\"'&*!|>%@`,-][^:]*?):(?:\s+(?P<value>.*?))?\s*$")
GLUED = re.compile(r"(?P<key>[A-Za-z][\w-]*):(?P<value>[^\s/].*)$")
ITEM = re.compile(r"\s*-\s+(?P<value>.*?)\s*$")
DOUBLE = re.compile(r'"(?:[^"\\]|\\.)*"(?:\s+#.*)?$')
SINGLE = re.compile(r"'(?:[^']|'')*'(?:\s+#.*)?$")
LIST = re.compile(r"\[(?P<items>[^\[\]{}]*)\](?:\s+#.*)?$")
TAIL = re.compile(r"(?:^|\s)#")
LISTS = ("where", "hashtags", "partners", "collab", "approve-by", "allow", "poll")
"""Are the settings that hold several names."""


def quoted(text: str) -> str:
    """Returns the text in the quotes that keep it whole: double ones, or single ones where it has double ones itself."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def as_typed(key: str, value: str) -> tuple[str, str]:
    """Returns what to call a value, and the value as it should be typed."""
    if value.startswith("[@") or (value.startswith("[") and "#" not in value and re.search(r",\s*@", value)):
        names = (word.strip("[] ") for word in value.split(","))
        return "names", "[" + ", ".join(name.lstrip("@") if key == "where" else f'"{name}"' for name in names if name) + "]"
    if key in LISTS and ("#" in value or value.startswith("[")):
        words = [word.strip("#,[]\"' ") for word in value.replace(",", " ").split()]
        return "names", "[" + ", ".join(word for word in words if word) + "]"
    if value[0] in "“”„\"'" and value[-1] in "“”\"'" and len(value) > 1 and not re.search(r"[“”„\"]", value[1:-1]):
        return key or "text", quoted(value[1:-1])
    return key or "text", quoted(value)
