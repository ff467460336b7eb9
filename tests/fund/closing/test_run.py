"""The run of a plan: every share once, what cannot be sent is listed and paid by hand, the books always agree."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fund.campaigns.models import Campaign
from fund.campaigns.progress import Progress
from fund.closing.begin_share import begin_share
from fund.closing.continue_run import continue_run
from fund.closing.find_surplus import find_surplus
from fund.closing.give_up_plan import give_up_plan
from fund.closing.models import SurplusPlan, SurplusShare
from fund.closing.pause_run import pause_run
from fund.closing.pay_share_by_hand import pay_share_by_hand
from fund.closing.queries import shared_out
from fund.closing.settle_shares import settle_shares
from fund.closing.try_failed_again import try_failed_again
from fund.donations.campaign_progress import campaign_progress
from fund.donations.models import Dispute, Donation, Refund
from fund.donations.plan_refund import plan_refund
from fund.donations.reverse_offline_gift import reverse_offline_gift
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.ledger.check_ledger import check_ledger
from fund.mail.models import MailBody
from fund.payments.gateway import GatewayUnavailableError
from fund.payments.models import Alert
from fund.reconciliation.reconcile import reconcile
from fund.web.services import Services
from fund.worker import look
from fund.worker import run_surplus as runner
from fund.worker.apply_found import apply_found
from fund.worker.look_again import send_refund
from tests.factories.campaigns import ALICE, make_campaign
from tests.factories.closing import close, confirm, give_by_hand, make_plan, shares, state_of, work
from tests.factories.donations import give
from tests.factories.entries import book
from tests.fakes.gateway import FakeGateway
from tests.fund.closing.conftest import Ended

SLUG = "four-labels"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stripe's "later" is believed at once."""
    monkeypatch.setattr(runner, "WAITS", (0.0, 0.0))
    monkeypatch.setattr(runner, "APART_SECONDS", 0.0)


@pytest.fixture
def fake(services: Services) -> FakeGateway:
    assert isinstance(services.gateway, FakeGateway)
    return services.gateway


def figures(services: Services, campaign_id: int) -> Progress:
    with services.database.read() as session:
        return campaign_progress(session, session.get_one(Campaign, campaign_id))


def prove(services: Services, campaign_id: int) -> None:
    """Books in order, equal to the processor's, gifts equal to their account, the identity of the figures."""
    with services.database.read() as session:
        assert check_ledger(session).problems == []
    report = reconcile(services.database, services.gateway, cause="test", now=utc_now())
    assert report.differences == []
    p = figures(services, campaign_id)
    came = p.raised_gross + p.organiser_paid - p.refunded - p.fees
    assert came == p.available + p.held + p.in_trust + p.paid + p.passed_on


def by_hand(services: Services, plan: SurplusPlan, amount: int) -> None:
    with services.database.write() as session:
        query = select(SurplusShare.position).where(SurplusShare.plan_id == plan.id, SurplusShare.amount == amount)
        position = session.scalars(query).one()
        pay_share_by_hand(
            session,
            plan_id=plan.id,
            position=position,
            returned_at=utc_now() - timedelta(hours=1),
            actor=ALICE,
            now=utc_now(),
        )


def test_everybody_gets_their_share_once_and_is_told_what_it_is(ended: Ended, fake: FakeGateway) -> None:
    with ended.services.database.write() as session:
        session.get_one(Donation, ended.gifts[0]).email = "charlie@example.net"
    plan = confirm(ended.services, make_plan(ended.services, ended.id))
    for _ in range(3):
        work(ended.services)
    assert shares(ended.services, plan) == [
        (10_000, "succeeded", ""),
        (5_000, "succeeded", ""),
        (2_500, "succeeded", ""),
    ]
    assert state_of(ended.services, plan) == "finished"
    assert sorted(one.amount for one in fake.refunds.values()) == [2_500, 5_000, 10_000]
    assert {one.metadata["batch"] for one in fake.refunds.values()} == {plan.id}
    prove(ended.services, ended.id)
    assert figures(ended.services, ended.id).available == 0
    with ended.services.database.read() as session:
        texts = list(session.scalars(select(MailBody.text).where(MailBody.message == "refund")))
        assert {row.origin for row in session.scalars(select(Refund))} == {"close"}
    assert len(texts) == 1
    assert "Your part of what was left over" in texts[0]


