"""Case 39: Stripe settles gifts in another currency than the campaign's.

Pages count what was given, the books what was credited, and the figures come out even all the same.
"""

from typing import Any

import pytest
from sqlalchemy import select

from fund.donations.models import MonthlyGift
from tests.factories.campaigns import make_campaign
from tests.fixtures.databases import sqlite_only
from tests.fixtures.installation import Installation
from tests.journeys.forty.acts import charge_of, dispute, plan, prove, refund_at_stripe

pytestmark = pytest.mark.case(39)

NOTE = {"": "Stripe credited gifts to this campaign in", "/fr": "Stripe a crédité en"}


def settle_in(installation: Installation, rate: str, currency: str = "eur", into: str = "cad") -> None:
    installation.sandbox.post("/_sandbox/settle_in", {"currency": currency, "into": into, "rate": rate})


def euro(installation: Installation, *rates: str) -> list[str]:
    """Sessions of gifts of 100.00 EUR, each settled in CAD at one of these rates."""
    make_campaign(installation.database, slug="euro", currency="EUR")
    sessions = []
    for rate in rates:
        settle_in(installation, rate)
        sessions.append(installation.pay_and_book("100", slug="euro"))
    return sessions


def figures(installation: Installation, slug: str = "euro") -> dict[str, Any]:
    """The campaign's, from the public API, with the identity that holds for all of them."""
    prove(installation)
    found = installation.figures(slug)
    came = found["raised_gross"] + found["organiser_share"]["paid"] - found["refunded"] - found["fees"]
    assert came == sum(found[name] for name in ("available", "held", "in_trust", "paid", "passed_on"))
    assert found["raised_net"] == found["raised_gross"] - found["refunded"] - found["fees"]
    return found


def test_case_39_the_page_counts_what_was_given_and_says_so(installation: Installation) -> None:
    euro(installation, "1.4701")
    books = prove(installation)
    kept = books.balance("exp:processing:euro") + books.balance("exp:fee_tax:euro")
    assert (books.balance("funds:euro"), kept > 0) == (-14_701, True)
    found = figures(installation)
    assert (found["currency"], found["raised_gross"], found["donations_count"]) == ("EUR", 10_000, 1)
    assert found["fees"] == round(kept / 1.4701)
    assert found["available"] == 10_000 - found["fees"]
    for language, words in NOTE.items():
        page = installation.app.test_client().get(f"{language}/c/euro").text
        assert f"{words} CAD" in page
        assert "100.00" in page or "100,00" in page
        assert words not in installation.app.test_client().get(f"{language}/c/four-labels").text


@sqlite_only
@pytest.mark.parametrize(
    ("currency", "into", "rate", "amount", "given"),
    [
        ("JPY", "CAD", "0.9312", "5000", 5000),
        ("CAD", "JPY", "1.0739", "50.00", 5000),
        ("JPY", "KWD", "2.0500", "5000", 5000),
        ("KWD", "USD", "0.3251", "50.000", 50_000),
        ("KWD", "JPY", "0.4861", "50.120", 50_120),
    ],
)
def test_case_39_currencies_with_no_and_with_three_decimals(  # noqa: PLR0917  a table
    installation: Installation, currency: str, into: str, rate: str, amount: str, given: int
) -> None:
    make_campaign(installation.database, slug="euro", currency=currency)
    settle_in(installation, rate, currency.lower(), into.lower())
    session_id = installation.pay_and_book(amount, slug="euro")
    found = figures(installation)
    assert (found["raised_gross"], found["refunded"], found["donations_count"]) == (given, 0, 1)
    assert 0 < found["fees"] < given // 5
    refund_at_stripe(installation, charge_of(installation, session_id), given)
    installation.work()
    after = figures(installation)
    assert (after["raised_gross"], after["refunded"], after["available"]) == (given, given, -after["fees"])


