"""The journal. Rows are inserted once and never changed: triggers of the first migration refuse the rest."""

import uuid

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fund.db.base import Base
from fund.db.types import Minor, Moment


class Account(Base):
    """A line of the chart. Its name, such as `assets:stripe:cad`, is read by outsiders and never changes."""

    __tablename__ = "ledger_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)


class Entry(Base):
    """One balanced journal entry. `source` names what it books; unique, so nothing is booked twice."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        Index("ix_ledger_entry_campaign_number", "campaign_id", "number"),
        Index("ix_ledger_entry_campaign_occurred", "campaign_id", "occurred_at"),
    )

    number: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid.uuid4()))
    source: Mapped[str] = mapped_column(String(255), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    occurred_at: Mapped[Moment]
    recorded_at: Mapped[Moment]

    postings: Mapped[list["Posting"]] = relationship(
        lazy="selectin", viewonly=True, primaryjoin="Entry.id == foreign(Posting.entry_id)", order_by="Posting.id"
    )


class Posting(Base):
    """One line of an entry. Inserted *before* its entry, whose insert trigger then checks the sum."""

    __tablename__ = "ledger_posting"
    __table_args__ = (
        CheckConstraint("amount > 0", name="positive"),
        CheckConstraint("side IN ('debit', 'credit')", name="side"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    entry_id: Mapped[str] = mapped_column(
        ForeignKey("ledger_entry.id", deferrable=True, initially="DEFERRED"), index=True
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("ledger_account.id"), index=True)
    side: Mapped[str] = mapped_column(String(6))
    amount: Mapped[Minor]
    currency: Mapped[str] = mapped_column(String(3))


class Total(Base):
    """Debits and credits so far, kept in the posting's own database transaction; `check-ledger` proves them.

    One row for each account, campaign (0: none), kind of entry and currency, so that any figure of any page is
    a sum over a handful of rows however many gifts there are.
    """

    __tablename__ = "ledger_total"

    account_id: Mapped[int] = mapped_column(ForeignKey("ledger_account.id"), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    debit: Mapped[Minor]
    credit: Mapped[Minor]
    entries: Mapped[int]