def test_more_gifts_than_a_batch_are_all_sent(
    services: Services, fake: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "AT_ONCE", 2)
    campaign_id = make_campaign(services.database)
    for amount in (1_003, 1_007, 2_011, 3_001, 500):
        give(services, campaign_id, amount)
    book(services.database, {f"exp:legal:{SLUG}": 4_000, "assets:bank:cad": -4_000}, campaign_id=campaign_id)
    close(services, campaign_id)
    plan = confirm(services, make_plan(services, campaign_id))
    work(services)
    assert sum(one.amount for one in fake.refunds.values()) == plan.surplus == 3_522
    assert state_of(services, plan) == "finished"


def test_a_gift_disputed_or_refunded_meanwhile_is_skipped_and_said(ended: Ended, fake: FakeGateway) -> None:
    services = ended.services
    plan = confirm(services, make_plan(services, ended.id))
    with services.database.write() as session:
        session.add(
            Dispute(
                id="dp_1",
                donation_id=ended.gifts[0],
                amount=10_000,
                currency="CAD",
                settled_currency="CAD",
                status="warning_needs_response",
                reason="general",
                is_refundable=True,
                created_at=utc_now(),
            )
        )
        plan_refund(
            session, services.queue, donation_id=ended.gifts[1], amount=1, actor=ALICE, locale="en", now=utc_now()
        )
    work(services)
    assert shares(services, plan) == [
        (10_000, "skipped", "disputed"),
        (5_000, "skipped", "changed"),
        (2_500, "succeeded", ""),
    ]
    assert state_of(services, plan) == "finished"
    assert sorted(one.amount for one in fake.refunds.values()) == [1, 2_500]


def test_what_was_skipped_gets_its_part_of_a_second_plan_and_nobody_else_more(ended: Ended, fake: FakeGateway) -> None:
    services = ended.services
    book(services.database, {f"exp:legal:{SLUG}": 8_750, "assets:bank:cad": -8_750}, campaign_id=ended.id)
    first = confirm(services, make_plan(services, ended.id))
    with services.database.write() as session:
        dispute = Dispute(
            id="dp_1", donation_id=ended.gifts[0], amount=10_000, currency="CAD", settled_currency="CAD",
            status="warning_needs_response", reason="general", is_refundable=True, created_at=utc_now(),
        )  # fmt: skip
        session.add(dispute)
    work(services)
    assert [state for _, state, _ in shares(services, first)] == ["skipped", "succeeded", "succeeded"]
    with services.database.write() as session:
        session.get_one(Dispute, "dp_1").closed_at = utc_now()
    second = confirm(services, make_plan(services, ended.id))
    work(services)
    assert shares(services, second) == [(5_000, "succeeded", "")]
    assert sum(one.amount for one in fake.refunds.values()) == 8_750
    assert figures(services, ended.id).available == 0


def test_a_cheque_is_paid_back_by_hand_in_part(ended: Ended) -> None:
    services = ended.services
    cheque = give_by_hand(services, ended.id, 2_500)
    with services.database.write() as session:
        session.get_one(Donation, cheque).review = ""
    bill = {f"exp:legal:{SLUG}": 10_000, "assets:bank:cad": -10_000}
    book(services.database, bill, source="bill:1:paid", campaign_id=ended.id)
    plan = confirm(services, make_plan(services, ended.id))
    work(services)
    assert sorted(state for _, state, _ in shares(services, plan)) == ["failed", "succeeded", "succeeded", "succeeded"]
    with services.database.read() as session:
        share = session.scalars(select(SurplusShare).where(SurplusShare.donation_id == cheque)).one()
    with pytest.raises(Refusal, match="Nothing is left over"):
        make_plan(services, ended.id)  # what is promised to the cheque's donor is not there twice
    for _ in range(2):  # a double click
        with services.database.write() as session:
            pay_share_by_hand(
                session, plan_id=plan.id, position=share.position, returned_at=utc_now(), actor=ALICE, now=utc_now()
            )
    with services.database.read() as session:
        gift = session.get_one(Donation, cheque)
        assert (gift.state, gift.refunded) == ("refunded_in_part", share.amount)
        left = shared_out(session, ended.id)
        assert left is not None
        assert (left.returned, left.failed, left.gifts) == (10_000, 0, 4)
    assert figures(services, ended.id).available == 0
    prove(services, ended.id)
    with pytest.raises(Refusal, match="went back already"), services.database.write() as session:
        reverse_offline_gift(session, donation_id=cheque, reason="returned", actor=ALICE, now=utc_now())


