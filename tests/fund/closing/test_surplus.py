"""What is left over, what stands in its way, and a plan that holds only while nothing has changed."""

import pytest
from sqlalchemy import select

from fund.campaigns.forms import PolicyForm
from fund.campaigns.models import Campaign, SurplusPolicy
from fund.closing.confirm_plan import confirm_plan
from fund.closing.find_surplus import Surplus, find_surplus
from fund.closing.give_up_plan import give_up_plan
from fund.closing.models import SurplusPlan, SurplusShare
from fund.closing.pause_run import pause_run
from fund.closing.second_plan import second_plan
from fund.donations.models import Dispute, Donation, Refund
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.web.services import Services
from tests.factories.campaigns import ALICE, make_campaign
from tests.factories.closing import close, confirm, give_by_hand, make_plan
from tests.factories.donations import give, start_gift
from tests.factories.entries import book
from tests.fakes.gateway import FakeGateway
from tests.fakes.queue import FakeQueue
from tests.fund.closing.conftest import Ended

BOB = "member:2"
SLUG = "four-labels"


def look(services: Services, campaign_id: int) -> Surplus:
    with services.database.read() as session:
        return find_surplus(session, session.get_one(Campaign, campaign_id))


def in_the_way(services: Services, campaign_id: int) -> dict[str, tuple[int, int]]:
    return {one.name: (one.count, one.amount) for one in look(services, campaign_id).obstacles}


def add_dispute(services: Services, donation_id: str, *, withdrawn: int = 0) -> None:
    with services.database.write() as session:
        session.add(
            Dispute(
                id=f"dp_{donation_id[:8]}",
                donation_id=donation_id,
                amount=withdrawn or 2_500,
                currency="CAD",
                settled_currency="CAD",
                status="needs_response",
                reason="general",
                is_refundable=False,
                withdrawn=withdrawn,
                created_at=utc_now(),
            )
        )


def test_with_nothing_owed_all_that_is_available_is_left_over(ended: Ended) -> None:
    found = look(ended.services, ended.id)
    assert (found.free, found.currency, found.obstacles) == (17_500, "CAD", ())
    assert found.can_be_divided


def test_while_the_campaign_is_open_nothing_is_left_over(services: Services) -> None:
    campaign_id = make_campaign(services.database)
    give(services, campaign_id)
    assert in_the_way(services, campaign_id) == {"open": (1, 0)}


@pytest.mark.parametrize(
    ("entry", "obstacle"),
    [
        ({f"exp:legal:{SLUG}": 4_000, f"liab:bills:{SLUG}": -4_000}, {"bills": (0, 4_000)}),
        ({f"assets:trust:{SLUG}:roy": 3_000, "assets:bank:cad": -3_000}, {"trust": (0, 3_000)}),
        ({f"funds:{SLUG}": 700, "liab:refunds_owed": -700}, {"refunds_owed": (0, 700)}),
    ],
)
def test_what_is_owed_or_held_elsewhere_is_named(
    ended: Ended, entry: dict[str, int], obstacle: dict[str, tuple[int, int]]
) -> None:
    book(ended.services.database, entry, campaign_id=ended.id, kind="bill_issued")
    assert in_the_way(ended.services, ended.id) == obstacle
    with pytest.raises(Refusal) as refused:
        make_plan(ended.services, ended.id)
    assert refused.value.status == 409


def test_costs_of_the_site_that_nobody_took_over_are_in_the_way_of_every_campaign(ended: Ended) -> None:
    book(ended.services.database, {"exp:stripe_other": 900, "assets:stripe:cad": -900}, kind="stripe_cost")
    assert in_the_way(ended.services, ended.id) == {"costs": (0, 900)}


def test_disputes_refunds_and_gifts_on_their_way_are_counted(ended: Ended) -> None:
    services = ended.services
    add_dispute(services, ended.gifts[2])
    debit = start_gift(services, make_campaign(services.database, slug="other"))
    with services.database.write() as session:
        session.get_one(Donation, debit).campaign_id = ended.id
        session.get_one(Donation, debit).progress = "processing"
        session.get_one(Donation, ended.gifts[1]).review = "late"
        refund = Refund(donation_id=ended.gifts[0], amount=5, currency="CAD", state="planned", origin="desk")
        refund.created_at = utc_now()
        session.add(refund)
    assert in_the_way(services, ended.id) == {
        "disputes": (1, 0),
        "refunds": (1, 0),
        "arriving": (1, 0),
        "to_review": (1, 0),
    }


