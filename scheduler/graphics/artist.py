"""Draws graphics: checks the request, lays it out, paints it, and keeps it."""

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from io import BytesIO
from pathlib import Path

from PIL import Image

from scheduler.graphics import cache, members, photo, template, wording
from scheduler.graphics.block import Scene, Sheet, find_blocks
from scheduler.graphics.colour import Palette, palette
from scheduler.graphics.fonts import Face, faces, require_shaping
from scheduler.graphics.layout import Layout, arrange, safe_box
from scheduler.graphics.picture import measure, read
from scheduler.graphics.problem import Undrawable, Unreadable, did_you_mean
from scheduler.graphics.runs import clean, drop_missing, reads_right_to_left
from scheduler.graphics.template import Form, Template, formats, known_templates
from scheduler.model.graphic import Graphic, GraphicRequest, Picture
from scheduler.model.settings import Brand

__all__ = ["Artist", "Undrawable", "Unreadable", "formats", "known_templates", "measure"]

_ENLARGED = 1.3
# Font objects and the caches of measures are shared: one graphic is drawn at a time.
_DRAWING = threading.RLock()


@dataclass(frozen=True, slots=True)
class _Order:
    """Is a request that was found to be possible, with everything that it needs."""

    template: Template
    form: Form
    fields: Mapping[str, str]
    palette: Palette
    faces: tuple[Face, ...]
    photo: bytes
    logo: bytes
    emblems: tuple[members.Files, ...]
    complaints: tuple[str, ...]
    request: GraphicRequest


class Artist:
    """Draws the graphics of one project; ``folder`` is where they are kept, ``templates`` the project's own templates, if it has any."""

    def __init__(self, folder: Path, brand: Brand, templates: Path | None, project_folder: Path) -> None:
        require_shaping()
        self._folder, self._brand, self._templates, self._project = folder, brand, templates, project_folder

    def known_templates(self) -> tuple[str, ...]:
        """Returns the names of the templates that can be asked for."""
        return known_templates(self._templates)

    def formats(self, name: str) -> tuple[str, ...] | Undrawable:
        """Returns the formats of a template."""
        return formats(name, self._templates)

    def samples(self, name: str) -> Mapping[str, str] | Undrawable:
        """Returns a value for each field of a template, to show it with."""
        found = template.load(name, self._templates)
        return found if isinstance(found, Undrawable) else found.samples

    def draw(self, request: GraphicRequest, encoding: str = "") -> Graphic | Undrawable:
        """Returns the graphic, from the disk where an equal one was drawn before, or why it cannot be drawn.

        ``encoding`` is ``jpeg`` or ``png``; empty takes the template's.
        Raises :class:`~scheduler.graphics.cache.CacheError` where the disk refuses.
        """
        with _DRAWING:
            order = self._order(request)
            if isinstance(order, Undrawable):
                return order
            encoding = encoding or order.template.encoding
            digest = cache.key(self._inputs(order, encoding))
            return cache.look_up(self._folder, digest) or self._drawn(order, digest, encoding)

    def sketch(self, request: GraphicRequest) -> Graphic | Undrawable:
        """Returns the graphic where it was drawn before; else what it will be, its picture without a file, or why it cannot be drawn.

        Laying out takes a thirtieth of the time of painting.
        """
        with _DRAWING:
            order = self._order(request)
            if isinstance(order, Undrawable):
                return order
            kept = cache.look_up(self._folder, cache.key(self._inputs(order, order.template.encoding)))
            layout = kept or self._layout(order)
            return _described(order, layout) if isinstance(layout, Layout) else layout

    def layout(self, request: GraphicRequest) -> Layout | Undrawable:
        """Returns where everything would stand, without painting it."""
        with _DRAWING:
            order = self._order(request)
            return order if isinstance(order, Undrawable) else self._layout(order)

    def _order(self, request: GraphicRequest) -> _Order | Undrawable:
        found = template.load(request.template, self._templates)
        if isinstance(found, Undrawable):
            return found
        if request.format not in found.forms:
            fix = did_you_mean(request.format, found.forms, "formats")
            return Undrawable(f"The template “{found.name}” has no format “{request.format}”.", fix)
        means = self._means()
        if isinstance(means, Undrawable):
            return means
        form = found.forms[request.format]
        fields, files = _fields(request, found, means[1]), self._files(request, form)
        if isinstance(fields, Undrawable):
            return fields
        if isinstance(files, Undrawable):
            return files
        return _Order(found, form, fields[0], *means, files[0], files[1], files[2], fields[1], request)

    def _means(self) -> tuple[Palette, tuple[Face, ...]] | Undrawable:
        colours, family = palette(self._brand), self._brand.font
        if isinstance(colours, Undrawable):
            return colours
        if found := faces(family):
            return colours, found
        slug = family.lower().replace(" ", "-")
        return Undrawable(
            f"The brand’s font “{family}” is not installed.", f'Run pip install fontpkg-{slug}, or write font = "Inter" under [brand].'
        )

    def _files(self, request: GraphicRequest, form: Form) -> tuple[bytes, bytes, tuple[members.Files, ...]] | Undrawable:
        picture = read(Path(request.photo)) if request.photo else b""
        if isinstance(picture, Unreadable):
            return Undrawable(f"The photo cannot be used: {picture.reason}", "Name another picture, or leave it out.")
        logo = read(self._project / self._brand.logo) if self._brand.logo else b""
        if isinstance(logo, Unreadable):
            return Undrawable(f"The brand’s logo cannot be used: {logo.reason}", "Correct logo in config.toml, under [brand].")
        emblems = members.files(request.partners) if members.shown_in(form) else ()
        return emblems if isinstance(emblems, Undrawable) else (picture, logo, emblems)

    def _inputs(self, order: _Order, encoding: str) -> dict[str, object]:
        return {
            "template": [order.template.name, hashlib.sha256(order.template.source).hexdigest()],
            "format": order.request.format,
            "fields": dict(order.fields),
            "complaints": order.complaints,
            "language": order.request.language,
            "brand": {**asdict(self._brand), "logo": hashlib.sha256(order.logo).hexdigest()},
            "fonts": [face.sha256 for face in order.faces],
            "photo": hashlib.sha256(order.photo).hexdigest(),
            "partners": [files.told() for files in order.emblems],
            "encoding": encoding,
        }

    def _layout(self, order: _Order) -> Layout | Undrawable:
        sheet = _sheet(order)
        return sheet if isinstance(sheet, Undrawable) else arrange(order.form, sheet, order.fields, find_blocks())

    def _drawn(self, order: _Order, digest: str, encoding: str) -> Graphic | Undrawable:
        layout = self._layout(order)
        if isinstance(layout, Undrawable):
            return layout
        scene, graphic = paint(layout), _described(order, layout)
        drawn = replace(graphic, layout={**graphic.layout, **scene.notes})
        return cache.keep(self._folder, digest, encode(scene.image, encoding), encoding, drawn)


