"""What was paid back by hand counts in the division of a surplus as what went back through Stripe does."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fund.closing.models import SurplusShare
from fund.closing.pay_share_by_hand import pay_share_by_hand
from fund.donations.models import Donation, HandReturn, Refund
from fund.donations.queries_for_surplus import SettledGift, settled_gifts
from fund.donations.return_by_hand import return_by_hand
from fund.donations.reverse_hand_return import reverse_hand_return
from fund.kit.clock import utc_now
from fund.web.services import Services
from tests.factories.campaigns import ALICE, make_campaign
from tests.factories.closing import close, confirm, give_by_hand, make_plan, shares, work
from tests.factories.donations import give
from tests.factories.entries import book

SLUG = "four-labels"


def make_refused(services: Services, donation_id: str, amount: int) -> str:
    """A refund that the desk asked for and Stripe refused."""
    with services.database.write() as session:
        refund = Refund(donation_id=donation_id, amount=amount, currency="CAD", state="refused", origin="desk")
        refund.created_at = utc_now()
        session.add(refund)
        session.flush()
        return refund.id


def pay_back(services: Services, refund_id: str, amount: int) -> str:
    with services.database.write() as session:
        return return_by_hand(
            session,
            refund_id=refund_id,
            amount=amount,
            method="bank",
            paid_on=utc_now(),
            nonce="a-payment-by-hand",
            actor=ALICE,
            locale="en",
            now=utc_now(),
        ).id


def gifts(services: Services, campaign_id: int) -> dict[str, SettledGift]:
    with services.database.read() as session:
        return {gift.id: gift for gift in settled_gifts(session, campaign_id)}


@pytest.fixture
def campaign_id(services: Services) -> int:
    return make_campaign(services.database)


def test_what_was_returned_by_hand_is_not_left_of_a_gift(services: Services, campaign_id: int) -> None:
    back, stays = give(services, campaign_id, 10_000), give(services, campaign_id, 5_000)
    made = pay_back(services, make_refused(services, back, 10_000), 6_000)
    assert gifts(services, campaign_id)[back].left == 4_000
    close(services, campaign_id)
    with services.database.write() as session:
        reverse_hand_return(session, hand_return_id=made, actor=ALICE, now=utc_now())
    assert [amount for amount, _, _ in shares(services, make_plan(services, campaign_id))] == [10_000, 5_000]
    assert gifts(services, campaign_id)[stays].left == 5_000


def test_whoever_had_their_share_by_hand_gets_no_second_one(services: Services, campaign_id: int) -> None:
    card, cheque = give(services, campaign_id, 10_000), give_by_hand(services, campaign_id, 10_000)
    with services.database.write() as session:
        session.get_one(Donation, cheque).review = ""
    book(services.database, {f"exp:legal:{SLUG}": 10_000, "assets:bank:cad": -10_000}, campaign_id=campaign_id)
    close(services, campaign_id)
    plan = confirm(services, make_plan(services, campaign_id))
    work(services)
    with services.database.write() as session:
        position = session.scalars(select(SurplusShare.position).where(SurplusShare.donation_id == cheque)).one()
        pay_share_by_hand(
            session,
            plan_id=plan.id,
            position=position,
            returned_at=utc_now() - timedelta(minutes=1),
            actor=ALICE,
            now=utc_now(),
        )
        assert session.scalars(select(HandReturn.amount)).one() == 5_000
    assert [(gift.left, gift.shared) for gift in gifts(services, campaign_id).values()] == [(10_000, 5_000)] * 2
    come_back = {f"exp:legal:{SLUG}": -3_000, "assets:bank:cad": 3_000}
    book(services.database, come_back, source="bill:back", campaign_id=campaign_id)
    again = make_plan(services, campaign_id)
    assert [amount for amount, _, _ in shares(services, again)] == [1_500, 1_500]
    assert card in gifts(services, campaign_id)
