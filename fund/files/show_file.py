from sqlalchemy.orm import Session

from fund.files.models import StoredFile


def show_file(session: Session, *, file_id: str, shown: bool) -> None:
    """Open a document to the public, or take it back. Whoever calls it records why."""
    session.get_one(StoredFile, file_id).is_public = shown