def test_what_stripe_refuses_is_listed_and_paid_by_hand(ended: Ended, fake: FakeGateway) -> None:
    services = ended.services
    plan = confirm(services, make_plan(services, ended.id))
    fake.refuses = {"charge_expired_for_refund"}
    work(services)
    assert {(state, note) for _, state, note in shares(services, plan)} == {("failed", "charge_expired_for_refund")}
    assert state_of(services, plan) == "finished"
    by_hand(services, plan, 2_500)
    with services.database.read() as session:
        row = session.scalars(select(Refund).where(Refund.amount == 2_500)).one()
        assert (row.state, row.stripe_refund_id, row.batch) == ("refused", None, plan.id)
    assert figures(services, ended.id).refunded == 2_500
    prove(services, ended.id)
    fake.refuses = set()
    with services.database.write() as session:
        try_failed_again(session, services.queue, plan_id=plan.id, actor=ALICE, now=utc_now())
    work(services)
    assert sorted(state for _, state, _ in shares(services, plan)) == ["by_hand", "succeeded", "succeeded"]
    assert sorted(one.amount for one in fake.refunds.values()) == [5_000, 10_000]
    prove(services, ended.id)


def test_five_refusals_in_a_row_pause_the_run_and_call_a_person(services: Services, fake: FakeGateway) -> None:
    campaign_id = make_campaign(services.database)
    for _ in range(7):
        give(services, campaign_id, 1_000)
    close(services, campaign_id)
    plan = confirm(services, make_plan(services, campaign_id))
    fake.refuses = {"balance_insufficient"}
    work(services)
    assert state_of(services, plan) == "paused"
    assert [state for _, state, _ in shares(services, plan)].count("planned") == 2
    with services.database.read() as session:
        assert "in a row" in session.scalars(select(Alert.sentence)).one()


def test_a_refund_that_comes_back_months_later_is_owed_and_paid_by_hand(ended: Ended, fake: FakeGateway) -> None:
    services = ended.services
    plan = confirm(services, make_plan(services, ended.id))
    work(services)
    refund_id = next(one.id for one in fake.refunds.values() if one.amount == 5_000)
    fake.fail_refund(refund_id)
    with services.database.read() as session:
        row = session.scalars(select(Refund).where(Refund.stripe_refund_id == refund_id)).one()
        payment = session.get_one(Donation, row.donation_id).payment_intent_id
    assert payment is not None
    _look(services, payment)
    work(services)
    assert (5_000, "failed", "expired_or_canceled_card") in shares(services, plan)
    owed = figures(services, ended.id)
    assert (owed.available, owed.refunded) == (0, 17_500)
    by_hand(services, plan, 5_000)
    _look(services, payment)
    assert figures(services, ended.id).refunded == 17_500
    with services.database.read() as session:
        assert session.get_one(Refund, row.id).owed == 0
        assert find_surplus(session, session.get_one(Campaign, ended.id)).obstacles == ()
    prove(services, ended.id)


def test_when_stripe_is_away_the_run_waits_and_goes_on_by_itself(ended: Ended, fake: FakeGateway) -> None:
    services = ended.services
    plan = confirm(services, make_plan(services, ended.id))
    fake.fails = [GatewayUnavailableError("down") for _ in range(60)]
    work(services)
    assert state_of(services, plan) == "running"
    assert fake.refunds == {}
    fake.fails = []
    work(services, after=timedelta(minutes=1))
    assert state_of(services, plan) == "finished"
    assert sorted(one.amount for one in fake.refunds.values()) == [2_500, 5_000, 10_000]


