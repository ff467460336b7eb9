from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.billing.lock_campaign import lock_campaign
from fund.campaigns.models import Campaign
from fund.closing.check_promised import check_promised
from fund.closing.models import PassedOn
from fund.closing.pass_on import book_passed_on
from fund.donations.campaign_progress import campaign_progress
from fund.files.show_file import show_file
from fund.kit.errors import Refusal
from fund.kit.texts import clean

LONGEST_REASON = 500


def reverse_passed_on(session: Session, *, passed_on_id: str, reason: str, actor: str, now: datetime) -> PassedOn:
    """It was entered by mistake, or came back. What the other campaign has spent already cannot be taken from it."""
    row = session.get(PassedOn, passed_on_id, with_for_update=True)
    if row is None:
        raise Refusal("There is no such entry.", status=404)
    if row.reversed_at is not None:
        raise Refusal("This was reversed already.", status=409)
    why = clean(reason)
    if not why:
        raise Refusal("Say why.", field="reason")
    if len(why) > LONGEST_REASON:
        raise Refusal("At most {longest} characters, please.", field="reason", longest=LONGEST_REASON)
    campaign = lock_campaign(session, row.campaign_id)
    other = session.get(Campaign, row.to_campaign_id, with_for_update=True) if row.to_campaign_id else None
    if other is not None and campaign_progress(session, other).available < row.amount:
        raise Refusal("The other campaign no longer has this money.", status=409)
    if other is not None:
        check_promised(session, campaign_id=other.id, leaving=row.amount)
    row.reversed_at, row.reversal_reason = now, why
    if row.file_id is not None:
        show_file(session, file_id=row.file_id, shown=False)
    book_passed_on(session, row, campaign, other, reverse=True, now=now)
    record_change(
        session,
        actor=actor,
        action="reverse_passed_on",
        subject=f"campaign:{campaign.id}",
        before={"passed_on": row.id},
        after={"amount": -row.amount, "reason": why},
        now=now,
    )
    return row
