from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from fund.db.base import Base
from fund.db.types import Minor, Moment, RawJson


class ProcessorEvent(Base):
    """A webhook as it was received: its envelope only, for the body may name a donor."""

    __tablename__ = "processor_event"

    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    """Stripe's `evt_...`."""
    type: Mapped[str] = mapped_column(String(100))
    livemode: Mapped[bool]
    api_version: Mapped[str | None] = mapped_column(String(60))
    account: Mapped[str | None] = mapped_column(String(255))
    object_id: Mapped[str] = mapped_column(String(255), default="")
    object_type: Mapped[str] = mapped_column(String(60), default="")
    created: Mapped[Moment]
    received_at: Mapped[Moment]
    body_sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12), default="stored", index=True)
    """stored, applied, ignored, foreign, rejected, quarantined or failed."""
    outcome: Mapped[str] = mapped_column(String(200), default="")
    """One sentence for the desk: what came of it, or why nothing did. Holds ids only."""
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[Moment | None]
    """When a failed application is tried again."""
    applied_at: Mapped[Moment | None]


class BalanceTransactionRow(Base):
    """Stripe's own line of account, raw: it holds nothing personal. Entries with source `txn:<id>` book it."""

    __tablename__ = "balance_transaction"

    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    type: Mapped[str] = mapped_column(String(60))
    reporting_category: Mapped[str] = mapped_column(String(60))
    source: Mapped[str | None] = mapped_column(String(255), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Minor]
    fee: Mapped[Minor]
    net: Mapped[Minor]
    created: Mapped[Moment] = mapped_column(index=True)
    raw: Mapped[RawJson]


class PayoutRow(Base):
    """Money between Stripe and our bank, as Stripe last described it."""

    __tablename__ = "payout"

    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    amount: Mapped[Minor]
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(String(20), index=True)
    automatic: Mapped[bool]
    reconciliation_status: Mapped[str] = mapped_column(String(20))
    failure_code: Mapped[str] = mapped_column(String(80), default="")
    arrival_date: Mapped[Moment]
    created: Mapped[Moment]


class Alert(Base):
    """Something that a treasurer must look at: money of a kind we do not know, a dispute in an unknown state."""

    __tablename__ = "alert"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(255), unique=True)
    """What it is about, such as `txn:<id>`: said once."""
    sentence: Mapped[str]
    """Holds ids and amounts only."""
    raised_at: Mapped[Moment]
    settled_at: Mapped[Moment | None]
    settled_by: Mapped[str] = mapped_column(String(40), default="")
