"""A publisher for the noticeboard, one ability each, as a network's adapter would be."""

from collections.abc import Mapping
from datetime import datetime

import httpx

from scheduler.model.network import Recovery
from scheduler.model.outcome import Absent, Outcome, Proof, Published, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.contract import Remember
from scheduler.publishers.notes import ASKED, Notes


class Writer:
    """Sends to one account of the noticeboard; the first ``losing`` calls get no answer."""

    def __init__(self, port: int, ability: Recovery, losing: int = 0) -> None:
        self.ability = ability
        self.losing = losing
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20, verify=False)

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:
        return {"key": f"{outgoing.delivery}-{now.isoformat()}"}

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        told = {"delivery": envelope.outgoing.delivery, "key": envelope.ids["key"]}
        if self.ability is Recovery.TWO_PHASE:
            container = envelope.ids.get("container") or self._client.post("/container", json={}).json()["id"]
            remember("container", container)
            told["key"] = container
        elif self.ability is Recovery.NONE:
            Notes(dict(envelope.ids), remember).ask()
        else:
            remember("picture", "1")
        lose, self.losing = self.losing > 0, self.losing - 1
        try:
            answer = self._client.post(f"/{self.ability}", json=told, headers={"X-Lose": "1"} if lose else {})
        except httpx.HTTPError as error:
            return Uncertain(f"No answer came ({type(error).__name__}).")
        return Published(answer.json()["id"])

    def find(self, envelope: Envelope) -> Proof:
        if self.ability is Recovery.NONE:
            return Uncertain("This network cannot be asked.") if envelope.ids.get(ASKED) else Absent(is_uncalled=True)
        if self.ability is Recovery.IDEMPOTENCY_KEY:
            return Uncertain("The list of posts lags behind.")
        names = {Recovery.CLIENT_ID: envelope.ids["key"], Recovery.TWO_PHASE: envelope.ids.get("container", "")}
        name = names.get(self.ability, envelope.outgoing.delivery)
        found = self._client.get(f"/{self.ability}/{name}").json()["id"] if name else ""
        return Published(found) if found else Absent()
