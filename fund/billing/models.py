from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fund.db.base import Base
from fund.db.types import EncryptedText, Minor, Moment


class TimeEntry(Base):
    """Work of counsel, for the desk alone: what was done is privileged and never public."""

    __tablename__ = "time_entry"
    __table_args__ = (Index("ix_time_entry_worked", "campaign_id", "worked_on", "id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """A UUID made of the form's nonce: the same form sent twice is one entry."""
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    counsel_id: Mapped[int] = mapped_column(ForeignKey("counsel.id"))
    worked_on: Mapped[date]
    hours_hundredths: Mapped[int]
    rate: Mapped[Minor]
    """Minor units an hour."""
    narrative: Mapped[str] = mapped_column(EncryptedText("time_entry.narrative"))
    bill_id: Mapped[str | None] = mapped_column(ForeignKey("bill.id"), index=True)
    """The bill that charges it; None while it is not billed."""
    created_at: Mapped[Moment]
    created_by: Mapped[str] = mapped_column(String(40))


class Disbursement(Base):
    """A cost that counsel paid for the client, for the desk alone."""

    __tablename__ = "disbursement"
    __table_args__ = (Index("ix_disbursement_paid", "campaign_id", "paid_on", "id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    counsel_id: Mapped[int] = mapped_column(ForeignKey("counsel.id"))
    paid_on: Mapped[date]
    amount: Mapped[Minor]
    narrative: Mapped[str] = mapped_column(EncryptedText("disbursement.narrative"))
    bill_id: Mapped[str | None] = mapped_column(ForeignKey("bill.id"), index=True)
    created_at: Mapped[Moment]
    created_by: Mapped[str] = mapped_column(String(40))


class Bill(Base):
    """What counsel charged. Frozen from its first moment: a mistake is reversed and entered anew."""

    __tablename__ = "bill"
    __table_args__ = (
        CheckConstraint("amount > 0", name="positive"),
        Index("ix_bill_issued", "campaign_id", "issued_on", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    counsel_id: Mapped[int] = mapped_column(ForeignKey("counsel.id"))
    number: Mapped[str] = mapped_column(String(40))
    """Counsel's own number of it."""
    standing_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    """`<counsel id>:<number>` while it stands, None once reversed: one standing bill for each number."""
    issued_on: Mapped[date]
    period_from: Mapped[date]
    period_until: Mapped[date]
    hours_hundredths: Mapped[int]
    fees: Mapped[Minor]
    """Before tax."""
    disbursements: Mapped[Minor]
    tax: Mapped[Minor]
    amount: Mapped[Minor]
    """fees + disbursements + tax."""
    currency: Mapped[str] = mapped_column(String(3))
    file_id: Mapped[str | None] = mapped_column(ForeignKey("stored_file.id"))
    """The redacted bill; shown only once counsel agreed."""
    agreed_by: Mapped[str] = mapped_column(String(140), default="")
    """Who of counsel agreed that the document is shown."""
    agreed_on: Mapped[date | None]
    created_at: Mapped[Moment]
    created_by: Mapped[str] = mapped_column(String(40))
    reversed_at: Mapped[Moment | None]
    reversal_reason: Mapped[str] = mapped_column(default="")


class CounselTransfer(Base):
    """Money between the fund, a trust account and a bill. One entry of the ledger each, undone by another."""

    __tablename__ = "counsel_transfer"
    __table_args__ = (
        CheckConstraint("amount > 0", name="positive"),
        Index("ix_counsel_transfer_made", "campaign_id", "made_on", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """A UUID made of the form's nonce; the entry's source is `transfer:<id>`."""
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    kind: Mapped[str] = mapped_column(String(20))
    """advance, bill_from_bank, bill_from_trust, bill_by_organiser, trust_returned or trust_succeeded."""
    counsel_id: Mapped[int] = mapped_column(ForeignKey("counsel.id"))
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("counsel.id"))
    """Of trust_succeeded: who holds it now."""
    bill_id: Mapped[str | None] = mapped_column(ForeignKey("bill.id"), index=True)
    amount: Mapped[Minor]
    currency: Mapped[str] = mapped_column(String(3))
    made_on: Mapped[date]
    created_at: Mapped[Moment]
    created_by: Mapped[str] = mapped_column(String(40))
    reversed_at: Mapped[Moment | None]
    reversal_reason: Mapped[str] = mapped_column(default="")
