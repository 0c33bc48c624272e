"""Chooses what shows through where a picture is clear, for formats in which nothing can be."""

from typing import Final

from PIL import Image, ImageChops, ImageFilter

_LIGHT, _DARK = (255, 255, 255), (32, 36, 43)
_SIDE: Final = 512
_SEEN: Final = 128
_NEAR_WHITE: Final = 200


def on_ground(image: Image.Image) -> Image.Image:
    """Returns a picture with clear parts on white, or on a dark grey where it would be lost on white: a white drawing, in short.

    What counts is the rim, the parts that touch what is clear: most of it being above 200 of 255 means that white would swallow it.
    """
    layer = image.convert("RGBA")
    ground = Image.new("RGBA", layer.size, (*(_DARK if _rim_is_light(layer) else _LIGHT), 255))
    ground.alpha_composite(layer)
    return ground.convert("RGB")


def _rim_is_light(layer: Image.Image) -> bool:
    small = layer.copy()
    small.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    clear = small.getchannel("A").point(lambda value: 255 if value < _SEEN else 0)
    rim = ImageChops.subtract(clear.filter(ImageFilter.MaxFilter(3)), clear)
    shades = small.convert("RGB").convert("L").histogram(rim)
    return sum(shades[_NEAR_WHITE:]) * 2 > sum(shades)
