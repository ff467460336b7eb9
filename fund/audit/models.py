from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from fund.db.base import Base
from fund.db.types import Moment, RawJson


class AuditEntry(Base):
    """Who changed what. `before` and `after` hold ids, states and public texts, never donor data."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Moment]
    actor: Mapped[str] = mapped_column(String(40))
    """`member:<id>`, `command` or `worker`."""
    action: Mapped[str] = mapped_column(String(60))
    """The use case's name: `launch_campaign`."""
    subject: Mapped[str] = mapped_column(String(80), index=True)
    """`campaign:3`, `donation:<uuid>`."""
    before: Mapped[RawJson]
    after: Mapped[RawJson]
