from datetime import datetime

from sqlalchemy.orm import Session

from fund.campaigns.counsel_list import keep_change, public_list
from fund.campaigns.models import Campaign
from fund.campaigns.queries_of_case import counsel_to_change
from fund.kit.errors import Refusal


def remove_counsel(session: Session, *, counsel_id: int, actor: str, now: datetime) -> Campaign:
    """Take a lawyer off the list of a draft. After launch somebody leaves by a last day, and stays readable."""
    campaign, counsel = counsel_to_change(session, counsel_id)
    if campaign.status != "draft":
        raise Refusal("People have given knowing this name. Enter a last day instead.", status=409)
    before = public_list(session, campaign)
    session.delete(counsel)
    keep_change(session, campaign, reason={}, before=before, action="remove_counsel", actor=actor, now=now)
    return campaign
