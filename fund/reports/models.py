from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fund.db.base import Base
from fund.db.types import Moment, RawJson


class Report(Base):
    """A published account of a period. Its figures are frozen as they stood; a newer one replaces, none is edited."""

    __tablename__ = "campaign_report"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    """periodic or final."""
    period_from: Mapped[date]
    period_until: Mapped[date]
    """Both days are in it, in UTC."""
    figures: Mapped[RawJson]
    """Minor units and hours as the ledger gave them, with the number of the last entry that was counted."""
    signatories: Mapped[RawJson]
    """`{"people": [{"name": ..., "capacity": ...}]}`, as they are printed."""
    published_at: Mapped[Moment]
    published_by: Mapped[str] = mapped_column(String(40))
