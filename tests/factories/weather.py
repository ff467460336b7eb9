"""What happens to a gift at the processor without our doing, booked as after its event."""

from dataclasses import replace
from datetime import UTC, datetime

from fund.donations.models import Donation
from fund.kit.clock import utc_now
from fund.payments.facts import BalanceTransaction, Charge, Dispute
from fund.web.services import Services
from fund.worker import look
from fund.worker.apply_found import apply_found
from tests.fakes.gateway import FakeGateway

FEE = 1_500


def look_at(services: Services, gift: str) -> None:
    with services.database.read() as session:
        payment = session.get_one(Donation, gift).payment_intent_id
    assert payment is not None
    found = look.payment(services.gateway, payment)
    with services.database.write() as session:
        apply_found(services, session, found, utc_now())


def open_dispute(services: Services, gift: str, *, fee: int = FEE) -> str:
    """The bank takes the whole payment back, and the processor its fee."""
    fake, charge = _fake(services), _charge(services, gift)
    name = f"dp_{len(fake.disputes) + 1}"
    fake.disputes[name] = Dispute(
        id=name, amount=charge.amount, currency=charge.currency, status="needs_response", reason="fraudulent",
        charge_id=charge.id, payment_intent_id=charge.payment_intent_id, is_charge_refundable=False, due_by=None,
        created=datetime.now(UTC), balance_transactions=(_line(fake, name, -charge.amount, fee, "dispute"),),
    )  # fmt: skip
    look_at(services, gift)
    return name


def end_dispute(services: Services, gift: str, name: str, *, won: bool) -> None:
    fake = _fake(services)
    found = fake.disputes[name]
    back = (_line(fake, name, found.amount, 0, "dispute_reversal"),) if won else ()
    fake.disputes[name] = replace(
        found, status="won" if won else "lost", balance_transactions=(*found.balance_transactions, *back)
    )
    look_at(services, gift)


def refund_in_dashboard(services: Services, gift: str, amount: int) -> None:
    fake, charge = _fake(services), _charge(services, gift)
    refuses, fake.refuses = fake.refuses, set()
    made = fake.create_refund(
        charge_id=charge.id, amount=amount, metadata={}, idempotency_key=f"dashboard:{len(fake.refunds)}"
    )
    fake.refuses = refuses
    assert made.payment_intent_id == charge.payment_intent_id
    look_at(services, gift)


def fail_refund(services: Services, gift: str) -> None:
    """The last refund of the gift had left, and comes back."""
    fake, charge = _fake(services), _charge(services, gift)
    fake.fail_refund([one.id for one in fake.refunds.values() if one.charge_id == charge.id][-1])
    look_at(services, gift)


def _fake(services: Services) -> FakeGateway:
    assert isinstance(services.gateway, FakeGateway)
    return services.gateway


def _charge(services: Services, gift: str) -> Charge:
    charge = _fake(services).session_of(gift).charge
    assert charge is not None
    return charge


def _line(fake: FakeGateway, source: str, amount: int, fee: int, category: str) -> BalanceTransaction:
    name = f"txn_{source}_{len(fake.lines)}"
    made = BalanceTransaction(
        id=name, type="adjustment", reporting_category=category, source=source, currency="CAD", amount=amount, fee=fee,
        fee_tax=0, net=amount - fee, created=datetime.now(UTC), raw={"id": name},
    )  # fmt: skip
    fake.lines.append(made)
    return made
