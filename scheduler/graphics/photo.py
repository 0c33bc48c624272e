"""Makes a photograph fill a graphic: upright, in sRGB, cropped to cover, as it is or in two tones of the brand."""

from PIL import Image, ImageEnhance, ImageOps

from scheduler.graphics.colour import Palette, mix
from scheduler.graphics.depth import eight_bit
from scheduler.graphics.picture import is_sideways, loaded, open_picture, upright
from scheduler.graphics.problem import Unreadable
from scheduler.graphics.profiles import in_srgb

# Heads are in the upper part of most photographs.
_FOCUS = (0.5, 0.3)


def ready(data: bytes, name: str, size: tuple[int, int]) -> Image.Image | Unreadable:
    """Returns the photograph upright and in sRGB, large enough to fill ``size`` where it can be, or why it cannot be used.

    A JPEG is decoded no larger than needed. ``info`` of what is returned has ``scale``: above 1 the photograph was enlarged.
    """
    opened = open_picture(data, name)
    if isinstance(opened, Unreadable):
        return opened
    width, height = (size[1], size[0]) if is_sideways(opened) else size
    scale = max(width / opened.width, height / opened.height)
    # The draft size is counted before the picture is turned upright.
    opened.draft(None, (round(opened.width * scale), round(opened.height * scale)))
    whole = loaded(opened, name)
    if isinstance(whole, Unreadable):
        return whole
    profile = opened.info.get("icc_profile")
    flat = _flat(upright(whole))
    # Colours are converted after the picture was made small, which is where the time goes.
    if (shrink := max(size[0] / flat.width, size[1] / flat.height)) < 1:
        small = max(size[0], round(flat.width * shrink)), max(size[1], round(flat.height * shrink))
        flat = flat.resize(small, Image.Resampling.LANCZOS, reducing_gap=3)
    result = in_srgb(flat, profile)
    result.info = {"scale": scale}
    return result


def _flat(image: Image.Image) -> Image.Image:
    """Returns the picture in RGB; what is transparent becomes white, 16-bit greys are scaled down instead of being cut off."""
    image = eight_bit(image)
    if image.has_transparency_data:
        alpha = image.convert("RGBA")
        ground = Image.new("RGB", image.size, (255, 255, 255))
        ground.paste(alpha, mask=alpha.getchannel("A"))
        return ground
    return image.convert("RGB")


def crop(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Returns the photograph scaled and cropped to fill ``size``."""
    scale = max(size[0] / image.width, size[1] / image.height)
    wide, high = min(size[0] / scale, image.width), min(size[1] / scale, image.height)
    if round(wide) == size[0] and round(high) <= image.height:
        x, y = (image.width - size[0]) // 2, round((image.height - size[1]) * _FOCUS[1])
        return image.crop((x, y, x + size[0], y + size[1]))
    left, top = (image.width - wide) * _FOCUS[0], (image.height - high) * _FOCUS[1]
    return image.resize(size, Image.Resampling.LANCZOS, box=(left, top, left + wide, top + high), reducing_gap=3)


def duotone(image: Image.Image, palette: Palette) -> Image.Image:
    """Returns the photograph in the brand's colours alone, from its dark to its light."""
    grey = ImageOps.autocontrast(image.convert("L"), cutoff=1)
    light = mix(palette.light, palette.primary, 0.12)
    return ImageOps.colorize(grey, palette.scrim, light, mix(palette.primary, palette.light, 0.12), midpoint=118)


def natural(image: Image.Image) -> Image.Image:
    """Returns the photograph with its colours calmed a little, so that the brand's are the strongest."""
    return ImageEnhance.Color(image).enhance(0.94)
