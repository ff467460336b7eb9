from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fund.db.base import Base


class PageVersion(Base):
    """Counts the changes of what the public sees of a campaign. Only ever grows; no row means 0.

    Here, below every slice, because each of them may change a public page.
    """

    __tablename__ = "page_version"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    version: Mapped[int]
