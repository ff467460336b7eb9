import uuid

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from fund.db.base import Base
from fund.db.types import EncryptedText, Minor, Moment


class Donation(Base):
    """One gift, from the form to the ledger. Who gave is encrypted; the ledger knows only this row's id."""

    __tablename__ = "donation"
    __table_args__ = (
        Index("ix_donation_shown", "campaign_id", "state", "visibility", "paid_at"),
        Index("ix_donation_newest", "created_at", "id"),
        Index("ix_donation_newest_of_campaign", "campaign_id", "created_at", "id"),
        Index("ix_donation_state_created", "state", "created_at"),
        Index("ix_donation_message_state", "message_state", "state", "paid_at"),
        Index("ix_donation_review", "review", sqlite_where=text("review <> ''"), postgresql_where=text("review <> ''")),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=lambda: str(uuid.uuid4()))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    state: Mapped[str] = mapped_column(String(16), default="pending")
    """pending, paid, failed or expired; refunds and disputes are states of later parts."""
    amount: Mapped[Minor]
    currency: Mapped[str] = mapped_column(String(3))
    visibility: Mapped[str] = mapped_column(String(6))
    """public, hidden (from the public) or secret (from our desk as well)."""
    display_name: Mapped[str | None] = mapped_column(EncryptedText("donation.display_name"))
    message: Mapped[str | None] = mapped_column(EncryptedText("donation.message"))
    message_state: Mapped[str] = mapped_column(String(8), default="none")
    """none, held, shown or declined."""
    name_withheld_at: Mapped[Moment | None]
    """When the desk took a public name off the page; None while it is shown."""
    email: Mapped[str | None] = mapped_column(EncryptedText("donation.email"))
    email_index: Mapped[str | None] = mapped_column(String(64), index=True)
    locale: Mapped[str] = mapped_column(String(2))
    ref: Mapped[str] = mapped_column(String(40), default="")
    """Where the giver came from, as the link said: a banner's name, never a person."""

    nonce: Mapped[str] = mapped_column(String(64), index=True)
    """SHA-256 of the form's nonce: forms of one visit share it."""
    form_key: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of nonce and values: the same form sent twice is the same gift."""
    checkout_session_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    checkout_url: Mapped[str | None]
    payment_intent_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    charge_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    progress: Mapped[str] = mapped_column(String(20), default="started")
    """Of a pending gift: started, processing (a bank debit on its way), awaiting_fee (paid, not yet bookable)."""
    review: Mapped[str] = mapped_column(String(60), default="")
    """Why a treasurer should look: amount_differs, late; empty when all is as planned."""

    surplus_policy_id: Mapped[int | None] = mapped_column(ForeignKey("surplus_policy.id"))
    fee_schedule_id: Mapped[int | None] = mapped_column(ForeignKey("fee_schedule.id"))
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    paid_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    """When it failed or expired."""


class DonorCount(Base):
    """How many paid gifts of a campaign show a name and how many do not, so that no page counts a million rows."""

    __tablename__ = "donor_count"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    named: Mapped[bool] = mapped_column(primary_key=True)
    gifts: Mapped[int]
