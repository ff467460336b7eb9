import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count

from fund.kit.clock import from_unix
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
from fund.payments.gateway import (
    CheckoutRequest,
    Envelope,
    GatewayRefusedError,
    GatewayUnavailableError,
    NotAuthenticError,
)

SECRET = b"whsec_fake"
SITE = "127.0.0.1"


class FakeGateway:
    """A processor in memory, for tests that are about our rules and not about Stripe's.

    What is particular to Stripe (signatures, shapes, late fees, faults on the wire) is tested against the sandbox.
    """

    livemode = False
    site = SITE
    can_receive_events = True

    def __init__(self, *, fee: int = 0) -> None:
        """`fee` in minor units is kept of every payment."""
        self.fee = fee
        self.sessions: dict[str, CheckoutSession] = {}
        self.requests: dict[str, CheckoutRequest] = {}
        self.fails: list[GatewayUnavailableError | GatewayRefusedError] = []
        """Raised by the next calls that ask the processor for something, one each."""
        self.refunds: dict[str, Refund] = {}
        self.refuses: set[str] = set()
        """A code with which every refund is refused, for as long as it stands here."""
        self.disputes: dict[str, Dispute] = {}
        self.payouts_made: dict[str, Payout] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.invoice_payments: dict[str, InvoicePayment] = {}
        self.lines: list[BalanceTransaction] = []
        self.events: list[Envelope] = []
        self._by_key: dict[str, str] = {}
        self._numbers = count(1)

    def create_checkout_session(self, request: CheckoutRequest) -> CheckoutSession:
        self._fail_if_told()
        known = self._by_key.get(request.idempotency_key)
        if known is not None:
            if self.requests[known] != request:
                raise GatewayRefusedError("idempotency_error")
            return self.sessions[known]
        session_id = f"cs_test_{next(self._numbers)}"
        self._by_key[request.idempotency_key] = session_id
        self.requests[session_id] = request
        self.sessions[session_id] = CheckoutSession(
            id=session_id,
            status="open",
            payment_status="unpaid",
            amount_total=request.amount,
            currency=request.currency,
            livemode=False,
            metadata={"site": SITE, "donation": request.donation_id, "campaign": request.campaign_slug},
            payment_intent_id=None,
            payment_intent_status=None,
            charge=None,
            url=f"http://127.0.0.1:1/c/pay/{session_id}",
        )
        return self.sessions[session_id]

    def expire_checkout_session(self, session_id: str) -> None:
        self._fail_if_told()
        session = self.sessions[session_id]
        if session.status == "open":
            self.sessions[session_id] = replace(session, status="expired", url=None)

    def fetch_checkout_session(self, session_id: str) -> CheckoutSession | None:
        self._fail_if_told()
        return self.sessions.get(session_id)

    def fetch_session_of_payment(self, payment_intent_id: str) -> CheckoutSession | None:
        self._fail_if_told()
        return next((one for one in self.sessions.values() if one.payment_intent_id == payment_intent_id), None)

    def fetch_charge(self, charge_id: str) -> Charge | None:
        self._fail_if_told()
        charges = (session.charge for session in self.sessions.values() if session.charge)
        return next((charge for charge in charges if charge.id == charge_id), None)

    def fetch_payment(self, payment_intent_id: str) -> Payment | None:
        checkout = self.fetch_session_of_payment(payment_intent_id)
        if checkout is None:
            return None
        refunds = tuple(refund for refund in self.refunds.values() if refund.payment_intent_id == payment_intent_id)
        disputes = tuple(one for one in self.disputes.values() if one.payment_intent_id == payment_intent_id)
        return Payment(payment_intent_id, checkout, None, checkout.charge, refunds, disputes)

    def fetch_refund(self, refund_id: str) -> Refund | None:
        self._fail_if_told()
        return self.refunds.get(refund_id)

    def fetch_dispute(self, dispute_id: str) -> Dispute | None:
        self._fail_if_told()
        return self.disputes.get(dispute_id)

    def fetch_payout(self, payout_id: str) -> Payout | None:
        self._fail_if_told()
        return self.payouts_made.get(payout_id)

    def fetch_subscription(self, subscription_id: str) -> Subscription | None:
        self._fail_if_told()
        return self.subscriptions.get(subscription_id)

    def fetch_invoice_payments(self, invoice_id: str) -> list[InvoicePayment]:
        self._fail_if_told()
        return [one for one in self.invoice_payments.values() if one.invoice_id == invoice_id]

    def fetch_invoice_payment(self, invoice_payment_id: str) -> InvoicePayment | None:
        self._fail_if_told()
        return self.invoice_payments.get(invoice_payment_id)

    def fetch_subscription_of_invoice(self, invoice_id: str) -> str | None:
        found = self.fetch_invoice_payments(invoice_id)
        return found[0].subscription_id if found else None

    def create_refund(self, *, charge_id: str, amount: int, metadata: dict[str, str], idempotency_key: str) -> Refund:
        self._fail_if_told()
        known = self._by_key.get(idempotency_key)
        if known is not None:
            return self.refunds[known]
        charge = self.fetch_charge(charge_id)
        if charge is None:
            raise GatewayRefusedError("resource_missing")
        if self.refuses:
            raise GatewayRefusedError(min(self.refuses))
        given_back = sum(one.amount for one in self.refunds.values() if one.charge_id == charge_id)
        if given_back + amount > charge.amount:
            raise GatewayRefusedError("charge_already_refunded")
        refund_id = f"re_{next(self._numbers)}"
        now = datetime.now(UTC)
        line = BalanceTransaction(
            id=f"txn_{refund_id}",
            type="refund",
            reporting_category="refund",
            source=refund_id,
            currency=charge.currency,
            amount=-amount,
            fee=0,
            fee_tax=0,
            net=-amount,
            created=now,
            raw={"id": f"txn_{refund_id}"},
        )
        self._by_key[idempotency_key] = refund_id
        self.refunds[refund_id] = Refund(
            id=refund_id,
            amount=amount,
            currency=charge.currency,
            status="succeeded",
            failure_reason=None,
            charge_id=charge_id,
            payment_intent_id=charge.payment_intent_id,
            metadata=metadata,
            created=now,
            balance_transaction=line,
            failure_balance_transaction=None,
        )
        return self.refunds[refund_id]

    def find_refund(self, charge_id: str, *, refund_row: str) -> Refund | None:
        self._fail_if_told()
        mine = (one for one in self.refunds.values() if one.charge_id == charge_id)
        return next((one for one in mine if one.metadata.get("refund") == refund_row), None)

    def fail_refund(self, refund_id: str) -> None:
        """It had left, and came back: the card is gone."""
        refund = self.refunds[refund_id]
        line = refund.balance_transaction
        assert line is not None
        back = replace(
            line,
            id=f"txn_{refund_id}_back",
            type="refund_failure",
            reporting_category="refund_failure",
            amount=refund.amount,
            net=refund.amount,
            created=datetime.now(UTC),
            raw={"id": f"txn_{refund_id}_back"},
        )
        self.refunds[refund_id] = replace(
            refund, status="failed", failure_reason="expired_or_canceled_card", failure_balance_transaction=back
        )

    def cancel_subscription(self, subscription_id: str) -> None:
        self._fail_if_told()
        found = self.subscriptions[subscription_id]
        self.subscriptions[subscription_id] = replace(found, status="canceled", ended_at=datetime.now(UTC))

    def create_portal_session(self, *, customer_id: str, return_url: str, locale: str) -> str:
        self._fail_if_told()
        return f"http://127.0.0.1:1/p/session/{customer_id}"

    def balances(self) -> list[Balance]:
        sums: dict[str, int] = {}
        for line in self.balance_transactions():
            sums[line.currency] = sums.get(line.currency, 0) + line.net
        return [Balance(currency, 0, amount) for currency, amount in sums.items()]

    def balance_transactions(
        self, *, since: datetime | None = None, payout_id: str | None = None
    ) -> Iterator[BalanceTransaction]:
        """Gifts and refunds; what else a test needs it puts into `lines`."""
        self._fail_if_told()
        gifts = [one.charge.balance_transaction for one in self.sessions.values() if one.charge]
        refunds = [one.balance_transaction for one in self.refunds.values()]
        back = [one.failure_balance_transaction for one in self.refunds.values()]
        every = [line for line in (*gifts, *refunds, *back, *self.lines) if line is not None]
        newest = sorted(every, key=lambda line: line.created, reverse=True)
        return iter([line for line in newest if since is None or line.created >= since])

    def payouts(self, *, since: datetime | None = None) -> Iterator[Payout]:
        self._fail_if_told()
        return iter(self.payouts_made.values())

    def charges(self, *, since: datetime | None = None) -> Iterator[Charge]:
        self._fail_if_told()
        return iter([one.charge for one in self.sessions.values() if one.charge])

    def events_since(self, *, after: str | None, since: datetime | None) -> Iterator[Envelope]:
        self._fail_if_told()
        return iter(self.events)

    def verify_event(self, body: bytes, signature: str, *, now: datetime) -> Envelope:
        if not hmac.compare_digest(signature.encode(), self.sign(body).encode()):
            raise NotAuthenticError("wrong signature")
        event = json.loads(body)
        return Envelope(
            id=event["id"],
            type=event["type"],
            livemode=False,
            api_version=None,
            account=None,
            object_id=event["object_id"],
            object_type=event["object_type"],
            created=now,
            body_sha256=sha256(body).hexdigest(),
        )

    def sign(self, body: bytes) -> str:
        return hmac.new(SECRET, body, sha256).hexdigest()

    def event(self, type_: str, object_id: str, object_type: str = "checkout.session") -> tuple[bytes, str]:
        """A body and its signature, for `verify_event`."""
        content = {"id": f"evt_{next(self._numbers)}", "type": type_, "object_id": object_id}
        body = json.dumps({**content, "object_type": object_type}).encode()
        return body, self.sign(body)

    def session_of(self, donation_id: str) -> CheckoutSession:
        """The newest session that was made for a donation."""
        return [one for one in self.sessions.values() if one.metadata["donation"] == donation_id][-1]

    def pay(self, session_id: str, *, with_fee: bool = True, at: datetime | None = None) -> CheckoutSession:
        """As if the donor paid; without its balance transaction when the fee is still to come."""
        session = self.sessions[session_id]
        number = next(self._numbers)
        charge = Charge(
            id=f"ch_{number}",
            amount=session.amount_total,
            currency=session.currency,
            status="succeeded",
            livemode=False,
            payment_intent_id=session.payment_intent_id or f"pi_{number}",
            metadata=session.metadata,
            balance_transaction=None,
            created=at or datetime.now(UTC),
        )
        if with_fee:
            charge = replace(charge, balance_transaction=self._balance_transaction(charge, at))
        return self._put(session, charge)

    def settle_fee(self, session_id: str, *, at: datetime | None = None) -> CheckoutSession:
        """The balance transaction of a payment made `with_fee=False` arrives."""
        session = self.sessions[session_id]
        assert session.charge is not None
        charge = replace(session.charge, balance_transaction=self._balance_transaction(session.charge, at))
        return self._put(session, charge)

    def start_debit(self, session_id: str) -> CheckoutSession:
        """A delayed method: the donor is done, the money is not there."""
        return self._debit(session_id, "processing")

    def fail_debit(self, session_id: str) -> CheckoutSession:
        """The bank said no, days later; `pay` instead settles it."""
        return self._debit(session_id, "requires_payment_method")

    def _debit(self, session_id: str, status: str) -> CheckoutSession:
        session = self.sessions[session_id]
        self.sessions[session_id] = replace(
            session,
            status="complete",
            payment_status="unpaid",
            payment_intent_id=session.payment_intent_id or f"pi_{next(self._numbers)}",
            payment_intent_status=status,
            url=None,
        )
        return self.sessions[session_id]

    def _put(self, session: CheckoutSession, charge: Charge) -> CheckoutSession:
        self.sessions[session.id] = replace(
            session,
            status="complete",
            payment_status="paid",
            payment_intent_id=charge.payment_intent_id,
            payment_intent_status="succeeded",
            charge=charge,
            url=None,
        )
        return self.sessions[session.id]

    def _balance_transaction(self, charge: Charge, at: datetime | None) -> BalanceTransaction:
        created = at or from_unix(int(datetime.now(UTC).timestamp()))
        return BalanceTransaction(
            id=f"txn_{charge.id}",
            type="charge",
            reporting_category="charge",
            source=charge.id,
            currency=charge.currency,
            amount=charge.amount,
            fee=self.fee,
            fee_tax=0,
            net=charge.amount - self.fee,
            created=created,
            raw={"id": f"txn_{charge.id}", "object": "balance_transaction"},
        )

    def _fail_if_told(self) -> None:
        if self.fails:
            raise self.fails.pop(0)
