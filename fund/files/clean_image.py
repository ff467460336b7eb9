"""A picture drawn anew: its pixels and nothing else. What is no picture, or too large to be one, is refused."""

import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from fund.kit.errors import Refusal

FORMATS = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png"), "WEBP": ("image/webp", "webp")}
MOST_PIXELS = 50_000_000
"""Looked at before anything is decoded: a file of a few kilobytes can claim to be a picture of gigabytes."""
LONGEST_SIDE = 2_000
"""What a page can show at twice its width. Larger ones are made smaller."""
_QUALITY = 85


@dataclass(frozen=True, slots=True)
class CleanImage:
    content: bytes
    media_type: str
    suffix: str


def clean_image(content: bytes) -> CleanImage:
    """The same picture, upright, in the colours of the web, at most 2,000 pixels a side, without any metadata.

    Where, when, with what and by whom it was taken is gone, and so is the small copy of what it was before it was
    cropped. Raises Refusal on `file`.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _drawn_anew(content)
    except Refusal:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise _too_large() from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, ImageCms.PyCMSError) as broken:
        raise Refusal("This file is not a picture that can be read.", field="file") from broken


def _drawn_anew(content: bytes) -> CleanImage:
    with Image.open(BytesIO(content), formats=list(FORMATS)) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise _too_large()
        if getattr(opened, "n_frames", 1) != 1:
            raise Refusal("A picture that moves is not taken. Save one frame of it.", field="file")
        kind = str(opened.format)
        profile = opened.info.get("icc_profile")
        upright = ImageOps.exif_transpose(opened)
        upright.load()
    picture = _plain_mode(upright, opaque=kind == "JPEG")
    if profile:
        picture = _in_web_colours(picture, profile)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    bare = Image.new(picture.mode, picture.size)  # what comes with a picture beside its pixels stays behind
    bare.paste(picture)
    kept = BytesIO()
    bare.save(kept, kind, **({"optimize": True} if kind == "PNG" else {"quality": _QUALITY}))
    media_type, suffix = FORMATS[kind]
    return CleanImage(kept.getvalue(), media_type, suffix)


def _plain_mode(picture: Image.Image, *, opaque: bool) -> Image.Image:
    see_through = not opaque and (picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info)
    return picture.convert("RGBA" if see_through else "RGB")


def _in_web_colours(picture: Image.Image, profile: bytes) -> Image.Image:
    """A profile that does not fit, or cannot be read, is dropped: the colours are then a little off."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB")) or picture
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture


def _too_large() -> Refusal:
    return Refusal("This picture has too many pixels: at most 50 million are taken.", field="file")
