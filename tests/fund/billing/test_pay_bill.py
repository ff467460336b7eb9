"""From bank, from trust, by the organiser: never more than the bill lacks nor than there is."""

from datetime import timedelta

import pytest

from fund.billing.models import CounselTransfer
from fund.billing.queries import unpaid_bills
from fund.kit.errors import Refusal
from fund.ledger.queries import balances
from tests.factories.billing import (
    ISSUED,
    TODAY,
    add_bill,
    add_counsel,
    advance,
    figures,
    fill_bank,
    nonce,
    pay,
)
from tests.factories.campaigns import make_campaign
from tests.factories.entries import book
from tests.fixtures.threads import at_once
from tests.fund.billing.conftest import Matter


def lacks(matter: Matter) -> list[int]:
    with matter.database.read() as session:
        return [state.lacks for state in unpaid_bills(session, campaign_id=matter.campaign)]


def test_a_bill_is_paid_in_parts_from_everywhere(matter: Matter) -> None:
    advance(matter.database, matter.campaign, matter.counsel, 50_000)
    bill = add_bill(matter.database, matter.campaign, matter.counsel, fees=200_000)
    pay(matter.database, bill, 50_000, "trust")
    pay(matter.database, bill, 30_000, "organiser")
    assert lacks(matter) == [120_000]
    pay(matter.database, bill, 120_000, "bank")
    assert lacks(matter) == []
    found = figures(matter.database, matter.campaign)
    assert (found.billed, found.paid, found.in_trust) == (200_000, 200_000, 0)
    assert (found.available, found.organiser_paid) == (130_000, 30_000)
    with matter.database.read() as session:
        assert balances(session)["liab:bills:four-labels"] == {"CAD": 0}
    with pytest.raises(Refusal, match="This bill is paid"):
        pay(matter.database, bill, 1, "organiser")


def test_no_more_than_the_bill_lacks(matter: Matter) -> None:
    bill = add_bill(matter.database, matter.campaign, matter.counsel, fees=1_000)
    with pytest.raises(Refusal, match=r"Only 10.00 CAD of this bill is unpaid"):
        pay(matter.database, bill, 1_001)


def test_no_more_than_is_in_the_bank(matter: Matter) -> None:
    bill = add_bill(matter.database, matter.campaign, matter.counsel, fees=900_000)
    book(matter.database, {"assets:stripe:cad": 50_000, "funds:four-labels": -50_000}, campaign_id=matter.campaign)
    with pytest.raises(Refusal, match=r"Only 3000.00 CAD of this campaign’s money is in our bank"):
        pay(matter.database, bill, 300_001)
    pay(matter.database, bill, 300_000)
    assert figures(matter.database, matter.campaign).available == 50_000


def test_what_another_campaign_has_in_the_bank_is_not_this_ones(matter: Matter) -> None:
    poor = make_campaign(matter.database, slug="poor")
    counsel = add_counsel(matter.database, poor)
    bill = add_bill(matter.database, poor, counsel, fees=1_000)
    with pytest.raises(Refusal, match=r"Only 0.00 CAD"):
        pay(matter.database, bill, 1)


def test_trust_pays_no_more_than_it_holds_and_only_counsels_own(matter: Matter) -> None:
    successor = add_counsel(matter.database, matter.campaign, key="roy")
    advance(matter.database, matter.campaign, successor, 10_000)
    advance(matter.database, matter.campaign, matter.counsel, 2_000)
    bill = add_bill(matter.database, matter.campaign, matter.counsel, fees=5_000)
    with pytest.raises(Refusal, match=r"only 20.00 CAD in trust"):
        pay(matter.database, bill, 2_001, "trust")
    pay(matter.database, bill, 2_000, "trust")
    assert figures(matter.database, matter.campaign).in_trust == 10_000


def test_days_and_sources_are_looked_at(matter: Matter) -> None:
    bill = add_bill(matter.database, matter.campaign, matter.counsel)
    with pytest.raises(Refusal, match="not issued yet"):
        pay(matter.database, bill, 1, made_on=ISSUED - timedelta(days=1))
    with pytest.raises(Refusal, match="not come yet"):
        pay(matter.database, bill, 1, made_on=TODAY + timedelta(days=1))
    with pytest.raises(Refusal, match="from where"):
        pay(matter.database, bill, 1, "pocket")
    assert figures(matter.database, matter.campaign).paid == 0


def test_a_difference_from_stripe_stops_the_funds_money_and_not_the_organisers(matter: Matter) -> None:
    advance(matter.database, matter.campaign, matter.counsel, 1_000)
    bill = add_bill(matter.database, matter.campaign, matter.counsel)
    for source in ("bank", "trust"):
        with pytest.raises(Refusal, match="The books differ from Stripe’s account"):
            pay(matter.database, bill, 1, source, differences=1)
    pay(matter.database, bill, 1, "organiser", differences=1)
    assert figures(matter.database, matter.campaign).paid == 1


def test_the_same_form_sent_twice_is_one_payment(matter: Matter) -> None:
    bill = add_bill(matter.database, matter.campaign, matter.counsel)
    key = nonce()
    assert pay(matter.database, bill, 100, nonce=key).id == pay(matter.database, bill, 100, nonce=key).id
    assert figures(matter.database, matter.campaign).paid == 100
    other = make_campaign(matter.database, slug="other")
    elsewhere = add_bill(matter.database, other, add_counsel(matter.database, other))
    with pytest.raises(Refusal, match="not complete"):
        pay(matter.database, elsewhere, 100, nonce=key)


def test_two_treasurers_at_once_pay_a_bill_once(matter: Matter) -> None:
    bill = add_bill(matter.database, matter.campaign, matter.counsel, fees=200_000)

    def try_to_pay(_: int) -> CounselTransfer | None:
        try:
            return pay(matter.database, bill, 200_000)
        except Refusal:
            return None

    made = at_once(4, try_to_pay)
    assert sum(transfer is not None for transfer in made) == 1
    assert figures(matter.database, matter.campaign).paid == 200_000


def test_two_campaigns_at_once_do_not_spend_the_same_money_of_the_bank(matter: Matter) -> None:
    """Each has enough, but half of it is still at Stripe: the bank holds 3,000.00 for both."""
    database = matter.database
    second = make_campaign(database, slug="second")
    book(database, {"assets:stripe:cad": 300_000, "funds:second": -300_000}, campaign_id=second)
    bills = [
        add_bill(database, matter.campaign, matter.counsel, fees=200_000),
        add_bill(database, second, add_counsel(database, second), fees=200_000),
    ]

    def try_to_pay(number: int) -> bool:
        try:
            pay(database, bills[number], 200_000)
        except Refusal:
            return False
        return True

    assert sorted(at_once(2, try_to_pay)) == [False, True]
    with database.read() as session:
        assert balances(session)["assets:bank:cad"] == {"CAD": 100_000}


def test_currencies_have_banks_of_their_own(matter: Matter) -> None:
    swedish = make_campaign(matter.database, slug="swedish", currency="SEK")
    fill_bank(matter.database, swedish, 5_000, slug="swedish", currency="SEK")
    bill = add_bill(matter.database, swedish, add_counsel(matter.database, swedish), fees=9_000)
    with pytest.raises(Refusal, match=r"Only 50.00 SEK"):
        pay(matter.database, bill, 5_001)
    assert pay(matter.database, bill, 5_000).currency == "SEK"
