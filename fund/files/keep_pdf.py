import re
import unicodedata
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from sqlalchemy.orm import Session

from fund.files.models import StoredFile
from fund.kit.errors import Refusal

LARGEST = 10 * 1024 * 1024
LONGEST_NAME = 100


def keep_pdf(session: Session, *, content: bytes, name: str, actor: str, now: datetime) -> StoredFile:
    """Keep a document, cleaned; `name` is what the person's own file was called. Public only once `show_file` says so.

    The caller records what it was kept for. Raises Refusal on `file` for what is empty, over 10 MB, no PDF, encrypted,
    or hides what cleaning would show.
    """
    from fund.files.clean_pdf import clean_pdf  # noqa: PLC0415  as much as drawing loads, and as seldom needed

    check_size(content)
    return store_file(
        session,
        content=clean_pdf(content),
        name=name,
        media_type="application/pdf",
        suffix="pdf",
        actor=actor,
        now=now,
    )


def check_size(content: bytes) -> None:
    if not content:
        raise Refusal("Choose a file. This one is empty.", field="file")
    if len(content) > LARGEST:
        raise Refusal("A file has at most 10 MB.", field="file")


def store_file(
    session: Session, *, content: bytes, name: str, media_type: str, suffix: str, actor: str, now: datetime
) -> StoredFile:
    """Of what was cleaned."""
    stored = StoredFile(
        id=str(uuid4()),
        name=_safe_name(name, suffix),
        media_type=media_type,
        size=len(content),
        sha256=sha256(content).hexdigest(),
        content=content,
        is_public=False,
        created_at=now,
        created_by=actor,
    )
    session.add(stored)
    session.flush()
    return stored


def _safe_name(name: str, suffix: str) -> str:
    """Letters, digits, dots and hyphens of ASCII: it goes into an address and into a header."""
    plain = unicodedata.normalize("NFKD", name.replace("\\", "/").rpartition("/")[2]).encode("ascii", "ignore").decode()
    stem = re.sub(r"\.(pdf|jpe?g|png|webp)$", "", plain.strip(), flags=re.IGNORECASE)
    words = re.sub(r"[^A-Za-z0-9.]+", "-", stem)
    return (re.sub(r"\.{2,}", ".", words)[:LONGEST_NAME].strip("-.") or "document") + "." + suffix
