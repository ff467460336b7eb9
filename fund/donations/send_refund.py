from datetime import datetime

from fund.db.session import Database
from fund.donations.models import Donation, Refund
from fund.payments.facts import Refund as RefundFacts
from fund.payments.gateway import Gateway, GatewayRefusedError


def send_refund(database: Database, gateway: Gateway, *, refund_id: str, now: datetime) -> str | None:
    """Ask Stripe for a planned refund; the payment intent to look at next, or None if there is nothing to do.

    Looks at Stripe first: a key is forgotten after a day, but what was refunded carries this row's id. Died between
    Stripe's answer and our note of it, the next try finds it there. Raises GatewayUnavailableError: try again.
    """
    with database.read() as session:
        row = session.get(Refund, refund_id)
        if row is None or row.state != "planned":
            return None
        donation = session.get_one(Donation, row.donation_id)
        charge_id, amount, payment = donation.charge_id, row.amount, donation.payment_intent_id
        batch = {"batch": row.batch} if row.batch else {}
    if charge_id is None:
        _refuse(database, refund_id, "no_charge", now)
        return None
    found = gateway.find_refund(charge_id, refund_row=refund_id)
    if found is None:
        try:
            found = gateway.create_refund(
                charge_id=charge_id,
                amount=amount,
                metadata={"site": gateway.site, "refund": refund_id, **batch},
                idempotency_key=f"refund:{refund_id}",
            )
        except GatewayRefusedError as no:
            _refuse(database, refund_id, no.code, now)
            return None
    _note(database, refund_id, found, now)
    return payment


def _note(database: Database, refund_id: str, found: RefundFacts, now: datetime) -> None:
    """The id alone: what it means for the books is worked out from the payment as a whole."""
    with database.write() as session:
        row = session.get_one(Refund, refund_id, with_for_update=True)
        row.stripe_refund_id, row.sent_at = found.id, row.sent_at or now


def _refuse(database: Database, refund_id: str, code: str, now: datetime) -> None:
    with database.write() as session:
        row = session.get_one(Refund, refund_id, with_for_update=True)
        row.state, row.failure_code, row.ended_at = "refused", code[:80], now
