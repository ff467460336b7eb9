from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from fund.files.models import StoredFile


def find_file(session: Session, file_id: str) -> StoredFile | None:
    """For the desk, public or not, without its content."""
    return session.get(StoredFile, file_id)


def file_with_content(session: Session, file_id: str) -> StoredFile | None:
    return session.get(StoredFile, file_id, options=[undefer(StoredFile.content)])


def file_to_show(session: Session, file_id: str) -> StoredFile | None:
    """With its content; None for what the public may not see."""
    found = file_with_content(session, file_id)
    return found if found is not None and found.is_public else None


def files_by_id(session: Session, ids: Collection[str]) -> dict[str, StoredFile]:
    """Without their content."""
    if not ids:
        return {}
    return {stored.id: stored for stored in session.scalars(select(StoredFile).where(StoredFile.id.in_(ids)))}
