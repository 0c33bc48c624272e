"""What a web page says of itself, as far as a card of it needs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """Is a page that a card is made of; ``local`` tells that an account of the post is on a server of this machine."""

    url: str
    local: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Is a page as it was read: ``picture`` is the absolute path of a copy of the picture that it shows itself with, or empty.

    ``trouble`` says in a sentence why nothing is known of it, ``no_picture`` why its picture is not.
    """

    title: str = ""
    description: str = ""
    picture: str = ""
    trouble: str = ""
    no_picture: str = ""
