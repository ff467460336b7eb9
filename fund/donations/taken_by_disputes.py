from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.donations.models import Dispute
from fund.donations.rules import in_gift_currency


@dataclass(frozen=True, slots=True)
class Taken:
    """Of one gift, in the gift's own currency; minor units."""

    held: int
    """By disputes that are open."""
    lost: int


def taken_by_disputes(session: Session, donation_id: str) -> Taken:
    """What disputes hold and took. Their moves are in the currency in which Stripe settles, which may be another."""
    held = lost = 0
    for row in session.scalars(select(Dispute).where(Dispute.donation_id == donation_id)):
        remaining = max(0, row.withdrawn - row.reinstated - row.lost)
        held += in_gift_currency(remaining, given=row.amount, booked=row.withdrawn)
        lost += in_gift_currency(row.lost, given=row.amount, booked=row.withdrawn)
    return Taken(held, lost)
