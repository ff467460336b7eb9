from sqlalchemy.orm import Session

from fund.billing.lock_campaign import lock_campaign
from fund.billing.models import Bill
from fund.campaigns.models import Campaign
from fund.kit.errors import Refusal


def find_bill(session: Session, bill_id: str) -> tuple[Campaign, Bill]:
    """A bill as it stands once its campaign is locked. Raises Refusal if there is none."""
    bill = session.get(Bill, bill_id)
    if bill is None:
        raise Refusal("There is no such bill.", status=404)
    campaign = lock_campaign(session, bill.campaign_id)
    session.refresh(bill)
    return campaign, bill
