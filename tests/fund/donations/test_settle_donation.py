"""A gift's first payment, and each payment of a monthly gift: what is waited for, and whose it is."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from fund.donations.book_gift import Settled
from fund.donations.models import Donation, MonthlyGift
from fund.donations.settle_donation import settle_donation
from fund.donations.settle_monthly_payment import settle_monthly_payment
from fund.donations.settle_subscription import settle_subscription
from fund.payments.facts import CheckoutSession, InvoicePayment, Payment, Subscription
from fund.web.services import Services
from tests.factories.campaigns import make_campaign
from tests.factories.donations import start_gift
from tests.factories.facts import HOUR, NOON, SITE, charge, payment, txn
from tests.fakes.gateway import FakeGateway
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only

LATER = NOON + 10 * HOUR
PAID = charge(txn("txn_gift", 10_000, fee=320))
GONE = txn("txn_gone", -10_000, hours=9)


@pytest.fixture
def gift_id(services: Services) -> str:
    return start_gift(services, make_campaign(services.database), 10_000, display_name="Charlie", email="c@example.org")


def checkout_of(services: Services, gift_id: str, paid: Any, **said: Any) -> CheckoutSession:
    assert isinstance(services.gateway, FakeGateway)
    found = payment(services.gateway.session_of(gift_id).id, paid, **said).checkout
    assert found is not None
    return found


def settle(services: Services, checkout: CheckoutSession, now: datetime = LATER) -> Settled:
    with services.database.write() as session:
        return settle_donation(session, checkout=checkout, site=SITE, now=now)


def gift_of(services: Services, gift_id: str) -> Donation:
    with services.database.read() as session:
        return session.get_one(Donation, gift_id)


OPEN = {"status": "open", "payment_status": "unpaid", "payment_intent_status": "requires_payment_method"}
EXPIRED = {**OPEN, "status": "expired"}
UNPAID = {**OPEN, "status": "complete"}
CANCELED = {**UNPAID, "payment_intent_status": "canceled"}
PROCESSING = {**UNPAID, "payment_intent_status": "processing"}
TRIED = charge(None, status="failed")


@pytest.mark.parametrize(
    ("paid", "said", "then"),
    [
        (None, OPEN, ("pending", "started", "not paid yet")),
        (TRIED, OPEN, ("pending", "started", "not paid yet")),
        (None, PROCESSING, ("pending", "processing", "a bank debit is on its way")),
        (None, EXPIRED, ("expired", "started", "expired")),
        (TRIED, UNPAID, ("failed", "started", "the payment failed")),
        (None, CANCELED, ("failed", "started", "the payment failed")),
        (charge(None), {}, ("pending", "awaiting_fee", "paid; waiting for the fee")),
        (charge(PAID.balance_transaction, status="failed"), UNPAID, ("failed", "started", "the payment failed")),
        (PAID, PROCESSING, ("pending", "processing", "a bank debit is on its way")),
    ],
)
def test_what_is_not_paid_waits_or_ends(
    services: Services, gift_id: str, paid: Any, said: dict[str, str], then: tuple[str, str, str]
) -> None:
    """Said again it stays, with the day on which it ended; paid after all it is a gift."""
    state, progress, outcome = then
    looks = [settle(services, checkout_of(services, gift_id, paid, **said), LATER + n * HOUR) for n in (0, 1)]
    assert looks[0].outcome == outcome
    assert [look.newly_failed for look in looks] == [state == "failed", False]
    assert looks[1].outcome == ("expired before" if outcome == "expired" else outcome)
    gift = gift_of(services, gift_id)
    assert (gift.state, gift.progress) == (state, progress)
    assert gift.ended_at == (None if state == "pending" else LATER)
    assert gift.charge_id == ("ch_1" if paid is not None and paid.status == "succeeded" else None)
    assert settle(services, checkout_of(services, gift_id, PAID)).newly_paid
    gift = gift_of(services, gift_id)
    assert (gift.state, gift.ended_at, gift.charge_id, gift.payment_intent_id) == ("paid", None, "ch_1", "pi_1")


def test_a_paid_gift_is_never_set_back(services: Services, gift_id: str) -> None:
    settle(services, checkout_of(services, gift_id, PAID))
    for paid, said in ((None, EXPIRED), (TRIED, UNPAID), (None, PROCESSING), (charge(None), {})):
        look = settle(services, replace(checkout_of(services, gift_id, paid, **said), payment_intent_id=None))
        assert (look.newly_paid, look.newly_failed) == (False, False)
    gift = gift_of(services, gift_id)
    assert (gift.state, gift.progress, gift.ended_at, gift.payment_intent_id) == ("paid", "started", None, "pi_1")


def test_a_debit_that_settled_and_came_back_is_booked_as_paid_first(services: Services, gift_id: str) -> None:
    gone = charge(PAID.balance_transaction, status="failed", failure_balance_transaction=GONE)
    assert settle(services, checkout_of(services, gift_id, gone, **UNPAID)).newly_paid
    assert gift_of(services, gift_id).charge_id == "ch_1"


def test_a_session_that_was_made_as_we_died_finds_its_gift_and_no_other(services: Services, gift_id: str) -> None:
    assert isinstance(services.gateway, FakeGateway)
    ours = {"site": SITE, "donation": gift_id}
    other = replace(checkout_of(services, gift_id, PAID, metadata=ours), id="cs_other")
    assert settle(services, other).state == "quarantined", "the gift has its session already"
    with services.database.write() as session:
        session.get_one(Donation, gift_id).checkout_session_id = None
    assert settle(services, replace(other, metadata={"site": SITE})).state == "quarantined"
    assert settle(services, replace(other, metadata=ours | {"site": "other.example"})).state == "foreign"
    assert settle(services, other).newly_paid
    assert gift_of(services, gift_id).checkout_session_id == "cs_other"


def month(gift_id: str, number: int, paid: Any, **said: Any) -> Payment:
    values: dict[str, Any] = {
        "amount_paid": 10_000,
        "currency": "CAD",
        "metadata": {"site": SITE, "donation": gift_id},
    } | said
    invoice = InvoicePayment(
        id=f"inpay_{number}", invoice_id=f"in_{number}", status="paid", payment_intent_id=f"pi_{number}",
        subscription_id="sub_1", **values,
    )  # fmt: skip
    return Payment(f"pi_{number}", None, invoice, paid)


def paid_in(number: int, **more: Any) -> Any:
    return replace(charge(txn(f"txn_{number}", 10_000, fee=320, hours=number)), id=f"ch_{number}", **more)


def settle_month(services: Services, said: Payment) -> Settled:
    with services.database.write() as session:
        return settle_monthly_payment(session, payment=said, site=SITE, now=LATER)


def subscribe(services: Services, gift_id: str, status: str = "active", hours: int = 0, **said: Any) -> Any:
    values: dict[str, Any] = {
        "cancel_at_period_end": False,
        "ended_at": None,
        "metadata": {"site": SITE, "donation": gift_id},
    } | said
    subscription = Subscription(
        id="sub_1", status=status, customer_id="cus_1", amount=10_000, currency="CAD",
        current_period_end=LATER + 720 * HOUR, **values,
    )  # fmt: skip
    with services.database.write() as session:
        return settle_subscription(session, subscription=subscription, site=SITE, now=LATER + hours * HOUR)


def months(services: Services) -> list[Donation]:
    with services.database.read() as session:
        return list(session.scalars(select(Donation).order_by(Donation.invoice_payment_id)))


def test_each_month_is_a_gift_of_its_own_and_the_first_the_one_that_was_begun(services: Services, gift_id: str) -> None:
    with services.database.write() as session:
        first = session.get_one(Donation, gift_id)
        first.fee_covered, first.message, first.kind = 320, "Courage", "monthly"
    assert subscribe(services, gift_id).state == "applied"
    with services.database.write() as session:
        session.get_one(Donation, gift_id).monthly_gift_id = None
    looks = [settle_month(services, month(gift_id, number, paid_in(number))) for number in (1, 1, 2, 2)]
    assert [look.newly_paid for look in looks] == [True, False, True, False]
    less = settle_month(services, month(gift_id, 3, paid_in(3), amount_paid=5000))
    assert less.newly_paid
    first, second, third = months(services)
    assert (first.id, first.message, second.message, second.display_name) == (gift_id, "Courage", None, "Charlie")
    assert [one.fee_covered for one in (first, second, third)] == [320, 320, 0]
    assert [one.charge_id for one in (first, second, third)] == ["ch_1", "ch_2", "ch_3"]
    assert len({one.monthly_gift_id for one in (first, second, third)} - {None}) == 1
    assert third.amount == 5000
    begun = settle_month(services, month(gift_id, 4, None)).donation_id
    assert begun == months(services)[3].id


def test_what_is_not_a_paid_month_of_ours_books_nothing(services: Services, gift_id: str) -> None:
    states = [
        settle_month(services, said).state
        for said in (
            replace(month(gift_id, 1, paid_in(1)), invoice_payment=None),
            month(gift_id, 1, paid_in(1), metadata={"site": "other.example", "donation": gift_id}),
            month(gift_id, 1, paid_in(1), metadata={"site": SITE}),
            month(gift_id, 1, None, amount_paid=0),
        )
    ]
    assert states == ["foreign", "foreign", "quarantined", "applied"]
    assert [gift.invoice_payment_id for gift in months(services)] == [None]
    for paid in (None, paid_in(1, status="failed")):
        assert settle_month(services, month(gift_id, 1, paid)).outcome == "not paid yet"
    assert gift_of(services, gift_id).charge_id is None
    no_fee_yet = paid_in(1, balance_transaction=None)
    assert settle_month(services, month(gift_id, 1, no_fee_yet)).outcome == "paid; waiting for the fee"
    assert gift_of(services, gift_id).progress == "awaiting_fee"
    assert settle_month(services, month(gift_id, 1, paid_in(1))).newly_paid
    with services.database.write() as session:
        session.get_one(Donation, gift_id).progress = "started"
    settle_month(services, month(gift_id, 1, no_fee_yet))
    assert gift_of(services, gift_id).progress == "started"


def test_a_monthly_gift_goes_on_fails_is_asked_to_end_and_ends(services: Services, gift_id: str) -> None:
    ours = {"site": SITE, "donation": gift_id, "stop_at_target": "1"}
    foreign = subscribe(services, gift_id, metadata={"site": "other.example"})
    assert (foreign.state, foreign.newly_failing) == ("foreign", False)
    assert subscribe(services, gift_id, metadata={"site": SITE}).state == "quarantined"
    begun = subscribe(services, gift_id, metadata=ours).monthly_gift_id
    assert gift_of(services, gift_id).monthly_gift_id == begun == monthly(services).id
    failing = [
        subscribe(services, gift_id, status, metadata=ours).newly_failing
        for status in ("active", "past_due", "past_due", "active")
    ]
    assert failing == [False, True, False, False]
    row = monthly(services)
    assert (row.stop_at_target, row.next_at, row.ends_at, row.ended_at) == (True, LATER + 720 * HOUR, None, None)
    assert gift_of(services, gift_id).monthly_gift_id == row.id
    subscribe(services, gift_id, metadata=ours, cancel_at_period_end=True)
    assert monthly(services).ends_at == LATER + 720 * HOUR
    for hours in (1, 2):
        subscribe(services, gift_id, "unpaid", hours)
        row = monthly(services)
        assert (row.next_at, row.ended_at) == (None, LATER + HOUR)
    subscribe(services, gift_id, "canceled", ended_at=NOON)
    assert monthly(services).ended_at == NOON
    subscribe(services, gift_id)
    assert monthly(services).ended_at is None


def monthly(services: Services) -> MonthlyGift:
    with services.database.read() as session:
        return session.scalars(select(MonthlyGift)).one()
