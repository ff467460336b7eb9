"""What we ask of the payment processor. Implemented by `stripe_gateway`, wired in app.py; answers are in `facts`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from fund.payments.facts import (
    Balance,
    BalanceTransaction,
    Charge,
    CheckoutSession,
    Dispute,
    InvoicePayment,
    Payment,
    Payout,
    Refund,
    Subscription,
)


class GatewayUnavailableError(Exception):
    """The processor did not answer, or said "later". Trying again is right; nothing is known to have happened."""


class GatewayRefusedError(Exception):
    """The processor understood and said no. `code` is its own word, such as `amount_too_small`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotAuthenticError(Exception):
    """A webhook that is not from the processor, or is not an event. The message never holds its body."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A verified event without its content."""

    id: str
    type: str
    livemode: bool
    api_version: str | None
    account: str | None
    object_id: str
    object_type: str
    created: datetime
    body_sha256: str


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """What a session is made from. The same `idempotency_key` must always come with the same values."""

    donation_id: str
    campaign_slug: str
    amount: int
    currency: str
    title: str
    """What the donor reads on the processor's page: the campaign, never a person."""
    locale: str
    customer_email: str | None
    success_url: str
    cancel_url: str
    expires_at: datetime
    idempotency_key: str
    monthly: bool = False
    stop_at_target: bool = False
    """Of a monthly gift: it ends when the campaign has what it asked for."""


class Gateway(Protocol):
    """Calls may take seconds: never make one inside a writing session."""

    def create_checkout_session(self, request: CheckoutRequest) -> CheckoutSession:
        """Within ten seconds, or GatewayUnavailableError. Raises GatewayRefusedError."""

    def expire_checkout_session(self, session_id: str) -> None:
        """Harmless when it is paid or expired already."""

    def fetch_checkout_session(self, session_id: str) -> CheckoutSession | None:
        """With its charge and balance transaction, None if the processor knows no such session."""

    def fetch_session_of_payment(self, payment_intent_id: str) -> CheckoutSession | None:
        """The session that led to a payment, None if there was none."""

    def fetch_charge(self, charge_id: str) -> Charge | None: ...

    def fetch_payment(self, payment_intent_id: str) -> Payment | None:
        """Session or invoice payment, charge, refunds and disputes; None if the processor knows no such payment."""

    def fetch_refund(self, refund_id: str) -> Refund | None: ...

    def fetch_dispute(self, dispute_id: str) -> Dispute | None: ...

    def fetch_payout(self, payout_id: str) -> Payout | None: ...

    def fetch_subscription(self, subscription_id: str) -> Subscription | None: ...

    def fetch_invoice_payments(self, invoice_id: str) -> list[InvoicePayment]:
        """Those that are paid."""

    def fetch_invoice_payment(self, invoice_payment_id: str) -> InvoicePayment | None: ...

    def fetch_subscription_of_invoice(self, invoice_id: str) -> str | None:
        """The id of the subscription that an invoice, paid or not, was made for."""

    def create_refund(self, *, charge_id: str, amount: int, metadata: dict[str, str], idempotency_key: str) -> Refund:
        """Raises GatewayRefusedError, such as `charge_already_refunded`."""

    def find_refund(self, charge_id: str, *, refund_row: str) -> Refund | None:
        """The refund with our row's id in its metadata: keys are forgotten after a day, metadata is not."""

    def cancel_subscription(self, subscription_id: str) -> None:
        """At once, without a last invoice. Harmless when it has ended."""

    def create_portal_session(self, *, customer_id: str, return_url: str, locale: str) -> str:
        """Where the donor manages a monthly gift."""

    def balances(self) -> list[Balance]: ...

    def balance_transactions(
        self, *, since: datetime | None = None, payout_id: str | None = None
    ) -> Iterator[BalanceTransaction]:
        """Every line of account, newest first, a page at a time."""

    def payouts(self, *, since: datetime | None = None) -> Iterator[Payout]: ...

    def charges(self, *, since: datetime | None = None) -> Iterator[Charge]: ...

    def events_since(self, *, after: str | None, since: datetime | None) -> Iterator[Envelope]:
        """Oldest first, as far back as the processor keeps them (30 days)."""

    def verify_event(self, body: bytes, signature: str, *, now: datetime) -> Envelope:
        """Raises NotAuthenticError, and nothing else, for whatever is not a fresh, signed, well-formed event."""

    @property
    def livemode(self) -> bool: ...

    @property
    def site(self) -> str:
        """What stands in `metadata.site` of everything we make: this installation's public host."""

    @property
    def can_receive_events(self) -> bool:
        """Whether any webhook secret is configured."""
