"""A fee of a dispute that Stripe books or gives back alone is the campaign's, not the site's."""

import pytest
from sqlalchemy import select

from fund.campaigns.models import Campaign
from fund.donations.campaign_progress import campaign_progress
from fund.donations.settle_payment import settle_payment
from fund.ledger.queries import balances
from fund.payments.models import Alert, BalanceTransactionRow
from fund.reconciliation.catch_up_lines import catch_up_lines
from fund.web.services import Services
from tests.factories.campaigns import SLUG, make_campaign
from tests.factories.donations import start_gift
from tests.factories.facts import HOUR, NOON, SITE, charge, dispute, payment, txn
from tests.fakes.gateway import FakeGateway
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only

LOST_FEES = f"exp:dispute_fees:{SLUG}"


@pytest.mark.parametrize(
    ("type_", "category", "source", "booked"),
    [
        ("stripe_fee", "fee", "dp_1", {LOST_FEES: 1500}),
        ("adjustment", "other_adjustment", "dp_1", {LOST_FEES: 1500}),
        ("stripe_fee", "fee", "dp_other", {"exp:stripe_other": 1500}),
        ("adjustment", "dispute", "dp_1", {"suspense:dispute": 1500}),
        ("stripe_fee", "fee", None, {"exp:stripe_other": 1500}),
    ],
)
def test_a_fee_that_stands_alone(
    services: Services, type_: str, category: str, source: str | None, booked: dict[str, int]
) -> None:
    gateway = services.gateway
    assert isinstance(gateway, FakeGateway)
    campaign_id = make_campaign(services.database)
    session_id = gateway.session_of(start_gift(services, campaign_id, 10_000)).id
    said = payment(session_id, charge(txn("txn_gift", 10_000)), disputes=[dispute("warning_needs_response")])
    with services.database.write() as session:
        settle_payment(session, payment=said, site=SITE, now=NOON + HOUR)
    gateway.lines = [txn("txn_fee", -1500, hours=5, type=type_, reporting_category=category, source=source)]
    for _ in range(2):
        catch_up_lines(services.database, gateway, apply=lambda _line: None, now=NOON + 9 * HOUR)
    with services.database.read() as session:
        found = {account: sums["CAD"] for account, sums in balances(session).items()}
        progress = campaign_progress(session, session.get_one(Campaign, campaign_id))
        kept = session.get(BalanceTransactionRow, "txn_fee")
        alerts = session.scalars(select(Alert)).all()
    assert found == {"assets:stripe:cad": 8500, f"funds:{SLUG}": -10_000} | booked
    assert progress.fees == booked.get(LOST_FEES, 0)
    assert kept is not None
    assert len(alerts) == ("suspense:dispute" in booked)
