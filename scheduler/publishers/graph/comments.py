"""The first comment below a post of our own: written once, right after the post, and never a reason to call the post a failure.

Where whoever sent the post ended in the middle of that, the comments below it tell.
"""

import logging

from scheduler.model.outcome import Outcome, Published, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.fields import words as text_of
from scheduler.publishers.graph.api import Graph, GraphTrouble
from scheduler.publishers.graph.matching import plain
from scheduler.publishers.notes import Notes

LOG = logging.getLogger(__name__)
_NOT_THERE = "The first comment below %s was not written: %s Write it by hand."
_NOT_SEEN = (
    "The post is out, but its first comment cannot be seen below it. Look there, write it by hand where it lacks, and say that the post"
    " is out with  scheduler resolve."
)
_NOT_OURS = "{title} does not say which post is ours."


def comment(graph: Graph, outgoing: Outgoing, outcome: Outcome, notes: Notes) -> None:
    """Writes the comment where the post is out and no comment was tried yet; trouble is told in the log."""
    if not outgoing.first_comment or not isinstance(outcome, Published) or notes["comment"]:
        return
    if outcome.remote_id.startswith("container:"):
        LOG.warning(_NOT_THERE, outgoing.delivery, _NOT_OURS.format(title=graph.exchange.title))
        return
    notes.keep("comment", "asked")
    _write(graph, outgoing, outcome)


def add_what_lacks(graph: Graph, envelope: Envelope, proof: Published, words: str) -> Published | Uncertain:
    """Returns the proof of a post that was in doubt, once its first comment stands below it; one that was never tried is written.

    One that was tried may still come, so that it is not written again: where it does not show, a person is asked. ``words`` is the
    field that has a comment's text.
    """
    outgoing = envelope.outgoing
    if not outgoing.first_comment:
        return proof
    if proof.remote_id.startswith("container:"):
        LOG.warning(_NOT_THERE, outgoing.delivery, _NOT_OURS.format(title=graph.exchange.title))
        return proof
    try:
        rows, _ = graph.listed(f"{proof.remote_id}/comments", fields=words)
    except GraphTrouble as trouble:
        return Uncertain(f"{_NOT_SEEN} {trouble.refusal.reason}")
    if plain(outgoing.first_comment) not in {plain(text_of(row, words)) for row in rows}:
        if envelope.ids.get("comment"):
            return Uncertain(_NOT_SEEN)
        _write(graph, outgoing, proof)
    return proof


def _write(graph: Graph, outgoing: Outgoing, post: Published) -> None:
    try:
        graph.show(f"{post.remote_id}/comments", {"message": outgoing.first_comment})
    except GraphTrouble as trouble:
        LOG.warning(_NOT_THERE, outgoing.delivery, trouble.refusal.reason)
