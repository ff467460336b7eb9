"""Case 40: monthly gifts, from the first payment to the last, and that nothing is charged after the end.

Its second half, about pledges that are charged later, has nothing to prove: this product takes no pledges, and asks
Stripe for no method of payment that it would charge without the donor.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fund.donations.models import MonthlyGift
from fund.payments.gateway import GatewayUnavailableError
from fund.payments.stripe_gateway import StripeGateway
from tests.contract.sandbox_client import stripe_client
from tests.factories.closing import closing_form
from tests.fixtures.databases import sqlite_only
from tests.fixtures.installation import Installation
from tests.journeys.forty.acts import DONOR, deliver_all, deliveries, prove, run_task
from tests.people import ALICE, add_member, sign_in

HOUR, DAY, MONTH = 3600, 86_400, 31 * 86_400
REFUSED_LATER = "4000000000000341"
pytestmark = [pytest.mark.case(40), sqlite_only]


def begin(installation: Installation, amount: str = "20", **fields: str) -> str:
    """The id of a subscription whose first month is paid and booked."""
    session_id = installation.give(amount, frequency="monthly", **fields)
    installation.sandbox.pay(session_id)
    wait(installation, HOUR + 1)
    found = stripe_client(installation.sandbox).v1.checkout.sessions.retrieve(session_id)
    return str(found.subscription)


def wait(installation: Installation, seconds: int) -> None:
    installation.sandbox.advance(seconds)
    installation.work()


def monthly(installation: Installation) -> MonthlyGift:
    with installation.database.read() as session:
        row: MonthlyGift = session.scalars(select(MonthlyGift)).one()
    return row


def states(installation: Installation) -> list[str]:
    with installation.database.read() as session:
        return [row.status for row in session.scalars(select(MonthlyGift))]


def charges(installation: Installation) -> int:
    found = stripe_client(installation.sandbox).v1.charges.list(params={"limit": 100}).data
    return sum(charge.status == "succeeded" for charge in found)


def receipts(installation: Installation) -> int:
    return sum("\nSubject: Receipt" in mail for mail in installation.mail_to(DONOR))


def test_case_40_the_first_payment_is_one_gift(installation: Installation) -> None:
    begin(installation)
    told = installation.events()
    assert {"checkout.session.completed", "invoice.paid", "invoice_payment.paid"} <= told.keys()
    assert (prove(installation).campaign.raised_gross, len(installation.gifts()), receipts(installation)) == (
        2000, 1, 1,
    )  # fmt: skip
    row = monthly(installation)
    assert (row.status, row.amount, row.ends_at, row.ended_at) == ("active", 2000, None, None)


@pytest.mark.parametrize(
    "order",
    [
        ("invoice.paid", "checkout.session.completed", "customer.subscription.created"),
        ("checkout.session.completed", "payment_intent.succeeded", "invoice_payment.paid"),
        ("charge.updated", "customer.subscription.created", "invoice.paid"),
    ],
)
def test_case_40_in_any_order(installation: Installation, order: tuple[str, ...]) -> None:
    deliveries(installation, "drop")
    session_id = installation.give("20", frequency="monthly")
    installation.sandbox.pay(session_id)
    installation.sandbox.advance(HOUR + 1)
    for _ in range(2):
        deliver_all(installation, *order)
    assert (prove(installation).campaign.raised_gross, len(installation.gifts()), receipts(installation)) == (
        2000, 1, 1,
    )  # fmt: skip
    assert monthly(installation).status == "active"


def test_case_40_nothing_was_told_at_all(installation: Installation) -> None:
    run_task(installation, "catch_up")
    deliveries(installation, "drop")
    session_id = installation.give("20", frequency="monthly")
    installation.sandbox.pay(session_id)
    installation.sandbox.advance(HOUR + MONTH + HOUR)
    run_task(installation, "catch_up")
    assert (prove(installation).campaign.raised_gross, len(installation.gifts())) == (4000, 2)


def test_case_40_the_hourly_look_alone_books_the_first_payment(installation: Installation) -> None:
    """No event came, and Stripe's account is not read: the gift that waits is looked at, fee and all."""
    deliveries(installation, "drop")
    session_id = installation.give("20", frequency="monthly")
    installation.sandbox.pay(session_id)
    run_task(installation, "look_for_missing_money", after=timedelta(hours=2))
    assert [(gift.state, gift.progress) for gift in installation.gifts()] == [("pending", "awaiting_fee")]
    installation.sandbox.advance(HOUR + 1)
    for _ in range(2):
        run_task(installation, "look_for_missing_money", after=timedelta(hours=3))
    figures = prove(installation).campaign
    assert (figures.raised_gross, len(installation.gifts()), receipts(installation)) == (2000, 1, 1)
    assert (monthly(installation).status, installation.gifts()[0].monthly_gift_id) == (
        "active", monthly(installation).id,
    )  # fmt: skip


