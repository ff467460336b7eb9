"""What is read from the journal: by campaign, by account, by source."""

from datetime import timedelta

import pytest

from fund.db.session import Database
from fund.ledger.queries import (
    balance_of_campaign,
    balances,
    balances_from_postings,
    balances_of,
    booked_sources,
    count_sources,
    entries,
    entries_of_account,
    stripe_legs,
    sums_as_of,
    sums_of_campaign,
)
from tests.factories.campaigns import make_campaign
from tests.factories.entries import BOOKED, book, gift

CLIENT_MONEY, OTHER_CURRENCY = "funds:four-labels", "assets:stripe:sek"


@pytest.fixture
def campaign_id(database: Database) -> int:
    """Whose books hold two gifts and a refund, beside a gift in another currency and two entries of the site's own."""
    campaign_id = make_campaign(database)
    book(database, gift(6250, 211), source="txn:g_1", campaign_id=campaign_id)
    book(database, gift(1000, 59), source="txn:g_2", campaign_id=campaign_id)
    book(
        database,
        {CLIENT_MONEY: 500, "assets:stripe:cad": -535, "exp:stripe_other": 35},
        source="txn:refund",
        kind="refund",
        campaign_id=campaign_id,
    )
    book(database, gift(300, slug="other", currency="SEK"), source="txn:gx3", currency="SEK")
    book(database, {"assets:bank:cad": 900, "assets:payout_transit:cad": -900}, source="payout:po_1", kind="payout")
    return campaign_id


def test_the_figures_of_one_campaign(database: Database, campaign_id: int) -> None:
    with database.read() as session:
        sums = {(sum_.account, sum_.kind): sum_ for sum_ in sums_of_campaign(session, campaign_id)}
        figures = [
            balance_of_campaign(session, campaign_id, account, currency)
            for account, currency in ((CLIENT_MONEY, "CAD"), (CLIENT_MONEY, "SEK"), ("assets:bank:cad", "CAD"))
        ]
        assert sums_as_of(session, campaign_id) == (sums_of_campaign(session, campaign_id), BOOKED)
        assert sums_as_of(session, campaign_id + 1) == ([], None)
    gifts, refunds = sums[CLIENT_MONEY, "gift"], sums[CLIENT_MONEY, "refund"]
    assert (gifts.debit, gifts.credit, gifts.entries, gifts.balance) == (0, 7250, 2, -7250)
    assert (refunds.debit, refunds.credit, refunds.entries, refunds.balance) == (500, 0, 1, 500)
    assert figures == [-6750, 0, 0]


def test_balances_over_everything(database: Database, campaign_id: int) -> None:
    assert campaign_id
    with database.read() as session:
        assert balances(session) == balances_from_postings(session)
        assert balances_of(session, "assets:stripe:") == {"CAD": 6039 + 941 - 535, "SEK": 300}
        assert balances_of(session, "assets:") == {"CAD": 6039 + 941 - 535, "SEK": 300}
        assert balances_of(session, "liab:") == {}


def test_what_is_known_of_a_source(database: Database, campaign_id: int) -> None:
    assert campaign_id
    with database.read() as session:
        assert [count_sources(session, prefix) for prefix in ("txn:", "txn:g_", "payout:", "refund:")] == [4, 2, 1, 0]
        assert [count_sources(session, "txn:", since=BOOKED + timedelta(hours=hours)) for hours in (0, 1)] == [4, 0]
        assert booked_sources(session, ["txn:g_1", "txn:none"]) == {"txn:g_1"}
        assert stripe_legs(session, ["txn:refund", "txn:gx3", "payout:po_1", "txn:none"]) == {
            "txn:refund": (-535, "CAD"),
            "txn:gx3": (300, "SEK"),
            "payout:po_1": (0, "CAD"),
        }


def test_entries_of_one_campaign_and_of_one_account(database: Database, campaign_id: int) -> None:
    with database.read() as session:
        of_campaign = list(entries(session, campaign_id=campaign_id))
        assert not session.identity_map.keys(), "a stream keeps nothing of what it gave"
        later = list(entries(session, campaign_id=campaign_id, after=of_campaign[0].number))
        of_account = entries_of_account(session, "assets:stripe:cad", limit=2)
        of_others = entries_of_account(session, OTHER_CURRENCY, limit=2)
    assert [entry.source for entry in of_campaign] == ["txn:g_1", "txn:g_2", "txn:refund"]
    assert later == of_campaign[1:]
    assert of_account == [*reversed(of_campaign)][:2]
    assert [entry.source for entry in of_others] == ["txn:gx3"]
