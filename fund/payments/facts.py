"""What the payment processor's API says, in our own words.

Read from the API, never from a webhook. Amounts are minor units, currencies upper case, times aware UTC. No field
names a donor.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class BalanceTransaction:
    """One line of the processor's account: net + fee = amount, always."""

    id: str
    type: str
    reporting_category: str
    source: str | None
    currency: str
    amount: int
    fee: int
    fee_tax: int
    """Of the fee, the part that is tax (types tax and withheld_tax)."""
    net: int
    created: datetime
    raw: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Charge:
    """A payment that was tried. `balance_transaction` is None until the processor has worked the fee out."""

    id: str
    amount: int
    currency: str
    status: str
    """succeeded, pending or failed."""
    livemode: bool
    payment_intent_id: str | None
    metadata: dict[str, str]
    balance_transaction: BalanceTransaction | None
    created: datetime
    failure_balance_transaction: BalanceTransaction | None = None
    """A bank debit that came back after it had succeeded."""


@dataclass(frozen=True, slots=True)
class Refund:
    """Money on its way back to a donor, whoever asked for it."""

    id: str
    amount: int
    currency: str
    status: str
    """pending, requires_action, succeeded, failed or canceled; `succeeded` can still turn into `failed`."""
    failure_reason: str | None
    charge_id: str | None
    payment_intent_id: str | None
    metadata: dict[str, str]
    created: datetime
    balance_transaction: BalanceTransaction | None
    failure_balance_transaction: BalanceTransaction | None


@dataclass(frozen=True, slots=True)
class Dispute:
    """A bank takes a payment back for its customer, or asks about it (`warning_...`: no money moves)."""

    id: str
    amount: int
    currency: str
    status: str
    """As Stripe writes it; values that we do not know are kept and shown as they are."""
    reason: str
    charge_id: str
    payment_intent_id: str | None
    is_charge_refundable: bool
    due_by: datetime | None
    created: datetime
    balance_transactions: tuple[BalanceTransaction, ...]


@dataclass(frozen=True, slots=True)
class InvoicePayment:
    """One payment of one invoice of a monthly gift. A paid invoice may have several, or none."""

    id: str
    invoice_id: str
    status: str
    amount_paid: int
    currency: str
    payment_intent_id: str | None
    subscription_id: str | None
    metadata: dict[str, str]
    """Of the subscription, as it stood when the invoice was made."""


@dataclass(frozen=True, slots=True)
class CheckoutSession:
    """One visit to the processor's page."""

    id: str
    status: str
    """open, complete or expired."""
    payment_status: str
    """paid, unpaid or no_payment_required."""
    amount_total: int
    currency: str
    livemode: bool
    metadata: dict[str, str]
    payment_intent_id: str | None
    payment_intent_status: str | None
    """processing, succeeded, requires_payment_method (failed), canceled ...; None before anybody tried to pay."""
    charge: Charge | None
    url: str | None = None
    subscription_id: str | None = None
    invoice_id: str | None = None
    """The first month's, of a session that began a monthly gift."""
    customer_id: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """All that Stripe's API says of one payment, fetched together: what is booked follows from it in any order."""

    id: str
    """The payment intent's."""
    checkout: CheckoutSession | None
    invoice_payment: InvoicePayment | None
    charge: Charge | None
    refunds: tuple[Refund, ...] = ()
    """Oldest first."""
    disputes: tuple[Dispute, ...] = ()


@dataclass(frozen=True, slots=True)
class Payout:
    """Money on its way from Stripe to our bank; a negative amount comes from the bank."""

    id: str
    amount: int
    currency: str
    status: str
    """pending, in_transit, paid, failed or canceled; `paid` can still turn into `failed`."""
    automatic: bool
    reconciliation_status: str
    arrival_date: datetime
    created: datetime
    failure_code: str | None
    balance_transaction: BalanceTransaction | None
    failure_balance_transaction: BalanceTransaction | None


@dataclass(frozen=True, slots=True)
class Subscription:
    """A monthly gift as Stripe runs it."""

    id: str
    status: str
    customer_id: str
    amount: int
    currency: str
    metadata: dict[str, str]
    cancel_at_period_end: bool
    current_period_end: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Balance:
    """What Stripe holds for us, in one currency."""

    currency: str
    available: int
    pending: int
