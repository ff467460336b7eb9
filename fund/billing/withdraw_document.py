from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.billing.find_bill import find_bill
from fund.billing.models import Bill
from fund.db.touch_page import touch_page
from fund.files.show_file import show_file
from fund.kit.errors import Refusal


def withdraw_document(session: Session, *, bill_id: str, actor: str, now: datetime) -> Bill:
    """Nobody outside sees it from now on: counsel changed their mind, or something was not blacked out."""
    campaign, bill = find_bill(session, bill_id)
    if bill.file_id is None:
        raise Refusal("This bill has no document.", status=409)
    show_file(session, file_id=bill.file_id, shown=False)
    record_change(
        session,
        actor=actor,
        action="withdraw_document",
        subject=f"bill:{bill.id}",
        before={"file": bill.file_id, "agreed_by": bill.agreed_by},
        now=now,
    )
    bill.file_id, bill.agreed_by, bill.agreed_on = None, "", None
    touch_page(session, campaign.id)
    return bill