@sqlite_only
@pytest.mark.parametrize("later", ["1.6100", "1.3300"])
def test_case_39_refunds_count_as_the_donor_got_them_whatever_the_rate_is_now(
    installation: Installation, later: str
) -> None:
    first, second = euro(installation, "1.4701", "1.2003")
    settle_in(installation, later)
    gift = installation.gift(first)
    for part, refunded in ((3333, 3333), (3333, 6666), (3334, 10_000)):
        plan(installation, gift.id, part)
        installation.work()
        assert figures(installation)["refunded"] == refunded
    refund_at_stripe(installation, charge_of(installation, second), 1)
    installation.work()
    found = figures(installation)
    assert (found["raised_gross"], found["refunded"], found["donations_count"]) == (20_000, 10_001, 2)
    lost_on_rates = prove(installation).balance("gain:fx:euro")
    assert (lost_on_rates > 0) == (later == "1.6100")


@sqlite_only
@pytest.mark.parametrize(("outcome", "held", "refunded"), [("open", 10_000, 0), ("lost", 0, 10_000), ("won", 0, 0)])
@pytest.mark.parametrize("later", ["0.5000", "1.4701"])
def test_case_39_disputes_count_in_the_gifts_currency(
    installation: Installation, outcome: str, held: int, refunded: int, later: str
) -> None:
    session_id, _ = euro(installation, "1.4701", "1.4701")
    settle_in(installation, later)
    dispute(installation, charge=charge_of(installation, session_id), outcome=outcome)
    found = figures(installation)
    assert (found["raised_gross"], found["held"], found["refunded"]) == (20_000, held, refunded)


@sqlite_only
@pytest.mark.parametrize("later", ["0.5000", "1.4701", "2.2000"])
def test_case_39_what_a_rate_gained_or_lost_is_among_the_fees(installation: Installation, later: str) -> None:
    """A lost dispute takes as much of our account as it is worth that day."""
    (session_id,) = euro(installation, "1.4701")
    settle_in(installation, later)
    dispute(installation, charge=charge_of(installation, session_id), outcome="lost")
    at_hand = prove(installation).balance("assets:stripe:cad")
    found = figures(installation)
    assert (found["raised_gross"], found["refunded"]) == (10_000, 10_000)
    assert abs(found["available"] - at_hand / 1.4701) <= 1
    assert (found["fees"] < 0) == (later == "0.5000")


@sqlite_only
def test_case_39_a_refund_that_failed_is_still_owed(installation: Installation) -> None:
    make_campaign(installation.database, slug="euro", currency="EUR")
    settle_in(installation, "1.4701")
    session_id = installation.give("100", slug="euro")
    installation.sandbox.pay(session_id, card="4000000000005126")
    installation.work()
    refund_at_stripe(installation, charge_of(installation, session_id), 2500)
    installation.work()
    installation.sandbox.advance(2 * 86_400)
    installation.work()
    assert prove(installation).balance("liab:refunds_owed") == -3675
    assert figures(installation)["refunded"] == 2500


@sqlite_only
def test_case_39_beside_gifts_in_the_campaigns_own_currency(installation: Installation) -> None:
    euro(installation, "1.4701")
    settle_in(installation, "off")
    installation.pay_and_book("50", slug="euro")
    settle_in(installation, "1.1002", into="usd")
    installation.pay_and_book("25", slug="euro")
    found = figures(installation)
    assert (found["raised_gross"], found["donations_count"]) == (17_500, 3)
    page = installation.app.test_client().get("/c/euro").text
    assert f"{NOTE['']} CAD, USD" in page


@sqlite_only
def test_case_39_a_monthly_gift_counts_and_ends_at_the_target(installation: Installation) -> None:
    make_campaign(installation.database, slug="euro", currency="EUR")
    settle_in(installation, "1.4701")
    until_then = installation.give("100", slug="euro", frequency="monthly", stop_at_target="1")
    rest = installation.give("1400", slug="euro")
    installation.sandbox.pay(until_then)
    installation.work()
    installation.sandbox.advance(1800)
    installation.sandbox.pay(rest)
    installation.sandbox.advance(3600)
    installation.work()
    found = figures(installation)
    assert (found["raised_gross"], found["donations_count"]) == (150_000, 2)
    assert found["raised_gross"] == found["members_part"]
    with installation.database.read() as session:
        assert [row.status for row in session.scalars(select(MonthlyGift))] == ["canceled"]
