"""Turns colours into those of screens, sRGB, which is what networks show whatever a file says of its colours."""

from io import BytesIO

from PIL import Image, ImageCms

from scheduler.graphics.depth import eight_bit
from scheduler.graphics.ground import on_ground


def on_screen(image: Image.Image) -> Image.Image:
    """Returns the picture in eight bits of sRGB, and on a plain ground where it lets the background through."""
    flat = eight_bit(image)
    whole = on_ground(flat) if flat.has_transparency_data else flat
    return in_srgb(whole if whole.mode == "L" else whole.convert("RGB"), image.info.get("icc_profile"))


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Returns the picture in sRGB and mode RGB, by its ICC profile where that can be read and is one for its mode."""
    if not profile:
        return image.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        # Greys have profiles of their own, and many a grey picture has one of colours.
        image = image.convert("RGB") if image.mode == "L" and source.profile.xcolor_space.strip() != "GRAY" else image
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        # A damaged profile, or one of another colour space, says nothing: the numbers are taken as they are, as browsers do.
        return image.convert("RGB")
    result = converted if converted is not None else image.convert("RGB")
    # The profile that was written for it says nothing but when: unmarked colours are sRGB.
    result.info.pop("icc_profile", None)
    return result
