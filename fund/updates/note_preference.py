from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.db.types import address_indexes
from fund.donations.models import Donation
from fund.donations.rules import SETTLED
from fund.updates.opt_outs import add_opt_outs, drop_opt_outs
from fund.updates.rules import TOPICS


def note_preference(session: Session, *, address: str, wants_updates: bool, now: datetime) -> None:
    """A member turned the updates on or off for all campaigns: that holds for what they are as a donor as well."""
    if wants_updates:
        drop_opt_outs(session, address)
        return
    indexes = address_indexes(address)
    gave = select(Donation.campaign_id).where(Donation.email_index.in_(indexes), Donation.state.in_(SETTLED)).distinct()
    add_opt_outs(session, address, [(at, topic) for at in session.scalars(gave) for topic in TOPICS], now=now)
