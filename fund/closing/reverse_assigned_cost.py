from datetime import datetime

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.closing.assign_cost import UNASSIGNED, book_cost
from fund.kit.errors import Refusal
from fund.ledger.queries import find_entry


def reverse_assigned_cost(session: Session, *, cost_id: str, actor: str, now: datetime) -> None:
    """Take it back by an entry of its own; a second time nothing happens."""
    entry = find_entry(session, f"cost:{cost_id}:assigned")
    if entry is None or entry.campaign_id is None:
        raise Refusal("There is no such entry.", status=404)
    campaign = session.get_one(Campaign, entry.campaign_id, with_for_update=True)
    if find_entry(session, f"cost:{cost_id}:reversed") is not None:
        return
    amount = next(posting.amount for posting in entry.postings if posting.account == UNASSIGNED)
    source = f"cost:{cost_id}:reversed"
    book_cost(session, campaign, source=source, amount=-amount, actor=actor, now=now)
