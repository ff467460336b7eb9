"""Rows of gifts and of what became of them, written as they are: for reads over many rows in many states."""

from datetime import UTC, datetime, timedelta
from typing import Any

from fund.db.session import Database
from fund.donations.models import Dispute, Donation, HandReturn, MonthlyGift, Refund

NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)


def add_gift(database: Database, campaign_id: int, name: str, **values: Any) -> str:
    """A paid gift of 100.00 CAD whose id is its `name`, begun at NOON and hidden; `values` say otherwise."""
    begun = values.get("created_at", NOON)
    gift: dict[str, Any] = {
        "state": "paid",
        "amount": 10_000,
        "currency": "CAD",
        "visibility": "hidden",
        "locale": "en",
        "created_at": begun,
        "expires_at": begun + timedelta(minutes=45),
        "paid_at": begun,
    }
    with database.write() as session:
        session.add(Donation(id=name, campaign_id=campaign_id, nonce=name, form_key=name, **gift | values))
    return name


def add_refund(database: Database, gift: str, name: str, **values: Any) -> str:
    """One of 10.00 CAD that was asked for at the desk at NOON."""
    refund: dict[str, Any] = {"amount": 1_000, "currency": "CAD", "state": "planned", "origin": "desk"}
    with database.write() as session:
        session.add(Refund(id=name, donation_id=gift, **{"created_at": NOON} | refund | values))
    return name


def add_dispute(database: Database, gift: str, name: str, **values: Any) -> str:
    """An open one about 25.00 CAD, of which the bank has taken nothing."""
    dispute: dict[str, Any] = {"amount": 2_500, "currency": "CAD", "settled_currency": "CAD", "is_refundable": False}
    dispute |= {"status": "needs_response", "reason": "general", "created_at": NOON}
    with database.write() as session:
        session.add(Dispute(id=name, donation_id=gift, **dispute | values))
    return name


def add_hand_return(database: Database, gift: str, refund: str, name: str, **values: Any) -> str:
    """Of 5.00 CAD for a refund, all of which the books owed."""
    row: dict[str, Any] = {"amount": 500, "currency": "CAD", "settles": 500, "of_gift": 500, "method": "bank"}
    row |= {"paid_on": NOON, "recorded_by": "member:1", "created_at": NOON}
    with database.write() as session:
        session.add(HandReturn(id=name, donation_id=gift, refund_id=refund, **row | values))
    return name


def add_monthly_gift(database: Database, campaign_id: int, name: str, **values: Any) -> str:
    """One of 20.00 CAD that goes on; its subscription is called as it is, with `sub_` before it."""
    row: dict[str, Any] = {"status": "active", "amount": 2_000, "currency": "CAD", "started_at": NOON}
    row |= {"subscription_id": f"sub_{name}", "customer_id": f"cus_{name}"}
    with database.write() as session:
        session.add(MonthlyGift(id=name, campaign_id=campaign_id, **row | values))
    return name
