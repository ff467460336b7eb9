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
    """pending, paid, refunded_in_part, refunded, disputed, failed or expired; see `rules.state_after`."""
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

    kind: Mapped[str] = mapped_column(String(8), default="checkout")
    """checkout, monthly (each payment of a monthly gift is a gift of its own) or offline."""
    method: Mapped[str] = mapped_column(String(10), default="")
    """Of an offline gift: cash, cheque, etransfer or bank."""
    fee_covered: Mapped[Minor] = mapped_column(default=0)
    """The part of `amount` that the donor added for the processing fee."""
    stop_at_target: Mapped[bool] = mapped_column(default=False)
    """Of the gift that starts a monthly one: whether it was asked to end when the campaign has what it needs."""
    refunded: Mapped[Minor] = mapped_column(default=0)
    """What went back by refunds that stand; lost disputes are not in it."""
    disputed: Mapped[Minor] = mapped_column(default=0)
    """What open disputes hold."""
    came_back: Mapped[bool] = mapped_column(default=False)
    """A bank debit that failed after it had been paid, or an offline gift that was reversed."""
    monthly_gift_id: Mapped[str | None] = mapped_column(ForeignKey("monthly_gift.id"), index=True)
    invoice_payment_id: Mapped[str | None] = mapped_column(String(255), unique=True)

    surplus_policy_id: Mapped[int | None] = mapped_column(ForeignKey("surplus_policy.id"))
    fee_schedule_id: Mapped[int | None] = mapped_column(ForeignKey("fee_schedule.id"))
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    asked_at: Mapped[Moment | None]
    """When a waiting donor last made us ask Stripe."""
    paid_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    """When it failed or expired."""


class DonorCount(Base):
    """How many paid gifts of a campaign show a name and how many do not, so that no page counts a million rows."""

    __tablename__ = "donor_count"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    named: Mapped[bool] = mapped_column(primary_key=True)
    gifts: Mapped[int]


class MonthlyGift(Base):
    """A subscription at Stripe that its donor can end at any time. Each of its payments is a Donation."""

    __tablename__ = "monthly_gift"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=lambda: str(uuid.uuid4()))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    subscription_id: Mapped[str] = mapped_column(String(255), unique=True)
    customer_id: Mapped[str] = mapped_column(String(255))
    status: Mapped[str] = mapped_column(String(30))
    """As Stripe writes it: active, past_due, canceled ..."""
    amount: Mapped[Minor]
    currency: Mapped[str] = mapped_column(String(3))
    stop_at_target: Mapped[bool] = mapped_column(default=False)
    ends_at: Mapped[Moment | None]
    """When it was asked to end; None while it goes on."""
    next_at: Mapped[Moment | None]
    started_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]


class Refund(Base):
    """Money that goes back to a donor: asked for at the desk, or seen at Stripe."""

    __tablename__ = "refund"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=lambda: str(uuid.uuid4()))
    """Also its idempotency key at Stripe: `refund:<id>`."""
    donation_id: Mapped[str] = mapped_column(ForeignKey("donation.id"), index=True)
    stripe_refund_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    amount: Mapped[Minor]
    """In the gift's own currency."""
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(16), index=True)
    """planned, pending, succeeded, failed, canceled, or refused (by Stripe, when it was asked)."""
    moved: Mapped[bool] = mapped_column(default=False)
    """Whether the money has left: a refund may wait at Stripe for the balance to suffice."""
    origin: Mapped[str] = mapped_column(String(6))
    """desk, close (a share of a surplus), or stripe for one that was made in Stripe's dashboard."""
    batch: Mapped[str] = mapped_column(String(36), default="", server_default="", index=True)
    """The surplus plan it belongs to; empty otherwise. Also written into its metadata at Stripe."""
    requested_by: Mapped[str] = mapped_column(String(40), default="")
    failure_code: Mapped[str] = mapped_column(String(80), default="")
    owed: Mapped[Minor] = mapped_column(default=0)
    """Of one that failed after it had left, what the donor is still owed, in the currency Stripe settled in."""
    created_at: Mapped[Moment]
    sent_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]


class HandReturn(Base):
    """What a refund could not give back, paid to the donor by hand from our bank or cash box."""

    __tablename__ = "hand_return"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    donation_id: Mapped[str] = mapped_column(ForeignKey("donation.id"), index=True)
    refund_id: Mapped[str] = mapped_column(ForeignKey("refund.id"), index=True)
    """The refund that failed, or that Stripe refused."""
    amount: Mapped[Minor]
    """In the currency of the books, in which Stripe settled the gift."""
    currency: Mapped[str] = mapped_column(String(3))
    settles: Mapped[Minor]
    """Of `amount`, what the books owed the donor."""
    of_gift: Mapped[Minor]
    """The same part of the gift, in the gift's own currency."""
    method: Mapped[str] = mapped_column(String(10))
    """bank, cheque or cash."""
    paid_on: Mapped[Moment]
    recorded_by: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[Moment]
    reversed_at: Mapped[Moment | None]


class Dispute(Base):
    """A bank takes a gift back, or asks about it. `amount` is the gift's currency, the moves are the settled one's."""

    __tablename__ = "dispute"

    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    """Stripe's `dp_...`."""
    donation_id: Mapped[str] = mapped_column(ForeignKey("donation.id"), index=True)
    amount: Mapped[Minor]
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(String(40), index=True)
    reason: Mapped[str] = mapped_column(String(60))
    is_refundable: Mapped[bool]
    settled_currency: Mapped[str] = mapped_column(String(3))
    withdrawn: Mapped[Minor] = mapped_column(default=0)
    reinstated: Mapped[Minor] = mapped_column(default=0)
    lost: Mapped[Minor] = mapped_column(default=0)
    """What was booked as lost and not won back since."""
    due_by: Mapped[Moment | None]
    created_at: Mapped[Moment]
    closed_at: Mapped[Moment | None]


class DisputeChange(Base):
    """When a dispute was seen in a new state."""

    __tablename__ = "dispute_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    dispute_id: Mapped[str] = mapped_column(ForeignKey("dispute.id"), index=True)
    at: Mapped[Moment]
    status: Mapped[str] = mapped_column(String(40))


class Decline(Base):
    """A card was declined on the page of a campaign's gift. Kept for a day, and holds nothing of who tried."""

    __tablename__ = "decline"
    __table_args__ = (Index("ix_decline_campaign_at", "campaign_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    at: Mapped[Moment]


class Slowdown(Base):
    """A time in which a campaign takes gifts slowly, because many cards are being declined."""

    __tablename__ = "slowdown"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    since: Mapped[Moment]
    until: Mapped[Moment]
    """Moved on while the spike lasts; the past once it has ended."""
    ended_by: Mapped[str] = mapped_column(String(40), default="")
    """Who ended it at the desk; empty when it ends by itself."""
