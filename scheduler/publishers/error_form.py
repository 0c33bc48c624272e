"""What the errors of a network's own API look like: all else with such a status is said by something that stands before it.

A page of a site in upkeep, a proxy that leads elsewhere and a server that is another one by now say 404 and 400, too, and they
say nothing of the post. Only what has the network's own form may hold a post for good.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus

from scheduler.publishers.answers import Reply, UnreadableReply

# What these say is true whoever says it: who asks must show another secret, pay, or send less, or come again.
_ANYBODY = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.PAYMENT_REQUIRED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)


@dataclass(frozen=True, slots=True)
class ErrorForm:
    """Is a JSON object with one of the ``fields``, or, where a network answers in ``words``, text of that pattern as a whole.

    ``is_any`` takes every answer for the network's own. ``hint`` is what a person does where other answers last.
    """

    fields: tuple[str, ...] = ()
    words: str = ""
    is_any: bool = False
    hint: str = "look at its address in config.toml"

    def is_of(self, reply: Reply) -> bool:
        """Tells whether an answer is the network's own, or says what is true whoever says it."""
        if self.is_any or not HTTPStatus.BAD_REQUEST <= reply.status < HTTPStatus.INTERNAL_SERVER_ERROR or reply.status in _ANYBODY:
            return True
        try:
            table = reply.table()
        except UnreadableReply:
            return bool(self.words) and re.fullmatch(self.words, reply.body.decode(errors="replace").strip()) is not None
        return any(table.get(name) is not None for name in self.fields)


ANY_FORM = ErrorForm(is_any=True)
NO_FORM = ErrorForm()
"""Is for places whose errors have no form that is known: whatever they say with a status of that kind, they may say otherwise later."""
