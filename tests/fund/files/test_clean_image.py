"""Pictures are drawn anew: what was in the file beside its pixels is gone, and what is no picture is refused."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from fund.files.clean_image import LONGEST_SIDE, clean_image
from fund.kit.errors import Refusal

SECRET = "46 rue du Secret"


def drawn(size: tuple[int, int] = (40, 20), mode: str = "RGB") -> Image.Image:
    """Left half red, right half blue."""
    picture = Image.new(mode, size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    return picture


def saved(picture: Image.Image, kind: str, **more: object) -> bytes:
    kept = BytesIO()
    picture.save(kept, kind, **more)
    return kept.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def with_exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E], exif[0x013B] = orientation, SECRET, SECRET
    exif.get_ifd(0x8825)[1] = "N"
    return exif


def png_text() -> PngImagePlugin.PngInfo:
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", SECRET)
    text.add_itxt("XML:com.adobe.xmp", SECRET)
    return text


@pytest.mark.parametrize(
    ("kind", "more", "media_type", "suffix"),
    [
        ("JPEG", {"exif": with_exif(1), "comment": SECRET, "quality": 95}, "image/jpeg", "jpg"),
        ("PNG", {"pnginfo": png_text(), "exif": with_exif(1)}, "image/png", "png"),
        ("WEBP", {"exif": with_exif(1), "xmp": SECRET.encode()}, "image/webp", "webp"),
    ],
)
def test_metadata_is_gone_and_the_picture_stays(
    kind: str, more: dict[str, object], media_type: str, suffix: str
) -> None:
    sent = saved(drawn(), kind, **more)
    assert SECRET.encode() in sent
    cleaned = clean_image(sent)
    assert (cleaned.media_type, cleaned.suffix) == (media_type, suffix)
    picture = opened(cleaned.content)
    assert SECRET.encode() not in cleaned.content
    assert not picture.getexif()
    assert not {"comment", "xmp", "icc_profile", "exif", "Author"} & picture.info.keys()
    red, _, blue = picture.convert("RGB").getpixel((5, 10))  # type: ignore[misc]
    assert red > 200
    assert blue < 60


def test_it_stands_upright() -> None:
    turned = saved(drawn(), "JPEG", exif=with_exif(6), quality=95)
    picture = opened(clean_image(turned).content)
    assert picture.size == (20, 40)
    red, _, blue = picture.getpixel((10, 5))  # type: ignore[misc]
    assert red > blue, "the left half is on top now"


def test_colours_are_those_of_the_web_and_the_profile_is_gone() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = opened(clean_image(saved(drawn(), "PNG", icc_profile=profile)).content)
    assert "icc_profile" not in picture.info
    assert picture.getpixel((5, 10))[0] > 240  # type: ignore[index]
    assert opened(clean_image(saved(drawn(), "PNG", icc_profile=b"not a profile")).content).size == (40, 20)


def test_see_through_stays_see_through() -> None:
    picture = opened(clean_image(saved(Image.new("RGBA", (10, 10), (255, 0, 0, 0)), "PNG")).content)
    assert picture.mode == "RGBA"
    assert picture.getpixel((5, 5))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "I;16"])
def test_other_kinds_of_pixels_are_taken(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert opened(clean_image(saved(Image.new(mode, (8, 8)), kind)).content).size == (8, 8)


def test_large_ones_become_smaller() -> None:
    picture = opened(clean_image(saved(drawn((5_000, 2_500)), "JPEG")).content)
    assert picture.size == (LONGEST_SIDE, LONGEST_SIDE // 2)


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that say they are a picture of gigabytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\x00" * 100)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [8_000, 30_000, 2_000_000])
def test_a_bomb_is_refused_before_it_is_opened(side: int) -> None:
    with pytest.raises(Refusal) as refused:
        clean_image(png_that_claims(side, side))
    assert (refused.value.field, refused.value.status) == ("file", 422)
    assert "pixels" in str(refused.value)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", b"%PDF-1.7",
        saved(drawn(), "GIF"), saved(drawn(), "TIFF"), saved(drawn(), "BMP"), saved(drawn(), "JPEG")[:200],
        saved(drawn(), "PNG")[:60], png_that_claims(0, 0), b"\xff\xd8\xff" + b"\x00" * 50,
    ],
)  # fmt: skip
def test_what_is_no_picture_of_ours_is_refused(content: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        clean_image(content)
    assert refused.value.field == "file"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_moves_is_refused(kind: str) -> None:
    frames = [drawn(), drawn((40, 20), "RGB").rotate(180)]
    moving = saved(frames[0], kind, save_all=True, append_images=frames[1:])
    with pytest.raises(Refusal) as refused:
        clean_image(moving)
    assert "moves" in str(refused.value)
