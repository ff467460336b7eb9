from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from fund.closing.keep_promise import keep_promise
from fund.closing.models import SurplusPlan
from fund.closing.settle_shares import settle_shares
from fund.donations.models import Donation, Refund


@contextmanager
def follow_hand_payment(session: Session, *, refund_id: str, now: datetime) -> Iterator[None]:
    """Around a payment by hand that is entered or taken back: where it is for a share, its plan says so at once.

    The plan is locked before the gift, as wherever both are. Refused where it would take what others were promised.
    """
    refund = session.get(Refund, refund_id)
    plan_id = refund.batch if refund is not None else ""
    plan = session.get(SurplusPlan, plan_id, with_for_update=True) if plan_id else None
    if refund is None:
        yield
        return
    with keep_promise(session, campaign_id=session.get_one(Donation, refund.donation_id).campaign_id):
        yield
        if plan is not None:
            session.flush()
            settle_shares(session, plan_id=plan.id, now=now)
