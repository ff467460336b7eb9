from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from fund.db.base import Base
from fund.db.types import Moment, RawJson


class Reconciliation(Base):
    """One comparison of the books with Stripe's."""

    __tablename__ = "reconciliation"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Moment]
    cause: Mapped[str] = mapped_column(String(40))
    """nightly, command or `member:<id>`."""
    differences: Mapped[int]
    report: Mapped[RawJson]
    """`{"differences": [{"rule", "what", "repair"}], "checked": {...}}`: ids and amounts only."""


class Cursor(Base):
    """How far something has been read at Stripe, so that the next pass begins a little before that."""

    __tablename__ = "cursor"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    moment: Mapped[Moment | None]
    last_id: Mapped[str] = mapped_column(String(255), default="")
