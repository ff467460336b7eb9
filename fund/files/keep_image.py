from datetime import datetime

from sqlalchemy.orm import Session

from fund.files.keep_pdf import check_size, store_file
from fund.files.models import StoredFile


def keep_image(session: Session, *, content: bytes, name: str, actor: str, now: datetime) -> StoredFile:
    """Keep a picture, drawn anew; `name` is what the person's own file was called. Public only once `show_file` says.

    The caller records what it was kept for. Raises Refusal on `file` for what is empty, over 10 MB, or no picture.
    """
    from fund.files.clean_image import clean_image  # noqa: PLC0415  as much as drawing loads, and as seldom needed

    check_size(content)
    cleaned = clean_image(content)
    return store_file(
        session,
        content=cleaned.content,
        name=name,
        media_type=cleaned.media_type,
        suffix=cleaned.suffix,
        actor=actor,
        now=now,
    )
