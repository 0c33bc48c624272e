"""A poll below a post."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Poll:
    """Is a question with ``options`` to vote on for ``minutes``; ``multiple`` lets a person choose several.

    ``question`` is empty where the words of the post ask it.
    """

    options: tuple[str, ...]
    minutes: int = 24 * 60
    multiple: bool = False
    question: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """Returns all that is written in it: the question, where it stands apart, and the answers."""
        return (*((self.question,) if self.question else ()), *self.options)

    @property
    def lines(self) -> tuple[str, ...]:
        """Returns the poll as people meet it: a question that stands apart, the answers, and how long one can vote."""
        several = ", several answers each" if self.multiple else ""
        asked = (self.question,) if self.question else ()
        return (*asked, *(f"○ {option}" for option in self.options), f"open for {lasting(self.minutes)}{several}")


def lasting(minutes: int) -> str:
    """Returns a length of time in the largest unit that it is whole in, as ``poll-for`` takes it: ``3 days``."""
    size, unit = next((size, unit) for size, unit in ((24 * 60, "day"), (60, "hour"), (1, "minute")) if minutes % size == 0)
    return f"{minutes // size:,} {unit}{'' if minutes == size else 's'}"
