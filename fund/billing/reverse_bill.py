from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.billing.find_bill import find_bill
from fund.billing.models import Bill, Disbursement, TimeEntry
from fund.billing.postings import bill_issued
from fund.billing.queries import bill_state
from fund.billing.rules import check_reason
from fund.kit.errors import Refusal
from fund.ledger.post_entry import post_entry


def reverse_bill(session: Session, *, bill_id: str, reason: str, actor: str, now: datetime) -> Bill:
    """Undo a bill by an entry of its own, while nothing of it is paid; its work waits to be billed again."""
    campaign, bill = find_bill(session, bill_id)
    check_reason(reason)
    if bill.reversed_at is not None:
        raise Refusal("This bill was reversed already.", status=409)
    if bill_state(session, bill).payments:
        raise Refusal("Something of this bill is paid. Reverse its payments first.", status=409)
    post_entry(
        session,
        source=f"bill:{bill.id}:reversed",
        kind="bill_reversed",
        campaign_id=campaign.id,
        postings=bill_issued(-bill.amount, bill.currency, slug=campaign.slug),
        occurred_at=now,
        now=now,
    )
    for table in (TimeEntry, Disbursement):
        session.execute(update(table).where(table.bill_id == bill.id).values(bill_id=None))
    campaign.hours_billed_hundredths -= bill.hours_hundredths
    bill.reversed_at, bill.reversal_reason, bill.standing_key = now, reason, None
    record_change(
        session,
        actor=actor,
        action="reverse_bill",
        subject=f"bill:{bill.id}",
        before={"amount": bill.amount, "number": bill.number},
        after={"amount": 0, "reason": reason},
        now=now,
    )
    return bill
