"""The size of every kind of picture that is kept, from its first bytes."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from fund.db.session import Database
from fund.files.clean_image import clean_image
from fund.files.image_size import HEAD, image_size
from fund.files.keep_pdf import store_file
from fund.files.queries import image_sizes
from fund.kit.clock import utc_now


def saved(kind: str, size: tuple[int, int], mode: str = "RGB", **more: Any) -> bytes:
    kept = BytesIO()
    Image.effect_noise(size, 80).convert(mode).save(kept, kind, **more)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode", "more"),
    [
        ("PNG", "RGB", {}),
        ("PNG", "RGBA", {}),
        ("JPEG", "RGB", {}),
        ("JPEG", "L", {"progressive": True}),
        ("WEBP", "RGB", {}),
        ("WEBP", "RGBA", {}),
    ],
)
def test_it_is_read_from_the_head_of_what_is_kept(kind: str, mode: str, more: dict[str, Any]) -> None:
    kept = clean_image(saved(kind, (300, 257), mode, **more)).content
    assert image_size(kept[:HEAD]) == (300, 257)


@pytest.mark.parametrize("more", [{"progressive": True}, {"comment": b"x" * 500}, {"dpi": (72, 72)}])
def test_other_jpegs_are_read_as_well(more: dict[str, Any]) -> None:
    assert image_size(saved("JPEG", (70, 40), **more)[:HEAD]) == (70, 40)


@pytest.mark.parametrize("size", [(1, 1), (16_383, 1), (3, 300)])
def test_webp_without_loss_packs_both_into_28_bits(size: tuple[int, int]) -> None:
    assert image_size(saved("WEBP", size, lossless=True)[:HEAD]) == size


def test_what_is_no_picture_has_no_size() -> None:
    whole = [saved(kind, (30, 20)) for kind in ("PNG", "JPEG", "WEBP")]
    broken = [head[:length] for head in whole for length in range(24)]
    for head in (b"", b"%PDF-1.7", b"GIF89a", b"\xff\xd8\xff\xe0\x00\x00" * 700, *broken):
        assert image_size(head) is None


def test_a_database_is_asked_for_the_head_alone(database: Database) -> None:
    with database.write() as session:
        content, kind = saved("JPEG", (640, 480)), "image/jpeg"
        id_ = store_file(
            session, content=content, name="a", media_type=kind, suffix="jpg", actor="member:1", now=utc_now()
        ).id
    with database.read() as session:
        assert image_sizes(session, [id_, "unknown"]) == {id_: (640, 480)}
        assert image_sizes(session, []) == {}
