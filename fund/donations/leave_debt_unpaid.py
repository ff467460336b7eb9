"""A debt to a donor whom no way reaches: dropped by an entry of its own, and owed again if the donor turns up."""

from datetime import datetime

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.donations.check_hand_return import booked_as
from fund.donations.models import Donation, Refund
from fund.donations.postings import refund_owed
from fund.ledger.post_entry import post_entry
from fund.ledger.queries import find_entry, is_booked

OWED = "liab:refunds_owed"


def leave_debt_unpaid(session: Session, *, refund_id: str, now: datetime) -> int:
    """What a refund that left and came back still owes is owed no more: it is the campaign's again. How much it was.

    Why, and who said so, is kept by who asks.
    """
    refund = _locked(session, refund_id)
    amount, refund.owed = refund.owed, 0
    if amount:
        _book(session, refund, f":{len(_left_unpaid(session, refund))}", amount, now=now)
    return amount


def owe_again(session: Session, *, refund_id: str, now: datetime) -> int:
    """Take that back; how much is owed once more. 0: it was not left unpaid."""
    refund = _locked(session, refund_id)
    for number, amount in enumerate(_left_unpaid(session, refund)):
        if amount:
            refund.owed += amount
            _book(session, refund, f":{number}:reversed", -amount, now=now)
    return refund.owed


def left_unpaid(session: Session, refund: Refund) -> int:
    """What was owed of a refund and is left unpaid, minor units of the currency in which Stripe settled the gift."""
    return sum(_left_unpaid(session, refund))


def _left_unpaid(session: Session, refund: Refund) -> list[int]:
    """What stands, each time that it was said; 0 where it was taken back."""
    found: list[int] = []
    while (entry := find_entry(session, _source(refund, f":{len(found)}"))) is not None:
        taken_back = is_booked(session, _source(refund, f":{len(found)}:reversed"))
        found.append(0 if taken_back else sum(one.amount for one in entry.postings if one.account == OWED))
    return found


def _locked(session: Session, refund_id: str) -> Refund:
    """As it is once its gift is locked."""
    session.get_one(Donation, session.get_one(Refund, refund_id).donation_id, with_for_update=True)
    return session.get_one(Refund, refund_id, populate_existing=True)


def _book(session: Session, refund: Refund, end: str, amount: int, *, now: datetime) -> None:
    """A negative amount is owed again."""
    donation = session.get_one(Donation, refund.donation_id)
    campaign = session.get_one(Campaign, donation.campaign_id)
    post_entry(
        session,
        source=_source(refund, end),
        kind="owed_settled" if amount > 0 else "refund_owed",
        campaign_id=campaign.id,
        postings=refund_owed(-amount, booked_as(session, donation)[0], slug=campaign.slug),
        occurred_at=now,
        now=now,
    )


def _source(refund: Refund, end: str) -> str:
    return f"refund:{refund.stripe_refund_id or refund.id}:left_unpaid{end}"
