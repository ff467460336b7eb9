"""What a confirmed plan gives back to donors is spent on nothing else while it is being sent."""

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fund.campaigns.models import Campaign
from fund.closing.give_up_plan import give_up_plan
from fund.closing.models import SurplusPlan, SurplusShare
from fund.closing.pause_run import pause_run
from fund.donations.campaign_progress import campaign_progress
from fund.donations.models import Donation
from fund.kit.clock import utc_now
from fund.web.services import Services
from tests.factories.billing import TODAY, add_bill, add_counsel
from tests.factories.campaigns import ALICE, make_campaign
from tests.factories.closing import close, confirm, give_by_hand, make_plan, work
from tests.factories.donations import give
from tests.factories.entries import book
from tests.factories.weather import open_dispute
from tests.forms import form_to, submit

SENTENCE = "175.00\u00a0CAD of this money goes back to those who gave"
HERE = "/desk/campaigns/1"
DAY = TODAY.isoformat()


@dataclass(frozen=True)
class Paused:
    services: Services
    campaign: int
    counsel: int
    plan: str

    @property
    def available(self) -> int:
        with self.services.database.read() as session:
            return campaign_progress(session, session.get_one(Campaign, self.campaign)).available


@pytest.fixture
def paused(services: Services) -> Paused:
    """A run of 175.00 that somebody paused before its first share; the organiser's 40.00 are beside it."""
    database = services.database
    campaign = make_campaign(database)
    counsel = add_counsel(database, campaign)
    for amount in (10_000, 5_000, 2_500):
        give(services, campaign, amount)
    book(database, {"assets:stripe:cad": -17_500, "assets:bank:cad": 17_500}, kind="payout")
    close(services, campaign)
    plan = confirm(services, make_plan(services, campaign))
    with database.write() as session:
        pause_run(session, plan_id=plan.id, actor=ALICE, now=utc_now())
    organiser = {"assets:bank:cad": 4_000, "funds_organiser:four-labels": -4_000}
    book(database, organiser, kind="organiser_share", campaign_id=campaign)
    return Paused(services, campaign, counsel, plan.id)


def test_a_bill_is_paid_with_what_is_not_promised(desk: FlaskClient, paused: Paused) -> None:
    bill = add_bill(paused.services.database, paused.campaign, paused.counsel, fees=9_000)
    page = f"/desk/bills/{bill}/pay"
    typed = {"source": "bank", "made_on": DAY, "nonce": "a-form-of-a-test"}
    for step in ("", "book"):
        refused = submit(desk, page, **typed, amount="40.01", step=step)
        assert refused.status_code == 409
        assert SENTENCE in refused.text
        assert paused.available == 21_500
    assert submit(desk, page, **typed, amount="40.00", step="book").status_code == 303
    assert paused.available == 17_500
    with paused.services.database.write() as session:
        give_up_plan(session, plan_id=paused.plan, actor=ALICE, now=utc_now())
    later = {**typed, "nonce": "another-form-of-it"}
    assert submit(desk, page, **later, amount="50.00", step="book").status_code == 303
    assert paused.available == 12_500


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("trust", {"kind": "advance", "counsel": "1", "amount": "41", "made_on": DAY}),
        ("organiser", {"direction": "taken_back", "amount": "40", "received_on": DAY}),
    ],
)
def test_neither_trust_nor_the_organiser_gets_what_is_promised(
    desk: FlaskClient, paused: Paused, path: str, typed: dict[str, str]
) -> None:
    spent = {"exp:legal:four-labels": 4_000, "assets:bank:cad": -4_000}
    book(paused.services.database, spent, source="bill:paid", campaign_id=paused.campaign)
    for step in ("", "book"):
        refused = submit(desk, f"{HERE}/{path}", **typed, nonce="a-form-of-a-test", step=step)
        assert refused.status_code == 409
        assert SENTENCE in refused.text
    assert paused.available == 17_500


def test_a_cost_of_the_site_is_not_paid_with_it(desk: FlaskClient, paused: Paused) -> None:
    book(paused.services.database, {"exp:stripe_other": 4_100, "assets:stripe:cad": -4_100}, kind="stripe_cost")
    refused = submit(desk, "/desk/costs", campaign="1", amount="41")
    assert refused.status_code == 409
    assert SENTENCE in refused.text
    assert submit(desk, "/desk/costs", campaign="1", amount="40").status_code == 303


@pytest.fixture
def short(services: Services) -> Paused:
    """A run that has stopped: 15.00 of what is to go back are missing, for the fee of a dispute about another gift."""
    campaign = make_campaign(services.database)
    gifts = [give(services, campaign, amount) for amount in (10_000, 5_000, 2_500)]
    close(services, campaign)
    plan = confirm(services, make_plan(services, campaign))
    open_dispute(services, gifts[0])
    work(services)
    with services.database.read() as session:
        assert session.get_one(SurplusPlan, plan.id).state == "short"
    return Paused(services, campaign, 0, plan.id)


def test_the_desk_says_what_is_missing_and_what_can_be_done(desk: FlaskClient, short: Paused) -> None:
    page = desk.get(f"{HERE}/surplus").text
    assert "15.00\u00a0CAD is missing." in page
    assert "besides 100.00\u00a0CAD that disputes hold" in page
    assert "Il manque 15,00" in desk.get(f"/fr{HERE}/surplus").text
    assert "the run has stopped: money is missing" in desk.get("/desk/").text
    assert f'action="{HERE}/surplus/continue"' not in page
    book(
        short.services.database,
        {"assets:bank:cad": 1_500, "funds_organiser:four-labels": -1_500},
        kind="organiser_share",
        campaign_id=short.campaign,
    )
    assert submit(desk, f"{HERE}/surplus", to=f"{HERE}/surplus/continue").status_code == 303
    work(short.services)
    assert short.available == 0


def test_no_other_donor_gets_back_what_is_promised(desk: FlaskClient, paused: Paused) -> None:
    services, legal = paused.services, "exp:legal:four-labels"
    cheque = f"/desk/gifts/{give_by_hand(services, paused.campaign, 500)}/reverse"
    book(services.database, {legal: 4_001, "assets:bank:cad": -4_001}, source="bill:1", campaign_id=paused.campaign)
    refused = submit(desk, cheque, reason="returned")
    assert refused.status_code == 409
    assert SENTENCE in refused.text
    assert paused.available == 17_999
    book(services.database, {legal: -1, "assets:bank:cad": 1}, source="bill:2", campaign_id=paused.campaign)
    assert submit(desk, cheque, reason="returned").status_code == 303
    assert paused.available == 17_500


def test_a_gift_that_is_refunded_by_itself_frees_its_own_share(desk: FlaskClient, paused: Paused) -> None:
    services = paused.services
    spent = {"exp:legal:four-labels": 4_000, "assets:bank:cad": -4_000}
    book(services.database, spent, source="bill:1", campaign_id=paused.campaign)
    with services.database.read() as session:
        gift = session.scalars(select(Donation.id).where(Donation.amount == 5_000)).one()
    page = f"/desk/gifts/{gift}/refund"
    sent = form_to(desk.get(f"{page}?amount=50").text, page)
    for _ in range(2):
        assert desk.post(page, data=sent.values).status_code == 303
        with services.database.read() as session:
            share = session.scalars(select(SurplusShare).where(SurplusShare.donation_id == gift)).one()
            assert (share.state, share.note) == ("skipped", "changed")
