"""How each network that has threads says for good that it does not take a post."""

from tests.emulators.emulating import Answer

NO: dict[str, Answer] = {
    "bluesky": Answer(400, {"error": "InvalidRequest", "message": "Invalid record: it says Forbidden"}),
    "mastodon": Answer(422, {"error": "Validation failed: it says Forbidden"}),
    "threads": Answer(400, {"error": {"code": 100, "error_subcode": 1404102, "message": "It says Forbidden"}}),
    "x": Answer(400, {"title": "Invalid Request", "detail": "It says Forbidden"}),
}
"""A network that is missing here fails its tests."""