def test_case_40_each_month_is_a_gift_of_its_own(installation: Installation) -> None:
    begin(installation, display_name="Charlie", message="Every month")
    for _ in range(2):
        wait(installation, MONTH)
        wait(installation, HOUR + 1)
    figures = prove(installation)
    gifts = installation.gifts()
    assert (figures.campaign.raised_gross, figures.campaign.donations_count) == (6000, 3)
    assert [(gift.kind, gift.state, gift.display_name) for gift in gifts] == [("monthly", "paid", "Charlie")] * 3
    assert sum(gift.message is not None for gift in gifts) == 1
    assert receipts(installation) == 3


def test_case_40_an_invoice_for_nothing_is_no_gift(installation: Installation) -> None:
    subscription = begin(installation)
    installation.sandbox.post("/_sandbox/subscription", {"subscription": subscription, "free": True})
    wait(installation, MONTH)
    assert len(installation.events()["invoice.paid"]) == 2
    assert (prove(installation).campaign.raised_gross, len(installation.gifts())) == (2000, 1)


def test_case_40_an_invoice_paid_in_two_parts_is_two_gifts(installation: Installation) -> None:
    subscription = begin(installation)
    installation.sandbox.post("/_sandbox/subscription", {"subscription": subscription, "parts": 2})
    wait(installation, MONTH)
    wait(installation, HOUR + 1)
    figures = prove(installation)
    assert figures.campaign.raised_gross == 4000
    assert sorted(gift.amount for gift in installation.gifts()) == [1000, 1000, 2000]


def test_case_40_three_refusals_end_it(installation: Installation) -> None:
    subscription = begin(installation)
    before = prove(installation).balances
    installation.sandbox.post("/_sandbox/subscription", {"subscription": subscription, "card": REFUSED_LATER})
    wait(installation, MONTH)
    assert monthly(installation).status == "past_due"
    wait(installation, 9 * DAY)
    row = monthly(installation)
    assert (row.status, row.ended_at is not None) == ("canceled", True)
    assert len(installation.events()["invoice.payment_failed"]) == 3
    assert prove(installation).balances == before
    assert (receipts(installation), len(installation.mail_to(DONOR))) == (1, 2)
    wait(installation, 2 * MONTH)
    assert charges(installation) == 1


def test_case_40_cancelled_in_the_portal_for_the_end_of_the_month(installation: Installation) -> None:
    subscription = begin(installation)
    stripe_client(installation.sandbox).v1.subscriptions.update(subscription, params={"cancel_at_period_end": True})
    installation.work()
    row = monthly(installation)
    assert (row.status, row.ends_at, row.ended_at) == ("active", row.next_at, None)
    assert row.ends_at is not None
    wait(installation, 2 * MONTH)
    assert (monthly(installation).status, charges(installation)) == ("canceled", 1)
    assert prove(installation).campaign.raised_gross == 2000


def test_case_40_another_amount_from_the_next_month_on(installation: Installation) -> None:
    subscription = begin(installation)
    client = stripe_client(installation.sandbox)
    item = client.v1.subscriptions.retrieve(subscription)["items"].data[0]
    price = {"currency": "cad", "unit_amount": 3500, "product": item.price.product, "recurring": {"interval": "month"}}
    changes = {"items": [{"id": item.id, "price_data": price}], "proration_behavior": "none"}
    client.v1.subscriptions.update(subscription, params=changes)
    wait(installation, MONTH)
    wait(installation, HOUR + 1)
    assert sorted(gift.amount for gift in installation.gifts()) == [2000, 3500]
    assert (prove(installation).campaign.raised_gross, monthly(installation).amount) == (5500, 3500)