def test_a_paused_run_sends_nothing_and_goes_on_where_it_was(
    ended: Ended, fake: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = ended.services
    plan = confirm(services, make_plan(services, ended.id))
    with services.database.write() as session:
        pause_run(session, plan_id=plan.id, actor=ALICE, now=utc_now())
    work(services)
    assert fake.refunds == {}
    with services.database.write() as session:
        continue_run(session, services.queue, plan_id=plan.id, actor=ALICE, now=utc_now())
    work(services)
    assert state_of(services, plan) == "finished"


def test_what_is_left_of_a_paused_run_can_be_given_up_and_planned_anew(ended: Ended, fake: FakeGateway) -> None:
    services = ended.services
    plan = confirm(services, make_plan(services, ended.id))
    with services.database.write() as session:
        pause_run(session, plan_id=plan.id, actor=ALICE, now=utc_now())
        give_up_plan(session, plan_id=plan.id, actor=ALICE, now=utc_now())
    again = confirm(services, make_plan(services, ended.id))
    work(services)
    assert state_of(services, again) == "finished"
    assert sum(one.amount for one in fake.refunds.values()) == 17_500


def test_what_failed_in_a_plan_that_was_given_up_is_planned_anew_and_paid_once(ended: Ended, fake: FakeGateway) -> None:
    services = ended.services
    fake.refuses = {"balance_insufficient"}
    plan = confirm(services, make_plan(services, ended.id))
    with services.database.write() as session:
        begin_share(session, plan_id=plan.id, position=1, now=utc_now())
        refund_id = session.get_one(SurplusShare, (plan.id, 1)).refund_id
    assert refund_id is not None
    send_refund(services, refund_id, utc_now())
    with services.database.write() as session:
        settle_shares(session, plan_id=plan.id, now=utc_now())
        pause_run(session, plan_id=plan.id, actor=ALICE, now=utc_now())
        give_up_plan(session, plan_id=plan.id, actor=ALICE, now=utc_now())
    fake.refuses = set()
    again = confirm(services, make_plan(services, ended.id))
    with pytest.raises(Refusal, match="did not fail"), services.database.write() as session:
        pay_share_by_hand(session, plan_id=plan.id, position=1, returned_at=utc_now(), actor=ALICE, now=utc_now())
    work(services)
    assert state_of(services, again) == "finished"
    assert sum(one.amount for one in fake.refunds.values()) == 17_500


def test_only_one_worker_is_at_a_run(ended: Ended, fake: FakeGateway) -> None:
    services = ended.services
    plan = confirm(services, make_plan(services, ended.id))
    with services.database.write() as session:
        session.get_one(SurplusPlan, plan.id).worked_until = utc_now() + timedelta(seconds=15)
    work(services)
    assert fake.refunds == {}
    work(services, after=timedelta(seconds=30))
    assert len(fake.refunds) == 3


def test_a_share_that_did_not_fail_is_not_paid_by_hand(ended: Ended) -> None:
    plan = confirm(ended.services, make_plan(ended.services, ended.id))
    with pytest.raises(Refusal, match="did not fail"):
        by_hand(ended.services, plan, 2_500)
    work(ended.services)
    with pytest.raises(Refusal, match="did not fail"):
        by_hand(ended.services, plan, 2_500)


def test_where_nothing_was_refused_there_is_nothing_to_try_again(ended: Ended) -> None:
    plan = confirm(ended.services, make_plan(ended.services, ended.id))
    work(ended.services)
    with pytest.raises(Refusal, match="nothing that Stripe refused"), ended.services.database.write() as session:
        try_failed_again(session, ended.services.queue, plan_id=plan.id, actor=ALICE, now=utc_now())


def _look(services: Services, payment_intent_id: str) -> None:
    """As after an event of the payment."""
    found = look.payment(services.gateway, payment_intent_id)
    with services.database.write() as session:
        apply_found(services, session, found, utc_now())
