"""Trouble that an operator has to act on."""

from typing import ClassVar


class SchedulerError(Exception):
    """Carries one sentence about what is wrong and one about what to do next.

    Each room derives its own classes beside the code that raises them; ``cli`` alone catches and prints them.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class TemporaryError(SchedulerError):
    """Is trouble that goes away by itself: trying again later is the right answer."""

    exit_code = 75


class ConfigurationError(SchedulerError):
    """Is trouble with how the program was called or set up."""

    exit_code = 2
