from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from fund.files.image_size import HEAD, image_size
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


def image_sizes(session: Session, ids: Collection[str]) -> dict[str, tuple[int, int]]:
    """Width and height of those that are pictures, so that a page can leave room for them."""
    if not ids:
        return {}
    query = select(StoredFile.id, func.substr(StoredFile.content, 1, HEAD)).where(
        StoredFile.id.in_(ids), StoredFile.media_type.startswith("image/")
    )
    found = {id_: image_size(bytes(head)) for id_, head in session.execute(query)}
    return {id_: size for id_, size in found.items() if size}
