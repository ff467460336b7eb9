from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column

from fund.db.base import Base
from fund.db.types import Moment


class StoredFile(Base):
    """A document as it may be shown: cleaned before it is kept, never changed afterwards.

    In the database, so that several machines and a backup have it without a word of configuration.
    """

    __tablename__ = "stored_file"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """A random UUID, part of its address."""
    name: Mapped[str] = mapped_column(String(140))
    """What a download is called; made of safe characters."""
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    """In bytes, after cleaning."""
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    is_public: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Moment]
    created_by: Mapped[str] = mapped_column(String(40))
