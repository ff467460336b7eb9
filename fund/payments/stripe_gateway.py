"""Stripe, and the only file that knows its library.

Pinned to one API version: an upgrade of the library must not silently change what we read. Nothing personal is taken
from an answer, and nothing personal is sent but the address that Stripe's page is prefilled with.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import stripe

from config import Settings
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
from fund.payments.gateway import CheckoutRequest, Envelope, GatewayRefusedError, GatewayUnavailableError
from fund.payments.read_billing import read_invoice_payment, read_payout, read_subscription, read_subscription_id
from fund.payments.read_stripe import read_balance_transaction, read_charge, read_dispute, read_refund, read_session
from fund.payments.session_params import session_params
from fund.payments.verify_stripe import read_envelope, verify

API_VERSION = "2026-10-28.endive"
DONOR_WAITS = 9.5
"""Seconds that a person is kept waiting; after that a page says so."""
RETRY_WITHIN = 4.0
TRIES = 4
PAUSE = 0.3
"""Seconds before the second try, twice as many before the third: a key that is in use is free again by then."""
PATIENT = (3.05, 20)
OWN_ERROR = 500
SESSION_PARTS = [
    "payment_intent.latest_charge.balance_transaction",
    "payment_intent.latest_charge.failure_balance_transaction",
]

T = TypeVar("T")

stripe.enable_telemetry = False


class _OwnError(GatewayUnavailableError):
    """Stripe answered, with an error of its own (5xx)."""


class StripeGateway:
    """Implements `Gateway`. Makes no call and opens no connection until used."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._secrets = settings.stripe_webhook_secrets
        self.livemode = settings.stripe_secret_key.startswith(("sk_live_", "rk_live_"))
        self.site = urlsplit(settings.site_url).netloc
        self.can_receive_events = bool(self._secrets)
        self._worker_client: stripe.StripeClient | None = None

    def create_checkout_session(self, request: CheckoutRequest) -> CheckoutSession:
        """Tries again while there is time for it, with the same key as long as nothing is known.

        Stripe keeps an error of its own as the answer of that key, so after one there is a new key. A session that
        might have been made all the same was shown to nobody.
        """
        started, key = time.monotonic(), request.idempotency_key
        params: Any = session_params(request, self.site)
        for attempt in range(1, TRIES + 1):
            used = time.monotonic() - started
            timeout = (3.0, DONOR_WAITS - 3) if attempt == 1 else (1.0, DONOR_WAITS - used - 1)
            try:
                return self._create(params, key, timeout)
            except GatewayUnavailableError as problem:
                if attempt == TRIES or time.monotonic() - started > RETRY_WITHIN:
                    raise
                if isinstance(problem, _OwnError):
                    key = f"{request.idempotency_key}:{uuid.uuid4().hex}"
                time.sleep(PAUSE * attempt)
        raise AssertionError

    def _create(self, params: Any, key: str, timeout: tuple[float, float]) -> CheckoutSession:
        options: Any = {"idempotency_key": key}
        client = self._client(timeout, retries=0)
        return _translated(lambda: read_session(client.v1.checkout.sessions.create(params=params, options=options)))

    def expire_checkout_session(self, session_id: str) -> None:
        try:
            _translated(lambda: self._patient().v1.checkout.sessions.expire(session_id))
        except GatewayRefusedError:
            return  # it is complete or expired: what we wanted is so, or a payment will tell

    def fetch_checkout_session(self, session_id: str) -> CheckoutSession | None:
        params: Any = {"expand": SESSION_PARTS}
        return _known(lambda: read_session(self._patient().v1.checkout.sessions.retrieve(session_id, params=params)))

    def fetch_session_of_payment(self, payment_intent_id: str) -> CheckoutSession | None:
        params: Any = {"payment_intent": payment_intent_id, "limit": 1}
        found = _known(lambda: self._patient().v1.checkout.sessions.list(params=params))
        return self.fetch_checkout_session(found.data[0].id) if found is not None and found.data else None

    def fetch_charge(self, charge_id: str) -> Charge | None:
        params: Any = {"expand": ["balance_transaction", "failure_balance_transaction"]}
        return _known(lambda: read_charge(self._patient().v1.charges.retrieve(charge_id, params=params)))

    def fetch_payment(self, payment_intent_id: str) -> Payment | None:
        client = self._patient().v1
        params: Any = {"expand": ["latest_charge.balance_transaction", "latest_charge.failure_balance_transaction"]}
        found = _known(lambda: client.payment_intents.retrieve(payment_intent_id, params=params))
        if found is None:
            return None
        charge = found.latest_charge
        of_payment: Any = {"payment_intent": payment_intent_id}
        in_full: Any = {"expand": ["data.balance_transaction", "data.failure_balance_transaction"], **of_payment}
        refunds = _translated(lambda: [*client.refunds.list(params=in_full).auto_paging_iter()])
        disputes = _translated(lambda: [*client.disputes.list(params=of_payment).auto_paging_iter()])
        checkout = self.fetch_session_of_payment(payment_intent_id)
        return Payment(
            id=payment_intent_id,
            checkout=checkout,
            invoice_payment=None if checkout is not None else self._invoice_payment_of(payment_intent_id),
            charge=read_charge(charge) if charge is not None and not isinstance(charge, str) else None,
            refunds=tuple(sorted(map(read_refund, refunds), key=lambda refund: (refund.created, refund.id))),
            disputes=tuple(sorted(map(read_dispute, disputes), key=lambda dispute: (dispute.created, dispute.id))),
        )

    def fetch_refund(self, refund_id: str) -> Refund | None:
        params: Any = {"expand": ["balance_transaction", "failure_balance_transaction"]}
        return _known(lambda: read_refund(self._patient().v1.refunds.retrieve(refund_id, params=params)))

    def fetch_dispute(self, dispute_id: str) -> Dispute | None:
        return _known(lambda: read_dispute(self._patient().v1.disputes.retrieve(dispute_id)))

    def fetch_payout(self, payout_id: str) -> Payout | None:
        params: Any = {"expand": ["balance_transaction", "failure_balance_transaction"]}
        return _known(lambda: read_payout(self._patient().v1.payouts.retrieve(payout_id, params=params)))

    def fetch_subscription(self, subscription_id: str) -> Subscription | None:
        return _known(lambda: read_subscription(self._patient().v1.subscriptions.retrieve(subscription_id)))

    def fetch_invoice_payments(self, invoice_id: str) -> list[InvoicePayment]:
        client = self._patient().v1
        params: Any = {"invoice": invoice_id, "status": "paid", "expand": ["data.invoice"]}
        found = _translated(lambda: [*client.invoice_payments.list(params=params).auto_paging_iter()])
        return [read_invoice_payment(paid, paid.invoice) for paid in found]

    def fetch_invoice_payment(self, invoice_payment_id: str) -> InvoicePayment | None:
        params: Any = {"expand": ["invoice"]}
        client = self._patient().v1
        found = _known(lambda: client.invoice_payments.retrieve(invoice_payment_id, params=params))
        return read_invoice_payment(found, found.invoice) if found is not None else None

    def fetch_subscription_of_invoice(self, invoice_id: str) -> str | None:
        return _known(lambda: read_subscription_id(self._patient().v1.invoices.retrieve(invoice_id)))

    def create_refund(self, *, charge_id: str, amount: int, metadata: dict[str, str], idempotency_key: str) -> Refund:
        params: Any = {"charge": charge_id, "amount": amount, "metadata": metadata}
        options: Any = {"idempotency_key": idempotency_key}
        return _translated(lambda: read_refund(self._patient().v1.refunds.create(params=params, options=options)))

    def find_refund(self, charge_id: str, *, refund_row: str) -> Refund | None:
        params: Any = {"charge": charge_id}
        found = _translated(lambda: [*self._patient().v1.refunds.list(params=params).auto_paging_iter()])
        mine = (read_refund(refund) for refund in found)
        return next((refund for refund in mine if refund.metadata.get("refund") == refund_row), None)

    def cancel_subscription(self, subscription_id: str) -> None:
        options: Any = {"idempotency_key": f"cancel:{subscription_id}"}
        try:
            _translated(lambda: self._patient().v1.subscriptions.cancel(subscription_id, options=options))
        except GatewayRefusedError:
            return  # it has ended, or Stripe does not know it

    def create_portal_session(self, *, customer_id: str, return_url: str, locale: str) -> str:
        params: Any = {"customer": customer_id, "return_url": return_url, "locale": locale}
        client = self._client((3, DONOR_WAITS - 3), retries=0)
        return _translated(lambda: str(client.v1.billing_portal.sessions.create(params=params).url))

    def balances(self) -> list[Balance]:
        found = _translated(self._patient().v1.balance.retrieve)
        available = {part.currency.upper(): part.amount for part in found.available}
        pending = {part.currency.upper(): part.amount for part in found.pending}
        return [
            Balance(currency, available.get(currency, 0), pending.get(currency, 0))
            for currency in sorted(available.keys() | pending.keys())
        ]

    def balance_transactions(
        self, *, since: datetime | None = None, payout_id: str | None = None
    ) -> Iterator[BalanceTransaction]:
        params: Any = _since(since) | ({"payout": payout_id} if payout_id else {})
        pages = _translated(lambda: self._patient().v1.balance_transactions.list(params=params))
        return map(read_balance_transaction, _each(pages.auto_paging_iter()))

    def payouts(self, *, since: datetime | None = None) -> Iterator[Payout]:
        parts = ["data.balance_transaction", "data.failure_balance_transaction"]
        params: Any = _since(since) | {"expand": parts}
        pages = _translated(lambda: self._patient().v1.payouts.list(params=params))
        return map(read_payout, _each(pages.auto_paging_iter()))

    def charges(self, *, since: datetime | None = None) -> Iterator[Charge]:
        params: Any = _since(since)
        pages = _translated(lambda: self._patient().v1.charges.list(params=params))
        return map(read_charge, _each(pages.auto_paging_iter()))

    def events_since(self, *, after: str | None, since: datetime | None) -> Iterator[Envelope]:
        """With `after` Stripe lists upwards from that event; without, what it keeps is turned round here."""
        params: Any = _since(since)
        if after is not None:
            params["ending_before"] = after
        pages = _translated(lambda: self._patient().v1.events.list(params=params))
        found = _each(pages.auto_paging_iter())
        return (read_envelope(event.to_dict()) for event in (found if after else reversed([*found])))

    def _invoice_payment_of(self, payment_intent_id: str) -> InvoicePayment | None:
        client = self._patient().v1
        params: Any = {
            "payment": {"type": "payment_intent", "payment_intent": payment_intent_id},
            "expand": ["data.invoice"],
        }
        found = _translated(lambda: client.invoice_payments.list(params=params))
        return read_invoice_payment(found.data[0], found.data[0].invoice) if found.data else None

    def verify_event(self, body: bytes, signature: str, *, now: datetime) -> Envelope:
        return verify(body, signature, self._secrets, now=now)

    def _patient(self) -> stripe.StripeClient:
        """For the worker: nobody is waiting."""
        if self._worker_client is None:
            self._worker_client = self._client(PATIENT, retries=2)
        return self._worker_client

    def _client(self, timeout: tuple[float, float], *, retries: int) -> stripe.StripeClient:
        base = self._settings.stripe_api_base
        return stripe.StripeClient(
            self._settings.stripe_secret_key or "sk_test_none",
            stripe_version=API_VERSION,
            max_network_retries=retries,
            base_addresses={"api": base} if base else {},
            http_client=stripe.RequestsClient(timeout=timeout),
        )


def _since(since: datetime | None) -> dict[str, Any]:
    return {"limit": 100} | ({"created": {"gte": int(since.timestamp())}} if since else {})


def _each(pages: Iterator[T]) -> Iterator[T]:
    """Pages are fetched while they are read, so their errors are translated there."""
    nothing = object()
    while True:
        item = _translated(lambda: next(pages, nothing))
        if item is nothing:
            return
        yield item  # type: ignore[misc]


def _translated(call: Callable[[], T]) -> T:
    """Stripe's errors as ours. Their messages may repeat what was sent, so only codes are kept."""
    try:
        return call()
    except stripe.InvalidRequestError as no:
        raise GatewayRefusedError(no.code or "invalid_request") from None
    except (stripe.AuthenticationError, stripe.PermissionError, stripe.CardError, stripe.IdempotencyError) as no:
        raise GatewayRefusedError(no.code or type(no).__name__) from None
    except stripe.StripeError as problem:
        own = (problem.http_status or 0) >= OWN_ERROR
        raise (_OwnError if own else GatewayUnavailableError)(type(problem).__name__) from None


def _known(call: Callable[[], T]) -> T | None:
    try:
        return _translated(call)
    except GatewayRefusedError as no:
        if no.code == "resource_missing":
            return None
        raise
