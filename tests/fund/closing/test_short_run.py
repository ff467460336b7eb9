"""A run whose money goes while it is sent: it stops by itself, says so, and goes on once the money is there."""

from datetime import datetime

import pytest
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.campaigns.models import Campaign
from fund.closing.continue_run import continue_run
from fund.closing.find_cover import Cover, find_cover
from fund.closing.models import SurplusPlan, SurplusShare
from fund.closing.pause_run import pause_run
from fund.closing.queries import plans_to_see_to
from fund.donations.campaign_progress import campaign_progress
from fund.donations.models import Donation, Refund
from fund.donations.plan_refund import plan_refund
from fund.donations.reverse_offline_gift import reverse_offline_gift
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.mail.models import Delivery
from fund.payments.gateway import GatewayUnavailableError
from fund.web.services import Services
from fund.worker import run_surplus as runner
from fund.worker.look_again import send_refund
from tests.factories.campaigns import ALICE
from tests.factories.closing import confirm, give_by_hand, make_plan, shares, state_of, work
from tests.factories.entries import book
from tests.factories.weather import end_dispute, open_dispute, refund_in_dashboard
from tests.fakes.gateway import FakeGateway
from tests.fixtures.databases import sqlite_only
from tests.fund.closing.conftest import Ended
from tests.people import ALICE as OWNER
from tests.people import add_member

pytestmark = sqlite_only

ORGANISER = {"assets:bank:cad": 1_500, "funds_organiser:four-labels": -1_500}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "WAITS", (0.0,))
    monkeypatch.setattr(runner, "APART_SECONDS", 0.0)


@pytest.fixture
def fake(services: Services) -> FakeGateway:
    assert isinstance(services.gateway, FakeGateway)
    return services.gateway


@pytest.fixture
def plan(ended: Ended) -> SurplusPlan:
    """Confirmed: 100.00, 50.00 and 25.00 go back, and there is nothing else."""
    return confirm(ended.services, make_plan(ended.services, ended.id))


def cover(ended: Ended) -> Cover:
    with ended.services.database.read() as session:
        return find_cover(session, ended.id)


def available(ended: Ended) -> int:
    with ended.services.database.read() as session:
        return campaign_progress(session, session.get_one(Campaign, ended.id)).available


def test_a_dispute_stops_a_run_that_would_send_more_than_there_is(
    ended: Ended, fake: FakeGateway, plan: SurplusPlan
) -> None:
    services = ended.services
    add_member(services.database, OWNER)
    dispute = open_dispute(services, ended.gifts[0])
    for _ in range(3):
        work(services)
    assert state_of(services, plan) == "short"
    assert fake.refunds == {}
    assert shares(services, plan) == [(10_000, "skipped", "disputed"), (5_000, "planned", ""), (2_500, "planned", "")]
    assert (available(ended), cover(ended).lacks) == (6_000, 1_500)
    with services.database.read() as session:
        assert [(one.id, left) for one, left in plans_to_see_to(session)] == [(plan.id, 0)]
        told = session.scalars(select(Delivery.address).where(Delivery.key.startswith("surplus_short:"))).all()
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.actor == "worker")).all()
    assert len(told) == 1
    assert actions.count("stop_short_surplus_run") == 1
    end_dispute(services, ended.gifts[0], dispute, won=True)
    work(services)
    assert state_of(services, plan) == "finished"
    assert sorted(one.amount for one in fake.refunds.values()) == [2_500, 5_000]
    assert available(ended) == 8_500


def test_the_organiser_may_pay_what_is_missing_and_the_run_goes_on(
    ended: Ended, fake: FakeGateway, plan: SurplusPlan
) -> None:
    services = ended.services
    end_dispute(services, ended.gifts[0], open_dispute(services, ended.gifts[0]), won=False)
    work(services)
    assert state_of(services, plan) == "short"
    with pytest.raises(Refusal, match="missing of what goes back"), services.database.write() as session:
        continue_run(session, services.queue, plan_id=plan.id, actor=ALICE, now=utc_now())
    book(services.database, ORGANISER, kind="organiser_share", campaign_id=ended.id)
    with services.database.write() as session:
        continue_run(session, services.queue, plan_id=plan.id, actor=ALICE, now=utc_now())
    work(services)
    assert state_of(services, plan) == "finished"
    assert sorted(one.amount for one in fake.refunds.values()) == [2_500, 5_000]
    assert available(ended) == 0