def test_case_40_closing_ends_all_of_them(installation: Installation) -> None:
    for session_id in [installation.give("20", frequency="monthly") for _ in range(3)]:
        installation.sandbox.pay(session_id)
    wait(installation, HOUR + 1)
    installation.app.config["WTF_CSRF_ENABLED"] = False
    client = installation.app.test_client()
    sign_in(client, installation.database, add_member(installation.database, ALICE))
    assert client.post(f"/desk/campaigns/{installation.campaign_id}/close", data=closing_form()).status_code == 303
    installation.work()
    with installation.database.read() as session:
        assert [row.status for row in session.scalars(select(MonthlyGift))] == ["canceled"] * 3
    wait(installation, 3 * MONTH)
    assert charges(installation) == 3
    assert prove(installation).campaign.raised_gross == 6000


def test_case_40_a_month_that_was_paid_while_the_campaign_closed_is_kept_and_marked(
    installation: Installation,
) -> None:
    begin(installation)
    deliveries(installation, "hold")
    installation.sandbox.advance(MONTH)
    installation.sandbox.advance(HOUR + 1)
    installation.app.config["WTF_CSRF_ENABLED"] = False
    client = installation.app.test_client()
    sign_in(client, installation.database, add_member(installation.database, ALICE))
    client.post(f"/desk/campaigns/{installation.campaign_id}/close", data=closing_form())
    deliveries(installation, "normal")
    installation.work()
    assert prove(installation).campaign.raised_gross == 4000
    assert sorted(gift.review for gift in installation.gifts()) == ["", "late"]


def test_case_40_it_ends_at_the_target_where_the_donor_chose_so(installation: Installation) -> None:
    until_then, large = installation.give("20", frequency="monthly", stop_at_target="1"), installation.give("1480")
    installation.sandbox.pay(until_then)
    installation.work()
    assert (monthly(installation).status, monthly(installation).stop_at_target) == ("active", True)
    wait(installation, HOUR // 2)
    installation.sandbox.pay(large)
    wait(installation, HOUR)
    assert monthly(installation).status == "canceled"
    wait(installation, 2 * MONTH)
    assert (charges(installation), prove(installation).campaign.to_raise) == (2, 0)


@pytest.mark.parametrize("mode", ["500", "429", "reset"])
def test_case_40_an_end_at_the_target_that_stripe_did_not_take_is_asked_for_again(
    installation: Installation, mode: str
) -> None:
    """By the next hourly look, without another gift."""
    until_then = installation.give("20", frequency="monthly", stop_at_target="1")
    on, large = installation.give("21", frequency="monthly"), installation.give("1480")
    for session_id in (until_then, on):
        installation.sandbox.pay(session_id)
    installation.work()
    wait(installation, HOUR // 2)
    installation.sandbox.post("/_sandbox/faults", {"path": "/v1/subscriptions", "mode": mode, "method": "DELETE"})
    installation.sandbox.pay(large)
    installation.sandbox.advance(HOUR)
    with pytest.raises(GatewayUnavailableError):
        installation.work()
    assert states(installation) == ["active", "active"]
    installation.sandbox.post("/_sandbox/faults", {"mode": "off"})
    run_task(installation, "look_for_missing_money", after=timedelta(hours=2))
    assert sorted(states(installation)) == ["active", "canceled"]
    wait(installation, MONTH)
    assert charges(installation) == 4


def test_case_40_it_asks_for_no_method_to_charge_later(installation: Installation) -> None:
    """Of a gift once given nothing is kept at Stripe that could be charged again."""
    session_id = installation.pay_and_book()
    found = stripe_client(installation.sandbox).v1.checkout.sessions.retrieve(session_id)
    assert (found.customer, found.setup_intent) == (None, None)
    assert isinstance(installation.services.gateway, StripeGateway)
    asked = [each for each in installation.sandbox.log() if "setup_future_usage" in str(each.get("form_body"))]
    assert asked == []
