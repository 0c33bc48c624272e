"""Graphics and measured pictures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Emblem:
    """Is how a graphic shows an organisation: by the logo for light or for dark grounds, absolute paths or empty, else by its name.

    ``minimum_width`` and ``clear_space`` are what it asks for, in pixels of a picture 1080 wide.
    ``key`` is what ``_partners.toml`` calls it.
    """

    key: str
    name: str
    logo: str = ""
    logo_dark: str = ""
    minimum_width: int = 0
    clear_space: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphicRequest:
    """Asks for one drawn picture; equal requests give equal bytes.

    ``fields`` are the template's own, already in words and in the post's ``language``; ``photo`` is an absolute path or empty.
    ``offered`` are fields that a template may take or leave, ``partners`` are shown by templates that have a place for them.
    """

    template: str
    format: str
    fields: tuple[tuple[str, str], ...]
    language: str = "en"
    photo: str = ""
    offered: tuple[tuple[str, str], ...] = ()
    partners: tuple[Emblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """Is what a film's file says of itself: ``seconds`` long, ``frames`` a second (0 where it does not say).

    ``codec`` and ``sound`` are names such as ``H.264`` and ``AAC``; ``sound`` is empty where there is none.
    """

    seconds: float
    codec: str
    sound: str = ""
    frames: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Is a file on disk as measured: ``path`` is absolute, ``bytes`` its size, ``mime`` read from its content.

    It is a film where ``video`` says what of, a picture that moves where it has several ``frames``, and a still picture otherwise.
    """

    path: str
    sha256: str
    width: int
    height: int
    bytes: int
    mime: str
    video: Video | None = None
    frames: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Graphic:
    """Is a drawn picture with the alt text made from the same fields.

    ``layout`` tells where each block stands (JSON-able), ``complaints`` what the template could not do well, in sentences.
    """

    picture: Picture
    alt: str
    layout: Mapping[str, Any] = field(default_factory=dict)
    complaints: tuple[str, ...] = ()
