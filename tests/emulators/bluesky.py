"""As much of an account's own server as publishing needs, for tests that put rubbish in the place of its answers.

Shapes: lexicons com.atproto.server.*, com.atproto.repo.* and com.atproto.identity.resolveHandle (bluesky-social/atproto, 2026-08-20);
a second record under a name, and what ``swapRecord`` does: packages/pds of the same repository. How long a text may be: lexicon
app.bsky.feed.post (same date), 300 graphemes and 3,000 bytes of UTF-8. The real server is in other tests.
"""

import base64
import hashlib
import json
import sys
from typing import Any, ClassVar

from tests.emulators.clusters import clusters
from tests.emulators.emulating import Answer, Call, Emulator, Route, Source, serve

PASSWORD, HANDLE, DID = "planted-app-password", "harbour.test", "did:plc:harbourworkers234567abcd"
_ACCESS, _REFRESH = "planted-access", "planted-refresh"


SERVER = Source("what @atproto/pds 0.4.217 answers to the same call, which other tests run")
BYTES = Source("[ours] in the form in which the same server tells of its other limits")
UNSERVED = Source("what @atproto/pds 0.4.217 answers without an AppView; [ours] that a call which no lexicon has gets the same")


def error(source: Source, name: str, message: str, status: int = 400) -> Answer:
    del source
    return Answer(status, {"error": name, "message": message})


def token(word: str, ends: float) -> str:
    """Returns a token as they look: what it claims stands in its middle."""
    claims = base64.urlsafe_b64encode(json.dumps({"scope": "com.atproto.appPass", "exp": int(ends)}).encode()).decode().rstrip("=")
    return f"{word}.{claims}.signature"


class Bluesky(Emulator):
    """Keeps one account's records by their names."""

    routes: ClassVar[tuple[Route, ...]] = (
        (
            r"POST /xrpc/com\.atproto\.server\.(createSession|refreshSession)",
            "session",
            "lexicons com.atproto.server.createSession, refreshSession",
        ),
        (r"GET /xrpc/com\.atproto\.server\.describeServer", "described", "lexicon com.atproto.server.describeServer"),
        (r"GET /xrpc/com\.atproto\.identity\.resolveHandle", "resolved", "lexicon com.atproto.identity.resolveHandle"),
        (r"POST /xrpc/com\.atproto\.repo\.uploadBlob", "laid_in", "lexicon com.atproto.repo.uploadBlob"),
        (r"POST /xrpc/com\.atproto\.repo\.putRecord", "put", "lexicon com.atproto.repo.putRecord"),
        (r"POST /xrpc/com\.atproto\.repo\.deleteRecord", "delete", "lexicon com.atproto.repo.deleteRecord"),
        (r"GET /xrpc/com\.atproto\.repo\.getRecord", "get", "lexicon com.atproto.repo.getRecord"),
        (r"GET /xrpc/com\.atproto\.repo\.listRecords", "listed", "lexicon com.atproto.repo.listRecords"),
    )

    def fresh(self) -> dict[str, Any]:
        return {"records": {}}

    def unknown(self, call: Call) -> Answer:
        return error(UNSERVED, "MethodNotImplemented", f"No service configured for {call.path}")

    def refused(self, call: Call) -> Answer | None:
        open_to_all = ("createSession", "describeServer", "resolveHandle")
        wanted = _REFRESH if call.path.endswith("refreshSession") else _ACCESS
        if call.path.endswith(open_to_all) or call.headers.get("authorization", "").startswith(f"Bearer {wanted}."):
            return None
        return error(SERVER, "InvalidToken", "Token could not be verified")

    def session(self, call: Call, _method: str) -> Answer:
        if call.json is not None and call.json.get("password") != PASSWORD:
            return error(SERVER, "AuthenticationRequired", "Invalid identifier or password", 401)
        ends = self.now() + 7_200
        tokens = {"accessJwt": token(_ACCESS, ends), "refreshJwt": token(_REFRESH, ends)}
        return Answer(200, {"did": DID, "handle": HANDLE, **tokens, "active": True})

    def described(self, call: Call) -> Answer:
        del call
        return Answer(200, {"did": "did:web:localhost", "availableUserDomains": [".test"], "blobUploadLimit": 5_242_880})

    def resolved(self, call: Call) -> Answer:
        del call
        return Answer(200, {"did": DID})

    def laid_in(self, call: Call) -> Answer:
        link = {"$link": f"bafkrei{hashlib.sha256(call.body).hexdigest()[:52]}"}
        blob = {"$type": "blob", "ref": link, "mimeType": call.headers["content-type"], "size": len(call.body)}
        return Answer(200, {"blob": blob})

    def put(self, call: Call) -> Answer:
        name, record, standing = call.json["rkey"], call.json["record"], self.state["records"].get(call.json["rkey"])
        invalid = "Invalid app.bsky.feed.post record"
        if (length := len(clusters(record["text"]))) > 300:
            return error(SERVER, "InvalidRequest", f"{invalid}: grapheme too big (maximum 300, got {length}) at $.record.text")
        if (length := len(record["text"].encode())) > 3_000:
            return error(BYTES, "InvalidRequest", f"{invalid}: string too big (maximum 3000, got {length}) at $.record.text")
        if standing != record:
            if standing is not None or call.json["swapRecord"] is not None:
                return error(SERVER, "InvalidSwap", f"Record was at {_cid(standing)}")
            self.state["records"][name] = record
        return Answer(200, {"uri": _uri(name), "cid": _cid(record), "validationStatus": "valid"})

    def delete(self, call: Call) -> Answer:
        self.state["records"].pop(call.json["rkey"], None)
        return Answer(200, {})

    def get(self, call: Call) -> Answer:
        name = call.fields["rkey"]
        if name not in self.state["records"]:
            return error(SERVER, "RecordNotFound", f"Could not locate record: {_uri(name)}")
        record = self.state["records"][name]
        return Answer(200, {"uri": _uri(name), "cid": _cid(record), "value": record})

    def listed(self, call: Call) -> Answer:
        names = sorted((name for name in self.state["records"] if name < call.fields.get("cursor", "~")), reverse=True)
        page = names[: int(call.fields["limit"])]
        rows = [{"uri": _uri(name), "cid": _cid(self.state["records"][name]), "value": self.state["records"][name]} for name in page]
        return Answer(200, {"records": rows, **({"cursor": page[-1]} if page else {})})


def _uri(name: str) -> str:
    return f"at://{DID}/app.bsky.feed.post/{name}"


def _cid(record: object) -> str:
    return f"bafyrei{hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:52]}"


if __name__ == "__main__":
    serve(Bluesky, sys.argv[1:])
