from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.db.types import address_indexes
from fund.donations.models import Donation
from fund.donations.rules import SETTLED
from fund.mail.cancel_deliveries import cancel_deliveries
from fund.updates.models import Follower
from fund.updates.opt_ins import opt_ins, set_opt_ins
from fund.updates.opt_outs import add_opt_outs, drop_opt_outs
from fund.updates.rules import NEWS, TOPICS, lists_of


def note_preference(session: Session, *, address: str, wants_updates: bool, now: datetime) -> None:
    """A member turned the updates on or off for all campaigns: that holds for what they are as a donor as well.

    What is queued for them is stopped, and events they asked for end, except of campaigns that they follow without
    having given. Turned on again the news comes; events have to be asked for again.
    """
    if wants_updates:
        drop_opt_outs(session, address)
        return
    indexes = address_indexes(address)
    gave = select(Donation.campaign_id).where(Donation.email_index.in_(indexes), Donation.state.in_(SETTLED)).distinct()
    given = sorted(session.scalars(gave))
    add_opt_outs(session, address, [(at, topic) for at in given for topic in NEWS], now=now)
    followed = _followed(session, indexes, but=given)
    asked = {(at, topic) for at, topic in opt_ins(session, address) if at in followed}
    set_opt_ins(session, address, asked, source="", now=now)
    kept = [name for slug in followed.values() for name in lists_of(slug, TOPICS)]
    cancel_deliveries(session, address=address, keep_lists=kept)


def _followed(session: Session, indexes: Collection[str], *, but: Collection[int]) -> dict[int, str]:
    """Slugs by campaign."""
    follows = select(Campaign.id, Campaign.slug).join(Follower, Follower.campaign_id == Campaign.id)
    confirmed = follows.where(Follower.address_index.in_(indexes), Follower.state == "confirmed")
    return dict(session.execute(confirmed.where(Campaign.id.not_in(but))).all())
