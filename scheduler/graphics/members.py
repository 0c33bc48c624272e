"""The logos of the organisations that a graphic is of: read, opened, and freed of the empty border that many files have."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

from PIL import Image

from scheduler.graphics.block import Member
from scheduler.graphics.picture import loaded, open_picture, read, upright
from scheduler.graphics.problem import Undrawable, Unreadable
from scheduler.graphics.template import Form
from scheduler.model.graphic import Emblem, GraphicRequest

_BLOCK = "partners"


@dataclass(frozen=True, slots=True)
class Files:
    """Is an organisation with the bytes of its logos, empty where there is none."""

    emblem: Emblem
    on_light: bytes
    on_dark: bytes

    def told(self) -> dict[str, object]:
        """Returns what the picture depends on, in JSON's types and without paths."""
        digests = [hashlib.sha256(data).hexdigest() for data in (self.on_light, self.on_dark)]
        return {**asdict(self.emblem), "logo": digests[0], "logo_dark": digests[1]}


def shown_in(form: Form) -> bool:
    """Tells whether a template has a place for partners: their logos are not asked for where none is shown."""
    return any(item.block == _BLOCK for item in (*form.layers, *form.items))


def named(request: GraphicRequest) -> tuple[str, ...]:
    """Returns the paths of all files that a request names."""
    logos = (path for emblem in request.partners for path in (emblem.logo, emblem.logo_dark))
    return tuple(path for path in (request.photo, *logos) if path)


def files(emblems: tuple[Emblem, ...]) -> tuple[Files, ...] | Undrawable:
    """Returns the organisations with their logos' bytes, or which logo cannot be read."""
    done = []
    for emblem in emblems:
        pair = [read(Path(path)) if path else b"" for path in (emblem.logo, emblem.logo_dark)]
        for key, data in zip(("logo", "logo-dark"), pair, strict=True):
            if isinstance(data, Unreadable):
                return _unusable(emblem, key, data)
        done.append(Files(emblem, *(data for data in pair if isinstance(data, bytes))))
    return tuple(done)


def opened(found: tuple[Files, ...]) -> tuple[Member, ...] | Undrawable:
    """Returns the organisations with their logos' pixels, or which logo is no picture."""
    done = []
    for one in found:
        emblem = one.emblem
        pair: list[Image.Image | None] = []
        for key, path, data in (("logo", emblem.logo, one.on_light), ("logo-dark", emblem.logo_dark, one.on_dark)):
            image = trimmed(data, Path(path).name) if data or path else None
            if isinstance(image, Unreadable):
                return _unusable(emblem, key, image)
            pair.append(image)
        done.append(
            Member(
                name=emblem.name,
                on_light=pair[0] or pair[1],
                on_dark=pair[1] or pair[0],
                minimum_width=emblem.minimum_width,
                clear_space=emblem.clear_space,
            )
        )
    return tuple(done)


def trimmed(data: bytes, name: str) -> Image.Image | Unreadable:
    """Returns a logo without the empty border that many files have."""
    found = open_picture(data, name)
    whole = found if isinstance(found, Unreadable) else loaded(found, name)
    if isinstance(whole, Unreadable):
        return whole
    full = upright(whole).convert("RGBA")
    # What is all but transparent is the shadow of a careless export, and would make the mark look small.
    box = full.getchannel("A").point(lambda alpha: 255 if alpha > 12 else 0).getbbox()  # noqa: PLR2004 -- a twentieth of opaque
    return full.crop(box) if box else Unreadable("it is wholly transparent.")


def _unusable(emblem: Emblem, key: str, why: Unreadable) -> Undrawable:
    return Undrawable(
        f"The logo of {emblem.name} cannot be used: {why.reason}",
        f"Correct {key} in posts/_partners.toml, under [{emblem.key}]; without it the name is set in type.",
    )
