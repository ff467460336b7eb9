from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.donations.models import Decline, Donation, Slowdown
from fund.donations.queries_of_declines import count_declines, count_settled, last_slowdown
from fund.donations.rules import SLOW_FOR, SPIKE_WINDOW, is_spike
from fund.payments.raise_alert import raise_alert


def note_decline(session: Session, *, donation_id: str, at: datetime, now: datetime) -> Slowdown | None:
    """A card was declined on the page of this gift; the slowdown if one begins with it.

    Where too many are declined, the campaign takes gifts slowly until half an hour after the last sign of it. What
    somebody at the desk has ended begins again only by declines that came after that. The later payments of a monthly
    gift are taken without anybody at the page, and do not count.
    """
    donation = session.get(Donation, donation_id)
    if donation is None or donation.state != "pending":
        return None
    session.add(Decline(campaign_id=donation.campaign_id, at=at))
    session.flush()
    last = last_slowdown(session, donation.campaign_id)
    slowed = last is not None and last.until > now
    since = now - SPIKE_WINDOW
    if last is not None and last.ended_by:
        since = max(since, last.until)
    declined = count_declines(session, donation.campaign_id, since=since)
    settled = count_settled(session, donation.campaign_id, since=since)
    if not is_spike(declined=declined, settled=settled, slowed=slowed):
        return None
    if last is not None and slowed:
        last.until = now + SLOW_FOR
        return None
    return _begin(session, donation.campaign_id, declined, now=now)


def _begin(session: Session, campaign_id: int, declined: int, *, now: datetime) -> Slowdown:
    slowdown = Slowdown(campaign_id=campaign_id, since=now, until=now + SLOW_FOR, ended_by="")
    session.add(slowdown)
    session.flush()
    slug = session.get_one(Campaign, campaign_id).slug
    minutes = SPIKE_WINDOW // timedelta(minutes=1)
    raise_alert(
        session,
        key=f"slowdown:{slowdown.id}",
        sentence=f"Campaign {slug} takes gifts slowly since {now:%Y-%m-%d %H:%M} UTC:"
        f" {declined} cards were declined in {minutes} minutes",
        now=now,
    )
    return slowdown
