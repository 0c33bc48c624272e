"""The first comment below a post of our own: written once, right after the post, and never a reason to call the post a failure.

Where whoever sent the post ended in the middle of that, the comments below it tell.
"""

from dataclasses import replace

from scheduler.model.outcome import Outcome, Published, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.fields import words as text_of
from scheduler.publishers.graph.api import Graph, GraphTrouble
from scheduler.publishers.graph.matching import plain
from scheduler.publishers.notes import Notes

_NOT_THERE = "The post is out without its first comment: {} Write it below the post by hand."
_NOT_KNOWN = "The post is out, and perhaps without its first comment: {} Look there, and write it by hand where it lacks."
_NOT_SEEN = (
    "The post is out, but its first comment cannot be seen below it. Look there, write it by hand where it lacks, and say that the post"
    " is out with  scheduler resolve."
)
_NOT_OURS = "{title} does not say which post is ours."


def comment(graph: Graph, outgoing: Outgoing, outcome: Outcome, notes: Notes) -> Outcome:
    """Returns the outcome, after writing the comment where the post is out and none was tried yet; one that is not there is told in it."""
    if not outgoing.first_comment or not isinstance(outcome, Published) or notes["comment"]:
        return outcome
    if outcome.remote_id.startswith("container:"):
        return _without(outcome, _NOT_OURS.format(title=graph.exchange.title))
    notes.keep("comment", "asked")
    return _written(graph, outgoing, outcome)


def add_what_lacks(graph: Graph, envelope: Envelope, proof: Published, words: str) -> Published | Uncertain:
    """Returns the proof of a post that was in doubt, once its first comment stands below it; one that was never tried is written.

    One that was tried may still come, so that it is not written again: where it does not show, a person is asked. ``words`` is the
    field that has a comment's text.
    """
    outgoing = envelope.outgoing
    if not outgoing.first_comment:
        return proof
    if proof.remote_id.startswith("container:"):
        return _without(proof, _NOT_OURS.format(title=graph.exchange.title))
    try:
        rows, _ = graph.listed(f"{proof.remote_id}/comments", fields=words)
    except GraphTrouble as trouble:
        return Uncertain(f"{_NOT_SEEN} {trouble.refusal.reason}")
    if plain(outgoing.first_comment) not in {plain(text_of(row, words)) for row in rows}:
        if envelope.ids.get("comment"):
            return Uncertain(_NOT_SEEN)
        return _written(graph, outgoing, proof)
    return proof


def _written(graph: Graph, outgoing: Outgoing, post: Published) -> Published:
    try:
        graph.show(f"{post.remote_id}/comments", {"message": outgoing.first_comment})
    except GraphTrouble as trouble:
        told = _NOT_KNOWN if trouble.doubtful else _NOT_THERE
        return replace(post, lacks=told.format(trouble.refusal.reason))
    return post


def _without(post: Published, why: str) -> Published:
    return replace(post, lacks=_NOT_THERE.format(why))
