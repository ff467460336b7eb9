import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count

from fund.kit.clock import from_unix
from fund.payments.facts import BalanceTransaction, Charge, CheckoutSession
from fund.payments.gateway import CheckoutRequest, Envelope, GatewayRefusedError, GatewayUnavailableError, NotAuthenticError

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
