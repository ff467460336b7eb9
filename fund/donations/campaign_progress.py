from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign, FeeSchedule
from fund.campaigns.progress import Progress, progress
from fund.donations.queries_of_converted import converted_gifts


def campaign_progress(session: Session, campaign: Campaign, schedule: FeeSchedule | None = None) -> Progress:
    """A campaign's figures, in its own currency also where Stripe settled gifts in another."""
    return progress(session, campaign, schedule, converted=lambda: converted_gifts(session, campaign))
