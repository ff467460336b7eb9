from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.closing.announce_outcome import announce_outcome
from fund.closing.close_with_outcome import record_outcome
from fund.closing.models import Outcome
from fund.closing.rules import check_outcome
from fund.db.touch_page import touch_page
from fund.kit.addresses import Addresses
from fund.kit.errors import Refusal
from fund.mail.sender import Sender
from fund.work.queue import Queue


def correct_outcome(
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
    """Put right how an ending was told; what stood before stays in the audit log, and the page shows the day.

    Where it was said to have ended otherwise, everybody is written to again. A campaign that was closed before
    endings were told gets its first one here. The same words again change nothing.
    """
    campaign = session.get(Campaign, campaign_id, with_for_update=True)
    if campaign is None or campaign.status not in ("closed", "archived"):
        raise Refusal("Only of a closed campaign it can be said how it ended.", status=409)
    opened_on = campaign.opened_at.date() if campaign.opened_at else None
    kept = check_outcome(kind, text, ended_on, opened_on=opened_on, today=now.date())
    outcome = session.get(Outcome, campaign_id, with_for_update=True)
    if outcome is None:
        outcome = record_outcome(session, campaign, kind=kind, text=kept, ended_on=ended_on, actor=actor, now=now)
        tell = True
    elif (outcome.kind, outcome.text, outcome.ended_on) == (kind, kept, ended_on):
        return outcome
    else:
        tell = outcome.kind != kind
        _correct(session, outcome, kind=kind, text=kept, ended_on=ended_on, actor=actor, now=now)
    if tell:
        announce_outcome(session, queue, sender, addresses, campaign_id=campaign_id, actor=actor, now=now)
    campaign.updated_at = now
    touch_page(session, campaign_id)
    return outcome


def _correct(
    session: Session, outcome: Outcome, *, kind: str, text: dict[str, str], ended_on: date, actor: str, now: datetime
) -> None:
    before = {"outcome": outcome.kind, "text": outcome.text, "ended_on": outcome.ended_on.isoformat()}
    outcome.kind, outcome.text, outcome.ended_on, outcome.corrected_at = kind, text, ended_on, now
    record_change(
        session,
        actor=actor,
        action="correct_outcome",
        subject=f"campaign:{outcome.campaign_id}",
        before=before,
        after={"outcome": kind, "text": text, "ended_on": ended_on.isoformat()},
        now=now,
    )
