"""A payment by hand that is entered or taken back beside its refund: the plan whose share it is says so at once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fund.campaigns.models import Campaign
from fund.closing.find_surplus import find_surplus
from fund.closing.follow_hand_payment import follow_hand_payment
from fund.closing.leave_share_unpaid import leave_share_unpaid
from fund.closing.models import SurplusPlan, SurplusShare
from fund.closing.pass_on import can_be_passed_on
from fund.closing.queries import can_be_asked_again, gifts_left_unpaid, plans_to_see_to, promised_by_hand
from fund.donations.models import HandReturn, Refund
from fund.donations.return_by_hand import return_by_hand
from fund.donations.reverse_hand_return import reverse_hand_return
from fund.kit.clock import utc_now
from fund.worker import run_surplus as runner
from tests.factories.campaigns import ALICE
from tests.factories.closing import confirm, make_plan, shares, work
from tests.fakes.gateway import FakeGateway
from tests.fund.closing.conftest import Ended


@pytest.fixture
def refused(ended: Ended, monkeypatch: pytest.MonkeyPatch) -> SurplusPlan:
    """The plan of 100.00, 50.00 and 25.00, of which Stripe has refused every share."""
    monkeypatch.setattr(runner, "APART_SECONDS", 0.0)
    assert isinstance(ended.services.gateway, FakeGateway)
    plan = confirm(ended.services, make_plan(ended.services, ended.id))
    ended.services.gateway.refuses = {"charge_expired_for_refund"}
    work(ended.services)
    return plan


def refund_of(ended: Ended, amount: int) -> str:
    with ended.services.database.read() as session:
        return session.scalars(select(Refund.id).where(Refund.amount == amount)).one()


def pay(ended: Ended, of: int, amount: int) -> str:
    refund, now = refund_of(ended, of), utc_now()
    with ended.services.database.write() as session, follow_hand_payment(session, refund_id=refund, now=now):
        return return_by_hand(
            session,
            refund_id=refund,
            amount=amount,
            method="bank",
            paid_on=now - timedelta(hours=1),
            nonce=f"{of} {amount}",
            actor=ALICE,
            locale="en",
            now=now,
        ).id


def take_back(ended: Ended, payment: str) -> None:
    now = utc_now()
    with ended.services.database.write() as session:
        refund = session.get_one(HandReturn, payment).refund_id
        with follow_hand_payment(session, refund_id=refund, now=now):
            reverse_hand_return(session, hand_return_id=payment, actor=ALICE, now=now)


def promised(ended: Ended) -> int:
    with ended.services.database.read() as session:
        return sum(promised_by_hand(session, ended.id).values())


def states(ended: Ended, plan: SurplusPlan) -> list[str]:
    return [state for _, state, _ in shares(ended.services, plan)]


def test_a_share_is_paid_with_its_last_part_and_no_more_once_a_part_is_taken_back(
    ended: Ended, refused: SurplusPlan
) -> None:
    assert promised(ended) == 17_500
    first = pay(ended, 5_000, 2_000)
    assert (states(ended, refused)[1], promised(ended)) == ("failed", 15_500)
    pay(ended, 5_000, 3_000)
    assert (states(ended, refused)[1], promised(ended)) == ("by_hand", 12_500)
    take_back(ended, first)
    assert (states(ended, refused)[1], promised(ended)) == ("failed", 14_500)
    with ended.services.database.read() as session:
        ((plan, left),) = plans_to_see_to(session)
        assert (plan.id, left) == (refused.id, 3)


def test_what_a_person_has_begun_to_pay_is_not_asked_for_again(ended: Ended, refused: SurplusPlan) -> None:
    for amount in (10_000, 5_000, 2_500):
        with ended.services.database.read() as session:
            assert can_be_asked_again(session, refused.id)
        pay(ended, amount, 100)
    with ended.services.database.read() as session:
        assert not can_be_asked_again(session, refused.id)


def test_a_share_that_stays_with_the_surplus_is_for_nobody_else_to_get_back(ended: Ended, refused: SurplusPlan) -> None:
    pay(ended, 10_000, 10_000)
    pay(ended, 2_500, 2_500)
    with ended.services.database.write() as session:
        share = session.scalars(select(SurplusShare).where(SurplusShare.amount == 5_000)).one()
        leave_share_unpaid(
            session, plan_id=refused.id, position=share.position, reason="no_answer", actor=ALICE, now=utc_now()
        )
    work(ended.services)
    assert shares(ended.services, refused)[1] == (5_000, "unpaid", "no_answer")
    with ended.services.database.read() as session:
        campaign = session.get_one(Campaign, ended.id)
        assert gifts_left_unpaid(session, ended.id) == {ended.gifts[1]}
        assert (find_surplus(session, campaign).free, promised(ended)) == (5_000, 0)
        room = can_be_passed_on(session, campaign)
        assert (room.charity, room.matter) == (5_000, 5_000)
    pay(ended, 5_000, 5_000)
    assert states(ended, refused) == ["by_hand"] * 3
