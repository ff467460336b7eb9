"""What is asked of Stripe for a refund that was decided, and what is noted of its answer."""

import pytest

from fund.donations.models import Refund
from fund.donations.send_refund import send_refund
from fund.kit.clock import utc_now
from fund.payments.gateway import GatewayUnavailableError
from fund.web.services import Services
from tests.factories.campaigns import make_campaign
from tests.factories.donations import give
from tests.factories.gift_rows import NOON, add_gift, add_refund
from tests.fakes.gateway import FakeGateway
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only


@pytest.fixture
def refund(services: Services) -> str:
    return add_refund(services.database, give(services, make_campaign(services.database)), "refund", batch="plan")


def send(services: Services, refund_id: str) -> str | None:
    return send_refund(services.database, services.gateway, refund_id=refund_id, now=utc_now())


def row(services: Services, refund_id: str) -> Refund:
    with services.database.read() as session:
        return session.get_one(Refund, refund_id)


def test_it_is_asked_for_once_whatever_was_noted_of_it(services: Services, gateway: FakeGateway, refund: str) -> None:
    (checkout,) = gateway.sessions.values()
    assert send(services, refund) == checkout.payment_intent_id
    first = row(services, refund)
    (made,) = gateway.refunds.values()
    assert (first.state, first.stripe_refund_id, made.amount) == ("planned", made.id, 1_000)
    assert made.metadata == {"site": gateway.site, "refund": refund, "batch": "plan"}
    assert first.sent_at is not None
    gateway._by_key.clear()  # a day later Stripe has forgotten the key
    assert send(services, refund) == checkout.payment_intent_id
    assert list(gateway.refunds.values()) == [made]
    assert row(services, refund).sent_at == first.sent_at


def test_one_that_stripe_refuses_is_over_and_says_why(services: Services, gateway: FakeGateway, refund: str) -> None:
    gateway.refuses.add("x" * 100)
    assert send(services, refund) is None
    after = row(services, refund)
    assert (after.state, after.failure_code, after.sent_at) == ("refused", "x" * 80, None)
    assert after.ended_at is not None
    gateway.refuses.clear()
    assert send(services, refund) is None
    assert gateway.refunds == {}


def test_one_of_a_gift_that_no_card_paid_is_refused_and_not_asked_for(services: Services, gateway: FakeGateway) -> None:
    cheque = add_gift(services.database, make_campaign(services.database), "cheque", kind="offline")
    refund = add_refund(services.database, cheque, "refund")
    gateway.fails.append(GatewayUnavailableError("nobody should have asked"))
    assert send(services, refund) is None
    after = row(services, refund)
    assert (after.state, after.failure_code, after.ended_at is not None) == ("refused", "no_charge", True)


def test_while_stripe_does_not_answer_it_stays_planned(services: Services, gateway: FakeGateway, refund: str) -> None:
    gateway.fails.append(GatewayUnavailableError("down"))
    with pytest.raises(GatewayUnavailableError):
        send(services, refund)
    assert (row(services, refund).state, row(services, refund).created_at) == ("planned", NOON)


def test_of_an_unknown_one_nothing_is_asked(services: Services) -> None:
    assert send(services, "none") is None
