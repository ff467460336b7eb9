"""Stripe, and the only file that knows its library.

Pinned to one API version: an upgrade of the library must not silently change what we read. Nothing personal is taken
from an answer, and nothing personal is sent but the address that Stripe's page is prefilled with.
"""

import time
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import stripe

from config import Settings
from fund.payments.gateway import (
    Charge,
    CheckoutRequest,
    CheckoutSession,
    Envelope,
    GatewayRefusedError,
    GatewayUnavailableError,
)
from fund.payments.read_stripe import read_charge, read_session
from fund.payments.verify_stripe import verify

API_VERSION = "2026-10-28.endive"
DONOR_WAITS = 9.5
"""Seconds that a person is kept waiting; after that a page says so."""
RETRY_WITHIN = 4.0
TRIES = 4
PAUSE = 0.3
"""Seconds before the second try, twice as many before the third: a key that is in use is free again by then."""
PATIENT = (3.05, 20)
OWN_ERROR = 500
SESSION_PARTS = ["payment_intent.latest_charge.balance_transaction"]

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
        params: Any = self._session_params(request)
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
        params: Any = {"expand": ["balance_transaction"]}
        return _known(lambda: read_charge(self._patient().v1.charges.retrieve(charge_id, params=params)))

    def verify_event(self, body: bytes, signature: str, *, now: datetime) -> Envelope:
        return verify(body, signature, self._secrets, now=now)

    def _session_params(self, request: CheckoutRequest) -> dict[str, Any]:
        metadata = {"site": self.site, "donation": request.donation_id, "campaign": request.campaign_slug}
        product = {"name": request.title}
        price = {
            "currency": request.currency.lower(),
            "unit_amount": request.amount,
            "product_data": product,
        }
        params: dict[str, Any] = {
            "mode": "payment",
            "submit_type": "donate",
            "line_items": [{"price_data": price, "quantity": 1}],
            "client_reference_id": request.donation_id,
            "metadata": metadata,
            "payment_intent_data": {"metadata": metadata, "capture_method": "automatic"},
            "adaptive_pricing": {"enabled": False},
            "locale": request.locale,
            "success_url": request.success_url,
            "cancel_url": request.cancel_url,
            "expires_at": int(request.expires_at.timestamp()),
        }
        if request.customer_email:
            params["customer_email"] = request.customer_email
        return params

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
