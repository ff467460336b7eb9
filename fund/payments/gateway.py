"""What we ask of the payment processor, in our own words. Implemented by `stripe_gateway`, wired in app.py.

Every object here is read from the processor's API, never from a webhook's body. Amounts are minor units, currencies
upper case, times aware UTC. No field names a donor.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


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
