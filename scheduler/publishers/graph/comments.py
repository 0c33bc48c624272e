"""The first comment below a post of our own: written once, right after the post, and never a reason to call the post a failure."""

import logging

from scheduler.model.outcome import Outcome, Published
from scheduler.model.outgoing import Outgoing
from scheduler.publishers.graph.api import Graph, GraphTrouble
from scheduler.publishers.notes import Notes

LOG = logging.getLogger(__name__)
_NOT_THERE = "The first comment below %s was not written: %s Write it by hand."


def comment(graph: Graph, outgoing: Outgoing, outcome: Outcome, notes: Notes) -> None:
    """Writes the comment where the post is out and no comment was tried yet; trouble is told in the log."""
    if not outgoing.first_comment or not isinstance(outcome, Published) or notes["comment"]:
        return
    if outcome.remote_id.startswith("container:"):
        LOG.warning(_NOT_THERE, outgoing.delivery, f"{graph.exchange.title} does not say which post is ours.")
        return
    notes.keep("comment", "asked")
    try:
        graph.show(f"{outcome.remote_id}/comments", {"message": outgoing.first_comment})
    except GraphTrouble as trouble:
        LOG.warning(_NOT_THERE, outgoing.delivery, trouble.refusal.reason)