def test_a_gift_in_another_currency_has_to_be_dealt_with_by_a_person(ended: Ended) -> None:
    with ended.services.database.write() as session:
        session.get_one(Donation, ended.gifts[0]).currency = "EUR"
    assert in_the_way(ended.services, ended.id) == {"other_currency": (1, 0)}


def test_a_plan_holds_every_gift_in_proportion_the_cheque_as_well(ended: Ended) -> None:
    cheque = give_by_hand(ended.services, ended.id, 7_500)
    with ended.services.database.write() as session:
        session.get_one(Donation, cheque).review = ""
    book(ended.services.database, {f"exp:legal:{SLUG}": 15_000, "assets:bank:cad": -15_000}, campaign_id=ended.id)
    plan = make_plan(ended.services, ended.id)
    assert (plan.state, plan.surplus, plan.base, plan.gifts) == ("draft", 10_000, 25_000, 4)
    with ended.services.database.read() as session:
        rows = session.scalars(select(SurplusShare).where(SurplusShare.plan_id == plan.id))
        assert {row.donation_id: (row.base, row.amount) for row in rows} == {
            ended.gifts[0]: (10_000, 4_000),
            ended.gifts[1]: (5_000, 2_000),
            ended.gifts[2]: (2_500, 1_000),
            cheque: (7_500, 3_000),
        }


def test_what_the_organiser_paid_goes_to_nobody_above_their_gift(ended: Ended) -> None:
    book(ended.services.database, {"assets:bank:cad": 50_000, f"funds_organiser:{SLUG}": -50_000}, campaign_id=ended.id)
    plan = make_plan(ended.services, ended.id)
    with ended.services.database.read() as session:
        rows = list(session.scalars(select(SurplusShare).where(SurplusShare.plan_id == plan.id)))
    assert plan.surplus == 67_500
    assert all(row.amount == row.base for row in rows)


def test_a_gift_keeps_the_policy_it_was_given_under(services: Services) -> None:
    campaign_id = make_campaign(services.database)
    back = give(services, campaign_id, 3_000)
    with services.database.write() as session:
        first = session.scalars(select(SurplusPolicy).where(SurplusPolicy.campaign_id == campaign_id)).one()
        charity = SurplusPolicy(
            campaign_id=campaign_id, version=2, kind="charity", text=first.text, decided_at=utc_now()
        )
        session.add(charity)
    give(services, campaign_id, 1_000)
    close(services, campaign_id)
    plan = make_plan(services, campaign_id)
    with services.database.read() as session:
        rows = session.scalars(select(SurplusShare).where(SurplusShare.plan_id == plan.id))
        assert [(row.donation_id, row.amount) for row in rows] == [(back, 3_000)]
    assert plan.surplus == 4_000


def test_where_no_gift_goes_back_there_is_nothing_to_plan(services: Services) -> None:
    policy = PolicyForm("charity", {"en": "To a charity.", "fr": "À une œuvre."})
    campaign_id = make_campaign(services.database, policy=policy)
    give(services, campaign_id)
    close(services, campaign_id)
    with pytest.raises(Refusal, match="pass it on"):
        make_plan(services, campaign_id)


def test_with_nothing_left_there_is_nothing_to_plan(ended: Ended) -> None:
    book(ended.services.database, {f"exp:legal:{SLUG}": 17_500, "assets:bank:cad": -17_500}, campaign_id=ended.id)
    with pytest.raises(Refusal, match="Nothing is left over"):
        make_plan(ended.services, ended.id)


def test_the_same_plan_twice_is_one_and_another_needs_the_first_given_up(ended: Ended) -> None:
    plan = make_plan(ended.services, ended.id)
    assert make_plan(ended.services, ended.id).id == plan.id
    book(ended.services.database, {f"exp:legal:{SLUG}": 500, "assets:bank:cad": -500}, campaign_id=ended.id)
    with pytest.raises(Refusal, match="Give it up"):
        make_plan(ended.services, ended.id)
    with ended.services.database.write() as session:
        give_up_plan(session, plan_id=plan.id, actor=ALICE, now=utc_now())
    assert make_plan(ended.services, ended.id).surplus == 17_000


