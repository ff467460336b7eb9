"""The hard cap and the days of gifts, through the form, the webhook and the worker."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from fund.campaigns.models import Campaign
from fund.db.touch_page import touch_page
from fund.kit.clock import utc_now
from tests.contract.sandbox_client import stripe_client
from tests.fixtures.databases import sqlite_only
from tests.fixtures.installation import Installation

pytestmark = sqlite_only

PAGE = "/c/four-labels"


def limit(installation: Installation, **limits: Any) -> None:
    with installation.database.write() as session:
        campaign = session.get_one(Campaign, installation.campaign_id)
        for name, value in limits.items():
            setattr(campaign, name, value)
        touch_page(session, campaign.id)


def page(installation: Installation, path: str = PAGE) -> str:
    return installation.app.test_client().get(path).text


@pytest.mark.case(29)
def test_case_29_the_cap_is_reached_while_sessions_are_open(installation: Installation) -> None:
    limit(installation, hard_cap=10_000)
    nonce = installation.nonce()
    first, second, third, left = (installation.give(amount) for amount in ("70", "60", "50", "20"))
    installation.sandbox.pay(first)
    installation.work()
    too_much = installation.send_form("30.01")
    assert too_much.status_code == 409
    assert "a gift can be at most 30.00\xa0CAD" in too_much.text
    assert 'value="30.01"' in too_much.text
    for session_id in (second, third):
        installation.sandbox.pay(session_id)
    installation.work()
    installation.work()  # the worker has closed the page that was left open, and hears of it
    gifts = {
        name: installation.gift(session_id)
        for name, session_id in zip("1234", (first, second, third, left), strict=True)
    }
    assert [gifts[name].state for name in "1234"] == ["paid", "paid", "paid", "expired"]
    assert (gifts["1"].review, sorted((gifts["2"].review, gifts["3"].review))) == ("", ["", "late"])
    refused = installation.send_form("20", nonce=nonce)
    assert refused.status_code == 409
    assert "The most that this campaign takes, 100.00\xa0CAD, has been given." in refused.text
    assert "The most that this campaign takes" in page(installation)
    assert installation.app.test_client().get(f"{PAGE}/donate").status_code == 409
    installation.prove(raised=18_000, gifts=3)


def test_the_last_gift_may_pass_the_cap_by_less_than_the_smallest(installation: Installation) -> None:
    limit(installation, hard_cap=6_550)
    nonces = [installation.nonce() for _ in range(3)]
    installation.pay_and_book("62.50")
    assert "3.00\xa0CAD are left" in page(installation)
    assert installation.send_form("5.01", nonce=nonces[0]).status_code == 409
    installation.pay_and_book("5", nonce=nonces[1])
    assert installation.send_form("5", nonce=nonces[2]).status_code == 409
    installation.prove(raised=6_750, gifts=2)


def test_a_refund_makes_room_again(installation: Installation) -> None:
    limit(installation, hard_cap=6_250)
    nonce = installation.nonce()
    gift = installation.gift(installation.pay_and_book("62.50"))
    assert installation.send_form("5", nonce=nonce).status_code == 409
    refund: Any = {"charge": gift.charge_id, "amount": 2_000}
    stripe_client(installation.sandbox).v1.refunds.create(params=refund)
    installation.work()
    assert installation.send_form("20.01").status_code == 409
    assert installation.send_form("20").status_code == 303


def test_no_gift_before_the_first_day_nor_after_the_last(installation: Installation) -> None:
    now, nonce = utc_now(), installation.nonce()
    limit(installation, gifts_from=now + timedelta(days=3), gifts_until=now + timedelta(days=5))
    early = installation.send_form("20", nonce=nonce)
    assert (early.status_code, "Gifts are taken from" in early.text) == (409, True)
    assert "Gifts are taken from" in page(installation)
    assert "Les dons sont reçus à partir du" in page(installation, f"/fr{PAGE}")
    limit(installation, gifts_from=now - timedelta(days=3))
    assert installation.send_form("20", nonce=nonce).status_code == 303
    limit(installation, gifts_until=now - timedelta(minutes=1))
    over = installation.send_form("30", nonce=nonce)
    assert (over.status_code, "The last day of gifts was" in over.text) == (409, True)
    assert "The last day of gifts was" in page(installation)


def test_a_kept_page_changes_by_itself_when_the_last_day_ends(installation: Installation) -> None:
    now = utc_now()
    limit(installation, gifts_until=now + timedelta(minutes=2))
    assert "The last day of gifts is" in page(installation)
    with time_machine.travel(now + timedelta(minutes=3)):
        assert "The last day of gifts was" in page(installation)


def test_open_sessions_are_closed_when_the_last_day_has_ended(installation: Installation) -> None:
    left, paid = installation.give("20"), installation.give("30")
    installation.sandbox.post("/_sandbox/delivery", {"mode": "hold"})
    installation.sandbox.pay(paid)
    limit(installation, gifts_until=utc_now() - timedelta(minutes=1))
    installation.sandbox.post("/_sandbox/delivery", {"mode": "normal"})
    installation.work_hourly(after=timedelta(0))
    installation.work()
    assert (installation.gift(left).state, installation.gift(paid).state) == ("expired", "paid")
    assert installation.gift(paid).review == "late"
