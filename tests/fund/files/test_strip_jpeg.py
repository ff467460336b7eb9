from io import BytesIO

import pytest
from PIL import Image

from fund.files.strip_jpeg import strip_jpeg

EXIF = b"\xe1\x00\x0cExif\x00\x00secr"


def picture() -> bytes:
    kept = BytesIO()
    Image.new("RGB", (8, 6), "red").save(kept, "JPEG")
    return kept.getvalue()


@pytest.mark.parametrize("before", [b"\xff", b"\xff\xff", b"\xff" * 9])
def test_what_the_camera_wrote_goes_however_it_begins(before: bytes) -> None:
    plain = picture()
    cleaned = strip_jpeg(plain[:2] + before + EXIF + plain[2:])
    assert b"Exif" not in cleaned
    assert Image.open(BytesIO(cleaned)).size == (8, 6)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\xff\xd8", b"\xff\xd8\xff", b"\xff\xd8" + b"\xff" * 50])
def test_what_is_no_picture_comes_back_and_ends(content: bytes) -> None:
    assert strip_jpeg(content).startswith(content[:2])
