from datetime import date, datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.billing.find_bill import find_bill
from fund.billing.models import Bill
from fund.billing.rules import check_agreed
from fund.db.touch_page import touch_page
from fund.files.keep_pdf import keep_pdf
from fund.files.show_file import show_file
from fund.kit.errors import Refusal


def attach_document(
    session: Session,
    *,
    bill_id: str,
    content: bytes,
    agreed_by: str,
    agreed_on: date | None,
    actor: str,
    now: datetime,
) -> Bill:
    """The bill itself, blacked out, shown on the public page: only with who of counsel agreed, and when.

    Its name is ours, for counsel's own may say too much.
    """
    campaign, bill = find_bill(session, bill_id)
    if bill.reversed_at is not None:
        raise Refusal("This bill was reversed.", status=409)
    if bill.file_id is not None:
        raise Refusal("This bill has its document. Take that one back first.", status=409)
    agreed_on = check_agreed(agreed_by, agreed_on, today=now.date())
    stored = keep_pdf(session, content=content, name=f"bill-{bill.issued_on.isoformat()}.pdf", actor=actor, now=now)
    show_file(session, file_id=stored.id, shown=True)
    bill.file_id, bill.agreed_by, bill.agreed_on = stored.id, agreed_by, agreed_on
    record_change(
        session,
        actor=actor,
        action="attach_document",
        subject=f"bill:{bill.id}",
        after={"file": stored.id, "agreed_by": agreed_by, "agreed_on": agreed_on.isoformat()},
        now=now,
    )
    touch_page(session, campaign.id)
    return bill
