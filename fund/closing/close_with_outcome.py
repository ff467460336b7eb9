from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.close_campaign import close_campaign
from fund.campaigns.models import Campaign
from fund.closing.announce_outcome import announce_outcome
from fund.closing.models import Outcome
from fund.closing.rules import check_outcome
from fund.donations.stop_gifts import stop_gifts
from fund.kit.addresses import Addresses
from fund.kit.errors import Refusal
from fund.mail.sender import Sender
from fund.work.queue import Queue


def close_with_outcome(
    session: Session,
    queue: Queue,
    sender: Sender,
    addresses: Addresses,
    *,
    campaign_id: int,
    kind: str,
    text: Mapping[str, str],
    ended_on: date,
    actor: str,
    now: datetime,
) -> Outcome:
    """How the matter ended, said once and everywhere; gifts, monthly gifts and open pages at Stripe stop with it.

    Of two people at once the second is refused. A dispute that is open does not hold the closing up: the surplus waits.
    """
    campaign = session.get(Campaign, campaign_id, with_for_update=True)
    if campaign is None or campaign.status == "draft":
        raise Refusal("There is no such campaign.", status=404)
    if campaign.status not in ("open", "paused"):
        raise Refusal("This campaign is closed already. Look at how it was said to have ended.", status=409)
    opened_on = campaign.opened_at.date() if campaign.opened_at else None
    kept = check_outcome(kind, text, ended_on, opened_on=opened_on, today=now.date())
    close_campaign(session, campaign_id=campaign_id, actor=actor, now=now)
    outcome = record_outcome(session, campaign, kind=kind, text=kept, ended_on=ended_on, actor=actor, now=now)
    stop_gifts(session, queue, campaign_id=campaign_id)
    announce_outcome(session, queue, sender, addresses, campaign_id=campaign_id, actor=actor, now=now)
    return outcome


def record_outcome(
    session: Session, campaign: Campaign, *, kind: str, text: dict[str, str], ended_on: date, actor: str, now: datetime
) -> Outcome:
    """The row and its line in the audit log; the campaign is locked and closed."""
    outcome = Outcome(
        campaign_id=campaign.id, kind=kind, text=text, ended_on=ended_on, recorded_at=now, recorded_by=actor
    )
    session.add(outcome)
    record_change(
        session,
        actor=actor,
        action="record_outcome",
        subject=f"campaign:{campaign.id}",
        after={"outcome": kind, "text": text, "ended_on": ended_on.isoformat()},
        now=now,
    )
    return outcome