def test_a_plan_is_confirmed_only_as_it_was_seen_and_only_once(ended: Ended) -> None:
    plan = make_plan(ended.services, ended.id)
    with pytest.raises(Refusal, match="not the plan that you have seen"), ended.services.database.write() as session:
        confirm_plan(session, FakeQueue(), plan_id=plan.id, digest="0" * 64, actor=ALICE, now=utc_now())
    assert confirm(ended.services, plan).state == "running"
    with pytest.raises(Refusal) as refused:
        confirm(ended.services, plan)
    assert refused.value.status == 409
    assert isinstance(ended.services.queue, FakeQueue)
    assert [task for task in ended.services.queue.enqueued if task[0] == "run_surplus"] == [("run_surplus", (plan.id,))]


def test_once_money_moved_or_a_dispute_opened_a_plan_is_stale(ended: Ended) -> None:
    plan = make_plan(ended.services, ended.id)
    add_dispute(ended.services, ended.gifts[0])
    with pytest.raises(Refusal, match="Something has changed"):
        confirm(ended.services, plan)
    with ended.services.database.write() as session:
        session.get_one(Dispute, f"dp_{ended.gifts[0][:8]}").closed_at = utc_now()
    book(ended.services.database, {f"exp:legal:{SLUG}": 1, "assets:bank:cad": -1}, campaign_id=ended.id)
    with pytest.raises(Refusal, match="Something has changed"):
        confirm(ended.services, plan)


def test_above_the_limit_a_second_person_has_to_agree(services: Services) -> None:
    campaign_id = make_campaign(services.database)
    give(services, campaign_id, 100_001)
    close(services, campaign_id)
    plan = confirm(services, make_plan(services, campaign_id))
    assert plan.state == "confirmed"
    for actor, digest, sentence in (
        (ALICE, plan.digest, "You have confirmed this plan yourself"),
        (BOB, "0" * 64, "not the plan that you have seen"),
    ):
        with pytest.raises(Refusal, match=sentence), services.database.write() as session:
            second_plan(session, services.queue, plan_id=plan.id, digest=digest, actor=actor, now=utc_now())
    with services.database.write() as session:
        agreed = second_plan(session, services.queue, plan_id=plan.id, digest=plan.digest, actor=BOB, now=utc_now())
    assert (agreed.state, agreed.confirmed_by, agreed.seconded_by) == ("running", ALICE, BOB)


def test_a_plan_that_went_stale_between_two_people_does_not_start(services: Services) -> None:
    campaign_id = make_campaign(services.database)
    give(services, campaign_id, 200_000)
    close(services, campaign_id)
    plan = confirm(services, make_plan(services, campaign_id))
    book(services.database, {f"exp:legal:{SLUG}": 1, "assets:bank:cad": -1}, campaign_id=campaign_id)
    with pytest.raises(Refusal, match="Something has changed"), services.database.write() as session:
        second_plan(session, services.queue, plan_id=plan.id, digest=plan.digest, actor=BOB, now=utc_now())
    with services.database.read() as session:
        assert session.get_one(SurplusPlan, plan.id).state == "confirmed"


def test_what_is_not_running_cannot_be_paused_and_what_runs_cannot_be_given_up(ended: Ended) -> None:
    plan = make_plan(ended.services, ended.id)
    with pytest.raises(Refusal), ended.services.database.write() as session:
        pause_run(session, plan_id=plan.id, actor=ALICE, now=utc_now())
    confirm(ended.services, plan)
    with pytest.raises(Refusal), ended.services.database.write() as session:
        give_up_plan(session, plan_id=plan.id, actor=ALICE, now=utc_now())


def test_dinars_are_shared_in_tens_of_fils(services: Services) -> None:
    assert isinstance(services.gateway, FakeGateway)
    campaign_id = make_campaign(services.database, currency="KWD", minimum_gift=1_000, organiser_share=0)
    for _ in range(3):
        give(services, campaign_id, 5_000)
    book(
        services.database,
        {f"exp:legal:{SLUG}": 9_871, "assets:bank:kwd": -9_871},
        campaign_id=campaign_id,
        currency="KWD",
    )
    close(services, campaign_id)
    plan = make_plan(services, campaign_id)
    with services.database.read() as session:
        rows = session.scalars(select(SurplusShare.amount).where(SurplusShare.plan_id == plan.id))
        assert sorted(rows) == [1_700, 1_710, 1_710]
    assert plan.surplus == 5_129
