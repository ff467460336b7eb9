"""What was paid back by hand counts in the division of a surplus as what went back through Stripe does."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fund.closing.models import SurplusShare
from fund.closing.pay_share_by_hand import pay_share_by_hand
from fund.donations.models import Donation, HandReturn, Refund
from fund.donations.queries_for_surplus import SettledGift, Unsettled, settled_gifts, unsettled
from fund.donations.return_by_hand import return_by_hand
from fund.donations.reverse_hand_return import reverse_hand_return
from fund.kit.clock import utc_now
from fund.web.services import Services
from tests.factories.campaigns import ALICE, make_campaign
from tests.factories.closing import close, confirm, give_by_hand, make_plan, shares, work
from tests.factories.donations import give
from tests.factories.entries import book
from tests.factories.gift_rows import NOON, add_dispute, add_gift, add_hand_return, add_refund
from tests.fixtures.databases import sqlite_only

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


@sqlite_only
def test_of_each_gift_is_left_what_neither_went_back_nor_is_disputed(services: Services, campaign_id: int) -> None:
    database, gone = services.database, {"state": "succeeded", "moved": True}
    gift = add_gift(database, campaign_id, "gift")
    for name, origin in (("by the desk", "desk"), ("at Stripe", "stripe"), ("a share", "close")):
        refund = add_refund(database, gift, name, origin=origin, **gone)
    add_refund(database, gift, "not answered yet", amount=11)
    add_hand_return(database, gift, refund, "a share by hand")
    add_hand_return(database, gift, refund, "taken back", reversed_at=NOON)
    held = add_gift(database, campaign_id, "held")
    add_dispute(database, held, "dp_1", amount=2_000, withdrawn=1_000, reinstated=400)
    add_dispute(database, held, "dp_2", amount=3_000, withdrawn=3_000)
    add_dispute(database, held, "dp_3", withdrawn=0, reinstated=50)
    add_dispute(database, held, "dp_4", withdrawn=50, reinstated=60)
    add_gift(database, campaign_id, "back", came_back=True)
    add_gift(database, campaign_id, "pending", state="pending", paid_at=None)
    elsewhere = add_gift(database, make_campaign(database, slug="other"), "elsewhere")
    add_refund(database, elsewhere, "of another campaign", **gone)
    assert [(found.id, found.left, found.shared) for found in gifts(services, campaign_id).values()] == [
        ("gift", 8_000, 1_500), ("held", 10_000 - 1_200 - 3_000, 0),
    ]  # fmt: skip


@sqlite_only
def test_what_has_not_come_to_its_end_is_counted_by_campaign(services: Services, campaign_id: int) -> None:
    def counted(of: int) -> Unsettled:
        with services.database.read() as session:
            return unsettled(session, of, "CAD")

    database, other = services.database, make_campaign(services.database, slug="other")
    nothing = Unsettled(disputes=0, refunds=0, arriving=0, to_review=0, in_other_currencies=0)
    for of in (campaign_id, other):
        assert counted(of) == nothing
        gift = add_gift(database, of, f"gift {of}")
        add_dispute(database, gift, f"dp {of}")
        add_dispute(database, gift, f"dp {of} ended", closed_at=NOON)
        for state, moved in (("planned", False), ("requires_action", False), ("pending", True), ("refused", False)):
            add_refund(database, gift, f"{state} {of}", state=state, moved=moved)
        for number, progress in enumerate(("processing", "awaiting_fee", "awaiting_fee", "started")):
            add_gift(database, of, f"{number} {of}", state="pending", progress=progress, paid_at=None)
        for number, state in enumerate(("paid", "paid", "refunded_in_part", "paid", "disputed")):
            add_gift(database, of, f"late {number} {of}", state=state, review="late")
        for state in ("paid", "disputed", "refunded"):
            add_gift(database, of, f"euros {state} {of}", currency="EUR", state=state)
        assert counted(of) == Unsettled(disputes=1, refunds=2, arriving=3, to_review=4, in_other_currencies=2)


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
