from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from fund.db.base import Base


class Wake(Base):
    """Whether a drain of an inbox is already on its way: one row for each inbox (`events`, `mail`, `mailings`)."""

    __tablename__ = "wake"

    inbox: Mapped[str] = mapped_column(String(20), primary_key=True)
    armed: Mapped[int] = mapped_column(default=0)
