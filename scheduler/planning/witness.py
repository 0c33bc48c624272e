"""What an agenda was made of, so that it can be told whether it would be made so again."""

from collections.abc import Callable
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class Witness:
    """Hears every question that is asked through it, and each answer; the same question is asked once.

    What is made of the answers alone is made the same again while :meth:`still` says so.
    """

    def __init__(self) -> None:
        self._heard: dict[tuple[Callable[..., object], tuple[object, ...]], Any] = {}

    def hears(self, ask: Callable[..., Answer]) -> Callable[..., Answer]:
        """Returns the function as one that is listened to; its arguments go by their place and can be keys of a dict."""

        def asked(*question: object) -> Answer:
            key = (ask, question)
            if key not in self._heard:
                self._heard[key] = ask(*question)
            answer: Answer = self._heard[key]
            return answer

        return asked

    def still(self) -> bool:
        """Tells whether every question is answered now as it was then."""
        return all(ask(*question) == answer for (ask, question), answer in self._heard.items())
