"""What Stripe kept of the site as a whole: proposed by gifts, assigned, taken back."""

import uuid

import pytest

from fund.campaigns.models import Campaign
from fund.campaigns.progress import Progress
from fund.closing.assign_cost import assign_cost, unassigned_costs
from fund.closing.find_surplus import find_surplus
from fund.closing.propose_shares import propose_shares
from fund.closing.reverse_assigned_cost import reverse_assigned_cost
from fund.donations.campaign_progress import campaign_progress
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.ledger.check_ledger import check_ledger
from fund.web.services import Services
from tests.factories.billing import nonce
from tests.factories.campaigns import ALICE, make_campaign, make_draft
from tests.factories.donations import give
from tests.factories.entries import book
from tests.fund.closing.conftest import Ended


def assign(services: Services, campaign_id: int, amount: int, *, form: str = "") -> bool:
    with services.database.write() as session:
        return assign_cost(
            session,
            campaign_id=campaign_id,
            amount=amount,
            nonce=form or nonce(),
            locale="en",
            actor=ALICE,
            now=utc_now(),
        )


def left(services: Services) -> dict[str, int]:
    with services.database.read() as session:
        assert check_ledger(session).problems == []
        return unassigned_costs(session)


def figures(services: Services, campaign_id: int) -> Progress:
    with services.database.read() as session:
        p = campaign_progress(session, session.get_one(Campaign, campaign_id))
    came = p.raised_gross + p.organiser_paid - p.refunded - p.fees
    assert came == p.available + p.held + p.in_trust + p.paid + p.passed_on
    return p


@pytest.fixture
def costly(ended: Ended) -> Ended:
    """Stripe kept 9.00 that belong to nobody."""
    book(ended.services.database, {"exp:stripe_other": 900, "assets:stripe:cad": -900}, kind="stripe_cost")
    return ended


def test_an_assigned_cost_lowers_what_the_campaign_has_and_opens_the_way_to_its_surplus(costly: Ended) -> None:
    assert left(costly.services) == {"CAD": 900}
    assert assign(costly.services, costly.id, 900)
    assert left(costly.services) == {}
    found = figures(costly.services, costly.id)
    assert (found.fees, found.available) == (900, 16_600)
    with costly.services.database.read() as session:
        surplus = find_surplus(session, session.get_one(Campaign, costly.id))
    assert (surplus.free, surplus.obstacles) == (16_600, ())


def test_a_cost_is_proposed_in_proportion_to_the_gifts(costly: Ended) -> None:
    other = make_campaign(costly.services.database, slug="other")
    give(costly.services, other, 8_750)
    make_campaign(costly.services.database, slug="nothing-yet")
    make_campaign(costly.services.database, slug="in-kronor", currency="SEK")
    with costly.services.database.read() as session:
        proposed = {campaign.id: part for campaign, part in propose_shares(session, "CAD", 900)}
    assert proposed == {costly.id: 600, other: 300}


def test_a_form_sent_twice_assigns_once(costly: Ended) -> None:
    form = nonce()
    assert assign(costly.services, costly.id, 100, form=form)
    assert not assign(costly.services, costly.id, 100, form=form)
    assert left(costly.services) == {"CAD": 800}


def test_what_was_assigned_by_mistake_is_taken_back_once(costly: Ended) -> None:
    form = nonce()
    assign(costly.services, costly.id, 400, form=form)
    cost_id = str(uuid.uuid5(uuid.NAMESPACE_OID, form))
    for _ in range(2):
        with costly.services.database.write() as session:
            reverse_assigned_cost(session, cost_id=cost_id, actor=ALICE, now=utc_now())
    assert left(costly.services) == {"CAD": 900}
    assert figures(costly.services, costly.id).fees == 0


def test_what_nobody_assigned_cannot_be_taken_back(costly: Ended) -> None:
    with pytest.raises(Refusal) as refused, costly.services.database.write() as session:
        reverse_assigned_cost(session, cost_id=str(uuid.uuid4()), actor=ALICE, now=utc_now())
    assert refused.value.status == 404


@pytest.mark.parametrize("amount", [0, -1, 901])
def test_no_more_is_assigned_than_there_is(costly: Ended, amount: int) -> None:
    with pytest.raises(Refusal) as refused:
        assign(costly.services, costly.id, amount)
    assert refused.value.field == "amount"
    assert left(costly.services) == {"CAD": 900}


def test_a_draft_carries_no_cost(costly: Ended) -> None:
    with pytest.raises(Refusal) as refused:
        assign(costly.services, make_draft(costly.services.database, slug="draft"), 100)
    assert refused.value.status == 404