def _described(order: _Order, layout: Layout) -> Graphic:
    """Returns all of a graphic but its pixels."""
    complaints = [*order.complaints, *(complaint for placed in layout.placed for complaint in placed.complaints)]
    scale = layout.sheet.photo.info["scale"] if layout.sheet.photo else 1.0
    if scale > _ENLARGED:
        complaints.append(f"The photo is enlarged {scale:.1f} times and looks soft: use a larger one.")
    sheet, encoding = layout.sheet, order.template.encoding
    return Graphic(
        picture=Picture(path="", sha256="", width=sheet.width, height=sheet.height, bytes=0, mime=f"image/{encoding}"),
        alt=wording.sentences(order.template.alt, order.fields),
        layout={"template": order.template.name, "format": order.request.format, **layout.told()},
        complaints=tuple(complaints),
    )


def _fields(request: GraphicRequest, found: Template, fonts: tuple[Face, ...]) -> tuple[Mapping[str, str], tuple[str, ...]] | Undrawable:
    """Returns the fields as they will be set, and a complaint for each character that no font has."""
    done, complaints = {}, []
    for name, value in (*request.fields, *(pair for pair in request.offered if pair[0] in found.fields)):
        if name not in found.fields:
            return Undrawable(f"The template “{found.name}” has no field “{name}”.", did_you_mean(name, found.fields, "fields"))
        kept, lost = drop_missing(clean(value), fonts)
        done[name] = kept
        if lost:
            listed = " ".join(lost[:8]) + (" …" if len(lost) > 8 else "")  # noqa: PLR2004 -- a sentence must stay one
            complaints.append(f"No installed font has {listed}, so the {name} is drawn without.")
        if name in found.required and lost and not any(map(str.isalnum, kept)):
            return Undrawable(
                f"No installed font can write the {name} “{value}”.", "Install a font for its script, or write it in another."
            )
    for name in found.required:
        if not done.get(name):
            return found.lacks.get(name) or Undrawable(f"The template “{found.name}” needs a {name}.", f"Give it a {name}.")
    return done, tuple(complaints)


def _sheet(order: _Order) -> Sheet | Undrawable:
    form, fields = order.form, order.fields
    covered = photo.ready(order.photo, Path(order.request.photo).name, form.size) if order.photo else None
    if isinstance(covered, Unreadable):
        return Undrawable(f"The photo cannot be used: {covered.reason}", "Name another picture, or leave it out.")
    logo = members.trimmed(order.logo, "the logo") if order.logo else None
    if isinstance(logo, Unreadable):
        return Undrawable(f"The brand’s logo cannot be used: {logo.reason}", "Correct logo in config.toml, under [brand].")
    shown = members.opened(order.emblems)
    if isinstance(shown, Undrawable):
        return shown
    title = next((fields.get(name, "") for name in order.template.required), "")
    return Sheet(
        width=form.size[0],
        height=form.size[1],
        unit=form.unit,
        safe=safe_box(form),
        palette=order.palette,
        faces=order.faces,
        organisation=fields.get("organisation", ""),
        seed=int.from_bytes(hashlib.sha256(title.encode()).digest()[:8], "big"),
        rtl=reads_right_to_left(title),
        photo=covered,
        logo=logo,
        members=shown,
    )


def paint(layout: Layout) -> Scene:
    """Returns the painted graphic."""
    sheet, known = layout.sheet, find_blocks()
    scene = Scene(sheet, Image.new("RGB", (sheet.width, sheet.height), sheet.palette.dark), layout.placed, {})
    for placed in layout.placed:
        known[placed.block].paint(scene, placed)
    return scene


def encode(image: Image.Image, encoding: str) -> bytes:
    """Returns the file's bytes: sRGB, nothing in them but the picture."""
    data = BytesIO()
    if encoding == "png":
        image.save(data, "PNG", compress_level=3)
    else:
        image.save(data, "JPEG", quality=90, subsampling=0)
    return data.getvalue()
