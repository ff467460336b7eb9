from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fund.donations.models import Donation

GRACE = timedelta(days=1)


def expire_donation(session: Session, *, donation_id: str, now: datetime) -> bool:
    """Stripe knows no such session: give the gift up a day after its page would have closed, not before."""
    donation = session.get(Donation, donation_id, with_for_update=True)
    if donation is None or donation.state != "pending" or now < donation.expires_at + GRACE:
        return False
    donation.state, donation.ended_at = "expired", now
    return True
