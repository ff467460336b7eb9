from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fund.db.base import Base
from fund.db.types import Localised, Minor, Moment


class Outcome(Base):
    """How the matter ended. One for a campaign; its words may be corrected, each version stays in the audit log."""

    __tablename__ = "outcome"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    """won, lost, settled, withdrawn or site_closed."""
    text: Mapped[Localised]
    ended_on: Mapped[date]
    recorded_at: Mapped[Moment]
    recorded_by: Mapped[str] = mapped_column(String(40))
    corrected_at: Mapped[Moment | None]
    """When its words were last put right; shown with them."""


class SurplusPlan(Base):
    """Who gets what of a surplus, frozen before the first cent moves. A plan that was given up stays as a row."""

    __tablename__ = "surplus_plan"
    __table_args__ = (CheckConstraint("surplus > 0", name="positive"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    live_key: Mapped[int | None] = mapped_column(unique=True)
    """The campaign's id while this plan is neither finished nor given up: a campaign has one at a time."""
    state: Mapped[str] = mapped_column(String(10))
    """draft, confirmed, running, paused (by a person, or after refusals), short (of money), finished or given_up."""
    surplus: Mapped[Minor]
    base: Mapped[Minor]
    """What the gifts that share come to: the divisor."""
    currency: Mapped[str] = mapped_column(String(3))
    gifts: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 over its shares in order: what was confirmed is what runs."""
    made_at: Mapped[Moment]
    made_by: Mapped[str] = mapped_column(String(40))
    confirmed_at: Mapped[Moment | None]
    confirmed_by: Mapped[str] = mapped_column(String(40), default="")
    seconded_at: Mapped[Moment | None]
    seconded_by: Mapped[str] = mapped_column(String(40), default="")
    """The second person, needed above a limit; never the one who confirmed."""
    worked_until: Mapped[Moment | None]
    """Until then one worker has the run to itself; it renews this with every share. None: nobody is at it."""
    ended_at: Mapped[Moment | None]


class SurplusShare(Base):
    """One gift's part of a surplus."""

    __tablename__ = "surplus_share"
    __table_args__ = (
        UniqueConstraint("plan_id", "donation_id"),
        Index("ix_surplus_share_state", "plan_id", "state", "position"),
    )

    plan_id: Mapped[str] = mapped_column(ForeignKey("surplus_plan.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    donation_id: Mapped[str] = mapped_column(ForeignKey("donation.id"), index=True)
    base: Mapped[Minor]
    """What was left of the gift when the plan was made: more than this is never sent."""
    amount: Mapped[Minor]
    state: Mapped[str] = mapped_column(String(10), default="planned")
    """planned, sent, succeeded, failed, skipped (see `note`), by_hand (paid by a person) or unpaid."""
    note: Mapped[str] = mapped_column(String(80), default="")
    """Why it failed, was skipped or left unpaid: a code, no person's data."""
    refund_id: Mapped[str | None] = mapped_column(ForeignKey("refund.id"))
    settled_at: Mapped[Moment | None]


class PassedOn(Base):
    """Surplus given to a charity or to another campaign, with its proof."""

    __tablename__ = "passed_on"
    __table_args__ = (CheckConstraint("amount > 0", name="positive"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """A UUID made of the form's nonce."""
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    to_campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    charity: Mapped[str] = mapped_column(String(140), default="")
    amount: Mapped[Minor]
    currency: Mapped[str] = mapped_column(String(3))
    made_on: Mapped[date]
    file_id: Mapped[str | None] = mapped_column(ForeignKey("stored_file.id"))
    created_at: Mapped[Moment]
    created_by: Mapped[str] = mapped_column(String(40))
    reversed_at: Mapped[Moment | None]
    reversal_reason: Mapped[str] = mapped_column(default="")