def test_a_run_that_somebody_pauses_while_it_is_short_does_not_go_on_by_itself(
    ended: Ended, fake: FakeGateway, plan: SurplusPlan
) -> None:
    services = ended.services
    open_dispute(services, ended.gifts[0])
    work(services)
    with services.database.write() as session:
        pause_run(session, plan_id=plan.id, actor=ALICE, now=utc_now())
    book(services.database, ORGANISER, kind="organiser_share", campaign_id=ended.id)
    work(services)
    assert (state_of(services, plan), fake.refunds) == ("paused", {})


def test_a_refund_in_stripes_dashboard_stops_it_between_two_shares(
    ended: Ended, fake: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of each gift goes back; of the first one somebody gives back more, by hand at Stripe."""
    services = ended.services
    bill = {"exp:legal:four-labels": 8_750, "assets:bank:cad": -8_750}
    book(services.database, bill, source="bill:1:paid", campaign_id=ended.id)
    plan = confirm(services, make_plan(services, ended.id))

    def send_then_lose(services: Services, refund_id: str, now: datetime) -> None:
        send_refund(services, refund_id, now)
        with services.database.read() as session:
            gift = session.get_one(Refund, refund_id).donation_id
        refund_in_dashboard(services, gift, 1_000)

    monkeypatch.setattr(runner, "send_refund", send_then_lose)
    work(services)
    assert state_of(services, plan) == "short"
    assert [one.amount for one in fake.refunds.values()][1:] == [1_000]
    assert cover(ended).lacks == 1_000
    assert {state for _, state, _ in shares(services, plan)} == {"succeeded", "planned"}


@pytest.mark.parametrize("state", ["sent", "succeeded", "refused", "canceled"])
def test_each_part_of_a_promise_counts_once(
    ended: Ended, fake: FakeGateway, plan: SurplusPlan, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a share says, and whether its refund is in the books yet or not."""
    services = ended.services
    if state == "sent":
        fake.fails = [GatewayUnavailableError("down")] * 30
    elif state != "succeeded":
        fake.refuses = {"charge_expired_for_refund"}
    monkeypatch.setattr(runner, "settle_shares", lambda *_args, **_values: None)
    work(services)
    fake.fails = []
    with services.database.write() as session:
        for refund in session.scalars(select(Refund)):
            refund.state = "canceled" if state == "canceled" else refund.state
    found = cover(ended)
    assert (found.lacks, found.promised) == (0, found.available)
    with services.database.read() as session:
        assert {share.state for share in session.scalars(select(SurplusShare))} <= {"sent", "planned"}


def test_a_share_begun_before_the_money_went_is_not_asked_for(
    ended: Ended, fake: FakeGateway, plan: SurplusPlan
) -> None:
    """Stripe was away; when it is asked again, hours later, there is less than the share."""
    services = ended.services
    fake.fails = [GatewayUnavailableError("down")] * 60
    work(services)
    with services.database.read() as session:
        begun = session.scalars(select(Refund).where(Refund.state == "planned").order_by(Refund.created_at)).all()
    fake.fails = []
    lost = {"exp:dispute_fees:four-labels": 6_000, "assets:stripe:cad": -6_000}
    book(services.database, lost, campaign_id=ended.id)
    for refund in [*reversed(begun), *begun]:
        send_refund(services, refund.id, utc_now())
    assert len(begun) == 3 > len(fake.refunds) > 0
    assert available(ended) >= 0


def test_a_cheque_that_goes_back_by_itself_has_no_share(ended: Ended) -> None:
    services = ended.services
    cheque = give_by_hand(services, ended.id, 2_500)
    with services.database.write() as session:
        session.get_one(Donation, cheque).review = ""
    plan = confirm(services, make_plan(services, ended.id))
    with services.database.write() as session:
        reverse_offline_gift(session, donation_id=cheque, reason="returned", actor=ALICE, now=utc_now())
    work(services)
    assert (2_500, "skipped", "changed") in shares(services, plan)
    assert state_of(services, plan) == "finished"
    assert cover(ended).lacks == 0


def test_a_refund_that_was_asked_for_elsewhere_counts_before_it_has_left(
    ended: Ended, fake: FakeGateway, plan: SurplusPlan
) -> None:
    services = ended.services
    with services.database.write() as session:
        plan_refund(
            session, services.queue, donation_id=ended.gifts[2], amount=2_500, actor=ALICE, locale="en", now=utc_now()
        )
    assert cover(ended).lacks == 2_500
    work(services)
    assert state_of(services, plan) == "finished"
    assert (2_500, "skipped", "changed") in shares(services, plan)
    assert sorted(one.amount for one in fake.refunds.values()) == [2_500, 5_000, 10_000]
